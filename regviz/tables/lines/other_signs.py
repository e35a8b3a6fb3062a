"""Names with another sign between them than the rows have: "a;b;c" above "1,2,3"."""

from __future__ import annotations

import csv

from ...language import tr
from ..cells.numbers import looks_like_number
from .blocks import Block
from .dialect import signs
from .first_line import judged, plain

SIGNS = (";", "\t", "|", ",", " ")


def names_apart(block: Block, delimiter: str, notes: list[str]) -> list[str] | None:
    """Return the names in the last line above a table, one for each cell of the rows, though another sign stands
    between them than between those, and a note; None if there are none."""
    if not block.before or not delimiter or block.width < 2:
        return None
    row = block.before[-1]
    line = "".join(map(plain, row.cells))
    if line not in map(plain, row.cells):
        return None  # the table's own sign stands in it
    near = block.rows[0].line - row.line == 1
    for sign in SIGNS:
        if sign == delimiter or sign not in line or (sign == " " and (not near or ":" in line or block.width < 3)):
            continue
        names = [cell.strip() for cell in next(csv.reader([line.strip(" ")], delimiter=sign, skipinitialspace=True))]
        fits = len(names) == block.width and len(set(names)) == len(names) and all(names)
        if fits and not any(map(looks_like_number, names)) and not judged(block.rows).header:
            notes.append(
                tr(
                    "Line {line} has {signs} where the rows have {others}; the names were read from it.",
                    line=row.line,
                    signs=signs(sign),
                    others=signs(delimiter),
                )
            )
            return names
    return None
