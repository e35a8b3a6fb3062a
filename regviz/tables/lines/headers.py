"""The names of the columns: whether the first line of a table holds them, by how it differs from the lines below."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from ...language import en, tr
from ...words import told_apart
from ..cells.missing import is_blank
from ..choices import Said
from ..errors import TableError, listed, quoted
from ..how import How
from ..names import names_of
from ..notes import Note, as_names, every_line, other_target
from .blocks import Block, skipped
from .dialect import sign
from .first_line import Verdict, judged, numeric, plain
from .halves import check_halves
from .last_rows import without_whole, written
from .legends import Legend, flagged, legend, numbers_columns, sums_first
from .misfits import check_names_above, check_row_names, check_rows_above, check_shorter_above, names_above
from .other_signs import names_apart
from .repeats import check_names, without_names
from .rows import Row
from .titles import may_name, novel, titles

UNNAMED = "unnamed"

SKIPPED = {
    (False, False): en("Line {lines}, {text}, was skipped: it is no row, but tells of the columns."),
    (False, True): en(
        "Line {lines}, {text}, was skipped: it is no row, but tells of the columns, as {writer} writes them."
    ),
    (True, False): en("Lines {lines}, such as {text}, were skipped: they are no rows, but tell of the columns."),
    (True, True): en(
        "Lines {lines}, such as {text}, were skipped: they are no rows, but tell of the columns, as {writer} writes "
        "them."
    ),
}
"""What is said of one line or several below the names, and if their writer is known."""


class Named(NamedTuple):
    """Names and rows of a table, and what the file says of its columns."""

    names: list[str]
    rows: list[Row]
    said: Said = Said()


def named(block: Block, how: How, notes: list[str], delimiter: str = "", marked: bool = False) -> Named:
    """Return the names of a table's columns and the rows below them; appends to `notes` what was guessed.

    marked      whether lines begin with a quote, as they do where R has written names of rows
    Raises TableError for names that do not fit the rows.
    """
    rows, before = block.rows, block.before
    if len(rows) + len(before) < 2:
        raise TableError(tr("The file has a single line; a table needs names and rows."))
    above = None
    if how.header is not False:
        above = names_apart(block, delimiter, notes) or names_above(block, notes)
    if above is not None:
        if not above[0]:
            check_row_names(block, above, delimiter, marked)
            notes.append(
                tr(
                    "Line {line} has one name fewer than the rows have cells; the first has none. Cells such as {text} "
                    "were taken for names of the rows; if a {sign} is part of a text or a number, put quotes around "
                    "it.",
                    line=before[-1].line,
                    text=quoted(plain(rows[0].cells[0])),
                    sign=sign(delimiter),
                )
            )
        skipped(before[:-1], notes)
        return _finished(above, rows, notes, before[-1].line)
    sure = how.header is not False and bool(legend(rows[1:]).writer)
    guess = Verdict(True, "") if sure else judged(rows)
    verdict = Verdict(how.header, "") if how.header is not None else guess
    if not sure and how.header is None and (count := titles(rows)):
        before, rows = [*before, *rows[:count]], rows[count:]
        guess = verdict = judged(rows)
    if how.header is not False and not guess.header:
        check_names_above(block, delimiter)
    if not guess.header or guess.note:
        check_rows_above(block, delimiter, how)
    check_shorter_above(block, delimiter)
    skipped(before, notes)
    if verdict.note:
        notes.append(verdict.note)
    if not verdict.header:
        check_halves(rows, delimiter, how.header is False, notes)
        filled = [k for k in range(block.width) if any(not is_blank(row.cells[k]) for row in rows)]
        names = [f"x{k + 1}" for k in range(block.width)]
        names[filled[-1]] = "y"
        if how.header is None and not verdict.note:
            said = tr("Line {line} was read as a row, since it is like the others.", line=rows[0].line)
            notes.append(Note(said, as_names()))
        return Named(names, _without_sum(rows, notes))
    names = [plain(cell) for cell in rows[0].cells]
    if len(names[0]) > 1 and names[0][0] == "#" and how.header is None:
        names[0] = names[0].lstrip("# ")
        notes.append(tr("The sign # before the name {name} was left out.", name=quoted(names[0])))
    return _finished(names, rows[1:], notes, rows[0].line)


def _finished(names: list[str], rows: list[Row], notes: list[str], first: int) -> Named:
    """The table of names that stand in line `first`."""
    if not rows:
        raise TableError(tr("There is no row below the names."))
    rows, above = without_names(names, rows, notes), names
    names, found = flagged(names, rows, legend(rows))
    unique = apart(names, notes)
    _note_legend(found, rows, unique, notes)
    check_names(above, rows[found.rows :], first)
    rows = _without_sum(rows[found.rows :], notes)
    return Named(
        unique,
        rows,
        Said(
            unique[found.target] if found.target is not None else None,
            tuple(unique[k] for k in found.out),
            "regression" if found.regression else None,
            {unique[k]: "category" for k in found.classes},
        ),
    )


def _note_legend(found: Legend, rows: list[Row], names: list[str], notes: list[str]) -> None:
    skipped = rows[: found.rows]
    line, text = rows[0].line, quoted(written(rows[0]))
    if skipped:
        lines = listed([str(row.line) for row in skipped])
        said = SKIPPED[len(skipped) > 1, bool(found.writer)]
        notes.append(Note(tr(said, lines=lines, text=text, writer=tr(found.writer)), every_line()))
        if len(skipped) == 1 and not found.writer and may_name(skipped[0]):
            notes.append(tr("If line {line} has the names, delete the lines above it.", line=line))
    elif not found.writer and novel(rows[0], rows[1:]):
        said = en(
            "Line {line}, {text}, was read as a row, though each of its texts stands there alone; if it has the names, "
            "delete the lines above it."
        )
        notes.append(tr(said, line=line, text=text))
    elif not found.writer and numbers_columns(rows[0], rows[1:], sure=False):
        said = en("Line {line}, {text}, was read as a row; if it numbers the columns, delete it.")
        notes.append(tr(said, line=line, text=text))
    elif found.writer:
        said = en("What stands before # in the names was read as kinds and roles, as {writer} writes them.")
        notes.append(tr(said, writer=tr(found.writer)))
    if found.target is not None:
        said = tr("The target is {column}, as the file says.", column=quoted(names[found.target]))
        notes.append(Note(said, other_target()))
    if found.out:
        columns = listed([quoted(names[k]) for k in found.out])
        notes.append(tr("The file says that {columns} should be left out.", columns=columns))


def _without_sum(rows: list[Row], notes: list[str]) -> list[Row]:
    count = sums_first(rows)
    for row in rows[:count]:
        said = en("Line {line}, {text}, was skipped: it sums up the others.")
        notes.append(Note(tr(said, line=row.line, text=quoted(written(row))), every_line()))
    if not count and len(rows) > 1:
        places = [place for place in range(len(rows[0].cells)) if numeric(rows[1:], place)]
        return without_whole(rows, 0, places, notes)
    return rows[count:]


def apart(names: Sequence[Hashable], notes: list[str]) -> list[str]:
    """Return names of which no two are the same: the second "a" is "a (2)". Those that are blank are "unnamed"."""
    shown = [name or UNNAMED for name in names_of(names, "names")]
    found = list(told_apart(shown))
    twice = [name for name, unique in zip(shown, found, strict=True) if unique != name and name != UNNAMED]
    if twice:
        same = listed([quoted(name) for name in dict.fromkeys(twice)])
        second = quoted(f"{twice[0]} (2)")
        said = tr("Several columns are called {names}; the second is called {second}.", names=same, second=second)
        notes.append(said)
    return found
