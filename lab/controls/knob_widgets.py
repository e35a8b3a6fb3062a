"""One knob as an ipywidget: made for a value, read, and set to another one."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import ipywidgets as widgets

from regviz import Config
from regviz.config import FIELDS, parse
from regviz.fields import Widths
from regviz.language import tr

from ..compare.knobs import Knob, choices, widths_text
from ..compare.lanes import in_words


def widget_of(knob: Knob, config: Config) -> widgets.Widget:
    """Return a widget for `knob` that stands at `config`'s value."""
    value = getattr(config, knob.field)
    common = {"description": knob.label, "tooltip": knob.explained(config) or None}
    if knob.kind == "stops":
        widget: widgets.Widget = widgets.SelectionSlider(options=with_stop(knob, value), value=value, **common)
    elif knob.kind == "slider":
        widget = widgets.FloatSlider(
            value=value, min=knob.low, max=max(knob.high, value), step=knob.step, readout_format=".2f", **common
        )
    elif knob.kind == "choice":
        widget = widgets.Dropdown(options=_entries(knob), value=_entry(value), **common)
    elif knob.kind == "switch":
        widget = widgets.Checkbox(value=value, indent=False, **common)
    elif knob.kind == "number":
        number = widgets.IntText if isinstance(value, int) else widgets.FloatText
        widget = number(value=value, step=knob.step, **common)
    else:
        widget = widgets.Text(value=_text(value), continuous_update=False, placeholder=tr("off"), **common)
    return widget.add_class("rv-knob").add_class(f"rv-knob-{knob.field}")


def show_value(knob: Knob, widget: Any, config: Config) -> None:
    """Set `widget` to `config`'s value unless it stands there."""
    value = getattr(config, knob.field)
    if (tip := knob.explained(config)) and widget.tooltip != tip:
        widget.tooltip = tip
    if _read(knob, widget) == value:
        return
    if knob.kind == "stops" and (stops := with_stop(knob, value)) != tuple(widget.options):
        widget.options = stops
    elif knob.kind == "choice" and (entries := _entries(knob)) != tuple(widget.options):
        widget.options = entries
    elif knob.kind == "slider":  # a link or an experiment may set what lies beyond its end
        widget.max = max(knob.high, value)
    widget.value = _text(value) if knob.kind == "text" else _entry(value) if knob.kind == "choice" else value


def from_widget(field: str, value: Any) -> Any:
    """Return what a widget holds as the field's value. Raises ConfigError for text that is none."""
    kind = FIELDS[field].kind
    if isinstance(value, float):  # a slider counts its steps up to 0.30000000000000004; 15 digits say what was meant
        return float(f"{value:.15g}")
    if isinstance(value, str) and getattr(kind, "optional", False):
        word = value.strip().lower()
        return None if word in ("", "off", "none", tr("off").lower()) else parse(field, word)
    if isinstance(value, str) and isinstance(kind, Widths):
        alike = re.fullmatch(r"\s*(\d+)\s*[×x*]\s*([1-9]\d?)\s*", value)
        words = value.replace(",", " ").replace("-", " ").replace("–", " ").split()
        words = [alike[1]] * int(alike[2]) if alike else words
        return () if words in ([], ["none"]) else parse(field, "-".join(words))
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
    """What the widget says; None for text that is no value."""
    try:
        return from_widget(knob.field, widget.value)
    except ValueError:
        return None


def _text(value: Any) -> str:
    if value is None:
        return ""
    return widths_text(value) if isinstance(value, tuple) else str(value)
