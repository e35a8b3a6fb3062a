"""What a picture may know besides the snapshot it shows, and what it may answer to a pointer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Self

from regviz.config import Config
from regviz.data.drawing import Drawing
from regviz.training.snapshot import Snapshot

if TYPE_CHECKING:
    from .chance_view import ChanceView
    from .lanes import Lane
    from .sweep_view import EndedSweep, SweepView

PointerKind = Literal["move", "click", "back", "leave"]
"""What a pointer does; "back" is the Escape key while the pointer, or the keyboard's cursor, is over the picture."""

END = -1
"""What an answer says in place of a point when its trace is to end."""


@dataclass(frozen=True, slots=True, eq=False)
class Pinned:
    """A run that was pinned for comparison.

    snapshot  its last one, with its curves
    names     of its lanes, as they are called now
    at        the places where its lanes are now, None for one that has gone; empty if only names tell
    """

    snapshot: Snapshot
    names: tuple[str, ...]
    at: tuple[int | None, ...] = ()

    @classmethod
    def of(cls, snapshot: Snapshot, lanes: Sequence[Lane]) -> Self:
        """Return a run with its lanes."""
        return cls(snapshot, tuple(lane.name for lane in lanes), tuple(range(len(lanes))))

    def followed(self, before: Sequence[Lane], after: Sequence[Lane], to: Sequence[int | None]) -> Self:
        """Return the run once the lanes `before` are those at the places `to` among those `after`."""
        at = tuple(None if place is None else to[place] for place in self.places(before))
        names = (name if place is None else after[place].name for name, place in zip(self.names, at, strict=True))
        return replace(self, names=tuple(names), at=at)

    def places(self, lanes: Sequence[Lane]) -> list[int | None]:
        """Return for each of its lanes the place that it has among `lanes`, None where there is none.

        One that has gone is there again with another lane of its name.
        """
        at = self.at or (None,) * len(self.names)
        places = [
            place if place is not None and place < len(lanes) and lanes[place].name == name else None
            for name, place in zip(self.names, at, strict=True)
        ]
        free = [place for place in range(len(lanes)) if place not in places]
        for i, name in enumerate(self.names):
            if places[i] is None:
                places[i] = next((place for place in free if lanes[place].name == name), None)
                free = [place for place in free if place != places[i]]
        return places


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The rest of what there is to see.

    configs what knobs and lanes ask for now; a network that has ended keeps what it ended with
    live    the newest snapshot, while an earlier one is shown (a person scrubs through the run); else None
    pinned  a run that was pinned for comparison; its lanes and its task may be other ones
    sweep   where a sweep stands
    ended   what the sweeps before that one came to, the newest first
    chance  where the lanes' networks with many seeds stand
    chosen  the lane a person picked; pictures of one network show it
    past    the run so far as it is kept for looking back, oldest first
    traced  the training point that a person follows through the layers
    waiting a drawing that has too few points to be trained on
    """

    configs: Sequence[Config] = ()
    live: Snapshot | None = None
    pinned: Pinned | None = None
    sweep: SweepView | None = None
    ended: Sequence[EndedSweep] = ()
    chance: ChanceView | None = None
    chosen: int | None = None
    past: Sequence[Snapshot] = ()
    traced: int | None = None
    waiting: Drawing | None = None

    def asked(self, snapshot: Snapshot) -> Sequence[Config]:
        """Return `configs`; of a picture that stands for itself, those of its networks."""
        return self.configs or [model.config for model in snapshot.models]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a picture answers to a pointer: nothing by default.

    hint    one or more short lines of text that the page shows beside the pointer; "" for none
    change  Config fields to turn, as if a person had turned the knobs
    redraw  True if the picture looks different now
    aloud   what the picture itself shows now, told to one who cannot see it
    trace   a training point to be followed through the layers; END for none any more
    """

    hint: str = ""
    change: Mapping[str, Any] = field(default_factory=dict)
    redraw: bool = False
    aloud: str = ""
    trace: int | None = None


EMPTY, NOTHING = Scene(), Answer()
