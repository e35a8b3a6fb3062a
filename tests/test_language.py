"""The language of what people read: every sentence is in the catalogues, and each reader gets their own."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from string import Formatter
from types import SimpleNamespace
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from jinja2 import DictLoader, Environment

import catalogue
from regviz import Config
from regviz import language as words
from regviz.errors import ArgumentError, ConfigError
from regviz.lab import Lab
from regviz.lab.compare.lanes import DEFAULT_LANES, usual_lanes
from regviz.lab.export.arguments import checked_language
from regviz.lab.export.share import read_link
from regviz.lab.lessons.mathml import FORMULA, with_formulas
from regviz.lab.look.style import module, texts
from regviz.lab.serve.kernels.environment import for_kernels
from regviz.lab.serve.pages.languages import kept, of_request, speech
from regviz.language import (
    LANGUAGES,
    SOURCE,
    Marked,
    asked,
    en,
    joined,
    language,
    ntr,
    of_environment,
    speak,
    speaking,
    tr,
)
from words import sentences

DONE = (
    "lab/canvas/",
    "lab/compare/",
    "lab/controls/",
    "lab/export/",
    "lab/lessons/",
    "lab/look/",
    "lab/page/",
    "lab/panels/",
    "notebooks/",
    "regviz/data/",
    "regviz/errors.py",
    "regviz/fields.py",
    "regviz/registry.py",
    "regviz/specifications.py",
    "regviz/tables/",
    "regviz/words.py",
    "lab/serve/",
    "regviz/errors.py",
    "regviz/fields.py",
)
"""Where no sentence stands outside the catalogue. The list grows."""

LACKING: dict[str, tuple[str, ...]] = {"de": (), "es": ()}
"""Where each language lacks sentences yet, which are read in English. The lists shrink."""

TRANSLATED = {chosen: tuple(folder for folder in DONE if folder not in lacking) for chosen, lacking in LACKING.items()}
"""Where each language has every sentence."""

OTHERS = [other for other in LANGUAGES if other != SOURCE]


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    speak(SOURCE)


@cache
def said() -> Catalog:
    return catalogue.template()


@cache
def translations(chosen: str) -> dict[str, Message]:
    return {_id(message): message for message in catalogue.committed(chosen) if message.id}


def _id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(string: object) -> list[str]:
    return [string] if isinstance(string, str) else list(string)  # type: ignore[call-overload]


def places(text: str) -> list[str]:
    """The places {…} of a text, sorted; none may say more than a name."""
    found = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(text) if name is not None]
    assert all(name.isidentifier() and not spec and not conversion for name, spec, conversion in found), text
    return sorted(name for name, _, _ in found)


def formulas(text: str) -> list[str]:
    """The formulas of a notebook's text but for their words, sorted. Their braces are TeX's and no places.

    What stands behind a formula is the sentence's: other languages have their commas elsewhere.
    """
    with_formulas(text)  # raises an error for an impossible one
    found = (formula[0].removesuffix(formula[3] or "") for formula in FORMULA.finditer(text))
    return sorted(re.sub(r"(\\text)\{[^{}]*\}", r"\1", formula) for formula in found)


# -- the catalogues


def test_no_sentence_stands_outside_the_catalogue() -> None:
    files = [path for path in catalogue.files() if path.suffix == ".py" and catalogue.name(path).startswith(DONE)]
    assert len(files) >= 20
    found = {catalogue.name(path): [*sentences.of_file(path, catalogue.name(path))] for path in files}
    assert {name: here for name, here in found.items() if here} == {}


def test_no_sentence_of_a_page_stands_outside_the_catalogue() -> None:
    """Scripts and templates."""
    kinds = {".js", ".html", ".j2"}
    files = [path for path in catalogue.files() if path.suffix in kinds and catalogue.name(path).startswith(DONE)]
    assert {path.suffix for path in files} == kinds
    found = {}
    for path in files:
        of = sentences.of_script if path.suffix == ".js" else sentences.of_template
        found[catalogue.name(path)] = [*of(path.read_text(encoding="utf-8"))]
    assert {name: here for name, here in found.items() if here} == {}


def test_no_picture_says_a_single_word_past_the_catalogue() -> None:
    """A word alone looks like a key of the code; one of a pair to choose from that the catalogue has is said."""
    known, matplotlib_s, found = translations("de"), {"none", "right"}, []
    for path in catalogue.files():
        if path.suffix == ".py" and catalogue.name(path).startswith("lab/panels/"):
            choices = (node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.IfExp))
            words = [word for choice in choices for word in (choice.body, choice.orelse)]
            texts = [
                word.value.strip() for word in words if isinstance(word, ast.Constant) and isinstance(word.value, str)
            ]
            found += [(path.name, text) for text in texts if text in known.keys() - matplotlib_s]
    assert found == []


def test_no_style_sheet_says_anything() -> None:
    """What a style sheet says stands in an attribute, which a script sets."""
    sheets = {path.name: path.read_text(encoding="utf-8") for path in (catalogue.ROOT / "lab").rglob("*.css")}
    assert len(sheets) > 10
    said_here = {name: re.findall(r'content:\s*"([^"\\]*[A-Za-z]{2}[^"]*)"', text) for name, text in sheets.items()}
    assert {name: texts for name, texts in said_here.items() if texts} == {}


def test_the_check_tells_words_of_pages_from_code() -> None:
    for script in ('say("Copy link")', "`<b>${name} is too long</b>`", "one ? tr(name) : 'It is over'"):
        assert [*sentences.of_script(script)], script
    for script in (
        'tr("Copy link")',
        '// "Copy link"',
        'part("tbody tr")',
        "text.replace(/\"Copy link/, '')",
        '"rv-a rv-b"',
    ):
        assert not [*sentences.of_script(script)], script
    for page in ("<p>Follow</p>", '<a title="Follow">', '{{ "No such lecture" if code }}'):
        assert [*sentences.of_template(page)], page
    for page in ('<p lang="{{ lang }}">{{ tr("Follow") }} · regviz</p>', "<script>let alive</script>{# Follow #}"):
        assert not [*sentences.of_template(page)], page


def test_the_check_tells_sentences_from_code() -> None:
    for text in ("Copy link", "Lane {}", "{} points", "<b>One stays.</b>", "not here, but there"):
        assert sentences.is_sentence(text), text
    for text in (
        "rv-take rv-take-row",
        "<b>regviz</b><span>{}</span>",
        "{} kB",
        "Play",
        "text/plain",
        'fill="none" r="2"',
    ):
        assert not sentences.is_sentence(text), text


def test_what_a_module_says_is_what_is_gathered_of_it() -> None:
    """Babel sees no call inside of an f-string."""
    for path in catalogue.files():
        if path.suffix == ".py":
            gathered = {text if isinstance(text, str) else text[0] for text in catalogue.of_file(path)}
            assert set(sentences.said_in(path)) <= gathered, path


def test_what_a_script_says_is_what_is_gathered_of_it() -> None:
    """The page finds its texts by a pattern, the catalogue by Babel."""
    scripts = [path for path in catalogue.files() if path.suffix == ".js"]
    spoken = 0
    for path in scripts:
        if path.name == "words.js":  # where `tr` itself is
            continue
        gathered = [(text, "") if isinstance(text, str) else text for text in catalogue.of_file(path)]
        assert sorted(gathered) == sorted(texts(path.read_text(encoding="utf-8"))), path
        spoken += len(gathered)
    assert spoken > 20


@pytest.mark.parametrize("chosen", OTHERS)
def test_catalogues_are_up_to_date(chosen: str) -> None:
    """`make words` does it: all that is said is there, nothing else is, and the compiled file fits."""
    now = catalogue.merged(chosen, said())
    assert catalogue.po(now) == catalogue.place(chosen).read_bytes()
    assert catalogue.mo(now) == catalogue.place(chosen, ".mo").read_bytes()


@pytest.mark.parametrize("chosen", OTHERS)
def test_a_finished_part_lacks_no_translation(chosen: str) -> None:
    lacking = [
        text
        for text, message in translations(chosen).items()
        if any(file.startswith(TRANSLATED[chosen]) for file, _ in message.locations)
        and not catalogue.is_translated(message.string)
    ]
    assert lacking == []


@pytest.mark.parametrize("chosen", OTHERS)
def test_a_translation_has_the_places_of_its_source(chosen: str) -> None:
    found = 0
    for message in translations(chosen).values():
        sources, forms = _forms(message.id), _forms(message.string)
        if not catalogue.is_translated(message.string):
            continue
        found += 1
        written = places if any(not file.startswith("notebooks/") for file, _ in message.locations) else formulas
        for form in forms:
            whole = sources if form is forms[0] else sources[-1:]  # one seed has no range to say
            assert written(form) in [written(source) for source in whole], form
            assert re.findall(r"<[^>]*>|\n", form) == re.findall(r"<[^>]*>|\n", sources[-1]), form
    assert found > 150


NEVER_ONE = {
    "the next {n} epochs",  # choices of a menu
    "last {last} epochs",  # 50 or 200
    "{n} networks of a sweep need smaller layers",  # of several values
    "{n} networks of a sweep need fewer training points",
    "{n} networks of a sweep need fewer values, or smaller ones",
    "the best of {n} of {all} networks, on average",
    "“{lane}” keeps {idle} of the {all_idle} inputs that say nothing and {others} of the {all_others} others",
}
"""Sentences with a number that is larger than 1 wherever they are said; so it is in those of lessons on `planted`, and
on what many lanes choose."""


def test_what_may_be_one_has_a_singular() -> None:
    counted = re.compile(r"\{\w+\} (\w+ )?(answers|decoys|epochs|inputs|networks|samples|steps)\b")
    found = {
        message.id
        for message in said()
        if isinstance(message.id, str) and message.id and any(name.startswith("lab/") for name, _ in message.locations)
        if counted.search(message.id)
    }
    of_lessons = {text for text in found if "that matter" in text or "for each team" in text}
    assert found - of_lessons == NEVER_ONE


# -- saying it


def test_english_is_the_source_and_loads_no_catalogue() -> None:
    words._read.cache_clear()
    assert (tr("Play"), tr("")) == ("Play", "")
    assert tr("Lane {n}", n=2) == "Lane 2"
    assert (ntr("1 point", "{n} points", 1), ntr("1 point", "{n} points", 1200)) == ("1 point", "1,200 points")
    assert (joined(["a"]), joined(["a", "b", "c"])) == ("a", "a, b and c")
    assert words._read.cache_info().currsize == 0


def test_other_languages_say_it_their_way_and_what_is_missing_in_english() -> None:
    speak("de")
    assert tr("Play") == "Start"
    assert tr("Lane {n}", n=2) == "Spur 2"
    assert [ntr("1 point", "{n} points", n) for n in (0, 1, 2)] == ["0 Punkte", "1 Punkt", "2 Punkte"]
    assert joined(["a", "b", "c"]) == "a, b und c"
    assert tr("A sentence without a translation, {n}.", n=3) == "A sentence without a translation, 3."
    assert tr("") == ""  # in a catalogue, that is its header
    speak("es")
    assert [ntr("1 point", "{n} points", n) for n in (1, 5)] == ["1 punto", "5 puntos"]
    with pytest.raises(KeyError):
        speak("xx")


def test_a_mark_stays_english_until_it_is_shown() -> None:
    speak("de")
    later = en("Play")
    assert (later, tr(later)) == ("Play", "Start")


def test_a_mark_remembers_what_it_was_made_of() -> None:
    inner = en("allowed is a whole number from {low} to {high}", low=1, high=Marked("Play"))
    later = pickle.loads(pickle.dumps(en("{first} and {last}", first=inner, last="{x}")))  # from another process
    assert later == "allowed is a whole number from 1 to Play and {x}"
    assert Marked(later) is later
    with speaking("de"):
        assert tr(later) == "erlaubt ist eine ganze Zahl von 1 bis Start und {x}"
        assert str(later) == later == f"{later}"


def test_an_error_speaks_the_reader_s_language() -> None:
    speak("de")
    for impossible, said in (
        ({"l1": -1}, "l1=-1 ist nicht möglich: erlaubt ist eine endliche Zahl von 0 bis 100, oder je eine solche Zahl"),
        ({"data": "wine", "n_train": 1000}, "Wein"),
        ({"dropout": (0.1, 0.2), "hidden": ()}, "hidden=()"),
    ):
        with pytest.raises(ConfigError) as caught:
            Config(**impossible)
        assert said in str(caught.value)
        assert not re.search(r"\b(the|allowed|allows|possible|Try|points|layers)\b", str(caught.value))


def test_a_request_has_a_language_of_its_own() -> None:
    speak("de")
    with speaking("es"):
        assert (language(), tr("Cancel")) == ("es", "Cancelar")
        with ThreadPoolExecutor(1) as pool:  # a thread that serves another request
            assert pool.submit(tr, "Cancel").result() == "Abbrechen"
    assert tr("Cancel") == "Abbrechen"


def test_a_script_comes_with_its_sentences() -> None:
    script = module("page/copy.js", "controls/code.js")
    assert str(script) == script
    assert "const SENTENCES = {};" in script
    speak("de")
    assert '"Copied": "Kopiert"' in str(script)
    assert 'const LANG = "de";' in str(script)
    assert "Votes as CSV" not in str(script)  # another script's


def test_the_page_of_a_notebook_is_english_in_a_voila_that_knows_no_catalogue() -> None:
    folder = catalogue.ROOT / "lab/serve/voila/templates/regviz"
    blocks = "".join(f"{{% block {name} %}}{{% endblock %}}" for name in ("html_head_js", "body_header"))
    parts = {"voila/templates/lab/index.html.j2": blocks, "page": (folder / "index.html.j2").read_text("utf-8")}
    its = SimpleNamespace(base_url="/", include_js=lambda name: f"<script src={name}>")
    page = Environment(loader=DictLoader(parts)).get_template("page")
    assert "<p>Starting the lab…</p>" in page.render(resources=its)
    speak("de")
    said = page.render(resources=its, tr=tr, speech=speech)
    assert "<p>Das Labor startet …</p>" in said
    assert said.index("theme.js") < said.index('const LANG = "de";') < said.index("alive.js")


# -- choosing it


@pytest.mark.parametrize(
    ("query", "accepted", "chosen"),
    [
        ("", "", "en"),
        ("lang=de", "", "de"),
        ("?data=moons&lang=ES", "de", "es"),
        ("lang=de-AT", "es", "de"),
        ("lang=xx", "es", "es"),
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "fr,en;q=0.3,es;q=0.7", "es"),
        ("", "fr, *;q=0.5", "en"),
        ("", "de;q=0, es;q=much", "en"),
    ],
)
def test_the_link_goes_before_the_browser(query: str, accepted: str, chosen: str) -> None:
    assert asked(query, accepted) == chosen


def test_a_kernel_takes_the_language_of_its_page() -> None:
    page = {"QUERY_STRING": "seed=3", "HTTP_ACCEPT_LANGUAGE": "es-MX,es;q=0.9"}
    assert of_environment(for_kernels(page)) == "es"
    assert of_environment({**page, "QUERY_STRING": "lang=de"}) == "de"
    assert of_environment(for_kernels({"REGVIZ_LANG": "de"})) == "de"
    assert of_environment({"LANG": "de_DE.UTF-8"}) == "en"  # that of a server is nobody's wish


def test_a_request_is_answered_in_the_language_of_its_link_its_browser_or_the_server() -> None:
    def request(query: str, accepted: str = "") -> Any:
        return SimpleNamespace(query=query, headers={"Accept-Language": accepted})

    assert (of_request(request("lang=es", "de")), of_request(request("seed=3", "de"))) == ("es", "de")
    assert of_request(request("seed=3"), "lang=de") == "de"
    assert (kept("seed=3&lang=de-AT"), kept("seed=3"), kept("lang=xx")) == ("?lang=de", "", "")
    speak("es")  # as a server does that was started so
    assert (of_request(request("", "fr")), of_request(request("", "de"))) == ("es", "de")


def test_the_usual_lanes_are_named_in_the_reader_s_language_and_a_lesson_s_are_not() -> None:
    lab = Lab(lang="de")
    assert [lane.name for lane in lab.session.lanes] == ["keine", "L1", "L2", "Dropout"]
    with_older = read_link("penalty=l2&strength=0.1")  # every lane of an older link had its penalty
    assert with_older.lanes is not None
    assert [lane.name for lane in with_older.lanes] == ["keine", "L1", "L2", "Dropout"]
    assert lab.controls.widgets["data"].options[0] == ("zwei Monde", "moons")
    lab.close()
    assert [lane.name for lane in usual_lanes()] == ["keine", "L1", "L2", "Dropout"]
    speak("en")
    assert usual_lanes() == DEFAULT_LANES


def test_a_lab_speaks_as_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = Lab(lang="de")
    assert lab.transport.buttons["play"].description in ("Start", "Pause")
    assert 'const LANG = "de";' in lab.screen._esm
    lab.close()
    monkeypatch.setenv("HTTP_ACCEPT_LANGUAGE", "es")
    assert (checked_language(None), checked_language("en")) == ("es", "en")
    with pytest.raises(ArgumentError, match="en, de, es"):
        Lab(lang="xx")


def test_a_link_may_ask_for_a_language_as_a_program_may() -> None:
    for lang in ("de", "de-AT", "DE"):
        assert read_link(f"?lang={lang}").notes == []
        assert checked_language(lang) == "de"
    with pytest.raises(ArgumentError) as refused:
        checked_language("xx")
    assert read_link("?lang=xx").notes == [f"Ignored from the link: {refused.value}"]


@pytest.mark.parametrize("chosen", OTHERS)
@pytest.mark.parametrize(
    "link",
    [
        *("l1=abc", "l1=0,0.001,0.001", "dropout=7", "data=imagenet", "colour=red", "hidden=64-x", "seed=1e99"),
        *("patience=0", "clip_norm=0", "batchnorm=2", "class_weight=some", "play=maybe", "speed=fast", "lang=xx"),
        *("panels=loss,nothing", "data=drawn", "data=wine&n_train=1000", "data=passengers"),
        *("lane=a~l9", "lane=a~l2~l2=-4", "lane=a~l2~~red", "lane=~l2", "lane=a~l2~x", "lane=a~b~c~d~e"),
        *(
            "lane=a~~dropout=0.1,0.2,0.3",
            "lane=a~~data=wine;n_train=9999",
            "&".join(["lane=a"] * 9),
            f"l1={'9' * 5000}",
        ),
    ],
)
def test_what_a_link_cannot_have_is_said_in_one_language(chosen: str, link: str) -> None:
    english = " ".join(read_link(link).notes)
    with speaking(chosen):
        said = " ".join(read_link(link).notes)
    assert re.search(r"\b(the|allowed|Try|has|are|is)\b", english)
    assert said
    assert not re.search(r"\b(the|allowed|[Tt]ry|has|are|is|possible|link:|and|of|one)\b", said)
