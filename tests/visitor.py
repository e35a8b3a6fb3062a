"""A visitor of `regviz app` without a browser: gets the page, opens its kernel's websocket, speaks as a page does."""

from __future__ import annotations

import json
import re
import ssl
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Sequence
from http.cookiejar import CookieJar
from typing import Any, Self
from urllib.parse import urlsplit

import websocket
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1

V1 = "v1.kernel.websocket.jupyter.org"
CONTROL = "jupyter.widget.control"


def packed(channel: str, parts: Sequence[bytes]) -> bytes:
    """A message in the wire format v1."""
    segments = [channel.encode(), *parts]
    offsets = [8 * (len(segments) + 2)]
    for segment in segments:
        offsets.append(offsets[-1] + len(segment))
    numbers = [len(offsets), *offsets]
    return b"".join([*(number.to_bytes(8, "little") for number in numbers), *segments])


class Visitor:
    """One person with one browser; `status` and `text` are those of the page that was asked for last."""

    def __init__(self, url: str, certificate: str = "") -> None:
        """Visit the server at `url`; one that speaks TLS has the `certificate` in this file."""
        self.url = url.rstrip("/")
        self.jar = CookieJar()
        self._trust = ssl.create_default_context(cafile=certificate) if certificate else None
        secure = urllib.request.HTTPSHandler(context=self._trust)
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), secure)
        self.session = uuid.uuid4().hex
        self.line: Any = None
        self.always: dict[str, str] = {}
        self.kernel = ""
        self.models: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def get(self, path: str, method: str = "GET", data: bytes | None = None, **headers: str) -> tuple[int, str]:
        """Ask for `path`; returns the status and the text."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, method=method, data=data, headers={**self.always, **names})
        try:
            with self._opener.open(request, timeout=60) as reply:
                self.headers = reply.headers
                return reply.status, reply.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            self.headers = error.headers
            return error.code, error.read().decode("utf-8", "replace")

    def open(self, notebook: str = "playground.ipynb", query: str = "") -> Self:
        """Get a notebook's page; then `kernel` is the id of its kernel, empty if it has none."""
        self.status, self.text = self.get(f"/voila/render/{notebook}" + (f"?{query}" if query else ""))
        found = re.search(r'"kernelId":\s*"([0-9a-f-]+)"', self.text)
        self.kernel = found[1] if found else ""
        return self

    def connect(self, session: str | None = None, kernel: str | None = None, protocols: Sequence[str] = (V1,)) -> Self:
        """Open the websocket of the kernel. Raises websocket.WebSocketBadStatusException if it is refused."""
        self.hang_up()
        parts = urlsplit(self.url)
        name = self.session if session is None else session
        scheme = parts.scheme.replace("http", "ws")
        address = (
            f"{scheme}://{parts.netloc}{parts.path}/api/kernels/{kernel or self.kernel}/channels?session_id={name}"
        )
        cookies = self.always.get("Cookie") or "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)
        origin = f"{parts.scheme}://{parts.netloc}"
        self.line = websocket.create_connection(
            address,
            timeout=60,
            cookie=cookies,
            origin=origin,
            subprotocols=list(protocols) or None,
            sslopt={"context": self._trust} if self._trust else None,
        )
        return self

    def send(self, kind: str, content: Any, channel: str = "shell", buffers: Sequence[bytes] = (), **more: Any) -> str:
        """Send a message; returns its id. `more` stands in its header."""
        name = uuid.uuid4().hex
        head = {"msg_id": name, "msg_type": kind, "session": self.session, "username": "", "version": "5.2", "date": ""}
        metadata = {"version": "1.0.0"} if kind == "comm_open" else {}
        parts = [json.dumps(part).encode() for part in ({**head, **more}, {}, metadata, content)]
        self.line.send_binary(packed(channel, [*parts, *buffers]))
        return name

    def tell(self, comm: str, **content: Any) -> None:
        """What the page says to the widget `comm`."""
        self.send("comm_msg", {"comm_id": comm, "data": {"method": "custom", "content": content}})

    def update(self, comm: str, **state: Any) -> None:
        """Set the state of a widget, as a knob does that is turned."""
        self.send("comm_msg", {"comm_id": comm, "data": {"method": "update", "state": state, "buffer_paths": []}})

    def hear(self) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
        """The next message: its channel, its kind, its parent's header and its content.

        Raises ConnectionError if the server has closed the line.
        """
        raw = self.line.recv()
        if not isinstance(raw, bytes):
            raise ConnectionError("the server has closed the line")
        channel, parts = deserialize_msg_from_ws_v1(raw)
        header, parent, _, content = (json.loads(part) for part in parts[:4])
        return channel, header["msg_type"], parent, content

    def until(self, wanted: Callable[[str, dict[str, Any]], bool], seconds: float = 60) -> dict[str, Any]:
        """Hear messages up to one that is `wanted`, by its kind and content. Raises AssertionError without one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            _, kind, _, content = self.hear()
            if wanted(kind, content):
                return content
        raise AssertionError("what was waited for did not come")

    def show(self, search: str = "", **ready: Any) -> dict[str, Any]:
        """Be a page that shows the lab; returns the first whole frame. Then `screen` is the screen's comm."""
        control = uuid.uuid4().hex
        self.send("comm_open", {"comm_id": control, "target_name": CONTROL, "data": {}})
        self.send("comm_msg", {"comm_id": control, "data": {"method": "request_states"}})
        found = self.until(lambda kind, content: content.get("data", {}).get("method") == "update_states")
        self.models = found["data"]["states"]
        self.screen = next(
            comm for comm, model in self.models.items() if "Screen" in str(model["state"].get("_anywidget_id", ""))
        )
        usual = {"width": 900, "room": 600, "row": 0, "ratio": 1, "dark": False, "reduced": False, "on": True}
        self.tell(self.screen, kind="ready", view="x", search=search, **{**usual, **ready})
        return self.frame(whole=True)

    def frame(self, whole: bool = False, seconds: float = 60) -> dict[str, Any]:
        """The next frame, or the next whole one."""

        def wanted(kind: str, content: dict[str, Any]) -> bool:
            said = content.get("data", {}).get("content", {}) if kind == "comm_msg" else {}
            return said.get("kind") == "frame" and (not whole or "whole" in said)

        content: dict[str, Any] = self.until(wanted, seconds)["data"]["content"]
        return content

    def comm(self, **state: Any) -> str:
        """The comm of the first widget whose state has these values."""
        return next(
            comm
            for comm, model in self.models.items()
            if all(model["state"].get(name) == value for name, value in state.items())
        )

    def hang_up(self) -> None:
        """Close the websocket, also one that the server has closed already."""
        if self.line is not None:
            line, self.line = self.line, None
            try:
                line.close(timeout=1)
            finally:
                line.shutdown()

    def leave(self) -> None:
        """Close the page, which says goodbye."""
        self.hang_up()
        if self.kernel:
            self.get(f"/voila/api/shutdown/{self.kernel}", "POST", b"")
            self.kernel = ""
