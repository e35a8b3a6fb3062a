"""A websocket and a request as RFC 6455 and HTTP ask of a client, and no more: a hall has hundreds of them."""

from __future__ import annotations

import asyncio
import os
import re
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Wire:
    """A websocket of a client."""

    opened: ClassVar[set[Wire]] = set()

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.code = 0
        """Why it was closed, once it is."""
        Wire.opened.add(self)

    @classmethod
    async def open(
        cls, url: str, path: str, headers: Mapping[str, str] | None = None, buffer: int = 2**16, origin: str = ""
    ) -> Self:
        """Connect to `path` of the server at `url`, from a page of `origin`. Raises ConnectionError if it refuses."""
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=buffer)
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {parts.netloc}",
            f"Origin: {origin or f'{parts.scheme}://{parts.netloc}'}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            *(f"{name}: {value}" for name, value in (headers or {}).items()),
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        reply = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in reply.split(b"\r\n")[0]:
            writer.close()
            raise ConnectionError(reply.split(b"\r\n")[0].decode())
        return cls(reader, writer)

    def send(self, content: bytes | str, kind: int = TEXT) -> None:
        """Send a message."""
        self.write(self.framed(content, kind))

    def write(self, frame: bytes) -> None:
        """Send what is framed already."""
        with suppress(ConnectionError):
            self.writer.write(frame)

    @staticmethod
    def framed(content: bytes | str, kind: int = TEXT) -> bytes:
        """A message as it goes over the line."""
        data = content.encode() if isinstance(content, str) else content
        if isinstance(content, bytes) and kind == TEXT:
            kind = BINARY
        mask = os.urandom(4)
        size = len(data)
        head = bytes([0x80 | kind])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 65_536:
            head += struct.pack("!BH", 0x80 | 126, size)
        else:
            head += struct.pack("!BQ", 0x80 | 127, size)
        key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
        return head + mask + (int.from_bytes(data, "big") ^ key).to_bytes(size, "big")

    async def read(self) -> str | bytes | None:
        """The next message; None once the socket is closed."""
        while True:
            try:
                first, second = await self.reader.readexactly(2)
                size = second & 0x7F
                if size == 126:
                    (size,) = struct.unpack("!H", await self.reader.readexactly(2))
                elif size == 127:
                    (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
                content = await self.reader.readexactly(size)
            except (asyncio.IncompleteReadError, ConnectionError):
                return None
            kind = first & 0x0F
            if kind == PING:
                self.send(content, PONG)
            elif kind == CLOSE:
                self.code = int.from_bytes(content[:2], "big")
                self.close()
                return None
            elif kind in (TEXT, BINARY):
                return content.decode() if kind == TEXT else content

    def close(self) -> None:
        """Go without a word."""
        Wire.opened.discard(self)
        self.writer.close()

    @classmethod
    async def close_all(cls) -> None:
        """Close every one that is open still."""
        wires = list(cls.opened)
        for wire in wires:
            wire.close()
        await asyncio.gather(*(wire.writer.wait_closed() for wire in wires), return_exceptions=True)


async def fetch(url: str, path: str, *asked: Any, **more: Any) -> tuple[int, dict[str, list[str]], str]:
    """What `fetch_bytes` is answered: status, headers (names in small letters) and text."""
    return parsed(await fetch_bytes(url, path, *asked, **more))


async def fetch_bytes(
    url: str,
    path: str,
    cookie: str = "",
    body: str | None = None,
    method: str = "",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Ask the server at `url` for `path`, or POST it a form `body`; the whole reply as it came."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    lines = [
        f"{method or ('GET' if body is None else 'POST')} {path} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if body is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    writer.write("\r\n".join([*lines, "", body or ""]).encode())
    reply = await reader.read()
    writer.close()
    return reply


def parsed(reply: bytes) -> tuple[int, dict[str, list[str]], str]:
    """Status, headers and text of a whole reply."""
    head, _, body = reply.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers: dict[str, list[str]] = {}
    for line in rest:
        name, _, value = line.partition(":")
        headers.setdefault(name.lower(), []).append(value.strip())
    if headers.get("transfer-encoding") == ["chunked"]:
        body = _joined(body)
    return int(first.split()[1]), headers, body.decode()


def kernel_of(text: str) -> str:
    """The id of the kernel of a page. Raises AssertionError if it has none."""
    match = re.search(r'"kernelId":\s*"([0-9a-f-]+)"', text)
    assert match is not None
    return match[1]


async def say_goodbye(url: str, kernel: str, cookie: str) -> None:
    """What a page says when it is closed."""
    token = re.search(r"_xsrf=([^;]*)", cookie)
    await fetch(url, f"/voila/api/shutdown/{kernel}", cookie, f"_xsrf={token[1] if token else ''}")


def _joined(chunked: bytes) -> bytes:
    found = b""
    while chunked:
        size, _, rest = chunked.partition(b"\r\n")
        length = int(size, 16)
        found += rest[:length]
        chunked = rest[length + 2 :] if length else b""
    return found


def cookies_of(headers: Mapping[str, Sequence[str]]) -> str:
    """The cookies that a reply sets, as a request sends them."""
    return "; ".join(line.split(";")[0] for line in headers.get("set-cookie", ()))
