"""Messages of a page, looked at before anything of them is unpacked: a stranger may have written them.

A message claims how many parts it has, and Jupyter's server believes it: eight bytes that claim 3·10⁷ kept it busy for
nine seconds, and 64 bytes of ones for ever.
"""

from __future__ import annotations

import json
import struct
from itertools import pairwise
from typing import Any

V1 = "v1.kernel.websocket.jupyter.org"
"""The subprotocol with 64-bit offsets; without it a message is text, or binary with 32-bit ones."""

MOST_PARTS = 64
"""Parts of one message. A widget's has a handful, its buffers included."""

HEAD = 6
"""Offsets that every v1 message has: channel, header, parent header, metadata, content, and the end."""


def fault(message: str | bytes, subprotocol: str | None) -> str:
    """What is wrong with `message`, a page's, in words; "" if it may be unpacked."""
    try:
        if subprotocol == V1:
            return _fault_of_v1(message)
        if isinstance(message, bytes):
            return _fault_of_binary(message)
        return _fault_of_text(message)
    except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, or nested without end
        return f"it cannot be read ({type(error).__name__})"


def _fault_of_v1(message: str | bytes) -> str:
    """v1: a count n and n offsets, 8 bytes each, little-endian; then the parts."""
    if not isinstance(message, bytes):
        return "it is text where bytes were agreed on"
    count = int.from_bytes(message[:8], "little")
    if not HEAD <= count <= MOST_PARTS or len(message) < 8 * (count + 1):
        return f"it claims {count} parts in {len(message)} bytes"
    offsets = struct.unpack_from(f"<{count}Q", message, 8)
    if wrong := _wrong_offsets(offsets, 8 * (count + 1), len(message)):
        return wrong
    channel, *parts = (message[start:stop] for start, stop in pairwise(offsets[:HEAD]))
    channel.decode()
    contents = [json.loads(part) for part in parts]
    return _fault_of_header(contents[0]) or _fault_of_objects(contents)


def _fault_of_binary(message: bytes) -> str:
    """The older format: a count and its offsets, 4 bytes each, big-endian; the first part is the message as JSON."""
    count = int.from_bytes(message[:4], "big")
    if not 1 <= count <= MOST_PARTS or len(message) < 4 * (count + 1):
        return f"it claims {count} parts in {len(message)} bytes"
    offsets = struct.unpack_from(f"!{count}I", message, 4)
    if wrong := _wrong_offsets(offsets, 4 * (count + 1), len(message)):
        return wrong
    return _fault_of_text(message[offsets[0] : offsets[1] if count > 1 else len(message)].decode())


def _fault_of_text(text: str) -> str:
    """A whole message as JSON."""
    message = json.loads(text)
    if not isinstance(message, dict):
        return "it is no object"
    if not isinstance(message.get("channel", ""), (str, type(None))):
        return "its channel is no name"
    parts = [message.get(name) for name in ("parent_header", "metadata", "content")]
    return _fault_of_header(message.get("header")) or _fault_of_objects(parts)


def _wrong_offsets(offsets: tuple[int, ...], first: int, end: int) -> str:
    inside = offsets[0] >= first and offsets[-1] <= end
    return "" if inside and all(a <= b for a, b in pairwise(offsets)) else "its parts lie outside of it"


def _fault_of_header(header: Any) -> str:
    named = isinstance(header, dict) and all(isinstance(header.get(key), str) for key in ("msg_id", "msg_type"))
    return "" if named else "its header has no msg_id or no msg_type"


def _fault_of_objects(parts: list[Any]) -> str:
    return "" if all(isinstance(part, dict) for part in parts) else "a part of it is no object"
