"""A lesson opens with one picture, the first of its own; the others come once its numbers are clear."""

from __future__ import annotations

from typing import Any

import pytest

from lessons import LESSONS, lesson_lab
from regviz import Config
from regviz.lab import Break, Lab, Lane, Lesson
from regviz.lab.lessons.evidence import Finding
from regviz.lab.look.arrangement import NARROW
from regviz.lab.page.showing import size_for
from regviz.lab.page.views import View

OWN = ("weights", "loss", "fit", "parts")


def open_lesson(**given: Any) -> Any:
    lesson = Lesson(
        name="test",
        claim="It trains",
        question="Does it?",
        choices={"yes": "Yes", "no": "No"},
        observe=lambda snapshot, lanes: Finding("seen", "yes" if snapshot.models[0].epoch >= 2 else ""),
        explain="It does.",
        breaks=[
            Break("Other pictures", panels=["network"]),
            Break("Stronger", l1=0.1),
            Break("Accuracy", panels=["loss~score", "weights"]),
        ],
    )
    config = Config(n_train=50, hidden=(4,), batch_size=25, l1=1e-3)
    lab = Lab(config, lanes=[Lane("none"), Lane("L1", ("l1",))], panels=OWN, lesson=lesson, **given)
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    lab._hear({"kind": "ready", "search": ""})
    return lab


def train(lab: Any, count: int) -> None:
    for _ in range(count):
        lab.session.epoch()
        lab.guide.look()


def query(lab: Any) -> str:
    lab.address.write()
    return str(lab.screen.query)


def test_the_others_come_with_the_verdict_and_go_when_it_is_answered_again() -> None:
    lab = open_lesson()
    assert lab.pictures.names == OWN[:1]
    assert "panels" not in query(lab)
    lab.guide.take_answer("no")
    train(lab, 1)
    assert lab.pictures.names == OWN[:1]
    lab.player.showings.main.whole = False
    train(lab, 1)
    assert lab.guide.phase == "explain"
    assert lab.pictures.names == lab.pictures.own == OWN
    assert lab.player.showings.main.whole  # they are built
    assert "panels" not in query(lab)
    lab.guide.ask_again()
    assert lab.pictures.names == OWN[:1]


def test_an_earlier_visit_s_verdict_brings_all_of_them() -> None:
    lab = open_lesson()
    lab.guide.take_answer("no", "yes", True)
    assert lab.pictures.names == OWN


def test_what_a_person_chose_in_a_picture_stays_when_others_come_and_when_a_break_had_none_of_it() -> None:
    lab = open_lesson()
    (first,) = lab.player.stage.panels
    lab.guide.take_answer("yes")
    train(lab, 2)
    assert lab.player.stage.panels[0] is first
    loss = lab.player.stage.panels[1]
    loss.look_at(("log",))
    assert "loss~log" in query(lab).replace("%7E", "~")
    lab.guide.try_break(0)
    assert lab.pictures.names == ("network",)
    assert "panels=network" in query(lab)
    lab.guide.go_back()
    assert lab.pictures.names == OWN
    assert lab.player.stage.panels[1].views == loss.views


def test_what_a_break_has_one_see_of_a_picture_goes_with_it_unless_a_person_chooses_otherwise() -> None:
    lab = open_lesson()
    lab.guide.take_answer("yes")
    train(lab, 2)
    loss = lab.player.stage.panels[1]
    for left, found in ((("log",), ()), ((), ("log", "last50"))):  # in the break, and before it
        loss.look_at(found)
        lab.guide.try_break(2)
        assert loss.views == ("score",)
        lab.guide.go_back()
        assert loss.views == found
        lab.guide.try_break(2)
        loss.look_at(left)
        lab.guide.go_back()
        assert loss.views == left


def test_a_break_that_is_tried_before_the_verdict_brings_no_other_picture_by_its_end() -> None:
    lab = open_lesson()
    lab.guide.take_answer("yes")
    lab.guide.try_break(0)
    lab.guide.go_back()
    assert lab.pictures.names == OWN[:1]


def test_the_picture_is_as_large_with_one_as_with_all_that_are_to_come_unless_they_stand_below_each_other() -> None:
    lab = open_lesson()
    stage = lab.player.stage
    assert (len(stage.shown), stage.places) == (1, 4)
    for room in (300, 450, 520, 900):
        view = View("v", width=880, room=room)
        assert size_for(view, 2, 1, stage.places) == size_for(view, 2, 4)
    narrow = View("v", width=NARROW - 1, room=500)
    assert 4 * size_for(narrow, 2, 1, stage.places)[1] == size_for(narrow, 2, 4)[1]
    lab.player.set_projector(True)
    assert stage.places == 2
    playground = Lab(panels=["loss"])
    assert playground.player.stage.places == 1
    playground.show(["loss", "fit"])
    assert playground.player.stage.places == 2


def test_the_notebook_s_own_picture_follows_when_others_come(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = open_lesson()
    before = lab.keepsake._news()
    lab.guide.take_answer("no", "yes", True)  # nothing is trained, and yet there is more to see
    assert lab.keepsake._news() != before
    assert [panel.name for panel in lab.shown().view.panels] == list(OWN)


WITH_ONE = ("01c_larger_networks", "04b_bias_and_variance")
"""Lessons all of which is in one picture: many widths in one loss, and cells of all lanes with their bars."""


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_opens_with_one_picture_and_nearly_all_have_more(name: str) -> None:
    lab = lesson_lab(name)
    assert len(lab.player.stage.panels) == 1
    assert (len(lab.pictures.own) >= 2) is (name not in WITH_ONE)
