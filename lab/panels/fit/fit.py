"""What each lane has learned: its decision surface, its mistakes, or its predictions, whatever suits the data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from regviz.data import Split
from regviz.errors import ArgumentError
from regviz.language import en, tr
from regviz.training.snapshot import Snapshot

from ...compare.scene import END, NOTHING, Answer, PointerKind
from ...look.lettering import width_of
from ...look.numbers import MISSING
from ..parts.base import Panel
from ..parts.cells import Cell, Margins, cells_for
from ..parts.views import View
from .confusion import ConfusionView
from .curve import CurveView
from .field import FieldView
from .pick import Pick
from .pictures import PicturesView
from .points import SIGNS
from .surface import SurfaceView
from .values import ValuesView

GAP = 14.0

DRAW = "draw"
"""How a link says that it is drawn on."""

DRAWN = (SIGNS, en("drawn points"))
"""What is shown of points that are drawn for different parts."""


def view_of(split: Split) -> type[View]:
    """Return the kind of picture that suits `split`."""
    if split.task == "regression":
        return {1: CurveView, 2: FieldView}.get(split.X_train.shape[1], ValuesView)
    if split.image_shape is not None:
        return PicturesView
    return SurfaceView if split.X_train.shape[1] == 2 else ConfusionView


class FitPanel(Panel):
    """One small picture per lane with its name and validation score. One lane is refreshed per `draw`, in turn.

    A click on a training point has it traced through the layers of the network picture.
    """

    name: ClassVar[str] = "fit"
    menu_title: ClassVar[str] = en("Fit")
    drawing: ClassVar[str] = (
        '<path d="M3 27C18 26 14 9 27 12S39 8 45 3"/>'
        '<path d="M9 9v0M16 6v0M8 17v0" stroke-width="4.5"/>'
        '<circle cx="29" cy="24" r="2.5"/>'
        '<circle cx="38" cy="18" r="2.5"/>'
        '<circle cx="40" cy="27" r="2.5"/>'
    )

    listens: ClassVar[bool] = True
    drawn_on: bool = False
    """True while a person draws on it; it outlives `build`."""
    touched: bool = False
    """True once somebody has."""

    @property
    def views(self) -> tuple[str, ...]:
        """Whether it is drawn on, as a word."""
        return (DRAW,) if self.drawn_on else ()

    def look_at(self, words: tuple[str, ...]) -> None:
        """Be drawn on if `words` say so. Raises ArgumentError for other words."""
        for word in words:
            if word != DRAW:
                allowed = tr("of the fit one may see {words}", words=DRAW)
                raise ArgumentError("panels", f"fit~{word}", allowed, f"fit~{DRAW}")
        self.draw_on(DRAW in words)

    def draw_on(self, on: bool) -> None:
        """Begin or end to be drawn on; acts at the next `build`."""
        self.drawn_on, self.touched = on, self.touched or on

    def build(self, snapshot: Snapshot) -> None:
        """Make cells for all lanes, each with a header."""
        look, models = self.look, snapshot.models
        view = self.view = view_of(models[0].split)(self, models)
        drawn = self.drawn_on or self.touched or models[0].split.drawing is not None
        view.live = view.drawn_on and drawn  # a person may have drawn on other data than these
        subtitle = self.add_header(tr("Fit"), *map(tr, view.subtitles))
        self.subtitle = self.live(subtitle) if view.live else subtitle
        top, size = self.header_height, look.label_size
        line = 1.45 * size
        score_width = max(width_of(text, size) for text in view.widest_scores) + 6
        longest = max(width_of(lane.name, size, bold=True) for lane in self.lanes) + score_width
        lines = 1 + self.view.note_lines
        cells = self._cells(lines * line)
        beside = longest <= cells[0].width
        if not (beside or self.view.note_lines):  # the score goes below the name
            lines = 2
            cells = self._cells(lines * line)
        self.scores, self.notes = [], []
        self.planes = [(self.place.left + c.left, self.place.top + top + c.top, c.width, c.height) for c in cells]
        for i, cell in enumerate(cells):
            y = top + cell.top - (lines - 1) * line - 0.45 * size
            width = max(self.view.build(i, cell.lower(top)), min(cell.width, longest))
            self.add_lane_name(i, cell.left, y, width - (score_width if beside else 0))
            left, right = (cell.left, "left"), (cell.left + width, "right")
            (x, ha), (note_x, note_ha) = (right, left) if beside else (left, right)
            self.scores.append(self.live(self.add_text(x, y if beside else y + line, "", ha=ha)))
            self.notes.append(self.live(self.add_note(note_x, y + line, ha=note_ha)))
        self._note_width = cells[0].width - (0 if beside else score_width)
        self.pick = Pick(self, self.view)
        self.listens = self.pick.possible  # type: ignore[misc]
        self._shown: list[Any] = [None] * len(self.lanes)
        self._turn = 0
        self._points: list[Any] = []
        self._put_off = False

    def draw(self, snapshot: Snapshot) -> None:
        """Show the lane whose turn it is, if it has changed; all lanes the first time."""
        models = snapshot.models
        if self.view.live:
            points = [model.split if self.scene.waiting is None else self.scene.waiting for model in models]
            if list(map(id, points)) != list(map(id, self._points)):  # of all lanes at once: a person has drawn them
                self._points = points
                self.view.show_points(points)
                self.pick.begin_anew()
                self.listens = self.pick.possible  # type: ignore[misc]
                signs = self._has_signs(models[0].split)
                self.say(*map(tr, DRAWN if signs else self.view.subtitles))
                self._put_off = not self._put_off and None not in self._shown
            else:
                self._put_off = False
            if self.scene.waiting is not None and self.view.drawn_on:
                self._wait()
                return
        self.pick.show(self.scene.traced)
        if self._put_off:  # a stroke's frame goes first; who goes on drawing sees every second one
            self.behind = True
            return
        keys = [model.moment if self.view.every_step else model.moment_of_epoch for model in models]
        waiting = [i for i, key in enumerate(keys) if key != self._shown[i]]
        if None not in self._shown:
            waiting.sort(key=lambda i: (i - self._turn) % len(keys))
            self.behind = len(waiting) > 1
            waiting = waiting[:1]
        for i in waiting:
            self._shown[i] = keys[i]
            self._turn = i + 1
            score, note = self.view.show(i, models[i])
            self.scores[i].set_text(score)
            self.notes[i].set_text(self.fitting(note or [""], self._note_width))

    def targets(self) -> list[tuple[float, float]]:
        """Return some training points of the first lane."""
        return [] if self._being_drawn_on else self.pick.targets()

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Trace a training point that is clicked through the layers; on the same again, or Escape, no more."""
        if self._being_drawn_on:
            return NOTHING
        answer = self.pick.pointer(kind, x, y, self.scene.traced)
        if answer.trace is not None:  # it counts as traced at once, before the next frame
            self.scene = replace(self.scene, traced=None if answer.trace == END else answer.trace)
        return answer

    @property
    def _being_drawn_on(self) -> bool:
        """Whether a pointer draws: that a person does so outlives data on which nobody can."""
        return self.drawn_on and self.view.drawn_on

    def _wait(self) -> None:
        """Show that nothing is trained on what is drawn."""
        self.behind = False
        if any(key is not None for key in self._shown) or not self.scores[0].get_text():
            self._shown = [None] * len(self.lanes)
            for i, (score, note) in enumerate(zip(self.scores, self.notes, strict=True)):
                self.view.blank(i)
                score.set_text(MISSING)
                note.set_text("")

    def _has_signs(self, split: Split) -> bool:
        """Whether some points are drawn for validation or test."""
        drawing = split.drawing if self.scene.waiting is None else self.scene.waiting
        return drawing is not None and not len(drawing.held)

    def _cells(self, header: float) -> list[Cell]:
        margins = Margins(header, self.view.margin_left, self.view.margin_bottom, GAP)
        return cells_for(len(self.lanes), self.place.width, self.place.height - self.header_height, margins)
