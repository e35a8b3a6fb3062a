"""The cell that a lab is the output of: run again, it ends the lab that it made before, once nobody sees it.

IPython tells which cell runs: JupyterLab, Notebook and VS Code send its id with the code, others are known by the code.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from IPython import get_ipython

_made: dict[str, list[tuple[str, weakref.ref[Any]]]] = {}
"""Labs by the cell that made them, each with the run of the cell in which it was made."""


_elsewhere: weakref.WeakSet[Any] = weakref.WeakSet()
"""Labs that another cell than their own has shown."""


def running() -> tuple[str, str] | None:
    """Return the cell that runs now, and which run of it this is; None outside of a notebook's cell."""
    parent = _request()
    if parent is None:
        return None
    cell = parent.get("metadata", {}).get("cellId") or parent.get("content", {}).get("code")
    return str(cell), str(parent["header"].get("msg_id"))


def _request() -> dict[str, Any] | None:
    shell = get_ipython()
    parent: dict[str, Any] = (shell.get_parent() if hasattr(shell, "get_parent") else None) or {}
    return parent if parent.get("header", {}).get("msg_type") == "execute_request" else None


def enter(lab: Any, replaced: Callable[[Any], None]) -> None:
    """Note that `lab` is made by the cell that runs; `replaced` is called with every lab that an earlier run of it
    made.
    """
    where = running()
    if where is None:
        return
    cell, run = where
    known = [(its, ref) for its, ref in _made.get(cell, []) if ref() is not None]
    _made[cell] = [(its, ref) for its, ref in known if its == run] + [(run, weakref.ref(lab))]
    for its, ref in known:
        if its != run and (earlier := ref()) is not None:
            replaced(earlier)


def leaving() -> list[Any]:
    """Return the labs that an earlier run of the cell that runs now has made, and that no other cell has shown."""
    where = running()
    known = [] if where is None else [ref() for its, ref in _made.get(where[0], []) if its != where[1]]
    return [lab for lab in known if lab is not None and lab not in _elsewhere]


def shown(lab: Any) -> None:
    """Note that `lab` is in the output of the cell that runs."""
    where = running()
    if where is not None and not any(ref() is lab for _, ref in _made.get(where[0], [])):
        _elsewhere.add(lab)


def forget(lab: Any) -> None:
    """Take `lab` out of IPython's memory of outputs (`Out`, `_`); a name that a person gave it stays."""
    shell = get_ipython()
    if shell is None:
        return
    outputs = shell.user_ns.get("_oh", {})
    numbers = [number for number, value in outputs.items() if value is lab]
    for number in numbers:
        del outputs[number]
    for names in (shell.user_ns, shell.user_ns_hidden):  # the names that IPython gave are in both
        for number in numbers:
            names.pop(f"_{number}", None)
        for name in ("_", "__", "___"):
            if names.get(name) is lab:
                names[name] = ""
    for name in ("_", "__", "___"):
        if getattr(shell.displayhook, name, None) is lab:
            setattr(shell.displayhook, name, "")
