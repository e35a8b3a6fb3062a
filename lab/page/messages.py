"""What a page may say: each kind of message, and what its fields must be. Whatever else comes is no page's."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

LONGEST_SIDE = 10_000.0
"""CSS pixels of a page at most, in either direction."""

LONGEST_SEARCH = 20_000
"""Characters of a link's query at most."""

MOST_KEPT = 400_000
"""Characters of drawn points that a page's tab keeps at most."""

LONGEST_TYPED = 200
"""Characters of a number that a person types, at most."""

Check = Callable[[Any], bool]


def _number(low: float, high: float) -> Check:
    def check(value: Any) -> bool:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high

    return check


def _integer(low: int, high: int) -> Check:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _text(longest: int) -> Check:
    return lambda value: isinstance(value, str) and len(value) <= longest


def _switch(value: Any) -> bool:
    return isinstance(value, bool)


_SIDE, _PLACE, _NAME = _number(0, LONGEST_SIDE), _number(-1e6, 1e6), _text(100)

FIELDS: dict[str, Check] = {
    "view": _NAME,
    "width": _SIDE,
    "room": _number(-LONGEST_SIDE, LONGEST_SIDE),
    "row": _SIDE,
    "ratio": _number(0.1, 10),
    "dark": _switch,
    "reduced": _switch,
    "on": _switch,
    "search": _text(LONGEST_SEARCH),
    "frame": _integer(0, 2**53),
    "held": _number(-1e9, 1e9),
    "word": _NAME,
    "what": lambda value: value in ("move", "click", "back", "leave"),
    "x": _PLACE,
    "y": _PLACE,
    "picture": _NAME,
    "key": _NAME,
    "command": _NAME,
    "lane": _integer(-1, 100),
    "field": _NAME,
    "text": _text(LONGEST_TYPED),
    "act": lambda value: isinstance(value, str) and value in ACTS,
    "point": _integer(0, 2**53),
    "class": _integer(0, 100),
    "stroke": _integer(0, 2**53),
    "goes_on": _switch,
    "kept": _text(MOST_KEPT),
    "epoch": lambda value: value is None or _number(0, math.inf)(value),
}
"""What each field must be, whatever kind of message it stands in."""

KINDS: dict[str, tuple[str, ...]] = {
    "ready": ("width", "room", "ratio", "dark", "search", "reduced", "on"),
    "resize": ("width", "room", "ratio"),
    "look": ("dark",),
    "visible": ("on",),
    "alive": (),
    "lost": (),
    "gone": (),
    "painted": ("frame", "held"),
    "settle": ("word",),
    "pointer": ("what", "x", "y"),
    "cursor": ("picture", "key"),
    "key": ("command",),
    "look back": ("epoch",),
    "pin": (),
    "dismiss": (),
    "link": (),
    "typed": ("field", "lane", "text"),
    "draw": ("act", "stroke"),
}
"""The kinds of messages, and the fields that each must have."""

ACTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("on", "off", "take", "empty", "class", "undo", "redo"), ()),
    "add": ("point", "x", "y", "class"),
    "move": ("point", "x", "y", "goes_on"),
    "flip": ("point",),
    "erase": ("point",),
}
"""What a person does to drawn points, and the fields that a message about it must have besides."""


def fault(message: Any) -> str:
    """Return what is wrong with `message`, in words; "" if it is one of a page."""
    if not isinstance(message, dict):
        return f"it is no object but {type(message).__name__}"
    kind = message.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        return f"there is no kind {kind!r:.60}"
    act = message.get("act")
    more = ACTS.get(act, ()) if kind == "draw" and isinstance(act, str) else ()
    missing = [name for name in (*KINDS[kind], *more) if name not in message]
    if missing:
        return f"{kind} lacks {', '.join(missing)}"
    wrong = [name for name, value in message.items() if name in FIELDS and not FIELDS[name](value)]
    return f"{kind} has {wrong[0]} = {message[wrong[0]]!r:.60}" if wrong else ""
