"""A grid of networks, points × seeds, trained to one length as stacks: here a little at a time, and by an executor."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from regviz import Config, Trainer
from regviz.arrays import Floats
from regviz.config import FIELDS
from regviz.data import load
from regviz.executors import attempt
from regviz.members import carried
from regviz.training.snapshot import ModelSnapshot, Snapshot

from .helper import Helper
from .measured import MEASURED, numbers_of, seen, started, stride_of, trained
from .sweep_stacks import Cell, SweepStack, stacked

_SEED: Any = FIELDS["seed"].kind
LAST_SEED: int = _SEED.high

MOST_AT_ONCE = 10_000
"""Stacks handed to an executor that does not say how many workers it has."""


class Grid:
    """Networks for P points × S seeds (`configs`: for each seed the Configs of all points), each for `epochs` epochs.

    They train in stacks small enough that one step of one stack is short, and those that train here take turns, so that
    all of them are seen at the same epoch. An `executor` takes whole stacks, whose networks are seen when they have
    ended; what it has not begun is trained here, and so is what it loses. Each network ends as `rv.fit` would train it
    alone. A `Helper` is ended when nothing trains any more, any other executor stays open. `first` are Configs to train
    with until epoch `turn`, a look, before `configs` are set, from which they differ in live fields only; without one.

    `numbers` (looks, 4, P, S) are `MEASURED` after every `stride` epochs, the first before training; NaN where a
    network diverged, and where nothing is known yet. `version` counts what there was to see.
    """

    def __init__(
        self,
        configs: Sequence[Sequence[Config]],
        epochs: int,
        *,
        measure_every: int | None = None,
        stride: int | None = None,
        first_alone: bool = False,
        executor: Executor | None = None,
        first: Sequence[Sequence[Config]] | None = None,
        turn: int = 0,
    ) -> None:
        self.epochs, self.stride = epochs, stride or stride_of(epochs)
        self._first, self._turn = first, turn
        self._measure_every = self.stride if measure_every is None else measure_every
        self.looks = np.arange(0, epochs + 1, self.stride)
        shape = len(self.looks), len(MEASURED), len(configs[0]), len(configs)
        self.numbers: Floats = np.full(shape, np.nan)
        self._known = np.zeros((shape[0], *shape[2:]), bool)
        self.stacks = stacked(configs, first_alone=first_alone)
        self.version = 0
        self.look = 0
        """The newest look that is shown."""
        self.seeds: tuple[int, ...] = ()
        """The seeds all of whose networks are known at that look, by their places."""
        self.models: dict[Cell, ModelSnapshot] = {}
        """The networks as they are shown, of those that are known at that look."""
        self._newest: dict[Cell, tuple[int, ModelSnapshot]] = {}
        self._ended: dict[Cell, ModelSnapshot] = {}
        self.cancelled = self._finished = self.waiting = False
        self._all_work = sum(stack.work for stack in self.stacks) * (shape[0] - 1)
        self._away: dict[Future[Any], SweepStack] = {}
        self._queue: list[SweepStack] = []
        self.share(executor)

    def share(self, executor: Executor | None) -> None:
        """Have an `executor` take stacks, before any work was done; None for nobody."""
        self._executor = self._helper = executor
        self._mine = self._share()
        self._train = self._training()
        self._submit()

    def work(self, seconds: float) -> bool:
        """Train for about `seconds`, or until there is something new to see; a stack that has begun a step ends it.

        True if anything was done.
        """
        if self.done:
            return False
        until, before = perf_counter() + seconds, self.version
        arrived = self._collect_arrived()
        for worked in self._train:
            self.waiting = not worked
            if not worked:
                return arrived
            if perf_counter() >= until or self.version != before:
                return True
        self._finished = True
        self._let_go()
        return True

    @property
    def done(self) -> bool:
        """True once `work` has nothing left to do."""
        return self._finished or self.cancelled

    @property
    def progress(self) -> float:
        """Share of the training that is done, 0…1."""
        if self._finished:
            return 1.0
        known = [stack.work * int(self._known[(slice(1, None), *stack.cells[0])].sum()) for stack in self.stacks]
        return sum(known) / self._all_work

    @property
    def epoch(self) -> int:
        """Epochs trained at the look that is shown."""
        return int(self.looks[self.look])

    def cancel(self) -> None:
        """Train no further. What was shown last stays."""
        if not self.done:
            self.cancelled = True
            self.version += 1
            self._let_go()

    def finish(self) -> None:
        """Train no further, since what is shown is all that was wanted."""
        if not self.done:
            self.epochs, self._finished = self.epoch, True
            self.version += 1
            self._let_go()

    def shown(self, seed: int) -> Snapshot | None:
        """Return the networks of a seed as they are shown; None if they are not known here."""
        cells = [(point, seed) for point in range(self.numbers.shape[2])]
        if not all(cell in self.models for cell in cells):
            return None
        models = tuple(self.models[cell] for cell in cells)
        return Snapshot(max(model.step for model in models), models)

    # -- training

    def _share(self) -> list[SweepStack]:
        """The stacks that train here from the start, in step: a fair share of the work, the first seed always."""
        if self._executor is None:
            return list(self.stacks)
        share = sum(stack.work for stack in self.stacks) / (1 + (_workers(self._executor) or 1))
        mine, work = [], 0
        for stack in self.stacks:
            if work < share or stack.cells[0][1] == 0:
                mine.append(stack)
                work += stack.work
        self._queue = [stack for stack in self.stacks if stack not in mine]
        return mine

    def _training(self) -> Generator[bool]:
        """All of the training, in parts of a few milliseconds; False while only others have something to do."""
        yield from self._in_step(self._mine)
        while self._queue or self._away:
            if self._queue:
                yield from self._in_step([self._queue.pop(0)])
            elif (stack := self._taken_back()) is not None:
                yield from self._in_step([stack])
            elif self._helper is not self._executor or not isinstance(self._helper, Helper):
                yield False
            else:  # where others are busy, what gives way may take very long: then this process is first
                yield from self._in_step([next(iter(self._away.values()))])

    def _in_step(self, stacks: Sequence[SweepStack]) -> Generator[bool]:
        """Train some stacks side by side, or until they come from elsewhere."""
        for look in range(1, len(self.looks)):
            for stack in stacks:
                if stack.cells[0] in self._ended:
                    stack.trainer = None
                    return
                if stack.trainer is None:
                    stack.trainer = Trainer(stack.begun(self._first), measure_every=self._measure_every)
                    yield True
                if not stack.trainer.done:
                    for steps in stack.parts(self.stride):
                        stack.trainer.advance(steps=steps)
                        yield True
                if self._first is not None and self.looks[look] == self._turn:
                    stack.turn()
                models = seen(stack.trainer, last=look == len(self.looks) - 1)
                if look == 1:
                    self._note(stack, 0, np.array([started(model) for model in models]).T, models)
                self._note(stack, look, np.array([numbers_of(model) for model in models]).T, models)
                if look == len(self.looks) - 1:
                    self._ended |= dict(zip(stack.cells, models, strict=True))
                    self._away = {future: its for future, its in self._away.items() if its is not stack}
                    stack.trainer = None
                if stack is stacks[-1] or 1 == look < len(self.looks) - 1:
                    self._show(max(look, self.look))
                yield True

    def _note(self, stack: SweepStack, look: int, numbers: Floats, models: Sequence[ModelSnapshot]) -> None:
        """Note what was measured of a stack."""
        for column, (cell, model) in enumerate(zip(stack.cells, models, strict=True)):
            self.numbers[(look, slice(None), *cell)] = numbers[:, column]
            self._known[(look, *cell)] = True
            self._newest[cell] = look, model

    def _show(self, look: int) -> None:
        """Show the seeds that are known at a look, if there are more of them now or it is a new one."""
        seeds = tuple(np.flatnonzero(self._known[look].all(axis=0)).tolist())
        if not seeds or (look, seeds) == (self.look, self.seeds):
            return
        kept = self.models if look == self.look else {}  # some stacks may be ahead of it by now
        ended = self._ended if look == len(self.looks) - 1 else {}
        self.models = {**{cell: model for cell, (at, model) in self._newest.items() if at == look}, **kept, **ended}
        self.look, self.seeds = look, seeds
        self.version += 1

    def _let_go(self) -> None:
        """Forget the networks in training: what was shown has been copied, and is much smaller."""
        self._train.close()
        self._newest.clear()
        self._queue.clear()
        for future in self._away:
            future.cancel()
        self._away.clear()
        for stack in self.stacks:
            stack.trainer = None
        if isinstance(self._helper, Helper):
            self._helper.shutdown()

    # -- elsewhere

    def _submit(self) -> None:
        """Hand out stacks, the last first, no more than there are workers: the others can still be trained here."""
        executor = self._executor
        most = MOST_AT_ONCE if executor is None else _workers(executor) or MOST_AT_ONCE
        while executor is not None and self._queue and len(self._away) < most:
            stack = self._queue.pop()
            task: Any = partial(trained, self.epochs, self.stride, self._measure_every)
            try:
                self._away[executor.submit(attempt, carried(task, stack.configs), stack.configs)] = stack
            except Exception:  # it was shut down, or has lost its workers
                self._queue.append(stack)
                self._executor = executor = None

    def _taken_back(self) -> SweepStack | None:
        """A stack that the executor has not begun, which is trained here instead: the one it would begin last."""
        future = next((future for future in reversed(self._away) if future.cancel()), None)
        return None if future is None else self._away.pop(future)

    def _collect_arrived(self) -> bool:
        """Take what the executor has finished. True if that was anything."""
        arrived = [future for future in self._away if future.done()]
        for future in arrived:
            stack = self._away.pop(future)
            try:
                found = future.result()
            except BaseException as error:  # whatever happened to a worker happened elsewhere
                found = error
            if isinstance(found, BaseException):
                self._queue.insert(0, stack)
                self._executor = None
                continue
            numbers, models = found
            models = [replace(model, split=load(model.config)) for model in models]
            for look in range(len(self.looks)):
                for column, cell in enumerate(stack.cells):
                    self.numbers[(look, slice(None), *cell)] = numbers[look, :, column]
                    self._known[(look, *cell)] = True
            self._ended |= dict(zip(stack.cells, models, strict=True))
        if arrived:
            self._submit()
            if self.look:
                self._show(self.look)
        return bool(arrived)


def _workers(executor: Executor) -> int | None:
    """How many workers an executor has, None if it does not say."""
    return getattr(executor, "_max_workers", None)


def seeds_from(first: int, count: int) -> tuple[int, ...]:
    """Return so many seeds from the `first` on; before it where there are no more."""
    first = min(first, LAST_SEED + 1 - count)
    return tuple(range(first, first + count))


class GridRun:
    """What trains the networks of a `grid`: whether it is at its end, and how far it is."""

    grid: Grid

    def share(self, executor: Executor | None) -> None:
        """Have an `executor` train, too, before any work was done: it is only started for what is possible."""
        self.grid.share(executor)

    @property
    def done(self) -> bool:
        """True once `work` has nothing left to do."""
        return self.grid.done

    @property
    def waiting(self) -> bool:
        """True while nothing is left to do here, but the executor has not finished."""
        return self.grid.waiting

    @property
    def progress(self) -> float:
        """Share of the training that is done, 0…1."""
        return self.grid.progress
