"""A sweep: the same network at many values of one field and several seeds, trained as stacks while one watches."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from itertools import pairwise
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from regviz import Config, Run, Trainer
from regviz.errors import ArgumentError, ConfigError
from regviz.fields import closest
from regviz.training.snapshot import ModelSnapshot, Snapshot

from .knobs import knobs
from .lanes import TECHNIQUES
from .sweep_stacks import Size, SweepStack, room

Array = NDArray[np.float64]

SEEDS, EPOCHS = 5, 150
"""Networks per value, and how long each trains: enough for the lab's default network to memorize."""

LOOKS = 20
"""How often a sweep is measured while it trains: measuring costs as much as ten steps on the default data."""

LAST_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Sweep:
    """What to sweep over: `values` of the Config field `field`, each with every seed of `seeds`, for `epochs` epochs.

    `values` ascend and are at least two, `seeds` are distinct. Raises ArgumentError for anything else; whether a
    value is possible for the field is checked by `SweepRun`.
    """

    field: str
    values: tuple[float, ...]
    seeds: tuple[int, ...]
    epochs: int = EPOCHS

    def __post_init__(self) -> None:
        _check_technique(self.field)
        numbers = all(isinstance(value, (int, float)) and np.isfinite(value) for value in self.values)
        if not numbers or len(self.values) < 2 or any(a >= b for a, b in pairwise(self.values)):
            raise ArgumentError("values", self.values, "allowed are two or more ascending values", (0.0, 0.001, 0.1))
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise ArgumentError("seeds", self.seeds, "allowed are one or more different seeds", (0, 1, 2))

    @classmethod
    def over(cls, field: str, base: Config | None = None, *, seeds: int = SEEDS, epochs: int = EPOCHS) -> Sweep:
        """The usual sweep over the technique `field`, with `seeds` seeds from the one of `base` on.

        Fewer seeds if the networks of `base` are so large that no more of them fit into the memory.
        """
        base = base or Config()
        values = usual_values(field)
        seeds = max(1, min(seeds, room() // (len(values) * Size.of(base).held)))
        first = min(base.seed, LAST_SEED + 1 - seeds)
        return cls(field, values, tuple(range(first, first + seeds)), epochs)


def usual_values(field: str) -> tuple[float, ...]:
    """The values that a sweep over a technique goes through, within the range of its knob.

    Of a slider every 0.02. Of a strength 0 and the last five powers of ten, eight values in each, rounded to two digits
    so that they can be said. Raises ArgumentError for what is no technique.
    """
    _check_technique(field)
    knob = knobs()[field]
    if knob.kind == "slider":
        return tuple(k / 50 for k in range(round(50 * knob.low), round(50 * knob.high) + 1))
    most = max(value for _, value in knob.stops)
    return (0.0, *(float(f"{most * 10 ** (k / 8):.1e}") for k in range(-40, 1)))


@dataclass(frozen=True, slots=True, eq=False)
class SweepView:
    """A sweep at one moment, for pictures: V values of one field × S seeds.

    field       the Config field, one of the techniques
    values      (V,) ascending, distinct
    seeds       (S,) those that have trained for `epoch` epochs: one after another join for the first view of all
    epoch       epochs trained so far, of `epochs` in all
    train_loss, val_loss, zeros   (V, S) of the networks as they are after that epoch; NaN where one diverged. A
                network that stopped early has its best epoch's weights, and these are their losses
    models      of the first seed, one per value; empty before anything was measured
    best        index of the value with the smallest mean validation loss; None before the first epoch, or if a network
                diverged at every value
    test        (S,) test losses at the best value, once a person asked for them; else None
    cancelled   True if a person ended it early
    """

    field: str
    values: Array
    seeds: tuple[int, ...]
    epoch: int
    epochs: int
    train_loss: Array
    val_loss: Array
    zeros: Array
    models: tuple[ModelSnapshot, ...]
    best: int | None
    test: Array | None = None
    cancelled: bool = False

    @property
    def done(self) -> bool:
        """True once nothing more will change."""
        return self.cancelled or self.epoch >= self.epochs


class SweepRun:
    """Trains a sweep, a little at a time: every value with every seed, all other techniques switched off.

    Networks of one seed share their data, start and batches, whatever the value. They train in stacks small enough
    that one step of one stack is short, and take turns, so that all values are shown at the same epoch. Each network
    ends as `rv.fit` would train it alone. Raises ConfigError if `base` with one of the values is impossible, and if
    the networks are too large to train that many at once.
    """

    def __init__(self, base: Config, sweep: Sweep) -> None:
        self.sweep = sweep
        shape = len(sweep.values), len(sweep.seeds)
        count, size = shape[0] * shape[1], Size.of(base)
        if count * size.held > room():
            raise ConfigError("hidden", base.hidden, f"{count} networks of a sweep need smaller layers", (64, 64))
        techniques = [{**TECHNIQUES, sweep.field: value} for value in sweep.values]
        pieces = size.pieces(len(sweep.values))
        self._stacks = [
            SweepStack(rows, s, [base.replace(**techniques[v], seed=seed, epochs=sweep.epochs) for v in rows], size)
            for s, seed in enumerate(sweep.seeds)
            for rows in pieces
        ]
        self._models: dict[tuple[int, int], ModelSnapshot] = {}
        self._shown: dict[tuple[int, int], ModelSnapshot] = {}
        self._numbers = np.full((3, *shape), np.nan)
        self._turns = 0
        self._stride = _stride(sweep.epochs)
        self._measure_every = self._stride if base.patience is None else 1
        self._train = self._training()
        self._finished = False
        empty = _frozen(np.full(shape, np.nan))
        values = _frozen(np.array(sweep.values))
        self._view = SweepView(
            sweep.field, values, sweep.seeds, 0, sweep.epochs, empty, empty, empty, models=(), best=None
        )

    def work(self, seconds: float) -> bool:
        """Train for about `seconds`; a stack that has begun a step ends it. True if anything was done."""
        if self.done:
            return False
        until = perf_counter() + seconds
        for _ in self._train:
            if perf_counter() >= until:
                return True
        self._finished = True
        self._let_go()
        return True

    @property
    def done(self) -> bool:
        """True once `work` has nothing left to do."""
        return self._finished or self._view.cancelled

    @property
    def progress(self) -> float:
        """Share of the training that is done, 0…1."""
        if self._finished:
            return 1.0
        return self._turns / (len(self._stacks) * (self.sweep.epochs // self._stride))

    def view(self) -> SweepView:
        """The sweep as it was when it had last been measured; the same object until that changes."""
        return self._view

    def cancel(self) -> None:
        """Train no further. What was shown last stays."""
        if not self.done:
            self._view = replace(self._view, cancelled=True)
            self._let_go()

    def reveal_test(self) -> None:
        """Measure the networks of the best value on the test split, which no choice has looked at. Only once.

        Raises RuntimeError while the sweep still trains: a test score that is seen earlier would help to choose.
        """
        if not self.done:
            raise RuntimeError("the sweep still trains: the test score is shown only at its end; wait, or cancel it")
        best = self._view.best
        if best is not None and self._view.test is None:
            losses = [Run.of(self._shown[best, s]).test_loss for s in range(len(self._view.seeds))]
            self._view = replace(self._view, test=_frozen(np.array(losses)))

    # -- training

    def _training(self) -> Generator[None]:
        """All of the training, in parts of a few milliseconds."""
        for epoch in range(self._stride, self.sweep.epochs + 1, self._stride):
            for stack in self._stacks:
                if stack.trainer is None:
                    stack.trainer = Trainer(stack.configs, measure_every=self._measure_every)
                    yield
                if not stack.trainer.done:
                    for steps in stack.parts(self._stride):
                        stack.trainer.advance(steps=steps)
                        yield
                self._collect(stack, stack.trainer.final() if epoch == self.sweep.epochs else stack.trainer.snapshot())
                self._turns += 1
                first = epoch == self._stride < self.sweep.epochs  # then a curve of one seed, so that one sees it soon
                if stack is self._stacks[-1] or (first and stack.rows.stop == len(self.sweep.values)):
                    self._show(epoch, stack.seed + 1)
                yield

    def _let_go(self) -> None:
        """Forget the networks in training: what was shown has been copied, and is much smaller."""
        self._train.close()
        self._models.clear()
        for stack in self._stacks:
            stack.trainer = None

    def _collect(self, stack: SweepStack, snapshot: Snapshot) -> None:
        """Note what was just measured of a stack."""
        for v, model in zip(stack.rows, snapshot.models, strict=True):
            self._models[v, stack.seed] = model
            self._numbers[:, v, stack.seed] = _numbers(model)

    def _show(self, epoch: int, seeds: int) -> None:
        """Make a view of what was collected of the first `seeds` seeds, all of whose networks are at one epoch."""
        self._shown = dict(self._models)
        train_loss, val_loss, zeros = _frozen(self._numbers[:, :, :seeds].copy())
        means = val_loss.mean(axis=1)
        known = bool(np.isfinite(means).any())
        self._view = replace(
            self._view,
            seeds=self.sweep.seeds[:seeds],
            epoch=epoch,
            train_loss=train_loss,
            val_loss=val_loss,
            zeros=zeros,
            models=tuple(self._shown[v, 0] for v in range(len(self.sweep.values))),
            best=int(np.nanargmin(means)) if known else None,
        )


def _check_technique(field: object) -> None:
    if field not in TECHNIQUES:
        allowed = f"a sweep goes over one of {', '.join(TECHNIQUES)}"
        raise ArgumentError("field", field, allowed, closest(field, TECHNIQUES))


def _stride(epochs: int) -> int:
    """Epochs between two measurements: the largest divisor that still gives `LOOKS` of them, so the last one counts."""
    return max(k for k in range(1, max(1, epochs // LOOKS) + 1) if epochs % k == 0)


def _numbers(model: ModelSnapshot) -> tuple[float, float, float]:
    """Training loss, validation loss and share of zeros of a network as it is; NaN if it has diverged."""
    if model.state == "diverged":
        return np.nan, np.nan, np.nan
    history, row = model.history, model.row
    return float(history["train_loss"][row]), float(history["val_loss"][row]), model.zero_fraction


def _frozen(array: Array) -> Array:
    array.setflags(write=False)
    return array
