"""What a person draws on the fit picture, step by step: networks train on it at once, and each step is kept."""

from __future__ import annotations

import numpy as np

from regviz.data import Split, load
from regviz.data.custom import custom_data
from regviz.data.drawing import Drawing
from regviz.data.drawn import cannot_draw, copied, from_drawing

from . import own_data
from .session import Session

NAME = "drawn"
"""The data set that drawn points are, in links, experiments, programs and `Config(data=…)`; those of a second lab are
"drawn_2"."""

PLAIN = {"noise": 0.0, "label_noise": 0.0, "decoys": 0}
"""Fields of networks that train on points as they are drawn."""

MOST_STEPS = 300
"""Steps that can be taken back."""

TOGETHER = 4.0
"""Seconds between two changes that are one turn in the histories: who draws, draws many points."""


class Sketch:
    """The points of `session`'s data as something to draw on; the first change copies them to a data set
    of its own, `NAME` if no other lab has it.

    Every change acts at once, on the networks in training. What is impossible raises DataError or ConfigError and
    changes nothing.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._name = NAME
        self._before: list[Drawing] = []
        self._after: list[Drawing] = []
        self._copy: tuple[Split, Drawing] | None = None
        self._waited: Drawing | None = None
        self._played = False
        self._changed_at = float("-inf")

    @property
    def drawing(self) -> Drawing:
        """What is drawn, or what would be drawn on. Raises DataError for data that nobody can draw on."""
        session = self._session
        if session.waiting is not None:
            return session.waiting
        split = self._split
        if split.drawing is not None:
            return split.drawing
        if self._copy is None or self._copy[0] is not split:
            self._copy = split, copied(split)
        return self._copy[1]

    @property
    def kept(self) -> Drawing | None:
        """What was drawn last in this lab, or came back with its link; None if nothing was."""
        known = None if own_data.is_others(self._name, self._session) else custom_data(self._name)
        return None if known is None else known.raw.drawing

    def bring_back(self, drawing: Drawing, name: str = NAME) -> None:
        """Have a drawing under `name` again, unless that name stands for data."""
        if custom_data(name) is None:
            self._name = own_data.bring(name, lambda free: from_drawing(free, drawing), self._session).name

    @property
    def refusal(self) -> str:
        """Why nobody can draw on these data, in a sentence; "" if one can."""
        return "" if self._session.waiting is not None else cannot_draw(self._split)

    @property
    def begun(self) -> bool:
        """Whether these are drawn points, not other data yet."""
        return self._session.waiting is not None or self._split.drawing is not None

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether there is one to take again."""
        return bool(self._after)

    def add(self, point: int, x: float, y: float, label: int) -> None:
        """Add a point more, see `Drawing.add`."""
        self._take(self.drawing.add(point, x, y, label))

    def move(self, point: int, x: float, y: float, *, goes_on: bool) -> None:
        """Move a point elsewhere; with `goes_on` it is one step with the one before, as in a drag."""
        self._take(self.drawing.move(point, x, y), goes_on=goes_on)

    def flip(self, point: int) -> None:
        """Move a point to the next class."""
        self._take(self.drawing.flip(point))

    def erase(self, point: int) -> None:
        """Erase a point."""
        self._take(self.drawing.erase(point))

    def empty(self) -> None:
        """Erase all points; with the first ones the networks begin anew."""
        self._take(self.drawing.emptied())

    def add_class(self) -> None:
        """Add a class, for which the networks begin anew."""
        self._take(self.drawing.with_class())

    def undo(self) -> bool:
        """Take the last step back; False if there is none."""
        return self._go(self._before, self._after)

    def redo(self) -> bool:
        """Take it again; False if there is none."""
        return self._go(self._after, self._before)

    def _go(self, steps: list[Drawing], back: list[Drawing]) -> bool:
        """Go to the last of `steps`, if there is one, and remember in `back` what there was."""
        if not steps:
            return False
        now = self.drawing
        self._become(steps[-1])
        steps.pop()
        back.append(now)
        return True

    @property
    def _split(self) -> Split:
        """What the first lane trains on."""
        return load(self._session.trainer.configs[0])

    def _take(self, drawing: Drawing, *, goes_on: bool = False) -> None:
        """Go on with `drawing`, and remember what was there before."""
        before, lost = self.drawing, list[Drawing]()  # what was drawn when other data were chosen
        if self._session.waiting is None:
            kept = (self._waited, self.kept)
            lost = [drawing for drawing in kept if drawing is not None and drawing is not before]
        self._become(drawing)
        if not (goes_on and self._before):
            self._before = [*self._before, *lost, before][-MOST_STEPS:]
        self._after.clear()

    def _become(self, drawing: Drawing) -> None:
        """Train on `drawing`, or wait for its points."""
        session, now = self._session, self._session.clock()
        goes_on, self._changed_at = now - self._changed_at < TOGETHER, now
        if not drawing.ready:
            self._played = session.playing or (session.waiting is not None and self._played)
            self._waited = drawing
            session.wait_for(drawing)
            return
        anew = session.waiting is not None and self._all_others(drawing)
        plays = session.waiting is not None and self._played
        brought = own_data.bring(self._name, lambda name: from_drawing(name, drawing), session)
        try:
            base, fields = session.base, {"data": brought.name, **PLAIN, "n_train": drawing.counts[0]}
            if any(getattr(base, name) != value for name, value in fields.items()):
                base = base.replace(**fields)
            session.exchange(base, goes_on=goes_on, anew=anew)
        except (ValueError, MemoryError):
            own_data.put_back(session, brought)
            raise
        self._name, self._waited = brought.name, None
        if plays:
            session.play()

    def _all_others(self, drawing: Drawing) -> bool:
        """Whether none of its points was among those that the networks have been trained on."""
        split = self._split
        known = split.drawing if split.drawing is not None else copied(split)
        return not np.isin(drawing.ids, known.ids).any()
