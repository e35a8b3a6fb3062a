"""Costly pictures are measured piece by piece: one piece per `draw`, one lane after the other."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar, Self

from regviz.training.snapshot import ModelSnapshot, Snapshot

from .base import Panel

AT_ONCE = 24
"""Pieces that the first `draw` of a picture may take: that of small networks stands complete from the start."""

Measure = Callable[[int, ModelSnapshot], Iterable[None]]
Key = tuple[Any, ...]


class Measuring:
    """Whose turn it is to be measured anew.

    A lane is due once an epoch while training goes on, and once more when it stands still, so that a paused picture is
    exact.
    """

    def __init__(self) -> None:
        self.shown: list[Key | None] = []
        """Per lane, the moment that was measured last."""
        self.behind = False
        self._work: Iterator[None] | None = None
        self._lane, self._pieces = -1, 1
        self._key: Key = ()
        self._before: Sequence[Key] = ()

    @property
    def known(self) -> list[int]:
        """The lanes that have been measured."""
        return [i for i, shown in enumerate(self.shown) if shown is not None]

    def begin(self, models: Sequence[ModelSnapshot]) -> None:
        """Forget what does not belong to the run of `models`: a new one starts, or lanes, networks or points are other
        ones.
        """
        keys = [model.moment for model in models]
        if len(keys) != len(self.shown):
            self.shown = [None] * len(keys)
        for i, (key, shown) in enumerate(zip(keys, self.shown, strict=True)):
            if shown is not None and (shown[-2:] != key[-2:] or key[0] < shown[0]):
                self.shown[i] = None
        self._work, self._before, self._pieces = None, (), AT_ONCE

    def forget(self) -> None:
        """Measure every lane anew: a person has asked for something else."""
        self.shown = [None] * len(self.shown)
        self._work = None

    def draw(self, models: Sequence[ModelSnapshot], measure: Measure, pieces: int = 1) -> list[int]:
        """Do a piece of what is due, or so many; returns the lanes whose measuring has come to its end.

        `measure(lane, model)` yields between pieces of a few milliseconds each. It works on one frozen model to its
        end, so that all numbers of a lane belong to one moment.
        """
        keys = [model.moment for model in models]
        stands = keys == self._before
        self._before = keys
        if self._work is not None and keys[self._lane][0] < self._key[0]:
            self._work = None
        done: list[int] = []
        for _ in range(max(self._pieces, pieces)):
            if self._work is None:
                lane = self._next(keys, stands)
                if lane is None:
                    break
                self._lane, self._key = lane, keys[lane]
                self._work = iter(measure(lane, models[lane]))
            if ends(self._work):
                self.shown[self._lane] = self._key
                self._work = None
                done.append(self._lane)
        self._pieces = 1
        self.behind = self._work is not None or any(a != b for a, b in zip(self.shown, keys, strict=True))
        return done

    def _next(self, keys: Sequence[Key], stands: bool) -> int | None:
        """The next lane that is due, if there is one."""
        for turn in range(1, len(keys) + 1):
            i = (self._lane + turn) % len(keys)
            shown = self.shown[i]
            if shown is None or (shown != keys[i] and (stands or shown[1:] != keys[i][1:])):
                return i
        return None


class MeasuredPanel(Panel):
    """A picture of all lanes whose numbers take some time to measure."""

    empty: bool = False
    """True if there is nothing to measure: `build` has said why."""
    pieces: ClassVar[int] = 1
    """Pieces that each `draw` takes."""

    def __init__(self) -> None:
        super().__init__()
        self.measuring = Measuring()
        self.found: list[Any] = []
        """Per lane what was measured last."""

    def resume(self, models: Sequence[ModelSnapshot], nothing: Any = None) -> None:
        """Keep what was found of the run of `models`; `nothing` stands for a lane that has not been measured yet.

        That is also one that has been measured in another run or on other points: what is said of all lanes together
        would mix both. It belongs to the beginning of a `build`, and `begin` to its end.
        """
        self.measuring.begin(models)
        known = {i: self.found[i] for i in self.measuring.known}
        self.found = [known.get(i, nothing) for i in range(len(models))]

    @abstractmethod
    def measure(self, i: int, model: ModelSnapshot) -> Iterable[None]:
        """Measure lane `i`, yielding between pieces of a few milliseconds; nothing to yield for one piece."""

    @abstractmethod
    def set_limits(self) -> bool:
        """Fit the axes to what the lanes `self.measuring.known` show; True if a limit has moved."""

    @abstractmethod
    def show(self, i: int, model: ModelSnapshot) -> None:
        """Set what was measured of lane `i` on its artists."""

    def begin(self, snapshot: Snapshot) -> None:
        """Show on new artists what is known already."""
        self.set_limits()
        for i in self.measuring.known:
            self.show(i, snapshot.models[i])

    def draw(self, snapshot: Snapshot) -> None:
        """Measure a piece; show the lanes whose measuring has come to its end, all of them if a limit has moved."""
        if self.empty:
            return
        done = self.measuring.draw(snapshot.models, self.measure, self.pieces)
        self.behind = self.measuring.behind
        for i in self.measuring.known if done and self.set_limits() else done:
            self.show(i, snapshot.models[i])

    def copy(self) -> Self:
        """Return one that measures by itself, from the beginning."""
        other = super().copy()
        other.measuring = Measuring()
        return other


def ends(work: Iterator[None]) -> bool:
    """Do a piece of `work`; True if it was the last."""
    try:
        next(work)
    except StopIteration:
        return True
    return False
