"""The keyboard's pointer: arrow keys move it among the targets of a picture, and Enter clicks there.

It does what a mouse does, through the same `Stage.pointer`: a picture that answers a pointer answers the keyboard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from regviz.language import en, tr

from ..compare.scene import NOTHING, Answer, PointerKind
from ..panels.parts.targets import DIRECTIONS, beside
from .stage import Stage

ACTS: dict[str, PointerKind] = {"Enter": "click", "Escape": "back"}
"""Keys that do more than move the cursor."""

CLICKS = (en("a click"), en("click"))
"""What hints call that which the key Enter does, the longest first."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a picture answers to a key, and where the cursor now stands (CSS pixels of the figure)."""

    answer: Answer
    x: float
    y: float

    @property
    def words(self) -> str:
        """The answer's hint, told to one who has no mouse; else what the picture shows of it."""
        clicks = "|".join(re.escape(tr(click)) for click in CLICKS)
        return re.sub(rf"\b({clicks})\b", tr("Enter"), self.answer.hint, flags=re.IGNORECASE) or self.answer.aloud


class Cursor:
    """Where the keyboard stands in each picture of `stage`; a picture is remembered by its name."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._at: dict[str, int] = {}

    def press(self, picture: str, key: str) -> Reply | None:
        """Take a press of `key` on the panel of this name; None if no such one listens, as when pictures have just
        changed.

        Keys are arrows, Home, End, Enter, Escape, and "focus" and "blur" for coming and going.
        """
        panel = next((panel for panel in self.stage.listening if panel.name == picture), None)
        if key == "blur" or panel is None:
            self.stage.pointer("leave", -1, -1)
            return None
        targets = list(panel.targets())
        if not targets:
            return Reply(NOTHING, panel.place.left, panel.place.top)
        here = at = min(self._at.get(panel.name, panel.first_target()), len(targets) - 1)
        if key in DIRECTIONS:
            at = beside(targets, at, DIRECTIONS[key])
        elif key in ("Home", "End"):
            at = 0 if key == "Home" else len(targets) - 1
        if at != here or panel.name not in self._at:  # there may be fewer targets for a while: it goes back to its own
            self._at[panel.name] = at
        x, y = panel.place.left + targets[at][0], panel.place.top + targets[at][1]
        answer = self.stage.pointer(ACTS.get(key, "move"), x, y)
        if key in ACTS and answer.redraw and (targets := list(panel.targets())):  # there may be others now
            across, down = targets[min(self._at[panel.name], len(targets) - 1)]
            x, y = panel.place.left + across, panel.place.top + down
        return Reply(answer, x, y)
