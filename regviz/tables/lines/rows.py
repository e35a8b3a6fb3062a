"""Text to rows of cells, each with the line it starts in. A quote that is never closed swallows no other line."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import Any, NamedTuple

from ...language import en, ntr, tr
from ..cells.numbers import looks_like_number
from ..errors import TableError, listed
from ..notes import Note, close_quote, skip_lines
from .dialect import Dialect, signs
from .quotes import culprit_in, kept_as_written, refused, taken_away, unquoted

MOST_LINES = 40
"""Lines that a quoted cell may go over."""

OTHERS = (";", "\t", ",")
"""Delimiters that a line may have in place of its table's."""

RULE = re.compile(r"[\s|:+=-]*(-{3,}|={3,}|:-+)[\s|:+=-]*")
"""A line that is drawn, not written."""


class Row(NamedTuple):
    """Cells as they are written (texts) or stored (anything), and the line in which they start, from 1."""

    line: int
    cells: list[Any]


def cut(text: str, dialect: Dialect, skip: bool = False) -> tuple[list[Row], list[str]]:
    """Return the rows of `text`, blank lines and rules left out, and notes; `skip` leaves lines of another delimiter
    whole.

    Raises TableError for a quote that is to blame, and for a cell that is longer than cells are.
    """
    lines = text.split("\n")
    try:
        rows, notes = _cut(text, lines, dialect)
        return _opened(rows, dialect, notes, skip), notes
    except csv.Error:  # in what is no table; with quotes it was looked into before
        line, longest = max(enumerate(lines, 1), key=lambda numbered: len(numbered[1]))
        raise TableError(
            tr(
                "Line {line} has {n} characters, and cells have {most} at most. Is this a table as text, with a line "
                "for each row?",
                line=line,
                n=f"{len(longest):,}",
                most=f"{csv.field_size_limit():,}",
            )
        ) from None


def _opened(rows: list[Row], dialect: Dialect, notes: list[str], skip: bool) -> list[Row]:
    """`rows`, with those cut that stand in quotes as a whole; appends a note.

    Raises TableError for a line that has another delimiter than all others.
    """
    width = Counter(len(row.cells) for row in rows).most_common(1)[0][0] if rows else 0
    if width < 2:
        return rows
    opened: list[int] = []
    full = [place for place, row in enumerate(rows) if len(row.cells) == width]
    for place, row in enumerate(rows):
        inside = full[0] < place < full[-1]  # above may be the names, and below a legend
        if len(row.cells) > 1:
            continue
        cells = next(csv.reader([row.cells[0]], **_options(dialect, quote='"')), [])
        if len(cells) == width:
            opened.append(row.line)
            rows[place] = Row(row.line, cells)
        for other in OTHERS:
            fits = not skip and width > 2 and other != dialect.delimiter and row.cells[0].count(other) == width - 1
            if fits and (inside or any(map(looks_like_number, row.cells[0].split(other)))):
                said = en("Line {line} has {signs} where the others have {others}; write one sign in all lines.")
                said = tr(said, line=row.line, signs=signs(other), others=dialect.title)
                raise TableError(Note(said, skip_lines()), row.line)
    if opened:
        notes.append(
            ntr(
                "Line {lines} stood in quotes as a whole; they were taken away.",
                "{n} lines ({lines}) stood in quotes as a whole; they were taken away.",
                len(opened),
                lines=listed(list(map(str, opened)), 3),
            )
        )
    return rows


def _cut(text: str, lines: list[str], dialect: Dialect) -> tuple[list[Row], list[str]]:
    if dialect.delimiter in (" ", "|"):
        lines, dialect = _trimmed(lines, dialect)
    if not dialect.delimiter:
        return [Row(k, [line.strip().strip('"')]) for k, line in enumerate(lines, 1) if line.strip()], []
    if dialect.quote and dialect.quote in text:
        return _standard(lines, dialect) or _assembled(lines, dialect)
    rows = csv.reader(lines, **_options(dialect, quote=""))
    return [Row(k, cells) for k, cells in enumerate(rows, 1) if cells and lines[k - 1].strip()], []


def _trimmed(lines: list[str], dialect: Dialect) -> tuple[list[str], Dialect]:
    if dialect.delimiter == " ":
        return _aligned(lines, dialect), dialect
    edged = sum(line.strip().startswith("|") and line.strip().endswith("|") for line in lines)
    if 2 * edged > sum(bool(line.strip()) for line in lines):
        lines = ["" if RULE.fullmatch(line) else _without_edges(line.strip()) for line in lines]
    return lines, dialect


def _aligned(lines: list[str], dialect: Dialect) -> list[str]:
    """Lines whose runs of spaces are one space, if these align columns; if they stand for empty cells, as they are.

    A tab among spaces is one of them.
    """
    lines = [line.replace("\t", " ") for line in lines]
    runs = [re.sub(r" {2,}", " ", line.strip()) for line in lines]
    single, joined = (_most_alike([line for line in several if line.strip()], dialect) for several in (lines, runs))
    return lines if single > joined else runs


def _most_alike(lines: list[str], dialect: Dialect) -> int:
    """How many lines have the same number of cells."""
    return max(Counter(len(row) for row in csv.reader(lines, **_options(dialect))).values(), default=0)


def _without_edges(line: str) -> str:
    return line[1:-1] if len(line) > 1 and line[0] == line[-1] == "|" else line


def _options(dialect: Dialect, quote: str | None = None) -> dict[str, Any]:
    quote = dialect.quote if quote is None else quote
    return {
        "delimiter": dialect.delimiter,
        "quotechar": quote or None,
        "quoting": csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        "escapechar": dialect.escape or None,
        "skipinitialspace": dialect.delimiter not in ("\t", " "),
    }


def _standard(lines: list[str], dialect: Dialect) -> tuple[list[Row], list[str]] | None:
    """Rows with cells over several lines, where all is as RFC 4180 has it and no quote can be to blame; else None.

    Every row has as many cells as the first, and no line in a cell looks like a row that a quote has swallowed.
    """
    reader = csv.reader([f"{line}\n" for line in lines], strict=True, **_options(dialect))
    rows: list[Row] = []
    several: list[tuple[int, int]] = []
    first = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(first + 1, cells))
            if reader.line_num > first + 1:
                several.append((first, reader.line_num - 1))
            first = reader.line_num
    except csv.Error:
        return None
    width = len(rows[0].cells) if rows else 0
    if not several or width < 2 or any(len(row.cells) != width for row in rows):
        return None
    if any(_swallows(lines, first, last, width, dialect) for first, last in several):
        return None
    parts = (part for row in rows for cell in row.cells if "\n" in cell for part in cell.split("\n"))
    if any(part.count(dialect.delimiter) >= width - 1 for part in parts):
        return None
    return rows, [_over_lines(len(several))]


def _over_lines(several: int) -> str:
    return ntr("1 row goes over several lines.", "{n} rows go over several lines.", several)


def _assembled(lines: list[str], dialect: Dialect) -> tuple[list[Row], list[str]]:
    """Rows whose quoted cells may go over several lines."""
    rows: list[Row] = []
    stray: list[tuple[int, str, int]] = []
    inner: list[tuple[int, str]] = []
    several = 0
    width = _usual_width(lines, dialect)
    place = 0
    while place < len(lines):
        line, first = lines[place], place
        place += 1
        if not line.strip():
            continue
        if dialect.quote not in line:
            rows.append(Row(first + 1, _literal(line, dialect)))
            continue
        last = _last_line(lines, first, dialect)
        closed = (last or 0) + 1
        if last is not None and last > first and _swallows(lines, first, last, width, dialect):
            last = None
        if last is None:
            cells, culprit = _without_stray(line, dialect)
            if width and len(cells) != width:
                raise _unclosed(first + 1)
            stray.append((first + 1, culprit, closed))
            rows.append(Row(first + 1, cells))
            continue
        several += last > first
        place = last + 1
        whole = _strictly(lines[first:place], dialect)
        if last > first and len(whole or _loosely(lines[first:place], dialect)) != width:
            raise _unclosed(first + 1)
        if whole is None and last > first:
            raise refused(first + 1, line)
        cells = whole or []
        if whole is None:
            literal = _literal(line, dialect)
            cells = unquoted(line, literal, dialect.delimiter, dialect.quote, width, first + 1)
            if culprit := culprit_in(literal if len(literal) == len(cells) else [line], dialect.quote):
                inner.append((first + 1, culprit))
        rows.append(Row(first + 1, cells))
    notes = taken_away(stray) + kept_as_written(inner)
    if several:
        notes.append(_over_lines(several))
    return rows, notes


def _unclosed(line: int) -> TableError:
    return TableError(Note(tr("A quote opened in line {line} is never closed.", line=line), close_quote()), line)


def _usual_width(lines: list[str], dialect: Dialect) -> int:
    """Cells that most lines have, read one by one."""
    counts = Counter(
        len(cells)
        for line in lines[:2000]
        if (cells := _literal(line, dialect) if dialect.quote not in line else _strictly([line], dialect))
    )
    return max(counts, key=lambda width: (counts[width], width)) if counts else 0


def _literal(line: str, dialect: Dialect) -> list[str]:
    return next(csv.reader([line], **_options(dialect, quote="")), [])


def _strictly(lines: list[str], dialect: Dialect) -> list[str] | None:
    """The cells of a row whose quotes are as RFC 4180 has them, else None: text behind one would be joined to it."""
    blanks = re.compile(rf"{re.escape(dialect.quote)} +(?={re.escape(dialect.delimiter)}|$)")
    for whole in (lines, [blanks.sub(dialect.quote, line) for line in lines]):
        try:
            return _loosely(whole, dialect, strict=True)
        except csv.Error:
            continue
    return None


def _loosely(lines: list[str], dialect: Dialect, strict: bool = False) -> list[str]:
    return next(csv.reader([f"{part}\n" for part in lines[:-1]] + lines[-1:], strict=strict, **_options(dialect)), [])


def _closed(lines: list[str], dialect: Dialect) -> bool:
    try:
        next(csv.reader([f"{line}\n" for line in lines[:-1]] + lines[-1:], strict=True, **_options(dialect)), [])
    except csv.Error as error:
        return "unexpected end" not in str(error)
    return True


def _last_line(lines: list[str], first: int, dialect: Dialect) -> int | None:
    """Where the cells that are open at the end of line `first` are closed; None if they are not."""
    for last in range(first, min(first + MOST_LINES, len(lines))):
        has_quote = dialect.quote in lines[last]
        if has_quote and _closed(lines[first : last + 1], dialect):
            return last
    return None


def _swallows(lines: list[str], first: int, last: int, width: int, dialect: Dialect) -> bool:
    """Whether the lines that a quote holds together look like rows of their own."""
    inner = [line for line in lines[first + 1 : last + 1] if line.strip()]
    if not inner or width < 2:
        return False
    whole = sum(len(_literal(line, dialect)) == width for line in inner)
    return whole >= max(1, 0.5 * len(inner)) and len(_without_stray(lines[first], dialect)[0]) == width


def _without_stray(line: str, dialect: Dialect) -> tuple[list[str], str]:
    """The cells of a line in which one quote is too many, without that quote, and the cell that had it."""
    cells = _literal(line, dialect)
    pairs = [cell.strip() for cell in cells]
    culprit = ""
    for place, cell in enumerate(pairs):
        if cell.count(dialect.quote) % 2:
            culprit = cell
        pairs[place] = cell.strip(dialect.quote)
    return pairs, culprit.strip(dialect.quote)
