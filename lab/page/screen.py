"""The canvas in the page: sends frames, hears what the page says, and keeps to the credit it is given.

A frame is one message with one binary part. The page acknowledges frames it has *painted*, and `credit` keeps the pace
that it can follow: a slow line makes the picture slower, never late.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import Any

import anywidget
import numpy as np
import traitlets

from ..canvas.changes import Changes
from ..canvas.encode import runs
from ..look.style import module, stylesheet
from .credit import ANSWER_EVERY, Credit

AWAY = 12.0
"""Seconds without a word from the page after which it counts as gone. The page speaks every 4 s."""


class Screen(anywidget.AnyWidget):
    """The picture, the sentence and the table below it.

    The page's messages are stored by `on_message` and read by the player's loop (`take`): JupyterLab delivers them on
    another thread. `wake` is called, on that thread, whenever one has come.
    """

    _esm = module(
        "look/room_kept.js",
        *(f"page/{name}.js" for name in ("picture", "page", "copy", "gestures", "keys", "screen")),
    )
    _css = stylesheet()

    mode = traitlets.Unicode("light", help="light or dark").tag(sync=True)
    query = traitlets.Unicode("", help="the present state as the query string of a link").tag(sync=True)
    description = traitlets.Unicode("Live charts of the networks in training").tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.credit = Credit()
        self.frame = 0
        self.visible = False
        self.wake: Callable[[], None] = lambda: None
        self.clock: Callable[[], float] = perf_counter
        self.last_word = self.clock()
        self._inbox: deque[dict[str, Any]] = deque()
        self.on_msg(self._on_message)

    def _on_message(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        self._inbox.append(content)
        self.wake()

    def take(self) -> list[dict[str, Any]]:
        """Every message since the last call, oldest first; acknowledgements and visibility are dealt with here."""
        messages: list[dict[str, Any]] = []
        while self._inbox:
            message = self._inbox.popleft()
            self.last_word = self.clock()
            kind = message.get("kind")
            if kind == "painted":
                self.credit.painted(int(message["frame"]), self.last_word, float(message["held"]) / 1000)
            elif kind == "visible":
                self.visible = bool(message["on"])
                messages.append(message)
            elif kind != "alive":
                messages.append(message)
        return messages

    @property
    def watched(self) -> bool:
        """True while a page shows the picture: visible, and heard of within the last `AWAY` seconds."""
        return self.visible and self.clock() - self.last_word < AWAY

    def show(self, changes: Changes, facts: dict[str, Any]) -> int:
        """Send one frame; `facts` (step, table, sentence, …) go with it. Returns the number of bytes of pixels."""
        self.frame += 1
        if changes.whole:
            self.credit.reset()
        header: dict[str, Any] = {"kind": "frame", "frame": self.frame, **facts}
        if changes.whole:
            header["whole"] = [changes.width, changes.height, changes.ratio]
            header["every"] = round(1000 * ANSWER_EVERY)
        parts: list[bytes] = []
        if changes.rectangles:
            header["rectangles"] = [[r.x, r.y, *reversed(r.flips.shape)] for r in changes.rectangles]
            values, lengths = runs(np.concatenate([r.flips.ravel() for r in changes.rectangles]))
            header["runs"] = len(values)
            parts += [values.tobytes(), lengths.tobytes()]
        if changes.images:
            header["images"] = [
                [
                    image.key,
                    *(round(value, 2) for value in (image.x, image.y, image.width, image.height)),
                    int(image.smooth),
                    *reversed(image.index.shape),
                    int(image.table is not None),
                ]
                for image in changes.images
            ]
            for image in changes.images:
                if image.table is not None:
                    parts.append(image.table.tobytes())
                parts.append(image.index.tobytes())
        if changes.texts:
            header["texts"] = changes.texts
        body = b"".join(parts)
        self.credit.sent(self.frame, self.clock())
        self.send(header, [body] if body else None)
        return len(body)
