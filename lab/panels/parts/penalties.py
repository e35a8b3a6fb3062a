"""A lane's penalty as pictures need it: which penalties it has, and their sum for one layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regviz.optim.penalties import PENALTIES as REGISTERED
from regviz.optim.penalties import used
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.lanes import Lane

Array = NDArray[Any]
PENALTIES = ("l1", "l2")


def penalties(lane: Lane, model: ModelSnapshot) -> tuple[str, ...]:
    """The penalties that a lane has, or would have if its slider were turned up: some of "l1", "l2"."""
    return tuple(name for name in PENALTIES if name in lane.uses or name in lane.fixed or any(strengths(model, name)))


def penalized(lanes: Sequence[Lane], snapshot: Snapshot) -> list[int]:
    """The places of the lanes that have a penalty: L1, L2, or a custom one."""
    pairs = enumerate(zip(lanes, snapshot.models, strict=True))
    return [i for i, (lane, model) in pairs if penalties(lane, model) or used(model.config)]


def strengths(model: ModelSnapshot, name: str) -> tuple[float, ...]:
    """λ of "l1" or "l2" for each Dense layer."""
    lam: Any = getattr(model.config, name)
    return lam if isinstance(lam, tuple) else (lam,) * len(model.weights)


def strength(model: ModelSnapshot, name: str) -> float:
    """The largest λ of "l1" or "l2" among the layers."""
    return float(max(strengths(model, name)))


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
        return np.asarray(REGISTERED[self.name].value(np.asarray(w, np.float64), 1.0), np.float64)

    def own_slope(self, w: Array) -> Array:
        """λf′(w), what the custom penalty adds to the gradient; 0 without one."""
        w = np.asarray(w, np.float64)
        return np.asarray(REGISTERED[self.name].gradient(w, self.own), np.float64) if self.own else np.zeros_like(w)
