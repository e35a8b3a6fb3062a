"""Tables that a program has drawn or a wiki has marked up: lines of boxes, grids, double bars around names."""

from __future__ import annotations

import re
from itertools import pairwise

from ...language import tr

BOXED = re.compile("[\u2500-\u257f]")
BOX = {code: "+" for code in range(0x2500, 0x2580)}
BOX |= {ord(sign): "|" for sign in "│┃┆┇┊┋║╎╏╽╿"} | {ord(sign): "-" for sign in "─━┄┅┈┉═╌╍╴╶╸╺╼╾"}
"""Lines and corners of boxes as plain signs."""

RULE = re.compile(r"[+|](?=.*[-=]{2})[-=+|: ]*[+|]")
EDGED = re.compile(r"\s*\|.*\|\s*")
UNDERLINE = re.compile(r"[\s|]*(?:-{3,}[\s|]*)+")
"""What polars draws between names and kinds."""

FEW_GROUPS, TALLEST = 4, 8
"""Groups of lines between rules by which each is a row, and lines of such a row at most."""

MARKUP = (
    (re.compile(r"\s*\|\|(?!\s*\|).*\|\|\s*"), re.compile(r"\|\|"), "Jira"),
    (re.compile(r"\s*\^.*\^\s*"), re.compile(r"\^"), "DokuWiki"),
    (re.compile(r"\s*\|=[^=|].*\|\s*"), re.compile(r"\|="), "Creole"),
    (re.compile(r"\s*\|_\.\s.*\|\s*"), re.compile(r"\|_\."), "Textile"),
)
"""How a line of names looks in markup, the signs before its cells, and whose markup it is."""


def undrawn(text: str) -> tuple[str, list[str]]:
    """Return `text` with bars alone around its cells, each row on its first line, and notes; itself if nothing is
    drawn.
    """
    lines = (text.translate(BOX) if BOXED.search(text) else text).split("\n")
    if (marked := _marked(lines)) is not None:
        return marked
    rules = [place for place, line in enumerate(lines) if "+" in line and RULE.fullmatch(line.strip())]
    if len(rules) < 2:
        return text, []
    edged = [place for place in sorted({*range(len(lines))} - {*rules}) if EDGED.fullmatch(lines[place])]
    if len(edged) < 2:
        return text, []
    ends = [*rules, len(lines)]
    groups = [[k for k in edged if above < k < below] for above, below in pairwise(ends)]
    groups = [group for group in groups if group]
    for place in rules:
        lines[place] = ""
    if groups and (under := next((k for k in groups[0] if UNDERLINE.fullmatch(lines[k])), None)) is not None:
        for place in (k for k in groups[0] if k >= under):
            lines[place] = ""  # kinds of columns stand below the line
    if len(groups) >= FEW_GROUPS and max(map(len, groups)) <= TALLEST:
        for group in groups:
            _join(lines, [k for k in group if lines[k]])
    return "\n".join(lines), [tr("Lines that are drawn around the cells were left out.")]


def _join(lines: list[str], places: list[int]) -> None:
    """Put a row that goes over several lines on the first of them."""
    cells = [lines[place].strip()[1:-1].split("|") for place in places]
    if len(places) < 2 or len(set(map(len, cells))) > 1:
        return
    lines[places[0]] = f"|{'|'.join(' '.join(' '.join(parts).split()) for parts in zip(*cells, strict=True))}|"
    for place in places[1:]:
        lines[place] = ""


def _marked(lines: list[str]) -> tuple[str, list[str]] | None:
    """The lines of a table of a wiki with bars alone around their cells, None if it is no such table."""
    first = next((line for line in lines if line.strip()), "")
    for form, sign, writer in MARKUP:
        if form.fullmatch(first) and sum(EDGED.fullmatch(line) is not None for line in lines) > 1:
            plain = [sign.sub("|", line) if form.fullmatch(line) else line for line in lines]
            said = tr("The names stood between the signs of a wiki's markup ({writer}).", writer=writer)
            return "\n".join(plain), [said]
    return None
