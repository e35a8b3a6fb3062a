"""Drawing on the fit picture: what a page says is done to the points, and what its bar and its planes show of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from regviz.data.custom import NAME as A_NAME
from regviz.data.datasets import DATASETS
from regviz.data.drawing import MOST_DRAWN_CLASSES, MOST_POINTS, PARTS, TURNS, Drawing
from regviz.data.drawn import from_record, to_record, write_points
from regviz.errors import DataError
from regviz.language import en, ntr, tr

from ..canvas.stage import Stage
from ..compare.sketch import NAME, Sketch
from ..look.numbers import number
from ..look.theme import Look
from ..page import report
from ..page.messages import MOST_KEPT
from ..page.player import Player
from ..page.views import MOST_VIEWS
from ..panels.fit.fit import FitPanel
from .requests import Requests

LISTED_EVERY = 0.25
"""Seconds between two lists of all points for the page while training goes on; it knows what it did itself."""

SHOWN_AFTER = 0.15
"""Seconds after a change in which the knobs show it: the frame goes first."""

KEPT_AFTER = 1.0
"""Seconds after a change in which the page's tab is given the points to keep."""

LINK = en("A link cannot carry drawn points: download the points, or the experiment.")

FOR = (en("for training"), en("for validation"), en("for test"))
"""What the points of each of `PARTS` are for."""


class DrawDesk:
    """The points of the session's data, drawn on by the pages of `player`.

    `changed` is called when knobs stand elsewhere then. A lesson, whose sentences are about its own data, has not
    `allowed` it.
    """

    def __init__(self, player: Player, requests: Requests, changed: Callable[[], None], *, allowed: bool) -> None:
        self._sketch = sketch = Sketch(player.session)
        self._player, self._requests, self._changed, self._allowed = player, requests, changed, allowed
        player.more = self.facts
        self._said = ""
        self._coming: set[float] = set()
        self._heard: dict[str, int] = {}
        """The last stroke that was heard of each view."""
        self._listed: tuple[Drawing, list[float]] | None = None
        self._due: dict[int, float] = {}
        self._acts: dict[str, Callable[[dict[str, Any]], str]] = {
            "add": self._add,
            "move": self._move,
            "flip": self._flip,
            "erase": self._erase,
            "empty": lambda message: self._whole(en("All points erased: {points}."), sketch.empty),
            "class": lambda message: self._whole(
                en("A class more, and the networks begin anew: {points}."), sketch.add_class
            ),
            "undo": lambda message: self._step(en("One step back: {points}."), sketch.undo),
            "redo": lambda message: self._step(en("The step again: {points}."), sketch.redo),
        }

    @property
    def drawing(self) -> Drawing | None:
        """The points that are drawn; None before the first one."""
        return self._sketch.drawing if self._sketch.begun else None

    # -- what a page says

    def hear(self, message: dict[str, Any]) -> None:
        """Do what a message of the kind "draw" says; one that no page of ours would send is dropped."""
        act, panel = message["act"], self._panel(self._player.stage)
        if panel is None or not (panel.drawn_on or act == "on"):
            self._player.screen.refuse(f"draw has act = {act!r}, but nobody draws")
        elif act in ("on", "off"):
            self._switch(act == "on")
        elif act == "take":
            self._take_away(str(message.get("view", "")))
        else:
            self._requests.do(partial(self._do, message))
            if len(self._heard) > MOST_VIEWS:
                self._heard.clear()
            self._heard[str(message.get("view", ""))] = int(message["stroke"])
            for showing in self._player.showings:
                showing.stage.hurry(FitPanel.name)

    def _switch(self, on: bool) -> None:
        for showing in self._player.showings:
            for panel in showing.stage.panels:
                if isinstance(panel, FitPanel):
                    panel.draw_on(on)
        self._said = ""
        self._player.redraw()

    def _take_away(self, view: str) -> None:
        drawing = self._sketch.drawing
        file = {"kind": "file", "view": view, "name": f"regviz-{len(drawing)}-points.csv", "type": "text/csv"}
        self._player.screen.send(file, [write_points(drawing).encode()])

    def _do(self, message: dict[str, Any]) -> None:
        session, before = self._player.session, self._sketch.drawing
        base = session.base
        full = message["act"] == "add" and len(before) >= MOST_POINTS
        try:
            self._said = self._acts[message["act"]](message)
        except DataError as error:
            if full:
                raise
            self._player.screen.refuse(str(error))
        self._soon(KEPT_AFTER, self._keep)
        after = self._sketch.drawing
        if (after.class_names, after.window) != (before.class_names, before.window):
            self._player.redraw()
        if session.base != base:
            self._soon(SHOWN_AFTER, self._changed)

    def _add(self, message: dict[str, Any]) -> str:
        self._sketch.add(message["point"], message["x"], message["y"], message["class"])
        return self._told(en("Point added at {place}: {points}."), message["point"])

    def _move(self, message: dict[str, Any]) -> str:
        self._sketch.move(message["point"], message["x"], message["y"], goes_on=message["goes_on"])
        return self._told(en("Point moved at {place}: {points}."), message["point"])

    def _flip(self, message: dict[str, Any]) -> str:
        self._sketch.flip(message["point"])
        return self._told(en("Point flipped at {place}: {points}."), message["point"])

    def _erase(self, message: dict[str, Any]) -> str:
        place = self._place(message["point"])
        self._sketch.erase(message["point"])
        return tr("Point erased at {place}: {points}.", place=place, points=_points(self._sketch.drawing))

    def _whole(self, what: str, act: Callable[[], None]) -> str:
        act()
        return tr(what, points=_points(self._sketch.drawing))

    def _step(self, what: str, act: Callable[[], bool]) -> str:
        done = act()
        return tr(what, points=_points(self._sketch.drawing)) if done else tr("There is no such step.")

    def _told(self, what: str, point: int) -> str:
        """What was done to a point: "Point added at 0.3, −1.2, class 1, for validation: 101 points." """
        return tr(what, place=self._place(point), points=_points(self._sketch.drawing))

    def _place(self, point: int) -> str:
        """Where a point is, and what it is: "0.3, −1.2, class 1, for validation"."""
        drawing = self._sketch.drawing
        row, points = drawing.row(point), drawing.points
        said = [number(float(value), 2) for value in points.at[row]]
        if drawing.class_names:
            said.append(tr("class {name}", name=drawing.class_names[points.label[row]]))
        if points.part[row]:
            said.append(tr(FOR[points.part[row]]))
        return ", ".join(said)

    # -- what a page's tab keeps, and brings back with a lab that has lost it

    def restore(self, message: dict[str, Any]) -> None:
        """Have the points again that the tab of a new page has `kept`, unless they are none of ours."""
        if not self._allowed or "kept" not in message:
            return
        try:
            drawing = from_record(json.loads(message["kept"]))
            self._sketch.bring_back(drawing, _asked_for(str(message.get("search", ""))))
        except (ValueError, RecursionError, TypeError, AttributeError):
            self._player.screen.refuse("it has kept no drawing")

    def _soon(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something a little later, once for all strokes until then."""
        if seconds not in self._coming:
            self._coming.add(seconds)

            def do() -> None:
                self._coming.discard(seconds)
                act()

            self._requests.later(seconds, do)

    def _keep(self) -> None:
        if (drawing := self._sketch.kept) is not None:
            record = json.dumps(to_record(drawing))
            self._player.screen.send({"kind": "keep", "record": record if len(record) <= MOST_KEPT else ""})

    # -- what a page shows

    def facts(self, stage: Stage, look: Look) -> dict[str, Any]:
        """Return what the page shows of it: where one may draw, on what, and the points now and then."""
        panel = self._panel(stage)
        if panel is None:
            return {"draw": None}
        place = panel.place
        draw: dict[str, Any] = {"on": panel.drawn_on, "place": [place.left, place.top, place.width, place.height]}
        if not panel.drawn_on:
            return {"draw": draw}
        drawing, sketch = self._sketch.drawing, self._sketch
        (mx, my), (sx, sy), (x0, x1, y0, y1) = drawing.mean, drawing.scale, panel.view.limits
        draw |= {
            "cells": panel.planes,
            "plane": [float(x0 * sx + mx), float(x1 * sx + mx), float(y0 * sy + my), float(y1 * sy + my)],
            "axes": drawing.axes,
            "classes": [[name, look.classes[k % len(look.classes)]] for k, name in enumerate(drawing.class_names)],
            "more": 0 < len(drawing.class_names) < MOST_DRAWN_CLASSES,
            "ink": look.muted,
            "undo": sketch.can_undo,
            "redo": sketch.can_redo,
            "about": self._about(drawing),
            "said": self._said,
        }
        heard = dict(self._heard)
        facts: dict[str, Any] = {"draw": draw, "heard": heard}
        now = self._player.clock()
        if not self._player.session.playing or now >= self._due.get(id(stage), 0.0):
            self._due = {id(showing.stage): self._due.get(id(showing.stage), 0.0) for showing in self._player.showings}
            self._due[id(stage)] = now + LISTED_EVERY
            facts["points"] = [heard, self._list(drawing)]
        return facts

    def _panel(self, stage: Stage) -> FitPanel | None:
        """The picture that one may draw on; None if it is not there, or shows no plane of points."""
        panel = next((panel for panel in stage.shown if isinstance(panel, FitPanel)), None)
        if panel is None or not self._allowed or self._sketch.refusal:
            return None
        return panel if hasattr(panel, "view") and panel.view.drawn_on else None

    def _about(self, drawing: Drawing) -> str:
        """What one draws on, and what its points are for."""
        if self._player.session.waiting is not None:
            return report.wait()
        known = DATASETS.get(drawing.source)
        if len(drawing.held):
            stay = en("You draw training points on a copy of “{title}”, whose validation and test points stay.")
            other = en("You draw training points on a copy of other data, whose validation and test points stay.")
            return f"{tr(other) if known is None else tr(stay, title=tr(known.title))} {tr(LINK)}"
        of_a_class = en("Of {n} points of a class {training} train ●, {validation} validates ×, {test} tests +.")
        of_all = en("Of {n} points {training} train ●, {validation} validates ×, {test} tests +.")
        counts = {name: TURNS.count(part) for part, name in enumerate(PARTS)}
        return f"{tr(of_a_class if drawing.class_names else of_all, n=len(TURNS), **counts)} {tr(LINK)}"

    def _list(self, drawing: Drawing) -> list[float]:
        """All drawn points in a row: name, coordinates, class and part of each."""
        if self._listed is None or self._listed[0] is not drawing:
            points, flat = drawing.points, list[float]()
            columns = (drawing.ids.tolist(), points.at.tolist(), points.label.tolist(), points.part.tolist())
            for point, (x, y), label, part in zip(*columns, strict=True):
                flat += [point, float(f"{x:.7g}"), float(f"{y:.7g}"), label, part]
            self._listed = drawing, flat
        return self._listed[1]


def _asked_for(search: str) -> str:
    """The name of drawn points that a page's link asks for; the usual one if it asks for no such."""
    name = dict(parse_qsl(search.removeprefix("?"))).get("data", "")
    return name if name.startswith(NAME) and A_NAME.fullmatch(name) else NAME


def _points(drawing: Drawing) -> str:
    return ntr("1 point", "{n} points", len(drawing)) if len(drawing) else tr("no points")
