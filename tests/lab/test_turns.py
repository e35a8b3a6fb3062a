"""Knobs that were turned mid-run: what the session tells the networks' histories of a person's hand."""

from __future__ import annotations

import pytest

from regviz import Config
from regviz.lab.compare.pace import DRAG
from regviz.lab.compare.session import Session

CONFIG = Config(n_train=40, hidden=(6,), batch_size=20, l1=1e-3, l2=1e-3, dropout=0.5)


@pytest.fixture
def session() -> Session:
    session = Session(CONFIG)
    session.now = 0.0  # type: ignore[attr-defined]
    session.clock = lambda: session.now  # type: ignore[attr-defined]
    return session


def turned(session: Session, **values: float) -> None:
    """Turn a knob, and let some epochs go by."""
    session.change(**values)
    session.trainer.advance(epochs=3)


def test_a_slider_that_is_dragged_is_turned_once_and_once_more_after_a_rest(session: Session) -> None:
    session.trainer.advance(epochs=5)
    for value in (2e-3, 5e-3, 1e-2):
        turned(session, l1=value)
        session.now += 0.8 * DRAG  # type: ignore[attr-defined]
    session.now += DRAG  # type: ignore[attr-defined]
    turned(session, l1=0.1)
    turned(session, lr=0.5)  # another slider, in the same second
    none, l1, *others = (model.turns for model in session.snapshot().models)
    assert l1 == ((5, "l1", 1e-3, 1e-2), (14, "l1", 1e-2, 0.1), (17, "lr", CONFIG.lr, 0.5))
    assert all(turns == l1[-1:] for turns in (none, *others))


def test_turns_stay_while_one_looks_back_and_go_with_the_run(session: Session) -> None:
    session.trainer.advance(epochs=5)
    session.snapshot()
    turned(session, l1=1e-2)
    session.snapshot()
    session.look_back(5)
    assert session.snapshot().models[1].turns == ()
    assert session.scene().live is not None
    assert session.scene().live.models[1].turns == ((5, "l1", 1e-3, 1e-2),)  # type: ignore[union-attr]
    session.reset()
    assert session.snapshot().models[1].turns == ()
