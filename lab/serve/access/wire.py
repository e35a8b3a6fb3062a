"""Messages of a page, looked at before anything of them is unpacked: a stranger may have written them.

A message claims how many parts it has, and Jupyter's server believes it: eight bytes that claim 3·10⁷ kept it busy for
nine seconds, and 64 bytes of ones for ever.
"""

from __future__ import annotations

import asyncio
import json
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from jupyter_client.jsonutil import ISO8601_PAT, parse_date

V1 = "v1.kernel.websocket.jupyter.org"
"""The subprotocol with 64-bit offsets; without it a message is text, or binary with 32-bit ones."""

MOST_PARTS = 64
"""Parts of one message. A widget's has a handful, its buffers included."""

LONGEST_WORD = 300
"""Characters of a header's value."""

LARGEST = {"channel": 300, "header": 10_000, "parent header": 10_000, "metadata": 10_000, "content": 1_000_000}
"""Bytes of JSON in each part. The longest content is drawn points that a tab has kept; files come in buffers."""

HEAD = 6
"""Offsets that every v1 message has: channel, header, parent header, metadata, content, and the end."""


VERSION = re.compile(r"5(\.\d{1,3})?", re.ASCII)
"""What a page calls the protocol's version; a kernel takes the number before the dot as one."""


class Unreadable(ValueError):
    """What is wrong with a message, in words."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a message is about; its buffers are left alone."""

    channel: str
    name: str
    kind: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cut:
    """A message that is cut into its parts, of which nothing has been read yet: the way to it is `read`.

    To read JSON takes twenty times the memory of its bytes, and holds up everybody: `words` is how many bytes of JSON
    there are, and `read` reads no more than the header unless its caller wants the message.
    """

    words: int
    _channel: bytes | None
    _parts: tuple[bytes | str, ...]

    def read(self, wanted: Callable[[str, str], bool] = lambda channel, kind: True) -> Opened:
        """Read the message; its content is empty if its channel and kind are not `wanted`.

        Raises Unreadable for what must not be unpacked.
        """
        try:
            if self._channel is None:
                channel, header, *rest = _of_text(self._parts[0])
            else:
                channel, header, *rest = self._channel.decode(), json.loads(self._parts[0]), *self._parts[1:]
            name, kind = _check_header(header)
            if not wanted(channel, kind):
                return Opened(channel, name, kind, {})
            if self._channel is not None:
                rest = [json.loads(part) for part in rest]
            if not all(isinstance(part, dict) for part in rest):
                raise Unreadable("a part of it is no object")
            _check_dates(rest[0])
            return Opened(channel, name, kind, rest[2])
        except Unreadable:
            raise
        except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, or nested without end
            raise Unreadable(f"it cannot be read ({type(error).__name__})") from None


def fault(message: str | bytes, subprotocol: str | None) -> str:
    """Return what is wrong with `message`, a page's, in words; "" if it may be unpacked."""
    try:
        opened(message, subprotocol)
    except Unreadable as error:
        return str(error)
    return ""


def opened(message: str | bytes, subprotocol: str | None) -> Opened:
    """Look into `message`, a page's. Raises Unreadable for one that must not be unpacked."""
    return cut(message, subprotocol).read()


def cut(message: str | bytes, subprotocol: str | None) -> Cut:
    """Cut `message`, a page's, into its parts. Raises Unreadable if it has none, or words without end."""
    if subprotocol == V1:
        return _cut_v1(message)
    return _cut_binary(message) if isinstance(message, bytes) else _cut_text(message)


def _cut_v1(message: str | bytes) -> Cut:
    """v1: a count n and n offsets, 8 bytes each, little-endian; then the parts."""
    if not isinstance(message, bytes):
        raise Unreadable("it is text where bytes were agreed on")
    count = int.from_bytes(message[:8], "little")
    if not HEAD <= count <= MOST_PARTS or len(message) < 8 * (count + 1):
        raise Unreadable(f"it claims {count} parts in {len(message)} bytes")
    offsets = struct.unpack_from(f"<{count}Q", message, 8)
    _check_offsets(offsets, 8 * (count + 1), len(message))
    for (start, stop), (name, most) in zip(pairwise(offsets[:HEAD]), LARGEST.items(), strict=True):
        if stop - start > most:
            raise Unreadable(f"its {name} has {stop - start} bytes")
    channel, *parts = (message[start:stop] for start, stop in pairwise(offsets[:HEAD]))
    return Cut(offsets[HEAD - 1] - offsets[0], channel, tuple(parts))


def _cut_binary(message: bytes) -> Cut:
    """The older format: a count and its offsets, 4 bytes each, big-endian; the first part is the message as JSON."""
    count = int.from_bytes(message[:4], "big")
    if not 1 <= count <= MOST_PARTS or len(message) < 4 * (count + 1):
        raise Unreadable(f"it claims {count} parts in {len(message)} bytes")
    offsets = struct.unpack_from(f"!{count}I", message, 4)
    _check_offsets(offsets, 4 * (count + 1), len(message))
    return _cut_text(message[offsets[0] : offsets[1] if count > 1 else len(message)])


def _cut_text(text: str | bytes) -> Cut:
    """A whole message as JSON."""
    if len(text) > LARGEST["content"]:
        raise Unreadable(f"its text has {len(text)} bytes")
    return Cut(len(text), None, (text,))


def _of_text(text: str | bytes) -> list[Any]:
    """Channel, header, parent header, metadata and content of a message that is JSON."""
    message = json.loads(text)
    if not isinstance(message, dict):
        raise Unreadable("it is no object")
    channel = message.get("channel") or "shell"  # as the server takes it
    if not isinstance(channel, str):
        raise Unreadable("its channel is no name")
    return [channel, *(message.get(name) for name in ("header", "parent_header", "metadata", "content"))]


def _check_offsets(offsets: tuple[int, ...], first: int, end: int) -> None:
    inside = offsets[0] >= first and offsets[-1] <= end
    if not inside or any(a > b for a, b in pairwise(offsets)):
        raise Unreadable("its parts lie outside of it")


def _check_header(header: Any) -> tuple[str, str]:
    """The message's name and kind. Raises Unreadable if this is no header."""
    if not isinstance(header, dict) or not all(isinstance(header.get(key), str) for key in ("msg_id", "msg_type")):
        raise Unreadable("its header has no msg_id or no msg_type")
    if not all(isinstance(value, str) and len(value) <= LONGEST_WORD for value in header.values()):
        raise Unreadable("its header holds something else than words")
    if not VERSION.fullmatch(header.get("version", "5")):
        raise Unreadable(f"it claims the protocol's version {header['version']!r:.40}")
    _check_dates(header)
    return header["msg_id"], header["msg_type"]


def _check_dates(said: Any) -> None:
    """Raise Unreadable for a date in `said` that is none, or has no time zone: a kernel would end its turn by it."""
    if isinstance(said, str):
        date = ISO8601_PAT.match(said)  # what a kernel takes for one, wherever it stands
        if date is None:
            return
        try:
            if date[3] is None:
                raise ValueError("it has no time zone")
            parse_date(said)
        except (ValueError, OverflowError):
            raise Unreadable(f"its date {said!r:.40} is none") from None
    elif isinstance(said, (dict, list)):
        for part in said.values() if isinstance(said, dict) else said:
            _check_dates(part)


def let_go(sent: Any) -> Any:
    """Return the future of a message that was sent. Its line may be cut under way, which nobody waits to hear."""
    if isinstance(sent, asyncio.Future):
        sent.add_done_callback(lambda done: done.cancelled() or done.exception())
    return sent
