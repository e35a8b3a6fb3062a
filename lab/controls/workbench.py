"""The tools of the lab's head line, and what they do to its networks and pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import ipywidgets as widgets

from regviz.language import en, tr

from ..compare import own_data
from ..compare.adopting import adopted
from ..compare.lanes import TECHNIQUES, Lane
from ..compare.session import Session
from ..compare.sweep import Sweep, SweepRun
from ..export.experiment import Experiment
from ..export.save import Shown
from ..panels import PANELS
from .data_desk import DataDesk
from .drawers import Drawers
from .files import Doorstep
from .kept_table import KEPT, NOTHING, Kept
from .lane_editor import LaneEditor
from .picker import Picker
from .pictures import Pictures
from .requests import Requests
from .sweep_desk import SweepDesk
from .takeaway import TakeAway

YOUR_DATA = en("Your data")
SWEEP_PICTURES, MAP_PICTURES = ("u_curve", "path"), ("sweep_map",)
SWEEP_SHOWN_EVERY = 0.25
"""Seconds between two looks at a sweep's progress."""


class Workbench:
    """Pictures, lanes, sweeps, custom data, things to take away: each a drawer that opens below the head line.

    requests   the way of what a person asks for, into the player's loop
    turn       turns knobs, Config fields with their values; True if all could be turned
    shown      what there is to take away now
    opened     called with an experiment that a person opened
    reveal     makes the page one that shows its tools; a projector has none
    """

    def __init__(
        self,
        session: Session,
        pictures: Pictures,
        requests: Requests,
        *,
        turn: Callable[[Mapping[str, Any]], bool],
        shown: Callable[[], Shown],
        opened: Callable[[Experiment], None],
        reveal: Callable[[], None],
    ) -> None:
        self._session, self._all_pictures, self._requests = session, pictures, requests
        self._turn, self._shown, self._opened, self._reveal = turn, shown, opened, reveal
        self.drawers = Drawers(
            {
                en("Pictures"): (en("Choose what is shown"), self._pictures),
                en("Lanes"): (en("Add, remove, rename and recolour the networks that are compared"), self._lanes),
                en("Sweep"): (en("Train over a whole range of one thing, or of two"), self._sweep),
                YOUR_DATA: (en("Train on a table of your own"), self._data),
                en("Take away"): (en("Picture, film, data, program, experiment"), self._take_away),
            }
        )
        self._picker: Picker | None = None
        self._editor: LaneEditor | None = None
        self._desk: SweepDesk | None = None
        self._giving: TakeAway | None = None
        self.doorstep = Doorstep(self._dropped, self._is_kept)
        self._kept = NOTHING
        self.kept = ""
        """What is to be said of a table that the page's tab has kept; "" if none has come."""
        self._data_desk: DataDesk | None = None
        self._looking = False

    def follow(self, lanes: tuple[Lane, ...], shown: tuple[str, ...]) -> None:
        """Follow the session: other lanes are compared now, or other pictures shown."""
        if self._editor is not None:
            self._editor.follow(lanes)
        if self._picker is not None:
            self._picker.follow(shown)

    # -- pictures

    def _pictures(self) -> widgets.Widget:
        shown = self._all_pictures.names
        self._picker = Picker(PANELS, shown, lambda names: self._requests.ask(partial(self._all_pictures.show, names)))
        return self._picker

    # -- lanes

    def _lanes(self) -> widgets.Widget:
        session = self._session
        self._editor = LaneEditor(session.lanes, lambda: session.base, self._set_lanes, self._requests.call)
        return self._editor

    def _set_lanes(self, lanes: tuple[Lane, ...]) -> None:
        self._session.set_lanes(lanes)
        self._requests.redraw()

    def typed(self, lane: int, field: str, text: str) -> None:
        """Set a lane's own value to what a person typed for it; nothing happens where the lane has none."""
        if self._editor is not None:
            self._editor.typed(lane, field, text)

    # -- custom data, and what one takes away

    def _data(self) -> widgets.Widget:
        def added(name: str) -> None:
            if self._turn({"data": name}):
                own_data.hold(self._session, name)
                self._requests.say(tr("A link cannot carry your data. To keep them, take the experiment away as JSON."))

        self._data_desk = DataDesk(added, self._requests.call)
        return self._data_desk

    def _is_kept(self, said: dict[str, Any]) -> None:
        """The file that comes next is one that the page's tab has kept, and was read so (on any thread)."""
        self._kept = Kept.said(said)

    def _dropped(self, name: str, content: bytes) -> None:
        """A file was dropped on the page (on any thread), or kept by it: open the desk, where it is seen, with it."""
        kept, self._kept = self._kept, NOTHING

        def look() -> None:
            self._reveal()  # nothing else says that the file has come, and what is asked about it
            self.drawers.buttons[YOUR_DATA].value = True
            if self._data_desk is not None:
                self._data_desk.take(name, content, kept)
            if kept is not NOTHING:
                self.kept = tr(KEPT, name=name)
                self._requests.say(self.kept)  # instead of the link's word that it cannot carry a table

        self._requests.call(look)

    def _take_away(self) -> widgets.Widget:
        requests = self._requests
        self._giving = TakeAway(self._shown, self._session, requests.call, requests.later, self._opened)
        return self._giving

    def end(self) -> None:
        """End what is being made for somebody to take away."""
        if self._giving is not None:
            self._giving.end()

    # -- sweeps

    def _sweep(self) -> widgets.Widget:
        ask, session = self._requests.ask, self._session
        self._desk = SweepDesk(
            lambda field, second: ask(partial(self._run_sweep, field, second)),
            lambda: ask(partial(self._tell, session.cancel_sweep)),
            lambda fields: self._requests.call(partial(self.adopt, fields)),
            lambda: ask(partial(self._tell, session.reveal_test)),
        )
        return self._desk

    def _run_sweep(self, field: str, second: str = "") -> None:
        session, pictures = self._session, self._all_pictures
        base = session.base
        if not {field, second} & set(TECHNIQUES):  # then the techniques are those of a lane
            base = session.lanes[session.chosen or 0].config(base)
        what = Sweep.over(field, base, second)
        sweep = SweepRun(base, what)  # what is impossible changes nothing, and starts nobody
        session.pause()  # the sweep is what one looks at now, and wants the processor
        session.start_sweep(sweep)
        sweep.share(session.workers())
        pictures.bring(MAP_PICTURES if what.second else SWEEP_PICTURES, 2, (*SWEEP_PICTURES, *MAP_PICTURES))
        self._requests.redraw()
        if not self._looking:
            self._show_sweep()

    def adopt(self, fields: Mapping[str, Any]) -> None:
        """Turn knobs to values of the sweep, and add a lane where none would show what they make of a network."""
        if not self._turn(fields):
            return
        session = self._session
        found = adopted(session.lanes, fields)
        if found.lane is None or self._requests.do(partial(session.set_lanes, (*session.lanes, found.lane))):
            self._requests.say(found.said)

    def swept(self, fields: Mapping[str, Any]) -> bool:
        """Return whether the knobs `fields` are those of the sweep that is shown."""
        sweep = self._session.sweep
        if sweep is None:
            return False
        view = sweep.view()
        return bool(view.models) and {*fields} == {*view.change(0)}

    def _tell(self, act: Callable[[], None]) -> None:
        """Do something to the sweep, and show it at once."""
        act()
        if self._desk is not None:
            self._desk.show(self._session.sweep)

    def _show_sweep(self) -> None:
        """Show how far the sweep is, and again until it is done."""
        sweep = self._session.sweep
        if self._desk is not None:
            self._desk.show(sweep)
        self._looking = sweep is not None and not sweep.done
        if self._looking:
            self._requests.later(SWEEP_SHOWN_EVERY, self._show_sweep)
