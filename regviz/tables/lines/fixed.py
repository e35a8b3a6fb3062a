"""Tables whose columns stand one below the other, with spaces between them, and whose cells may have spaces too."""

from __future__ import annotations

import re

from ..cells.numbers import looks_like_number

WIDE = "\x1f"
"""Stands for the spaces between two columns, once they were found."""

RUNS = re.compile(r"(?<=\S) {2,}(?=\S)")
RULE = re.compile(r"[-=_ |+]+")

FEWEST = 4
"""Lines at least by which columns are told that no run of spaces shows."""


def in_columns(text: str, sample: str) -> str:
    """Return `text` with WIDE between its columns, if two spaces or more set them apart and single spaces do not, else
    "".
    """
    lines = [line.strip() for line in sample.split("\n")]
    single = {len(" ".join(line.split()).split(" ")) for line in lines}
    if len(single) == 1 or WIDE in text:
        return ""
    wide = {len(RUNS.sub(WIDE, line).split(WIDE)) for line in lines}
    if len(wide) == 1 and max(wide) > 1:
        return "\n".join(RUNS.sub(WIDE, line.strip()) for line in text.split("\n"))
    return ""


def by_places(text: str) -> str:
    """Return `text` with WIDE between its columns, cut where every line is blank; "" if that shows no columns with
    names.

    A column without a name belongs to the one before it. What stands below a blank line is left as it is.
    """
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    end = lines.index("") if "" in lines else len(lines)
    full = [line for line in lines[:end] if not RULE.fullmatch(line)]
    if len(full) < FEWEST or WIDE in text or "\t" in text:
        return ""
    width = max(map(len, full))
    starts = [0]
    blank = [all(line[k : k + 1] in ("", " ") for line in full) for k in range(width)]
    for k in range(1, width):
        if blank[k - 1] and not blank[k]:
            stop = next((j for j in range(k, width) if blank[j]), width)
            if full[0][k:stop].strip():
                starts.append(k)
    places = list(zip(starts, [*starts[1:], None], strict=True))
    cells = [[line[start:stop].strip() for start, stop in places] for line in full]
    if len(starts) < 2 or any(RUNS.search(cell) for row in cells for cell in row) or len(set(cells[0])) < len(starts):
        return ""
    if any(looks_like_number(cell) or not re.search(r"[^\W\d_]|[%#]", cell) for cell in cells[0]):
        return ""
    cut = iter(WIDE.join(row) for row in cells)
    return "\n".join(["" if RULE.fullmatch(line) else next(cut) for line in lines[:end]] + lines[end:])
