"""A page made of messages, for a lab whose seconds are fake ones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import fake_time
from regviz import Config
from regviz.lab import Lab

SMALL = Config(n_train=50, hidden=(8,), batch_size=25, l1=1e-3, l2=1e-3, dropout=0.5)

READY = {
    "kind": "ready",
    "width": 800,
    "room": 900,
    "ratio": 1,
    "dark": False,
    "search": "",
    "reduced": False,
    "on": True,
}


class Page:
    """What a browser would do: hear frames, and say things. `frames` are all that were sent, to any view."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.frames: list[dict[str, Any]] = []
        self.failures: list[dict[str, Any]] = []
        self.paints = True
        self.stuck: set[str] = set()
        """Views that do not paint."""
        lab.screen.send = self._receive

    def say(self, kind: str, **more: Any) -> None:
        self.lab.screen._on_message(None, {"kind": kind, **more}, None)

    def arrive(self, **more: Any) -> None:
        self.say(**{**READY, **more})

    def seen_by(self, view: str) -> list[dict[str, Any]]:
        """The frames that were sent to one view."""
        return [frame for frame in self.frames if view in frame["views"]]

    def _receive(self, header: dict[str, Any], buffers: Any = None) -> None:
        (self.frames if header["kind"] == "frame" else self.failures).append(header)
        if self.paints and header["kind"] == "frame":
            asyncio.get_running_loop().call_later(0.01, self._paint, header)

    def _paint(self, header: dict[str, Any]) -> None:
        for view in set(header["views"]) - self.stuck:
            self.say("painted", view=view, frame=header["frame"], held=0)

    async def until(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.005)

    def told(self, name: str) -> Any:
        """The newest `name` the page was told."""
        return next((frame[name] for frame in reversed(self.frames) if name in frame), None)


def on_a_page(scene: Callable[[Page], Awaitable[None]], **options: Any) -> None:
    """Play `scene` with a lab and its page on an event loop of their own, where every second is a fake one."""

    async def play() -> None:
        lab = Lab(**{"config": SMALL, **options})
        lab.player.keep_time(fake_time.clock())
        try:
            await scene(Page(lab))
        finally:
            lab.player.stop()

    fake_time.run(play())
