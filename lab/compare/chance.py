"""Chance: the lanes' networks with many seeds of data, start and batches, trained as stacks while one watches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from math import gcd
from typing import Any

import numpy as np

from regviz import Config
from regviz.errors import ConfigError
from regviz.language import en, tr
from regviz.run import frozen
from regviz.training.snapshot import Snapshot

from .chance_view import SEEDS, ChanceView
from .grid import LAST_SEED, Grid, GridRun, seeds_from
from .lanes import Lane, configs_of
from .pace import lasting
from .sweep_stacks import SMALLER, Size, room, smaller

EPOCHS = 150
"""How long the networks train: enough for the lab's default network to memorize."""

ASKED, EVERY = 320, 10
"""Epochs by which a question has its answer, if it has one, and epochs between two looks for it."""

PROBES = 3
"""Seeds that are asked until one of them is clear, since some questions are dear; then all are."""


@dataclass(frozen=True, slots=True)
class Judge:
    """What says how a question is answered in one seed.

    observe   the outcome of its networks, empty where it is not clear
    choices   what the outcomes are called
    first     Config fields that the networks train with for `epochs` epochs before they are asked, and that then turn
              to those of the lanes
    question  which one it is: the label of its break, empty for the lesson's own
    after     the epoch at which it is asked first
    """

    observe: Callable[[Snapshot, Sequence[Lane]], str]
    choices: dict[str, str]
    first: Mapping[str, Any] = field(default_factory=dict)
    epochs: int = 0
    question: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class Sets:
    """Seeds whose networks are looked at all together: `count` training sets, for `epochs` epochs each."""

    count: int = SEEDS
    epochs: int = EPOCHS


class ChanceRun(GridRun):
    """Trains `lanes` with some seeds from the one of `base` on, a little at a time, and by an `executor` if there is.

    A lane that has a seed of its own stays as far from the others' as it is. `judge` says what a question comes to in
    each seed, the first time that it is clear. Then every epoch is measured, as in the lab itself, all networks train
    here, and no longer than until all answers are clear. Fewer seeds if the networks are so large that no more of them
    fit into the memory. Raises ConfigError for impossible lanes, and for networks that are too large for two seeds.
    """

    def __init__(
        self,
        base: Config,
        lanes: Sequence[Lane],
        *,
        seeds: int = SEEDS,
        epochs: int | None = None,
        judge: Judge | None = None,
        executor: Executor | None = None,
    ) -> None:
        self._judge, self.data = judge, base.data
        epochs = epochs or (EPOCHS if judge is None else ASKED)
        configs = configs_of(lanes, base)
        trained = [lasting(config, epochs) for config in configs]
        count = min(seeds, room() // sum(Size.of(config).held for config in trained))
        if count < 2:
            raise too_large(base, lanes)
        self.seeds = seeds_from(base.seed, count)
        every = judge is not None or any(config.patience is not None for config in trained)
        begun = trained
        if judge is not None and judge.first:
            begun = [lasting(config, epochs) for config in configs_of(lanes, base.replace(**judge.first))]
        of_all, of_first = (
            [[reseeded(config, seed - base.seed) for config in its] for seed in self.seeds] for its in (trained, begun)
        )
        self._turn = judge.epochs if judge is not None and judge.first else 0
        self.grid = Grid(
            of_all,
            epochs,
            measure_every=1 if every else None,
            stride=None if judge is None else gcd(EVERY, self._turn, judge.after),  # its fields turn at a look
            executor=executor if judge is None else None,
            first=of_first if self._turn else None,
            turn=self._turn,
        )
        self._answers: dict[int, str] = {}
        self._asked: list[int] = []
        """The seeds whose networks are still to be asked, as they are shown."""
        self._seen = self.grid.version
        nothing = frozen(np.zeros((0, len(lanes), 0)))
        self._view = ChanceView(
            tuple(lanes), tuple(configs), (), count, 0, epochs, self.grid.looks[:0], nothing, nothing
        )
        if judge is not None:
            self._view = replace(self._view, choices=tuple(judge.choices.items()), question=judge.question, outcomes=())

    def work(self, seconds: float) -> bool:
        """Train for about `seconds`, or ask one seed. True if anything was done."""
        if self.done:
            return False
        if self._asked:
            self._ask(self._asked.pop(0))
            return True
        before = self.grid.version
        worked = self.grid.work(seconds)
        early = self._judge is not None and self.grid.epoch < min(self._judge.after, self.grid.epochs)
        if self._judge is not None and not early and self.grid.version != before and self.grid.epoch > self._turn:
            self._asked = self._unclear()
            if not self._answers and self.grid.epoch < self.grid.epochs:
                del self._asked[PROBES:]
        return worked

    @property
    def done(self) -> bool:
        """True once `work` has nothing left to do."""
        return self.grid.done and not self._asked

    def cancel(self) -> None:
        """Train no further. What was shown last stays."""
        self.grid.cancel()
        self._asked.clear()

    def view(self) -> ChanceView:
        """Return the seeds as they were when they had last been measured; the same object until that changes."""
        grid = self.grid
        if grid.version == self._seen:
            return self._view
        self._seen = grid.version
        known = list(grid.seeds)
        numbers = grid.numbers[: grid.look + 1, :, :, known]
        self._view = replace(
            self._view,
            seeds=tuple(self.seeds[s] for s in known),
            coming=len(self.seeds) - len(known),
            epoch=grid.epoch,
            looks=grid.looks[: grid.look + 1] if known else grid.looks[:0],
            val_loss=frozen(numbers[:, 1]),
            val_score=frozen(numbers[:, 3]),
            epochs=grid.epochs,
            cancelled=grid.cancelled,
            snapshots=tuple(its for its in map(grid.shown, known) if its is not None),
        )
        if self._judge is not None:
            self._view = replace(self._view, outcomes=tuple(self._answers.get(seed, "") for seed in known))
        return self._view

    def _unclear(self) -> list[int]:
        """The seeds that are shown and have no answer yet."""
        return [seed for seed in self.grid.seeds if seed not in self._answers]

    def _ask(self, seed: int) -> None:
        """See what the question comes to in a seed now. When all are clear, no network has to train on."""
        snapshot = self.grid.shown(seed)
        assert self._judge is not None
        found = "" if snapshot is None else self._judge.observe(snapshot, self._view.lanes)
        if not found:
            return
        self._answers[seed] = found
        self.grid.version += 1
        if len(self._answers) == 1:
            self._asked = self._unclear()
        if all(its in self._answers for its in range(len(self.seeds))):
            self._asked.clear()
            self.grid.finish()


def too_large(base: Config, lanes: Sequence[Lane]) -> ConfigError:
    """Return why the networks of `lanes` are too large for two seeds, with what would fit."""

    def fits(its: Config) -> bool:
        return 2 * sum(Size.of(config).held for config in configs_of(lanes, its)) <= room()

    field, value = smaller(base, fits) or SMALLER[-2]
    fewer, thinner = (
        en("the lanes with many seeds need fewer training points"),
        en("the lanes with many seeds need smaller layers"),
    )
    return ConfigError(field, getattr(base, field), tr(fewer if field == "n_train" else thinner), value)


def reseeded(config: Config, further: int) -> Config:
    """Return `config` with a seed that is `further` on."""
    return config.replace(seed=(config.seed + further) % (LAST_SEED + 1))
