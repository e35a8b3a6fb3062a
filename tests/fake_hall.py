"""A lecturer's page and followers' pages as a room knows them, in a hall without real time."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np

import fake_time
from regviz.lab.canvas.encode import runs
from regviz.lab.serve.hall.fan import Follower
from regviz.lab.serve.hall.room import Room
from regviz.lab.serve.hall.rooms import Rooms, Tap

HEAD = b'{"msg_type": "comm_msg"}'


class Page:
    """A lecturer's page, which answers each sign of life as long as it `answers`."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.room: Room | None = None
        self.answers, self.hung_up = True, False

    def tell(self, message: dict[str, Any]) -> None:
        if message["kind"] != "beat":
            self.told.append(message)
        elif self.answers and self.room is not None and self.room.presenter is self:
            self.room.heard = fake_time.clock().now

    def hang_up(self) -> None:
        self.hung_up = True

    def last(self, kind: str) -> dict[str, Any]:
        return [message for message in self.told if message["kind"] == kind][-1]

    def opens(self, rooms: Rooms, kernel: str = "k", view: str = "v", token: str = "") -> Room:
        """Open a room, as `PresentSocket` does."""
        self.room = rooms.open(kernel, view, self, token)
        self.room.want_whole()
        self.room.announce()
        return self.room


class Desk:
    """A follower's page, which takes nothing while it is `held`."""

    def __init__(self) -> None:
        self.texts: list[dict[str, Any]] = []
        self.closed = 0
        self.frames = 0
        self.held = False

    def tell_text(self, text: str) -> None:
        self.texts.append(json.loads(text))

    def end(self, code: int, reason: str) -> None:
        self.closed = code

    def put(self, frame: bytes) -> None:
        self.frames += 1

    def busy(self) -> bool:
        return self.held

    @property
    def halls(self) -> list[dict[str, Any]]:
        """What it was told of the hall, the newest last."""
        return [text for text in self.texts if text["kind"] == "hall"]

    @property
    def hall(self) -> dict[str, Any]:
        return self.halls[-1]


def join(room: Room, name: str = "a") -> tuple[Follower, Desk]:
    desk = Desk()
    follower = Follower(desk, name, fake_time.clock())
    room.join(follower, desk)
    return follower, desk


def custom(*buffers: bytes, **content: Any) -> list[bytes]:
    """A widget's message with this content, as a kernel's parts."""
    return [HEAD, b"{}", b"{}", json.dumps({"data": {"method": "custom", "content": content}}).encode(), *buffers]


def frame(number: int, size: tuple[int, int] | None = None, view: str = "v", **facts: Any) -> list[bytes]:
    """A kernel's frame: a whole picture in `size`, or one that changes nothing but `facts`."""
    content: dict[str, Any] = {"kind": "frame", "frame": number, "views": [view], "after": [number - 1], **facts}
    if size is None:
        return custom(**content)
    values, lengths = runs(np.ones(size[0] * size[1], np.uint32))
    content |= {"whole": [*size, 1], "rectangles": [[0, 0, *size]], "runs": len(values)}
    return custom(values.tobytes() + lengths.tobytes(), **content)


def server(scene: Callable[[Rooms, dict[str, Tap]], Awaitable[None]], **how: Any) -> None:
    async def play() -> None:
        taps: dict[str, Tap] = {}
        await scene(Rooms(taps, **how), taps)

    fake_time.run(play())
