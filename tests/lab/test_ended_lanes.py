"""A network that has ended keeps the Config it ended with; the lab goes by what knobs and lanes ask for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from regviz import Config
from regviz.lab import Lab, Lane, Lesson, evidence
from regviz.lab.compare.chance import ChanceRun
from regviz.lab.compare.session import Session
from regviz.lab.compare.sketch import Sketch
from regviz.lab.lessons.chance_report import heard
from regviz.lab.lessons.evidence import Finding, OfSets

BASE = Config(n_train=40, hidden=(8,), batch_size=40, lr=0.5)
ENDS = {
    "stopped": Lane("ends", fixed={"patience": 1}),
    "diverged": Lane("ends", fixed={"optimizer": "sgd", "momentum": 0.0, "l2": 100.0}),
}


def with_one_that_has(how: str) -> Session:
    """A session one of whose lanes has ended before the learning rate was turned."""
    session = Session(BASE, [ENDS[how], Lane("trains")])
    for _ in range(60):
        session.epoch()
        if session.snapshot().models[0].state == how:
            break
    assert [model.state for model in session.snapshot().models] == [how, "training"]
    session.change(lr=0.001)
    session.epoch()
    assert [config.lr for config in session.trainer.configs] == [0.5, 0.001]
    return session


@pytest.mark.parametrize("how", ENDS)
def test_a_new_name_or_colour_restarts_no_network(how: str) -> None:
    session = with_one_that_has(how)
    trainer, epochs = session.trainer, session.trainer.epochs
    first, second = session.lanes
    session.set_lanes([replace(first, name="renamed"), replace(second, color="#123456")])
    assert session.trainer is trainer
    assert session.trainer.epochs == epochs
    session.set_lanes([first, replace(second, fixed={"lr": 0.01})])
    assert session.trainer is not trainer


@pytest.mark.parametrize("how", ENDS)
def test_many_seeds_that_are_asked_for_now_have_the_present_settings(how: str, stand: Any) -> None:
    session = with_one_that_has(how)
    session.start_chance(ChanceRun(session.base, session.lanes, seeds=2, epochs=5))
    while session.work_sweep(0.1):
        pass
    assert "older" not in said(session, stand)
    assert "older" not in heard(session)[1]
    session.change(lr=0.002)
    assert "older" in said(session, stand)


def said(session: Session, stand: Any) -> str:
    """What the picture of many seeds says below its title."""
    from regviz.lab.panels.chance.chance import ChancePanel

    def in_scene() -> ChancePanel:
        panel = ChancePanel()
        panel.scene = session.scene()
        return panel

    panel = stand(in_scene, session.snapshot(), session.lanes, width=900)
    return str(panel.subtitle.get_text())


def test_training_sets_are_not_begun_anew_at_each_look() -> None:
    lesson = Lesson(
        name="sets",
        claim="It trains",
        question="What changes?",
        choices={"up, down": "Trade", "down, down": "None"},
        observe=OfSets(evidence.trade_of("ends", "trains", after=10, count=3).sets, lambda *_: Finding("")),
        explain="So.",
    )
    lab = Lab(BASE, lanes=[ENDS["stopped"], Lane("trains")], panels=["bias_variance"], lesson=lesson)
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    guide, session = lab.guide, lab.session
    assert guide is not None
    session.workers = lambda: None
    guide.take_answer("up, down")
    while session.snapshot().models[0].state == "training":
        session.trainer.advance(epochs=1)
    session.play()
    lab.turn({"lr": 0.001})
    guide.look()
    run = session.chance
    assert run is not None
    for _ in range(3):
        session.work_sweep(0.0)
        guide.look()
    assert session.chance is run
    lab.close()


def test_a_stroke_lets_a_lane_that_has_stopped_train_on_by_the_knobs_of_now() -> None:
    session = with_one_that_has("stopped")
    trainer, before = session.trainer, session.snapshot()
    Sketch(session).add(2**20, 0.3, -1.2, 1)
    assert session.trainer is trainer
    after = session.snapshot()
    old, new = before.models[1], after.models[1]
    assert all(np.array_equal(a, b) for a, b in zip(old.weights, new.weights, strict=True))
    assert [(model.state, model.config.lr) for model in after.models] == [("training", 0.001)] * 2
    assert session.trainer.configs == session.configs
