"""What a lesson says fits the networks that are there: at any speed, step by step, after a reset, beside many seeds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, pairwise

import pytest

from asking import CHOICES, SMALL, asks, epochs, open_lesson, train
from regviz import Snapshot, Trainer
from regviz.lab import Lane, evidence
from regviz.lab.compare import session as its_session
from regviz.lab.compare.session import Session
from regviz.lab.lessons.evidence import After, Evidence, Finding


def rush(session: Session, steps: int) -> None:
    """Train so many steps in one slice, as a fast machine does at speed "max"."""
    session.clock = count().__next__  # a second for each step
    session.set_speed("max")
    session.play()
    session.work(seconds=steps)


def test_a_question_about_an_epoch_is_answered_there_however_fast_training_passes_it() -> None:
    lab = open_lesson(asks("At 40", observe=After(40, epochs(40, 60))), observe=After(20, epochs(20, 30)))
    guide, session = lab.guide, lab.session
    for index, at in ((-1, 20), (0, 40)):
        if index >= 0:
            guide.try_break(index)
            guide.take_answer("few")
        session.reset()
        rush(session, 200)
        assert session.snapshot().epoch >= 2 * at
        assert guide.found == "few"  # as it was at that epoch; it has become "many" long since
        assert guide.observation.startswith(f"epoch {at}")


LATE = [Lane("quick"), Lane("late", fixed={"optimizer": "sgd", "lr": 1e-3})]


@pytest.mark.parametrize(
    "observe",
    [
        evidence.learners(after=10),
        evidence.score_of("quick", after=10, least=0.01),
        evidence.memorizing("quick", until=40),
    ],
    ids=["learners", "score_of", "memorizing"],
)
def test_what_was_so_at_an_epoch_is_said_as_long_as_one_plays(
    observe: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(its_session, "HISTORY", 64)  # of 2,000 epochs, so that more than those pass sooner
    lab = open_lesson(observe=observe, lanes=LATE)
    guide, session = lab.guide, lab.session
    whole = Trainer([lane.config(SMALL) for lane in LATE])
    whole.advance(epochs=session.snapshot().epoch)
    for further in [*[20] * 6, 300, 1, 1, 300]:
        rush(session, 2 * further)
        guide.look()
        whole.advance(epochs=further)
        snapshot = session.snapshot()
        assert snapshot.epoch == whole.snapshot().epoch
        assert guide.observation == observe(whole.snapshot(), LATE).text
    assert len(snapshot.models[0].history["epoch"]) <= 64
    assert 10 not in snapshot.models[1].history["epoch"]
    assert "By epoch" not in guide.verdict


def test_first_epochs_are_those_of_the_run_there_is_and_not_ahead_of_who_looks_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(its_session, "HISTORY", 64)
    lab = open_lesson(observe=evidence.learners(after=10), lanes=LATE)
    guide, session = lab.guide, lab.session
    for _ in range(10):
        rush(session, 40)
        guide.look()
    told = guide.observation
    assert told.startswith("Training loss and accuracy at epoch 10: ")
    session.look_back(5)
    guide.look()
    assert guide.observation.startswith(f"Training loss and accuracy at epoch {session.snapshot().epoch}: ")
    assert session.snapshot().epoch < 10
    session.look_back(None)
    guide.look()
    assert guide.observation == told
    session.change(seed=5)
    rush(session, 40)
    guide.look()
    assert guide.observation.startswith("Training loss and accuracy at epoch 10: ")
    assert guide.observation != told


def test_seeds_started_anew_are_looked_at_there_again() -> None:
    looks: list[int] = []

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        looks.append(snapshot.epoch)
        return Finding("", "few" if snapshot.epoch >= 5 else "")

    lab = open_lesson(observe=After(5, look))
    looks.clear()
    for seed in (1, 2, 3):
        lab.session.change(seed=seed)
        rush(lab.session, 40)
    assert looks == [5, 5, 5]


def test_a_question_about_an_epoch_waits_for_the_lane_with_most_batches() -> None:
    lanes = [Lane("few"), Lane("many", fixed={"n_train": 250})]
    lab = open_lesson(
        observe=After(6, evidence.lowest("loss", after=6, margin=1.0)), choices={"few": "a", "many": "b"}, lanes=lanes
    )
    guide, session = lab.guide, lab.session
    session.reset()
    rush(session, 59)
    assert session.snapshot().epoch == 29
    assert session.trainer.epochs == [29, 5]
    assert guide.found == ""
    guide.look()
    assert guide.observation.startswith("Validation loss at epoch 5,")
    rush(session, 3)
    assert guide.found in ("few", "many")
    assert guide.observation.startswith("Validation loss at epoch 6,")


def test_after_a_reset_no_sentence_is_of_networks_that_are_gone() -> None:
    lab = open_lesson(observe=epochs(3, 6))
    guide, session = lab.guide, lab.session
    train(lab, 8)
    assert "By epoch" in guide.verdict
    session.reset()
    guide.look()
    assert guide.verdict == "You predicted “A few”, and the numbers agree."  # as they did, the first time
    assert guide.turned == ""
    session.change(n_train=40)
    guide.look()
    assert guide.observation == "(Changed since the question was asked: training points 40.)"  # before it plays, too


@pytest.mark.parametrize("choices", [{"few": "Few indeed", "many": "Many indeed"}, CHOICES])
def test_seeds_answer_the_question_that_is_answered_and_no_other(choices: dict[str, str]) -> None:
    lab = open_lesson(asks("Stronger", l1=0.1, choices=choices))
    guide, session = lab.guide, lab.session
    guide.ask_seeds()
    while session.work_sweep(1.0):
        pass
    guide.look()
    told = guide.chance
    assert told.startswith("20 seeds: “A few” in 20 of 20")
    assert session.scene().chance.outcomes == ("few",) * 20
    assert session.scene().chance is session.scene().chance  # nothing has to be drawn anew
    guide.try_break(0)
    for answer in ("", "few"):
        if answer:
            guide.take_answer(answer)
        guide.look()
        assert guide.chance == ""
        assert session.scene().chance.outcomes is None  # the bands are there, the answers are to another question
    guide.go_back()
    guide.look()
    assert guide.chance == told
    assert session.scene().chance.outcomes is not None
    guide.ask_again()
    guide.look()
    assert guide.chance == ""
    assert session.chance is None  # they would answer what is asked


def test_seeds_that_train_when_a_break_is_pressed_are_ended() -> None:
    lab = open_lesson()
    lab.guide.ask_seeds()
    lab.session.work_sweep(0.0)
    assert not lab.session.chance.done
    lab.guide.try_break(0)
    assert lab.session.chance.done


def test_however_fast_training_is_its_way_is_on_the_tape() -> None:
    lab = open_lesson()
    lab.session.reset()
    rush(lab.session, 400)
    epochs_of = list(lab.session.tape.epochs)
    assert epochs_of[-1] > 180
    assert all(b <= 1.1 * a + 2 for a, b in pairwise(epochs_of))
    assert len(epochs_of) < 60  # and no more of it than a picture needs


def test_where_no_network_trains_any_more_it_is_explained_however_unclear_the_numbers_are() -> None:
    lanes = [Lane("breaks", fixed={"optimizer": "sgd", "lr": 1000.0})]
    lab = open_lesson(observe=evidence.gap_of("breaks", after=50), lanes=lanes)
    assert lab.session.trainer.done
    assert lab.guide.observation.endswith("“breaks” diverged at epoch 1.")
    assert (lab.guide.outcome, lab.guide.explained) == ("", True)


def test_while_one_network_trains_it_is_not() -> None:
    lanes = [Lane("breaks", fixed={"optimizer": "sgd", "lr": 1000.0}), Lane("trains")]
    lab = open_lesson(observe=evidence.gap_of("breaks", after=50), lanes=lanes)
    assert (lab.guide.outcome, lab.guide.explained) == ("", False)
