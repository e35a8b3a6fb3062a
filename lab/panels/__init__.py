"""The pictures, one file each. A panel knows Matplotlib and a Snapshot, nothing else.

Adding a picture is adding a file: every class in this folder that is a `Panel` with a `name` is found by that name.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from .base import Panel, Place


def _found() -> dict[str, type[Panel]]:
    panels: dict[str, type[Panel]] = {}
    for module in iter_modules(__path__):
        for thing in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(thing, type) and issubclass(thing, Panel) and "name" in vars(thing):
                panels[thing.name] = thing
    return panels


PANELS: dict[str, type[Panel]] = _found()
"""Every picture by its name."""

__all__ = ["PANELS", "Panel", "Place"]
