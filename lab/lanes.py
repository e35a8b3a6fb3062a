"""Lanes: the networks that are compared side by side, each the same Config but for its techniques."""

from __future__ import annotations

from dataclasses import dataclass

from regviz import Config

TECHNIQUES: dict[str, float] = {"l1": 0.0, "l2": 0.0, "dropout": 0.0}
"""Config fields that are techniques of regularization, with the value that switches each off."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One network of a comparison: `name` as shown, `uses` the technique fields it takes from the knobs."""

    name: str
    uses: tuple[str, ...] = ()

    def config(self, base: Config) -> Config:
        """`base` with every technique this lane does not use switched off."""
        return base.replace(**{field: off for field, off in TECHNIQUES.items() if field not in self.uses})

    def strength(self, config: Config) -> str:
        """The lane's strengths as text ("0.001"), empty for a lane without a technique."""
        return " ".join(f"{getattr(config, field):g}" for field in self.uses)

    def label(self, config: Config) -> str:
        """Name and strength ("L1 0.001")."""
        return f"{self.name} {self.strength(config)}".strip()


DEFAULT_LANES = (Lane("none"), Lane("L1", ("l1",)), Lane("L2", ("l2",)), Lane("dropout", ("dropout",)))
