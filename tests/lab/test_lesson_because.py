"""The second tier of a question: asked between answer and training, left out as one likes, judged apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest

from lessons import EXPECTED, LESSONS, lesson_lab
from regviz import Config, Snapshot
from regviz.errors import ArgumentError
from regviz.lab import Because, Break, Lab, Lane, Lesson
from regviz.lab.controls.present import Present
from regviz.lab.lessons.evidence import Finding

SMALL = Config(n_train=50, hidden=(4,), batch_size=25, l1=1e-3)
CHOICES = {"few": "A few", "many": "Many"}
BECAUSE = Because(
    of="few",
    right="it stops soon",
    wrong={"it never stops": "It does, at $n$.", "epochs are long": "They are short."},
)


def epochs(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
    """Evidence for the tests: "few" epochs are an outcome from the third on."""
    epoch = max(model.epoch for model in snapshot.models)
    return Finding(f"epoch {epoch}", "few" if epoch >= 3 else "")


def open_lesson(because: Because | None = BECAUSE, search: str = "", **given: Any) -> Any:
    """A lab whose lesson asks for a reason, as a page opens it."""
    words = {
        "name": "test",
        "claim": "It trains",
        "question": "How many epochs?",
        "choices": CHOICES,
        "observe": epochs,
        "explain": "So.",
        "because": because,
    }
    lab = Lab(SMALL, lanes=[Lane("none")], panels=["loss"], lesson=Lesson(**{**words, **given}))
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    lab._hear({"kind": "ready", "search": search})
    return lab


def say(lab: Any, kind: str, **more: Any) -> None:
    """A message of the lesson's page, and a turn of the player's loop."""
    lab.guide._on_message(None, {"kind": kind, **more}, None)
    lab.player._hear()


def train(lab: Any, count: int) -> None:
    for _ in range(count):
        lab.session.epoch()
        lab.guide.look()


def test_after_the_answer_one_is_asked_why_and_then_the_networks_train() -> None:
    lab = open_lesson()
    guide, session = lab.guide, lab.session
    say(lab, "reason", reason=BECAUSE.right)
    assert (guide.phase, guide.reason) == ("ask", None)  # nothing is answered yet
    say(lab, "answer", choice="few")
    assert (guide.phase, guide.reason, session.playing) == ("because", None, False)
    lab.address.write()
    assert "play" not in lab.screen.query  # it is to play, only not yet
    guide.look()
    assert guide.phase == "because"
    say(lab, "reason", reason="no such reason")
    assert guide.phase == "because"
    say(lab, "reason", reason=BECAUSE.right)
    assert (guide.phase, guide.reason, guide.argued, session.playing) == ("watch", BECAUSE.right, BECAUSE.right, True)
    say(lab, "reason", reason="it never stops")
    assert guide.reason == BECAUSE.right  # it is not asked any more
    train(lab, 2)
    assert guide.judged == ""
    train(lab, 1)
    assert (guide.phase, guide.judged) == ("explain", "Right, and for the right reason.")


@pytest.mark.parametrize(
    ("choice", "reason", "judged"),
    [
        ("few", "it never stops", "Right answer, but for another reason. It does, at <"),
        ("many", "it never stops", "As to your reason: It does, at <"),
        ("many", BECAUSE.right, "Your reason is right, though: it leads to what the numbers say."),
        ("many", "", ""),
    ],
)
def test_a_reason_is_judged_apart_from_the_answer(choice: str, reason: str, judged: str) -> None:
    lab = open_lesson()
    say(lab, "answer", choice=choice)
    say(lab, "reason", reason=reason)
    train(lab, 3)
    verdict = ", and the numbers agree." if choice == "few" else ". The numbers say “A few”."
    assert lab.guide.verdict == f"You predicted “{CHOICES[choice]}”{verdict}"
    assert lab.guide.judged.startswith(judged)
    assert bool(lab.guide.judged) is bool(judged)


def test_no_reason_is_judged_beside_an_outcome_that_it_does_not_explain() -> None:
    lab = open_lesson(Because(of="many", right=BECAUSE.right, wrong=BECAUSE.wrong))
    say(lab, "answer", choice="few")
    say(lab, "reason", reason=BECAUSE.right)
    train(lab, 3)
    assert lab.guide.verdict.endswith("and the numbers agree.")
    assert lab.guide.judged == ""


@pytest.mark.parametrize("way", ["skip", "play", "step"])
def test_whoever_skips_the_reason_or_plays_is_not_asked_any_more(way: str) -> None:
    lab = open_lesson()
    say(lab, "answer", choice="few")
    assert not lab.transport.buttons["play"].disabled
    if way == "skip":
        say(lab, "skip")
    else:
        lab._hear({"kind": "key", "command": way})
        lab.guide.look()
    assert (lab.guide.phase, lab.guide.reason, lab.guide.argued) == ("watch", "", "")
    assert lab.session.playing is (way != "step")
    train(lab, 3)
    assert lab.guide.verdict
    assert lab.guide.judged == ""


def test_a_link_that_holds_is_held_after_the_reason_too() -> None:
    lab = open_lesson(search="?play=0")
    say(lab, "answer", choice="few")
    say(lab, "reason", reason=BECAUSE.right)
    assert (lab.guide.phase, lab.session.playing) == ("watch", False)


@pytest.mark.parametrize("after", [0, 3])
def test_one_may_change_one_s_mind_and_is_asked_both_again(after: int) -> None:
    lab = open_lesson()
    guide = lab.guide
    say(lab, "answer", choice="many")
    if after:
        say(lab, "reason", reason="it never stops")
        train(lab, after)
    say(lab, "again")
    assert (guide.phase, guide.answer, guide.reason, guide.judged) == ("ask", "", None, "")
    say(lab, "answer", choice="few")
    assert (guide.phase, guide.argued) == ("because", "")


@pytest.mark.parametrize(
    ("kept", "phase", "reason"),
    [
        ({"choice": "many", "reason": None, "outcome": "", "explained": False}, "because", None),
        ({"choice": "many", "reason": "it stops soon", "outcome": "", "explained": False}, "watch", "it stops soon"),
        ({"choice": "many", "reason": "", "outcome": "", "explained": False}, "watch", ""),
        (
            {"choice": "many", "reason": "it stops soon", "outcome": "few", "explained": True},
            "explain",
            "it stops soon",
        ),
        ({"choice": "many", "outcome": "few", "explained": True}, "explain", None),  # kept before there were reasons
        ({"choice": "many", "reason": "one of an older lesson", "explained": False}, "because", None),
        ({"choice": "many", "reason": ["?"], "explained": False}, "because", None),
    ],
)
def test_what_a_browser_has_kept_is_taken_up_by_a_notebook_that_is_opened_again(
    kept: dict[str, Any], phase: str, reason: str | None
) -> None:
    lab = open_lesson()
    say(lab, "answer", **kept)
    assert (lab.guide.phase, lab.guide.reason) == (phase, reason)
    assert lab.session.playing is (phase != "because")
    if phase == "explain":
        assert lab.guide.verdict == "You predicted “Many”. The numbers say “A few”."
        assert bool(lab.guide.judged) is bool(reason)


def test_a_break_may_ask_why_too_and_back_leads_to_the_lesson_s_own_reason() -> None:
    its = Because(of="few", right="so", wrong={"or so": "No.", "or so again": "Nor this."})
    asking = Break("Again", question="And now?", choices=CHOICES, observe=epochs, explain="So.", because=its)
    lab = open_lesson(breaks=[asking])
    guide = lab.guide
    say(lab, "answer", choice="few")
    say(lab, "reason", reason="it never stops")
    train(lab, 3)
    own = guide.judged
    say(lab, "break", index=0)
    assert (guide.phase, guide.argued, guide.judged) == ("ask", "", "")
    say(lab, "answer", choice="few")
    assert (guide.phase, lab.session.playing) == ("because", False)
    assert guide.reason == "it never stops"
    say(lab, "reason", reason="so")
    assert lab.session.playing
    train(lab, 3)
    assert guide.judged == "Right, and for the right reason."
    say(lab, "back")
    assert (guide.phase, guide.argued, guide.judged) == ("explain", "it never stops", own)
    say(lab, "break", index=0)
    say(lab, "answer", choice="few")
    say(lab, "back")  # before it was said why
    assert (guide.phase, guide.judged) == ("explain", own)


def test_a_lesson_without_reasons_trains_at_once() -> None:
    lab = open_lesson(None)
    say(lab, "answer", choice="few")
    assert (lab.guide.phase, lab.session.playing) == ("watch", True)
    assert lab.guide.asked["because"] == []


def test_a_hall_predicts_the_answer_and_not_the_reason() -> None:
    lab = open_lesson()
    present = next(part for part in lab.head.children[1].children if isinstance(part, Present))
    for act in ({"kind": "answer", "choice": "few"}, {"kind": "reason", "reason": BECAUSE.right}):
        assert present.question == {
            "key": "",
            "name": "test",
            "question": "How many epochs?",
            "choices": [["few", "A few"], ["many", "Many"]],
        }
        say(lab, **act)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"wrong": {"it never stops": "It does."}}, "2 reasons"),
        ({"wrong": {f"{k}": "No." for k in range(4)}}, "5 reasons"),
        ({"wrong": {"It  stops soon": "No.", "b": "No."}}, "said once"),
        ({"wrong": {"a": "No.", "b": " "}}, "says why it is not so"),
        ({"right": ""}, "said once"),
        ({"right": "$x^$"}, "formula"),
        ({"of": "none"}, "one of few, many"),
    ],
)
def test_reasons_that_cannot_be_judged_are_refused_when_they_are_written(given: dict[str, Any], said: str) -> None:
    whole = {"of": "few", "right": BECAUSE.right, "wrong": BECAUSE.wrong, **given}
    with pytest.raises(ArgumentError, match=said):
        open_lesson(Because(**whole))


def test_a_break_with_reasons_and_no_question_is_refused() -> None:
    with pytest.raises(ArgumentError, match="a question comes with"):
        Break("Half", because=BECAUSE)


@cache
def asking_why() -> dict[str, Lesson]:
    """The course's lessons that ask why."""
    found = {name: lesson_lab(name).guide.lesson for name in LESSONS}  # type: ignore[union-attr]
    return {name: lesson for name, lesson in found.items() if lesson.because is not None}


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_asks_why_of_the_outcome_that_its_networks_come_to(name: str) -> None:
    assert set(asking_why()) == set(LESSONS)
    because = asking_why()[name].because
    assert because is not None
    assert because.of == EXPECTED[name][""]
    words = [reason.casefold() for reason in because.reasons]
    assert len(set(words)) == len(words) in (3, 4)
    assert words.count(because.right.casefold()) == 1
    for reason in because.reasons:  # they go on after "because"
        assert reason[0].islower() or reason.split()[0] in ("L1", "BatchNorm", "0.001") or reason[0].isdigit()
        assert not reason.endswith(".")
    assert all(why[0].isupper() or why[0].isdigit() for why in because.wrong.values())
    assert all(why.endswith(".") for why in because.wrong.values())
    labels = {attempt.label for attempt in asking_why()[name].breaks}
    named = [why.split("“")[1].split("”")[0] for why in because.wrong.values() if "press “" in why]
    assert set(named) <= labels


def test_the_place_of_a_reason_does_not_tell_which_is_right() -> None:
    asked = [lesson.because for lesson in asking_why().values() if lesson.because is not None]
    places = [because.reasons.index(because.right) for because in asked]
    assert len(set(places)) >= 3


def test_seeds_that_train_meanwhile_are_no_reason_to_skip_it() -> None:
    lab = open_lesson()
    guide, session = lab.guide, lab.session
    guide.ask_seeds()
    say(lab, "answer", choice="few")
    trained = session.trained
    while session.trained == trained:
        session.work_sweep(0.1)
    guide.look()
    assert guide.phase == "because"
    say(lab, "reason", reason=BECAUSE.right)
    assert (guide.reason, session.playing) == (BECAUSE.right, True)
