"""Pages and websocket of those who follow a lecture: `/follow`, `/follow/CODE`, and the way to a copy of one's own."""

from __future__ import annotations

import base64
import hashlib
import secrets
import socket
import time
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import tornado.web
from tornado.iostream import StreamClosedError

from regviz.language import speaking

from ..look.style import module, read, stylesheet
from .fan import Follower
from .gate import Bucket
from .languages import kept
from .pages import Friendly
from .presenting import HallSocket, PresentSocket
from .room import FULL, UNKNOWN, Refused, Room
from .rooms import Rooms, normal

VOTER = "regviz-voter"
"""Cookie with a random name for a browser, by which it has one voice. It says nothing else and is stored nowhere."""

WRONG, WRONG_A_SECOND = 40, 20
"""Codes that are none: at once, and each second, for all who try."""

BUFFER = 131_072
"""Bytes that the system may hold back for a follower; more would be old pictures."""


def hall(rooms: Rooms, host: str, page: dict[str, Any]) -> list[tuple[str, type, dict[str, Any]]]:
    """The addresses of presenting and following, for a server that listens at `host`; `page` is what any page gets."""
    pages = {**page, "rooms": rooms, "wrong": Bucket(WRONG, WRONG_A_SECOND, time.monotonic)}
    code = r"([\w -]{1,40})"
    return [
        (r"/follow/?", Enter, pages),
        (rf"/follow/{code}", Follow, pages),
        (rf"/follow/{code}/copy", Copy, pages),
        (rf"/follow/{code}/socket", FollowSocket, {"rooms": rooms}),
        (r"/present", PresentSocket, {"rooms": rooms, "host": host}),
    ]


@cache
def page_files(chosen: str) -> tuple[str, str, str]:
    """A follower's script in a language, its stylesheet, and the policy that allows the page these and nothing else."""
    with speaking(chosen):
        script = str(module("page/picture.js", "page/page.js", "page/bars.js", "serve/sheets.js", "serve/follow.js"))
    style = "\n".join((stylesheet(), read("serve/follow.css")))
    known = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        script,
        style,
        (
            f"default-src 'none'; script-src 'sha256-{known}'; style-src 'unsafe-inline'; img-src 'self' data:; "
            "connect-src 'self' ws: wss:; form-action 'self'; base-uri 'none'"
        ),
    )


class Hall(Friendly):
    """A page that needs no kernel."""

    def initialize(self, rooms: Rooms, wrong: Bucket, **arguments: Any) -> None:
        """Know the rooms. `wrong` counts codes that are none, so that nobody tries them all."""
        super().initialize(**arguments)
        self.rooms, self.wrong = rooms, wrong

    def room(self, code: str) -> Room | None:
        """The room of a code; without one, the answer is a page that says so."""
        self.set_header("Cache-Control", "no-store")
        room = self.rooms.find(code)
        if room is None:
            self.set_status(404 if self.wrong.take(1) else 429)
            self.finish(self.render_template("hall.html", code=normal(code)))
        return room


class Enter(Hall):
    """`/follow`: for those who have a code and no link."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Ask for the code, or go where it leads."""
        if code := normal(self.get_argument("code", "")):
            self.redirect(f"{self.base_url}follow/{code}{kept(self.query)}")
        else:
            self.finish(self.render_template("hall.html", code=""))

    head = get


class Follow(Hall):
    """`/follow/CODE`: the lecturer's picture."""

    @tornado.web.authenticated
    def get(self, code: str) -> None:
        """Send the page, and a name for this browser."""
        if self.room(code) is None:
            return
        if not voter(self.get_cookie(VOTER)):
            known = {"path": self.base_url, "httponly": True, "samesite": "Strict"}
            self.set_cookie(VOTER, secrets.token_hex(16), secure=self.request.protocol == "https", **known)
        script, style, policy = page_files(self.language)
        self.set_header("Content-Security-Policy", policy)
        own = f"{self.base_url}follow/{normal(code)}/copy{kept(self.query)}"
        self.finish(self.render_template("follow.html", script=script, style=style, own=own))

    head = get


class Copy(Hall):
    """`/follow/CODE/copy`: a seat of one's own, in the state that the lecturer's lab has now."""

    @tornado.web.authenticated
    def get(self, code: str) -> None:
        """Go to the notebook by the link of the present state."""
        room = self.room(code)
        if room is not None:
            self.redirect(f"{self.base_url}{own_copy(room.state.get('copy', ''), kept(self.query))}")


class FollowSocket(HallSocket):
    """`/follow/CODE/socket`: pictures and sentences out; what was painted, and votes, in."""

    room: Room | None = None

    def open(self, code: str = "") -> None:
        """Follow the room of this code."""
        super().open()
        room = self.rooms.find(code)
        if room is None:
            self.close(UNKNOWN, "no such room")
            return
        self.set_nodelay(True)
        if (stream := self.stream_to_page) is not None:
            stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        self.follower = Follower(self, voter(self.get_cookie(VOTER)))
        try:
            room.join(self.follower, self)
        except Refused:
            self.close(FULL, "the room is full")
            return
        self.room = room

    def hear(self, said: dict[str, Any]) -> None:
        """A follower has painted a frame, or votes."""
        if self.room is None:
            return
        if type(number := said.get("painted")) is int:
            self.room.painted(self.follower, number)
        if type(place := said.get("vote")) is int:
            self.room.vote(self.follower, place)

    def on_close(self) -> None:
        """It follows no more."""
        super().on_close()
        if self.room is not None:
            self.room.leave(self.follower)

    # -- the fan's line

    def put(self, frame: bytes) -> None:
        """Send a websocket frame that is the same for everybody, as it is."""
        if (stream := self.stream_to_page) is not None:
            with suppress(StreamClosedError), self.bounded():
                stream.write(frame)

    def busy(self) -> bool:
        """Whether some of what was written has not yet left."""
        stream = self.stream_to_page
        return stream is None or bool(stream.writing())

    def end(self, code: int, reason: str) -> None:
        """Close the page's socket."""
        self.close(code, reason)


def voter(cookie: str | None) -> str:
    """The name of a browser that a cookie holds; "" if it holds none."""
    return cookie if cookie and len(cookie) == 32 and all(sign in "0123456789abcdef" for sign in cookie) else ""


def own_copy(asked: str, language: str = "") -> str:
    """Where a copy is opened, below the server's address: `asked` if it leads to a notebook, else to the gallery.

    The copy is in the language of its reader (`languages.kept`), whatever the lecturer's link asks for.
    """
    parts = urlsplit(asked)
    if parts.scheme or parts.netloc or not asked.startswith("voila/render/") or ".." in parts.path or "\\" in asked:
        return language
    query = [pair for pair in parts.query.split("&") if pair and not pair.startswith("lang=")] + [language[1:]]
    return urlunsplit(parts._replace(query="&".join(filter(None, query))))
