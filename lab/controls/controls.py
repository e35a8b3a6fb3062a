"""The knobs: what a person turns goes to the session, in the player's loop, and what it stands at comes back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from html import escape
from threading import get_ident
from typing import Any

import ipywidgets as widgets

from ..compare.knobs import BY_FIELD, GROUPS, KNOBS, Knob
from ..compare.lanes import TECHNIQUES, Lane
from ..compare.session import Session
from .knob_widgets import from_widget, marks_of, show_value, widget_of
from .requests import Requests


class Controls:
    """The widgets of all knobs, as one box: `box`. They stand at the values of `session`, and change it when turned.

    `fields` are those that have a knob, None for all. Raises ValueError for one that can have none.
    """

    def __init__(self, session: Session, requests: Requests, fields: Sequence[str] | None = None) -> None:
        for field in fields or ():
            if field not in BY_FIELD:
                raise ValueError(f"knobs has {field!r}; allowed are {', '.join(BY_FIELD)}, for example knobs=['l1']")
        self._session, self._requests = session, requests
        self._setting: int | None = None
        self._pending: dict[str, Any] = {}
        """What was turned and is not yet done: of each knob, only the newest value counts."""
        self.widgets: dict[str, widgets.Widget] = {}
        groups = []
        for group in GROUPS:
            rows: list[widgets.Widget] = []
            knobs = [knob for knob in KNOBS if knob.group == group and (fields is None or knob.field in fields)]
            if not knobs:
                continue
            if group != "strength":
                rows.append(widgets.HTML(f"<h2>{escape(group)}</h2>").add_class("rv-group"))
            for knob in knobs:
                rows += self._row(knob)
            groups.append(widgets.VBox(rows).add_class("rv-knobs").add_class(f"rv-{group}"))
        self.box = widgets.VBox(groups).add_class("rv-controls")
        self.follow(session.lanes)

    def turn(self, fields: Mapping[str, Any]) -> None:
        """Turn knobs, as a person would."""
        for field, value in fields.items():
            self._requests.do(partial(self._change, field, value))
        self.show()

    def show(self, but: Collection[str] = ()) -> None:
        """Set every widget that does not stand at the session's value, `but` those a person is just turning."""
        self._setting = get_ident()
        try:
            for field, widget in self.widgets.items():
                if field not in but:
                    show_value(BY_FIELD[field], widget, self._session.base)
        finally:
            self._setting = None

    def follow(self, lanes: Sequence[Lane]) -> None:
        """Give every technique's knob the colour of the first lane that uses it."""
        for field in TECHNIQUES:
            if (widget := self.widgets.get(field)) is not None:
                for name in [name for name in widget._dom_classes if name.startswith(("rv-lane-", "rv-unused"))]:
                    widget.remove_class(name)
                users = [i for i, lane in enumerate(lanes) if field in lane.uses]
                widget.add_class(f"rv-lane-{users[0]}" if users else "rv-unused")

    def _row(self, knob: Knob) -> list[widgets.Widget]:
        widget = widget_of(knob, self._session.base)
        widget.observe(lambda change: self._turned(knob.field, change["new"]), "value")
        self.widgets[knob.field] = widget
        return [widget, marks_of(knob)] if knob.marks else [widget]

    def _turned(self, field: str, value: Any) -> None:
        """A widget has moved, on any thread; on this one, `show` may just be setting it."""
        if self._setting == get_ident():
            return
        first = not self._pending
        self._pending[field] = value
        if first:
            self._requests.call(self._take_turns)

    def _take_turns(self) -> None:
        turned, self._pending = self._pending, {}
        for field, value in turned.items():
            self._requests.do(partial(self._change, field, value))

    def _change(self, field: str, value: Any) -> None:
        self._session.change(**{field: from_widget(field, value)})
        self.show(but={field, *self._pending})
