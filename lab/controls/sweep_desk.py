"""The desk of a sweep: choose a field, run, watch the progress, cancel, adopt the best, ask for the test score once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from ..compare.axes import AXES, Axis
from ..compare.lanes import in_words
from ..compare.sweep import SweepRun
from ..lessons.sweep_report import without_best
from ..look.numbers import number

ONE = "nothing else"

INVITATION = (
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
        self.field = widgets.Dropdown(options=said, description="Sweep over").add_class("rv-knob")
        self.second = widgets.Dropdown(options=[(ONE, ""), *said], value="", description="and").add_class("rv-knob")
        self.run = widgets.Button(description="Run sweep", tooltip="Train the network at every value, with five seeds")
        self.cancel = widgets.Button(description="Cancel", tooltip="Train no further", disabled=True)
        self.adopt = widgets.Button(
            description="Adopt the best", tooltip="Turn the knob to the best value", disabled=True
        )
        self.reveal = widgets.Button(
            description="Show the test loss", tooltip="Once, at the end: no choice may look at it", disabled=True
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
            self._best = view.change(view.best)
        _set(self.run, disabled=not done)
        _set(self.cancel, disabled=done)
        _set(self.adopt, disabled=self._best is None)
        open_yet = view is not None and view.done and not view.cancelled and view.test is None
        _set(self.reveal, disabled=not (open_yet and self._best))
        _set(self.progress, value=0.0 if sweep is None else round(sweep.progress, 2))
        _set(self.said, value=f'<p role="status">{self._sentence(sweep)}</p>')

    def _sentence(self, sweep: SweepRun | None) -> str:
        if sweep is None:
            return INVITATION
        view = sweep.view()
        if view.best is None:
            return without_best(view)
        best = f"best {' and '.join(map(_said, view.axes))} so far: {' and '.join(map(in_words, view.at(view.best)))}"
        if view.cancelled:
            return f"Cancelled at epoch {view.epoch}; {best}."
        if not view.done:
            return f"Epoch {view.epoch} of {view.epochs}; {best}."
        if view.test is None:
            return f"Done; {best.replace(' so far', '')}. The test loss has not been looked at."
        return (
            f"Done; {best.replace(' so far', '')}. Test loss there: {number(view.test.mean())} "
            f"(from {number(view.test.min())} to {number(view.test.max())} over {len(view.test)} seeds)."
        )


def _said(axis: Axis) -> str:
    """Name and symbol: "L1 strength λ"."""
    return f"{axis.name} {axis.symbol}".strip()


def _set(widget: Any, **values: Any) -> None:
    """Set traits that differ: a trait that is set travels to the page."""
    for name, value in values.items():
        if getattr(widget, name) != value:
            setattr(widget, name, value)
