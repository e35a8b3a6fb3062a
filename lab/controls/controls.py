"""The knobs: what a person turns goes to the session, in the player's loop, and what it stands at comes back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from html import escape
from threading import get_ident
from typing import Any

import ipywidgets as widgets

from regviz.config import FIELDS
from regviz.errors import ArgumentError
from regviz.fields import closest
from regviz.language import tr

from ..compare.knobs import GROUPS, Knob, knobs, usual_knobs
from ..compare.lanes import TECHNIQUES, Lane
from ..compare.presets import AN_OWN_VALUE
from ..compare.session import Session
from .knob_widgets import from_widget, mark, marks_of, show_value, widget_of
from .requests import Requests
from .typed import refusal


class Controls:
    """The widgets of all knobs, as one box: `box`. They stand at the values of `session`, and change it when turned.

    `fields` are those that have a knob. None for the usual ones: those of all fields, but of techniques only those that
    the usual lanes or the present ones use. Raises ArgumentError for a field that can have none.
    """

    def __init__(self, session: Session, requests: Requests, fields: Sequence[str] | None = None) -> None:
        self._knobs = knobs()
        fields = checked_knob_names(fields)
        self._session, self._requests, self._fields = session, requests, fields
        self._setting: int | None = None
        self._pending: dict[str, Any] = {}
        """What was turned and is not yet done: of each knob, only the newest value counts."""
        self._refused: dict[str, str] = {}
        """Of each field that holds what was refused, the sentence that says so."""
        self.widgets: dict[str, widgets.Widget] = {}
        self._rows: dict[str, list[widgets.Widget]] = {}
        self._groups = {
            group: widgets.VBox().add_class("rv-knobs").add_class(f"rv-{group}")
            for group in GROUPS
            if any(self._knobs[field].group == group for field in fields or self._knobs)
        }
        self.box = widgets.VBox(list(self._groups.values())).add_class("rv-controls")
        self.follow(session.lanes)

    def turn(self, fields: Mapping[str, Any]) -> bool:
        """Turn knobs, each by itself, as a person would; the page says all that is impossible. True if nothing is."""
        done = self._requests.do(*(partial(self._change, field, value) for field, value in fields.items()))
        self.show()
        return done

    def show(self, but: Collection[str] = ()) -> None:
        """Set every widget that does not stand at the session's value, `but` those a person is just turning."""
        self._setting = get_ident()
        try:
            for field, widget in self.widgets.items():
                if field not in but:
                    show_value(self._knobs[field], widget, self._session.base)
                    self._refused.pop(field, None)
                    mark(widget, wrong=False)
        finally:
            self._setting = None

    def settle(self, notice: str) -> None:
        """Show true values again where what was refused is no longer said in the page's `notice`."""
        over = [field for field, sentence in self._refused.items() if sentence not in notice]
        if over:
            self.show(but={*self.widgets} - {*over} | {*self._pending})

    def follow(self, lanes: Sequence[Lane]) -> None:
        """Show the knobs of the techniques that `lanes` use, each in the colour of the first lane that uses it."""
        wanted = set(self._fields or usual_knobs())
        if self._fields is None:
            wanted |= {use for lane in lanes for use in lane.uses}
            self._knobs |= {field: knob for field, knob in knobs().items() if field in wanted}
        for group, box in self._groups.items():
            heading = [] if group == "strength" else list(box.children[:1]) or [_heading(group)]
            rows = [self._row(knob) for field, knob in self._knobs.items() if field in wanted and knob.group == group]
            shown = [widget for row in rows for widget in row]
            if [*box.children[len(heading) :]] != shown:
                box.children = (*heading, *shown)
        for field in TECHNIQUES:
            if (widget := self.widgets.get(field)) is not None:
                for name in [name for name in widget._dom_classes if name.startswith(("rv-lane-", "rv-unused"))]:
                    widget.remove_class(name)
                users = [i for i, lane in enumerate(lanes) if field in lane.uses]
                widget.add_class(f"rv-lane-{users[0]}" if users else "rv-unused")

    @property
    def made(self) -> list[widgets.Widget]:
        """The widgets of every knob that was ever shown."""
        return [widget for row in self._rows.values() for widget in row]

    def _row(self, knob: Knob) -> list[widgets.Widget]:
        """The widget of a knob, and the marks below it; made when it is first shown."""
        if knob.field not in self._rows:
            widget = widget_of(knob, self._session.base)
            widget.observe(lambda change: self._turned(knob.field, change["new"]), "value")
            self.widgets[knob.field] = widget
            self._rows[knob.field] = [widget, marks_of(knob)] if knob.marks else [widget]
        return self._rows[knob.field]

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
        self._requests.do(*(partial(self._change, field, value) for field, value in turned.items()))

    def _change(self, field: str, value: Any) -> None:
        checked_fields({field: value})  # a picture of one's own may ask for any
        try:
            self._session.change(**{field: from_widget(field, value)})
        except ValueError as error:
            if field in self.widgets:
                self._refused[field] = refusal(error)
                mark(self.widgets[field], wrong=True)
            raise
        if field in self.widgets:
            self._refused.pop(field, None)
            mark(self.widgets[field], wrong=False)
        slides = field in self._knobs and self._knobs[field].kind in ("stops", "slider")
        moving = {field} if slides else set()  # it may have gone on
        self.show(but=moving | {*self._pending, *self._refused})


def checked_knob_names(fields: Any) -> Sequence[str] | None:
    """Return the fields that have a knob, None for the usual ones. Raises ArgumentError for what is no list, and for a
    field that can have none.
    """
    if fields is None:
        return None
    allowed = f"allowed are {', '.join(knobs())}"
    if isinstance(fields, str) or not isinstance(fields, Sequence):
        raise ArgumentError("knobs", fields, f"it is a list; {allowed}", [closest(fields, knobs())])
    for field in fields:
        if not isinstance(field, str) or field not in knobs():
            raise ArgumentError("knobs", field, allowed, [closest(field, knobs())])
    return fields


def checked_fields(fields: Any) -> Mapping[str, Any]:
    """Return Config fields with their values. Raises ArgumentError for what is no dictionary, and for a field that
    there is not.
    """
    if not isinstance(fields, Mapping):
        raise ArgumentError("fields", fields, tr("allowed are Config fields with their values"), dict(AN_OWN_VALUE))
    for field in fields:
        if field not in FIELDS:
            allowed = tr("allowed is one of {names}", names=", ".join(FIELDS))
            raise ArgumentError("field", field, allowed, closest(field, FIELDS))
    return fields


def _heading(group: str) -> widgets.Widget:
    return widgets.HTML(f"<h2>{escape(tr(group))}</h2>").add_class("rv-group")
