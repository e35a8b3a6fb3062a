"""A lesson's sweeps: they bring their pictures, are compared with each other, and show the test loss once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from regviz import Config
from regviz.errors import ConfigError
from regviz.lab import Because, Break, Lab, Lane, Lesson, evidence
from regviz.lab.compare.sweep import Sweep, SweepRun
from regviz.lab.lessons.answers import answers
from regviz.lab.lessons.authored import shown
from regviz.lab.lessons.evidence import Finding
from regviz.training.snapshot import Snapshot

SMALL = Config(n_train=40, hidden=(4,), batch_size=40)
SMALL_NET, LARGER, STRENGTH, WIDTH = range(4)
NOTES = {"first": "At the first, $p = 0$.", "inside": "Inside.", "last": "At the last."}
SWEEPS = (
    Break("Small", sweep="dropout", panels=["u_curve"], hidden=(3,), notes=NOTES),
    Break("Larger", sweep="dropout", panels=["u_curve", "path"], hidden=(6,)),
    Break("Strength", sweep="l2"),
    Break("Width", sweep="width"),
)


def open_lesson() -> Lab:
    """An answered and explained lesson whose three breaks are sweeps."""
    lesson = Lesson(
        name="test",
        claim="It trains",
        question="Does it?",
        choices={"yes": "Yes", "no": "No"},
        observe=lambda *_: Finding("lanes"),
        explain="It does.",
        breaks=SWEEPS,
    )
    lab = Lab(SMALL, lanes=[Lane("none"), Lane("dropout", ("dropout",))], panels=["loss", "mask"], lesson=lesson)
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    say(lab, "answer", choice="yes", explained=True)
    return lab


def say(lab: Lab, kind: str, **more: Any) -> None:
    """A message of the lesson's page, and a turn of the player's loop, which is not running here."""
    assert lab.guide is not None
    lab.guide._on_message(None, {"kind": kind, **more}, None)
    lab.player._hear()


def sweep(lab: Lab, index: int, until: int = 10_000) -> Any:
    """Press the break at `index` and train its sweep until that epoch, or to its end; its view."""
    say(lab, "break", index=index)
    run = lab.session.sweep
    assert run is not None
    assert lab.guide is not None
    while not run.done and run.view().epoch < until:
        lab.session.work_sweep(0.05)
        lab.guide.look()
    return run.view()


def names(lab: Lab) -> list[str]:
    return [panel.name for panel in lab.player.stage.panels]


def test_a_sweep_brings_its_pictures_and_back_brings_the_lesson_s() -> None:
    lab = open_lesson()
    own = list(lab.player.stage.panels)
    for index, pictures in ((SMALL_NET, ["u_curve"]), (LARGER, ["u_curve", "path"]), (STRENGTH, ["loss", "mask"])):
        sweep(lab, index, until=1)
        assert names(lab) == pictures
    say(lab, "break", index=SMALL_NET)
    say(lab, "back")
    assert [type(panel) for panel in lab.player.stage.panels] == [type(panel) for panel in own]
    assert lab.session.base == SMALL


def test_a_picture_that_does_not_exist_is_refused_when_it_is_written() -> None:
    with pytest.raises(ValueError, match=r"u_curv'.*u_curve"):
        Break("Sweep", sweep="dropout", panels=["u_curv"])


@pytest.mark.slow
def test_a_sweep_that_has_ended_is_told_beside_the_next_one_over_the_same_field() -> None:
    lab = open_lesson()
    guide = lab.guide
    assert guide is not None
    assert guide.note == ""
    first = sweep(lab, SMALL_NET)
    at = {0: "first", len(first.values) - 1: "last"}.get(first.best, "inside")
    assert guide.note == shown(NOTES[at])
    assert first.models[0].config.hidden == (3,)
    assert "“" not in guide.observation
    second = sweep(lab, LARGER)
    assert guide.note == ""  # it has no words of its own
    assert second.models[0].config.hidden == (6,)
    assert f"at p = {second.values[second.best]:g}. " in guide.observation
    assert f"“Small”: the lowest at p = {first.values[first.best]:g}." in guide.observation
    sweep(lab, STRENGTH, until=1)
    assert "“" not in guide.observation  # λ is not p


def test_a_sweep_that_was_taken_back_halfway_is_not_told() -> None:
    lab = open_lesson()
    assert lab.guide is not None
    sweep(lab, SMALL_NET, until=1)
    sweep(lab, LARGER, until=1)
    assert "“Small”" not in lab.guide.observation


@pytest.mark.slow
def test_the_test_loss_can_be_asked_for_at_the_end_of_a_sweep_and_only_once() -> None:
    lab = open_lesson()
    guide, session = lab.guide, lab.session
    assert guide is not None
    sweep(lab, STRENGTH, until=1)
    assert not guide.askable
    say(lab, "test")
    assert session.sweep is not None
    assert session.sweep.view().test is None

    ended = sweep(lab, STRENGTH)
    assert ended.test is None
    assert guide.askable
    assert guide.observation.endswith("The test loss has not been looked at.")
    say(lab, "test")
    view = session.sweep.view()
    assert view.test is not None
    assert view.best == ended.best  # the test split has chosen nothing
    assert not guide.askable
    mean, low, high = (f(view.test) for f in (np.mean, np.min, np.max))
    said = f"asked once, at the end: {mean:.2f} (from {low:.2f} to {high:.2f} over 5 seeds)."
    assert guide.observation.endswith(said)

    again = sweep(lab, STRENGTH)
    assert again.test is None
    assert not guide.askable
    assert guide.observation.endswith("The test loss was shown once already.")
    say(lab, "test")
    assert session.sweep.view().test is None


@pytest.mark.slow
def test_another_network_has_a_test_loss_of_its_own() -> None:
    lab = open_lesson()
    assert lab.guide is not None
    for index in (SMALL_NET, LARGER):
        sweep(lab, index)
        assert lab.guide.askable
        say(lab, "test")
        assert not lab.guide.askable


@pytest.mark.slow
def test_back_takes_the_question_for_the_test_loss_away() -> None:
    lab = open_lesson()
    assert lab.guide is not None
    sweep(lab, STRENGTH)
    say(lab, "back")
    assert not lab.guide.askable
    say(lab, "test")
    assert lab.session.sweep is not None
    assert lab.session.sweep.view().test is None


# -- sweeps over two fields, and with a question

GRID: dict[str, tuple[float, ...]] = {"l2": (0, 0.01, 0.1), "dropout": (0, 0.5)}


def read_networks(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
    """Which of a sweep's networks has the lowest loss, and how many there are."""
    losses = [model.now("val_loss") for model in snapshot.models]
    return Finding(f"{len(lanes)} networks, {lanes[int(np.argmin(losses))].name}.", "yes")


def asking(**more: Any) -> Break:
    choices = {"yes": "Yes", "no": "No"}
    return Break("Both", question="Sure?", choices=choices, observe=read_networks, explain="So.", **more)


def open_grid(*breaks: Break) -> Lab:
    """The lesson with other breaks."""
    lab = open_lesson()
    assert lab.guide is not None
    object.__setattr__(lab.guide.lesson, "breaks", breaks)
    return lab


def test_a_question_is_asked_of_the_networks_of_a_sweep_over_two_fields() -> None:
    lab = open_grid(asking(sweep=GRID, epochs=4, panels=["luck", "sweep_map"], hidden=(3,)))
    guide, session = lab.guide, lab.session
    assert guide is not None
    session.trainer.advance(epochs=2)
    before = session.trainer.snapshot()
    say(lab, "break", index=0)
    assert names(lab) == ["luck", "sweep_map"]
    assert guide.holds
    assert session.sweep is None  # nothing trains before it is answered
    say(lab, "answer", choice="no")
    run = session.sweep
    assert run is not None
    assert not session.playing
    assert run.sweep.seeds == (SMALL.seed,)
    assert guide.found == ""
    while not run.done:
        session.work_sweep(0.05)
        guide.look()
    view = run.view()
    assert view.best is not None
    assert guide.observation == f"6 networks, {view.said(view.best)}."
    assert {model.config.hidden for model in view.models} == {(3,)}
    assert guide.found == "yes"
    assert guide.verdict == "You predicted “No”. The numbers say “Yes”."
    assert not guide.askable
    say(lab, "seeds")  # the page has no such button here: seeds are of lanes
    assert session.chance is None
    say(lab, "again")
    assert session.sweep is None
    assert guide.verdict == guide.observation == ""
    say(lab, "back")
    assert session.base == SMALL
    assert before.step > 0


def test_whoever_plays_has_skipped_the_reason_and_the_sweep_begins() -> None:
    because = Because(of="yes", right="it is", wrong={"it is not": "It is.", "nobody knows": "We do."})
    lab = open_grid(asking(sweep=GRID, epochs=2, because=because))
    guide, session = lab.guide, lab.session
    assert guide is not None
    say(lab, "break", index=0)
    say(lab, "answer", choice="yes")
    guide.look()
    assert guide.phase == "because"
    assert session.sweep is None
    session.play()
    guide.look()
    assert guide.phase == "watch"
    assert session.sweep is not None
    assert not session.playing


def test_what_a_person_sweeps_instead_answers_nothing() -> None:
    lab = open_grid(asking(sweep=GRID, epochs=2))
    guide, session = lab.guide, lab.session
    assert guide is not None
    say(lab, "break", index=0)
    say(lab, "answer", choice="yes")
    other = SweepRun(SMALL, Sweep.through({"l1": (0, 0.1)}, SMALL, seeds=1, epochs=2))
    session.start_sweep(other)
    while not other.done:
        session.work_sweep(0.05)
    guide.look()
    assert guide.found == ""
    assert guide.observation.startswith("2 values, 1 seed each, epoch 2 of 2.")


def test_a_sweep_over_two_fields_that_asks_nothing_is_at_the_edge_or_inside() -> None:
    notes = {"edge": "At the edge.", "inside": "Inside."}
    lab = open_grid(Break("Map", sweep={"dropout": (0, 0.4, 0.8), "l2": (0, 0.01)}, epochs=2, notes=notes))
    assert lab.guide is not None
    view = sweep(lab, 0)
    assert len(view.seeds) == 5
    assert lab.guide.note == shown("At the edge.")  # two values are both ends


def test_the_answers_on_paper_are_those_of_the_sweep() -> None:
    lab = open_grid(asking(sweep=GRID, epochs=2))
    assert lab.guide is not None
    lesson = lab.guide.lesson
    object.__setattr__(lesson, "observe", read_networks)
    _, found = answers(lesson, SMALL, [Lane("none")])
    assert (found.epoch, found.finding.outcome) == (2, "yes")
    assert found.finding.text.startswith("6 networks")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"l2": (0.1, 0.0), "dropout": ()}, "two or more ascending values"),
        ({"l2": (0,)}, "two or more ascending values"),
        ({"nothing": ()}, "a sweep goes over one of"),
        ({"l2": (), "dropout": (), "l1": ()}, "one field or two"),
        ({"dropout": (0, 1.5)}, "dropout"),
    ],
)
def test_an_impossible_sweep_is_refused_when_it_is_written(wanted: dict[str, tuple[float, ...]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Break("Sweep", sweep=wanted)


def test_a_sweep_has_one_training_set() -> None:
    sets = evidence.trade_of("none", "dropout", after=2)
    with pytest.raises(ValueError, match="a sweep has one training set"):
        Break("Sets", question="?", choices={"yes": "Yes"}, observe=sets, explain="So.", sweep=GRID)


@pytest.mark.parametrize(("index", "knob"), [(STRENGTH, {"l2": 0.1}), (WIDTH, {"hidden": (6,)})])
def test_a_sweep_keeps_the_data_that_it_began_with_and_says_so_beside_others(index: int, knob: dict[str, Any]) -> None:
    lab = open_lesson()
    assert lab.guide is not None
    say(lab, "break", index=index)
    lab.session.work_sweep(0.05)
    lab.guide.look()
    lab.session.change(seed=5, **knob)
    lab.guide.look()
    assert "Changed" not in lab.guide.observation
    lab.session.change(data="circles")
    lab.guide.look()
    assert "(Changed since the sweep began: data set two circles, training points 100, noise 0.15.)" in (
        lab.guide.observation
    )
    lab.guide.go_back()
    assert lab.session.base == SMALL


def test_a_sweep_that_a_person_starts_in_its_place_is_not_told_as_the_break_s() -> None:
    lab = open_lesson()
    guide, session = lab.guide, lab.session
    assert guide is not None
    sweep(lab, SMALL_NET, until=1)
    session.start_sweep(SweepRun(session.base, Sweep.through({"dropout": (0.0, 0.5)}, session.base, seeds=1, epochs=1)))
    while not session.sweep.done:  # type: ignore[union-attr]
        session.work_sweep(1.0)
    guide.look()
    assert guide._sweeping._swept == {}
    assert not guide.askable


def test_a_sweep_that_cannot_be_is_refused_before_anything_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = open_lesson()
    guide = lab.guide
    assert guide is not None
    monkeypatch.setattr("regviz.lab.compare.sweep.room", lambda: 0)
    before = lab.session.trainer
    with pytest.raises(ConfigError, match="networks of a sweep need smaller layers"):
        guide.try_break(SMALL_NET)
    assert (guide.broken, guide._trial.attempt, lab.session.base) == (-1, None, SMALL)
    assert lab.session.trainer is before
