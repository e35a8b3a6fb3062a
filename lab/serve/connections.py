"""A visitor's websocket: it speaks to a kernel while that runs, and says so when it has ended."""

from __future__ import annotations

import asyncio
import weakref
from datetime import UTC, datetime
from typing import Any, ClassVar

from tornado.web import HTTPError

from .hall.rooms import Tap
from .nodelay import NoDelayConnection

ENDED = 4001
"""Close code of a websocket whose kernel is gone for good; the page offers a reload when it sees it."""

MOST_SOCKETS = 4
"""Connections to one kernel at the same time, those included that wait for it to answer. A page has one, and for a
moment two."""

GLANCE = 0.5
"""Seconds between two looks whether a kernel that is being connected to is still there."""


class VisitorConnection(NoDelayConnection):
    """A visitor's websocket, which is closed with `ENDED` when its kernel ends."""

    open: ClassVar[weakref.WeakSet[VisitorConnection]] = weakref.WeakSet()

    taps: ClassVar[dict[str, Tap]] = {}
    """Who hears what a kernel sends to its page, by the kernel's id: a room in which it is presented."""

    connected = False

    async def prepare(self) -> None:
        """Wait until the kernel answers. Raises HTTPError 404 if it ends first, or its page goes: Jupyter would wait
        a minute for it."""
        preparing = asyncio.ensure_future(self._hear_kernel())
        try:
            while not (await asyncio.wait({preparing}, timeout=GLANCE))[0]:
                if self.kernel_id not in self.multi_kernel_manager:
                    raise HTTPError(404, "the kernel has ended")
                if self.websocket_handler.connection is not self:
                    raise HTTPError(404, "the page has gone")
            await preparing
        except TimeoutError:
            raise HTTPError(404, "the kernel does not run") from None
        finally:
            preparing.cancel()
            self._stop_asking()

    async def _hear_kernel(self) -> None:
        """What Jupyter does, but for its timer, which keeps a connection for a minute however soon it is closed."""
        await self._register_session()
        self.session.key = self.kernel_manager.session.key
        async with asyncio.timeout(self.kernel_info_timeout):
            await asyncio.shield(self.request_kernel_info())  # others may wait for the same answer

    def _stop_asking(self) -> None:
        """Close the channel of a question that was not answered; whoever waits for the answer goes on without it."""
        asking, self.kernel_info_channel = self.kernel_info_channel, None
        if asking is None or asking.closed():
            return
        asking.close()
        if not self._kernel_info_future.done():
            self._kernel_info_future.set_result({})
        if getattr(self.kernel_manager, "_kernel_info_future", None) is self._kernel_info_future:
            del self.kernel_manager._kernel_info_future

    def connect(self) -> Any:
        """Connect, and be known by `hang_up`."""
        self.connected = True
        VisitorConnection.open.add(self)
        return super().connect()

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        """Pass a kernel's message on to its page, and to whoever follows it."""
        super().handle_outgoing_message(stream, outgoing_msg)  # the page first: it is the lecturer's own
        self.kernel_manager.last_activity = datetime.now(UTC)
        if (tap := self.taps.get(self.kernel_id)) is not None:
            signed: list[Any] = self.session.feed_identities(outgoing_msg)[1]
            tap(signed[1:])  # without the signature

    def disconnect(self) -> Any:
        """Let go of the kernel."""
        VisitorConnection.open.discard(self)
        return super().disconnect()

    def forget(self) -> None:
        """Let go of a kernel that has not answered yet."""
        if self._open_sessions.get(self.session_key) is self.websocket_handler:
            del self._open_sessions[self.session_key]

    @classmethod
    def hang_up(cls, kernel_id: str, why: str) -> None:
        """Close every socket of a kernel that ended; its page says `why` in a sentence (see alive.js)."""
        for connection in [c for c in cls.open if c.kernel_id == kernel_id]:
            cls.open.discard(connection)
            connection.websocket_handler.close(ENDED, why)
