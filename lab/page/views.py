"""Where the lab is seen: each tab, window or output is a view with a size and a pace of its own, seen or hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .credit import Credit

AWAY = 12.0
"""Seconds without a word from a view after which it counts as gone. Views speak every 4 s."""

SILENT = 1.5
"""Seconds without an answer after which a view is not waited for while others are answered."""

LOST = 4.0
"""Seconds after which a frame is lost that a view which is alive has not painted: its line was cut meanwhile."""

MOST_VIEWS = 24
"""Views that are remembered. One more takes the place of the one that has been silent longest."""


@dataclass(eq=False)
class View:
    """One place that shows the lab, as it described itself last."""

    name: str
    visible: bool = False
    asked: bool = False
    """True if it is hidden and has asked for the whole picture, for those who follow it."""
    width: float = 0.0
    """CSS pixels; 0 until the view has said how large it is."""
    room: float = 0.0
    """CSS pixels for the picture and the table below it, if all is to stand on one screen."""
    row: float = 0.0
    """Height of a lane's row in the table, which takes of the room."""
    ratio: float = 1.0
    reduced: bool = False
    """True for people who asked their system for reduced motion."""
    last_word: float = 0.0
    fresh: bool = True
    """True until it has been sent a whole picture: it is new, or has lost its own."""
    last_frame: int = 0
    """Number of the frame that it was sent last."""
    hint: str = ""
    """What it shows beside the pointer."""
    credit: Credit = field(default_factory=Credit)

    def measured(self, message: dict[str, Any]) -> None:
        """Take the size that the view says it has."""
        self.width, self.room = float(message["width"]), float(message["room"])
        self.row, self.ratio = float(message.get("row", 0)), float(message["ratio"])
        self.reduced = bool(message.get("reduced", self.reduced))

    def watched(self, now: float) -> bool:
        """Return True if somebody may be looking: shown, measured, and heard of within the last `AWAY` seconds."""
        return (self.visible or self.asked) and self.width > 0 and now - self.last_word < AWAY

    def answers(self, now: float) -> bool:
        """Return False if it has neither spoken nor said what it painted for `SILENT` seconds."""
        waiting = self.credit.waiting_since
        return waiting is None or now - max(waiting, self.last_word) < SILENT


class Views:
    """All views of a lab, by the names that they give themselves; the one that spoke last is in `front`."""

    def __init__(self) -> None:
        self._views: dict[str, View] = {}
        self.front = ""

    def __iter__(self) -> Iterator[View]:
        return iter(self._views.values())

    def named(self, name: str) -> View | None:
        """Return the view of this name, if there is one."""
        return self._views.get(name)

    def __len__(self) -> int:
        return len(self._views)

    def hear(self, message: dict[str, Any], now: float) -> bool:
        """Take what a message says of its view; False if nobody knows the view, which has to introduce itself."""
        name, kind = str(message.get("view", "")), message.get("kind")
        if kind == "gone":
            self._views.pop(name, None)
            return True
        if kind == "ready":
            if name not in self._views and len(self._views) >= MOST_VIEWS:
                del self._views[min(self._views, key=lambda other: self._views[other].last_word)]
            self._views[name] = View(name, bool(message["on"]))
        view = self._views.get(name)
        if view is None:
            return False
        view.last_word = now
        if kind in ("ready", "resize"):
            view.measured(message)
        elif kind == "painted":
            view.credit.painted(int(message["frame"]), now, float(message["held"]) / 1000)
        elif kind == "visible":
            view.visible = bool(message["on"])
        since = view.credit.waiting_since
        lost = kind == "lost" or (kind == "alive" and since is not None and now - since > LOST)
        if lost or (kind == "visible" and view.visible):
            view.fresh, view.asked = True, kind == "lost" and not view.visible
            view.credit.reset()  # what was under way while it was hidden may never be painted
        if kind not in ("painted", "alive", "settle") and view.visible:
            self.front = name
        return True

    @property
    def visible(self) -> bool:
        """True if one is shown; it may have fallen silent."""
        return any(view.visible for view in self)

    def watched(self, now: float) -> list[View]:
        """Return those that somebody may be looking at, the one in front first."""
        return sorted((view for view in self if view.watched(now)), key=lambda view: view.name != self.front)

    @property
    def waiting(self) -> bool:
        """True while a frame is under way to one of them."""
        return any(view.credit.waiting_since is not None for view in self)

    def anywhere(self, now: float) -> bool:
        """Return True if one is still there: hidden, where it does not speak, or heard of within the last `AWAY`
        seconds.
        """
        return any(not view.visible or now - view.last_word < AWAY for view in self)

    def forget_frames(self) -> None:
        """Forget what is under way to any of them: nobody listened while it was painted."""
        for view in self:
            view.credit.reset()
