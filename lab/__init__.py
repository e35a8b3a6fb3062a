"""The visual lab: `Lab()` in a notebook cell shows it.

Nothing is imported before it is asked for: the command line and the server extension live in this package too, and
neither should load Matplotlib, nor fail where it is missing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app import Lab
    from .compare.lanes import Lane
    from .lessons import evidence
    from .lessons.because import Because
    from .lessons.lesson import Break, Lesson

__all__ = ["Because", "Break", "Lab", "Lane", "Lesson", "evidence"]

_PLACES = {
    "Because": "lessons.because",
    "Break": "lessons.lesson",
    "Lab": "app",
    "Lane": "compare.lanes",
    "Lesson": "lessons.lesson",
}


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(import_module(f".{_PLACES[name]}", __name__), name)
    if name == "evidence":
        return import_module(".lessons.evidence", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
