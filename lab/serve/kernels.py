"""Kernels for visitors: how many there may be, and an end for those that nobody looks at."""

from __future__ import annotations

import os
import time
import weakref
from typing import Any, ClassVar
from uuid import uuid4

from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.ioloop import PeriodicCallback
from tornado.web import HTTPError
from traitlets import Float, Integer, Tuple

from .environment import for_kernels
from .limits import limit_memory
from .nodelay import NoDelayConnection
from .rooms import Tap

ENDED = 4001
"""Close code of a websocket whose kernel is gone for good; the page offers a reload when it sees it."""


GUEST = "REGVIZ_GUEST"
"""The variable that tells a kernel that a stranger's page is in front of it; its lab accepts smaller networks then."""


class VisitorConnection(NoDelayConnection):
    """A visitor's websocket, which is closed with `ENDED` when its kernel ends."""

    open: ClassVar[weakref.WeakSet[VisitorConnection]] = weakref.WeakSet()

    taps: ClassVar[dict[str, Tap]] = {}
    """Who hears what a kernel sends to its page, by the kernel's id: a room in which it is presented."""

    def connect(self) -> Any:
        """Connect, and be known by `hang_up`."""
        VisitorConnection.open.add(self)
        return super().connect()

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        """Pass a kernel's message on to its page, and to whoever follows it."""
        if (tap := self.taps.get(self.kernel_id)) is not None:
            signed: list[Any] = self.session.feed_identities(outgoing_msg)[1]
            tap(signed[1:])  # without the signature
        super().handle_outgoing_message(stream, outgoing_msg)

    @classmethod
    def hang_up(cls, kernel_id: str) -> None:
        """Close every socket of a kernel that ended."""
        for connection in [c for c in cls.open if c.kernel_id == kernel_id]:
            cls.open.discard(connection)
            connection.websocket_handler.close(ENDED, "the kernel ended")


class CappedKernelManager(AsyncMappingKernelManager):
    """Kernels for visitors: at most `cap` at once, and none without a page.

    A kernel ends when its process died, when its page has been gone for `grace` seconds (the page also says goodbye
    itself, so this is for crashed browsers and lost networks), or when no page came within `arrival` seconds. A kernel
    is never restarted: an empty one would be of no use to the page, which starts afresh from its link instead.
    """

    cap = Integer(24, config=True, help="How many kernels may run at once")
    grace = Float(20, config=True, help="Seconds a kernel may be without its page")
    arrival = Float(120, config=True, help="Seconds from a kernel's start to its page's first connection")
    interval = Float(3, config=True, help="Seconds between looks at the kernels")

    passed = Tuple((), config=True, help="Variables of the environment that kernels are told besides the usual ones")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._arriving: set[str] = set()
        self._leaving: set[str] = set()
        self._deadlines: dict[str, float] = {}
        self._rounds = PeriodicCallback(self._look_around, 1000 * self.interval)

    @property
    def running(self) -> int:
        """How many kernels count against the cap: those that start, too, but not those that are ending."""
        return len(self._arriving.union(self.list_kernel_ids()) - self._leaving)

    async def start_kernel(self, **kwargs: Any) -> str:  # type: ignore[override]
        """Start a kernel, and return its id. Raises HTTPError 503 if as many run as may."""
        if self.running >= self.cap:
            raise HTTPError(503, "all %d kernels are in use", self.cap)
        kernel_id = str(kwargs.setdefault("kernel_id", str(uuid4())))
        # ipykernel warns of unencrypted sockets; kernel and server are on one machine.
        kwargs.setdefault("extra_arguments", ["--IPKernelApp.log_level=ERROR"])
        kwargs["env"] = {**for_kernels(kwargs.get("env") or os.environ, self.passed), GUEST: "1"}
        self._arriving.add(kernel_id)
        try:
            await super().start_kernel(**kwargs)
        finally:
            self._arriving.discard(kernel_id)
        pid = getattr(self.get_kernel(kernel_id).provisioner, "pid", None)
        if pid is not None:
            limit_memory(pid)
        self._deadlines[kernel_id] = time.monotonic() + self.arrival
        if not self._rounds.is_running():
            self._rounds.start()
        return kernel_id

    async def shutdown_kernel(self, kernel_id: str, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]
        """End a kernel at once (it has nothing to save) and hang up on its page."""
        self._deadlines.pop(kernel_id, None)
        if kernel_id not in self or kernel_id in self._leaving:  # The page and the culler may both have asked for it.
            return
        self._leaving.add(kernel_id)
        try:
            VisitorConnection.hang_up(kernel_id)
            await super().shutdown_kernel(kernel_id, now=True, restart=restart)
        finally:
            self._leaving.discard(kernel_id)

    def start_buffering(self, kernel_id: str, session_key: str, channels: dict[str, Any]) -> None:
        """Keep what a kernel says until its page comes back; close the channels of one that is ending.

        Nobody would close them later: four files of the server stayed open for every page that had left.
        """
        if kernel_id in self._leaving or kernel_id not in self:
            for stream in channels.values():
                if stream is not None and not stream.closed():
                    stream.on_recv(None)
                    stream.close()
            return
        super().start_buffering(kernel_id, session_key, channels)

    def notify_connect(self, kernel_id: str) -> None:
        """A page came: its kernel has no deadline."""
        super().notify_connect(kernel_id)
        self._deadlines.pop(kernel_id, None)

    def notify_disconnect(self, kernel_id: str) -> None:
        """A page left: unless it comes back, its kernel ends after `grace` seconds."""
        super().notify_disconnect(kernel_id)
        stays = kernel_id in self and kernel_id not in self._leaving
        if stays and self._kernel_connections.get(kernel_id, 0) <= 0:
            self._deadlines[kernel_id] = time.monotonic() + self.grace

    async def _look_around(self) -> None:
        for kernel_id in list(self.list_kernel_ids()):
            if kernel_id in self._arriving or kernel_id not in self:  # Another may have ended it during an await.
                continue
            overdue = time.monotonic() > self._deadlines.get(kernel_id, float("inf"))
            dead = not await ensure_async(self.is_alive(kernel_id))
            if (overdue or dead) and kernel_id in self:
                self.log.info("Ending kernel %s: %s", kernel_id, "its process died" if dead else "its page is gone")
                await self.shutdown_kernel(kernel_id)
