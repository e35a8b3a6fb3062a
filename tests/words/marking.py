"""A language of its own for tests: each sentence that is said stands in brackets, and what is said past it is found."""

from __future__ import annotations

import re
from gettext import NullTranslations
from typing import Any

import pytest

from regviz import language as words

OPENED, CLOSED = "⟦", "⟧"
INSIDE = re.compile(rf"{OPENED}[^{OPENED}{CLOSED}]*{CLOSED}")


class Marking(NullTranslations):
    """Puts what it is asked for in brackets, and keeps it in `asked`."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        """The text itself, in brackets."""
        self.asked.add(message)
        return f"{OPENED}{message}{CLOSED}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form of `n`, in brackets."""
        self.asked.add(msgid1)
        return f"{OPENED}{msgid1 if n == 1 else msgid2}{CLOSED}"


def speak_marked(monkeypatch: pytest.MonkeyPatch) -> Marking:
    """Let the rest of a test speak the language of brackets."""
    marking = Marking()
    monkeypatch.setattr(words, "_catalogue", lambda: marking)
    return marking


def outside(said: Any) -> list[str]:
    """Words of two letters or more that stand outside of brackets, in a text or in all texts of lists and dicts."""
    if isinstance(said, dict):
        return [word for value in said.values() for word in outside(value)]
    if isinstance(said, (list, tuple)):
        return [word for value in said for word in outside(value)]
    text, before = re.sub(r"<[^>]*>", " ", str(said)), ""
    while text != before:
        before, text = text, INSIDE.sub(" ", text)
    return re.findall(r"[^\W\d_]{2,}", text)
