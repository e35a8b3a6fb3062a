"""What a person chose to see of the network, and the words of the head line that switch it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from matplotlib.text import Text

from regviz.errors import ArgumentError
from regviz.language import en, tr

from ...look.lettering import width_of
from ..parts.base import Panel

REACH = 7.0
"""CSS pixels around a word that belong to it."""

ANSWERS, REMOVE, TRACE = en("answers"), en("remove"), en("trace")
"""The words of the head line: pictures in the units, clicks that remove units, a point's way through the layers."""

PLAIN = "plain"
"""How a link says that units are circles alone."""


@dataclass(frozen=True, slots=True)
class NetworkView:
    """Units as circles alone, without what they answer; and a click removes a unit in place of showing it large."""

    plain: bool = False
    remove: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The choice as a link says it."""
        return tuple(word for word, on in ((PLAIN, self.plain), (REMOVE, self.remove)) if on)

    @classmethod
    def of(cls, words: Sequence[str]) -> Self:
        """Return the inverse of `words`. Raises ArgumentError for a word that says nothing here."""
        choice = cls()
        for word in words:
            if word not in (PLAIN, REMOVE):
                allowed = tr("of the network one may see {words}", words=f"{PLAIN}, {REMOVE}")
                raise ArgumentError("panels", f"network~{word}", allowed, f"network~{REMOVE}")
            choice = replace(choice, **{word: True})
        return choice

    def after(self, word: str) -> NetworkView:
        """Return what a click on one of the words brings."""
        if word == ANSWERS:
            return replace(self, plain=not self.plain)
        return replace(self, remove=not self.remove) if word == REMOVE else self


def hint(word: str, on: bool) -> str:
    """Return what a word of the head line says, and what a click on it brings."""
    states = {
        ANSWERS: (
            tr("units are circles alone (click: with answers)"),
            tr("units show what they answer (click: circles alone)"),
        ),
        REMOVE: (
            tr("a chosen unit is shown large (click: it is removed)"),
            tr("a chosen unit is removed (click: shown large)"),
        ),
        TRACE: (tr("no training point is traced (click: one is)"), tr("a training point is traced (click: no more)")),
    }
    return states[word][on]


class Words:
    """Words at the right end of the head line of `panel`; none where there is no room beside `needed` pixels."""

    def __init__(self, panel: Panel, words: Sequence[str], needed: float) -> None:
        self.panel, look = panel, panel.look
        self.base, self.small = 0.95 * look.title_size, look.small_size
        widths = [width_of(tr(word), self.small, bold=True) for word in words]
        gap = 1.1 * self.small
        self.width = sum(widths) + gap * len(words)
        """CSS pixels that they take of the head line, with the air before them."""
        if needed + self.width > panel.place.width:
            words, self.width = (), 0.0
        x, self.places, self.texts = panel.place.width - self.width, [], []
        for word, width in zip(words, widths, strict=False):
            x += gap
            self.places.append((word, x, x + width))
            self.texts.append(panel.live(panel.add_note(x, self.base, tr(word))))
            x += width

    places: list[tuple[str, float, float]]
    texts: list[Text]

    def show(self, on: Sequence[str]) -> None:
        """Set the words that are `on` apart."""
        look = self.panel.look
        for text, (word, *_) in zip(self.texts, self.places, strict=True):
            text.set(color=look.text if word in on else look.muted, weight="bold" if word in on else "normal")

    def at(self, x: float, y: float) -> str | None:
        """Return the word at a point of the panel's place."""
        if y > self.base + REACH:
            return None
        return next((word for word, left, right in self.places if left - REACH <= x <= right + REACH), None)

    def targets(self) -> list[tuple[float, float]]:
        """Return the middle of each word."""
        return [((left + right) / 2, self.base - 0.35 * self.small) for _, left, right in self.places]
