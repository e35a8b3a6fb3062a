"""The picture in one size, for all views that have it: what they were sent, and when the next frame is due."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..canvas.cursor import Cursor
from ..canvas.stage import Stage
from ..compare.guest import is_guest
from ..compare.session import Session
from ..look.arrangement import NARROW, height_for
from ..look.theme import Look
from .credit import ANSWER_EVERY, ANSWER_SELDOM, FRAMES_PER_SECOND
from .facts import Facts, listeners, places
from .pressure import Pressure
from .screen import Screen
from .views import View

REDUCED_FRAMES_PER_SECOND = 6
"""For people who asked their system for reduced motion."""

NARROWEST = 160.0
"""CSS pixels that a picture is wide at least: below that its parts would have no place."""

MOST_PIXELS = 8.3e6
"""Device pixels of a picture at most, a whole 4K screen: each takes some twenty bytes here. All further sizes together
have as many, so that no view makes the kernel grow by more than 200 MB."""

Size = tuple[float, float, float]
"""Width and height in CSS pixels, and device pixels for each of them."""


def size_for(view: View, lanes: int, pictures: int, coming: int = 0, most: float = MOST_PIXELS) -> Size:
    """Return the size of the picture in `view`, with a table of so many `lanes`; coarser if it had more than `most`
    pixels.

    Where pictures stand beside each other it is high enough for those that are `coming`, so that it need not grow.
    """
    width = max(view.width, NARROWEST)
    pictures = pictures if width < NARROW else max(pictures, coming)
    height = height_for(width, view.room, pictures, view.row * (1 + lanes))
    return width, height, min(view.ratio, (most / (width * height)) ** 0.5)


class Showing:
    """A stage and the views that it is sent to. Its `clock` tells seconds."""

    def __init__(self, session: Session, stage: Stage, screen: Screen, clock: Callable[[], float]) -> None:
        self.session, self.stage, self.screen = session, stage, screen
        self.cursor = Cursor(stage)
        self.size: Size | None = None
        self.views: list[View] = []
        self.whole = True
        """True if the picture has to be built anew."""
        self._lost = False
        self._shown: tuple[int, int, Any] = (-1, -1, None)
        self._next_frame = 0.0
        self._facts = Facts()
        self._pressure = Pressure()
        self._shares = is_guest()
        """True if others have a lab on the same machine."""
        self.keys: list[tuple[str, str, str]] = []
        """Keys pressed while the picture was being built anew: view, picture and key."""
        self.keep_time(clock)

    def keep_time(self, clock: Callable[[], float]) -> None:
        """Tell the time by `clock` here and in what is shown."""
        self.clock = self.stage.clock = self._facts.clock = clock

    def stand(self, size: Size, views: Sequence[View]) -> None:
        """Be as large from now on as `size` and sent to `views`; one that is new to it gets the whole picture."""
        known = {view.name for view in self.views}
        self._lost |= any(view.name not in known for view in views)
        now = self.clock()
        self._lost |= any(view.fresh and view.answers(now) for view in views)
        self.whole |= size != self.size
        self.size, self.views = size, list(views)

    @property
    def crowded(self) -> bool:
        """True if this is a visitor's lab, and others want the processor, too."""
        return self._shares and self._pressure.crowded

    @property
    def took(self) -> float:
        """Seconds that the last frame took."""
        return self._pressure.took

    @property
    def turned(self) -> bool:
        """True if a person did something that these views have not been shown, and may be shown now."""
        return self.session.changes != self._shown[1] and self._left(out_of_turn=True)

    def wanted(self, notice: str) -> bool:
        """Return True if there is something to send."""
        if not self.views:
            return False
        news = self._state() != self._shown or self._facts.notice != notice
        return self.whole or self._lost or news or self.stage.behind

    def wait(self) -> float:
        """Return seconds until a frame may be sent; infinite without credit. What a person did is shown out of turn."""
        if self.turned:
            return 0.0
        return self._next_frame - self.clock() if self._left() else float("inf")

    def show(self, look: Look, more: Callable[[], dict[str, Any]] = dict, **page: Any) -> None:
        """Draw one frame, and send it if it differs from the last one.

        `page` are facts that the player knows, `more` tells those that depend on how the picture is laid out.
        """
        assert self.size is not None
        now, session = self.clock(), self.session
        snapshot, scene = session.snapshot(), session.scene()
        playing = session.playing and self._shown[2]
        with self._pressure.measured():
            if self.whole:
                changes = self.stage.lay_out(*self.size, look, session.lanes, snapshot, scene)
            else:
                changes = self.stage.draw(snapshot, scene)
                if self._lost:
                    changes = self.stage.again()
        if changes.whole:
            self._facts.forget()
        every = ANSWER_SELDOM if self.crowded else ANSWER_EVERY
        page |= {**more(), "listeners": listeners(self.stage.listening), "places": places(self.stage.shown)}
        page["every"] = round(1000 * every)
        news = self._facts.changed(session, snapshot, look, urgent=self.whole or not playing, **page)
        self.whole = self._lost = False
        self._shown = self._state()
        sent = not changes.empty or bool(news)  # nothing, while costly pictures rest or measure
        if sent:
            answering = self._answering()
            for view in self.views:
                view.fresh |= view not in answering
                view.credit.answer_every = every
            self.screen.show(changes, news, answering)
        self._keep_distance(now, sent)

    def _answering(self) -> list[View]:
        """The views that answer. One that has fallen silent does not keep the others waiting."""
        now = self.clock()
        return [view for view in self.views if view.answers(now)] or self.views

    def _left(self, out_of_turn: bool = False) -> bool:
        return all(view.credit.left(out_of_turn) for view in self._answering())

    def _state(self) -> tuple[int, int, Any]:
        return self.session.trained, self.session.changes, self.session.playing

    def _keep_distance(self, now: float, sent: bool) -> None:
        """Decide when the next frame is due, after one that was drawn at `now`.

        Frames keep the pace that the page can follow. Where none was sent and nothing trains, pictures are measuring
        something (every unit left out in turn), and a slow line would only make what they find late.
        """
        if not sent and not self.session.training:
            self._next_frame = now if self.stage.measuring else now + 1 / FRAMES_PER_SECOND
            return
        # What is late is made up for in part: two frames in one refresh of the page are one painted.
        views = self._answering()
        interval = max(max(view.credit.interval, view.reduced / REDUCED_FRAMES_PER_SECOND) for view in views)
        if self._shares:
            interval = max(interval, self._pressure.interval)
        late = min(max(now - self._next_frame, 0.0), interval / 3)
        self._next_frame = now + interval - late


class Showings:
    """One showing for each size in which the lab is seen; the first one's stage is the lab's own.

    The others show copies of its pictures, with all that a person chose in them.
    """

    def __init__(self, session: Session, stage: Stage, screen: Screen, clock: Callable[[], float]) -> None:
        self._session, self._screen, self._clock = session, screen, clock
        self.main = Showing(session, stage, screen, clock)
        self._others: list[Showing] = []

    def __iter__(self) -> Iterator[Showing]:
        return iter([self.main, *self._others])

    def keep_time(self, clock: Callable[[], float]) -> None:
        """Tell the time by `clock` in all of them."""
        self._clock = clock
        for showing in self:
            showing.keep_time(clock)

    def redraw(self) -> None:
        """Build all of them anew at the next frame."""
        for showing in self:
            showing.whole = True

    def share(self, views: Sequence[View]) -> None:
        """Give each of `views` the showing of its size; showings that nobody looks at any more go."""
        sizes: dict[Size, list[View]] = {}
        stage, lanes = self.main.stage, len(self._session.lanes)
        for place, view in enumerate(views):
            most = MOST_PIXELS / max(len(views) - 1, 1) if place else MOST_PIXELS
            size = size_for(view, lanes, len(stage.shown), stage.places, most)
            sizes.setdefault(size, []).append(view)
        if not sizes:
            return
        others = {showing.size: showing for showing in self._others if showing.size in sizes}
        if self.main.size not in sizes:
            first = next((size for size in sizes if size not in others), next(iter(sizes)))
            others.pop(first, None)
            self.main.stand(first, sizes.pop(first))
        else:
            self.main.stand(self.main.size, sizes.pop(self.main.size))
        for size, its in sizes.items():
            if size not in others:
                others[size] = Showing(self._session, Stage([]), self._screen, self._clock)
            others[size].stand(size, its)
        self._others = list(others.values())

    def of(self, name: str) -> Showing:
        """Return the showing of the view of this name."""
        return next((showing for showing in self if any(view.name == name for view in showing.views)), self.main)

    def follow(self, chosen: Showing) -> None:
        """Follow what a person chose something in the pictures of one of them: the others show it too."""
        if chosen is not self.main:
            self.main.stage.panels = [panel.copy() for panel in chosen.stage.panels]
        for showing in self:
            showing.whole |= showing is not chosen

    def prepare(self, showing: Showing) -> None:
        """Prepare for a picture that is built anew: those beside the main one are copies of it."""
        if showing is not self.main and showing.whole:
            showing.stage.panels = [panel.copy() for panel in self.main.stage.panels]
            showing.stage.most = self.main.stage.most
