"""How many may hold something at the same time, counted from before the first wait on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tornado.web import HTTPError


class Places:
    """`most` places for each name."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._held: Counter[str] = Counter()

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Hold a place of `name` meanwhile. Raises HTTPError 429 if all are held."""
        if self._held[name] >= self.most:
            raise HTTPError(429)
        self._held[name] += 1
        try:
            yield
        finally:
            self._held[name] -= 1
            if not self._held[name]:
                del self._held[name]
