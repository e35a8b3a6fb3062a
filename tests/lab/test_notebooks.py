"""Every notebook is thin, and every lesson's claim holds in the networks it trains."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from lessons import EXPECTED, FOLDER, LESSONS, NOTEBOOKS, break_index, lesson_lab, open_lab, read, source
from regviz.lab import Lab
from regviz.lab.compare.sweep import SweepView
from regviz.lab.lessons.guide import Guide
from regviz.lab.serve.pages.pages import chapters
from stills import PICTURES, PIXELS, STILLS

EPOCHS = 250
"""Within which a lesson must be clear. The lab aims at 20 epochs a second, and a learner waits 20 s at most."""


@cache
def untouched(path: Path) -> Lab:
    """The lab of a notebook, made once for all tests that only look at it."""
    return open_lab(path)


def asked(name: str) -> Guide:
    """What a lesson asks, of a lab that only is looked at."""
    guide = untouched(FOLDER / f"{name}.ipynb").guide
    assert guide is not None
    return guide


def test_the_folder_holds_the_playground_and_the_lessons() -> None:
    assert [path.stem for path in NOTEBOOKS] == [*LESSONS, "playground"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_one_cell_without_outputs_that_says_what_it_is(path: Path) -> None:
    notebook = read(path)
    (cell,) = notebook["cells"]
    assert cell["cell_type"] == "code"
    assert (cell["outputs"], cell["execution_count"]) == ([], None)
    assert notebook["metadata"]["title"]
    assert notebook["metadata"]["voila"] == {"template": "regviz"}  # plain Voilà looks there
    assert notebook["metadata"]["description"].endswith((".", "?"))
    code = source(path)
    assert len(set(range(1, len(code.splitlines()) + 1)) - spoken(code)) <= 90
    assert not re.search(r"^\s*(def|class|for|while|if)\b", code, re.MULTILINE)


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_says_to_the_gallery_under_which_name_its_answer_is_kept(name: str) -> None:
    assert read(FOLDER / f"{name}.ipynb")["metadata"]["regviz"]["lesson"] == asked(name).lesson.name


def test_every_notebook_has_a_small_still_in_both_looks_of_one_of_its_own_pictures() -> None:
    assert sorted(PICTURES) == [path.stem for path in NOTEBOOKS]
    expected = [f"{path.stem}-{look}.png" for path in NOTEBOOKS for look in ("dark", "light")]
    assert sorted(file.name for file in STILLS.iterdir()) == sorted(expected)
    for file in STILLS.iterdir():
        assert file.stat().st_size <= 40_000
        with Image.open(file) as picture:
            assert picture.size == PIXELS
    for path in NOTEBOOKS:
        assert PICTURES[path.stem][0] in untouched(path).pictures.own


def spoken(code: str) -> set[int]:
    """Numbers of the lines that hold nothing but words of a question, its choices or its explanation."""
    texts = [
        node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    long = [text for text in texts if len(text.value) > 16]
    return {line for text in long for line in range(text.lineno, (text.end_lineno or text.lineno) + 1)}


def test_each_lesson_leads_to_the_next_and_all_of_them_stand_so_in_the_gallery() -> None:
    lessons = {name: asked(name).lesson for name in LESSONS}
    assert len({lesson.name for lesson in lessons.values()}) == len(LESSONS)
    course, name = list[str](), "01_overfitting"
    while name and name not in course:
        course.append(name)
        name = lessons[name].after
    assert sorted(course) == list(LESSONS)
    first, *others = [Path(entry.path).stem for chapter in chapters(FOLDER) for entry in chapter.entries]
    assert (first, others) == ("playground", course)
    assert [read(FOLDER / f"{name}.ipynb")["metadata"]["regviz"]["place"] for name in course] == [
        *range(1, len(course) + 1)
    ]


def test_a_lesson_s_number_is_its_chapter_s_and_its_place_there_and_it_asks_to_know_earlier_ones() -> None:
    known: list[str] = []
    for number, chapter in enumerate((chapter for chapter in chapters(FOLDER) if chapter.title), 1):
        for place, entry in enumerate(chapter.entries, 1):
            name, lab = entry.title.partition(" · ")[0], untouched(FOLDER / f"{Path(entry.path).stem}.ipynb")
            assert (name, lab.title) == (f"{number}.{place}", entry.title)
            needed = re.findall(r"\d\.\d", entry.before)
            assert bool(needed) == bool(known)
            assert set(needed) <= set(known), (entry.title, entry.before)
            known.append(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_asked_played_and_clear_as_the_lecture_says(name: str) -> None:
    lab = lesson_lab(name)
    assert read(FOLDER / f"{name}.ipynb")["metadata"]["title"] == lab.title
    guide, session = lab.guide, lab.session
    assert guide is not None
    assert guide.holds
    guide.take_answer(LESSONS[name])
    session.play()
    guide.look()
    while not guide.outcome and max(session.trainer.epochs) < EPOCHS:
        if not session.work_sweep(0.2):  # many training sets, if the question is one of them
            session.trainer.advance(epochs=10)
            session.trained += 1
        guide.look()
    assert guide.outcome == LESSONS[name], guide.observation
    assert guide.explained
    assert guide.verdict.endswith("and the numbers agree.")


@pytest.mark.slow
@pytest.mark.parametrize("name", LESSONS)
def test_every_break_of_a_lesson_acts_is_observed_and_goes_back(name: str) -> None:
    lab = lesson_lab(name)
    guide, session = lab.guide, lab.session
    assert guide is not None
    guide.take_answer(LESSONS[name])
    session.epoch()
    before, pictures = (session.base, session.lanes), [type(panel) for panel in lab.player.stage.panels]
    assert len(guide.lesson.breaks) >= 3
    for index in range(len(guide.lesson.breaks)):
        guide.try_break(index)
        if guide.lesson.asks(index) is not None:
            assert guide.holds
            guide.take_answer(next(iter(guide.choices)))
        assert not guide.holds
        anew = session.trainer.epochs[0] == 0 or bool(guide.lesson.breaks[index].first)
        others = anew or session.sweep is not None or (session.base, session.lanes) != before
        assert others or [type(panel) for panel in lab.player.stage.panels] != pictures
        session.epoch()
        guide.look()
        assert guide.observation
        assert "cannot be observed" not in guide.observation
    guide.go_back()
    assert (session.base, session.lanes) == before
    assert [type(panel) for panel in lab.player.stage.panels] == pictures


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_asks_two_more_questions_whose_answers_differ_from_the_first(name: str) -> None:
    guide = asked(name)
    questions = {attempt.label for attempt in guide.lesson.breaks if attempt.question is not None}
    assert questions == set(EXPECTED[name]) - {""}
    main = guide.lesson.choices[EXPECTED[name][""]]
    others = 0
    for index in range(len(guide.lesson.breaks)):
        asks = guide.lesson.asks(index)
        if asks is not None:
            right = EXPECTED[name][asks.label]
            assert right in asks.choices
            assert set(asks.later) <= {*asks.choices, ""} - {right}  # "": it is no longer clear
            others += asks.choices[right] != main
    assert others >= 2


@pytest.mark.slow
def test_l1_learns_again_after_a_strength_that_set_all_of_its_weights_to_zero() -> None:
    lab = lesson_lab("03_l1_l2")
    guide, session = lab.guide, lab.session
    assert guide is not None
    guide.take_answer(LESSONS["03_l1_l2"])
    guide.try_break(break_index(lab, "λ = 0.1"))
    for _ in range(30):
        session.epoch()
    dead = session.snapshot().models[1]
    assert dead.zero_fraction == 1
    guide.try_break(break_index(lab, "λ = 0.01"))
    for _ in range(60):
        session.epoch()
    assert session.snapshot().models[1].history["val_score"][-1] > 0.8
    guide.try_break(break_index(lab, "λ = 0.1"))
    for _ in range(30):
        session.epoch()
    guide.go_back()
    for _ in range(60):
        session.epoch()
    back = session.snapshot().models[1]
    assert back.config.l1 == 1e-3
    assert back.zero_fraction < 0.95
    assert back.history["val_score"][-1] > 0.8


def swept_to_its_end(lab: Lab, label: str) -> SweepView:
    """What the sweep that a break of the lesson starts comes to."""
    guide = lab.guide
    assert guide is not None
    guide.try_break(break_index(lab, label))
    sweep = guide.session.sweep
    assert sweep is not None
    while not sweep.done:
        sweep.work(0.5)
    guide.session.trained += 1
    guide.look()
    return sweep.view()


@pytest.mark.slow
@pytest.mark.claim("C7")
def test_the_sweeps_of_the_dropout_lesson_find_a_higher_rate_for_the_larger_network() -> None:
    lab = lesson_lab("02_dropout")
    guide = lab.guide
    assert guide is not None
    guide.take_answer("none")
    views = [swept_to_its_end(lab, f"Sweep p, {size} network") for size in ("small", "large")]
    small, large = (float(view.values[view.best]) for view in views)  # type: ignore[index]
    assert large >= small + 0.1
    assert f"at p = {large:g}. " in guide.observation
    assert f"“Sweep p, small network”: the lowest at p = {small:g}." in guide.observation


@pytest.mark.slow
@pytest.mark.claim("C14")
def test_the_sweep_of_the_lambda_lesson_has_its_best_inside_and_its_test_loss_is_asked_once() -> None:
    lab = lesson_lab("04_lambda")
    guide = lab.guide
    assert guide is not None
    guide.take_answer("light")
    view = swept_to_its_end(lab, "Sweep λ")
    assert view.best is not None
    assert 0 < view.best < len(view.values) - 1
    assert view.test is None
    assert guide.askable
    guide.ask_test()
    assert f"Test loss at λ = {view.values[view.best]:g}, asked once" in guide.observation
    assert not guide.askable


@pytest.mark.slow
@pytest.mark.parametrize("name", LESSONS)
def test_what_a_break_notes_is_said_of_its_own_networks_and_not_of_knobs_that_were_turned(name: str) -> None:
    lab = lesson_lab(name)
    guide = lab.guide
    assert guide is not None
    for index, attempt in enumerate(guide.lesson.breaks):
        if not attempt.notes:
            continue
        for outcome in attempt.notes:
            guide.try_break(index)
            trial = guide._trial
            assert trial.note(outcome) == attempt.note(outcome) != "", attempt.label
            lab.session.change(seed=lab.session.base.seed + 1)  # another seed is the same question
            assert trial.note(outcome) == attempt.note(outcome)
            lab.session.change(batch_size=lab.session.base.batch_size + 1)
            of_any = attempt.note("*")
            assert trial.note(outcome) == (attempt.note(outcome) if attempt.sweep else of_any)
            guide.go_back()
            lab.session.change(batch_size=lab.session.base.batch_size + 1)
            guide.try_break(index)
            assert trial.note(outcome) == of_any
            guide.go_back()
            lab.session.change(batch_size=guide._own.base.batch_size)
