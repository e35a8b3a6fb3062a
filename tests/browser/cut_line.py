"""A line between a browser and a server that can be cut as a network fails: nothing is closed, and nothing comes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class Line:
    """Passes what comes to `url` on to a server, while it is not cut."""

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        assert parts.hostname is not None
        assert parts.port is not None
        self._target = (parts.hostname, parts.port)
        self._loop = asyncio.new_event_loop()
        self._whole = threading.Event()
        self._whole.set()
        self._pairs: set[asyncio.StreamWriter] = set()
        self.url = ""

    def cut(self) -> None:
        """From now on nothing comes through; the ends do not hear that it is so."""
        self._whole.clear()

    def reset(self) -> None:
        """Close what was cut, as a network does that is back, and let through what comes now."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._whole.set()

    async def _close(self) -> None:
        for writer in list(self._pairs):
            writer.close()

    async def _end(self) -> None:
        await self._close()
        while self._pairs:
            await asyncio.sleep(0.01)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                if self._whole.is_set():
                    writer.write(data)
                    await writer.drain()
        writer.close()
        self._pairs.discard(writer)

    async def _serve(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, there = await asyncio.open_connection(*self._target)
        self._pairs |= {back, there}
        await asyncio.gather(self._pass(near, there), self._pass(far, back))

    def run(self, ready: threading.Event) -> None:
        """Serve until `stop`."""
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._end())
        self._loop.close()

    def stop(self) -> None:
        """Serve no more."""
        self._loop.call_soon_threadsafe(self._loop.stop)


@contextmanager
def line_to(server: str) -> Iterator[Line]:
    """A line to a server, whole at first."""
    line, ready = Line(server), threading.Event()
    thread = threading.Thread(target=line.run, args=(ready,), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield line
    finally:
        line.stop()
        thread.join(10)
