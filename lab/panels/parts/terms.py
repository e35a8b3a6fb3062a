"""A lane's penalty as pictures need it: of one weight, λ₁|w| + λ₂w² + λf(w), where f is a penalty of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regviz.optim.penalties import PENALTIES, used
from regviz.training.snapshot import ModelSnapshot

from ...compare.lanes import Lane
from .cells import penalties, strengths

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Terms:
    """The strengths λ₁, λ₂ and λ of one layer, and the name of f; `name` is "none" without one."""

    l1: float = 0.0
    l2: float = 0.0
    own: float = 0.0
    name: str = "none"

    @classmethod
    def of(cls, model: ModelSnapshot, layer: int = 0) -> Terms:
        """What pulls at the weights of a layer of `model`."""
        own = next((name for name in used(model.config) if name not in ("l1", "l2")), "none")
        lam = strengths(model, own)[layer] if own != "none" else 0.0
        return cls(strengths(model, "l1")[layer], strengths(model, "l2")[layer], lam, own)

    def or_would(self, lane: Lane, model: ModelSnapshot) -> Terms:
        """These, or while all strengths are 0 those that the lane would have: each of its penalties with strength 1."""
        if self.any:
            return self
        kinds = penalties(lane, model)
        return Terms(float("l1" in kinds), float("l2" in kinds), float(self.name != "none"), self.name)

    @property
    def any(self) -> bool:
        """True if anything pulls."""
        return bool(self.l1 or self.l2 or self.own)

    def value(self, w: Array) -> Array:
        """The penalty of each of the weights `w`, in float64."""
        w = np.asarray(w, np.float64)
        total: Array = self.l1 * np.abs(w) + self.l2 * w * w
        return total + self.own * self.f(w) if self.own else total

    def f(self, w: Array) -> Array:
        """The penalty of one's own of each weight, without its strength."""
        return np.asarray(PENALTIES[self.name].value(np.asarray(w, np.float64), 1.0), np.float64)

    def own_slope(self, w: Array) -> Array:
        """λf′(w), what the penalty of one's own adds to the gradient; 0 without one."""
        w = np.asarray(w, np.float64)
        return np.asarray(PENALTIES[self.name].gradient(w, self.own), np.float64) if self.own else np.zeros_like(w)
