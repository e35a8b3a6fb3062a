"""The tools of the lab's head line, and what they do to it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..compare.lanes import Lane
from ..compare.sweep import Sweep, SweepRun
from ..panels import PANELS
from .data_desk import DataDesk
from .drawers import Drawers
from .lane_editor import LaneEditor
from .picker import Picker
from .sweep_desk import SweepDesk
from .takeaway import TakeAway

if TYPE_CHECKING:
    import ipywidgets as widgets

    from ..app import Lab

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
        self._picker = Picker(PANELS, shown, lambda names: self.lab.ask(partial(self.lab.show, names)))
        return self._picker

    # -- lanes

    def _lanes(self) -> widgets.Widget:
        lab = self.lab
        self._editor = LaneEditor(lab.session.lanes, lambda: lab.session.base, self._set_lanes, lab.player.call)
        return self._editor

    def _set_lanes(self, lanes: tuple[Lane, ...]) -> None:
        self.lab.session.set_lanes(lanes)
        self.lab.player.redraw()
        self.lab.player.wake()
        self.lab.tell()

    def follow(self, lanes: tuple[Lane, ...], shown: tuple[str, ...]) -> None:
        """Other lanes are compared now, or other pictures shown."""
        if self._editor is not None:
            self._editor.follow(lanes)
        if self._picker is not None:
            self._picker.follow(shown)

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
        lab = self.lab
        self._desk = SweepDesk(
            lambda field: lab.ask(partial(self._run_sweep, field)),
            partial(lab.ask, self._cancel_sweep),
            lambda field, value: lab.player.call(partial(lab.turn, {field: value})),
            partial(lab.ask, self._reveal_test),
        )
        return self._desk

    def _run_sweep(self, field: str) -> None:
        session = self.lab.session
        sweep = SweepRun(session.base, Sweep.over(field, session.base))  # what is impossible changes nothing
        session.pause()  # the sweep is what one looks at now, and wants the processor
        session.start_sweep(sweep)
        shown = [panel.name for panel in self.lab.player.stage.panels]
        if not set(SWEEP_PICTURES) <= set(shown):
            others = [name for name in shown if name not in SWEEP_PICTURES]
            self.lab.show((*others[:2], *SWEEP_PICTURES))
        self.lab.player.redraw()
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
