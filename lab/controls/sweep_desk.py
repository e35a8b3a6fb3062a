"""The desk of a sweep: choose a field, run, watch the progress, cancel, adopt the best, ask for the test score once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from ..compare.knobs import knobs
from ..compare.lanes import TECHNIQUES, in_words
from ..compare.sweep import SweepRun
from ..lessons.sweep_report import without_best
from ..look.numbers import number


class SweepDesk(widgets.VBox):  # type: ignore[misc, unused-ignore]
    """Widgets for one sweep at a time; `run(field)`, `cancel()`, `adopt(field, value)` and `reveal()` are called."""

    def __init__(
        self,
        run: Callable[[str], None],
        cancel: Callable[[], None],
        adopt: Callable[[str, float], None],
        reveal: Callable[[], None],
    ) -> None:
        self._swept = {field: knob for field, knob in knobs().items() if field in TECHNIQUES}
        self.field = widgets.Dropdown(
            options=[(swept.said, swept.field) for swept in self._swept.values()], description="Sweep over"
        ).add_class("rv-knob")
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
        self._best: tuple[str, float] | None = None
        self.run.on_click(lambda _: run(self.field.value))
        self.cancel.on_click(lambda _: cancel())
        self.adopt.on_click(lambda _: adopt(*self._best) if self._best else None)
        self.reveal.on_click(lambda _: reveal())
        buttons = widgets.HBox([self.field, self.run, self.cancel, self.adopt, self.reveal]).add_class("rv-buttons")
        super().__init__([buttons, self.progress, self.said])
        self.show(None)

    def show(self, sweep: SweepRun | None) -> None:
        """Say where the sweep stands. Cheap when nothing has changed."""
        view = None if sweep is None else sweep.view()
        done = sweep is None or sweep.done
        self._best = None
        if view is not None and view.best is not None:
            self._best = view.field, float(view.values[view.best])
        _set(self.run, disabled=not done)
        _set(self.cancel, disabled=done)
        _set(self.adopt, disabled=self._best is None)
        open_yet = view is not None and view.done and not view.cancelled and view.test is None
        _set(self.reveal, disabled=not (open_yet and self._best))
        _set(self.progress, value=0.0 if sweep is None else round(sweep.progress, 2))
        _set(self.said, value=f'<p role="status">{self._sentence(sweep)}</p>')

    def _sentence(self, sweep: SweepRun | None) -> str:
        if sweep is None:
            return "A sweep trains the network at forty values of one strength, each with five seeds, while you watch."
        view = sweep.view()
        if view.best is None:
            return without_best(view)
        field, value = self._best or (view.field, float("nan"))
        best = f"best {self._swept[field].said} so far: {in_words(value)}"
        if view.cancelled:
            return f"Cancelled at epoch {view.epoch}; {best}."
        if not view.done:
            return f"Epoch {view.epoch} of {view.epochs}; {best}."
        if view.test is None:
            return f"Done; {best.replace(' so far', '')}. The test loss has not been looked at."
        return (
            f"Done; {best.replace(' so far', '')}. Test loss there: {number(view.test.mean())} "
            f"(from {number(view.test.min())} to {number(view.test.max())} over {len(view.seeds)} seeds)."
        )


def _set(widget: Any, **values: Any) -> None:
    """Set traits that differ: a trait that is set travels to the page."""
    for name, value in values.items():
        if getattr(widget, name) != value:
            setattr(widget, name, value)
