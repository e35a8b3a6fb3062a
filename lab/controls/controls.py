"""The knobs as ipywidgets. A widget only reports what was turned; it never changes anything itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from html import escape
from threading import get_ident
from typing import Any

import ipywidgets as widgets

from regviz import Config
from regviz.config import parse
from regviz.data import DATASETS

from ..compare.knobs import BY_FIELD, GROUPS, KNOBS, Knob, widths_text
from ..compare.lanes import TECHNIQUES, Lane

Turned = Callable[[str, Any], None]
"""Called with a field and its new value, on whichever thread the message came."""


class Controls:
    """The widgets of all knobs, as one box: `box`. Shows a Config, reports turns as (field, value or text).

    `fields` are those that have a knob, None for all. Raises ValueError for one that can have none.
    """

    def __init__(
        self, config: Config, lanes: tuple[Lane, ...], turned: Turned, fields: Sequence[str] | None = None
    ) -> None:
        for field in fields or ():
            if field not in BY_FIELD:
                raise ValueError(f"knobs has {field!r}; allowed are {', '.join(BY_FIELD)}, for example knobs=['l1']")
        self._turned = turned
        self._setting: int | None = None
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
                rows += self._row(knob, config, lanes)
            groups.append(widgets.VBox(rows).add_class("rv-knobs").add_class(f"rv-{group}"))
        self.box = widgets.VBox(groups).add_class("rv-controls")

    def show(self, config: Config, but: Collection[str] = ()) -> None:
        """Set every widget that does not stand at `config`'s value, `but` those a person is just turning."""
        self._setting = get_ident()
        try:
            for field, widget in self.widgets.items():
                knob, value = BY_FIELD[field], getattr(config, field)
                if field not in but and self._read(knob, widget) != value:
                    self._set(knob, widget, value)
        finally:
            self._setting = None

    def follow(self, lanes: Sequence[Lane]) -> None:
        """Give every technique's knob the colour of the first lane that uses it."""
        for field in TECHNIQUES:
            if (widget := self.widgets.get(field)) is not None:
                for name in [name for name in widget._dom_classes if name.startswith(("rv-lane-", "rv-unused"))]:
                    widget.remove_class(name)
                widget.add_class(_lane_class(field, lanes))

    def _row(self, knob: Knob, config: Config, lanes: tuple[Lane, ...]) -> list[widgets.Widget]:
        value = getattr(config, knob.field)
        common = {"description": knob.label, "tooltip": knob.help or None}
        if knob.kind == "stops":
            stops = with_stop(knob, value)
            widget: widgets.Widget = widgets.SelectionSlider(options=stops, value=value, **common)
        elif knob.kind == "slider":
            widget = widgets.FloatSlider(
                value=value, min=knob.low, max=max(knob.high, value), step=knob.step, readout_format=".2f", **common
            )
        elif knob.kind == "choice":
            widget = widgets.Dropdown(options=choices(knob), value=value, **common)
        elif knob.kind == "switch":
            widget = widgets.Checkbox(value=value, indent=False, **common)
        elif knob.kind == "number":
            number = widgets.IntText if isinstance(value, int) else widgets.FloatText
            widget = number(value=value, step=knob.step, **common)
        else:
            widget = widgets.Text(value=_text(value), continuous_update=False, placeholder="off", **common)
        widget.add_class("rv-knob").add_class(f"rv-knob-{knob.field}")
        widget.observe(lambda change: self._report(knob, change["new"]), "value")
        self.widgets[knob.field] = widget
        if knob.field in TECHNIQUES:
            widget.add_class(_lane_class(knob.field, lanes))
        if not knob.marks:
            return [widget]
        return [widget, widgets.HTML(_marks(knob)).add_class("rv-marks")]

    def _report(self, knob: Knob, value: Any) -> None:
        if self._setting != get_ident():  # not what `show` is just setting; a person's turns may come on another thread
            self._turned(knob.field, value)

    def _read(self, knob: Knob, widget: Any) -> Any:
        try:
            return from_widget(knob.field, widget.value)
        except ValueError:
            return None

    def _set(self, knob: Knob, widget: Any, value: Any) -> None:
        if knob.kind == "stops":
            stops = with_stop(knob, value)
            if stops != tuple(widget.options):
                widget.options = stops
            widget.value = value
        elif knob.kind == "text":
            widget.value = _text(value)
        else:
            if knob.kind == "choice" and tuple(widget.options) != choices(knob):
                widget.options = choices(knob)
            widget.value = value


def _lane_class(field: str, lanes: Sequence[Lane]) -> str:
    users = [i for i, lane in enumerate(lanes) if field in lane.uses]
    return f"rv-lane-{users[0]}" if users else "rv-unused"


def from_widget(field: str, value: Any) -> Any:
    """What a widget holds as the field's value. Raises ConfigError for text that is none."""
    if field in ("patience", "max_norm") and isinstance(value, str):
        word = value.strip().lower()
        return None if word in ("", "off", "none") else parse(field, word)
    if field == "hidden" and isinstance(value, str):
        alike = re.fullmatch(r"\s*(\d+)\s*[×x*]\s*([1-9]\d?)\s*", value)
        words = value.replace(",", " ").replace("-", " ").replace("–", " ").split()
        words = [alike[1]] * int(alike[2]) if alike else words
        return () if words in ([], ["none"]) else parse(field, "-".join(words))
    return value


def choices(knob: Knob) -> tuple[tuple[str, Any], ...]:
    """The entries of a choice: the data sets are those there are now, a person's own among them."""
    return tuple((info.title, name) for name, info in DATASETS.items()) if knob.field == "data" else knob.stops


def with_stop(knob: Knob, value: float) -> tuple[tuple[str, Any], ...]:
    """`knob`'s stops, with one more for a `value` that lies between them (a link may ask for any)."""
    if any(stop == value for _, stop in knob.stops):
        return knob.stops
    return tuple(sorted((*knob.stops, (f"{value:g}", value)), key=lambda stop: float(stop[1])))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return widths_text(value) if isinstance(value, tuple) else str(value)


def _marks(knob: Knob) -> str:
    """Names of a slider's landmarks, each below its place."""
    spans = []
    for label, value in knob.marks:
        if knob.kind == "stops":
            values = [stop for _, stop in knob.stops]
            share = values.index(value) / (len(values) - 1)
        else:
            share = (value - knob.low) / (knob.high - knob.low)
        spans.append(f'<span style="left:{100 * share:.2f}%">{escape(label)}</span>')
    return f'<div aria-hidden="true">{"".join(spans)}</div>'
