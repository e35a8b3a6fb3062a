"""The tools of the lab's head line, and what they do to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from .data_desk import DataDesk
from .drawers import Drawers
from .lane_editor import LaneEditor
from .lanes import Lane
from .panels import PANELS
from .picker import Picker
from .sweep import Sweep, SweepRun
from .sweep_desk import SweepDesk
from .takeaway import TakeAway

if TYPE_CHECKING:
    import ipywidgets as widgets

    from .app import Lab

SWEEP_PICTURES = ("u_curve", "path")
SWEEP_SHOWN_EVERY = 0.25
"""Seconds between two looks at a sweep's progress."""


class Workbench:
    """Pictures, lanes, sweeps, own data, things to take away: each a drawer that opens below the head line of `lab`."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.drawers = Drawers(
            {
                "Pictures": ("Choose what is shown", self._pictures),
                "Lanes": ("Add, remove, rename and recolour the networks that are compared", self._lanes),
                "Sweep": ("Train over a whole range of λ or p", self._sweep),
                "Your data": ("Train on a table of your own", self._data),
                "Take away": ("Picture, film, data, program, experiment", self._take_away),
            }
        )
        self._picker: Picker | None = None
        self._editor: LaneEditor | None = None
        self._desk: SweepDesk | None = None
        self._looking = False

    # -- pictures

    def _pictures(self) -> widgets.Widget:
        shown = [panel.name for panel in self.lab.player.stage.panels if panel.name in PANELS]
        self._picker = Picker(PANELS, shown, lambda names: self.lab.player.call(partial(self.lab.show, names)))
        return self._picker

    def follow_pictures(self) -> None:
        """Other pictures are shown now."""
        if self._picker is not None:
            self._picker.follow([panel.name for panel in self.lab.player.stage.panels])

    # -- lanes

    def _lanes(self) -> widgets.Widget:
        lab = self.lab
        self._editor = LaneEditor(lab.session.lanes, lambda: lab.session.base, self._set_lanes, lab.player.call)
        return self._editor

    def follow_lanes(self) -> None:
        """Other lanes are compared now."""
        if self._editor is not None:
            self._editor.follow(self.lab.session.lanes)

    def _set_lanes(self, lanes: tuple[Lane, ...]) -> None:
        lab = self.lab
        lab.session.set_lanes(lanes)
        lab.controls.follow(lab.session.lanes)
        lab.player.redraw()
        lab.player.wake()

    # -- data of one's own, and what one takes away

    def _data(self) -> widgets.Widget:
        def added(name: str) -> None:
            self.lab.turn({"data": name})
            self.lab.player.notice = "A link cannot carry your data. To keep them, take the experiment away as JSON."

        return DataDesk(added, self.lab.player.call)

    def _take_away(self) -> widgets.Widget:
        player = self.lab.player
        return TakeAway(self.lab.shown, self.lab.session, player.call, player.later, self.lab.open_experiment)

    # -- sweeps

    def _sweep(self) -> widgets.Widget:
        def called(act: Callable[[], None]) -> Callable[[], None]:
            return lambda: self.lab.player.call(act)

        self._desk = SweepDesk(
            lambda field: self.lab.player.call(partial(self._run_sweep, field)),
            called(self._cancel_sweep),
            lambda field, value: self.lab.player.call(partial(self.lab.turn, {field: value})),
            called(self._reveal_test),
        )
        return self._desk

    def _run_sweep(self, field: str) -> None:
        session = self.lab.session
        session.pause()  # the sweep is what one looks at now, and wants the processor
        session.start_sweep(SweepRun(session.base, Sweep.over(field, session.base)))
        shown = [panel.name for panel in self.lab.player.stage.panels]
        if not set(SWEEP_PICTURES) <= set(shown):
            others = [name for name in shown if name not in SWEEP_PICTURES]
            self.lab.show((*others[:2], *SWEEP_PICTURES))
        self.lab.player.redraw()
        self.lab.tell()
        if not self._looking:
            self._show_sweep()

    def _cancel_sweep(self) -> None:
        sweep = self.lab.session.sweep
        if sweep is not None:
            sweep.cancel()
            self._told(sweep)

    def _reveal_test(self) -> None:
        sweep = self.lab.session.sweep
        if sweep is not None and sweep.done:
            sweep.reveal_test()
            self._told(sweep)

    def _told(self, sweep: SweepRun) -> None:
        """A person did something to the sweep: pictures and desk show it at once."""
        self.lab.session.changes += 1
        if self._desk is not None:
            self._desk.show(sweep)

    def _show_sweep(self) -> None:
        """Show how far the sweep is, and again until it is done."""
        sweep = self.lab.session.sweep
        if self._desk is not None:
            self._desk.show(sweep)
        self._looking = sweep is not None and not sweep.done
        if self._looking:
            self.lab.player.later(SWEEP_SHOWN_EVERY, self._show_sweep)
