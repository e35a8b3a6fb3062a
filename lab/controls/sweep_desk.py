"""The desk of a sweep: choose a field, run, watch the progress, cancel, adopt the best, ask for the test score once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import numpy as np

from regviz.language import en, joined, ntr, tr

from ..compare.axes import AXES, Axis
from ..compare.lanes import in_words
from ..compare.sweep import SweepRun, SweepView
from ..lessons.sweep_report import without_best, without_effect
from ..look.numbers import number

ONE = en("nothing else")

INVITATION = en(
    "A sweep trains the network at many values of one thing, each with five seeds, while you watch; of two things at "
    "once, it makes a map."
)


class SweepDesk(widgets.VBox):  # type: ignore[misc, unused-ignore]
    """Widgets for one sweep at a time; `run(field, second)`, `cancel()`, `adopt(fields)` and `reveal()` are called."""

    def __init__(
        self,
        run: Callable[[str, str], None],
        cancel: Callable[[], None],
        adopt: Callable[[dict[str, Any]], None],
        reveal: Callable[[], None],
    ) -> None:
        said = [(_said(axis), field) for field, axis in AXES.items()]
        self.field = widgets.Dropdown(options=said, description=tr("Sweep over"))
        self.second = widgets.Dropdown(options=[(tr(ONE), ""), *said], value="", description=tr("and"))
        for offered in (self.field, self.second):
            offered.add_class("rv-knob").add_class("rv-sweep-field")
        self.run = widgets.Button(
            description=tr("Run sweep"), tooltip=tr("Train the network at every value, with five seeds")
        )
        self.cancel = widgets.Button(description=tr("Cancel"), tooltip=tr("Train no further"), disabled=True)
        self.adopt = widgets.Button(
            description=tr("Adopt the best"), tooltip=tr("Turn the knob to the best value"), disabled=True
        )
        self.reveal = widgets.Button(
            description=tr("Show the test loss"),
            tooltip=tr("Shown once, at the end; do not choose by it"),
            disabled=True,
        )
        self.progress = widgets.FloatProgress(min=0, max=1, value=0).add_class("rv-progress")
        self.said = widgets.HTML().add_class("rv-said")
        self._best: dict[str, Any] | None = None
        self.run.on_click(lambda _: run(self.field.value, self.second.value))
        self.cancel.on_click(lambda _: cancel())
        self.adopt.on_click(lambda _: adopt(self._best) if self._best else None)
        self.reveal.on_click(lambda _: reveal())
        buttons = widgets.HBox([self.field, self.second, self.run, self.cancel, self.adopt, self.reveal]).add_class(
            "rv-buttons"
        )
        super().__init__([buttons, self.progress, self.said])
        self.show(None)

    def show(self, sweep: SweepRun | None) -> None:
        """Say where the sweep stands. Cheap when nothing has changed."""
        view = None if sweep is None else sweep.view()
        done = sweep is None or sweep.done
        self._best = None
        if view is not None and view.best is not None and view.models:
            self._best = view.change(view.best, but=view.idle)
        _set(self.run, disabled=not done)
        _set(self.cancel, disabled=done)
        _set(self.adopt, disabled=self._best is None)
        open_yet = view is not None and view.done and not view.cancelled and view.test is None
        _set(self.reveal, disabled=not (open_yet and self._best))
        _set(self.progress, value=0.0 if sweep is None else round(sweep.progress, 2))
        _set(self.said, value=f'<p role="status">{self._sentence(sweep)}</p>')

    def _sentence(self, sweep: SweepRun | None) -> str:
        if sweep is None:
            return tr(INVITATION)
        view = sweep.view()
        if view.best is None:
            return without_best(view)
        pairs = zip(view.axes, view.at(view.best), strict=True)
        acting = [(axis, value) for axis, value in pairs if axis.field not in view.idle]
        best: dict[str, Any] = {
            "fields": joined([_said(axis) for axis, _ in acting]),
            "values": joined([in_words(value) for _, value in acting]),
        }
        if view.cancelled:
            return tr("Cancelled at epoch {epoch}; best {fields} so far: {values}.", epoch=view.epoch, **best)
        if not view.done:
            best |= {"epoch": view.epoch, "epochs": view.epochs}
            return tr("Epoch {epoch} of {epochs}; best {fields} so far: {values}.", **best)
        return " ".join(filter(None, (self._done(view, best), without_effect(view))))

    def _done(self, view: SweepView, best: dict[str, Any]) -> str:
        if view.test is None:
            return tr("Done; best {fields}: {values}. The test loss has not been looked at.", **best)
        mean, low, high = (number(float(of(view.test))) for of in (np.mean, np.min, np.max))
        return ntr(
            "Done; best {fields}: {values}. Test loss there: {mean} (of 1 seed).",
            "Done; best {fields}: {values}. Test loss there: {mean} (from {low} to {high} over {n} seeds).",
            len(view.test),
            **{**best, "mean": mean, "low": low, "high": high},
        )


def _said(axis: Axis) -> str:
    """Name and symbol: "L1 strength λ"."""
    return f"{tr(axis.name)} {axis.symbol}".strip()


def _set(widget: Any, **values: Any) -> None:
    """Set traits that differ: a trait that is set travels to the page."""
    for name, value in values.items():
        if getattr(widget, name) != value:
            setattr(widget, name, value)
