"""A lecture hall without browsers: a lecturer's page and its followers, as a server sees them."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import struct
import time
import uuid
from typing import Any, Self

from regviz.lab.serve.access.wire import V1
from regviz.lab.serve.hall.composed import peeked, unpacked
from wire_client import CLOSE, Wire, cookies_of, fetch, kernel_of, say_goodbye

VIEW = "hallview"

READY = {"width": 1092, "room": 595, "row": 0, "ratio": 1, "dark": False, "search": "", "reduced": False, "on": True}

HEADER = re.compile(r'{"kind":"frame","frame":(\d+),"at":(\d+),"(whole|after)":\[?(\d+)')
"""What every message to a follower begins with."""


class Lecturer:
    """A lecturer's page: a lab that plays, and a room."""

    def __init__(self, url: str, notebook: str = "playground.ipynb", query: str = "") -> None:
        self.url, self.notebook, self.query = url.rstrip("/"), notebook, query
        self.frames = 0
        self.turns: list[float] = []
        """Seconds from a turn of a slider to the frame that shows it."""
        self.room: dict[str, Any] = {}
        self.count: dict[str, Any] = {}
        self.told: list[dict[str, Any]] = []
        self.epoch = 0
        self._change = asyncio.Event()
        self._tasks: list[asyncio.Task[Any]] = []
        self._painted: tuple[int, float] | None = None
        self._every = 0.25

    async def arrive(self) -> Self:
        """Open the page, and wait for its first frame."""
        path = f"/voila/render/{self.notebook}" + (f"?{self.query}" if self.query else "")
        status, headers, text = await fetch(self.url, path)
        assert status == 200, status
        self.kernel, self.cookie, self.session = kernel_of(text), cookies_of(headers), uuid.uuid4().hex
        await self.connect()
        return self

    async def connect(self) -> None:
        """Open the kernel's websocket and say that the page is ready."""
        headers = {"Cookie": self.cookie, "Sec-WebSocket-Protocol": V1}
        path = f"/api/kernels/{self.kernel}/channels?session_id={self.session}"
        self.wire = await Wire.open(self.url, path, headers, buffer=2**20)
        control = uuid.uuid4().hex
        self.screen = self.slider = ""
        self._say("comm_open", {"comm_id": control, "target_name": "jupyter.widget.control", "data": {}}, "1.0.0")
        self._say("comm_msg", {"comm_id": control, "data": {"method": "request_states"}})
        started = asyncio.Event()
        self._tasks += [asyncio.create_task(self._hear(started)), asyncio.create_task(self._live())]
        async with asyncio.timeout(60):
            await started.wait()

    async def present(
        self, token: str = "", password: str = "", lang: str = "", query: str = "", **state: Any
    ) -> dict[str, Any]:
        """Open a room, and say what the page shows; returns the server's answer.

        The page is in the language `lang`; `query` is what its link asks for.
        """
        known = base64.b64encode(f"regviz:{password}".encode()).decode()
        headers = {"Cookie": self.cookie, **({"Authorization": f"Basic {known}"} if password else {})}
        self.stage = await Wire.open(self.url, f"/present?lang={lang}", headers)
        base = f"{self.url}/"
        self.tell(kind="open", kernel=self.kernel, view=VIEW, token=token, base=base, query=query)
        self.told.clear()
        answered = asyncio.Event()
        self._tasks.append(asyncio.create_task(self._hear_room(answered)))
        async with asyncio.timeout(20):
            await answered.wait()
        self.tell(kind="state", **{"title": "Playground", "copy": f"voila/render/{self.notebook}?l1=0.01", **state})
        return self.told[0]

    def tell(self, **message: Any) -> None:
        """Say something to the room."""
        self.stage.send(json.dumps(message))

    async def until(self, condition: Any, seconds: float = 20) -> None:
        """Wait until the room has told what fulfils `condition`."""
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.02)

    async def turn(self, index: int) -> float:
        """Turn the slider of L1, and return the seconds until a frame shows it."""
        self._change.clear()
        started = time.perf_counter()
        state = {"method": "update", "state": {"index": index}, "buffer_paths": []}
        self._say("comm_msg", {"comm_id": self.slider, "data": state})
        async with asyncio.timeout(30):
            await self._change.wait()
        self.turns.append(time.perf_counter() - started)
        return self.turns[-1]

    def custom(self, **content: Any) -> None:
        """A message of the screen to its kernel."""
        self._say("comm_msg", {"comm_id": self.screen, "data": {"method": "custom", "content": content}})

    async def leave(self) -> None:
        """Close the page, and say goodbye as it does."""
        for task in self._tasks:
            task.cancel()
        await say_goodbye(self.url, self.kernel, self.cookie)
        for wire in (self.wire, getattr(self, "stage", None)):
            if wire is not None:
                wire.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def vanish(self) -> None:
        """Close the websocket and no more, as a browser does whose page cannot say goodbye."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.wire.send((1001).to_bytes(2, "big"), CLOSE)
        while await self.wire.read() is not None:  # what was on its way; then the server answers
            pass

    def _say(self, kind: str, content: dict[str, Any], version: str = "") -> None:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": self.session, "username": "", "date": ""}
        metadata = {"version": version} if version else {}
        parts = [json.dumps(part).encode() for part in ({**header, "version": "5.2"}, {}, metadata, content)]
        segments = [b"shell", *parts]
        offsets = [8 * (len(segments) + 2)]
        for segment in segments:
            offsets.append(offsets[-1] + len(segment))
        head = struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets)
        self.wire.send(head + b"".join(segments))

    async def _hear(self, started: asyncio.Event) -> None:
        while isinstance(message := await self.wire.read(), bytes):
            count = int.from_bytes(message[:8], "little")
            offsets = struct.unpack_from(f"<{count}Q", message, 8)
            if b"comm_msg" not in message[offsets[1] : offsets[2]]:
                continue
            content = json.loads(message[offsets[4] : offsets[5]])
            data = content["data"]
            if data.get("method") == "update_states" and not self.screen:
                for key, model in data["states"].items():
                    state = model["state"]
                    if "Screen" in str(state.get("_anywidget_id", "")):
                        self.screen = key
                    if model["model_name"] == "SelectionSliderModel" and "L1" in str(state.get("description", "")):
                        self.slider = self.slider or key
                self.custom(kind="ready", view=VIEW, **READY)
            elif data.get("method") == "custom" and data["content"].get("kind") == "frame":
                frame = data["content"]
                self.frames += 1
                self._painted = (frame["frame"], time.monotonic())
                self.epoch = frame.get("epoch", self.epoch)
                self._every = frame.get("every", 1000 * self._every) / 1000
                if "whole" in frame:
                    self.custom(kind="painted", view=VIEW, frame=frame["frame"], held=0)
                if "change" in frame:
                    self._change.set()
                started.set()

    async def _live(self) -> None:
        """Answer what was painted, and say that the page is there, as a page does."""
        last, spoke = None, 0.0
        while True:
            await asyncio.sleep(self._every)
            if self._painted is not None and self._painted != last:
                last = self._painted
                held = 1000 * (time.monotonic() - last[1])
                self.custom(kind="painted", view=VIEW, frame=last[0], held=held)
            if self.screen and time.monotonic() - spoke > 4:
                spoke = time.monotonic()
                self.custom(kind="alive", view=VIEW)

    async def _hear_room(self, answered: asyncio.Event) -> None:
        while isinstance(message := await self.stage.read(), str):
            said = json.loads(message)
            if said["kind"] == "beat":
                self.tell(kind="here")
                continue
            self.told.append(said)
            if said["kind"] == "open":
                self.room = said
            elif said["kind"] == "count":
                self.count = said
            elif said["kind"] == "whole" and self.screen:
                self.custom(kind="lost", view=VIEW)
            answered.set()


async def browser(url: str, code: str) -> str:
    """The cookie of a browser that has opened the page of a room."""
    status, headers, _ = await fetch(url, f"/follow/{code}", method="HEAD")
    assert status == 200, status
    return next(line.split(";")[0] for line in headers["set-cookie"] if line.startswith("regviz-voter"))


class FollowerPage:
    """A follower: reads its frames, answers what it has painted, and votes. With `paints` False it never answers.

    `cookie` is that of its browser; without one it has no vote.
    """

    def __init__(self, url: str, code: str, cookie: str = "", paints: bool = True) -> None:
        self.url, self.code, self.paints = url.rstrip("/"), code, paints
        self.cookie = cookie
        self.frames = self.wholes = self.bytes = 0
        self.ages: list[float] = []
        """Seconds from a picture on the server to its arrival here."""
        self.hall: dict[str, Any] = {}
        self.place = -1
        self.headers: list[dict[str, Any]] = []
        self.keeps = False
        """Whether headers and bodies are kept."""
        self.kept: list[tuple[dict[str, Any], bytes]] = []
        self.first = 0.0
        self.broken = 0
        self._last = -1

    async def arrive(self) -> Self:
        """Open the websocket."""
        headers = {"Cookie": self.cookie} if self.cookie else {}
        self.joined = time.monotonic()
        self.wire = await Wire.open(self.url, f"/follow/{self.code}/socket", headers)
        return self

    async def read(self) -> bool:
        """Hear one message; False once the socket is closed."""
        message = await self.wire.read()
        if message is None:
            return False
        if isinstance(message, str):
            said = json.loads(message)
            if said["kind"] == "hall":
                self.hall = said
            elif said["kind"] == "vote":
                self.place = said["place"]
        elif message:
            self._take(message)
        return True

    async def follow(self) -> None:
        """Read until the socket is closed, and answer as a page does."""
        loop, late, answered = asyncio.get_running_loop(), None, -1
        while await self.read():
            if not self.paints or self._last == answered or (late is not None and loop.time() < late.when()):
                continue
            if answered < 0:
                self.answer()
            else:
                late = loop.call_later(0.2, self.answer)
            answered = self._last

    def answer(self) -> None:
        """Say which frame was painted last."""
        self.wire.send(json.dumps({"painted": self._last}))

    def vote(self, place: int) -> None:
        """Answer the question."""
        self.wire.send(json.dumps({"vote": place}))

    def _take(self, message: bytes) -> None:
        found = HEADER.match(peeked(message))
        assert found is not None
        self.bytes += len(message)
        self.frames += 1
        if found[3] == "whole":
            self.wholes += 1
            self.first = self.first or time.monotonic() - self.joined
        elif int(found[4]) != self._last:
            self.broken += 1
        self._last = int(found[1])
        self.ages.append(time.time() - int(found[2]) / 1000)
        if self.keeps:
            self.kept.append(unpacked(message))


async def newcomer(url: str, code: str) -> FollowerPage:
    """A follower with a browser of its own: its page is opened, then its websocket."""
    return await FollowerPage(url, code, await browser(url, code)).arrive()
