"""What a notebook keeps of a lab: a sentence, and the last picture as an output beside the widget.

A saved notebook, its export and a code host's viewer have no kernel and no widgets. Where the lab lives, the picture is
hidden (`look/style.css`). It is an output of its own because a changed output is shown anew, and the widget with it.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from IPython.display import display, update_display

from ..compare.session import Session
from ..export.poster import poster
from ..export.save import Shown

SENTENCE = "regviz: a live lab. Run this cell to train its networks and to turn its knobs; the picture is its last one."

AFTER = 1.0
"""Seconds after a change at which the picture follows."""


class Keepsake:
    """The pictures in the notebook's outputs.

    `shown` is what there is to see, `later` the player's, `watched` tells whether a page shows the lab now: then it is
    drawn only while the lab rests, since drawing keeps turns of a knob waiting.
    """

    def __init__(
        self,
        session: Session,
        shown: Callable[[], Shown],
        later: Callable[[float, Callable[[], None]], None],
        watched: Callable[[], bool],
    ) -> None:
        self._session, self._shown, self._later, self._watched = session, shown, later, watched
        self._outputs: list[str] = []
        self._due = False
        self._drawn: tuple[Any, ...] = ()

    def show(self, bundle: Mapping[str, Any]) -> None:
        """Make the outputs of a cell: the widget and its picture."""
        display({**bundle, "text/plain": SENTENCE}, raw=True)  # type: ignore[no-untyped-call, unused-ignore]
        if os.environ.get("SERVER_SOFTWARE", "").startswith("voila"):
            return  # a page that nobody saves
        self._outputs.append(uuid4().hex)
        display(self._picture(), raw=True, display_id=self._outputs[-1])  # type: ignore[no-untyped-call, unused-ignore]

    def follow(self) -> None:
        """Something may have changed: bring the pictures up to date, a little later."""
        if self._outputs and not self._due:
            self._due = True
            self._later(AFTER, self._draw)

    def _draw(self) -> None:
        self._due = False
        session = self._session
        now = (session.trained, session.changes, tuple(lane.name for lane in session.lanes))
        if now == self._drawn or (session.playing and self._watched()):
            return
        self._drawn = now
        picture = self._picture()
        for output in self._outputs:
            update_display(picture, raw=True, display_id=output)  # type: ignore[no-untyped-call, unused-ignore]

    def _picture(self) -> dict[str, str]:
        shown = self._shown()
        return {"image/png": b64encode(poster(shown.snapshot, shown.view)).decode(), "text/plain": SENTENCE}
