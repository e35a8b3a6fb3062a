"""What a visitor's page may say to its kernel: widgets' messages, so many at once, and nothing else.

Jupyter's protocol can run any program. A page of Voilà needs five kinds of messages, all on one channel; whatever else
comes was not sent by a page.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .wire import Opened

CONTROL = "jupyter.widget.control"
"""The comm target through which a page asks for all widgets at once."""

METHODS = {
    "update": {"state": dict},
    "custom": {},
    "request_state": {},
    "request_states": {},
}
"""What a page tells a widget, and the parts that it must have."""

LONGEST_ID = 200
"""Characters of a comm's id; ids that are made by programs have some forty."""

MESSAGES, MESSAGES_A_SECOND = 800, 200
"""Messages at once, and each second: a person who drags a slider sends sixty a second."""

BYTES, BYTES_A_SECOND = 128_000_000, 1_000_000
"""Bytes at once, and each second: the largest table and the largest experiment, one after the other."""

WORDS, WORDS_A_SECOND = 4_000_000, 200_000
"""Bytes of JSON at once, and each second. A slider's drag takes 30,000 a second; a table comes in buffers."""

REFUSALS, REFUSALS_A_SECOND = 100, 1
"""Messages that no page sends, at once and each second, after which a socket is closed."""

UNHEARD, UNHEARD_BYTES = 4000, 192_000_000
"""Messages that lie before a kernel which has not said anything since the first of them."""

REMEMBERED = 65_536
"""Messages after which one may have the same name again. A kernel remembers as many signatures at most."""


def stranger(channel: str, kind: str) -> str:
    """Return why no message of this kind is passed on to this channel, in words; "" if some are."""
    if channel != "shell":
        return f"nothing is passed on to the channel {channel!r:.40}"
    return "" if kind in ASKING or kind in COMMS else f"{kind!r:.40} is not passed on"


def fault(message: Opened) -> str:
    """Return why a page's message is not passed on, in words; "" if it is."""
    if wrong := stranger(message.channel, message.kind):
        return wrong
    return COMMS[message.kind](message.content) if message.kind in COMMS else ""


def _comm(content: dict[str, Any]) -> str:
    name, data = content.get("comm_id"), content.get("data")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_ID:
        return "its comm_id is no name"
    return "" if isinstance(data, dict) else "its data are no object"


def _opens(content: dict[str, Any]) -> str:
    target = content.get("target_name")
    return _comm(content) if target == CONTROL else f"a page opens {CONTROL}, not {target!r:.40}"


def _tells(content: dict[str, Any]) -> str:
    if wrong := _comm(content):
        return wrong
    data = content["data"]
    method = data.get("method")
    if not isinstance(method, str) or method not in METHODS:
        return f"widgets know no method {method!r:.40}"
    for part, kind in METHODS[method].items():
        if not isinstance(data.get(part), kind):
            return f"{method} has no {part}"
    paths = data.get("buffer_paths", [])
    if not isinstance(paths, list) or not all(isinstance(path, list) for path in paths):
        return "its buffer_paths are no paths"
    return ""


ASKING = ("kernel_info_request", "comm_info_request")
"""What a page asks of a kernel itself."""

COMMS: dict[str, Callable[[dict[str, Any]], str]] = {
    "comm_open": _opens,
    "comm_msg": _tells,
    "comm_close": lambda content: _comm({"data": {}, **content}),
}


class Bucket:
    """So much at once, and so much more each second."""

    def __init__(self, most: float, a_second: float, clock: Callable[[], float]) -> None:
        self._most, self._rate, self._clock = most, a_second, clock
        self._left, self._at = most, clock()

    def has(self, amount: float) -> bool:
        """Return whether there is so much in it."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._rate)
        self._at = now
        return amount <= self._left

    def take(self, amount: float) -> bool:
        """Take `amount` out. False if there is not so much in it; then nothing is taken."""
        if not self.has(amount):
            return False
        self._left -= amount
        return True


class Gate:
    """The rates of one socket: what comes too fast, or lies before a kernel that does not listen, is dropped.

    A message is charged for its size before anything of it is read (`admits`, `reads`), and counted again if it is to
    lie before the kernel (`passes`).
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._messages = Bucket(MESSAGES, MESSAGES_A_SECOND, clock)
        self._bytes = Bucket(BYTES, BYTES_A_SECOND, clock)
        self._words = Bucket(WORDS, WORDS_A_SECOND, clock)
        self._refusals = Bucket(REFUSALS, REFUSALS_A_SECOND, clock)
        self._unheard = self._unheard_bytes = 0
        self._names: dict[int, None] = {}

    def admits(self, size: int) -> bool:
        """Return True if a message of `size` bytes may be looked at now."""
        return self._messages.take(1) and self._bytes.take(size)

    def reads(self, words: int) -> bool:
        """Return True if so many bytes of JSON may be read now."""
        return self._words.take(words)

    def refuses(self) -> bool:
        """Count a message that is refused. False if there were so many that no page can be behind them."""
        return self._refusals.take(1)

    def repeats(self, name: str) -> bool:
        """Return True if a message of this name has come before. A kernel takes a second one for a forgery, and says
        so.
        """
        known = hash(name)  # names may be long
        if known in self._names:
            return True
        self._names[known] = None
        if len(self._names) > REMEMBERED:
            del self._names[next(iter(self._names))]
        return False

    def passes(self, size: int) -> bool:
        """Return True if a message of `size` bytes may be laid before the kernel."""
        if self._unheard >= UNHEARD or self._unheard_bytes + size > UNHEARD_BYTES:
            return False
        self._unheard += 1
        self._unheard_bytes += size
        return True

    def heard(self) -> None:
        """Note that the kernel has said something: it listens."""
        self._unheard = self._unheard_bytes = 0
