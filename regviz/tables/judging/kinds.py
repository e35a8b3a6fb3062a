"""Which kind a column has, and its values: judged with the other columns of the file, every step with a sentence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from ...language import en, tr
from ..cells.codes import point_out_postal, rising
from ..cells.dates import orders_of
from ..cells.decimals import Scan, file_decimal
from ..cells.flags import CORNER, unflagged
from ..cells.gaps import point_out_missing
from ..cells.marks import unmarked
from ..cells.missing import ALWAYS, Missing, is_missing
from ..cells.numbers import all_plain
from ..cells.packed import may_be_days
from ..cells.reading import File, Reading, reading, text_of
from ..cells.stored import note_missing, stored_column
from ..choices import Said
from ..columns import Column, shown
from ..errors import TableError, listed, quoted
from ..how import How
from ..notes import Note, other_kind
from .judge import Judge


class Source(NamedTuple):
    """Columns as they came: names, cells (lists, or arrays of numbers), and the line of each row of a file."""

    names: list[str]
    cells: list[Any]
    lines: list[int] | None = None
    delimiter: str = ""
    typed: bool = False
    said: Said = Said()


def columns_of(source: Source, how: How, notes: list[str]) -> list[Column]:
    """Return the columns of `source`; appends to `notes` how they were read."""
    _check_missing(source, how)
    official = any(map(CORNER.fullmatch, source.names))
    source = source._replace(
        cells=[unmarked(name, cells, notes) for name, cells in zip(source.names, source.cells, strict=True)]
    )
    stored: dict[int, Column] = {}
    readings: dict[int, Reading] = {}
    for place, (name, cells) in enumerate(zip(source.names, source.cells, strict=True)):
        extra = Missing(how.missing_in(name))
        asked = how.kinds.get(name)
        known = asked == "number" or (not asked and not may_be_days(name, cells))
        said: list[str] = []
        column = (stored_column(name, cells, extra, said) or _plain(name, cells, how)) if known else None
        if column is not None and asked in (None, column.kind):
            stored[place] = column
            notes += said
        else:
            source.cells[place] = unflagged(name, cells, official, notes)
            readings[place] = reading(source.cells[place], extra)
    scans = [one.scan for one in readings.values()]
    if not source.typed:
        scans += [
            Scan(count=1, decimal={".": ""}) for column in stored.values() if any("." in text for text in column.first)
        ]
    common = file_decimal(scans) or ("." if source.typed else "")
    orders = orders_of({source.names[place]: one.there for place, one in readings.items()})
    found: list[Column] = []
    commas: dict[str, Reading] = {}
    for place, name in enumerate(source.names):
        if place in stored:
            column = stored[place]
        else:
            file = File(source.lines, source.delimiter, common, orders)
            judge = Judge(name, readings[place], shown(source.cells[place]), file, how, notes)
            column = judge.column(how.kinds.get(name))
            extra = Missing(how.missing_in(name))
            hollow = _hollow(source.cells[place], extra) if column.kind in ("category", "text") else {}
            column = replace(column, hollow=hollow) if hollow else column
            _note_missing(name, source.cells[place], extra, hollow, notes)
            if judge.decimal == "," and "," in readings[place].scan.decimal:
                commas[name] = readings[place]
        point_out_missing(column, source.cells[place], notes)
        if column.kind == "number" and name not in how.kinds:
            point_out_postal(name, map(text_of, source.cells[place]), notes)
        found.append(column)
    _note_decimals(commas, source.delimiter, notes)
    return found


def _check_missing(source: Source, how: How) -> None:
    """Refuse texts that are missing in a column that does not exist."""
    if isinstance(how.missing, Mapping):
        for name in how.missing:
            if name and name not in source.names:
                there = listed([quoted(one) for one in source.names], 8)
                said = tr("The table has no column {column}; there are {columns}.", column=quoted(name), columns=there)
                raise TableError(said, column=name)


def _plain(name: str, cells: Any, how: How) -> Column | None:
    """A column of texts all of which are numbers that can be read in one way only; most columns of most files are."""
    if how.decimal or how.thousands or how.missing_in(name) or set(map(type, cells)) != {str}:
        return None
    if not all_plain(cells):
        return None
    return Column(name, "number", np.array(cells, np.float64), (), "", shown(cells))


def _hollow(cells: Any, extra: Missing) -> dict[str, tuple[int, ...]]:
    """The words of a column that say that there is no value, and their rows; none that a person has called missing,
    and no errors of a spreadsheet."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    texts = {cell for cell in cells if isinstance(cell, str)}
    words = {text: text.strip() for text in texts if text.strip().lower() in ALWAYS and text not in extra}
    for row, cell in enumerate(cells) if any(words.values()) else ():
        if isinstance(cell, str) and (word := words.get(cell, "")):
            found[word].append(row)
    return {word: tuple(rows) for word, rows in found.items()}


def _note_missing(name: str, cells: Any, extra: Missing, hollow: Mapping[str, Any], notes: list[str]) -> None:
    """Note what stands for a missing value, blank cells and `hollow` words aside."""
    texts: Counter[str] = Counter()
    for cell, count in Counter(cell for cell in cells if isinstance(cell, str)).items():
        if cell.strip() and is_missing(cell, extra):
            texts[cell.strip()] += count
    if extra:
        texts.update(
            text_of(cell) for cell in cells if not isinstance(cell, str) and cell is not None and cell in extra
        )
    note_missing(name, Counter({text: count for text, count in texts.items() if text not in hollow}), notes)


def _note_decimals(commas: dict[str, Reading], delimiter: str, notes: list[str]) -> None:
    """Note the columns, by their names, in which decimal commas were read."""
    if commas:
        notes.append(tr("Decimal commas were read in {columns}.", columns=listed([quoted(name) for name in commas])))
    for name, one in commas.items():
        if example := rising(one.scan.numbers, delimiter):
            said = en("{column}: {text} may be a list of choices rather than a number.")
            said = tr(said, column=quoted(name), text=quoted(example))
            notes.append(Note(said, other_kind(name, "category"), column=name))
