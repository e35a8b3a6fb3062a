"""`Lab`: session, player, pictures and page put together into one widget."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import ipywidgets as widgets

from regviz import Config
from regviz.language import speak, tr
from regviz.memory import give_back

from .canvas.stage import Stage
from .compare import own_data
from .compare.helper import helper
from .compare.knobs import for_data
from .compare.lanes import DEFAULT_LANES, Lane, checked_lanes, usual_lanes
from .compare.presets import START
from .compare.session import Session
from .controls.address import Address
from .controls.controls import Controls, checked_knob_names
from .controls.draw_desk import DrawDesk
from .controls.ending import close_all
from .controls.head import Head
from .controls.keepsake import SENTENCE, Keepsake
from .controls.pictures import Pictures
from .controls.present import Present
from .controls.requests import Requests
from .controls.seeds import Seeds
from .controls.transport import Transport
from .controls.workbench import Workbench
from .export.arguments import (
    checked_config,
    checked_language,
    checked_lesson,
    checked_panels,
    checked_reading,
    checked_title,
    checked_workers,
)
from .export.experiment import USUAL_PANELS, USUAL_TITLE
from .export.tables import added
from .for_notebooks import ForNotebooks
from .lessons.guide import Guide
from .lessons.lesson import Lesson
from .page import cells
from .page.player import Player
from .page.screen import Screen
from .page.views import AWAY
from .panels import Panel


class Lab(ForNotebooks, widgets.VBox):  # type: ignore[misc, unused-ignore]
    """The lab as a widget: knobs at the left, moving pictures at the right, live numbers below.

    config    where every knob starts; None for the playground's start, or what the page's link asks for
    lanes     the networks that are compared
    panels    the pictures to show: names from `regviz.lab.panels.PANELS`, or Panel classes; behind a name what
              is seen of it ("loss~log~last50", "loss~score")
    title     what stands in the head line, as the catalogues have it, if they do
    play      start to play as soon as the page is ready
    knobs     the Config fields whose knobs are shown, None for all
    data      custom data to start with: whatever `regviz.read_table` reads (a DataFrame, a CSV's path …), or (X, y).
              Rows are trained on as they are: n_train, noise and label_noise start as suits them, not as `config` says
    target    the column of `data` to predict; None for the last one, or one that is called "target", "label" …
    leave_out columns that are no inputs
    lesson    what is to be learned here: nothing trains before its question is answered, and of the pictures only the
              first is shown until its numbers are clear
    lang      the language of the page, "en", "de" or "es"; None for the one that its link (`lang=`) or its browser asks
              for, or REGVIZ_LANG in the environment. A kernel has one: the newest lab's
    executor  who trains sweeps and many seeds beside the lab itself: any `concurrent.futures.Executor`, it stays open;
              None for a second process of this machine, if it has a processor for it
    how       what else `regviz.read_table` may be told of `data`, as its sentences name it: keep, task, kinds, gaps …

    Raises ArgumentError for lanes, panels, knobs, a title or a lesson that cannot be or are too many, and for what is
    said of data where there are none; TableError for data that cannot be used (both are ValueErrors).
    """

    def __init__(
        self,
        config: Config | None = START,
        *,
        lanes: Sequence[Lane] = DEFAULT_LANES,
        panels: Sequence[str | type[Panel]] = USUAL_PANELS,
        title: str = USUAL_TITLE,
        play: bool = True,
        knobs: Sequence[str] | None = None,
        lesson: Lesson | None = None,
        data: Any = None,
        target: Hashable | None = None,
        leave_out: Hashable | Iterable[Hashable] = (),
        executor: Executor | None = None,
        lang: str | None = None,
        **how: Any,
    ) -> None:
        speak(checked_language(lang))
        if lanes is DEFAULT_LANES and lesson is None:  # what a lesson observes knows them by their English names
            lanes = usual_lanes()
        lanes, _ = checked_lanes(lanes), (checked_panels(panels), checked_knob_names(knobs), checked_lesson(lesson))
        config = checked_config(config, START)
        self.title, self._play = checked_title(title), play
        checked_reading(data, target, leave_out, how)
        if data is not None:
            leaving = [lab.session for lab in cells.leaving() if len(lab.screen.views) <= 1]
            config = for_data(config, added(data, target, leave_out=leave_out, leaving=leaving, **how).name)
        self.session = Session(config, lanes)
        if data is not None:
            own_data.hold(self.session, config.data)
        self.session.workers = checked_workers(executor) or helper
        self.screen = Screen()
        stage = Stage([])
        self.player = Player(self.session, stage, self.screen, self._hear)
        self.requests = Requests(self.player, self.tell)
        self.pictures = Pictures(stage, self.requests.redraw, panels, None if lesson is None else 1)
        self.controls = Controls(self.session, self.requests, knobs)
        self.seeds = Seeds(self.session, self.pictures, self.requests)
        self.draw_desk = DrawDesk(self.player, self.requests, self.controls.show, allowed=lesson is None)
        self.guide = None
        if lesson is not None:
            self.guide = Guide(lesson, self.session, self._taught, self.pictures.teach, self.seeds.press)
        self.workbench = Workbench(
            self.session,
            self.pictures,
            self.requests,
            turn=self.controls.turn,
            shown=self.shown,
            opened=self.open_experiment,
            reveal=lambda: self.head.leave_projector(),
        )
        self.address = Address(config, self.session, self.pictures, self.guide, self.screen, self.player.later)
        self.transport = Transport(self.session, lambda: self.held, self.requests.ask)
        tools = () if self.guide is not None else (*self.workbench.drawers.buttons.values(), self.seeds.button)
        heading = tr(title)
        tools = (*tools, Present.of(heading, self.guide))
        self.head = Head(heading, tools, self.player.toggle_mode, self.player.set_projector, self.requests.ask)
        watched, later = lambda: bool(self.screen.watching()), self.player.later
        self.keepsake = Keepsake(self.session, self.pictures, self.shown, later, watched)
        self._told = self.session.lanes, self.pictures.names
        doorstep = () if self.guide is not None else (self.workbench.doorstep,)
        super().__init__([self.head, *doorstep, self.workbench.drawers.box, self._body()])
        self.add_class("rv-app")
        if self.guide is not None:
            self.add_class("rv-taught")
        self._replaced = False
        self.player.start()
        cells.enter(self, Lab._replace)

    def _body(self) -> widgets.Widget:
        """What stands below the head line. A lesson has the column; its few knobs stand below the pictures."""
        aside, below = ([self.controls.box], []) if self.guide is None else ([self.guide], [self.controls.box])
        side = widgets.VBox([self.transport, *aside]).add_class("rv-side")
        main = widgets.VBox([self.screen, *below]).add_class("rv-main")
        return widgets.HBox([side, main]).add_class("rv-body")

    # -- as an output

    def _repr_mimebundle_(self, **how: Any) -> Any:
        """The widget, and a sentence for whoever cannot show it."""
        bundle = super()._repr_mimebundle_(**how)
        return bundle and {**bundle, "text/plain": tr(SENTENCE)}

    def _ipython_display_(self) -> None:
        """Stand in the output of a cell, with a picture that stays when the notebook is saved."""
        if self.comm is None:
            print(tr("This lab was closed. Run the cell that made it again."))
        else:
            cells.shown(self)
            self.keepsake.show(self._repr_mimebundle_())

    def close(self) -> None:
        """End the lab: nothing trains any more, its outputs are empty, and its memory is free once no name keeps it.

        A lab also ends when its cell has made another one and nobody sees this one any more.
        """
        if self.comm is None or sys.is_finalizing():
            return
        cells.forget(self)
        own_data.end(self.session)
        self.session.cancel_sweep()
        self.session.cancel_chance()
        self.workbench.end()
        close_all(self, *self.workbench.drawers.made, *self.controls.made)
        self.player.stop(_let_go)

    def _replace(self) -> None:
        """Its cell was run again and has made another lab: end this one as soon as it is shown nowhere."""
        self._replaced = True
        self._end_unseen()
        self.player.later(AWAY, self._replace)  # a page that went without a word

    def _end_unseen(self) -> None:
        if self._replaced and not self.screen.views.anywhere(self.screen.clock()):
            self.close()

    # -- what the parts ask for; everything runs in the player's loop

    @property
    def held(self) -> bool:
        """True while a lesson's question stands unanswered: nothing trains."""
        return self.guide is not None and self.guide.holds

    def tell(self) -> None:
        """Bring buttons, knobs, drawers and link up to date."""
        self.transport.follow()
        self.controls.settle(self.player.notice)
        self.seeds.follow()
        self.head.follow(self.player.mode)
        told, self._told = self._told, (self.session.lanes, self.pictures.names)
        if told != self._told:
            self.controls.follow(self.session.lanes)
            self.workbench.follow(*self._told)
        self.address.follow()
        self.keepsake.follow()

    def _taught(self, act: Callable[[], None]) -> None:
        """The lesson's page asks for something (on any thread)."""

        def taught() -> None:
            self.requests.do(act)
            self.controls.show()

        self.player.call(taught)

    def _hear(self, message: dict[str, Any]) -> None:
        """A message of the page that is not about frames."""
        do, session = self.requests.do, self.session
        kind = message["kind"]
        if kind == "ready":
            self.draw_desk.restore(message)
            self._open(str(message.get("search", "")))
        elif kind == "gone":
            self._end_unseen()
        elif kind == "key":
            self._press(str(message.get("command")), message.get("lane"))
        elif kind == "turn":
            taken = self.guide is None and self.workbench.swept(message["change"])  # a lesson has the lanes it needs
            (self.workbench.adopt if taken else self.controls.turn)(message["change"])
        elif kind == "typed":
            self._typed(int(message["lane"]), str(message["field"]), str(message["text"]))
        elif kind == "draw":
            self.draw_desk.hear(message)
        elif kind == "look back":
            do(partial(session.look_back, message.get("epoch")))
        elif kind == "pin":
            do(session.unpin if session.pinned is not None else session.pin)
            self.player.redraw()
        elif kind == "link":
            self.player.call(partial(self._tell_link, str(message.get("view", ""))))  # once all before it is done
        self.tell()

    def _typed(self, lane: int, field: str, text: str) -> None:
        """A person typed a value beside a slider: of all lanes' knobs, or of one `lane` (from 0 on)."""
        if lane < 0:
            self.controls.turn({field: text})
        else:
            self.workbench.typed(lane, field, text)

    def _tell_link(self, view: str) -> None:
        """Somebody copies the link: it has to be that of now, not of a moment ago."""
        self.address.write()
        self.screen.send({"kind": "link", "view": view, "query": self.screen.query})

    def _press(self, command: str, lane: int | None) -> None:
        """A key of the page."""
        if command in self.transport.acts:
            self.requests.do(self.transport.acts[command])
        elif command == "lane":
            self.requests.do(partial(self.session.choose, lane))
            self.player.redraw()
        elif command == "projector":
            self.head.projector.value = not self.head.projector.value

    def _open(self, search: str) -> None:
        """Start as the page's address asks; a second view of the page changes nothing."""
        notes = self.address.open(search, self._play)
        if notes is None:
            return
        self.controls.show()
        self.transport.show_speed()
        self.requests.say(self.workbench.kept or " ".join(notes))  # the tab's table may come before its link
        if self.guide is not None:
            self.guide.watch(self.player.later)
        self.player.redraw()


def _let_go() -> None:
    """Give back what an ended lab has used, the tables that it had brought among it."""
    give_back()
    own_data.take_away()
