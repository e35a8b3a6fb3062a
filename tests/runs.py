"""Runs that tests look at."""

from __future__ import annotations

from collections.abc import Sequence

from regviz import Config, Snapshot, Trainer
from regviz.lab.compare.lanes import Lane


def every_epoch(base: Config, lanes: Sequence[Lane], epochs: int) -> list[Snapshot]:
    """The snapshots of a run, from its start on one of each epoch."""
    trainer = Trainer([lane.config(base) for lane in lanes])
    seen = [trainer.snapshot()]
    for _ in range(epochs):
        trainer.advance(epochs=1)
        seen.append(trainer.snapshot())
    return seen
