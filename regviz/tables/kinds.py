"""Which kind a column has, and its values: judged with the other columns of the file, every step with a sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np

from .columns import Column, indexed, shown
from .dates import COMPACT, dates
from .errors import counted, listed, quoted, tidy, were
from .how import How
from .missing import AMONG_NUMBERS, is_missing
from .numbers import SCALES, Scan, all_plain, file_decimal, scan, settle
from .spelling import merged
from .stored import finite, stored_column

PAIRS = (
    *(("false", "true"), ("no", "yes"), ("n", "y"), ("f", "t"), ("off", "on"), ("nein", "ja"), ("non", "oui")),
    *(("no", "sí"), ("no", "si"), ("falsch", "wahr"), ("faux", "vrai")),
)
"""What stands for 0 and 1, in small letters."""

LOGICAL = (("false", "true"), ("f", "t"), ("falsch", "wahr"), ("faux", "vrai"))
"""Pairs that programs write: whatever else stands among them is missing, while "no, yes, none" may be three answers."""

BEHIND = re.compile(r"[\d.,]\s?[-−–](\s|$|[^\d\s])")

FEW_DATES = 5
"""Different texts of eight digits that a column has at least if they are taken for dates."""

SIGNS = frozenset(text for text in AMONG_NUMBERS if not text.isalpha())

MOST_CATEGORIES = 20
"""Different texts of a column that become 0/1 columns by themselves."""


class Source(NamedTuple):
    """Columns as they came: names, cells (lists, or arrays of numbers), and the line of each row of a file."""

    names: list[str]
    cells: list[Any]
    lines: list[int] | None = None
    delimiter: str = ""
    typed: bool = False


class Reading(NamedTuple):
    """A column before its kind is settled: its stripped texts (None where missing) and what they say of numbers."""

    texts: list[str | None]
    counts: Counter[str]
    scan: Scan
    padded: Counter[str]
    """Texts with spaces around them."""


def columns_of(source: Source, how: How, notes: list[str]) -> list[Column]:
    """The columns of `source`; appends to `notes` how they were read."""
    extra = frozenset(how.missing)
    stored: dict[int, Column] = {}
    readings: dict[int, Reading] = {}
    for place, (name, cells) in enumerate(zip(source.names, source.cells, strict=True)):
        column = None if how.kinds.get(name) else stored_column(name, cells, extra, notes) or _plain(name, cells, how)
        if column is not None:
            stored[place] = column
        else:
            texts = [None if is_missing(cell, extra) else tidy(_text(cell)) for cell in cells]
            counts = Counter(text for text in texts if text is not None)
            _note_errors(name, cells, notes)
            spaced = Counter(tidy(cell) for cell in cells if isinstance(cell, str) and cell != cell.strip())
            readings[place] = Reading(texts, counts, scan(counts), spaced)
    scans = [reading.scan for reading in readings.values()] + [
        Scan(count=1, decimal={".": ""}) for column in stored.values() if any("." in text for text in column.first)
    ]
    common = "." if source.typed else file_decimal(scans)
    found: list[Column] = []
    for place, name in enumerate(source.names):
        if place in stored:
            found.append(stored[place])
        else:
            judge = Judge(name, readings[place], shown(source.cells[place]), source, how, common, notes)
            found.append(judge.column(how.kinds.get(name)))
    _note_decimals(readings, source, found, notes)
    return found


def _plain(name: str, cells: Any, how: How) -> Column | None:
    """A column of texts all of which are numbers that can be read in one way only; most columns of most files are."""
    if how.decimal or how.thousands or how.missing or not all(type(cell) is str for cell in cells):
        return None
    if not all_plain(cells) or (COMPACT.fullmatch(cells[0]) and all(map(COMPACT.fullmatch, cells))):
        return None
    return Column(name, "number", np.array(cells, np.float64), (), "", shown(cells))


def _note_errors(name: str, cells: Any, notes: list[str]) -> None:
    """Note the texts that stand for a missing value, blank cells aside."""
    gaps = Counter(cell.strip() for cell in cells if isinstance(cell, str) and cell.strip() and is_missing(cell))
    if gaps:
        shown = listed([f"{quoted(text)} ({counted(count, 'row')})" for text, count in gaps.items()])
        notes.append(f"{quoted(name)}: {shown} {were(gaps.total())} read as missing.")


def _note_decimals(readings: dict[int, Reading], source: Source, found: list[Column], notes: list[str]) -> None:
    commas = [
        quoted(source.names[place])
        for place, reading in readings.items()
        if "," in reading.scan.decimal and found[place].kind == "number"
    ]
    if commas:
        notes.append(f"Decimal commas were read in {listed(commas)}.")


def _text(cell: Any) -> str:
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


class Judge:
    """Decides on the kind of one column of texts."""

    def __init__(
        self,
        name: str,
        reading: Reading,
        first: tuple[str, ...],
        source: Source,
        how: How,
        common: str,
        notes: list[str],
    ) -> None:
        self.name, self.reading, self.first = name, reading, first
        self.source, self.how, self.common, self.notes = source, how, common, notes
        self.title = quoted(name)

    def column(self, asked: str | None) -> Column:
        """The column, of the kind that was asked for or of the likeliest."""
        counts = self.reading.counts
        if not counts:
            return Column(self.name, "empty", np.full(len(self.reading.texts), np.nan), (), "", self.first)
        if asked == "category":
            return self._texts(asked)
        if asked == "number":
            return self._numbers(force=True) or self._texts(None)
        if asked == "date":
            return self._dates() or self._texts(None)
        return self._yes_no() or self._compact_dates() or self._numbers() or self._dates() or self._texts(None)

    def _where(self, text: str) -> str:
        row = self.reading.texts.index(text)
        return f"line {self.source.lines[row]}" if self.source.lines else f"row {row + 1}"

    def _yes_no(self) -> Column | None:
        small: dict[str, str] = {}
        for text, _ in self.reading.counts.most_common():
            small.setdefault(text.lower(), text)
        for pair in PAIRS:
            blank = AMONG_NUMBERS if pair in LOGICAL else SIGNS
            words = set(small) - blank
            if not words or not words <= set(pair) or (len(words) == 1 and len(pair[0]) == 1):
                continue
            number = {pair[0]: 0.0, pair[1]: 1.0}
            values = [np.nan if text is None else number.get(text.lower(), np.nan) for text in self.reading.texts]
            no, yes = (small.get(word, word) for word in pair)
            self.notes.append(f"{self.title}: {quoted(no)} was read as 0 and {quoted(yes)} as 1.")
            self._note_spaces()
            merged(self.name, self.reading.counts, "merge", self.notes)
            self._note_missing(
                {text: self.reading.counts[text] for text in self.reading.counts if text.lower() in blank}
            )
            return Column(self.name, "yes/no", np.array(values), (no, yes), "", self.first)
        return None

    def _note_spaces(self) -> None:
        """Point out texts of which some have spaces around them and some have none."""
        mixed = {text: n for text, n in self.reading.padded.items() if text and n < self.reading.counts[text]}
        if mixed and len(self.reading.counts) <= 200:
            shown_ = listed([f"{quoted(text)} ({counted(n, 'row')})" for text, n in mixed.items()])
            self.notes.append(f"{self.title}: spaces around {shown_} were left out.")

    def _note_missing(self, gaps: dict[str, int], odd: Collection[str] = ()) -> None:
        for text, count in gaps.items():
            where = f", first in {self._where(text)}," if text in odd else ""
            self.notes.append(f"{self.title}: {quoted(text)} ({counted(count, 'row')}){where} was read as missing.")

    def _numbers(self, force: bool = False) -> Column | None:
        found = self.reading.scan
        gaps = {text: n for text, n in found.others.items() if text.lower() in AMONG_NUMBERS}
        odd = {text: n for text, n in found.others.items() if text not in gaps}
        if not found.numbers or (odd and not force and not self._mostly_numbers(odd)):
            return None
        if found.code and not force:
            if not odd:
                self.notes.append(
                    f"{self.title} was read as codes, not as numbers, because of {quoted(found.code)}; "
                    f"kinds={{{self.name!r}: 'number'}} reads numbers."
                )
            return None
        units = [unit for unit in found.units if unit]
        if (len(units) > 1 or (found.units[""] and SCALES.intersection(units))) and not force:
            if len(units) <= 3 or "%" in units:
                several = listed([quoted(unit) for unit in found.units if unit] + ["none"] * bool(found.units[""]))
                self.notes.append(f"{self.title} has numbers with different units ({several}) and was read as text.")
            return None
        settled = settle(self.name, found, self.common, self.how.decimal, self.how.thousands, self.source.delimiter)
        if not settled.decimal:
            self.notes.append(f"{settled.note}; until then it is read as text.")
            return None
        number = {text: one.value(settled.decimal) for text, one in found.numbers.items()}
        values = np.array([np.nan if text is None else number.get(text, np.nan) for text in self.reading.texts])
        self._note_numbers(settled.note, units, gaps, odd)
        return Column(
            self.name, "number", finite(self.name, values, self.notes), (), units[0] if units else "", self.first
        )

    def _mostly_numbers(self, odd: dict[str, int]) -> bool:
        """Whether the texts among numbers are slips rather than categories ("3+") or codes."""
        found = self.reading.scan
        fine = len(found.numbers) > 12 or any(number.decimal for number in found.numbers.values())
        many = fine and found.count >= 20
        return many and len(odd) <= 3 and found.share >= (0.9 if len(odd) > 1 else 0.7)

    def _note_numbers(self, settled: str, units: list[str], gaps: dict[str, int], odd: dict[str, int]) -> None:
        say, found = self.notes.append, self.reading.scan
        if settled:
            say(settled)
        elif grouped := next((text for text, one in found.numbers.items() if one.group), None):
            say(f"{self.title}: signs between thousands were left out, as in {quoted(grouped)}.")
        if units == ["%"]:
            say(f"{self.title} is in percent: 12% was read as 12.")
        elif units:
            bare = f" ({counted(found.units[''], 'value')} had none)" if found.units[""] else ""
            say(f"{self.title}: the unit {quoted(units[0])} was left out{bare}.")
        if any(text.startswith("(") for text in found.numbers):
            say(f"{self.title}: numbers in parentheses were read as negative.")
        if behind := next(
            (text for text, one in found.numbers.items() if one.sign == "-" and BEHIND.search(text)), None
        ):
            say(f"{self.title}: a minus behind was read as one before, as in {quoted(behind)}.")
        self._note_missing({**gaps, **odd}, odd)
        self._note_far(found)

    def _note_far(self, found: Scan) -> None:
        """Point out numbers such as -999 that often stand for a missing value."""
        for text, count in self.reading.counts.items():
            plain = text.lstrip("-").split(".")[0]
            if text.startswith("-") and count > 1 and len(plain) >= 2 and set(plain) == {"9"}:
                positive = sum(n for other, n in self.reading.counts.items() if not other.startswith("-"))
                if positive >= 0.5 * found.count:
                    self.notes.append(
                        f"{self.title} has {text} in {counted(count, 'row')}; if that stands for a missing value, "
                        f"say missing=[{text!r}]."
                    )

    def _compact_dates(self) -> Column | None:
        """Dates of eight digits: as numbers, a month would end 70 before the next one."""
        texts = [text for text in self.reading.counts if text.lower() not in AMONG_NUMBERS]
        if len(texts) < FEW_DATES or not all(map(COMPACT.fullmatch, texts)) or dates(texts, None, comma=False) is None:
            return None
        self.notes.append(
            f"{self.title}: eight digits such as {quoted(texts[0])} were taken for a date; "
            f"kinds={{{self.name!r}: 'number'}} reads numbers."
        )
        return self._dates()

    def _dates(self) -> Column | None:
        texts = [text for text in self.reading.counts if text.lower() not in AMONG_NUMBERS]
        found = dates(texts, self.how.day_first, self.common == ",")
        if found is None:
            return None
        self.notes.append(f"{self.title}: {found.note}.")
        values = [np.nan if text is None else found.values.get(text, np.nan) for text in self.reading.texts]
        return Column(self.name, "date", np.array(values, np.float64), (), "", self.first)

    def _texts(self, asked: str | None) -> Column:
        counts, texts = self.reading.counts, self.reading.texts
        self._note_spaces()
        if len(counts) <= 200:
            same = merged(self.name, counts, self.how.spellings, self.notes)
            texts = [None if text is None else same.get(text, text) for text in texts]
        words = [text for text in counts if text.lower() in AMONG_NUMBERS]
        column = indexed(self.name, "text", texts, self.first)
        few = len(column.levels) <= MOST_CATEGORIES and 2 * len(column.levels) <= counts.total()
        if words and (few or asked):
            named = listed([f"{quoted(word)} ({counted(counts[word], 'row')})" for word in words])
            self.notes.append(f"{self.title}: {named} was read as a category; missing={words!r} reads a gap.")
        if few or asked:
            column = Column(self.name, "category", column.values, column.levels, "", self.first)
        return column
