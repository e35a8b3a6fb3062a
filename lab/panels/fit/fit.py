"""What each lane has learned: its decision surface, its mistakes, or its predictions, whatever suits the data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from regviz.data import Split
from regviz.training.snapshot import Snapshot

from ..parts.base import Panel
from ..parts.labels import first_that_fits, shorten, width_of
from ..parts.views import View, layout
from .pictures import PicturesView
from .surface import SurfaceView
from .tables import ConfusionView, ValuesView

GAP = 14.0


def view_of(split: Split) -> type[View]:
    """The kind of picture that suits `split`."""
    if split.task == "regression":
        return ValuesView
    if split.image_shape is not None:
        return PicturesView
    return SurfaceView if split.X_train.shape[1] == 2 else ConfusionView


class FitPanel(Panel):
    """One small picture per lane with its name and validation score. One lane is refreshed per `draw`, in turn."""

    name: ClassVar[str] = "fit"

    def build(self, snapshot: Snapshot) -> None:
        """Cells for all lanes, each with a header."""
        look, place, models = self.look, self.place, snapshot.models
        self.view = view_of(models[0].split)(self, models)
        self.add_header("Fit", *self.view.subtitles)
        top = self.header_height
        room = place.height - top
        line = 1.45 * look.label_size
        score_width = width_of("94.7 %", look.label_size)
        longest = max(width_of(lane.name, look.label_size, bold=True) for lane in self.lanes)
        noted = self.view.note_lines > 0
        lines = 1 + self.view.note_lines
        cells, across = layout(len(self.lanes), place.width, room, lines * line, self.view, GAP)
        beside = longest + score_width + 6 <= across
        if not (beside or noted):  # the score goes below the name
            lines = 2
            cells, across = layout(len(self.lanes), place.width, room, lines * line, self.view, GAP)
        self.scores, self.notes = [], []
        for i, (lane, cell) in enumerate(zip(self.lanes, cells, strict=True)):
            color = look.lanes[i % len(look.lanes)]
            y = top + cell.top - (lines - 1) * line - 0.45 * look.label_size
            used = self.view.build(i, replace(cell, top=top + cell.top))
            width = max(used, min(across, longest + score_width + 6))
            name = shorten(lane.name, width - (score_width + 6 if beside else 0), look.label_size * 1.06)
            self.add_text(cell.left, y, name, color=color, weight="bold")
            x, ha = (cell.left + width, "right") if beside else (cell.left, "left")
            self.scores.append(self.live(self.add_text(x, y if beside else y + line, "", ha=ha)))
            x, ha = (cell.left, "left") if beside else (cell.left + width, "right")
            self.notes.append(self.live(self.add_text(x, y + line, "", size=look.small_size, color=look.muted, ha=ha)))
        self._note_width = across - (0 if beside else score_width + 6)
        self._shown: list[Any] = [None] * len(self.lanes)
        self._turn = 0

    def draw(self, snapshot: Snapshot) -> None:
        """Show the lane whose turn it is, if it has changed; all lanes the first time."""
        models = snapshot.models
        keys = [(model.step if self.view.every_step else 0, model.epoch, model.state) for model in models]
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
            self.notes[i].set_text(first_that_fits(note, self._note_width, self.look.small_size) if note else "")
