"""Where the table is in a file: titles, comments and footers stand around it; lines may be too short or too long."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from ...language import en, ntr, tr
from ..cells.missing import ERROR, is_blank, is_no_number
from ..cells.numbers import looks_like_number
from ..errors import TableError, counted, listed, quoted
from ..how import How
from ..notes import Note, every_line, skip_lines
from .around import lengthened, printed, second, separate
from .first_line import numeric, plain
from .footnotes import LED, REMARK, remarks, wide
from .groups import without_headings
from .last_rows import without_last, written
from .rows import RULE, Row
from .subtotals import subtotals
from .sums import foots, labelled, statistic

MOST_FOOTERS = 12
"""Lines at the end that may sum up or remark."""

COMMENT = re.compile(r"(#|//|%|!|;|\*)")
SIGNS = frozenset(("#", "##", "//", "%", "%%"))


class Block(NamedTuple):
    """The rows of the table, all of one width, and the lines before it that are none (a header may be among them)."""

    rows: list[Row]
    before: list[Row]
    width: int


def block(rows: list[Row], how: How, notes: list[str]) -> Block:
    """Return the table among `rows`. Appends to `notes` what was left out; raises TableError for lines that do not
    fit.
    """
    rows = _without_comments(rows, notes)
    full = [row for row in rows if not all(is_blank(cell) for cell in row.cells)]
    inner = [row for row in rows if full and full[0].line < row.line < full[-1].line and len(row.cells) > 1]
    if hollow := sum(all(is_blank(cell) for cell in row.cells) for row in inner):
        notes.append(ntr("1 empty row was left out.", "{n} empty rows were left out.", hollow))
    rows = printed(full, notes)
    if not rows:
        raise TableError(tr("The file has no rows; a table needs names and rows."))
    if how.header is not False:
        rows = lengthened(rows, _width(rows), notes)
    width = _width(rows)
    fits = [k for k, row in enumerate(rows) if len(row.cells) == width]
    first, last = fits[0], fits[-1]
    before, inside, after = rows[:first], rows[first : last + 1], rows[last + 1 :]
    inside = _evened(without_headings(inside, width, notes), width, how, notes)
    while after and _padded_fits(after[0], width):
        inside.append(Row(after[0].line, after[0].cells[:width]))
        after = after[1:]
    for row in after if not separate(inside, after) else []:
        if len([cell for cell in row.cells if not is_blank(cell)]) > 1 and not _is_remark(row) and width > 1:
            _refuse(row, width, how, notes)
    begins = second(inside, width)
    inside, after = inside[:begins], inside[begins:] + after
    after = [row for row in after if not is_blank("".join(map(str, row.cells)))]
    if after:
        _note_below(after, notes)
    inside, padded = _padded_title(inside, width)
    before = before + padded
    inside = _without_footer(inside, width, notes)
    return Block(inside, before, width)


def skipped(before: list[Row], notes: list[str]) -> None:
    """Note the lines before the table that are no part of it."""
    if before:
        notes.append(
            ntr(
                "1 line before the table was skipped: {texts}.",
                "{n} lines before the table were skipped: {texts}.",
                len(before),
                texts=_shown(before),
            )
        )


def _note_below(rows: list[Row], notes: list[str]) -> None:
    notes.append(
        ntr(
            "1 line below the table was skipped: {texts}.",
            "{n} lines below the table were skipped: {texts}.",
            len(rows),
            texts=_shown(rows),
        )
    )


def _shown(rows: list[Row]) -> str:
    return listed([quoted(written(row)) for row in rows], 2)


def _without_comments(rows: list[Row], notes: list[str]) -> list[Row]:
    """Rows that are no comments: no more than a few start with a sign of comments, and none with an error of Excel."""
    marked: list[Row] = []
    for row in rows:
        text = _beginning(row)
        mark = COMMENT.match(text)
        if mark and not ERROR.fullmatch(text) and not looks_like_number(text.lstrip("#%;*!")[:20] or "x"):
            marked.append(row)
    if not marked or 5 * len(marked) > 2 * len(rows) + 5:
        return rows
    width = _width(rows)
    head = next((k for k, row in enumerate(rows) if k == len(marked) or row is not marked[k]), len(rows))
    comments: list[Row] = []
    for k, row in enumerate(marked):
        text, alone = _beginning(row), len(row.cells) != width or (k < head and _cut_apart(row, rows))
        spoken = (
            re.match(r"(#|//|%|!|;|\*)+\s*\S+(\s|:|$)", text) is not None
            and re.match(r"(#+|//|%+)\s", text) is not None
        )
        leading = k < head
        if alone or (spoken and (leading or re.match(r"#+\s", text))):
            comments.append(row)
    if not comments:
        return rows
    left = {row.line for row in comments}
    kept = [row for row in rows if row.line not in left]
    named = _named_in_comment(comments, kept)
    if named is not None:
        comments = [row for row in comments if row.line != named.line]
        notes.append(tr("The names were read from the comment in line {line}.", line=named.line))
        kept = [named, *kept]
    if comments:
        texts = _shown(comments)
        notes.append(ntr("1 comment skipped: {texts}.", "{n} comments skipped: {texts}.", len(comments), texts=texts))
    return kept


def _cut_apart(row: Row, rows: list[Row]) -> bool:
    """Whether a sign of comments is a cell since blanks are between cells; "#" may be a name of row numbers."""
    if len(row.cells) < 2 or str(row.cells[0]).strip() not in SIGNS:
        return False
    below = [plain(other.cells[0]) for other in rows if other.cells and not COMMENT.match(plain(other.cells[0]))]
    return all(below != [str(k + start) for k in range(len(below))] for start in (0, 1))


def _beginning(row: Row) -> str:
    """The first cell; the whole row if that is "#" alone, cut off from "name: A" by a space."""
    text = str(row.cells[0]).strip() if row.cells else ""
    return written(row) if text in SIGNS and len(row.cells) > 1 and str(row.cells[1]).endswith(":") else text


def _named_in_comment(comments: list[Row], kept: list[Row]) -> Row | None:
    """The last comment above the first row, if it names the columns of a table that has no names."""
    if not kept or not any(looks_like_number(str(cell)) for cell in kept[0].cells):
        return None
    above = [row for row in comments if row.line < kept[0].line]
    if not above:
        return None
    row = above[-1]
    first = re.sub(r"^(#+|//|%+)\s*", "", str(row.cells[0]))
    cells = [first, *row.cells[1:]] if first else row.cells[1:]
    words = not any(looks_like_number(str(cell)) or is_blank(cell) or ":" in str(cell) for cell in cells)
    return Row(row.line, cells) if words and len(cells) == _width(kept) and len(cells) > 1 else None


def _width(rows: list[Row]) -> int:
    """Cells that most rows have."""
    counts = Counter(len(row.cells) for row in rows)
    return max(counts, key=lambda width: (counts[width], width))


def _evened(rows: list[Row], width: int, how: How, notes: list[str]) -> list[Row]:
    """Rows of one width: empty cells at the end are cut, and other lines refused or skipped."""
    found: list[Row] = []
    cropped: list[int] = []
    for row in rows:
        if len(row.cells) == width:
            found.append(row)
        elif _padded_fits(row, width):
            cropped.append(row.line)
            found.append(Row(row.line, row.cells[:width]))
        elif len(row.cells) == 1 and (RULE.fullmatch(str(row.cells[0])) or (width > 2 and _is_remark(row))):
            notes.append(tr("Line {line} was skipped: {text}.", line=row.line, text=_shown([row])))
        else:
            _refuse(row, width, how, notes)
    if cropped:
        notes.append(
            ntr(
                "Empty cells at the end of line {line} were left out.",
                "Empty cells at the end of {n} lines (the first is {line}) were left out.",
                len(cropped),
                line=cropped[0],
            )
        )
    return found


def _padded_fits(row: Row, width: int) -> bool:
    return len(row.cells) > width and all(is_blank(cell) for cell in row.cells[width:])


def _is_remark(row: Row) -> bool:
    first = next((str(cell) for cell in row.cells if not is_blank(cell)), "")
    return remarks(row) or bool(COMMENT.match(first)) or bool(RULE.fullmatch(first))


def _refuse(row: Row, width: int, how: How, notes: list[str]) -> None:
    cells = counted(len(row.cells), "cell")
    if how.bad_lines == "skip":
        said = en("Line {line} has {cells}, the others have {usual}; it was skipped.")
        notes.append(tr(said, line=row.line, cells=cells, usual=width))
        return
    said = tr(
        "Line {line} has {cells}, the others have {usual}. Put quotes around texts that have a delimiter in them, or "
        "mend the line.",
        line=row.line,
        cells=cells,
        usual=width,
    )
    raise TableError(Note(said, skip_lines()), row.line)


def _padded_title(rows: list[Row], width: int) -> tuple[list[Row], list[Row]]:
    """Rows at the top with a single cell that holds something: titles that a program padded to the table's width."""
    if width < 2:
        return rows, []
    count = 0
    while count < min(len(rows) - 2, 10) and _alone(rows[count]) and not looks_like_number(str(rows[count].cells[0])):
        count += 1
    full = count < len(rows) and sum(not is_blank(cell) for cell in rows[count].cells) > 1
    return (rows[count:], rows[:count]) if full else (rows, [])


def _alone(row: Row) -> bool:
    return not is_blank(row.cells[0]) and all(is_blank(cell) for cell in row.cells[1:])


def _without_footer(rows: list[Row], width: int, notes: list[str]) -> list[Row]:
    """Rows without those at the end that sum up or remark, told by columns of numbers above them."""
    body = rows[1:]
    numbers = [k for k in range(width) if numeric(body[:-1], k)]
    if parts := subtotals(body, numbers):
        said = ntr(
            "1 line that sums up those above was skipped: {texts}.",
            "{n} lines that sum up those above were skipped: {texts}.",
            len(parts),
            texts=_shown(parts),
        )
        notes.append(Note(said, every_line()))
        left = {row.line for row in parts}
        rows = [row for row in rows if row.line not in left]
    cut: list[Row] = []
    while len(rows) - len(cut) > 3 and len(cut) < MOST_FOOTERS and width > 1:
        row = rows[len(rows) - len(cut) - 1]
        above = rows[1 : len(rows) - len(cut) - 1]
        if not _foots(row, above, numbers) and not _follows(row, above, numbers):
            break
        cut.append(row)
    if cut:
        cut.reverse()
        _note_below(cut, notes)
        rows = rows[: -len(cut)]
    return without_last(rows, numbers, notes)


def _follows(row: Row, above: list[Row], numbers: list[int]) -> bool:
    """Whether a row is called a statistic and stands below one: an SD below means need not be that of the rows."""
    return len(above) > 3 and statistic(labelled(row)[1]) and _foots(above[-1], above[:-1], numbers)


def _foots(row: Row, above: list[Row], numeric: list[int]) -> bool:
    filled = [k for k, cell in enumerate(row.cells) if not is_blank(cell)]
    if not filled:
        return True
    place, text = filled[0], str(row.cells[filled[0]]).strip()
    named = not looks_like_number(text)
    if named and any(str(other.cells[place]).strip() == text for other in above):
        return False
    if foots(row, above, numeric):
        return True
    if (RULE.fullmatch(text) and len(set(text)) == 1) or wide(row, above, numeric):
        return True
    if len(filled) == 1 and len(row.cells) > 1 and not looks_like_number(text) and not ERROR.fullmatch(text):
        spoken = " " in text or ":" in text
        unlike = place in numeric or not any(" " in str(other.cells[place]).strip() for other in above)
        return bool(REMARK.match(text) or LED.match(text)) or (spoken and unlike)
    if not REMARK.match(text) or not numeric or any(looks_like_number(str(row.cells[k])) for k in numeric):
        return False
    return not _has_a_class(row, above, numeric)


def _has_a_class(row: Row, above: list[Row], numeric: list[int]) -> bool:
    """Whether a row of signs for no number has a text that stands above too, as a class does: it is a row with gaps."""
    if not all(is_no_number(plain(row.cells[k])) for k in numeric):
        return False
    texts = {k: plain(cell) for k, cell in enumerate(row.cells) if k not in numeric and not is_blank(cell)}
    return any(text == plain(other.cells[k]) for k, text in texts.items() for other in above)
