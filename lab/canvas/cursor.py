"""The keyboard's pointer: arrow keys move it among the targets of a picture, and Enter clicks there.

It does what a mouse does, through the same `Stage.pointer`: a picture that answers a pointer answers the keyboard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..compare.scene import NOTHING, Answer
from .stage import Stage

DIRECTIONS = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, -1), "ArrowDown": (0, 1)}

SIDEWAYS = 3.0
"""How much farther a target counts that lies beside the way than one that lies on it."""

STRAIGHT = 1.0
"""Pixels by which a target must lie in the direction of an arrow at least."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a picture answers to a key, and where the cursor now stands (CSS pixels of the figure)."""

    answer: Answer
    x: float
    y: float

    @property
    def words(self) -> str:
        """The answer's hint, told to one who has no mouse; else what the picture shows of it."""
        return re.sub(r"\bclick\b", "Enter", self.answer.hint) or self.answer.aloud


class Cursor:
    """Where the keyboard stands in each picture of `stage`; a picture is remembered by its name."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._at: dict[str, int] = {}

    def press(self, picture: str, key: str) -> Reply | None:
        """`key` was pressed on the panel of this name; None if no such one listens, as when pictures have just changed.

        Keys are arrows, Home, End, Enter, and "focus" and "blur" for coming and going.
        """
        panel = next((panel for panel in self.stage.listening if panel.name == picture), None)
        if key == "blur" or panel is None:
            self.stage.pointer("leave", -1, -1)
            return None
        targets = list(panel.targets())
        if not targets:
            return Reply(NOTHING, panel.place.left, panel.place.top)
        at = min(self._at.get(panel.name, panel.first_target()), len(targets) - 1)
        if key in DIRECTIONS:
            at = beside(targets, at, DIRECTIONS[key])
        elif key in ("Home", "End"):
            at = 0 if key == "Home" else len(targets) - 1
        self._at[panel.name] = at
        x, y = panel.place.left + targets[at][0], panel.place.top + targets[at][1]
        return Reply(self.stage.pointer("click" if key == "Enter" else "move", x, y), x, y)


def beside(targets: list[tuple[float, float]], at: int, direction: tuple[int, int]) -> int:
    """The index of the nearest target in a direction.

    If there is none, left and right go on in the order one reads them, so that → alone leads to all; at the ends, `at`.
    """
    x, y = targets[at]
    best, nearest = at, float("inf")
    for k, (its_x, its_y) in enumerate(targets):
        ahead = (its_x - x) * direction[0] + (its_y - y) * direction[1]
        aside = abs((its_x - x) * direction[1]) + abs((its_y - y) * direction[0])
        if ahead >= STRAIGHT and ahead + SIDEWAYS * aside < nearest:
            best, nearest = k, ahead + SIDEWAYS * aside
    if best == at and direction[0]:
        return min(max(at + direction[0], 0), len(targets) - 1)
    return best
