"""A small lesson whose evidence counts epochs, for tests of what it says and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regviz import Config, Snapshot
from regviz.lab import Break, Lab, Lane, Lesson
from regviz.lab.lessons.evidence import Finding

SMALL = Config(n_train=50, hidden=(4,), batch_size=25, l1=1e-3, label_noise=0.1)
LANES = (Lane("none"), Lane("L1", ("l1",)))

CHOICES = {"few": "A few", "many": "Many"}


def epochs(few: int = 3, many: int = 10_000) -> Any:
    """Evidence for the tests: "few" epochs from the third on, "many" from another."""

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        epoch = max(model.epoch for model in snapshot.models)
        return Finding(f"epoch {epoch}", "" if epoch < few else "few" if epoch < many else "many")

    return look


def asks(label: str, **given: Any) -> Break:
    words = {
        "question": "How many now?",
        "choices": {"few": "Some", "many": "Lots"},
        "observe": epochs(),
        "explain": "Since $w$.",
    }
    return Break(label, **{**words, **given})


def open_lesson(*breaks: Break, lanes: Sequence[Lane] = LANES, **given: Any) -> Any:
    """A lab whose lesson is answered and clear, its guide and its session."""
    words = {
        "name": "test",
        "claim": "It trains",
        "question": "How many epochs?",
        "choices": CHOICES,
        "observe": epochs(),
        "explain": "Because.",
        "breaks": breaks or (asks("Stronger", l1=0.1), Break("Only seen", l1=0.1)),
    }
    lab = Lab(SMALL, lanes=lanes, panels=["loss"], lesson=Lesson(**{**words, **given}))
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    assert lab.guide is not None
    lab.guide.take_answer("few")
    train(lab, 3)
    return lab


def train(lab: Any, count: int) -> None:
    for _ in range(count):
        lab.session.epoch()
        lab.guide.look()
