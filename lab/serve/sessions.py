"""What a page asks about its kernel, or about its place in the queue.

A kernel's id and a ticket are known to their page alone: they are the right to ask.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

import tornado.web
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.iostream import StreamClosedError

from .pages.pages import Plain


class Kernel(Plain, KernelHandler):
    """Whether a kernel still runs."""

    def check_xsrf_cookie(self) -> None:
        """Check nothing: nothing is changed here."""

    async def delete(self, kernel_id: str) -> None:
        """Refuse: a page says goodbye instead."""
        raise tornado.web.HTTPError(404)


class Goodbye(Plain, KernelHandler):
    """A page that is closed ends its kernel.

    No cookie is asked for: in a frame of another site a page has none, and its kernel would keep its seat.
    """

    def check_xsrf_cookie(self) -> None:
        """Check nothing: the kernel's id is what only its page knows."""

    def check_origin(self, origin_to_satisfy_tornado: str = "") -> bool:
        """Accept a page behind a proxy that does not pass on its host, too."""
        return True

    async def get(self, kernel_id: str) -> None:
        """Refuse: there is nothing to see."""
        raise tornado.web.HTTPError(404)

    delete = get

    @tornado.web.authenticated
    async def post(self, kernel_id: str) -> None:
        """End the kernel; nothing if it has ended."""
        await self.settings["kernel_manager"].goodbye(kernel_id)
        self.set_status(204)
        self.finish()


SIGN_OF_LIFE = 5.0
"""Seconds between two messages to a page that waits."""


class Queue(Plain):
    """Tells a page that waits which place it has, and when a seat is there (an event stream)."""

    _there = False

    async def get(self, ticket: str) -> None:
        """Tell it until the page has gone. A ticket that nobody knows gets nothing, and its page asks anew."""
        kernels = self.settings["kernel_manager"]
        if not kernels.seats.come(ticket):
            self.set_status(204)
            return
        self._there = True
        kernels.look_after()
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Accel-Buffering", "no")
        try:
            while True:
                kernels.seats.look()
                place, of = kernels.seats.place(ticket)
                seat = kernels.seats.promised(ticket)
                if not place and not seat:
                    return
                self.write(f"data: {json.dumps({'place': place, 'of': of, 'seat': seat})}\n\n")
                await self.flush()
                with suppress(TimeoutError):
                    await asyncio.wait_for(kernels.seats.moved.wait(), SIGN_OF_LIFE)
        except StreamClosedError:
            pass
        finally:
            self._go(ticket)

    def on_connection_close(self) -> None:
        """Note that the page is gone, or its line: it keeps its place for some seconds."""
        super().on_connection_close()
        self._go(self.path_kwargs["ticket"])

    def _go(self, ticket: str) -> None:
        there, self._there = self._there, False
        if there:
            self.settings["kernel_manager"].seats.go(ticket)
