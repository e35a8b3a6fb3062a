"""Kernels for visitors: how many there may be, and an end for those that nobody looks at."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import zmq
import zmq.asyncio
from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.ioloop import PeriodicCallback
from tornado.web import HTTPError
from traitlets import Float, Integer, Tuple, default

from regviz.memory import give_back

from ...compare.guest import GUEST
from ..connections import MOST_SOCKETS, VisitorConnection
from ..saying import say
from ..settings import USUAL_CAP
from .environment import EXTRA, for_kernels
from .limits import limit_memory
from .seats import Seats

SOCKETS_A_KERNEL = 6 * MOST_SOCKETS + 6
"""Sockets of libzmq for one kernel: four channels for each of its connections and two more while one is made; besides
those that are kept for a page that may come back, and Jupyter's own."""


class CappedKernelManager(AsyncMappingKernelManager):
    """Kernels for visitors: at most `cap` at once, and none without a page.

    A kernel ends when its process died, when its page says goodbye or has left for `soon` seconds, when its page has
    been gone for `grace` seconds, when its line has been cut for `patience` seconds, or when no page came within
    `arrival` seconds after it was sent, `soon` if its browser has asked for another one. While others wait, what is
    gone ends at once, and what was cut off after `grace` seconds unless a hall follows it. A kernel is never restarted:
    an empty one would be of no use to the page, which starts afresh from its link instead.
    """

    cap = Integer(USUAL_CAP, config=True, help="How many kernels may run at once")
    soon = Float(4, config=True, help="Seconds a kernel may be without its page, which has left")
    grace = Float(20, config=True, help="Seconds a kernel may be without its page, of which nothing is known")
    patience = Float(660, config=True, help="Seconds a kernel may be without its page, whose line was cut")
    arrival = Float(45, config=True, help="Seconds from when a page was sent to its first connection")
    interval = Float(1.5, config=True, help="Seconds between looks at the kernels")

    passed = Tuple((), config=True, help="Variables of the environment that kernels are told besides the usual ones")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seats = Seats(self.cap, lambda: self.running)
        self._owners: dict[str, str] = {}
        self._arriving: set[str] = set()
        self._leaving: set[str] = set()
        self._cut: set[str] = set()
        self._left: set[str] = set()
        self._present: Counter[str] = Counter()
        self._dead: set[str] = set()
        self._deadlines: dict[str, float] = {}
        self._gone_since: dict[str, float] = {}
        self.spared: Callable[[str], bool] = lambda kernel_id: False
        """Whether a kernel whose line was cut is kept though others wait: a hall follows it."""
        self._rounds = PeriodicCallback(self._look_around, 1000 * self.interval)

    @default("context")
    def _context_default(self) -> zmq.asyncio.Context:
        """libzmq has 1,023 sockets for all kernels unless it is told of more before the first is made."""
        self._created_context = True
        context = zmq.asyncio.Context()
        context.set(zmq.MAX_SOCKETS, min(SOCKETS_A_KERNEL * self.cap + 100, context.get(zmq.SOCKET_LIMIT)))
        return context

    @property
    def running(self) -> int:
        """How many kernels count against the cap: those that start, too, but not those that are ending."""
        return len(self._arriving.union(self.list_kernel_ids()) - self._leaving)

    # -- from a page's request to its connection

    def expect(self, kernel_id: str, visitor: str) -> None:
        """Expect a kernel that is going to start for `visitor`: it has a seat from now on."""
        self._arriving.add(kernel_id)
        self._owners[kernel_id] = visitor

    def leaves(self, kernel_id: str) -> None:
        """Note that the page of a kernel was given up: its seat is free, though it may still start."""
        self._leaving.add(kernel_id)
        self.seats.look()

    def forget(self, kernel_id: str) -> None:
        """Forget a kernel that was expected and does not come, or has ended."""
        for names in (self._arriving, self._leaving, self._left):
            names.discard(kernel_id)
        self._owners.pop(kernel_id, None)
        self.seats.look()

    def sent(self, kernel_id: str) -> None:
        """Note that the page of a kernel was sent to its last byte: it has to come now."""
        if self._is_alone(kernel_id) and not self._present[kernel_id]:
            wait = self.soon if kernel_id in self._left else self.arrival
            self._deadlines.setdefault(kernel_id, time.monotonic() + wait)

    def doubt(self, visitor: str) -> None:
        """Give deadlines when a browser asks for a page: those that were sent to it whole and have not come are to come
        soon.

        Else a page that is reloaded before it opened its line would keep its seat for as long as a slow one may take.
        """
        for kernel_id, owner in self._owners.items():
            if owner == visitor and kernel_id in self._deadlines and kernel_id not in self._gone_since:
                self._deadlines[kernel_id] = min(self._deadlines[kernel_id], time.monotonic() + self.soon)

    def knows(self, kernel_id: str) -> bool:
        """Return whether a kernel runs for a page, or is going to."""
        return kernel_id in self._owners

    def came(self, kernel_id: str) -> None:
        """Note that a page is there, though it may still load what speaks to its kernel: that takes the time it
        takes.
        """
        self._present[kernel_id] += 1
        self._left.discard(kernel_id)
        self._deadlines.pop(kernel_id, None)

    def went(self, kernel_id: str, left: bool) -> None:
        """Note that a page's own line has ended: the page has `left`, or its line was cut, and it has to come
        (again).
        """
        self._present[kernel_id] -= 1
        if self._present[kernel_id] > 0:
            return
        del self._present[kernel_id]
        if left and self.knows(kernel_id):
            self._left.add(kernel_id)
            self._set_deadline(kernel_id)
        else:
            self.sent(kernel_id)

    def look_after(self) -> None:
        """Look at kernels, and at who waits, from now on."""
        if not self._rounds.is_running():
            self._rounds.start()

    async def start_kernel(self, **kwargs: Any) -> str:  # type: ignore[override]
        """Start a kernel, and return its id. Raises HTTPError 503 if as many run as may."""
        kernel_id = str(kwargs.setdefault("kernel_id", str(uuid4())))
        if self.running - (kernel_id in self._arriving) >= self.cap:
            raise HTTPError(503, "all %d kernels are in use", self.cap)
        kwargs.setdefault("extra_arguments", list(EXTRA))
        kwargs["env"] = {**for_kernels(kwargs.get("env") or os.environ, self.passed), GUEST: "1"}
        self._arriving.add(kernel_id)
        try:
            await super().start_kernel(**kwargs)
        finally:
            self._arriving.discard(kernel_id)
        pid = getattr(self.get_kernel(kernel_id).provisioner, "pid", None)
        if pid is not None:
            limit_memory(pid)
        self.look_after()
        return kernel_id

    def start_watching_activity(self, kernel_id: str) -> None:
        """Note that a kernel is there. What passes to its page says that it is in use (see `VisitorConnection`).

        Jupyter would read everything that every kernel says once more for that, each frame of each lab included.
        """
        kernel: Any = self.get_kernel(kernel_id)
        kernel.reason, kernel.execution_state, kernel.last_activity = "", "idle", datetime.now(UTC)

    # -- ends

    async def goodbye(self, kernel_id: str) -> None:
        """Note that the page of a kernel was closed, perhaps for another one of the same browser."""
        visitor = self._owners.get(kernel_id)
        if kernel_id in self and kernel_id not in self._leaving and visitor:
            self._leaving.add(kernel_id)  # its seat is free, and then kept
            self.seats.left(visitor)
        self._leaving.discard(kernel_id)
        await self.shutdown_kernel(kernel_id)

    async def shutdown_kernel(self, kernel_id: str, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]
        """End a kernel at once (it has nothing to save) and hang up on its page."""
        self._deadlines.pop(kernel_id, None)
        if kernel_id not in self or kernel_id in self._leaving:  # The page and the culler may both have asked for it.
            return
        self._leaving.add(kernel_id)
        self.seats.look()
        try:
            VisitorConnection.hang_up(kernel_id, "died" if kernel_id in self._dead else "ended")
            await super().shutdown_kernel(kernel_id, now=True, restart=restart)
        finally:
            for names in (self._leaving, self._cut, self._left, self._dead):
                names.discard(kernel_id)
            self._owners.pop(kernel_id, None)
            for times in (self._gone_since, self._deadlines):
                times.pop(kernel_id, None)
            give_back()  # some milliseconds; in a house that was full for a lecture it is 20 MB

    def has_page(self, visitor: str) -> bool:
        """Return whether a browser has a page open already, or has just left one."""
        return visitor in self._owners.values()

    async def free_deserted(self) -> None:
        """End kernels whose pages have left, the longest gone first, as many as those who wait need seats.

        A page whose own line is open is there: it only connects to its kernel again.
        """
        now = time.monotonic()
        gone = [
            kernel_id
            for kernel_id, since in sorted(self._gone_since.items(), key=lambda item: item[1])
            if kernel_id not in self._leaving
            if not (kernel_id in self._cut or self._present[kernel_id])
            or (now - since > self.grace and not self.spared(kernel_id))
        ]
        missing = max(self.seats.waiting, 1) - max(self.seats.free, 0)
        for kernel_id in gone[: max(missing, 0)]:
            await self.shutdown_kernel(kernel_id)

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
        """Note that a page came: its kernel has no deadline."""
        super().notify_connect(kernel_id)
        self._deadlines.pop(kernel_id, None)
        self._gone_since.pop(kernel_id, None)
        self._cut.discard(kernel_id)

    def line_cut(self, kernel_id: str) -> None:
        """Note that the line to a kernel's page was lost without a word: the page may well be there."""
        if kernel_id in self and kernel_id not in self._leaving:
            self._cut.add(kernel_id)

    def notify_disconnect(self, kernel_id: str) -> None:
        """Note that a page left, or its line did: unless it comes back, its kernel ends."""
        super().notify_disconnect(kernel_id)
        self._set_deadline(kernel_id)

    def _is_alone(self, kernel_id: str) -> bool:
        stays = kernel_id in self and kernel_id not in self._leaving
        return stays and self._kernel_connections.get(kernel_id, 0) <= 0

    def _set_deadline(self, kernel_id: str) -> None:
        if self._is_alone(kernel_id):
            wait = self.soon if kernel_id in self._left else self.patience if kernel_id in self._cut else self.grace
            self._gone_since[kernel_id] = time.monotonic()
            self._deadlines[kernel_id] = self._gone_since[kernel_id] + wait

    async def _look_around(self) -> None:
        for kernel_id in list(self.list_kernel_ids()):
            if kernel_id in self._arriving or kernel_id not in self:  # Another may have ended it during an await.
                continue
            overdue = time.monotonic() > self._deadlines.get(kernel_id, float("inf"))
            dead = not await ensure_async(self.is_alive(kernel_id))
            if (overdue or dead) and kernel_id in self:
                if dead and kernel_id not in self._leaving:
                    self._dead.add(kernel_id)
                    say(f"The process of kernel {kernel_id[:8]} has ended by itself.", "dead")
                await self.shutdown_kernel(kernel_id)
        if self.seats.waiting:
            await self.free_deserted()
        self.seats.look()
