"""What a person does in the pictures, by pointer or keyboard: asked there, told to the view, and done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..compare.scene import Answer
from ..compare.session import Session
from .screen import Screen
from .showing import Showing, Showings


class Pointing:
    """The way of pointer and keys to the pictures of `showings`, and of their answers back to the page.

    `hear` is called with what they turn (`{"kind": "turn"}`), or with `{"kind": "chosen"}`.
    """

    def __init__(
        self, session: Session, screen: Screen, showings: Showings, hear: Callable[[dict[str, Any]], None]
    ) -> None:
        self._session, self._screen, self._showings, self._hear = session, screen, showings, hear

    def point(self, view: str, message: dict[str, Any]) -> None:
        """Ask the picture under the pointer; what it wants turned goes the way of the knobs."""
        showing, its = self._showings.of(view), self._screen.views.named(view)
        if showing.whole or its is None:
            if message["what"] == "leave":
                self.leave(view)
            return
        x, y = float(message["x"]), float(message["y"])
        answer = showing.stage.pointer(message["what"], x, y)
        if answer.hint != its.hint:
            its.hint = answer.hint
            self._screen.send({"kind": "hint", "view": view, "text": answer.hint, "x": x, "y": y})
        if message["what"] == "click" or (message["what"] == "back" and answer.redraw):
            self._choose(showing, answer)

    def leave(self, view: str) -> None:
        """Let no pointer be over the pictures any more, though they are being built anew, or the page has gone."""
        self._showings.of(view).stage.pointer("leave", -1, -1)
        if (its := self._screen.views.named(view)) is not None:
            its.hint = ""

    def press(self, view: str, picture: str, key: str) -> None:
        """Ask for one who uses the keyboard. No key is lost while a picture is being built anew."""
        showing = self._showings.of(view)
        if (its := self._screen.views.named(view)) is not None:
            its.hint = ""  # what the keyboard is told stands in its place, or nothing does
        if showing.whole:
            if key != "blur":  # the picture that it left is no more
                showing.keys.append((view, picture, key))
            return
        reply = showing.cursor.press(picture, key)
        if reply is None:
            return
        where = {"view": view, "picture": picture, "x": reply.x, "y": reply.y}
        self._screen.send({"kind": "cursor", **where, "text": reply.words, "beside": not reply.answer.aloud})
        if key == "Enter" or (key == "Escape" and reply.answer.redraw):
            self._choose(showing, reply.answer)

    def _choose(self, showing: Showing, answer: Answer) -> None:
        """A person has clicked: other sizes of the picture follow, a knob may turn, and the link says what is seen."""
        if answer.trace is not None:
            self._session.trace(answer.trace)
        self._showings.follow(showing)
        if answer.change:
            self._hear({"kind": "turn", "change": dict(answer.change)})
        elif answer.redraw:
            self._hear({"kind": "chosen"})
