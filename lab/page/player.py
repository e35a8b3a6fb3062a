"""The one task that hears the page, trains, draws and sends. No threads: the same code runs under Pyodide.

It rests whenever there is nothing to do: paused and painted, no credit for a frame, tab hidden, page gone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter
from typing import Any

from ..canvas.cursor import Cursor
from ..canvas.stage import Stage
from ..compare.session import Session
from ..look.arrangement import PROJECTOR_SCALE, height_for, projector_scale
from ..look.theme import Look, Mode, look, with_lanes
from .credit import FRAMES_PER_SECOND
from .facts import Facts, listeners
from .screen import AWAY, Screen
from .threads import settle_threads

log = logging.getLogger(__name__)

SLICE = 0.002
"""Seconds of training between two looks at the page's messages."""

SWEEP_SLICE = 0.008
"""Seconds of a sweep's training in one go: it has the processor to itself, but for its pictures."""

HANDOVER = 0.001
"""Seconds of rest after a frame: the thread that sends needs the interpreter, and would wait 5 ms for it."""

PROJECTOR_PICTURES = 2
"""Pictures that a projector shows."""

REDUCED_FRAMES_PER_SECOND = 6
"""For people who asked their system for reduced motion."""


class Player:
    """Moves a session on and shows it.

    `start` needs a running event loop. `hear` is called with every message that is not about frames, and with
    `{"kind": "done"}` when training has ended by itself.
    """

    def __init__(self, session: Session, stage: Stage, screen: Screen, hear: Callable[[dict[str, Any]], None]) -> None:
        self.session, self.stage, self.screen, self.hear = session, stage, screen, hear
        self.cursor = Cursor(stage)
        self.mode: Mode = "light"
        self.projector = False
        self.notice = ""
        self.calls: list[Callable[[], None]] = []
        """What to do at the loop's next turn, in order: the way from any thread into the loop (`call`)."""
        self._page: tuple[float, float, float] | None = None
        """Width and room of the page in CSS pixels, and its device pixel ratio."""
        self._row = 0.0
        """Height of a lane's row in the table, which takes of the room."""
        self._reduced = False
        self._whole = True
        self._lost = False
        self._shown: tuple[int, int, Any] = (-1, -1, None)
        self._trained = False
        """True if training has had its turn since the last frame: one who drags a slider must not stop it."""
        self._next_frame = 0.0
        self._facts = Facts()
        self._hint = ""
        self._awaiting = ""
        """What the page wants to hear once it has been sent all that there is to show."""
        self._keys: list[tuple[str, str]] = []
        """Keys pressed on a picture that was being built anew, with its name."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        screen.wake = self.wake
        self.keep_time(perf_counter)

    @property
    def look(self) -> Look:
        """The look of the next frame."""
        large = PROJECTOR_SCALE if self._page is None else projector_scale(self._page[0])
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

    def stop(self) -> None:
        """End the task."""
        if self._task is not None:
            self._task.cancel()

    def wake(self) -> None:
        """Something has happened; from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._woken.set)

    def keep_time(self, clock: Callable[[], float]) -> None:
        """Tell the time by `clock`, in seconds, here and in all that is shown; tests have one that they move."""
        self.clock = clock
        self.session.clock = self.stage.clock = self.screen.clock = self._facts.clock = clock

    def call(self, act: Callable[[], None]) -> None:
        """Run `act` in the loop; from any thread."""
        self.calls.append(act)
        self.wake()

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Run `act` in the loop after `seconds`. Only from within the loop; a plain script has none, and no page."""
        if self._loop is not None:
            self._loop.call_later(seconds, act)

    def redraw(self) -> None:
        """Build the picture anew at the next frame (data, lanes or look have changed)."""
        self._whole = True

    # -- the loop

    async def _run(self) -> None:
        try:
            while True:
                self._woken.clear()
                self._hear()
                if not (self.screen.watched and self._page):
                    await self._rest(None if not self.screen.visible else AWAY)
                    continue
                if not (self._turned and self._trained):  # a turn's frame goes first, after training had its own turn
                    self._train()
                if self._frame_wanted() and self._wait_for_frame() <= 0:
                    self._show()
                    await asyncio.sleep(HANDOVER)
                if self._awaiting and not (self.session.training or self._frame_wanted()):
                    self.screen.send({"kind": "settled", "word": self._awaiting})
                    self._awaiting = ""
                await self._rest(self._pause())
        except asyncio.CancelledError:
            raise
        except Exception as error:  # a task swallows what it raises: say it on the page, and stop cleanly
            log.exception("the lab has stopped")
            self.session.playing = False
            notice = f"The lab has stopped ({error}). Reload the page to start anew."
            self.screen.send({"kind": "failed", "notice": notice})

    @property
    def _turned(self) -> bool:
        """True if a person did something that the page has not been shown, and may be shown now."""
        return self.session.changes != self._shown[1] and self.screen.credit.left(out_of_turn=True)

    def _train(self) -> None:
        self._trained = True
        if self.session.work(SLICE) and not self.session.playing:
            self.hear({"kind": "done"})
        self.session.work_sweep(SWEEP_SLICE)

    def _hear(self) -> None:
        for message in self.screen.take():
            kind = message["kind"]
            if kind in ("ready", "resize"):
                self._fit(message)
            elif kind == "lost":
                self._lost = True
            elif kind == "settle":
                self._awaiting = str(message["word"])
                continue
            elif kind == "look":
                self._set_mode("dark" if message["dark"] else "light")
            if kind == "ready":
                self.screen.visible = bool(message["on"])
                self._reduced = bool(message["reduced"])
                self._set_mode("dark" if message["dark"] else "light")
            elif kind == "pointer":
                self._point(message)
                continue
            elif kind == "cursor":
                self._press(str(message["picture"]), str(message["key"]))
                continue
            if kind == "visible" and message["on"]:
                self.screen.credit.reset()  # what was under way while the tab was hidden may never be painted
                self._lost = True
            self.hear(message)
        while self.calls:
            self.calls.pop(0)()

    def _point(self, message: dict[str, Any]) -> None:
        """Ask the picture under the pointer; what it wants turned goes the way of the knobs."""
        if self._whole:
            return
        x, y = float(message["x"]), float(message["y"])
        answer = self.stage.pointer(message["what"], x, y)
        if answer.hint != self._hint:
            self._hint = answer.hint
            self.screen.send({"kind": "hint", "text": answer.hint, "x": x, "y": y})
        if answer.change:
            self.hear({"kind": "turn", "change": dict(answer.change)})

    def _press(self, picture: str, key: str) -> None:
        """The same for one who uses the keyboard. No key is lost while a picture is being built anew."""
        if self._whole:
            if key != "blur":  # the picture that it left is no more
                self._keys.append((picture, key))
            return
        reply = self.cursor.press(picture, key)
        if reply is None:
            return
        self.screen.send({"kind": "cursor", "picture": picture, "text": reply.words, "x": reply.x, "y": reply.y})
        if reply.answer.change:
            self.hear({"kind": "turn", "change": dict(reply.answer.change)})

    def _fit(self, message: dict[str, Any]) -> None:
        self._page = float(message["width"]), float(message["room"]), float(message["ratio"])
        self._row = float(message.get("row", 0))
        self._whole = True

    @property
    def _size(self) -> tuple[float, float, float]:
        """Width and height of the picture in CSS pixels, and the device pixel ratio."""
        assert self._page is not None
        width, room, ratio = self._page
        table = self._row * (1 + len(self.session.lanes))
        return width, height_for(width, room, len(self.stage.shown), table), ratio

    def _set_mode(self, mode: Mode) -> None:
        if mode != self.mode:
            self.mode = mode
            self._whole = True
        self.screen.mode = mode

    def toggle_mode(self) -> None:
        """Light to dark or back, until the page's own look changes."""
        self._set_mode("light" if self.mode == "dark" else "dark")

    def set_projector(self, on: bool) -> None:
        """Large type and only the first pictures, or back."""
        self.projector = on
        self.stage.most = PROJECTOR_PICTURES if on else None
        self._whole = True
        self.wake()

    def _frame_wanted(self) -> bool:
        told = self._facts.notice == self.notice
        return self._whole or self._lost or self._state() != self._shown or self.stage.behind or not told

    def _state(self) -> tuple[int, int, Any]:
        return self.session.trained, self.session.changes, self.session.playing

    def _pause(self) -> float | None:
        """Seconds until something is due; None to wait for the page's word."""
        due = self.session.next_due
        if self._frame_wanted():
            due = min(due, self._wait_for_frame())
        return AWAY if due == float("inf") else due

    def _wait_for_frame(self) -> float:
        """Seconds until a frame may be sent; infinite without credit. What a person did is shown out of turn."""
        if self._turned:
            return 0.0
        return self._next_frame - self.clock() if self.screen.credit.left() else float("inf")

    async def _rest(self, seconds: float | None) -> None:
        if seconds is not None and seconds <= 0:
            await asyncio.sleep(0)
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)

    def _keep_distance(self, now: float, sent: bool) -> None:
        """Decide when the next frame is due, after one that was drawn at `now`.

        Frames keep the pace that the page can follow. Where none was sent and nothing trains, pictures are measuring
        something (every unit left out in turn), and a slow line would only make what they find late.
        """
        if not sent and not self.session.training:
            self._next_frame = now if self.stage.measuring else now + 1 / FRAMES_PER_SECOND
            return
        # What is late is made up for in part: two frames in one refresh of the page are one painted.
        interval = max(self.screen.credit.interval, self._reduced / REDUCED_FRAMES_PER_SECOND)
        late = min(max(now - self._next_frame, 0.0), interval / 3)
        self._next_frame = now + interval - late

    def _show(self) -> None:
        """Draw one frame, and send it if it differs from the last one."""
        now = self.clock()
        snapshot, scene = self.session.snapshot(), self.session.scene()
        playing = self.session.playing and self._shown[2]
        if self._whole:
            changes = self.stage.lay_out(*self._size, self.look, self.session.lanes, snapshot, scene)
        else:
            changes = self.stage.draw(snapshot, scene)
            if self._lost:
                changes = self.stage.again()
        if changes.whole:
            self._facts.forget()
        page = {"notice": self.notice, "listeners": listeners(self.stage.listening), "projector": self.projector}
        news = self._facts.changed(self.session, snapshot, self.look, urgent=self._whole or not playing, **page)
        self._whole = self._lost = self._trained = False
        self._shown = self._state()
        sent = not changes.empty or bool(news)  # nothing, while costly pictures rest or measure
        if sent:
            self.screen.show(changes, news)
        self._keep_distance(now, sent)
        keys, self._keys = self._keys, []
        for picture, key in keys:
            self._press(picture, key)
