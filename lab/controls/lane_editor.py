"""The lanes as a person edits them: add, remove, rename, recolour, and give each its techniques and values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from typing import Any

import ipywidgets as widgets

from regviz import Config
from regviz.errors import ArgumentError
from regviz.language import en, tr

from ..compare.lanes import MOST_LANES, TECHNIQUES, Lane, checked_lanes, difference, title_of, usual_lanes
from ..compare.presets import ADDED
from ..look.theme import LIGHT
from .ending import close_all
from .knob_widgets import mark
from .own_values import OwnValues
from .typed import refusal

Changed = Callable[[tuple[Lane, ...]], None]
"""Called with the new lanes. Raises ValueError if they are impossible, and then nothing has changed."""

Call = Callable[[Callable[[], None]], None]
"""Runs something where lanes may be changed: widgets report on any thread."""


WORDS = en("A lane is one network. It takes the ticked techniques from the knobs; any other knob may be its own.")


class LaneEditor(widgets.VBox):  # type: ignore[misc, unused-ignore]
    """One row per lane; every change is told at once."""

    def __init__(self, lanes: Sequence[Lane], base: Callable[[], Config], changed: Changed, call: Call) -> None:
        self._base, self._changed, self._call = base, changed, call
        self.lanes = tuple(lanes)
        self._own: dict[str, OwnValues] = {}
        self.techniques = tuple(TECHNIQUES)
        """Those that can be ticked."""
        self.said = widgets.HTML().add_class("rv-said")
        self.rows = widgets.VBox([]).add_class("rv-lanes")
        self.add = widgets.Button(description=tr("Add a lane"), tooltip=tr("One more network to compare"))
        names = ", ".join(lane.name for lane in usual_lanes())
        self.usual = widgets.Button(description=tr("Usual lanes"), tooltip=names)
        self.add.on_click(lambda _: self._try((*self.lanes, Lane(_free_name(self.lanes), ADDED))))
        self.usual.on_click(lambda _: self._try(usual_lanes()))
        buttons = widgets.HBox([self.add, self.usual]).add_class("rv-buttons")
        super().__init__([self.said, self.rows, buttons])
        self._show()

    def follow(self, lanes: Sequence[Lane]) -> None:
        """Show lanes that came another way."""
        self.lanes = tuple(lanes)
        self._show()

    def _try(self, lanes: Sequence[Lane]) -> None:
        self._call(lambda: self._change(lanes))

    def _change(self, lanes: Sequence[Lane]) -> None:
        """Ask for other lanes; what is impossible is said, and the old ones stay."""
        note = ""
        try:
            lanes = checked_lanes(lanes)  # a click may come before its button is seen to be off
            self._changed(lanes)
            self.lanes = lanes
        except ValueError as error:
            note = refusal(error)
        self._show(note)

    def _show(self, note: str = "") -> None:
        """Bring the rows up to date. A row stays what it is: one made anew would lose the focus of the keyboard."""
        self._say(note)
        kept = self.rows.children[: len(self.lanes)]
        if len(kept) != len(self.rows.children) or len(kept) != len(self.lanes):
            gone = self.rows.children[len(kept) :]
            self.rows.children = (*kept, *(self._row(i) for i in range(len(kept), len(self.lanes))))
            for row in gone:
                del self._own[row.model_id]
            close_all(*gone)
        for i, row in enumerate(self.rows.children):
            self._follow(i, row)
        self.add.disabled = len(self.lanes) >= MOST_LANES

    def _say(self, note: str = "") -> None:
        self.said.value = f'<p role="status">{escape(note or tr(WORDS))}</p>'

    def _row(self, i: int) -> widgets.Widget:
        color = widgets.ColorPicker(value=self._color(i), concise=True, description=tr("Colour"))
        name = widgets.Text(continuous_update=False, description=tr("Lane {n}", n=i + 1))
        name.observe(lambda change: self._set(i, name=" ".join(change["new"].split()) or self.lanes[i].name), "value")
        color.observe(lambda change: self._recolor(i, change["new"]), "value")
        ticks = []
        for field in self.techniques:
            tick = widgets.Checkbox(description=tr(title_of(field)), indent=False)
            tick.observe(lambda change, field=field: self._use(i, field, change["new"]), "value")
            ticks.append(tick.add_class("rv-tick"))
        own = OwnValues(lambda fixed: self._set(i, fixed=fixed), self._say)
        words = widgets.HTML().add_class("rv-differs")
        remove = widgets.Button(description=tr("Remove"))
        remove.on_click(lambda _: self._try([other for j, other in enumerate(self.lanes) if j != i]))
        name.add_class("rv-lane-name")
        row = widgets.HBox([color, name, *ticks, own.adder, words, remove, own.shown]).add_class("rv-lane-row")
        self._own[row.model_id] = own
        return row

    def own_values(self, i: int) -> OwnValues:
        """Return lane `i`'s own values."""
        return self._own[self.rows.children[i].model_id]

    def typed(self, i: int, field: str, text: str) -> None:
        """Set lane `i`'s own value of `field` to what a person typed; nothing happens where it has none."""
        if i < len(self.rows.children):
            self.own_values(i).typed(field, text)

    def _follow(self, i: int, row: widgets.Widget) -> None:
        """Show lane `i` in its row."""
        lane = self.lanes[i]
        color, name, *ticks, _adder, words, remove, _shown = row.children
        color.value, color.description = self._color(i), tr("Colour of {lane}", lane=lane.name)
        name.value = lane.name
        mark(name, wrong=False)
        self._own[row.model_id].follow(lane.fixed, lane.config(self._base()), lane.name)
        for field, tick in zip(self.techniques, ticks, strict=True):
            tick.value = field in lane.uses
        words.value = escape(self._words(i, lane))
        remove.tooltip, remove.disabled = tr("Remove {lane}", lane=lane.name), len(self.lanes) == 1

    def _name(self, i: int) -> widgets.Widget:
        _color, name, *_others = self.rows.children[i].children
        return name

    def _color(self, i: int) -> str:
        return self.lanes[i].color or LIGHT.lane(i)

    def _words(self, i: int, lane: Lane) -> str:
        base = self._base()
        return difference(lane.config(base), self.lanes[0].config(base)) if i else tr("the first")

    def _set(self, i: int, **fields: Any) -> None:
        try:
            lane = replace(self.lanes[i], **fields)
        except ArgumentError as error:
            self._say(str(error))  # what was typed is not lost
            mark(self._name(i), wrong="name" in fields)
            return
        if lane == self.lanes[i]:  # the row was just told so, or was given an empty name
            self._follow(i, self.rows.children[i])
        else:
            self._try([lane if j == i else other for j, other in enumerate(self.lanes)])

    def _recolor(self, i: int, color: str) -> None:
        if color != self._color(i):
            self._set(i, color=color)

    def _use(self, i: int, field: str, on: bool) -> None:
        uses = self.lanes[i].uses
        wanted = tuple(other for other in self.techniques if (on if other == field else other in uses))
        self._set(i, uses=wanted)


def _free_name(lanes: Sequence[Lane]) -> str:
    taken = {lane.name for lane in lanes}
    return next(name for i in range(len(lanes), 99) if (name := tr("lane {n}", n=i + 1)) not in taken)
