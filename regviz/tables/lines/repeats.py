"""Names that stand between the rows again, as they do where files were put one below the other."""

from __future__ import annotations

from ...language import ntr, tr
from ..cells.missing import AMONG_NUMBERS, is_missing
from ..cells.numbers import looks_like_number
from ..errors import TableError, quoted
from .first_line import SAMPLE, numeric, plain
from .rows import Row


def without_names(names: list[str], rows: list[Row], notes: list[str]) -> list[Row]:
    """Return rows without those that repeat `names`, marks before the first one aside."""
    words = [place for place, name in enumerate(names) if name and not looks_like_number(name)]
    if not words:
        return rows
    ours, last = list(map(_bare, names)), words[-1]
    small = [name.casefold() for name in ours]
    alike = [row for row in rows if _bare(row.cells[last]).casefold() == small[last]]  # most rows need no second look
    again = {row.line for row in alike if list(map(_bare, row.cells)) == ours}
    if len(again) < len(alike) and any(numeric(rows, place) for place in words):  # words elsewhere may be classes
        again |= {row.line for row in alike if [_bare(cell).casefold() for cell in row.cells] == small}
    if again:
        notes.append(
            ntr(
                "The names are repeated in 1 line below (line {line}), which was skipped.",
                "The names are repeated in {n} lines below (line {line} first), which were skipped.",
                len(again),
                line=min(again),
            )
        )
    return [row for row in rows if row.line not in again] if again else rows


def check_names(names: list[str], rows: list[Row], first: int) -> None:
    """Raise TableError if a row names columns otherwise than line `first`: those below it are of another table."""
    ours = {_bare(name).casefold() for name in names if name}
    numbers = [place for place in range(len(names)) if numeric(rows, place)]
    for row in rows[1:-1]:
        if numbers and looks_like_number(plain(row.cells[numbers[0]])):  # most are, and need no look at the others
            continue
        words = not any(looks_like_number(plain(row.cells[place])) for place in numbers)
        if words and _names(row, ours, rows, numbers):
            said = tr(
                "Line {line}, {text}, names columns as line {first} does not, and rows follow. If files were joined, "
                "bring them one by one, or put their columns in one order.",
                line=row.line,
                text=quoted(" ".join(map(plain, row.cells))),
                first=first,
            )
            raise TableError(said, row.line)


def _names(row: Row, names: set[str], rows: list[Row], numbers: list[int]) -> bool:
    """Whether a row is all words, most of which are names too, or else all new to their columns and above numbers."""
    cells = [_bare(cell) for cell in row.cells]
    small = [cell.casefold() for cell in cells]
    if len(set(small)) < len(small) or any(looks_like_number(cell) or is_missing(cell) for cell in cells):
        return False
    if not numbers and small[0] not in names:
        return False
    known = names.intersection(small)
    if len(known) > 1 and 2 * len(known) >= len(small) and (numbers or known == names):
        return numbers != [] or _new(row, cells, rows)
    if len(numbers) < 2 or AMONG_NUMBERS.intersection(small) or not _new(row, cells, rows):
        return False
    others = (place for place in range(len(cells)) if place not in numbers)
    return len(numbers) > 2 or any(_repeats(rows, place) for place in others)


def _repeats(rows: list[Row], place: int) -> bool:
    """Whether the texts of a column come again and again, so that one that does not is none of them."""
    texts = [plain(row.cells[place]) for row in rows[-SAMPLE:]]
    return 2 * len(set(texts)) <= len(texts)


def _new(row: Row, cells: list[str], rows: list[Row]) -> bool:
    """Whether no other row has one of the cells in its column."""
    others = (other for other in rows if other is not row)
    return not any(_bare(other.cells[k]) == cell for other in others for k, cell in enumerate(cells))


def _bare(cell: object) -> str:
    return plain(cell).lstrip("\ufeff# ")
