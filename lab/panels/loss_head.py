"""The head of the loss picture: its title, three words that a click switches on and off, and the line below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.text import Text

from regviz.language import tr
from regviz.training.snapshot import ModelSnapshot

from ..look.lettering import width_of
from .loss_views import LAST, LASTS, LOG, SCORE, LossView, scale_of
from .parts.base import Panel
from .parts.labels import first_that_fits

REACH = 7.0
"""CSS pixels around a word that belong to it."""

SMALLEST = 0.75
"""A title that is too long for its place is set so much smaller at most."""


@dataclass(frozen=True, slots=True)
class Switch:
    """A word of the head line: the part of the choice that it turns, what it says, whether that is on, both in words.

    It does not hold what a click brings: a second one may come before the first is drawn.
    """

    part: str
    word: str
    on: bool
    hint: str


def switches(choice: LossView, regression: bool) -> list[Switch]:
    """Return the words for what is seen now, from left to right; a score has no logarithmic axis."""
    score = "R²" if regression else tr("accuracy")
    found = []
    if not choice.score:
        hint = _hint((tr("linear axis"), tr("logarithmic axis")), choice.log)
        found.append(Switch(LOG, "log", choice.log, hint))
    found.append(Switch(SCORE, score, choice.score, _hint((tr("loss"), score), choice.score)))
    now, then = (
        tr("last {last} epochs", last=last) if last else tr("all epochs")
        for last in (choice.last, choice.after(LAST).last)
    )
    word = tr("last {value}", value=choice.last or LASTS[0])
    return [*found, Switch(LAST, word, choice.last > 0, tr("{now} (click: {then})", now=now, then=then))]


def _hint(states: tuple[str, str], on: bool) -> str:
    """The present one of two states, and how to come to the other."""
    return tr("{now} (click: {then})", now=states[on], then=states[not on])


class Head:
    """Title and words on one line of `panel`; where both have no room, the title alone."""

    def __init__(self, panel: Panel, regression: bool) -> None:
        self.panel, self.regression = panel, regression
        look = panel.look
        self.size, self.small, self.gap = look.title_size, look.small_size, 1.1 * look.small_size
        longest = {switch.word for choice in _choices() for switch in switches(choice, regression)}
        self.widths = {word: width_of(word, self.small, bold=True) for word in longest}
        self._room = sum(sorted(self.widths.values())[-3:]) + 2 * self.gap
        titles = [scale_of(choice, regression).titles[-1] for choice in _choices()]
        needed = SMALLEST * max(width_of(title, self.size, bold=True) for title in titles)
        self.shows_words = needed + self.gap + self._room <= panel.place.width
        self.base = 0.95 * self.size
        self.title: Text = panel.live(panel.add_text(0, self.base, "", size=self.size, weight="bold"))
        self.words: list[Text] = [panel.live(panel.add_note(0, self.base, "", ha="left")) for _ in range(3)]
        self._title_width = 0.0
        self.switches: list[Switch] = []
        self._places: list[tuple[float, float]] = []

    def show(self, choice: LossView) -> None:
        """Say what is seen now; the panel is then called by its title."""
        panel, look = self.panel, self.panel.look
        self.switches = switches(choice, self.regression)
        room = panel.place.width - (self._room + self.gap if self.shows_words else 0)
        called = first_that_fits(scale_of(choice, self.regression).titles, room, self.size, bold=True)
        width = width_of(called, self.size, bold=True)
        share = min(1.0, max(room / max(1.0, width), SMALLEST))
        self._title_width = share * width
        self.title.set_text(called)
        self.title.set_fontsize(share * self.size)
        panel.called = called
        x, self._places = panel.place.width, []
        for text in self.words[len(self.switches) :]:
            text.set_text("")
        for text, switch in reversed(list(zip(self.words, self.switches, strict=False))):
            x -= self.widths[switch.word]
            self._places.insert(0, (x, x + self.widths[switch.word]))
            panel.move(text, x, self.base)
            text.set_text(switch.word if self.shows_words else "")
            text.set(color=look.text if switch.on else look.muted, weight="bold" if switch.on else "normal")
            x -= self.gap

    def at(self, x: float, y: float) -> Switch | None:
        """Return the switch at a point of the panel's place; the title is that of the score."""
        if y > self.base + REACH:
            return None
        if self.shows_words:
            for switch, (left, right) in zip(self.switches, self._places, strict=True):
                if left - REACH <= x <= right + REACH:
                    return switch
        return self.of_score if x <= self._title_width + REACH else None

    def now(self, part: str, choice: LossView) -> Switch | None:
        """Return the switch of `part` for another `choice` than the one that is shown; None if it has no such word."""
        return next((switch for switch in switches(choice, self.regression) if switch.part == part), None)

    @property
    def of_score(self) -> Switch:
        """The switch between loss and score."""
        return self.switches[-2]

    @property
    def of_axis(self) -> Switch | None:
        """The switch of the logarithmic axis, if there is one."""
        return self.switches[0] if len(self.switches) > 2 else None

    @property
    def of_epochs(self) -> Switch:
        """The switch of the window."""
        return self.switches[-1]

    def targets(self) -> Sequence[tuple[float, float]]:
        """Return the middle of each word, or of the title where there are none."""
        y = self.base - 0.35 * self.small
        if self.shows_words:
            return [((left + right) / 2, y) for left, right in self._places]
        return [(self._title_width / 2, y)]


def subtitles(models: Sequence[ModelSnapshot], score: bool, hollow: bool) -> list[str]:
    """Return what the curves and their marks are, the longest first; `hollow` if one stands where a lane was best."""
    lowest = not any(model.config.min_delta or model.config.start_epoch for model in models)
    what = tr("lowest loss") if score and lowest else tr("best epoch")
    best = tr("hollow: {what}", what=what) if hollow else tr("{what} is earlier", what=what)
    stopped = any(model.stopped_epoch is not None for model in models)
    diverged = any(model.diverged_epoch is not None for model in models)
    more = tr("filled: stopped") if stopped else tr("filled: diverged") if diverged else ""
    if stopped and diverged:
        more = tr("filled: stopped or diverged")
    whole = tr("solid: validation, dashed: training") + f", {best}"
    texts = [f"{whole}, {more}"] if more else []
    return [*texts, whole, tr("dashed: training, {value}", value=more or best), tr("dashed: training")]


def readings(at: int, measured: str) -> list[str]:
    """Return what is read at the epoch `at` under the pointer, the longest first; `measured` as in a sentence."""
    return [
        tr("epoch {at}, under the pointer: validation {measured} at the right", at=at, measured=measured),
        tr("epoch {at}: validation {measured}", at=at, measured=measured),
        tr("epoch {at}", at=at),
    ]


def _choices() -> list[LossView]:
    return [LossView(score, False, last) for score in (False, True) for last in (0, *LASTS)]
