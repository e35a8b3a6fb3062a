"""What stands between the cells of a line: found by CleverCSV (van den Burg, Nazábal, Sutton, 2019).

Of the detectors that were compared (DESIGN.md) it alone finds the delimiter of every file of ours."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import NamedTuple

from ...language import en, tr
from ..errors import TableError
from ..how import How
from .fixed import WIDE, in_columns

USUAL = [",", ";", "\t", "|", " "]
RARE = [":", "~", "^", "/", "!", "§"]
TITLES = {
    ",": en("commas"),
    ";": en("semicolons"),
    "\t": en("tabs"),
    "|": en("bars"),
    " ": en("spaces"),
    ":": en("colons"),
    WIDE: en("two spaces or more"),
    "\x01": en("signs U+0001"),
}
"""What stands between cells, in sentences."""

SINGLE = {
    ",": en("comma"),
    ";": en("semicolon"),
    "\t": en("tab"),
    "|": en("bar"),
    " ": en("space"),
    ":": en("colon"),
    WIDE: en("run of spaces"),
    "\x01": en("sign U+0001"),
}
"""One of it."""


def signs(delimiter: str) -> str:
    """Return what stands between the cells, in a sentence."""
    return tr(TITLES[delimiter]) if delimiter in TITLES else repr(delimiter)


def sign(delimiter: str) -> str:
    """Return one of what stands between the cells."""
    return tr(SINGLE.get(delimiter, en("delimiter")))


COMMENTS = ("# ", "##", "//", "%%")
"""How lines begin that are no rows for certain."""

SAMPLE_LINES, SAMPLE_SIGNS = 120, 40_000
"""What the detector looks at: it takes a second for a megabyte."""

LONGEST_LINE, RUN = 200_000, re.compile(r"([^\s,;|:~^/!§\"']{60})[^\s,;|:~^/!§\"']+")
"""Signs of a line that it looks at, and cells of one long word: its search for web addresses would take hours there."""

WRAPPED = re.compile(r'\s*"((?:[^"]|"")*)"[;,\t ]*')
"""A whole line in quotes."""

SURE = 0.8
"""How many lines have the same number of cells if the delimiter is right; the others are titles and remarks."""

SEP = re.compile(r'\ufeff?"?sep=(\\t|.)"?[,;\t]*', re.IGNORECASE)
"""The first line that Excel writes and reads."""


OFFICIAL = re.compile(r"(?:\w+,)*\w+\\\w+\t")
"""How a table of Eurostat begins, in whose first cell commas stand between tabs."""


DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)

PLAIN_NUMBER, FEWEST_SPACED = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?", re.ASCII), 3
"""A number without a unit, and how many of them between two tabs are columns of their own."""

CONTROL = "\x01"
"""What Hive puts between cells."""


class Dialect(NamedTuple):
    """How lines are cut: the delimiter ("" for a single column), the quote and the escape sign ("" for none)."""

    delimiter: str
    quote: str = '"'
    escape: str = ""

    @property
    def title(self) -> str:
        """What stands between the cells, in a sentence."""
        return signs(self.delimiter)


def found(text: str, how: How) -> tuple[Dialect, str, list[str]]:
    """Return the dialect of `text`, `text` without a line "sep=;", and notes. Raises TableError if it is empty."""
    notes: list[str] = []
    first = text.split("\n", 1)[0]
    delimiter = how.delimiter
    if mark := SEP.fullmatch(first.strip("\r ")):
        named = "\t" if mark[1] == "\\t" else mark[1]
        name = signs(named) if named in TITLES else named
        notes.append(tr("The first line names the delimiter, {signs}, and was skipped.", signs=name))
        delimiter = delimiter or named
        text = "\n" + text.split("\n", 1)[1] if "\n" in text else ""  # an empty line, so that the others keep theirs
    sample = _sample(text)
    if not sample:
        raise TableError(tr("The file is empty; a table needs names and rows."))
    if not how.whole and _is_wrapped(sample):
        notes.append(tr("Each line stood in quotes as a whole; they were taken away."))
        text = "\n".join(_unwrapped(line) for line in text.split("\n"))
        sample = _sample(text)
    quote = '"' if how.quote is None else how.quote
    if delimiter is not None:
        return Dialect(delimiter, quote), text, notes
    if ruled := _ruled(sample):
        return ruled, text, notes
    if OFFICIAL.match(sample):
        return Dialect("\t", quote), text, notes
    if CONTROL in sample and _cells(sample, Dialect(CONTROL, quote)).share >= SURE:
        return Dialect(CONTROL, quote), text, notes
    detected = _detected(sample, USUAL)
    if detected is not None and detected.delimiter == "\t" and _has_spaces(sample):
        notes.append(tr("Spaces and tabs stand between the cells; both were read as what parts them."))
        return Dialect(" ", quote), text, notes
    if named := _by_names(sample, detected, quote):
        return named, text, notes
    before = _cells(sample, detected)
    if before.share < SURE or (detected is not None and detected.delimiter == " "):
        other = _detected(sample, RARE)
        after = _cells(sample, other)
        better = after.share > before.share or (after.share == before.share and after.width > before.width)
        if better and not _between_names(sample, detected, other):
            detected = other
    if detected is not None and detected.delimiter == " " and (wide := in_columns(text, sample)):
        return Dialect(WIDE, quote), wide, notes
    dialect = detected or Dialect("")
    if how.quote is not None or dialect.quote not in ("'", "~", "`"):
        dialect = dialect._replace(quote=quote)
    elif dialect.quote:
        notes.append(tr("Cells stand between {sign} signs.", sign=dialect.quote))
    return dialect, text, notes


def _has_spaces(sample: str) -> bool:
    """Whether the cells between tabs are several numbers with spaces between them, as many in each line."""
    several = {len(line.split("\t")[0].split()) for line in sample.split("\n")}
    cells = [cell for line in sample.split("\n") for cell in line.split("\t")[0].split()]
    numbers = sum(PLAIN_NUMBER.fullmatch(cell) is not None for cell in cells)
    return len(several) == 1 and max(several) >= FEWEST_SPACED and numbers >= SURE * len(cells)


def _is_wrapped(sample: str) -> bool:
    """Whether whole lines with delimiters in them stand in quotes."""
    lines = sample.split("\n")
    inner = [mark[1] for line in lines if (mark := WRAPPED.fullmatch(line))]
    split = [line for line in inner if re.search("[,;\t|]", line)]
    named = re.search("[,;\t|]", _unwrapped(lines[0])) is not None
    counts = {len(re.findall("[,;\t|](?! )", line)) for line in inner}
    return len(lines) > 1 and len(split) >= SURE * len(lines) and (named or (len(counts) == 1 and 0 not in counts))


def _unwrapped(line: str) -> str:
    mark = WRAPPED.fullmatch(line)
    return mark[1].replace('""', '"') if mark else line


def _by_names(sample: str, detected: Dialect | None, quote: str) -> Dialect | None:
    """What stands between the names, if the detector's delimiter is not there and the lines below have it as often;
    but no comma that stands before decimals in those."""
    first, *rest = sample.split("\n")
    if not rest:
        return None
    if detected is not None and detected.delimiter and detected.delimiter in first:
        width = _cells(first, detected).width
        others = (Dialect(sign, quote) for sign in (";", "\t", "|") if sign not in first)
        return next((other for other in others if _cuts_numbers(rest, detected, other, width)), None)
    for delimiter in ("\t", ";", "|", ","):
        dialect = Dialect(delimiter, quote)
        widths = [_cells(line, dialect).width for line in (first, *rest)]
        fitting = sum(width == widths[0] for width in widths)
        if widths[0] == widths[1] > 1 and fitting >= SURE * len(widths):
            return None if detected and _cuts_numbers(rest, dialect, detected, widths[0]) else dialect
    return None


def _cuts_numbers(lines: list[str], dialect: Dialect, other: Dialect, width: int) -> bool:
    """Whether `dialect` cuts apart what `other` cuts into `width` cells of numbers: its sign stands before decimals."""
    if dialect.delimiter != "," or other.delimiter not in (";", "\t", "|"):
        return False
    cells = [line.split(other.delimiter) for line in lines]
    decimals = sum(DECIMAL_COMMA.fullmatch(cell.strip()) is not None for row in cells for cell in row)
    return decimals >= len(lines) and sum(len(row) == width for row in cells) >= SURE * len(cells)


def _between_names(sample: str, usual: Dialect | None, rare: Dialect | None) -> bool:
    """Whether the first line has the usual delimiter and not the rare one, which may be part of times or dates."""
    first = sample.split("\n", 1)[0]
    if usual is None or usual.delimiter in ("", " ") or usual.delimiter not in first:
        return False
    return rare is None or rare.delimiter not in first


def _detected(sample: str, delimiters: list[str]) -> Dialect | None:
    from clevercsv.detect import Detector

    best = Detector().detect(sample, delimiters=delimiters)
    if best is None:
        return None
    escape = best.escapechar if best.escapechar == "\\" and '\\"' in sample else ""
    return Dialect(best.delimiter or "", best.quotechar or "", escape)


class Cells(NamedTuple):
    """How many lines of a sample are cut into the same number of cells, two or more, and that number."""

    share: float
    width: int


def _cells(sample: str, dialect: Dialect | None) -> Cells:
    if dialect is None or not dialect.delimiter:
        return Cells(0.0, 1)
    quote, skip = dialect.quote or None, dialect.delimiter != "\t"
    lines = [line.strip(" ") for line in sample.split("\n")]
    try:
        counts = Counter(
            len(row)
            for row in csv.reader(
                lines, delimiter=dialect.delimiter, quotechar=quote, quoting=0 if quote else 3, skipinitialspace=skip
            )
        )
    except csv.Error:
        return Cells(0.0, 1)
    width, most = max(counts.items(), key=lambda item: (item[1], item[0]))
    return Cells(most / counts.total() if width > 1 else 0.0, width)


def _ruled(sample: str) -> Dialect | None:
    """A table between bars at both ends, as Markdown has it."""
    lines = sample.split("\n")
    edged = [line for line in lines if line.strip().startswith("|") and line.strip().endswith("|")]
    counts = Counter(line.count("|") for line in edged)
    return Dialect("|", "") if len(edged) > 0.8 * len(lines) and counts and max(counts) > 2 else None


def _sample(text: str) -> str:
    """The first lines that have anything, comments left out."""
    lines: list[str] = []
    signs = 0
    for line in text.split("\n"):
        if line.strip() and not line.startswith(COMMENTS):
            lines.append(RUN.sub(r"\1", line[:LONGEST_LINE]))
            signs += len(lines[-1])
        if len(lines) >= SAMPLE_LINES or signs > SAMPLE_SIGNS:
            break
    return "\n".join(lines)
