"""What is said of one column of texts: which line a text stands in, what was left out, how to read it otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ...language import en, ntr, tr
from ..cells.answers import nearest
from ..cells.codes import oddities
from ..cells.dates import Dates, dates
from ..cells.decimals import Scan
from ..cells.doubts import looks_like, several_answers
from ..cells.measures import in_parts
from ..cells.reading import SLIPS, Reading
from ..cells.units import Fitted
from ..columns import Column
from ..errors import TableError, counted, listed, quoted, with_rows
from ..notes import Note, Way, as_gap, is_about, numbers_with_gaps, other_kind

CODES = "codes"
"""What the note on a column is about whose numbers were read as codes."""

AMONG = {
    ("dates", True): en("{column}: {text} ({rows}), first in {place}, among dates or times made it a category."),
    ("dates", False): en("{column}: {text} ({rows}), first in {place}, among dates or times made it text."),
    ("parts", True): en(
        "{column}: {text} ({rows}), first in {place}, among durations or other numbers in parts made it a category."
    ),
    ("parts", False): en(
        "{column}: {text} ({rows}), first in {place}, among durations or other numbers in parts made it text."
    ),
}
"""What is said of a text that is none of the others' kind, and if it made the column categories."""

LIKE = {
    "dates": en(
        "{column}: {text} and others look like dates, but in a form that is not read, so they are texts; write them as "
        "2024-01-31 to have dates."
    ),
    "numbers": en(
        "{column}: {text} and others look like numbers, but in a form that is not read, so they are texts; write them "
        "as 12.5 to have numbers."
    ),
}


class Remarks:
    """Collects the sentences about one column.

    lines    of the file, one for each row, None if the table is from no file
    asked    the kind that a person has asked for, "" for none
    """

    def __init__(self, name: str, reading: Reading, lines: Sequence[int] | None, notes: list[str]) -> None:
        self.name, self.reading, self.lines, self.notes = name, reading, lines, notes
        self.title, self.asked = quoted(name), ""

    def say(self, sentence: str, *ways: Way, about: str = "") -> None:
        """Note a sentence on the column, without the way that a person has taken already."""
        others = (way for way in ways if way.name != self.asked)
        self.notes.append(Note(sentence, *others, column=self.name, about=about))

    def undo(self, kind: str) -> Way:
        """Return the way to read the column as another kind."""
        return other_kind(self.name, kind)

    def place(self, text: str) -> str:
        """Return the line of the file, or else the row, in which `text` stands first."""
        row = self.reading.texts.index(text)
        return tr("line {n}", n=self.lines[row]) if self.lines else tr("row {n}", n=row + 1)

    def rows_of(self, text: str) -> str:
        """Return how many rows have `text`."""
        return counted(self.reading.counts[text], "row")

    def say_not(self, asked: str, kind: str) -> None:
        """Say that the column is not of the kind that was asked for, and which text is none, in which line."""
        texts = self.reading.there
        able: Collection[str]
        if asked == "yes/no":
            pair = nearest([text.lower() for text in texts])
            able = {text for text in texts if text.lower() in pair}
        else:
            able = self.reading.scan.numbers if asked == "number" else dates(texts, None, False, dotted=True).values
        named = {"column": self.title, "asked": kind_name(asked), "kind": kind_name(kind)}
        if text := next((text for text in texts if text not in able), ""):
            said = en("{column}: it cannot be read as {asked}, so it stays {kind}: {text} in {place} is no {asked}.")
            self.say(tr(said, **named, text=quoted(text), place=self.place(text)))
        else:
            self.say(tr("{column}: it cannot be read as {asked}, so it stays {kind}.", **named))

    def say_dates(self, found: Dates) -> None:
        """Say that the column was read as dates, and what of them is a guess."""
        if found.form == "days":
            said = tr("{column}: dates were read as days since 1 January 1970.", column=self.title)
        elif found.form == "hours":
            said = tr("{column}: times of day were read as hours.", column=self.title)
        else:
            said = en(
                "{column}: dates were read as days since 1 January 1970, with the year first, as in {text} (years of "
                "two digits)."
            )
            said = tr(said, column=self.title, text=repr(found.form))
        doubtful = [self.undo("category")] if found.short or found.form == "hours" else []
        self.say(" ".join([said, *found.remarks]), *found.ways, *doubtful)

    def note_doubts(self, few: bool) -> None:
        """Say of texts most of which are numbers which one is none, or what they look like that they were not read as.

        few      whether they became categories
        """
        scan = self.reading.scan
        others = [text for text in scan.others if text]
        texts, rows = self.reading.there, self.reading.rows
        ours = [note for note in self.notes if isinstance(note, Note) and note.column == self.name]
        if any(is_about(note, CODES) for note in ours):
            return
        fine = scan.fine or not few or len(scan.numbers) >= SLIPS or any(scan.units)
        alike = 2 * max(scan.units.values(), default=0) > scan.count  # "3a" and "4b" are no numbers with units
        if fine and alike and others and len(scan.decimal) < 2 and 3 * scan.count > rows(texts):
            self._say_among_numbers(others, few)
            return
        joined, answers = several_answers(texts)
        if joined:
            some = listed([quoted(answer) for answer in answers])
            self.say(
                tr(
                    "{column}: {text} and others may be several answers in one cell ({answers}), and each text was "
                    "read as one; write a column for each answer to tell them apart.",
                    column=self.title,
                    text=quoted(joined),
                    answers=some,
                )
            )
            return
        parts = in_parts(texts, self.name)
        for kind, values in (("dates", dates(texts, None, False).values), ("parts", parts.values if parts else {})):
            odd = [text for text in texts if text not in values]
            if odd and 2 * rows(values) >= rows(texts):
                self.say(tr(AMONG[kind, few], **self._standing(odd[0])))
                return
        kind, example = looks_like(texts)
        if kind and not ours:
            self.say(tr(LIKE[kind], column=self.title, text=quoted(example)))

    def _standing(self, text: str) -> dict[str, str]:
        """A text with how many rows have it and where the first of them is, for a sentence."""
        return {
            "column": self.title,
            "text": quoted(text),
            "rows": self.rows_of(text),
            "place": self.place(text),
        }

    def _say_among_numbers(self, others: Sequence[str], few: bool) -> None:
        """Say that `others` among numbers made the column a category, or text."""
        named, more = self._standing(others[0]), len(others) - 1
        if few and more:
            said = ntr(
                "{column}: {text} ({rows}), first in {place}, and 1 other text among numbers made it a category.",
                "{column}: {text} ({rows}), first in {place}, and {n} other texts among numbers made it a category.",
                more,
                **named,
            )
        elif more:
            said = ntr(
                "{column}: {text} ({rows}), first in {place}, and 1 other text among numbers made it text.",
                "{column}: {text} ({rows}), first in {place}, and {n} other texts among numbers made it text.",
                more,
                **named,
            )
        elif few:
            said = tr("{column}: {text} ({rows}), first in {place}, among numbers made it a category.", **named)
        else:
            said = tr("{column}: {text} ({rows}), first in {place}, among numbers made it text.", **named)
        self.say(said, numbers_with_gaps(self.name))

    def note_spaces(self) -> None:
        """Point out texts of which some have spaces around them, or are written in another way that looks the same."""
        counts = self.reading.counts
        mixed = {text: n for text, n in self.reading.spaced.items() if text and n < counts[text]}
        if mixed and len(counts) <= 200:
            texts = with_rows(mixed.items())
            self.say(tr("{column}: spaces around {texts} were left out.", column=self.title, texts=texts))
        if self.reading.ways:
            shown_ = listed([quoted(text) for text in self.reading.ways])
            said = en(
                "{column}: ways of writing {texts} that look the same (other blanks or accents) were read as one."
            )
            self.say(tr(said, column=self.title, texts=shown_))

    def note_missing(self, gaps: Collection[str], odd: Collection[str] = ()) -> None:
        """Say of texts that they were read as missing, and of `odd` ones where the first of them is."""
        for text in list(gaps)[: SLIPS + 2]:
            said = en("{column}: {text} ({rows}) was read as missing.")
            if text in odd:
                said = en("{column}: {text} ({rows}), first in {place}, was read as missing.")
            self.say(tr(said, **self._standing(text)))
        if (more := len(gaps) - SLIPS - 2) > 0:
            self.say(
                ntr(
                    "{column}: 1 other text like these was read as missing.",
                    "{column}: {n} other texts like these were read as missing.",
                    more,
                    column=self.title,
                )
            )

    def note_converted(self, fit: Fitted, number: Mapping[str, float]) -> None:
        """Say which cells have a unit beside that of the column's name."""
        for text in [text for text in fit.factors if text in number][: SLIPS + 2]:
            said = en("{column}: {text} ({rows}), first in {place}, was read as {value}, in {unit}.")
            value, unit = f"{number[text]:.12g}", quoted(fit.unit)
            self.say(tr(said, **self._standing(text), value=value, unit=unit))

    def note_numbers(self, found: Scan, settled: str, units: list[str], number: Mapping[str, float]) -> None:
        """Say what was left out around the numbers, and how they were read where that is a guess."""
        numbers, undo = found.numbers, self.undo("category")
        if settled:
            self.notes.append(settled)
        elif grouped := next((text for text, one in numbers.items() if one.group), None):
            said = en("{column}: signs between thousands were left out, as in {text}.")
            self.say(tr(said, column=self.title, text=quoted(grouped)), undo)
        if units == ["%"]:
            self.notes.append(tr("{column} is in percent: 12% was read as 12.", column=self.title))
        elif units and found.units[""]:
            said = ntr(
                "{column}: the unit {unit} was left out (1 value had none).",
                "{column}: the unit {unit} was left out ({n} values had none).",
                found.units[""],
                column=self.title,
                unit=quoted(units[0]),
            )
            self.say(said, undo)
        elif units:
            self.say(tr("{column}: the unit {unit} was left out.", column=self.title, unit=quoted(units[0])))
        for said, text in oddities(numbers):
            self.say(tr(said, column=self.title, text=quoted(text), value=f"{number[text]:.12g}"), undo)
        if all(one.sign != "-" for one in numbers.values()) and (
            plus := next((text for text, one in numbers.items() if one.sign == "+"), "")
        ):
            said = en("{column}: a plus before numbers was left out, as in {text}.")
            self.say(tr(said, column=self.title, text=quoted(plus)), undo)
        for text in list(found.hedged)[: SLIPS + 2] if found.hedged.keys() <= numbers.keys() else ():
            said = en("{column}: {text} ({rows}) was read as {value}.")
            value = f"{number[text]:.12g}"
            self.say(tr(said, **self._standing(text), value=value), as_gap(self.name, text))


def check_kind(column: Column, asked: str) -> None:
    """Raise TableError for a kind for which a column would have to be read anew: a category any may become."""
    if asked not in ("category", column.kind):
        said = tr(
            "{column} was read as {kind}; to have {asked}, read the table anew: read_table(…, kinds={kinds}).",
            column=quoted(column.name),
            kind=kind_name(column.kind),
            asked=kind_name(asked),
            kinds=repr({column.name: asked}),
        )
        raise TableError(said, column=column.name)


def kind_name(kind: str) -> str:
    """Return a kind of columns, in a sentence."""
    names = {
        "number": en("number"),
        "yes/no": en("yes/no"),
        "date": en("date"),
        "category": en("category"),
        "text": en("text"),
        "empty": en("empty"),
    }
    return tr(names[kind])
