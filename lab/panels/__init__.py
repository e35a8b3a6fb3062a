"""The pictures, one file or folder each; `parts` is what they share. A panel knows Matplotlib and a Snapshot only.

Adding a picture is adding a file: every class in this folder that is a `Panel` with a `name` is found by that name. A
class that a notebook hands to `Lab` is entered beside them, for links, experiments and the menu.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from regviz.errors import ArgumentError
from regviz.fields import closest
from regviz.language import tr

from .parts.base import Panel
from .parts.cells import Place

ALIASES = {"lesions": "ablation"}
"""Names that pictures had once, in links, experiments and notebooks that are still around."""


def _found() -> dict[str, type[Panel]]:
    panels: dict[str, type[Panel]] = {}
    for module in walk_packages(__path__, f"{__name__}."):
        if module.name.startswith(f"{__name__}.parts"):
            continue
        for thing in vars(import_module(module.name)).values():
            if isinstance(thing, type) and issubclass(thing, Panel) and "name" in vars(thing):
                panels[thing.name] = thing
    return dict(sorted(panels.items()))


PANELS: dict[str, type[Panel]] = _found()
"""Every picture by its name."""

SHIPPED = frozenset(PANELS)

VIEW = "~"
"""Stands before each word that says what is seen of a picture."""


def present_name(name: Any) -> Any:
    """Return the name that a picture has today; what is no former name stays as it is."""
    return ALIASES.get(name, name) if isinstance(name, str) else name


def _entered(kind: type[Panel]) -> type[Panel]:
    """Enter a custom picture, in place of an earlier one of its name (a cell is run again).

    A variant of a shipped picture that keeps its name is not entered: the name stays the shipped one's.
    """
    name = getattr(kind, "name", None)
    if not isinstance(name, str) or not name.isidentifier():  # a link separates names by commas
        allowed = "allowed is a Panel class whose name is letters, digits and underscores"
        raise ArgumentError("panels", f"{kind.__name__}.name = {name!r}", allowed, f'name = "{kind.__name__.lower()}"')
    if name not in SHIPPED:
        PANELS[name] = kind
    return kind


def spelled(panel: Panel) -> str:
    """Return the name of a picture and, behind it, what a person chose to see of it: "loss~log~last50"."""
    return VIEW.join([panel.name, *panel.views])


def made(wanted: object, present: Panel | None = None) -> Panel:
    """Return a picture as it is `spelled`, or of a class; or the `present` one, which keeps what was chosen unless
    told.

    Raises ArgumentError as `panel_class`.
    """
    panel = present if present is not None else panel_class(wanted)()
    if words := _words(wanted):
        panel.look_at(words)
    return panel


def _words(wanted: object) -> tuple[str, ...]:
    return tuple(wanted.split(VIEW)[1:]) if isinstance(wanted, str) else ()


def panel_class(wanted: object) -> type[Panel]:
    """Return the picture of that name, or the class itself, which then has its name here.

    Raises ArgumentError for one that does not exist, for a class without a name that a link could say, and for a name
    with views behind it ("loss~log") that it does not have.
    """
    if isinstance(wanted, type) and issubclass(wanted, Panel):
        return _entered(wanted)
    name = present_name(wanted.split(VIEW)[0] if isinstance(wanted, str) else wanted)
    if not isinstance(name, str) or name not in PANELS:
        allowed = tr("allowed are {names} and Panel classes", names=", ".join(PANELS))
        raise ArgumentError("panels", wanted, allowed, closest(wanted, PANELS))
    if words := _words(wanted):
        PANELS[name]().look_at(words)
    return PANELS[name]


__all__ = ["PANELS", "Panel", "Place", "made", "panel_class", "present_name", "spelled"]
