"""Costly pictures are refreshed piece by piece: one piece per `draw`, one lane after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from regviz.training.snapshot import ModelSnapshot

AT_ONCE = 24
"""Pieces that the first `draw` of a picture may take: that of small networks stands complete from the start."""

Refresh = Callable[[int, ModelSnapshot], Iterator[None]]
Key = tuple[Any, ...]


class Turns:
    """Whose turn it is to be measured anew.

    `refresh(lane, model)` is a generator that yields between pieces of a few milliseconds each; it works on one frozen
    model to its end, so that all numbers of a lane belong to one moment. A lane is due once an epoch while training
    goes on, and once more when it stands still, so that a paused picture is exact.
    """

    def __init__(self, refresh: Refresh) -> None:
        self.refresh = refresh
        self.shown: list[Key | None] = []
        """Per lane, the moment that was measured last."""
        self.behind = False
        self._work: Iterator[None] | None = None
        self._lane, self._pieces = -1, 1
        self._key: Key = ()
        self._before: Sequence[Key] = ()

    def begin(self, models: Sequence[ModelSnapshot]) -> None:
        """Forget what does not belong to the run of `models` (a new run starts, lanes or networks are other ones)."""
        keys = [_key(model) for model in models]
        if len(keys) != len(self.shown):
            self.shown = [None] * len(keys)
        for i, (key, shown) in enumerate(zip(keys, self.shown, strict=True)):
            if shown is not None and (shown[-1] != key[-1] or key[0] < shown[0]):
                self.shown[i] = None
        self._work, self._before, self._pieces = None, (), AT_ONCE

    def forget(self) -> None:
        """Measure every lane anew: a person has asked for something else."""
        self.shown = [None] * len(self.shown)
        self._work = None

    def draw(self, models: Sequence[ModelSnapshot]) -> list[int]:
        """Do a piece of what is due; returns the lanes whose measuring has come to its end."""
        keys = [_key(model) for model in models]
        stands = keys == self._before
        self._before = keys
        if self._work is not None and keys[self._lane][0] < self._key[0]:
            self._work = None
        done: list[int] = []
        for _ in range(self._pieces):
            if self._work is None and not self._take(models, keys, stands):
                break
            assert self._work is not None
            if next(self._work, self) is self:
                self.shown[self._lane] = self._key
                self._work = None
                done.append(self._lane)
        self._pieces = 1
        self.behind = self._work is not None or any(a != b for a, b in zip(self.shown, keys, strict=True))
        return done

    def _take(self, models: Sequence[ModelSnapshot], keys: Sequence[Key], stands: bool) -> bool:
        """Begin with the next lane that is due; False if none is."""
        count = len(keys)
        for turn in range(1, count + 1):
            i = (self._lane + turn) % count
            shown = self.shown[i]
            if shown is None or (shown != keys[i] and (stands or shown[1:] != keys[i][1:])):
                self._lane, self._key = i, keys[i]
                self._work = self.refresh(i, models[i])
                return True
        return False


def _key(model: ModelSnapshot) -> Key:
    """The moment of a model: what may be compared, from the finest to the coarsest."""
    return model.step, model.epoch, model.state, model.config
