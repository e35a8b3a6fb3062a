"""The questions of breaks: held until they are answered, judged by their own numbers, and never left contradicted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from asking import CHOICES, SMALL, asks, epochs, open_lesson, train
from lessons import lesson_lab
from regviz import Config, Snapshot
from regviz.data import load
from regviz.errors import ArgumentError, ConfigError
from regviz.lab import Break, Lane
from regviz.lab.compare.sketch import Sketch
from regviz.lab.controls.present import Present
from regviz.lab.lessons.evidence import Finding
from regviz.lab.lessons.question import ANY, UNCLEAR
from regviz.lab.lessons.reply import LOOKS
from regviz.lab.lessons.setting import disclosed


def test_a_break_that_asks_starts_anew_and_is_held_until_it_is_answered() -> None:
    lab = open_lesson()
    guide, session = lab.guide, lab.session
    assert (guide.phase, guide.chosen, guide.found) == ("explain", "few", "few")
    guide.try_break(0)
    assert guide.holds
    assert lab.held
    assert not session.playing
    assert session.trainer.epochs[0] == 0
    assert (guide.phase, guide.chosen, guide.found, guide.verdict) == ("ask", "", "", "")
    assert (guide.question.text, guide.choices) == ("How many now?", {"few": "Some", "many": "Lots"})
    assert guide.asked["label"] == "Stronger"
    assert (guide.answer, guide.outcome, guide.explained) == ("few", "few", True)  # the lesson's own
    guide.take_answer("many")
    assert not guide.holds
    assert session.playing
    assert guide.phase == "watch"
    train(lab, 3)
    assert guide.phase == "explain"
    assert guide.verdict == "You predicted “Lots”. The numbers say “Some”."
    assert "<math>" in guide.asked["explain"]
    guide.go_back()
    assert (guide.chosen, guide.found, guide.phase) == ("few", "few", "explain")
    assert guide.verdict == "You predicted “A few”, and the numbers agree."
    assert guide.asked["label"] == ""
    assert session.base == SMALL


def test_a_choice_of_another_question_answers_nothing() -> None:
    lab = open_lesson(asks("Stronger", choices={"none": "None", "all": "All"}))
    lab.guide.try_break(0)
    lab.guide.take_answer("few")
    assert lab.guide.holds


def test_answering_again_asks_the_break_s_question_again_and_not_the_lesson_s() -> None:
    lab = open_lesson()
    lab.guide.try_break(0)
    lab.guide.take_answer("few")
    train(lab, 3)
    lab.guide.ask_again()
    assert lab.guide.broken == 0
    assert lab.guide.holds
    assert lab.guide.answer == "few"
    assert lab.session.trainer.epochs[0] == 0


def test_what_a_break_shows_never_answers_the_lesson_s_own_question() -> None:
    lab = open_lesson(asks("Asked", observe=epochs(1)), Break("Seen", observe=epochs(1)), observe=epochs(50))
    for index in (0, 1):
        lab.guide.try_break(index)
        if lab.guide.holds:
            lab.guide.take_answer("few")
        train(lab, 2)
        assert lab.guide.outcome == ""
    lab.guide.go_back()
    assert (lab.guide.found, lab.guide.verdict) == ("", "")


def test_a_break_that_asks_nothing_has_words_for_what_it_comes_to() -> None:
    lab = open_lesson(
        Break("Seen", l1=0.1, restart=True, observe=epochs(2, 5), notes={"few": "Few, $w$.", "many": "Many."})
    )
    guide = lab.guide
    guide.try_break(0)
    for trained, note in ((1, ""), (1, "Few, "), (2, "Few, "), (1, "Many.")):
        train(lab, trained)
        assert guide.note.startswith(note)
        assert bool(guide.note) == bool(note)
    lab.session.change(l1=0.01)  # what is said of the break is not said of other knobs
    guide.look()
    assert guide.note == ""
    guide.lesson.breaks[0].notes["*"] = "In any case."
    guide.session.trained += 1
    guide.look()
    assert guide.note == "In any case."
    lab.session.change(l1=0.1)
    guide.look()
    assert guide.note == "Many."
    guide.go_back()
    assert guide.note == ""
    with pytest.raises(ArgumentError, match="notes"):
        asks("Asks", notes={"few": "Few."})
    with pytest.raises(ArgumentError, match="formula"):
        Break("Seen", notes={"few": r"$\impossible$"})
    always = Break("Seen", notes={"few": "Few.", "*": "In any case."})
    assert [always.note(outcome) for outcome in ("few", "", "many")] == ["Few.", "In any case.", "In any case."]


def test_a_break_asks_of_the_lesson_s_knobs_and_back_brings_those_that_were_turned() -> None:
    lab = open_lesson(asks("Data", data="circles"))
    lab.session.change(hidden=(3,))
    lab.guide.try_break(0)
    assert (lab.session.base.hidden, lab.session.base.data) == ((4,), "circles")
    lab.guide.go_back()
    assert (lab.session.base.hidden, lab.session.base.data) == ((3,), "moons")


def test_of_data_of_another_kind_nothing_is_observed_and_the_verdict_stays() -> None:
    seen = Break("Only seen", observe=epochs(), notes={"few": "A few epochs.", ANY: "In any case."})
    lab = open_lesson(seen)
    verdict = lab.guide.verdict
    lab.session.change(data="sine")
    train(lab, 5)
    lacking = "This cannot be observed here: these data have targets, and no labels."
    changed = "(Changed since the question was asked: data set sine curve.)"
    assert lab.guide.observation == f"{lacking} {changed}"
    assert lab.guide.verdict == verdict
    lab.guide.go_back()
    lab.session.change(**SMALL.to_dict())
    lab.guide.try_break(0)
    train(lab, 5)
    assert "A few epochs." in lab.guide.note
    lab.session.change(data="hills")
    train(lab, 5)
    assert (lab.guide.observation, lab.guide.note) == (lacking, "In any case.")
    lab.guide.go_back()
    assert lab.session.base == SMALL
    train(lab, 1)
    assert lab.guide.observation == "epoch 1"


def test_other_knobs_than_those_of_the_question_give_no_verdict_and_say_so() -> None:
    lab = open_lesson(observe=epochs(5))
    lab.session.change(n_train=200)
    train(lab, 8)
    assert lab.guide.found == ""
    assert lab.guide.observation.endswith("(Changed since the question was asked: training points 200.)")
    lab.session.change(n_train=50, seed=9)  # another sample is the same question
    train(lab, 5)
    assert lab.guide.observation == "epoch 5"
    assert lab.guide.found == "few"


def test_with_another_seed_it_is_not_no_longer_clear_before_it_was() -> None:
    lab = open_lesson(asks("Long", observe=epochs(3, 8)))
    guide = lab.guide
    guide.try_break(0)
    guide.take_answer("few")
    train(lab, 4)
    assert guide.verdict == (said := "You predicted “Some”, and the numbers agree.")
    lab.session.change(seed=9)
    slow, guide._trial.attempt.observe = guide._trial.attempt.observe, epochs(20, 30)  # these take longer
    train(lab, 10)
    assert guide.verdict == said
    train(lab, 12)
    assert guide.verdict == said
    guide._trial.attempt.observe = epochs(40, 50)  # they were clear, and are not any more
    train(lab, LOOKS)
    assert guide.verdict == f"{said} By epoch {22 + LOOKS} it is no longer clear."
    guide._trial.attempt.observe = slow
    lab.session.reset()
    train(lab, 9 + LOOKS)
    assert guide.verdict == f"{said} By epoch {9 + LOOKS} they say “Lots”."


def test_numbers_that_come_to_say_something_else_are_told_and_explained() -> None:
    lab = open_lesson(asks("Long", observe=epochs(3, 8), later={"many": "It takes $t$."}))
    guide = lab.guide
    guide.try_break(0)
    guide.take_answer("few")
    train(lab, 7 + LOOKS - 1)
    assert guide.verdict == "You predicted “Some”, and the numbers agree."  # not at once: a loss jumps about
    train(lab, 1)
    assert guide.verdict == "You predicted “Some”, and the numbers agree. By epoch 10 they say “Lots”."
    assert (guide.turned, guide.by) == ("many", 10)
    assert "<math>" in guide.asked["later"]["many"]
    assert {ANY, UNCLEAR} < set(guide.asked["later"])  # and of the others the page says what is true of all
    assert guide.found == "few"
    lab.session.reset()
    train(lab, 4)
    assert guide.verdict == "You predicted “Some”, and the numbers agree."
    assert (guide.turned, guide.by) == ("", 3)
    guide.take_answer("many", "few")
    assert (guide.found, guide.by) == ("few", -1)  # what an earlier visit has found is told to no hall


def test_numbers_that_are_no_longer_clear_are_said_not_to_be() -> None:
    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        epoch = max(model.epoch for model in snapshot.models)
        return Finding("", "few" if 3 <= epoch < 6 else "")

    lab = open_lesson(asks("Long", observe=look))
    lab.guide.try_break(0)
    lab.guide.take_answer("few")
    train(lab, 5 + LOOKS)
    assert lab.guide.verdict.endswith("By epoch 8 it is no longer clear.")


def test_an_earlier_visit_s_outcome_gives_way_to_what_the_numbers_say_now() -> None:
    lab = open_lesson()
    lab.guide.ask_again()
    lab.guide.take_answer("many", "many", True)
    assert lab.guide.verdict == "You predicted “Many”, and the numbers agree."
    train(lab, 3)
    assert lab.guide.verdict == "You predicted “Many”. The numbers say “A few”."


def test_what_comes_first_is_trained_before_the_question_and_taken_back() -> None:
    lab = open_lesson(asks("Strong, and back", first={"l1": 5.0}, epochs=40))
    lab.guide.try_break(0)
    assert lab.guide.holds
    assert lab.session.base == SMALL
    assert lab.session.trainer.epochs[0] == 40
    strong = lab.session.snapshot().models[1]
    assert strong.zero_fraction == 1  # of all that training at 5
    assert strong.config.l1 == SMALL.l1
    lab.guide.go_back()
    assert lab.session.trainer.epochs[0] == 0
    assert lab.session.base == SMALL


def test_labels_that_were_made_wrong_are_disclosed() -> None:
    lab = open_lesson()
    assert lab.guide.disclosed == "5 of 50 training labels are wrong, no validation label is."
    assert int(lab.session.snapshot().models[0].split.flipped.sum()) == 5
    lab.session.change(label_noise=0.0)
    lab.guide.look()
    assert lab.guide.disclosed == "All labels are right."
    lab.session.change(label_noise=0.02)
    lab.guide.look()
    assert lab.guide.disclosed.startswith("1 of 50 training labels is wrong")
    lab.session.set_lanes([Lane("few", fixed={"n_train": 100, "batch_size": 25}), Lane("as many")])
    lab.guide.look()
    assert lab.guide.disclosed == "2 of 100 and 1 of 50 training labels are wrong, no validation label is."
    lab.session.change(label_noise=0.0)
    lab.guide.look()
    assert lab.guide.disclosed == "All labels are right."


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (Config(data="sine", n_train=10, label_noise=0.1), "All targets are right."),
        (Config(data="sine", n_train=10, label_noise=0.2), "2 of 10 training targets are wrong, no validation"),
        (Config(data="diabetes", n_train=20, label_noise=0.05), "All targets are right."),
        (Config(n_train=10, label_noise=0.1), "1 of 10 training labels is wrong"),
    ],
)
def test_only_what_was_exchanged_is_disclosed(config: Config, said: str) -> None:
    assert disclosed(config).startswith(said)
    flipped = int(load(config).flipped.sum())
    assert disclosed(config).startswith(f"{flipped} of" if flipped else "All")


def test_wrong_labels_are_disclosed_on_a_drawn_copy_too() -> None:
    lab = open_lesson(lanes=[Lane("none")])
    drawn, begun = Sketch(lab.session), lab.guide.disclosed
    assert begun.startswith("5 of 50 training labels are wrong")
    drawn.move(3, 0.1, 0.2, goes_on=False)
    lab.guide.look()
    (model,) = lab.session.snapshot().models
    assert (model.config.label_noise, model.split.flipped.sum()) == (0, 5)
    assert lab.guide.disclosed == begun


@pytest.mark.parametrize("lacking", ["question", "choices", "observe", "explain"])
def test_a_question_without_one_of_its_parts_is_refused_when_it_is_written(lacking: str) -> None:
    empty = {"question": "", "choices": None, "observe": None, "explain": ""}[lacking]
    with pytest.raises(ArgumentError, match="a question comes with"):
        asks("Half", **{lacking: empty})


def test_a_hall_predicts_the_question_that_is_asked_now_under_a_name_of_its_own() -> None:
    lab = open_lesson()
    present = next(part for part in lab.head.children[1].children if isinstance(part, Present))
    assert present.question == {
        "key": "",
        "name": "test",
        "question": "How many epochs?",
        "choices": [[key, text] for key, text in CHOICES.items()],
    }
    lab.guide.try_break(0)
    assert (present.question["key"], present.question["name"]) == ("Stronger", "test: Stronger")
    assert present.question["choices"] == [["few", "Some"], ["many", "Lots"]]
    lab.guide.go_back()
    assert present.question["name"] == "test"


def test_a_break_gives_knobs_and_lanes_back_at_once_since_each_may_be_impossible_with_the_others() -> None:
    lab = lesson_lab("05_early_stopping")
    guide, session = lab.guide, lab.session
    guide.take_answer(next(iter(guide.choices)))
    labels = [attempt.label for attempt in guide.lesson.breaks]
    session.change(data="wine")  # of which a lane of 500 points is impossible
    base, lanes = session.base, session.lanes
    for label in ("Train on all 500", labels[0], "Train on all 500"):
        guide.try_break(labels.index(label))
        assert guide.broken == labels.index(label)
    guide.go_back()
    assert (guide.broken, session.base, session.lanes) == (-1, base, lanes)


def test_a_break_that_cannot_be_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = lesson_lab("05_early_stopping")
    guide, session = lab.guide, lab.session
    guide.take_answer(next(iter(guide.choices)))
    session.epoch()
    before, trainer = (session.base, session.lanes, guide.broken, guide._reply), session.trainer

    def refused(*_: Any) -> None:
        raise ConfigError("hidden", (9999,), "smaller ones are allowed", (64,))

    monkeypatch.setattr("regviz.lab.compare.bounds.check", refused)
    with pytest.raises(ConfigError, match="smaller ones"):
        guide.try_break([attempt.label for attempt in guide.lesson.breaks].index("Train on all 500"))
    assert (session.base, session.lanes, guide.broken, guide._reply) == before
    assert session.trainer is trainer
