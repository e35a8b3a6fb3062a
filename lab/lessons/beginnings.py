"""The first epochs of a run, about which lessons ask, as they were before its histories were thinned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from regviz.arrays import Array
from regviz.training.snapshot import ModelSnapshot, Snapshot

if TYPE_CHECKING:
    from regviz import Trainer


class Beginnings:
    """Remembers the histories of a run as long as they have no gap, and puts them before what is left of them later.

    They are as long as a session keeps every epoch, or end where they were last seen before that. Nothing is copied
    for that: what a history has once shown stays valid.
    """

    def __init__(self) -> None:
        self._run: Trainer | None = None
        self._whole: dict[int, dict[str, Array]] = {}
        """By a network's place, the longest history without a gap that was seen of it."""

    def before(self, snapshot: Snapshot, run: Trainer) -> Snapshot:
        """Return `snapshot` of the networks that `run` trains with all their first epochs that were seen.

        One of other networks, such as those of many training sets, stays as it is.
        """
        if run is not self._run:
            self._run, self._whole = run, {}
        if len(snapshot.models) != len(run.configs):
            return snapshot
        return replace(snapshot, models=tuple([self._complete(i, model) for i, model in enumerate(snapshot.models)]))

    def _complete(self, place: int, model: ModelSnapshot) -> ModelSnapshot:
        epochs, whole = model.history["epoch"], self._whole.get(place)
        if epochs[-1] == len(epochs) - 1:
            if whole is None or len(epochs) >= len(whole["epoch"]):  # else a person looks back
                self._whole[place] = model.history
            return model
        if whole is None:
            return model
        since = epochs > whole["epoch"][-1]
        history = {name: np.concatenate((whole[name], column[since])) for name, column in model.history.items()}
        for column in history.values():
            column.setflags(write=False)
        return replace(model, history=history)
