"""The websocket between a visitor's page and its kernel. It is the visitor's only way to a kernel."""

from __future__ import annotations

import re
from contextlib import ExitStack
from typing import Any

import tornado.web
from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from tornado.iostream import StreamBufferFullError
from tornado.websocket import WebSocketClosedError
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from . import figures
from .access import gate
from .access.wire import HEAD, Unreadable, cut, let_go
from .connections import MOST_SOCKETS, VisitorConnection
from .pages.pages import Plain
from .pages.places import Places
from .pages.presence import Farewell
from .saying import say

REFUSED = 1007
"""Close code of a websocket whose message could not be read (RFC 6455, 7.4.1: inconsistent data)."""

TOO_MUCH = 1008
"""Close code of a websocket that sends what no page sends, again and again (RFC 6455, 7.4.1: policy violation)."""

MOST_UNREAD = 16_000_000
"""Bytes that wait for a page which does not read. A lab sends no more than its page says it has painted."""

CHANNELS = ("shell", "control", "stdin", "iopub")

SESSION = re.compile(r"[\w.-]{1,100}", re.ASCII)
"""A page's name for its connection; the kernel's sockets take it as an address."""


class Socket(Farewell, Plain, VoilaKernelWebsocketHandler):
    """The websocket to a kernel."""

    connection: Any = None

    places = Places(MOST_SOCKETS)

    def initialize(self) -> None:
        """Begin with nothing dropped."""
        self._dropped = False
        self._place = ExitStack()

    @ws_authenticated
    async def get(self, kernel_id: str) -> None:
        """Open the socket, which has a place until its page has gone. Raises HTTPError 429 for one too many."""
        with self._place as place:
            place.enter_context(self.places.held(kernel_id))
            await ensure_async(super().get(kernel_id))

    async def pre_get(self) -> None:
        """Refuse a connection without a proper name; take over from an older one of the same page."""
        name = self.get_argument("session_id", "")
        if not SESSION.fullmatch(name):
            raise tornado.web.HTTPError(400, "no session_id")
        for connection in list(VisitorConnection.open):
            if connection.kernel_id == self.kernel_id and connection.session.session == name:
                connection.websocket_handler.give_way()
        self.gate = gate.Gate()
        await super().pre_get()

    async def open(self, kernel_id: str) -> None:
        """Connect to the kernel; the page must read what it says."""
        if self.ws_connection is not None:
            self.ws_connection.stream.max_write_buffer_size = MOST_UNREAD
            self.listen_for_farewell(self.ws_connection)
        await super().open(kernel_id)

    def on_message(self, ws_message: str | bytes) -> None:
        """Pass a page's message on to its kernel, if it is one that pages send.

        It pays for its size before it is read, and its header is read before the rest of it. One that cannot be
        unpacked ends its own socket, with a line for whoever runs the server. What comes while the
        socket closes is dropped: which format was agreed on is known no more, and in the wrong one its first bytes
        would be taken for a count of parts, and gigabytes for these.
        """
        if self.ws_connection is None or self.connection is None:
            return
        size = len(ws_message)
        if not self.gate.admits(size):
            self._drop()
            return
        try:
            parts = cut(ws_message, self.selected_subprotocol)
            if not self.gate.reads(parts.words):
                self._drop()
                return
            message = parts.read(lambda channel, kind: not gate.stranger(channel, kind))
        except Unreadable as error:
            self._refuse(str(error))
            return
        wrong = gate.fault(message) or ("it was sent before" if self.gate.repeats(message.name) else "")
        if wrong:
            figures.REFUSED.labels("kind").inc()
            channel = message.channel if message.channel in CHANNELS else ""
            say(f"A visitor's message was dropped: {wrong}.", f"dropped {channel}")
            if not self.gate.refuses():
                say("A visitor goes on sending what no page sends; its line was closed.", "refused")
                self.close(TOO_MUCH, "too many messages that no page sends")
            return
        if not self.gate.passes(size):
            self._drop()
            return
        if message.kind == "comm_msg" and message.content["data"]["method"] == "update":
            figures.TURNS.inc()
        try:
            super().on_message(ws_message)
        except Exception as error:  # nothing that a page sends may end in a traceback
            self._refuse(f"it cannot be passed on ({type(error).__name__})")

    def write_message(self, message: Any, binary: bool = False) -> Any:
        """Send `message` to the page.

        Voilà reads the header of every binary message as the v1 protocol writes it. A page that did not agree on v1
        (one that connects again after an early close) gets the older format, whose first bytes would be read as a count
        of 10^18 parts, and the server would never come back from counting. What comes for a page that has just left is
        dropped: its kernel has not heard yet.
        """
        if self.ws_connection is None:
            return None
        self.gate.heard()
        legacy = isinstance(message, bytes) and self.selected_subprotocol is None
        if isinstance(message, bytes) and not legacy and int.from_bytes(message[:8], "little") > HEAD:
            figures.FRAMES.inc()  # only pictures have more parts
        try:
            if legacy:
                return let_go(super(VoilaKernelWebsocketHandler, self).write_message(message, binary))
            return let_go(super().write_message(message, binary))
        except WebSocketClosedError:  # its line was cut just now
            return None
        except StreamBufferFullError:
            say("A visitor's page does not read what is sent to it; it was cut off.", "slow")
            self.ws_connection.stream.close()
            return None

    def give_way(self) -> None:
        """Leave the kernel's channels to the page's new line, whatever has become of this one.

        Their address is the page's name. A kernel would not hear a second one of it while the first is there.
        """
        connection, self.connection = self.connection, None
        if connection is not None:
            VisitorConnection.open.discard(connection)
            connection.disconnect()
        self._place.close()
        if self.ws_connection is not None:
            self.ws_connection.stream.close()

    def on_close(self) -> None:
        """Note that the page has left, or its line was cut."""
        self._place.close()  # a kernel that is silent may keep `get` waiting for a minute
        if self.connection is None:  # it has given way
            return
        if not self.connection.connected:  # before the kernel has answered
            self.connection.forget()
            self.connection = None
            return
        if not self.left:
            self.kernel_manager.line_cut(self.kernel_id)
        super().on_close()

    def _drop(self) -> None:
        figures.REFUSED.labels("rate").inc()
        if not self._dropped:
            say("A visitor sends more than can be taken; what is too much is dropped.", "rate")
        self._dropped = True

    def _refuse(self, wrong: str) -> None:
        figures.REFUSED.labels("unreadable").inc()
        say(f"A visitor's message was refused: {wrong}.", "refused")
        self.close(REFUSED, "a message that cannot be read")
