"""The visual lab: `Lab()` in a notebook cell shows it."""

from __future__ import annotations

from .app import Lab
from .lanes import Lane

__all__ = ["Lab", "Lane"]
