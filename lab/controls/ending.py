"""The end of widgets: ipywidgets keeps every widget that was not closed, and all that its callbacks know."""

from __future__ import annotations

import ipywidgets as widgets


def close_all(*tops: widgets.Widget) -> None:
    """Close widgets and everything below them, their layouts and styles too."""
    waiting, met = list(tops), {}
    while waiting:
        widget = waiting.pop()
        if id(widget) in met or widget.comm is None:
            continue
        met[id(widget)] = widget
        for name in widget.keys:
            value = getattr(widget, name)
            parts = value if isinstance(value, (list, tuple)) else (value,)
            waiting += [part for part in parts if isinstance(part, widgets.Widget)]
    for widget in met.values():
        widgets.Widget.close(widget)
