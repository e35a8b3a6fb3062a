"""Files and programs on their way to the person: a download of the page, and code to copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..look.style import module

TYPES = {
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".csv": "text/csv",
    ".json": "application/json",
    ".py": "text/x-python",
}


class Download(anywidget.AnyWidget):
    """Hands files to the browser, which keeps them where it keeps downloads. Shows nothing."""

    _esm = module("page/saving.js", "controls/download.js")

    def hand_over(self, name: str, content: bytes) -> None:
        """Let every page that shows the lab download `content` as a file called `name`."""
        kind = TYPES.get(Path(name).suffix, "application/octet-stream")
        self.send({"kind": "file", "name": name, "type": kind}, [content])


class Code(anywidget.AnyWidget):
    """Programs as text to select and copy; hidden while there is none.

    `programs` is a list of {"name": of a lane, "codes": [[name of a library, text], …]}.
    """

    _esm = module("page/copy.js", "controls/code.js")

    programs: Any = traitlets.List().tag(sync=True)
