"""Files on their way from the person: a button that chooses one, and the page, on which one is dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from regviz.language import tr

from ..look.style import module
from .weighing import most

Heard = Callable[[str, bytes], None]
"""Takes a file's name and content, on the thread that brought it."""

PART = 1_000_000
"""Bytes of a file in one message: servers close the line on one of ten million."""


MOST_AT_ONCE = 3
"""Files that may be on their way at the same time, no larger together than one may be; an older one is given up."""


class Files(anywidget.AnyWidget):
    """A widget to which files come, in parts; `heard` takes each one when it is whole."""

    largest = traitlets.Int(help="bytes of a file that the page sends").tag(sync=True)
    part = traitlets.Int(PART).tag(sync=True)

    def __init__(self, heard: Heard, **traits: Any) -> None:
        super().__init__(**traits)
        self._heard, self._parts = heard, dict[str, list[bytes]]()
        self.most = self.largest  # a page may set what it shares with the kernel
        self.on_msg(self._on_message)

    @traitlets.default("largest")
    def _usual_size(self) -> int:
        return most()

    def _on_message(self, _widget: Any, message: Any, buffers: Any) -> None:
        if not isinstance(message, dict):
            return
        if message.get("kind") != "part":
            self.hear(message)
            return
        try:
            key, name, place, of = str(message["key"]), str(message["name"]), int(message["place"]), int(message["of"])
        except (KeyError, TypeError, ValueError):  # no page of ours
            return
        if place == 0:
            self._parts[key] = []
            for older in list(self._parts)[:-MOST_AT_ONCE]:
                del self._parts[older]
        parts = self._parts.get(key)
        if parts is None or len(parts) != place:  # what lies between went down with a line that was cut
            self._parts.pop(key, None)
            if place + 1 == of:
                self._heard(name, Torn())
            return
        parts.append(b"".join(bytes(buffer) for buffer in buffers or ()))
        while sum(len(part) for its in self._parts.values() for part in its) > self.most:
            del self._parts[next(iter(self._parts))]  # the oldest one is given up
        if key in self._parts and place + 1 == of:
            del self._parts[key]
            self._heard(name, b"".join(parts))

    def hear(self, message: dict[str, Any]) -> None:
        """Hear anything else that the page says."""
        size = message.get("size")
        if message.get("kind") == "too large" and isinstance(size, int):
            self._heard(str(message.get("name")), TooLarge(size))


class TooLarge(bytes):
    """Stands for the content of a file that was not sent, because it has `size` bytes."""

    size: int

    def __new__(cls, size: int) -> TooLarge:
        found = super().__new__(cls)
        found.size = size
        return found


class Torn(bytes):
    """Stands for the content of a file of which some parts have not come."""

    def sentence(self, name: str) -> str:
        """Return what to say of the file of this name."""
        return tr("{name} did not arrive whole. Please choose it again.", name=name)


class FileButton(Files):
    """A button that lets a person choose a file."""

    _esm = module("controls/parts.js", "controls/file_button.js")

    accept = traitlets.Unicode(help="ends of names that are offered, with commas between them").tag(sync=True)
    description = traitlets.Unicode().tag(sync=True)
    tooltip = traitlets.Unicode().tag(sync=True)

    @traitlets.default("description")
    def _usual(self) -> str:
        return tr("Choose a file…")


class Doorstep(Files):
    """Takes the files that are dropped anywhere on the lab. Shows nothing until one is held above it.

    The page may also bring back the table that its tab has kept; then `kept` is called first, with what the page says
    of it.
    """

    _esm = module("controls/parts.js", "controls/kept_table.js", "controls/doorstep.js")

    def __init__(self, heard: Heard, kept: Callable[[dict[str, Any]], None] = lambda said: None) -> None:
        super().__init__(heard)
        self._kept = kept

    def hear(self, message: dict[str, Any]) -> None:
        """Hear anything else that the page says."""
        if message.get("kind") == "kept":
            self._kept(message)
        else:
            super().hear(message)
