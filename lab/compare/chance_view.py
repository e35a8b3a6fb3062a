"""What many seeds of the lanes' networks show at one moment, for pictures and sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from regviz import Config
from regviz.arrays import Floats
from regviz.config import DATA_FIELDS
from regviz.training.snapshot import Snapshot

from .lanes import Lane

SOURCE_FIELDS = tuple(name for name in DATA_FIELDS if name not in ("n_train", "seed"))
"""The fields that decide what points are drawn from, not how many and which."""

SEEDS = 20
"""How many seeds are trained."""

LOW, HIGH = 0.1, 0.9
"""The quantiles between which a band lies: two of twenty seeds are above it, two below."""


@dataclass(frozen=True, slots=True, eq=False)
class ChanceView:
    """Lanes with many seeds at one moment, for pictures: L lanes × S seeds.

    lanes       as they were when their seeds were asked for
    configs     their networks, with the seed that the lab had
    seeds       (S,) those that are known at `epoch`; they join one another
    coming      seeds that are not known yet
    epoch       epochs trained so far, of `epochs` in all
    looks       (K,) epochs that were measured, 0 and `epoch` among them
    val_loss, val_score   (K, L, S) after those epochs; NaN where a network diverged
    outcomes    (S,) answers to a question in each seed, empty where it is not clear; None if none was asked
    choices     what the outcomes are called
    question    which question that is, as of `Judge`; None if none was asked
    cancelled   True if a person ended it early
    snapshots   the lanes' networks of each known seed; of those that train elsewhere, only once they have ended
    """

    lanes: tuple[Lane, ...]
    configs: tuple[Config, ...]
    seeds: tuple[int, ...]
    coming: int
    epoch: int
    epochs: int
    looks: NDArray[np.int_]
    val_loss: Floats
    val_score: Floats
    outcomes: tuple[str, ...] | None = None
    choices: tuple[tuple[str, str], ...] = ()
    question: str | None = None
    cancelled: bool = False
    snapshots: tuple[Snapshot, ...] = ()

    def told(self, question: str | None) -> ChanceView:
        """Return it without the answers, unless they are to this question."""
        if self.outcomes is None or self.question == question:
            return self
        return replace(self, outcomes=None, choices=(), question=None)

    @property
    def done(self) -> bool:
        """True once nothing more will change."""
        return self.cancelled or (self.epoch >= self.epochs and not self.coming)

    def band(self, lane: int) -> Floats:
        """Return lower end, median and upper end of a lane's validation losses over the seeds (3, K).

        A network that has diverged counts as worse than any other. The ends are losses of seeds; of an even number of
        seeds the median is the mean of the two in the middle, and NaN where one of them has diverged.
        """
        losses = np.where(np.isnan(self.val_loss[:, lane]), np.inf, self.val_loss[:, lane])
        low, high = np.quantile(losses, (LOW, HIGH), axis=1, method="nearest")
        found = np.stack((low, np.median(losses, axis=1), high))
        return np.where(np.isfinite(found), found, np.nan)

    def last(self, lane: int) -> Floats:
        """Return a lane's validation losses at the last look (S,)."""
        losses: Floats = self.val_loss[-1, lane]
        return losses

    def lower(self, lane: int, than: int = 0) -> NDArray[np.bool_]:
        """Return in which seeds a lane's validation loss is lower than another lane's (S,); one that diverged is
        not.
        """
        mine, other = (np.where(np.isnan(self.last(i)), np.inf, self.last(i)) for i in (lane, than))
        found: NDArray[np.bool_] = mine < other
        return found

    def counted(self) -> list[tuple[str, int]]:
        """Return how often each outcome came, the most frequent first; what is not clear last."""
        found = Counter(self.outcomes or ())
        return sorted(found.items(), key=lambda pair: (not pair[0], -pair[1]))

    def older(self, now: Sequence[Config]) -> bool:
        """Return whether the networks that train `now` have other settings; another seed is no other setting."""
        if len(now) != len(self.configs):
            return True
        pairs = zip(now, self.configs, strict=True)
        return any(its is not mine and its.replace(seed=0) != mine.replace(seed=0) for its, mine in pairs)

    def of_other_data(self, now: Sequence[Config]) -> bool:
        """Return whether the networks that train `now` are others in number, or have points that are drawn from
        something else; other points of the same kind, or more of them, are none.
        """
        if len(now) != len(self.configs):
            return True
        pairs = [pair for pair in zip(now, self.configs, strict=True) if pair[0] is not pair[1]]
        return any(getattr(its, name) != getattr(mine, name) for its, mine in pairs for name in SOURCE_FIELDS)
