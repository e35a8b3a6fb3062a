"""The websocket of a lecturer's page: it opens a room, says what the page shows, and ends the room."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado.iostream import StreamBufferFullError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from regviz.language import LANGUAGES, speaking, tr

from ..access.gate import Bucket
from ..access.passwords import may_present
from ..access.wire import let_go
from ..listening import EVERYWHERE, outward_address
from ..pages.languages import kept, of_request
from ..pages.pages import Plain
from ..pages.presence import Farewell
from ..saying import say
from .codes import sure_letters
from .poll import written
from .room import Refused, Room
from .rooms import Rooms

LARGEST = 65_536
"""Bytes of a message: a lesson's question with its formulas takes five thousand."""

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")

TOO_MANY = 1008
"""Close code of a websocket that says too much (RFC 6455, 7.4.1: policy violation)."""

MOST_UNREAD = 8_000_000
"""Bytes that wait for a page which does not read. A whole picture is the most that is sent in one go."""

GIVEN_UP = 4000
"""Close code of a page that has heard nothing for long: it will be back."""

MOST_CHOICES = 12
"""Answers of a question."""


def _text(longest: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= longest


def _lesson(value: Any) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and set(value) == {"name", "question", "choices"}
        and _text(100)(value["name"])
        and _text(20_000)(value["question"])
        and isinstance(value["choices"], list)
        and 2 <= len(value["choices"]) <= MOST_CHOICES
        and all(isinstance(pair, list) and len(pair) == 2 and all(map(_text(5_000), pair)) for pair in value["choices"])
    )


def _turned(value: Any) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and set(value) == {"outcome", "epoch"}
        and _text(100)(value["outcome"])
        and type(value["epoch"]) is int
        and 0 <= value["epoch"] < 2**53
    )


STATE: dict[str, Callable[[Any], bool]] = {
    "title": _text(200),
    "hidden": lambda value: isinstance(value, bool),
    "copy": _text(20_000),
    "lesson": _lesson,
    "outcome": _text(100),
    "turned": _turned,
    "observation": _text(2_000),
    "lang": lambda value: isinstance(value, str) and value in LANGUAGES,
}
"""What a lecturer's page may say of itself, and what each must be."""


class HallSocket(Farewell, Plain, WebSocketMixin, WebSocketHandler, JupyterHandler):
    """A websocket that counts what it hears; subclasses say how much is too much."""

    rate, most, largest = 20.0, 40.0, 1_000

    def initialize(self, rooms: Rooms, **_: Any) -> None:
        """Know the rooms."""
        self.rooms = rooms
        self.bucket = Bucket(self.most, self.rate, time.monotonic)

    def set_default_headers(self) -> None:
        """Undo JupyterHandler's, which a websocket has no use for."""

    @property
    def max_message_size(self) -> int:
        """Bytes of a message; a longer one closes the socket."""
        return self.largest

    @ws_authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Open the socket for whoever may see the server's pages."""
        await super().get(*args, **kwargs)

    def open(self, code: str = "") -> None:
        """Let so much wait for the page, and no more."""
        super().open()
        if (stream := self.stream_to_page) is not None:
            stream.max_write_buffer_size = MOST_UNREAD

    @property
    def stream_to_page(self) -> Any:
        """Where bytes go, tornado's IOStream; None once the socket is closed."""
        connection = self.ws_connection
        return None if connection is None else connection.stream

    def hang_up(self) -> None:
        """Close the line of a page that does not answer, or does not read."""
        if (stream := self.stream_to_page) is not None:
            stream.close()

    def on_message(self, message: str | bytes) -> None:
        """Hear a message that is an object of JSON; whatever else comes is dropped."""
        if not self.bucket.take(1):
            self.close(TOO_MANY, "too many messages")
            return
        with suppress(ValueError, RecursionError):
            said = json.loads(message)
            if isinstance(said, dict):
                self.hear(said)

    def hear(self, said: dict[str, Any]) -> None:
        """Hear a message that has come."""
        raise NotImplementedError

    def tell(self, message: dict[str, Any]) -> None:
        """Send a message; nothing happens if the page has just left."""
        self.tell_text(json.dumps(message))

    def tell_text(self, text: str) -> None:
        """Send a message that is JSON already."""
        if self.ws_connection is not None:
            with suppress(WebSocketClosedError), self.bounded():
                let_go(self.write_message(text))

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """Hang up if more would wait for the page than may."""
        try:
            yield
        except StreamBufferFullError:
            say("A page of a lecture does not read what is sent to it; it was cut off.", "slow")
            self.hang_up()


class PresentSocket(HallSocket):
    """`/present`: a page with a seat asks for a room."""

    largest = LARGEST

    def initialize(self, rooms: Rooms, host: str = "127.0.0.1", **_: Any) -> None:
        """Know the rooms, and where the server listens."""
        super().initialize(rooms)
        self.host = host
        self.room: Room | None = None

    def open(self, code: str = "") -> None:
        """Note that a page is there; whether it leaves or its line is cut is known when it ends."""
        super().open()
        if self.ws_connection is not None:
            self.listen_for_farewell(self.ws_connection)

    def hear(self, said: dict[str, Any]) -> None:
        """Hear what the lecturer's page says."""
        kind, room = said.get("kind"), self.room
        if room is not None and room.presenter is self:
            room.heard = asyncio.get_running_loop().time()
        if kind == "open":
            with speaking(of_request(self.request)):  # the page names its own
                self._take_room(said)
        elif room is None or room.presenter is not self:
            return
        elif kind == "state":
            room.say({name: said[name] for name, check in STATE.items() if name in said and check(said[name])})
        elif kind == "reveal":
            room.reveal()
        elif kind == "again":
            room.again()
        elif kind == "csv":
            self.tell({"kind": "csv", "text": written(list(room.polls.values()))})
        elif kind == "end":
            self.rooms.end(room)
            self.room = None

    def on_close(self) -> None:
        """Note that the page is gone, perhaps for a reload, or its line was cut."""
        super().on_close()
        if self.room is not None:
            self.rooms.away(self.room, self, left=self.left and self.close_code != GIVEN_UP)

    def _take_room(self, said: dict[str, Any]) -> None:
        if not may_present(self):
            sentence = tr("Presenting on this server takes the lecturers' password.")
            self.tell({"kind": "refused", "sentence": sentence, "login": True})
            return
        given = [said.get(name, "") for name in ("kernel", "view", "token", "base", "query")]
        kernel, view, token, base, query = given
        known = all(map(_text(300), given))
        if known and token and self.rooms.of_token(token) is None:  # its time has run out, or this is another server
            self.tell({"kind": "ended"})
            return
        if not known or kernel not in self.kernel_manager:
            self.tell({"kind": "refused", "sentence": tr("Only a page with a running lab can be presented.")})
            return
        try:
            self.room = self.rooms.open(kernel, view, self, token)
        except Refused as refused:
            self.tell({"kind": "refused", "sentence": str(refused)})
            return
        link, reach = follow_link(base, self.room.code, self.host)
        link += kept(query)
        sure = follow_link(base, self.room.code + sure_letters(self.room), self.host)[0] + kept(query)
        self.tell(
            {
                "kind": "open",
                "code": self.room.code,
                "token": self.room.token,
                "link": link,
                "reach": reach,
                "qr": qr_code(sure),
            }
        )
        self.room.want_whole()
        self.room.announce()
        self.room.count()


def follow_link(base: str, code: str, host: str) -> tuple[str, bool]:
    """Return the address of a room, and whether other machines reach it.

    `base` is the server's address as the lecturer's page knows it. A page that was opened on the server's own machine
    knows an address that means another machine everywhere else: if the server listens at `host` to others, it is
    replaced by that of this machine on its network.
    """
    parts = urlsplit(base)
    reach = parts.hostname not in LOOPBACK
    if not reach and host in EVERYWHERE and (address := outward_address(host)):
        name = f"[{address}]" if ":" in address else address
        parts = parts._replace(netloc=f"{name}:{parts.port}" if parts.port else name)
        reach = True
    return f"{urlunsplit(parts._replace(query='', fragment='')).rstrip('/')}/follow/{code}", reach


@lru_cache(maxsize=128)
def qr_code(link: str) -> str:
    """Return `link` as a QR code, an SVG picture (ISO/IEC 18004, error correction M: 15 % of it may be hidden)."""
    import segno  # when the first room opens

    made = segno.make(link, error="m", micro=False)
    return str(made.svg_inline(scale=8, border=4, dark="#000", light="#fff", omitsize=True))
