"""The one task that hears the page, trains, draws and sends. No threads: the same code runs under Pyodide.

It rests whenever there is nothing to do: paused and painted, no credit for a frame, every view hidden or gone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import perf_counter
from typing import Any

from regviz.language import tr

from ..canvas.stage import Stage
from ..compare.session import Session
from ..look.arrangement import PROJECTOR_SCALE, projector_scale
from ..look.theme import Look, Mode, look, with_lanes
from .pointing import Pointing
from .screen import Screen
from .showing import Showing, Showings
from .threads import settle_threads
from .views import AWAY

log = logging.getLogger(__name__)

SLICE = 0.002
"""Seconds of training between two looks at the page's messages."""

LONGEST_SLICE = 0.05
"""Seconds of training in one go in a full house, where a frame may take long: a turn must not wait for longer."""

SWEEP_SLICE = 0.008
"""Seconds of a sweep's training in one go: it has the processor to itself, but for its pictures."""

AFTER = 0.05
"""Seconds in which whoever was at work when the task was ended has come to an end too."""

HANDOVER = 0.001
"""Seconds of rest after a frame: the thread that sends needs the interpreter, and would wait 5 ms for it."""

PROJECTOR_PICTURES = 2
"""Pictures that a projector shows."""

STALL = 0.5
"""Seconds by which a rest may be late before something else (a cell below) had the kernel meanwhile."""


class Player:
    """Moves a session on and shows it.

    `start` needs a running event loop. `hear` is called with every message that is not about frames, and with
    `{"kind": "done"}` when training has ended by itself.
    """

    def __init__(self, session: Session, stage: Stage, screen: Screen, hear: Callable[[dict[str, Any]], None]) -> None:
        self.session, self.stage, self.screen, self.hear = session, stage, screen, hear
        self.mode: Mode = "light"
        self._page_is_dark: bool | None = None
        """The look that a page said it has: until it says another one, a person's choice stands."""
        self.projector = False
        self.notice = ""
        self.calls: list[Callable[[], None]] = []
        """What to do at the loop's next turn, in order: the way from any thread into the loop (`call`)."""
        self.clock: Callable[[], float] = perf_counter
        self.showings = Showings(session, stage, screen, perf_counter)
        self.pointing = Pointing(session, screen, self.showings, hear)
        self.more: Callable[[Stage, Look], dict[str, Any]] = lambda stage, look: {}
        """Tells what else a frame of a stage says besides its picture."""
        self._trained = False
        """True if training has had its turn since the last frame: one who drags a slider must not stop it."""
        self._ahead = False
        """True if something was trained that no frame has shown."""
        self._awaiting: dict[str, str] = {}
        """What a view wants to hear once it has been sent all that there is to show."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._timers: set[asyncio.TimerHandle] = set()
        self._woken = asyncio.Event()
        screen.wake = self.wake
        self.keep_time(perf_counter)

    @property
    def look(self) -> Look:
        """The look of the lab's own picture; `look_of` that of any showing."""
        return self.look_of(self.showings.main)

    def look_of(self, showing: Showing) -> Look:
        """Return the look of the next frame."""
        large = PROJECTOR_SCALE if showing.size is None else projector_scale(showing.size[0])
        own = look(self.mode, large if self.projector else 1.0)
        return with_lanes(own, [lane.color for lane in self.session.lanes])

    def start(self) -> bool:
        """Start the task. False if there is no event loop to run on (a plain script)."""
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            return False
        settle_threads()
        self._task = self._loop.create_task(self._run())
        return True

    def stop(self, after: Callable[[], object] = lambda: None) -> None:
        """End the task, and do something `after` its end; whatever else was to happen later does not."""
        if self._task is not None and self._loop is not None:
            self._task.cancel()
            self._loop.call_later(AFTER, after)
        self._loop = None
        self.calls.clear()
        for timer in self._timers:
            timer.cancel()

    def wake(self) -> None:
        """Wake the loop, from any thread: something has happened."""
        if (loop := self._loop) is not None:
            loop.call_soon_threadsafe(self._woken.set)

    def keep_time(self, clock: Callable[[], float]) -> None:
        """Tell the time by `clock`, in seconds, here and in all that is shown; tests have one that they move."""
        self.clock = self.session.clock = self.screen.clock = clock
        self.showings.keep_time(clock)

    def call(self, act: Callable[[], None]) -> None:
        """Run `act` in the loop; from any thread."""
        self.calls.append(act)
        self.wake()

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Run `act` in the loop after `seconds`. Only from within the loop; a plain script has none, and no page."""
        if self._loop is not None:
            self._timers = {timer for timer in self._timers if timer.when() > self._loop.time()}
            self._timers.add(self._loop.call_later(seconds, act))

    def redraw(self) -> None:
        """Build the picture anew at the next frame (data, lanes or look have changed)."""
        self.showings.redraw()

    # -- the loop

    async def _run(self) -> None:
        try:
            while True:
                self._woken.clear()
                self._hear()
                watching = self.screen.watching()
                if not watching:
                    await self._rest(AWAY if self.screen.views.visible else None)
                    continue
                self.showings.share(watching)
                turned = any(showing.turned for showing in self.showings)
                if not ((self._trained and turned) or self._gives_way):
                    self._train()  # else a turn's frame goes first, after training had its own turn
                due = [showing for showing in self.showings if showing.wanted(self.notice) and showing.wait() <= 0]
                for showing in due:
                    self._show(showing)
                if due:
                    await self._rest(HANDOVER, woken=False)
                if self._awaiting and not (self.session.training or self._frame_wanted()):
                    for view, word in self._awaiting.items():
                        self.screen.send({"kind": "settled", "view": view, "word": word})
                    self._awaiting = {}
                await self._rest(self._pause())
        except asyncio.CancelledError:
            raise
        except Exception as error:  # a task swallows what it raises: say it on the page, and stop cleanly
            log.exception("the lab has stopped")
            self.session.playing = False
            if isinstance(error, MemoryError):
                notice = tr(
                    "The lab has stopped (it needs more memory than it may have). Reload the page to start anew."
                )
            else:
                notice = tr("The lab has stopped ({error}). Reload the page to start anew.", error=error)
            self.screen.send({"kind": "failed", "notice": notice})

    def _train(self) -> None:
        self._trained = True
        crowded = [showing.took for showing in self.showings if showing.crowded]
        worked = self.session.work(min(max(SLICE, *crowded), LONGEST_SLICE) if crowded else SLICE)
        if worked and not self.session.playing:
            self.hear({"kind": "done"})
        self._ahead |= self.session.work_sweep(SWEEP_SLICE) or worked

    @property
    def _gives_way(self) -> bool:
        """Whether training waits for a frame: in a full house it has as much time as frames have, after each one."""
        return self._ahead and any(one.crowded and one.wanted(self.notice) for one in self.showings)

    def _hear(self) -> None:
        for message in self.screen.take():
            kind, view = message["kind"], str(message.get("view", ""))
            if kind == "settle":
                self._awaiting[view] = str(message["word"])
            elif kind == "pointer":
                self.pointing.point(view, message)
            elif kind == "cursor":
                self.pointing.press(view, str(message["picture"]), str(message["key"]))
            elif kind == "dismiss":
                self.notice = ""
                self.hear(message)
            else:
                if kind == "gone":
                    self.pointing.leave(view)
                if kind in ("ready", "look") and message["dark"] != self._page_is_dark:
                    self._page_is_dark = bool(message["dark"])
                    self._set_mode("dark" if self._page_is_dark else "light")
                self.hear(message)
        while self.calls:
            self.calls.pop(0)()

    def _set_mode(self, mode: Mode) -> None:
        if mode != self.mode:
            self.mode = mode
            self.redraw()
        self.screen.mode = mode

    def toggle_mode(self) -> None:
        """Switch from light to dark or back, until the page's own look changes."""
        self._set_mode("light" if self.mode == "dark" else "dark")

    def set_projector(self, on: bool) -> None:
        """Show large type and only the first pictures, or back."""
        self.projector = on
        self.stage.most = PROJECTOR_PICTURES if on else None
        self.redraw()
        self.wake()

    def _frame_wanted(self) -> bool:
        return any(showing.wanted(self.notice) for showing in self.showings)

    def _pause(self) -> float:
        """Seconds until something is due."""
        due = min([showing.wait() for showing in self.showings if showing.wanted(self.notice)], default=float("inf"))
        training = float("inf") if self._gives_way else self.session.next_due
        return min(due, training, STALL if self.screen.views.waiting else AWAY)

    async def _rest(self, seconds: float | None, woken: bool = True) -> None:
        """Rest for some seconds (None: as long as nothing happens), unless `woken`.

        After a rest that was much longer, what is under way says nothing about the line: nobody listened meanwhile.
        """
        due = self.clock() + (float("inf") if seconds is None else max(seconds, 0.0))
        if woken and (seconds is None or seconds > 0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), seconds)
        else:
            await asyncio.sleep(max(seconds or 0.0, 0.0))
        if self.clock() > due + STALL:
            self.screen.views.forget_frames()

    def _show(self, showing: Showing) -> None:
        self.showings.prepare(showing)
        look = self.look_of(showing)
        more = partial(self.more, showing.stage, look)  # told once the picture stands
        showing.show(look, more, notice=self.notice, projector=self.projector)
        self._trained = self._ahead = False
        keys, showing.keys = showing.keys, []
        for view, picture, key in keys:
            self.pointing.press(view, picture, key)
