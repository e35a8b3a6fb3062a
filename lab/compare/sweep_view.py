"""What a sweep shows at one moment, for pictures and sentences."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from regviz import Config
from regviz.arrays import Floats
from regviz.language import tr
from regviz.training.snapshot import ModelSnapshot

from .axes import Axis, checked_axis
from .lanes import in_words


@dataclass(frozen=True, slots=True, eq=False)
class SweepView:
    """A sweep at one moment, for pictures: V values of one field × S seeds.

    Of two fields all pairs take the place of the values, the second field varying fastest; then V counts pairs.

    field       what is swept, one of `AXES`
    values      ascending, distinct: (V,), or those of the first of two fields
    seeds       (S,) those that have trained for `epoch` epochs: one after another join for the first view of all
    epoch       epochs trained so far, of `epochs` in all
    train_loss, val_loss, zeros   (V, S) of the networks as they are after that epoch; NaN where one diverged. A
                network that stopped early has its best epoch's weights, and these are their losses
    models      of the first of the seeds that are known, one per value; empty before anything was measured
    best        index of the value with the smallest mean validation loss; None before the first epoch, if a network
                diverged at every value, or if all fields are `idle`
    test        test losses at the best value, once a person asked for them, else None: of all seeds, but of a sweep
                that was cancelled only of those that were at the epoch that is shown
    cancelled   True if a person ended it early
    coming      seeds that are not known yet
    second      the other of two fields, empty if there is one; `seconds` are its values
    """

    field: str
    values: Floats
    seeds: tuple[int, ...]
    epoch: int
    epochs: int
    train_loss: Floats
    val_loss: Floats
    zeros: Floats
    models: tuple[ModelSnapshot, ...]
    best: int | None
    test: Floats | None = None
    cancelled: bool = False
    coming: int = 0
    second: str = ""
    seconds: Floats | None = None

    @property
    def done(self) -> bool:
        """True once nothing more will change."""
        return self.cancelled or (self.epoch >= self.epochs and not self.coming)

    @property
    def title(self) -> str:
        """What is swept, as a picture calls it: "λ of L1", "training points"."""
        return checked_axis(self.field).title

    @property
    def fields(self) -> tuple[str, ...]:
        """The field, or both."""
        return (self.field, self.second) if self.second else (self.field,)

    @property
    def axes(self) -> tuple[Axis, ...]:
        """What is swept, once or twice."""
        return tuple(checked_axis(field) for field in self.fields)

    @property
    def idle(self) -> tuple[str, ...]:
        """The fields that have changed nothing so far: the networks are the same at each of their values."""
        seen = np.stack((self.train_loss, self.val_loss, self.zeros))
        grid = seen.reshape(3, len(self.values), -1, len(self.seeds))
        return tuple(field for axis, field in enumerate(self.fields, 1) if (grid == grid.take([0], axis=axis)).all())

    def at(self, index: int) -> tuple[float, ...]:
        """Return the value with an index, or both."""
        if self.seconds is None:
            return (float(self.values[index]),)
        first, second = divmod(index, len(self.seconds))
        return float(self.values[first]), float(self.seconds[second])

    def said(self, index: int) -> str:
        """Return the value with an index in words: "λ = 0.001", "training points = 200"."""
        pairs = zip(self.axes, self.at(index), strict=True)
        return ", ".join(f"{axis.symbol or tr(axis.name)} = {in_words(value)}" for axis, value in pairs)

    def change(self, index: int, but: Collection[str] = ()) -> dict[str, Any]:
        """Return the Config fields that lead to the value with an index, `but` those of some swept fields."""
        changed: dict[str, Any] = {}
        for axis, value in zip(self.axes, self.at(index), strict=True):
            if axis.field in but:
                continue
            changed |= axis.fields(self.models[index].config, value)
        return changed


@dataclass(frozen=True, slots=True, eq=False)
class EndedSweep:
    """What is kept of a sweep over one field once another is run: enough to draw it beside that one.

    config      the network at the first value
    field, values, best   as in `SweepView`
    val_loss    (V,) means over its seeds
    """

    config: Config
    field: str
    values: Floats
    val_loss: Floats
    best: int

    @classmethod
    def of(cls, view: SweepView) -> Self | None:
        """Return what is kept of a view; None of one of two fields, one that was cancelled, or one without a best
        value.
        """
        if view.second or view.cancelled or not view.done or view.best is None or not view.models:
            return None
        return cls(view.models[0].config, view.field, view.values, view.val_loss.mean(axis=1), view.best)

    def stands_beside(self, view: SweepView) -> bool:
        """Return whether both went through the same values, for another network or other data."""
        if not view.models or view.second or self.field != view.field:
            return False
        return np.array_equal(self.values, view.values) and self.config != view.models[0].config
