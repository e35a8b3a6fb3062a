"""What a notebook keeps of a lab: a sentence, and the last picture as an output beside the widget.

A saved notebook, its export and a code host's viewer have no kernel and no widgets. Where the lab lives, the picture is
hidden (`look/style.css`). It is an output of its own because a changed output is shown anew, and the widget with it.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable, Generator, Mapping
from typing import Any
from uuid import uuid4

from IPython.display import display, update_display

from regviz.language import en, tr

from ..compare.session import Session
from ..export.poster import poster, posting
from ..export.save import Shown
from .pictures import Pictures

SENTENCE = en(
    "regviz: a live lab. Run this cell to train its networks and to turn its knobs; the picture is its last one."
)

AFTER = 1.0
"""Seconds after a change at which the picture follows."""

FIRST, EVERY = 5.0, 30.0
"""Seconds of play after which it follows first, and then again: whoever saves while the lab plays has a late picture.
Each time the lab stands still for a quarter of a second, so that it is seldom."""

BREATH = 0.2
"""Seconds between the pieces of a picture that is made while the lab plays."""


class Keepsake:
    """The pictures in the notebook's outputs.

    `shown` is what there is to see, `later` the player's, `watched` tells whether a page shows the lab now: then, while
    the lab plays, its picture is made seldom and in pieces, since drawing keeps turns of a knob waiting.
    """

    def __init__(
        self,
        session: Session,
        pictures: Pictures,
        shown: Callable[[], Shown],
        later: Callable[[float, Callable[[], None]], None],
        watched: Callable[[], bool],
    ) -> None:
        self._session, self._pictures = session, pictures
        self._shown, self._later, self._watched = shown, later, watched
        self._outputs: list[str] = []
        self._due = self._playing = False
        self._drawn: tuple[Any, ...] = ()
        self._work: Generator[None, None, bytes] | None = None

    def show(self, bundle: Mapping[str, Any]) -> None:
        """Make the outputs of a cell: the widget and its picture."""
        display({**bundle, "text/plain": tr(SENTENCE)}, raw=True)  # type: ignore[no-untyped-call, unused-ignore]
        if os.environ.get("SERVER_SOFTWARE", "").startswith("voila"):
            return  # a page that nobody saves
        self._outputs.append(uuid4().hex)
        display(self._picture(), raw=True, display_id=self._outputs[-1])  # type: ignore[no-untyped-call, unused-ignore]

    def follow(self) -> None:
        """Bring the pictures up to date a little later: something may have changed."""
        if self._outputs and not self._due:
            self._due = True
            self._later(AFTER, self._draw)
        if self._outputs and self._session.playing and not self._playing:
            self._playing = True
            self._later(FIRST, self._draw_in_pieces)

    def _draw(self) -> None:
        """Draw it at once, if nobody is kept waiting by that."""
        self._due = False
        if self._news() != self._drawn and not (self._session.playing and self._watched()):
            self._drawn, self._work = self._news(), None
            self._update(self._picture())

    def _draw_in_pieces(self) -> None:
        """Draw the next piece of the picture of a lab that plays."""
        if not self._session.playing:
            self._playing, self._work = False, None
            return
        if self._work is None:
            if self._news() == self._drawn:
                self._later(EVERY, self._draw_in_pieces)
                return
            self._drawn, shown = self._news(), self._shown()
            self._work = posting(shown.snapshot, shown.view)
        try:
            next(self._work)
        except StopIteration as done:
            self._work = None
            self._update(_bundle(done.value))
            self._later(EVERY, self._draw_in_pieces)
        else:
            self._later(BREATH, self._draw_in_pieces)

    def _news(self) -> tuple[Any, ...]:
        """What differs when there is something new to see."""
        session = self._session
        return session.trained, session.changes, tuple(lane.name for lane in session.lanes), self._pictures.names

    def _picture(self) -> dict[str, str]:
        shown = self._shown()
        return _bundle(poster(shown.snapshot, shown.view))

    def _update(self, picture: dict[str, str]) -> None:
        for output in self._outputs:
            update_display(picture, raw=True, display_id=output)  # type: ignore[no-untyped-call, unused-ignore]


def _bundle(content: bytes) -> dict[str, str]:
    """A picture as an output."""
    return {"image/png": b64encode(content).decode(), "text/plain": tr(SENTENCE)}
