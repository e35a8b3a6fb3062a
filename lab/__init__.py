"""The visual lab: `Lab()` in a notebook cell shows it.

Nothing is imported before it is asked for: the command line and the server extension live in this package too, and
neither should load Matplotlib, nor fail where it is missing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import evidence
    from .app import Lab
    from .lanes import Lane
    from .lesson import Break, Lesson

__all__ = ["Break", "Lab", "Lane", "Lesson", "evidence"]

_PLACES = {"Break": "lesson", "Lab": "app", "Lane": "lanes", "Lesson": "lesson"}


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(import_module(f".{_PLACES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
