"""What a notebook's page will load: browsers fetch it while the kernel starts, and need not first be told by scripts.

Scripts load scripts, which load others: on a line of 80 ms the last came after two seconds of waiting. Which they are,
no list says; so the first visitor's browser shows it, and the heads of later pages name them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from urllib.parse import unquote

LEARNS = 60.0
"""Seconds from a notebook's first page in which its scripts are noted; what comes later, a person has asked for."""

MOST, MOST_BYTES = 200, 10_000_000
"""Scripts of a page, and their bytes, not compressed; the lab's has some 60 with 5 million. Whoever pretends to be a
page may have all later visitors load so much, and no more."""

PAGE = re.compile(r"/voila/render/([^?#]+)")


class Early:
    """The scripts of each notebook's page, by the page setting that names their root and the rest of their address."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pages: dict[str, tuple[float, dict[tuple[str, str], int]]] = {}

    def scripts(self, path: str) -> list[tuple[str, str]]:
        """Return the scripts of the notebook at `path` as far as they are known, in their order. It is being sent
        now.
        """
        _, found = self._pages.setdefault(path, (self._clock() + LEARNS, {}))
        return list(found)

    def note(self, page: str, root: str, rest: str, size: int) -> None:
        """Note that a browser has asked for a script of `size` bytes for the page at the address `page`."""
        match = PAGE.search(page)
        until, found = self._pages.get(unquote(match[1]), (0.0, {})) if match else (0.0, {})
        if self._clock() < until and len(found) < MOST and sum(found.values()) + size <= MOST_BYTES:
            found[root, rest] = size
