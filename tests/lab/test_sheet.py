"""A lesson on paper: all of its questions, and only if they are asked for its answers, as its networks give them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from matplotlib.font_manager import fontManager

from lessons import EXPECTED, FOLDER, LESSONS, lesson_lab
from regviz import Config
from regviz.lab import Lab, Lane, Lesson, evidence
from regviz.lab.export import export
from regviz.lab.lessons.answers import answers, questions
from regviz.lab.lessons.evidence import OfSets, open_until
from regviz.lab.lessons.mathml import with_formulas
from regviz.lab.serve import cli, printing


def words(page: str) -> str:
    """What one reads on a page."""
    return " ".join(unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)).split())


AT_ONCE = {"01_overfitting", "03_l1_l2"}
"""Lessons whose sheet `make quick` reads."""


def read(html: str) -> str:
    return words(with_formulas(html))


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in AT_ONCE else pytest.mark.slow) for name in LESSONS]
)
def test_a_sheet_has_all_questions_with_their_choices_and_says_no_answer(name: str) -> None:
    lab = lesson_lab(name)
    page = lab.sheet()
    said = words(page)
    lesson = lab.guide.lesson
    assert lab.title in said
    for _, question in questions(lesson):
        assert read(question.text) in said
        for choice in question.choices.values():
            assert read(choice) in said
        assert read(question.explain) not in said
        assert "<li data-right" not in page
        assert all(read(why) not in said for why in question.later.values())
    assert len(questions(lesson)) == len(EXPECTED[name])
    if lesson.because is not None:
        assert all(read(reason) in said for reason in lesson.because.reasons)
        assert not any(read(why) in said for why in lesson.because.wrong.values())
    assert read(lesson.claim) not in said
    assert page.count('<div class="line">') == 1 + 2 * len(questions(lesson))
    assert not re.search(r"(src|href)=\"(?!data:)|<script|@import", page)  # offline, and nothing that acts
    assert 'src="data:image/png;base64,' in page


@pytest.mark.slow
def test_answers_are_those_of_the_networks_and_are_marked_with_what_was_seen() -> None:
    lab = lesson_lab("07_initialization")
    lesson, expected = lab.guide.lesson, EXPECTED["07_initialization"]
    page = lab.sheet(answers=True)
    said = words(page)
    found = list(answers(lesson, *lab.guide.setting))
    assert {its.question.label: its.finding.outcome for its in found} == expected
    right = [words(text) for text in re.findall(r"<li data-right>(.*?)</li>", page)]
    assert right == [
        read(lesson.choices[expected[""]]),
        read(lesson.because.right),
        *(read(question.choices[expected[question.label]]) for _, question in questions(lesson)[1:]),
    ]
    for its in found:
        assert f"Epoch {its.epoch}: {words(its.finding.text)}" in said
        assert read(its.question.explain) in said
    assert all(read(why) in said for why in lesson.because.wrong.values())
    assert lab.session.trained == 0  # the lab itself is as it was


@pytest.mark.slow
@pytest.mark.parametrize("name", LESSONS)
def test_each_question_of_a_lesson_has_one_of_its_answers(name: str) -> None:
    lab = lesson_lab(name)
    found = list(answers(lab.guide.lesson, *lab.guide.setting))
    assert {its.question.label: its.finding.outcome for its in found} == EXPECTED[name]
    for its in found:
        assert its.finding.outcome in its.question.choices
        ended = all(model.state != "training" for model in its.snapshot.models)
        assert ended or its.epoch >= open_until(its.question.observe)
        assert "Press" not in its.finding.text


def test_a_question_of_many_training_sets_is_answered_by_all_of_them() -> None:
    lanes = (Lane("4", fixed={"hidden": (4,)}), Lane("16", fixed={"hidden": (16,)}))
    lesson = sets_lesson(evidence.trade_of("4", "16", after=10, count=3))
    base = Config(data="blobs", n_train=20, batch_size=20, label_noise=0.0)
    (answered,) = answers(lesson, base, lanes)
    assert answered.epoch == 10
    assert answered.finding.text.startswith("3 training sets, epoch 10, bias² + variance: “4” ")
    assert answered.finding.outcome


def sets_lesson(observe: OfSets) -> Lesson:
    choices = {"up, down": "More bias", "down, up": "Less"}
    return Lesson(name="sets", claim="It varies", question="How much?", choices=choices, observe=observe, explain="So.")


def test_a_lab_without_a_lesson_has_no_sheet() -> None:
    with pytest.raises(ValueError, match="no lesson"):
        Lab(Config(n_train=50, hidden=(4,), batch_size=25), panels=["loss"]).sheet()


def test_the_command_writes_a_page_for_each_lesson_that_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["sheet", "05_early_stopping", "08_when_to_use.ipynb", "--to", str(tmp_path)]) == 0
    files = [tmp_path / "05_early_stopping-sheet.html", tmp_path / "08_when_to_use-sheet.html"]
    assert capsys.readouterr().out.split() == [str(file) for file in files]
    assert "Two identical networks." in words(files[0].read_text(encoding="utf-8"))
    assert "25 inputs" in words(files[1].read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (None, "There is no notebook mine in .*There are: other"),
        ("1 / 0", "mine.ipynb cannot be run: ZeroDivisionError"),
        ("%matplotlib inline", "mine.ipynb cannot be run: SyntaxError"),
        ("x = 1", "shows no lab"),
        ("1 + 1", "shows no lab"),
        ("raise SystemExit", "mine.ipynb cannot be run: SystemExit"),
        ("from regviz.lab import Lab\nLab(panels=['loss'])", "mine.ipynb: this lab has no lesson"),
    ],
)
def test_what_is_no_lesson_is_refused_by_name(tmp_path: Path, source: str | None, said: str) -> None:
    for name, code in (("mine", source), ("other", "1")):
        if code is not None:
            cell = {"cell_type": "code", "source": [code]}
            (tmp_path / f"{name}.ipynb").write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    with pytest.raises(SystemExit, match=said):
        printing.write(["mine"], tmp_path, tmp_path, answers=False)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'{"cells": 3}',
        b'{"cells": [{"source": []}]}',
        b'{"cells": [1]}',
        '{"cells": "ü"}'.encode("cp1252"),
    ],
)
def test_a_file_that_is_no_notebook_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mine.ipynb").write_bytes(content)
    with pytest.raises(SystemExit, match=r"mine.ipynb is no notebook\. Give one that JupyterLab opens\."):
        printing.write(["mine"], tmp_path, tmp_path, answers=False)


def test_who_stops_it_is_told_which_sheets_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = printing.shown

    def stopped(notebook: Path) -> Lab:
        if notebook.stem != "05_early_stopping":
            raise KeyboardInterrupt
        return shown(notebook)

    monkeypatch.setattr(printing, "shown", stopped)
    assert cli.main(["sheet", "05_early_stopping", "03_l1_l2", "--to", str(tmp_path)]) == 130
    out, said = capsys.readouterr()
    assert [Path(line).name for line in out.splitlines()] == ["05_early_stopping-sheet.html"]
    assert said == "Stopped. Only the sheets that are named above are written.\n"


@pytest.mark.parametrize("families", [["DejaVu Sans"], ["of one weight", "DejaVu Sans"]])
def test_pictures_and_sheets_say_nothing_of_fonts_that_are_not_there(
    families: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    plain = next(entry for entry in fontManager.ttflist if entry.name == "DejaVu Sans" and entry.weight == 400)
    monkeypatch.setattr(fontManager, "ttflist", [*fontManager.ttflist, replace(plain, name="of one weight")])
    fontManager.addfont(plain.fname)  # and so forget what was found, and complained of, before
    monkeypatch.setattr(export, "families", lambda: families)
    lab = Lab(Config(n_train=50, hidden=(4,)), panels=["loss"], play=False)
    lab.save(tmp_path / "run.png")
    lab.save(tmp_path / "run.svg")
    lab.close()
    assert caplog.messages == []


def test_a_folder_that_is_not_there_is_named_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"cannot be written.*--to"):
        printing.write(["05_early_stopping"], FOLDER, tmp_path / "none", answers=False)
    with pytest.raises(SystemExit, match=r"cannot be written.*--to"):  # and no notebook is run for it
        printing.write(["none of these"], FOLDER, tmp_path / "none", answers=True)
