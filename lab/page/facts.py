"""What goes with a frame besides its picture: numbers, sentence, timeline, notice. Only what the page does not know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from regviz.language import tr
from regviz.training.snapshot import Snapshot

from ..compare.session import Session
from ..look.theme import Look
from ..panels.parts.base import Panel
from . import report

TABLE_EVERY, SENTENCE_EVERY = 0.12, 0.6
"""Seconds between changes of the numbers and of the sentence: fast enough to live, slow enough to be read."""


class Facts:
    """Remembers what the page was told last."""

    def __init__(self) -> None:
        self._told: dict[str, Any] = {}
        self.clock: Callable[[], float] = perf_counter
        self._next_table = self._next_sentence = 0.0

    @property
    def notice(self) -> str:
        """The notice that the page shows."""
        return str(self._told.get("notice", ""))

    def forget(self) -> None:
        """Tell the page everything again: it has a new picture, or has lost its own."""
        self._told = {}

    def changed(self, session: Session, snapshot: Snapshot, look: Look, *, urgent: bool, **page: Any) -> dict[str, Any]:
        """Return the facts that differ from what the page was told last, by name; it counts as told of them.

        `urgent` changes numbers and sentence before they are due.

        `page` are facts that only the player knows: notice, listeners, places, projector.
        """
        now, lanes = self.clock(), session.lanes
        facts: dict[str, Any] = {
            "step": snapshot.step,
            "epoch": snapshot.epoch,
            "span": [session.tape.epochs[0], max(session.trainer.epochs)],
            "pinned": session.pinned is not None,
            "back": session.looking_back is not None,
            "change": session.changes,
            "state": "playing" if session.playing else "done" if session.trainer.done else "paused",
            **page,
        }
        if not self._told:
            facts["colors"] = look.lanes
            facts["mode"] = look.mode
        if urgent or now >= self._next_table:
            self._next_table = now + TABLE_EVERY
            facts["headings"] = report.headings(snapshot)
            facts["table"] = report.table(snapshot, lanes, look)
        if urgent or now >= self._next_sentence:
            self._next_sentence = now + SENTENCE_EVERY
            waits = session.waiting is not None and session.looking_back is None
            said = report.sentence(snapshot, lanes, waits=waits)
            # It stands while the picture moves on, at "max" by hundreds of epochs.
            of_epoch = snapshot.step and not waits
            facts["sentence"] = tr("Epoch {epoch}: {said}", epoch=snapshot.epoch, said=said) if of_epoch else said
        fresh = {key: value for key, value in facts.items() if key not in self._told or self._told[key] != value}
        self._told |= fresh
        return fresh


def listeners(panels: Sequence[Panel]) -> list[tuple[float, float, float, float, str, str]]:
    """Return where pictures that listen to the pointer are (left, top, width, height in CSS pixels), and what they are
    called.

    First as the panel names itself, by which the page speaks of it, then as a person hears it.
    """
    return [(p.place.left, p.place.top, p.place.width, p.place.height, p.name, name_of(p)) for p in panels]


def places(panels: Sequence[Panel]) -> list[tuple[float, float, float, float, str]]:
    """Return where each picture is (left, top, width, height in CSS pixels), and what it is called."""
    return [(p.place.left, p.place.top, p.place.width, p.place.height, name_of(p)) for p in panels]


def name_of(panel: Panel) -> str:
    """Return what a picture is called where it cannot be seen."""
    return tr(panel.called) or tr("the picture {name}", name=panel.name.replace("_", " "))
