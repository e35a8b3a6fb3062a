"""A lesson: nothing trains before its question is answered, the numbers decide, and a break can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from regviz import Config, Snapshot
from regviz.errors import ArgumentError, ConfigError
from regviz.lab import Break, Lab, Lane, Lesson
from regviz.lab.lessons.evidence import Finding
from regviz.lab.lessons.guide import EXPLAIN_AFTER
from regviz.lab.lessons.mathml import mathml, with_formulas

SMALL = Config(n_train=50, hidden=(4,), batch_size=25, l1=1e-3)
LANES = (Lane("none"), Lane("L1", ("l1",)))

CLEAR_AFTER = 3


def epochs(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
    """Evidence for the tests: how far training is; "few" epochs are an outcome from the third on."""
    epoch = max(model.epoch for model in snapshot.models)
    return Finding(f"{len(lanes)} lanes, epoch {epoch}", "few" if epoch >= CLEAR_AFTER else "")


def lesson(**given: Any) -> Lesson:
    words = {
        "name": "test",
        "claim": "It trains",
        "question": "How many epochs?",
        "choices": {"few": "A few", "many": "Many"},
        "observe": epochs,
        "explain": "Because $w_1$.",
        "breaks": (
            Break("Stronger", l1=0.1),
            Break("Other data", data="circles"),
            Break("Stronger, from the start", restart=True, l1=0.1),
            Break("Other lanes", lanes=[Lane("alone")], observe=lambda *_: Finding("one lane only")),
        ),
    }
    return Lesson(**{**words, **given})


def open_lesson(**given: Any) -> Lab:
    return Lab(SMALL, lanes=LANES, panels=["loss"], lesson=lesson(**given))


def say(lab: Lab, kind: str, **more: Any) -> None:
    """A message of the lesson's page, and a turn of the player's loop, which is not running here."""
    assert lab.guide is not None
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    lab.guide._on_message(None, {"kind": kind, **more}, None)
    lab.player._hear()


def press(lab: Lab, button: str) -> None:
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    lab.transport.buttons[button].click()
    lab.player._hear()


def key(lab: Lab, command: str) -> None:
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    lab._hear({"kind": "key", "command": command})


def train(lab: Lab, count: int) -> None:
    for _ in range(count):
        lab.session.epoch()
    assert lab.guide is not None
    lab.guide.look()


# -- the gate


@pytest.mark.parametrize("way", ["button", "key", "link"])
@pytest.mark.parametrize("what", ["play", "step", "epoch"])
def test_nothing_trains_before_the_question_is_answered(way: str, what: str) -> None:
    lab = open_lesson()
    if way == "button":
        press(lab, what)
    elif way == "key":
        key(lab, what)
    else:
        lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
        lab._hear({"kind": "ready", "search": "?play=1&speed=max"})
    assert not lab.session.playing
    assert lab.session.trained == 0
    buttons = lab.transport.buttons
    assert buttons["play"].description == "Answer first"
    assert all(buttons[name].disabled for name in ("play", "step", "epoch"))


def test_an_answer_opens_the_gate_and_starts_the_networks_unless_the_link_holds_them() -> None:
    for search, plays in (("", True), ("?play=0", False)):
        lab = open_lesson()
        lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
        lab._hear({"kind": "ready", "search": search})
        say(lab, "answer", choice="many")
        assert lab.session.playing is plays
        assert lab.transport.buttons["play"].description == ("Pause" if plays else "Play")
        assert not lab.transport.buttons["play"].disabled
        key(lab, "step")
        assert lab.session.trained == 1


def test_an_answer_that_is_no_choice_opens_nothing() -> None:
    lab = open_lesson()
    say(lab, "answer", choice="seven")
    say(lab, "answer")
    assert lab.held


def test_the_address_does_not_say_pause_while_the_question_stands() -> None:
    lab = open_lesson()
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    lab._hear({"kind": "ready", "search": ""})
    lab.address.write()
    assert "play" not in lab.screen.query
    say(lab, "answer", choice="few")
    key(lab, "play")
    lab.address.write()
    assert "play=0" in lab.screen.query


def test_a_lab_without_a_lesson_is_not_held() -> None:
    lab = Lab(SMALL, panels=["loss"])
    assert not lab.held
    key(lab, "step")
    assert lab.session.trained == 1


# -- observation and verdict


@pytest.mark.parametrize(
    ("choice", "verdict"),
    [
        ("few", "You predicted “A few”, and the numbers agree."),
        ("many", "You predicted “Many”. The numbers say “A few”."),
    ],
)
def test_the_numbers_decide_over_the_prediction_once_they_are_clear(choice: str, verdict: str) -> None:
    lab = open_lesson()
    assert lab.guide is not None
    say(lab, "answer", choice=choice)
    train(lab, 2)
    assert lab.guide.observation == "2 lanes, epoch 2"
    assert (lab.guide.outcome, lab.guide.verdict, lab.guide.explained) == ("", "", False)
    train(lab, 1)
    assert (lab.guide.outcome, lab.guide.verdict, lab.guide.explained) == ("few", verdict, True)
    train(lab, 1)
    assert lab.guide.observation == "2 lanes, epoch 4"


def test_it_tells_up_to_which_act_its_sentence_is_true() -> None:
    lab = open_lesson()
    guide, session = lab.guide, lab.session
    assert guide is not None
    say(lab, "answer", choice="few")
    session.epoch()
    before = guide.looked
    assert before < session.changes
    guide.look()
    assert (guide.looked, guide.observation) == (session.changes, "2 lanes, epoch 1")
    session.pause()
    assert guide.looked < session.changes
    guide.look()
    assert guide.looked == session.changes > before


def test_an_outcome_nobody_offered_is_said_to_be_none_of_the_answers() -> None:
    lab = open_lesson(choices={"none": "None", "many": "Many"})
    assert lab.guide is not None
    say(lab, "answer", choice="none")
    train(lab, CLEAR_AFTER)
    assert lab.guide.verdict == "You predicted “None”. The numbers fit none of the answers."


def test_the_explanation_comes_in_the_end_even_if_the_numbers_stay_unclear() -> None:
    lab = open_lesson(observe=lambda *_: Finding("unclear"))
    assert lab.guide is not None
    say(lab, "answer", choice="few")
    train(lab, 1)
    assert not lab.guide.explained
    lab.session.trainer.advance(epochs=EXPLAIN_AFTER)
    train(lab, 1)
    assert lab.guide.explained
    assert lab.guide.verdict == ""


def test_evidence_is_looked_at_only_when_the_networks_have_moved() -> None:
    seen: list[int] = []

    def observe(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        seen.append(snapshot.step)
        return Finding("seen")

    lab = open_lesson(observe=observe)
    assert lab.guide is not None
    say(lab, "answer", choice="few")
    train(lab, 1)
    lab.guide.look()
    lab.guide.look()
    assert len(seen) == 1
    train(lab, 1)
    assert len(seen) == 2


def test_an_earlier_visit_s_answer_and_outcome_are_taken_over() -> None:
    lab = open_lesson()
    assert lab.guide is not None
    say(lab, "answer", choice="many", outcome="few", explained=True)
    assert lab.guide.explained
    assert lab.guide.verdict == "You predicted “Many”. The numbers say “A few”."


def test_answering_again_forgets_everything_and_closes_the_gate() -> None:
    lab = open_lesson()
    assert lab.guide is not None
    say(lab, "answer", choice="many")
    train(lab, CLEAR_AFTER)
    say(lab, "break", index=0)
    say(lab, "again")
    guide = lab.guide
    assert (guide.answer, guide.outcome, guide.verdict, guide.observation) == ("", "", "", "")
    assert (guide.explained, guide.broken) == (False, -1)
    assert lab.session.base == SMALL
    assert lab.session.trainer.epochs[0] == 0
    assert lab.held
    assert not lab.session.playing


# -- breaking it


def test_a_live_break_acts_on_the_networks_in_training_and_back_undoes_it() -> None:
    lab = open_lesson()
    say(lab, "answer", choice="few")
    train(lab, 2)
    say(lab, "break", index=0)
    assert lab.session.base == SMALL.replace(l1=0.1)
    assert lab.session.trainer.epochs[0] == 2
    assert lab.session.playing
    assert lab.controls.widgets["l1"].value == 0.1
    say(lab, "back")
    assert lab.session.base == SMALL
    assert lab.session.trainer.epochs[0] == 2
    assert lab.controls.widgets["l1"].value == 1e-3


def test_back_starts_anew_what_a_live_break_has_trained() -> None:
    lab, untouched = open_lesson(), open_lesson()
    for each in (lab, untouched):
        say(each, "answer", choice="few")
    train(lab, 2)
    say(lab, "break", index=0)
    train(lab, 3)
    say(lab, "back")
    assert lab.session.trainer.epochs[0] == 0
    train(lab, 1)
    train(untouched, 1)
    for mine, theirs in zip(lab.session.snapshot().models, untouched.session.snapshot().models, strict=True):
        assert all(np.array_equal(W, V) for W, V in zip(mine.weights, theirs.weights, strict=True))


def test_a_break_may_start_anew() -> None:
    lab = open_lesson()
    say(lab, "answer", choice="few")
    train(lab, 2)
    say(lab, "break", index=2)
    assert lab.session.trainer.epochs[0] == 0


def test_breaks_do_not_pile_up() -> None:
    lab = open_lesson()
    assert lab.guide is not None
    say(lab, "answer", choice="few")
    say(lab, "break", index=0)
    say(lab, "break", index=1)
    assert lab.guide.broken == 1
    assert (lab.session.base.data, lab.session.base.l1) == ("circles", SMALL.l1)
    say(lab, "back")
    assert (lab.session.base, lab.guide.broken) == (SMALL, -1)


def test_a_break_may_bring_lanes_and_evidence_of_its_own() -> None:
    lab = open_lesson()
    assert lab.guide is not None
    say(lab, "answer", choice="few")
    say(lab, "break", index=3)
    train(lab, 1)
    assert lab.guide.observation == "one lane only"
    say(lab, "back")
    assert lab.session.lanes == LANES
    train(lab, 1)
    assert lab.guide.observation == "2 lanes, epoch 1"


def test_a_break_may_be_a_sweep_which_is_told_and_ends_with_it() -> None:
    lab = open_lesson(breaks=(Break("Sweep", sweep="l2"),))
    guide, session = lab.guide, lab.session
    assert guide is not None
    say(lab, "answer", choice="few")
    train(lab, 1)
    say(lab, "break", index=0)
    assert not session.playing
    assert session.sweep is not None
    guide.look()
    assert guide.observation == "The sweep has begun."
    while not session.sweep.view().epoch:
        session.work_sweep(0.05)
    guide.look()
    view = session.sweep.view()
    assert view.best is not None
    assert f"at λ = {view.values[view.best]:g}." in guide.observation
    say(lab, "back")
    assert session.sweep.done
    assert session.trainer.epochs[0] == 1


def test_a_sweep_over_what_is_no_strength_is_refused_when_it_is_written() -> None:
    with pytest.raises(ArgumentError, match="l2"):
        Break("Sweep", sweep="seed")


def test_a_break_does_not_change_what_the_numbers_have_said() -> None:
    outcomes = iter(["few", "many", "many"])
    lab = open_lesson(observe=lambda *_: Finding("", next(outcomes)))
    assert lab.guide is not None
    say(lab, "answer", choice="few")
    train(lab, 1)
    say(lab, "break", index=0)
    train(lab, 1)
    assert lab.guide.outcome == "few"


def test_a_message_about_a_break_that_does_not_exist_does_nothing() -> None:
    lab = open_lesson()
    say(lab, "answer", choice="few")
    for index in (-1, 99, "0", None):
        say(lab, "break", index=index)
    assert lab.session.base == SMALL


def test_evidence_that_lost_its_lane_says_so_and_the_lab_goes_on() -> None:
    def observe(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        raise ValueError("no lane 'L1'")

    lab = open_lesson(observe=observe)
    assert lab.guide is not None
    say(lab, "answer", choice="few")
    train(lab, 1)
    assert lab.guide.observation == "This cannot be observed here: no lane 'L1'."


# -- what an author may get wrong


def test_a_lesson_with_one_choice_is_refused() -> None:
    with pytest.raises(ArgumentError, match="1 answers"):
        lesson(choices={"few": "A few"})


def test_a_break_that_no_config_allows_is_refused_when_it_is_written() -> None:
    with pytest.raises(ConfigError, match="dropout"):
        Break("All units", dropout=1.0)


def test_a_knob_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ValueError, match=r"'lambda'.*l1"):
        Lab(SMALL, panels=["loss"], knobs=["lambda"])


def test_only_the_knobs_asked_for_are_shown() -> None:
    lab = Lab(SMALL, panels=["loss"], knobs=["l1", "seed"])
    assert list(lab.controls.widgets) == ["l1", "seed"]
    assert len(lab.controls.box.children) == 2


# -- formulas


def test_formulas_become_mathml() -> None:
    assert mathml("λ w_1^2") == (
        "<math><mrow><mi>λ</mi><msubsup><mi>w</mi><mn>1</mn><mn>2</mn></msubsup></mrow></math>"
    )
    assert mathml(r"\frac{a}{\sqrt{2}}", block=True) == (
        '<math display="block"><mrow><mfrac><mrow><mi>a</mi></mrow>'
        "<mrow><msqrt><mrow><mn>2</mn></mrow></msqrt></mrow></mfrac></mrow></math>"
    )
    assert "<mtext>a\N{NO-BREAK SPACE}&lt;\N{NO-BREAK SPACE}b</mtext>" in mathml(r"\text{a < b}")
    assert mathml(r"\hat{x}").count("<mover>") == 1


def test_a_symbol_that_stands_for_a_lane_says_so() -> None:
    lane = '<span class="rv-symbol" data-lane="Adam + L2">λ</span>'
    assert mathml(r"η\lane{Adam + L2}λ_1") == (
        f"<math><mrow><mi>η</mi><msub><mi>{lane}</mi><mn>1</mn></msub></mrow></math>"
    )
    assert mathml(r"\lane{<b>}0.5") == (
        '<math><mrow><mn><span class="rv-symbol" data-lane="&lt;b&gt;">0.5</span></mn></mrow></math>'
    )


def test_text_around_formulas_stays_as_it_is() -> None:
    found = with_formulas("<p>Large $w$ and $$L$$</p>")
    assert found.startswith("<p>Large <math><mrow><mi>w</mi>")
    assert found.endswith('<math display="block"><mrow><mi>L</mi></mrow></math></p>')


def test_what_ends_a_sentence_stays_on_the_line_of_the_formula_before_it() -> None:
    assert with_formulas("at $w$. Then") == (
        'at <span class="rv-together"><math><mrow><mi>w</mi></mrow></math>.</span> Then'
    )


@pytest.mark.parametrize(
    "tex", ["x^", "_2", "{a", "a}", r"\frac{a}", r"\foo{a}", r"\lane{L1}", r"\lane{}λ", r"\lane{L1}{λw}", r"\lane{L1}+"]
)
def test_an_impossible_formula_is_refused_with_one_that_works(tex: str) -> None:
    with pytest.raises(ArgumentError, match="Try "):
        mathml(tex)
