"""A line between a browser and a server that a test can cut, silence, and take the websocket from (a TCP forwarder)."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit, urlunsplit


class Line:
    """Forwards every connection to `url` to the server there, until the line is `cut`; `url` is the way through it.

    Without `upgrades`, a request for a websocket loses the header that asks for it, as behind a proxy that was not told
    to pass it on. While `silent`, nothing that is said arrives, and nobody is told: a laptop that has left the room.
    """

    def __init__(self, url: str, upgrades: bool = True) -> None:
        self._parts = urlsplit(url)
        self.upgrades, self.silent = upgrades, False
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._ear: socket.socket | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """The address of the server through this line."""
        return urlunsplit(self._parts._replace(netloc=f"127.0.0.1:{self._port}"))

    def __enter__(self) -> Self:
        self.mend()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        if self._ear is not None:
            self._ear.close()
            self._ear = None

    def lead_to(self, url: str) -> None:
        """Lead to the server at `url` from now on, and let people through."""
        self._parts = urlsplit(url)

    def mend(self) -> None:
        """Let people through (again)."""
        self._ear = self._ear or self._at_port()
        self._ear.listen()
        threading.Thread(target=self._listen, args=(self._ear,), daemon=True).start()

    def cut(self) -> None:
        """Cut every connection, and let nobody through any more."""
        if (ear := self._ear) is not None:
            with suppress(OSError):
                ear.shutdown(socket.SHUT_RDWR)
            self._ear = self._at_port()  # so that nobody else gets it: a connection is refused all the same
            ear.close()
        for pair in list(self._pairs):
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        for _ in range(200):
            if not self._pairs:
                break
            time.sleep(0.01)

    def _at_port(self) -> socket.socket:
        """A socket that has the line's port, and does not listen yet."""
        ear = socket.socket()
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ear.bind(("127.0.0.1", self._port))
        self._port = ear.getsockname()[1]
        return ear

    def _listen(self, ear: socket.socket) -> None:
        with suppress(OSError):
            while True:
                here, _ = ear.accept()
                try:
                    there = socket.create_connection((self._parts.hostname or "", self._parts.port or 80))
                except OSError:
                    here.close()
                    continue
                self._pairs.add((here, there))
                if ear is not self._ear:  # cut meanwhile
                    self._pairs.discard((here, there))
                    here.close()
                    there.close()
                    continue
                threading.Thread(target=self._carry_both, args=(here, there), daemon=True).start()

    def _carry_both(self, here: socket.socket, there: socket.socket) -> None:
        with here, there:
            back = threading.Thread(target=self._carry, args=(there, here, False), daemon=True)
            back.start()
            self._carry(here, there, True)
            back.join()
        self._pairs.discard((here, there))

    def _carry(self, source: socket.socket, sink: socket.socket, asks: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if self.silent:
                    continue
                if asks and not self.upgrades:
                    data = data.replace(b"Upgrade: websocket\r\n", b"")
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
