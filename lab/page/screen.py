"""The canvas in the page: sends frames and hears what the page says.

A frame is one message with one binary part. Every view of the widget gets it and takes what is meant for it. A view
acknowledges frames it has *painted*, and its `credit` keeps the pace that it can follow: a slow line makes the picture
slower, never late.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import anywidget
import numpy as np
import traitlets

from regviz.language import tr

from ..canvas.changes import Changes
from ..canvas.encode import runs
from ..look.style import module, stylesheet
from .messages import fault
from .views import View, Views

log = logging.getLogger(__name__)

PARTS = (
    "picture",
    "page",
    "copy",
    "saving",
    "gestures",
    "drawing",
    "draw_bar",
    "planes",
    "sizes",
    "plane_keys",
    "keys",
    "host",
    "typing",
    "address",
    "screen",
)


class Screen(anywidget.AnyWidget):
    """The picture, the sentence and the table below it.

    The page's messages are stored by `on_message` and read by the player's loop (`take`): JupyterLab delivers them on
    another thread. `wake` is called, on that thread, whenever one has come.
    """

    _esm = module("look/room_kept.js", *(f"page/{name}.js" for name in PARTS))
    _css = stylesheet()

    mode = traitlets.Unicode("light", help="light or dark").tag(sync=True)
    query = traitlets.Unicode("", help="the present state as the query string of a link").tag(sync=True)
    description = traitlets.Unicode(help="what the picture shows, for who cannot see it").tag(sync=True)

    @traitlets.default("description")
    def _usual(self) -> str:
        return tr("Live charts of the networks in training")

    def __init__(self) -> None:
        super().__init__()
        self.views = Views()
        self.frame = 0
        self.refused = 0
        """Messages that were dropped because no page says such things."""
        self.wake: Callable[[], None] = lambda: None
        self.clock: Callable[[], float] = perf_counter
        self._inbox: deque[dict[str, Any]] = deque()
        self.on_msg(self._on_message)

    def _on_message(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if wrong := fault(content):  # no page of ours: anybody can write to a socket
            self.refuse(wrong)
            return
        self._inbox.append(content)
        self.wake()

    def refuse(self, wrong: str) -> None:
        """Count a message that is dropped, and say once what was `wrong` with it."""
        self.refused += 1
        if self.refused == 1:
            log.warning("a message to the lab was dropped: %s (further ones are dropped silently)", wrong)

    def take(self) -> list[dict[str, Any]]:
        """Return every message since the last call, oldest first, but for acknowledgements and signs of life."""
        messages: list[dict[str, Any]] = []
        while self._inbox:
            message = self._inbox.popleft()
            if not self.views.hear(message, self.clock()):
                self.send({"kind": "who", "view": message.get("view", "")})
            elif message.get("kind") not in ("painted", "alive"):
                messages.append(message)
        return messages

    def watching(self) -> list[View]:
        """Return the views that somebody may be looking at, the one in front first."""
        return self.views.watched(self.clock())

    def show(self, changes: Changes, facts: dict[str, Any], views: Sequence[View]) -> int:
        """Send one frame to `views`; `facts` (step, table, sentence, …) go with it. Returns the bytes of its pixels."""
        self.frame += 1
        header: dict[str, Any] = {
            "kind": "frame",
            "frame": self.frame,
            "views": [view.name for view in views],
            "after": [view.last_frame for view in views],  # a frame is a difference from that one
            **facts,
        }
        if changes.whole:
            header["whole"] = [changes.width, changes.height, changes.ratio]
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
        now = self.clock()
        for view in views:
            if changes.whole:
                view.credit.reset()
                view.fresh = view.asked = False
            view.last_frame = self.frame
            view.credit.sent(self.frame, now)
        self.send(header, [body] if body else None)
        return len(body)
