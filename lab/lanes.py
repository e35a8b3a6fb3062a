"""Lanes: the networks that are compared side by side, each the same Config but for its techniques."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from regviz import Config

TECHNIQUES: dict[str, float] = {"l1": 0.0, "l2": 0.0, "dropout": 0.0}
"""Config fields that are techniques of regularization, with the value that switches each off."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One network of a comparison.

    name    as shown
    uses    the technique fields it takes from the knobs; the others are off
    fixed   Config fields with values of its own, whatever the knobs say (`Lane("λ", fixed={"l2": 0.1})`)
    color   a CSS hex colour, or None for the palette's at the lane's place
    """

    name: str
    uses: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    color: str | None = None

    def config(self, base: Config) -> Config:
        """`base` with every technique this lane does not use switched off, and its own values set."""
        off = {field: value for field, value in TECHNIQUES.items() if field not in self.uses}
        return base.replace(**{**off, **self.fixed})

    def strength(self, config: Config) -> str:
        """The lane's strengths as text ("0.001"), empty for a lane without a technique."""
        fields = [field for field in TECHNIQUES if field in self.uses or field in self.fixed]
        return " ".join(f"{getattr(config, field):g}" for field in fields)

    def label(self, config: Config) -> str:
        """Name and strength ("L1 0.001")."""
        return f"{self.name} {self.strength(config)}".strip()


DEFAULT_LANES = (Lane("none"), Lane("L1", ("l1",)), Lane("L2", ("l2",)), Lane("dropout", ("dropout",)))
