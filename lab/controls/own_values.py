"""A lane's own values: a knob for each, and a list from which to take one more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from regviz import Config
from regviz.config import FIELDS, parse
from regviz.errors import ConfigError
from regviz.fields import Integer, Number
from regviz.language import en, tr

from ..compare.knobs import Knob, knobs
from ..compare.lanes import TECHNIQUES
from .ending import close_all
from .knob_widgets import WRONG, from_widget, mark, show_value, widget_of
from .typed import refusal

SHARED = ("data", "decoys")
"""Fields that all lanes have in common: they are shown the same inputs."""

ASK = en("a knob of its own …")


class OwnValues:
    """The widgets of one lane's own values.

    changed    called with all of them when a person changed one, set one more, or took one back
    refused    called with a sentence about what cannot be
    adder      the list of knobs and the button that takes one
    shown      the knobs that were taken
    """

    def __init__(self, changed: Callable[[dict[str, Any]], None], refused: Callable[[str], None]) -> None:
        self._changed, self._refused = changed, refused
        self._fixed: dict[str, Any] = {}
        self._config: Config | None = None
        self._lane = ""
        self._following = False
        self._boxes: dict[str, widgets.HBox] = {}
        self.choice = widgets.Dropdown(description=tr("own value"))
        self.add = widgets.Button(description=tr("Add"), disabled=True)
        self.choice.observe(lambda _: self._offer(), "value")
        self.add.on_click(lambda _: self._take())
        self.adder = widgets.HBox([self.choice, self.add]).add_class("rv-lane-own")
        self.shown = widgets.HBox([]).add_class("rv-own-values")

    @property
    def knobs(self) -> dict[str, Any]:
        """The widgets of the values, by their fields."""
        return {field: box.children[0] for field, box in self._boxes.items()}

    def take_back(self, field: str) -> None:
        """Let a value be that of the knobs again."""
        self._changed({its: value for its, value in self._fixed.items() if its != field})

    def follow(self, fixed: Mapping[str, Any], config: Config, lane: str) -> None:
        """Show the values `fixed` of the lane of this name, whose network is `config`. What stays keeps the focus."""
        self._fixed, self._config, self._lane = dict(fixed), config, lane
        self._following = True
        try:
            every = knobs()
            gone = [self._boxes.pop(field) for field in [*self._boxes] if not self._shows(field)]
            for field in self._fixed:
                if field not in self._boxes:
                    self._boxes[field] = self._box(field, every.get(field), config)
                knob, back = self._boxes[field].children
                if _turns(every.get(field), fixed[field]):
                    show_value(every[field], knob, config)
                else:
                    knob.value = FIELDS[field].write(fixed[field])
                mark(knob, wrong=False)
                back.tooltip = tr("{lane}: {knob} as the knobs have it", lane=lane, knob=knob.description)
            self.shown.children = tuple(self._boxes[field] for field in self._fixed)
            close_all(*gone)
            options = [(tr(ASK), "")]
            options += [(knob.label, field) for field, knob in every.items() if field not in (*fixed, *SHARED)]
            if tuple(options) != tuple(self.choice.options):
                self.choice.options = options
                self.choice.value = ""
            self.add.tooltip = tr("Give {lane} this value of its own", lane=lane)
        finally:
            self._following = False
        self._offer()

    def _shows(self, field: str) -> bool:
        """Whether the widget of `field` can show its value: a slider cannot show one strength for each layer."""
        if field not in self._fixed:
            return False
        return _turns(knobs().get(field), self._fixed[field]) != ("rv-as-text" in self._boxes[field]._dom_classes)

    def _box(self, field: str, knob: Knob | None, config: Config) -> widgets.HBox:
        if knob is not None and _turns(knob, self._fixed[field]):
            widget = widget_of(knob, config)
            if knob.kind in ("stops", "slider"):
                widget.continuous_update = False  # another value starts all lanes anew
            box = widgets.HBox([widget])
        else:
            widget = widgets.Text(description=knob.label if knob else field, continuous_update=False)
            box = widgets.HBox([widget.add_class("rv-knob")]).add_class("rv-as-text")
        back = widgets.Button(description="×").add_class("rv-back")
        widget.observe(lambda change: self._turned(field, change["new"]), "value")
        back.on_click(lambda _: self.take_back(field))
        box.children = (widget, back)
        return box.add_class("rv-own-value")

    def typed(self, field: str, text: str) -> None:
        """Set the value of `field` to what a person typed beside its slider; nothing happens where there is none."""
        if field in self._fixed:
            self._turned(field, text)

    def _offer(self) -> None:
        self.add.disabled = not self.choice.value

    def _take(self) -> None:
        field = self.choice.value
        if field and self._config is not None:
            self._changed({**self._fixed, field: first_value(knobs()[field], self._config)})
            self.choice.focus()  # the button rests now, and would drop the focus of the keyboard

    def _turned(self, field: str, said: Any) -> None:
        if self._following:
            return
        box, kind = self._boxes[field], FIELDS[field].kind
        knob = box.children[0]
        as_link = "rv-as-text" in box._dom_classes and not isinstance(kind, (Number, Integer))
        try:
            value = parse(field, said) if as_link else kind.check(field, from_widget(field, said))
        except ConfigError as error:
            self._refused(refusal(error))  # what was typed is not lost
            mark(knob, wrong=isinstance(knob, widgets.Text))
            return
        if WRONG in knob._dom_classes:
            mark(knob, wrong=False)
            self._refused("")
        if value != self._fixed[field]:
            self._changed({**self._fixed, field: value})


def first_value(knob: Knob, config: Config) -> Any:
    """Return what a lane begins with: what it has; of a technique that it does not use, the lightest named."""
    value = getattr(config, knob.field)
    if knob.field not in TECHNIQUES or value != TECHNIQUES[knob.field]:
        return value
    named = [stop for _, stop in knob.marks if stop]
    return named[0] if named else value


def _turns(knob: Knob | None, value: Any) -> bool:
    """Whether there is a knob that can stand at `value`."""
    return knob is not None and (knob.kind not in ("stops", "slider") or isinstance(value, (int, float)))
