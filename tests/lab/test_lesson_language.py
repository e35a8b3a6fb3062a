"""A lesson is said in the reader's language: whatever it shows, while its keys stay those of the notebook."""

from __future__ import annotations

import re
from typing import Any

import pytest

import catalogue
from lessons import NOTEBOOKS, source
from regviz import Config
from regviz.lab import Because, Break, Lab, Lane, Lesson, evidence
from regviz.lab.export.sheet import sheet
from regviz.lab.lessons.authored import one_line
from regviz.lab.lessons.chance_report import heard
from regviz.lab.lessons.question import Question
from words import sentences
from words.authored import of_notebook, of_program
from words.marking import outside, speak_marked

SMALL = Config(n_train=50, hidden=(4,), batch_size=25)
OWN = Lesson(
    name="test",
    claim="It trains",
    question="What will it do?",
    choices={"falls": "Fall and stay", "rises": "Rise"},
    observe=evidence.memorizing("none", until=3),
    explain="""
        <p>So it does,
        as $L_{\\text{validation}}$ does.</p>""",
    because=Because(of="falls", right="it is small", wrong={"it is large": "It is not.", "of chance": "No."}),
    breaks=[Break("Other data", data="blobs")],
)


def lessons() -> dict[str, Lesson]:
    """The lessons of all notebooks, without the labs that show them."""
    found = {}
    for path in NOTEBOOKS:
        *statements, last = re.split(r"^(?=Lab\()", source(path), flags=re.MULTILINE)
        names: dict[str, Any] = {}
        exec("".join(statements), names)
        given = eval(last, {**names, "Lab": lambda *_, **given: given})
        if "lesson" in given:
            found[path.stem] = given["lesson"]
    return found


def shown_of(question: Question) -> list[str]:
    """What a page shows of a question."""
    content, because = question.content(), question.because
    texts = [content[key] for key in ("label", "claim", "question", "explain")]
    texts += [text for key in ("choices", "because") for _, text in content[key]]
    texts += [*content["later"].values(), *question.plain_choices().values()]
    if because is not None:
        texts += [because.judged(reason, chosen, because.of) for reason in because.reasons for chosen in content]
    return texts


def test_the_catalogues_have_all_that_the_notebooks_lessons_show(monkeypatch: pytest.MonkeyPatch) -> None:
    found = lessons()
    marking = speak_marked(monkeypatch)
    assert len(found) == len(NOTEBOOKS) - 1
    for name, lesson in found.items():
        asked = [asks for index in range(-1, len(lesson.breaks)) if (asks := lesson.asks(index)) is not None]
        assert len(asked) >= 3
        assert outside([lesson.content()["breaks"], *map(shown_of, asked)]) == [], name
    code = (path for path in catalogue.files() if catalogue.name(path).startswith("lab/lessons/"))
    gathered = {text for path in code if path.suffix == ".py" for text in sentences.said_in(path)}
    gathered |= {text for path in NOTEBOOKS for text in of_notebook(path)}
    assert {text for text in marking.asked if sentences.WORD.search(text)} <= gathered


def test_all_that_a_lesson_says_is_in_the_readers_language_and_its_keys_in_the_notebooks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    speak_marked(monkeypatch)
    lab = Lab(SMALL, lanes=[Lane("none")], panels=["loss"], title="My lesson", lesson=OWN)
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    guide, session = lab.guide, lab.session
    assert guide is not None
    assert guide.content["breaks"] == ["⟦Other data⟧"]
    assert [key for key, _ in guide.asked["choices"]] == ["falls", "rises"]
    assert sorted(key for key, _ in guide.asked["because"]) == ["it is large", "it is small", "of chance"]
    assert guide.asked["explain"].startswith("⟦<p>So it does, as <math>")
    guide.take_answer("rises")
    guide.take_reason("it is large")
    for _ in range(4):
        session.epoch()
        guide.look()
    assert guide.verdict == "⟦You predicted “⟦Rise⟧”. The numbers say “⟦Fall and stay⟧”.⟧"
    assert guide.judged == "⟦As to your reason: ⟦It is not.⟧⟧"
    assert (guide.reason, guide.answer, guide.outcome) == ("it is large", "rises", "falls")
    guide.ask_seeds()
    session.work_sweep(0.0)
    told = [guide.observation, guide.disclosed, heard(session)[1]]
    assert all(told)
    assert outside(told) == []
    assert lab.head.children[0].value == "<b>regviz</b><span>⟦My lesson⟧</span>"
    for answers in (False, True):
        page = sheet(OWN, SMALL, [Lane("none")], lab.pictures.opening, "My lesson", with_answers=answers)
        body = re.sub(r'<style>.*?</style>|"[^"]*"', "", page, flags=re.DOTALL)
        assert set(outside(body)) <= {"none", "doctype"}
    lab.close()


def test_what_another_author_wrote_is_shown_as_it_is_written() -> None:
    text = """
        One line,
        and   another."""
    assert one_line(text) == "One line, and   another."


def test_the_gatherer_reads_words_and_refuses_what_code_puts_together() -> None:
    code = (
        'A = {"x": "An answer"}\nBreak("Try it", choices=A, because=Because(of="x", right="so", wrong={"no": "Not."}))'
    )
    assert sorted(of_program(code)) == ["An answer", "Not.", "Try it", "no", "so"]
    with pytest.raises(ValueError, match="line 1"):
        list(of_program('Lesson(claim=f"{n} points")'))
