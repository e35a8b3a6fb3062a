"""A sweep: the same network at many values of one field or two, and several seeds, trained while one watches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from regviz import Config, Run
from regviz.errors import ArgumentError, ConfigError
from regviz.language import en, tr
from regviz.run import frozen

from .axes import checked_axis
from .grid import Grid, GridRun, seeds_from
from .lanes import TECHNIQUES
from .pace import lasting
from .sweep_stacks import SMALLER, Size, room, smaller
from .sweep_view import SweepView

SEEDS, EPOCHS = 5, 150
"""Networks per value, and how long each trains: enough for the lab's default network to memorize."""

COARSE = 9
"""Values of each field at most, for a map of two: as many networks as for one field at some forty values."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What to sweep over: `values` of `field`, each with every seed of `seeds`, for `epochs` epochs.

    With a `second` field each of them at each of its values, `seconds`. Fields are those of `AXES`. Values ascend and
    are at least two, whole numbers where the field counts something; `seeds` are distinct. Raises ArgumentError for
    anything else; whether a value is possible for the field is checked by `SweepRun`.
    """

    field: str
    values: tuple[float, ...]
    seeds: tuple[int, ...]
    epochs: int = EPOCHS
    second: str = ""
    seconds: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for name in ("values", "seconds", "seeds"):  # NumPy's numbers are those that they stand for
            if isinstance(its := getattr(self, name), (tuple, list, np.ndarray)):
                plain = tuple(one.item() if isinstance(one, np.generic) else one for one in its)
                object.__setattr__(self, name, plain)
        for field, values in ((self.field, self.values), *([(self.second, self.seconds)] if self.second else [])):
            check_values(field, values, Config())
        _check_different(self.field, self.second)
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise ArgumentError("seeds", self.seeds, tr("allowed are one or more different seeds"), (0, 1, 2))

    @classmethod
    def over(
        cls, field: str, base: Config | None = None, second: str = "", *, seeds: int = SEEDS, epochs: int = EPOCHS
    ) -> Sweep:
        """Return the usual sweep over `field` (and a `second` one): `through` their usual values. Raises ArgumentError
        for a `second` that is `field` once more.
        """
        _check_different(field, second)  # a mapping of the two would make one of them
        return cls.through({field: (), **({second: ()} if second else {})}, base, seeds=seeds, epochs=epochs)

    @classmethod
    def through(
        cls,
        wanted: Mapping[str, Sequence[float]],
        base: Config | None = None,
        *,
        seeds: int = SEEDS,
        epochs: int = EPOCHS,
    ) -> Sweep:
        """Return a sweep through the values of one field or two, the usual ones where there are none, with `seeds`
        seeds.

        They are those from the seed of `base` on, and fewer if its networks are so large that no more of them fit into
        the memory. Usual values that make networks larger end where no more of them fit, see `cut`. Raises
        ArgumentError for another number of fields, and as the sweep itself, and ConfigError for a value that is
        impossible.
        """
        if not 1 <= len(wanted) <= 2:
            given = ", ".join(wanted) or "{}"
            raise ArgumentError(
                "sweep", given, tr("a sweep goes over one field or two"), {"l2": (0, 0.01), "dropout": ()}
            )
        base = base or Config()
        usual = {field: usual_values(field, base) for field, its in wanted.items() if not len(its)}
        thinned = coarse if len(wanted) == 2 else tuple
        found = {**wanted, **{field: thinned(its) for field, its in usual.items()}}
        for field, its in found.items():
            check_values(field, tuple(its), base)
        (field, values), (second, seconds) = [*found.items(), ("", ())][:2]
        draft = cls(field, tuple(values), (0,), epochs, second, tuple(seconds))
        if draft.held(base) > room():
            draft = draft.cut(base, usual) or draft
        seeds = max(1, min(seeds, room() // draft.held(base)))
        return replace(draft, seeds=seeds_from(base.seed, seeds))

    @property
    def fields(self) -> tuple[str, ...]:
        """The field, or both."""
        return (self.field, self.second) if self.second else (self.field,)

    def cut(self, base: Config, usual: Mapping[str, tuple[float, ...]]) -> Sweep | None:
        """Return it without the largest values of fields that make networks larger, as many as have no room; None if
        that is more than half of them.

        Only the `usual` values of a field are cut: those that somebody has chosen are what is asked for.
        """
        left = {field: its for field, its in usual.items() if _grows(base, field, its)}
        cut = self
        while cut.held(base) > room():
            shorter = {field: its[:-1] for field, its in left.items() if 2 * (len(its) - 1) >= len(usual[field])}
            if not shorter:
                return None
            few = coarse if self.second else tuple
            tried = {field: cut.through_these(field, few(its)) for field, its in shorter.items()}
            field = min(tried, key=lambda name: tried[name].held(base))
            cut, left[field] = tried[field], shorter[field]
        return cut

    def through_these(self, field: str, values: tuple[float, ...]) -> Sweep:
        """Return it with other values of one of its fields. Raises as the sweep itself."""
        return replace(self, values=values) if field == self.field else replace(self, seconds=values)

    def held(self, base: Config) -> int:
        """Return numbers that all of its networks hold, see `Size`."""
        return len(self.seeds) * sum(Size.of(config).held for config in self.configs(base))

    def configs(self, base: Config) -> list[Config]:
        """Return the networks of one seed, the second field varying fastest.

        Where a technique is swept, all other techniques are off; else they are as `base` has them.
        """
        if any(field in TECHNIQUES for field in self.fields):
            base = base.replace(**TECHNIQUES)
        found = checked_axis(self.field).values(base, self.values)
        if self.second:
            axis = checked_axis(self.second)
            found = [config for first in found for config in axis.values(first, self.seconds)]
        return found


def check_values(field: str, values: Sequence[float], base: Config) -> None:
    """Raise ArgumentError for values that no sweep over `field` goes through, with some that one over networks like
    `base` does.
    """
    axis = checked_axis(field)
    numbers = all(isinstance(value, (int, float)) and np.isfinite(value) for value in values)
    if not numbers or len(values) < 2 or any(a >= b for a, b in pairwise(values)):
        allowed = tr("allowed are two or more ascending values")
        raise ArgumentError("values", values, allowed, axis.usual(base)[:3])
    least = axis.least_whole
    if least is not None and not all(float(value).is_integer() for value in values):
        allowed = tr("allowed are two or more ascending whole numbers")
        near = sorted({max(least, round(value)) for value in values})
        raise ArgumentError("values", values, allowed, tuple(near if len(near) > 1 else (near[0], near[0] + 1)))


def _check_different(field: str, second: str) -> None:
    if second == field:
        other = next(name for name in ("n_train", "l2") if name != field)
        raise ArgumentError("second", second, tr("a map goes over two different fields"), other)


def _grows(base: Config, field: str, values: tuple[float, ...]) -> bool:
    """Whether networks like `base` hold more at the last of the values than at the first."""
    first, last = checked_axis(field).values(base, (values[0], values[-1]))
    return Size.of(first).held < Size.of(last).held


def too_large(base: Config, sweep: Sweep) -> ConfigError:
    """Return why the networks of a sweep are too large to train that many at once, with what would fit."""
    count = len(sweep.configs(base)) * len(sweep.seeds)
    found = smaller(base, lambda its: sweep.held(its) <= room())
    if found is None and {"width", "depth", "n_train"} & {*sweep.fields}:  # its own values are what is large
        allowed = tr("{n} networks of a sweep need fewer values, or smaller ones", n=count)
        for field, values in zip(sweep.fields, (sweep.values, sweep.seconds), strict=False):
            for k in range(len(values) - 1, 1, -1):
                if sweep.through_these(field, values[:k]).held(base) <= room():
                    return ConfigError(field, values, allowed, values[:k])
        return ConfigError(sweep.field, sweep.values, allowed, sweep.values[:2])
    field, value = found or SMALLER[-2]
    fewer, thinner = (
        en("{n} networks of a sweep need fewer training points"),
        en("{n} networks of a sweep need smaller layers"),
    )
    return ConfigError(field, getattr(base, field), tr(fewer if field == "n_train" else thinner, n=count), value)


def usual_values(field: str, base: Config | None = None) -> tuple[float, ...]:
    """Return the values that a sweep over `field` goes through. Raises ArgumentError for a field that cannot be
    swept.
    """
    return checked_axis(field).usual(base or Config())


def coarse(values: tuple[float, ...]) -> tuple[float, ...]:
    """Return some `COARSE` of the values, both ends among them."""
    if len(values) <= COARSE:
        return values
    return tuple(values[round(k * (len(values) - 1) / (COARSE - 1))] for k in range(COARSE))


class SweepRun(GridRun):
    """Trains a sweep, a little at a time, and by an `executor` if there is one.

    Networks of one seed share their data, start and batches, whatever the value. Each network ends as `rv.fit` would
    train it alone. Raises ConfigError if `base` with one of the values is impossible, and if the networks are too large
    to train that many at once.
    """

    def __init__(self, base: Config, sweep: Sweep, executor: Executor | None = None) -> None:
        self.sweep, self.data = sweep, base.data
        points = [lasting(config, sweep.epochs) for config in sweep.configs(base)]
        if sweep.held(base) > room():
            raise too_large(base, sweep)
        configs = [[config.replace(seed=seed) for config in points] for seed in sweep.seeds]
        patient = any(config.patience is not None for config in points)
        self.grid = Grid(
            configs, sweep.epochs, measure_every=1 if patient else None, first_alone=True, executor=executor
        )
        empty = frozen(np.full((len(points), len(sweep.seeds)), np.nan))
        self._seen = self.grid.version
        self._view = SweepView(
            sweep.field,
            frozen(np.array(sweep.values, float)),
            sweep.seeds,
            0,
            sweep.epochs,
            empty,
            empty,
            empty,
            models=(),
            best=None,
            coming=len(sweep.seeds),
            second=sweep.second,
            seconds=frozen(np.array(sweep.seconds, float)) if sweep.second else None,
        )

    def work(self, seconds: float) -> bool:
        """Train for about `seconds`; a stack that has begun a step ends it. True if anything was done."""
        return self.grid.work(seconds)

    def view(self) -> SweepView:
        """Return the sweep as it was when it had last been measured; the same object until that changes."""
        grid = self.grid
        if grid.version == self._seen:
            return self._view
        self._seen = grid.version
        if not grid.seeds:
            self._view = replace(self._view, cancelled=grid.cancelled)
            return self._view
        numbers = grid.numbers[grid.look][:3, :, list(grid.seeds)]
        train_loss, val_loss, zeros = (frozen(its) for its in numbers)
        means = val_loss.mean(axis=1)
        points = range(len(means))
        models = [grid.models.get((point, grid.seeds[0])) for point in points]
        view = replace(
            self._view,
            seeds=tuple(self.sweep.seeds[s] for s in grid.seeds),
            epoch=grid.epoch,
            train_loss=train_loss,
            val_loss=val_loss,
            zeros=zeros,
            models=tuple(model for model in models if model is not None) if None not in models else (),
            best=int(np.nanargmin(means)) if np.isfinite(means).any() else None,
            coming=len(self.sweep.seeds) - len(grid.seeds),
        )
        self._view = replace(view, best=None) if view.idle == view.fields else view  # else the first would be the best
        return self._view

    def cancel(self) -> None:
        """Train no further. What was shown last stays."""
        if not self.done:
            view = self.view()
            self.grid.cancel()
            self._seen, self._view = self.grid.version, replace(view, cancelled=True)

    def reveal_test(self) -> None:
        """Measure the networks of the best value on the test split, which no choice has looked at. Only once.

        Raises RuntimeError while the sweep still trains: a test score that is seen earlier would help to choose.
        """
        if not self.done:
            raise RuntimeError("the sweep still trains: the test score is shown only at its end; wait, or cancel it")
        view = self.view()
        if view.best is not None and view.test is None:
            models = [self.grid.models.get((view.best, s)) for s in self.grid.seeds]
            losses = [Run.of(model).tested(model.split)[0] for model in models if model is not None]
            self._view = replace(view, test=frozen(np.array(losses)))


__all__ = ["EPOCHS", "SEEDS", "Sweep", "SweepRun", "SweepView", "usual_values"]
