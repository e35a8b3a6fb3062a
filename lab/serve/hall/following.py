"""Pages and websocket of those who follow a lecture: `/follow`, `/follow/CODE`, and the way to a copy of one's own."""

from __future__ import annotations

import base64
import gzip
import hashlib
import socket
from contextlib import suppress
from functools import cache, lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import tornado.web
from jupyter_server.auth.decorator import ws_authenticated
from tornado.iostream import StreamClosedError

from regviz.language import speaking

from ...look.style import module, read, stylesheet
from ..access.tries import network
from ..pages.languages import kept
from ..pages.pages import Friendly
from .codes import Codes
from .fan import Follower
from .presenting import HallSocket, PresentSocket
from .room import FULL, UNKNOWN, Refused, Room
from .rooms import Rooms, normal

MOST_TABS, MOST_NAMELESS, MOST_NEAR = 8, 400, 800
"""Places in a room that one browser may take, browsers without cookies behind one address (in another site's frame all
are), and all behind one address. A room has 1,000, so that nobody fills it alone."""

TABS = 4006
"""Close code of a follower's websocket whose browser follows too often already."""

BUFFER = 131_072
"""Bytes that the system may hold back for a follower; more would be old pictures."""


def hall(rooms: Rooms, host: str, page: dict[str, Any]) -> list[tuple[str, type, dict[str, Any]]]:
    """Return the addresses of presenting and following, for a server that listens at `host`; `page` is what any page
    gets.
    """
    codes = Codes(rooms)
    pages = {**page, "codes": codes}
    code = r"((?:[\w -]|%20){1,40})"  # of an address as it is sent: one may type a code as it is shown
    return [
        (r"/follow/?", Enter, pages),
        (rf"/follow/{code}", Follow, pages),
        (rf"/follow/{code}/copy", Copy, pages),
        (rf"/follow/{code}/socket", FollowSocket, {"rooms": rooms, "codes": codes}),
        (r"/present", PresentSocket, {"rooms": rooms, "host": host}),
    ]


@cache
def page_files(chosen: str) -> tuple[str, str, str]:
    """Return a follower's script in a language, its stylesheet, and the policy that allows the page these and nothing
    else.
    """
    with speaking(chosen):
        parts = ("page/picture.js", "page/page.js", "page/bars.js")
        script = str(module(*parts, *(f"serve/hall/{part}.js" for part in ("sheets", "follow", "follow_line"))))
    style = "\n".join((stylesheet(), read("serve/hall/follow.css")))
    known = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        script,
        style,
        (
            f"default-src 'none'; script-src 'sha256-{known}'; style-src 'unsafe-inline'; img-src 'self' data:; "
            "connect-src 'self' ws: wss:; form-action 'self'; base-uri 'none'"
        ),
    )


@lru_cache(maxsize=64)
def packed(page: str) -> bytes:
    """Return a page as it is sent: a hall asks for the same one at once, and 18 MB would go out to 200 phones
    unpacked.
    """
    return gzip.compress(page.encode(), mtime=0)


class Hall(Friendly):
    """A page that needs no kernel."""

    def initialize(self, codes: Codes, **arguments: Any) -> None:
        """Know the rooms by their codes."""
        super().initialize(**arguments)
        self.codes = codes

    def room(self, code: str) -> Room | None:
        """Return the room of a code; without one, the answer is a page that says so."""
        self.set_header("Cache-Control", "no-store")
        try:
            room = self.codes.find(self, code)
        except tornado.web.HTTPError as error:
            self.set_status(error.status_code)
            self.finish(self.render_template("hall.html", code=normal(code), often=True))
            return None
        if room is None:
            self.set_status(404)
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
        room = self.room(code)
        if room is None:
            return
        self.codes.remember(self, room)
        script, style, policy = page_files(self.language)
        own = f"{self.base_url}follow/{normal(code)}/copy{kept(self.query)}"
        page = self.render_template("follow.html", script=script, style=style, own=own)
        parents = self.settings["headers"]["Content-Security-Policy"]
        self.set_header("Content-Security-Policy", f"{policy}; {parents}")
        self.add_header("Vary", "Accept-Encoding")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(packed(page))
        else:
            self.finish(page)

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

    def initialize(self, rooms: Rooms, codes: Codes | None = None, **_: Any) -> None:
        """Know the rooms, and who may look for one."""
        super().initialize(rooms)
        self.codes = codes or Codes(rooms)

    @ws_authenticated
    async def get(self, code: str) -> None:
        """Open the socket. Raises HTTPError 429 after too many wrong codes: the page tries again."""
        self._found = self.codes.find(self, code)
        await super().get(code)

    def open(self, code: str = "") -> None:
        """Follow the room of this code."""
        super().open()
        room = self._found
        if room is None or room.ended:
            self.close(UNKNOWN, "no such room")
            return
        self.set_nodelay(True)
        if (stream := self.stream_to_page) is not None and stream.socket is not None:  # its page may have gone again
            stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        self.follower = Follower(self, self.codes.browser(self)[0])
        try:
            self._check_places(room)
            room.join(self.follower, self)
        except Refused as refused:
            self.close(TABS if str(refused) == "tabs" else FULL, "there is no place")
            return
        self.room = room

    def _check_places(self, room: Room) -> None:
        """Raise Refused if this browser, or all from its network, have as many places as they may."""
        name, near = self.follower.voter, network(str(self.request.remote_ip))
        if name and sum(other.voter == name for other in room.desks) >= MOST_TABS:
            raise Refused("tabs")
        close = [other.voter for other, desk in room.desks.items() if getattr(desk, "near", None) == near]
        if len(close) >= MOST_NEAR or (not name and close.count("") >= MOST_NAMELESS):
            raise Refused("full")
        self.near = near

    def hear(self, said: dict[str, Any]) -> None:
        """Hear that a follower has painted a frame, or votes."""
        if self.room is None:
            return
        if type(number := said.get("painted")) is int:
            self.room.painted(self.follower, number)
        if type(place := said.get("vote")) is int:
            self.room.vote(self.follower, place, said.get("of"))

    def on_close(self) -> None:
        """Note that it follows no more."""
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
        """Return whether some of what was written has not yet left."""
        stream = self.stream_to_page
        return stream is None or bool(stream.writing())

    def end(self, code: int, reason: str) -> None:
        """Close the page's socket."""
        self.close(code, reason)


def own_copy(asked: str, language: str = "") -> str:
    """Return where a copy is opened, below the server's address: `asked` if it leads to a notebook, else to the
    gallery.

    The copy is in the language of its reader (`languages.kept`), whatever the lecturer's link asks for.
    """
    try:
        parts = urlsplit(asked)
    except ValueError:  # "//["
        return language
    plain = unquote(parts.path)  # browsers take %2e for a dot
    inside = plain.startswith("voila/render/") and "\\" not in plain and not {"..", "."} & set(plain.split("/"))
    if parts.scheme or parts.netloc or not asked.startswith("voila/render/") or not inside:
        return language
    query = [pair for pair in parts.query.split("&") if pair and not pair.startswith("lang=")] + [language[1:]]
    return urlunsplit(parts._replace(query="&".join(filter(None, query))))
