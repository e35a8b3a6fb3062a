"""The visual lab: `Lab()` in a notebook cell shows it.

Nothing is imported before it is asked for: the command line and the server extension live in this package too, and
neither should load Matplotlib, nor fail where it is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app import Lab
    from .lanes import Lane

__all__ = ["Lab", "Lane"]


def __getattr__(name: str) -> Any:
    if name == "Lab":
        from .app import Lab

        return Lab
    if name == "Lane":
        from .lanes import Lane

        return Lane
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
