"""Packages that are installed and not wanted while something else is imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

GRAMMARS = "rfc3987_syntax"
"""Checks international addresses in JSON schemas. Jupyter's schemas have none, and jsonschema, which takes what is
installed, would spend three quarters of a server's imports on compiling its 38 grammars."""


@contextmanager
def without(module: str) -> Iterator[None]:
    """Have `module` not installed meanwhile, unless it is loaded already."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]
