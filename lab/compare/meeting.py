"""An epoch at which something is done, and the networks of all lanes as each of them came to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regviz import Snapshot, Trainer
    from regviz.training.snapshot import ModelSnapshot


class Meeting:
    """Calls `act` once all networks that train have come to `epoch`, however fast training passes it; for 0, never.

    Step by step, a network with fewer batches in an epoch comes first and trains on. It is kept as it was then, so that
    what is said of that epoch is said of the same networks as where all train epoch by epoch.
    """

    def __init__(self, epoch: int = 0, act: Callable[[], object] = lambda: None) -> None:
        self._epoch, self._act = epoch, act
        self._kept: dict[int, ModelSnapshot] = {}
        self._early: set[int] = set()
        """Those that had come before anybody waited for them, or are kept."""
        self.passed = True
        self.met: Snapshot | None = None
        """All networks as they came, while `act` runs."""

    def begin(self, trainer: Trainer) -> None:
        """Wait for the networks of `trainer`."""
        self._kept.clear()
        self._early = {place for place, epoch in enumerate(trainer.epochs) if epoch >= self._epoch}
        self.passed = trainer.common_epoch >= self._epoch

    def look(self, trainer: Trainer) -> None:
        """Note who has come with the last step, and act once all have."""
        if trainer.common_epoch >= self._epoch:
            self.passed = True
            self.met = self._together(trainer.snapshot())
            self._act()
            self.met = None
            self._kept.clear()
            return
        come = {place for place, epoch in enumerate(trainer.epochs) if epoch >= self._epoch} - self._early
        if come:
            models = trainer.snapshot().models
            self._kept |= {place: models[place] for place in come}
            self._early.update(come)

    def _together(self, now: Snapshot) -> Snapshot:
        """The networks as they came; as they are where points or knobs have changed since."""
        models = list(now.models)
        for place, kept in self._kept.items():
            if (kept.split, kept.config) == (models[place].split, models[place].config):
                models[place] = kept
        return replace(now, models=tuple(models))
