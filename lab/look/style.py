"""The page's files. Its stylesheet stands on the colours of `theme`, so that canvas and page cannot disagree."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from regviz.language import SOURCE, catalogue, language

from .theme import DARK, FONTS, LIGHT, MARKS, Look

_LAB = Path(__file__).parents[1]

SHEETS = (
    "look/style.css",
    "look/tools.css",
    "look/takeaway.css",
    "look/desk.css",
    "look/hall.css",
    "look/draw.css",
    "look/room.css",
)
"""In this order: the last one places what the others dress."""


def variables(look: Look) -> str:
    """Return `look`'s colours as CSS custom properties."""
    names = ("background", "surface", "text", "muted", "grid", "accent")
    colors = [f"--rv-{name}: {getattr(look, name)};" for name in names]
    lanes = [f"--rv-lane-{i}: {color};" for i, color in enumerate(look.lanes)]
    return " ".join([*colors, *lanes, f"color-scheme: {look.mode};"])


def lane_marks() -> str:
    """Return rules for the lanes' marks: in the table, and before their sliders and their rows in the lane editor.

    A formula's symbol that stands for a lane has the lane's colour, as it can be read, and its mark below.
    """
    rules = []
    for i, mark in enumerate(MARKS):
        symbol = f'.rv-app .rv-symbol[data-place="{i}"]'
        places = (f".rv-mark-{i}", f".rv-lane-{i} > .widget-label::before", f".rv-lane-row:nth-child({i + 1})::before")
        rules.append(", ".join(f".rv-app {place}" for place in places) + f" {{ clip-path: {mark.clip}; }}")
        rules.append(f"{symbol} {{ color: var(--rv-ink-{i}); }} {symbol}::after {{ clip-path: {mark.clip}; }}")
        knobs = f".rv-app .rv-lane-{i}, .rv-app .rv-lane-row:nth-child({i + 1})"
        rules.append(f"{knobs} {{ --rv-knob: var(--rv-lane-{i}); }}")
    return "\n".join(rules)


def stylesheet() -> str:
    """Return the whole stylesheet, both looks included."""
    fonts = ", ".join(f'"{name}"' for name in FONTS)
    return "\n".join(
        (
            f".rv-app {{ --rv-font: {fonts}, sans-serif; {variables(LIGHT)} }}",
            f".rv-app[data-mode=dark] {{ {variables(DARK)} }}",
            *(read(name) for name in SHEETS),
            lane_marks(),
        )
    )


class Script(str):
    """A page's module in English. `str` of it, which a widget takes when it is made, is in the present language.

    What is translated are the arguments of `tr` and `ntr` in it.
    """

    __slots__ = ("code",)
    code: str

    def __str__(self) -> str:
        return f"{_words(self.code, language())}\n{self.code}"


def module(*parts: str) -> Script:
    """Return a page's module, put together of files below lab/; only the last one exports."""
    code = "\n".join(read(part) for part in ("look/words.js", "look/elements.js", *parts))
    made = Script(f"{_words(code, SOURCE)}\n{code}")
    made.code = code
    return made


def words_of(*names: str) -> str:
    """Return what scripts of a page say, as a script before them: `regviz.tr` and `regviz.ntr` in the present language.

    `names` are files below lab/ that are served as they are, the same in every language, and that browsers keep.
    """
    words = _words("\n".join(map(read, names)), language()).replace("</", r"<\/")
    given = "Object.assign(window.regviz, { tr, ntr });"
    return f"(() => {{\n{words}\n{read('look/words.js')}{given}\n}})();"


TEXTS = re.compile(r'\bn?tr\(\s*("(?:[^"\\]|\\.)*")(?:,\s*("(?:[^"\\]|\\.)*"))?')
"""A text that a script says, and its plural."""


def texts(code: str) -> list[tuple[str, str]]:
    """Return what a script says: each text with its plural, which is empty for most."""
    return [(json.loads(one), json.loads(many or '""')) for one, many in TEXTS.findall(code)]


@cache
def _words(code: str, chosen: str) -> str:
    """The texts of a script in a language: one sentence each, or the forms of its plural."""
    found, words, plural = catalogue(chosen), dict[str, str | list[str]](), "n != 1"
    if found is not None:
        plural = re.search(r"plural=([^;]+)", found.info()["plural-forms"])[1]  # type: ignore[index]  # C, and JavaScript
        for one, many in texts(code):
            said: str | list[str] = found.gettext(one)
            if many:
                numbers = {found.plural(n): n for n in range(200)}  # type: ignore[attr-defined]
                said = [found.ngettext(one, many, n) for _, n in sorted(numbers.items())]
            if said not in (one, [one, many]):
                words[one] = said
    said_by = json.dumps(words, ensure_ascii=False)
    return f'const LANG = "{chosen}";\nconst SENTENCES = {said_by};\nconst PLURAL = (n) => Number({plural});'


def read(name: str) -> str:
    """Return the text of a file, named from lab/."""
    return (_LAB / name).read_text(encoding="utf-8")
