"""One knob as an ipywidget: made for a value, read, and set to another one."""

from __future__ import annotations

from decimal import Decimal
from html import escape
from typing import Any

import ipywidgets as widgets

from regviz import Config
from regviz.config import FIELDS
from regviz.fields import Integer, Number, Strength, Widths
from regviz.language import tr

from ..compare.knobs import Knob, choices, widths_text
from ..compare.lanes import in_words
from .typed import typed

WRONG = "rv-refused"
"""The class of a field that holds what was refused: the page marks it as long as that stands there."""

_NO_VALUE = object()

TYPED = (Number, Integer, Strength, Widths)
"""Kinds of values that a person may type."""


def widget_of(knob: Knob, config: Config) -> widgets.Widget:
    """Return a widget for `knob` that stands at `config`'s value."""
    value = getattr(config, knob.field)
    common = {"description": knob.label, "tooltip": knob.explained(config) or knob.label}
    if knob.kind == "stops":
        widget: widgets.Widget = widgets.SelectionSlider(options=with_stop(knob, value), value=value, **common)
    elif knob.kind == "slider":
        widget = widgets.FloatSlider(
            value=value,
            min=knob.low,
            max=max(knob.high, value),
            step=_step(knob, value),
            readout_format=_places(value),
            **common,
        )
    elif knob.kind == "choice":
        widget = widgets.Dropdown(options=_entries(knob), value=_entry(value), **common)
    elif knob.kind == "switch":
        widget = widgets.Checkbox(value=value, indent=False, **common)
    elif knob.kind == "number":
        # ipywidgets' fields of numbers drop the keys that they do not know: "0,3" would become 3 without a word.
        widget = widgets.Text(value=_text(value), continuous_update=False, **common)
        widget.add_class("rv-number").add_class(f"rv-step-{knob.step:g}")  # the page moves it by the arrow keys
    else:
        widget = widgets.Text(value=_text(value), continuous_update=False, placeholder=tr("off"), **common)
    return widget.add_class("rv-knob").add_class(f"rv-knob-{knob.field}")


def show_value(knob: Knob, widget: Any, config: Config) -> None:
    """Set `widget` to `config`'s value unless it stands there."""
    value = getattr(config, knob.field)
    if (tip := knob.explained(config)) and widget.tooltip != tip:
        widget.tooltip = tip
    if knob.kind == "slider":
        widget.step, widget.readout_format = _step(knob, value), _places(value)
    if _read(knob, widget) == value and (knob.kind != "number" or widget.value == _text(value)):
        return
    if knob.kind == "stops" and (stops := with_stop(knob, value)) != tuple(widget.options):
        widget.options = stops
    elif knob.kind == "choice" and (entries := _entries(knob)) != tuple(widget.options):
        widget.options = entries
    elif knob.kind == "slider":  # a link or an experiment may set what lies beyond its end
        widget.max = max(knob.high, value)
    if knob.kind in ("text", "number"):
        widget.value = _text(value)
    else:
        widget.value = _entry(value) if knob.kind == "choice" else value


def mark(widget: Any, *, wrong: bool) -> None:
    """Say of a field, or no longer, that what stands in it was refused."""
    if wrong != (WRONG in widget._dom_classes):
        (widget.add_class if wrong else widget.remove_class)(WRONG)


def from_widget(field: str, value: Any) -> Any:
    """Return what a widget holds as the field's value. Raises ConfigError for text that is none."""
    kind = FIELDS[field].kind
    if isinstance(value, float):  # a slider counts its steps up to 0.30000000000000004; 15 digits say what was meant
        return float(f"{value:.15g}")
    if isinstance(value, str) and (isinstance(kind, TYPED) or getattr(kind, "optional", False)):
        return typed(field, value)
    return value


def _entries(knob: Knob) -> tuple[tuple[str, Any], ...]:
    """The entries of a choice."""
    return tuple((tr(label), _entry(value)) for label, value in choices(knob.field))


def _entry(value: Any) -> Any:
    """What stands for `value` in a list, for which None would be no entry at all."""
    return "none" if value is None else value


def with_stop(knob: Knob, value: float) -> tuple[tuple[str, Any], ...]:
    """Return `knob`'s stops, with one more for a `value` that lies between them (a link may ask for any)."""
    stops = tuple((tr(label), stop) for label, stop in knob.stops)
    if any(stop == value for _, stop in stops):
        return stops
    return tuple(sorted((*stops, (in_words(value), value)), key=lambda stop: float(stop[1])))


def marks_of(knob: Knob) -> widgets.Widget:
    """Return names of a slider's landmarks, each below its place."""
    spans, values = [], [stop for _, stop in knob.stops]
    for label, value in knob.marks:
        if knob.kind == "stops":
            share = values.index(value) / (len(values) - 1)
        else:
            share = (value - knob.low) / (knob.high - knob.low)
        spans.append(f'<span style="left:{100 * share:.2f}%">{escape(tr(label))}</span>')
    return widgets.HTML(f'<div aria-hidden="true">{"".join(spans)}</div>').add_class("rv-marks")


def _read(knob: Knob, widget: Any) -> Any:
    """What the widget says; of text that is no value, what equals none."""
    try:
        return from_widget(knob.field, widget.value)
    except ValueError:
        return _NO_VALUE


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.15g}"
    return widths_text(value) if isinstance(value, tuple) else str(value)


def _places(value: float) -> str:
    """How a slider writes its number: in hundredths, or as it was typed if that is between two of them."""
    return f".{max(_digits(value), 2)}f"


def _step(knob: Knob, value: float) -> float:
    """The step of a slider: a finer one where its value is between two, for the page moves it to the nearest."""
    return float(min(knob.step, 10.0 ** -_digits(value)) if _digits(value) > 2 else knob.step)


def _digits(value: float) -> int:
    """Digits behind the point."""
    return -int(Decimal(f"{value:.15g}").as_tuple().exponent)
