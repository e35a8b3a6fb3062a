"""What is said of one column of texts: which line a text stands in, what was left out, how to read it otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from .codes import oddities
from .dates import dates
from .decimals import Scan
from .doubts import looks_like, several_answers
from .errors import counted, listed, quoted, were
from .measures import in_parts
from .reading import SLIPS, Reading
from .units import Fitted


class Remarks:
    """Collects the sentences about one column.

    lines    of the file, one for each row, None if the table is from no file
    """

    def __init__(self, name: str, reading: Reading, lines: Sequence[int] | None, notes: list[str]) -> None:
        self.name, self.reading, self.lines, self.notes = name, reading, lines, notes
        self.title = quoted(name)

    def say(self, sentence: str) -> None:
        self.notes.append(f"{self.title}: {sentence}")

    def undo(self, kind: str) -> str:
        plural = {"category": "categories", "number": "numbers", "date": "dates"}[kind]
        return f"kinds={{{self.name!r}: {kind!r}}} reads {plural}"

    def place(self, text: str) -> str:
        """The line of the file, or else the row, in which `text` stands first."""
        row = self.reading.texts.index(text)
        return f"line {self.lines[row]}" if self.lines else f"row {row + 1}"

    def culprit(self, asked: str) -> str:
        """The first text that is none of the kind that was asked for, and its line, as part of a sentence."""
        texts = self.reading.there
        able = self.reading.scan.numbers if asked == "number" else dates(texts, None, False, dotted=True).values
        text = next((text for text in texts if text not in able), "")
        return f": {quoted(text)} in {self.place(text)} is no {asked}" if text else ""

    def note_doubts(self, few: bool) -> None:
        """Say of texts most of which are numbers which one is none, or what they look like that they were not read as.

        few      whether they became categories
        """
        scan, word = self.reading.scan, "a category" if few else "text"
        others = [text for text in scan.others if text]
        texts, rows = self.reading.there, self.reading.rows
        if any(note.startswith(f"{self.title} was read as codes") for note in self.notes):
            return
        fine = scan.fine or not few or len(scan.numbers) >= SLIPS or any(scan.units)
        alike = 2 * max(scan.units.values(), default=0) > scan.count  # "3a" and "4b" are no numbers with units
        if fine and alike and others and len(scan.decimal) < 2 and 3 * scan.count > rows(texts):
            more = f" and {counted(len(others) - 1, 'other text')}" if len(others) > 1 else ""
            count = counted(scan.others[others[0]], "row")
            self.say(
                f"{quoted(others[0])} ({count}), first in {self.place(others[0])},{more} among numbers made it {word}; "
                f"{self.undo('number')} and makes gaps of the rest."
            )
            return
        joined, answers = several_answers(texts)
        if joined:
            some = listed([quoted(answer) for answer in answers])
            self.say(
                f"{quoted(joined)} and others may be several answers in one cell ({some}), and each text was read as "
                f"one; write a column for each answer to tell them apart."
            )
            return
        parts = in_parts(texts, self.name)
        for kind, values in (("dates", dates(texts, None, False).values), ("parts", parts.values if parts else {})):
            odd = [text for text in texts if text not in values]
            if odd and 2 * rows(values) >= rows(texts):
                among = "dates or times" if kind == "dates" else "durations or other numbers in parts"
                count = counted(self.reading.counts[odd[0]], "row")
                self.say(f"{quoted(odd[0])} ({count}), first in {self.place(odd[0])}, among {among} made it {word}.")
                return
        kind, example = looks_like(texts)
        if kind and not any(note.startswith((f"{self.title}:", f"{self.title} has")) for note in self.notes):
            form = "2024-01-31" if kind == "dates" else "12.5"
            self.say(
                f"{quoted(example)} and others look like {kind}, but in a form that is not read, so they are texts; "
                f"write them as {form} to have {kind}."
            )

    def note_spaces(self) -> None:
        """Point out texts of which some have spaces around them, or are written in another way that looks the same."""
        counts = self.reading.counts
        mixed = {text: n for text, n in self.reading.spaced.items() if text and n < counts[text]}
        if mixed and len(counts) <= 200:
            shown_ = listed([f"{quoted(text)} ({counted(n, 'row')})" for text, n in mixed.items()])
            self.say(f"spaces around {shown_} were left out.")
        if self.reading.ways:
            shown_ = listed([quoted(text) for text in self.reading.ways])
            self.say(f"ways of writing {shown_} that look the same (other blanks or accents) were read as one.")

    def note_missing(self, gaps: Collection[str], odd: Collection[str] = ()) -> None:
        for text in list(gaps)[: SLIPS + 2]:
            where = f", first in {self.place(text)}," if text in odd else ""
            count = counted(self.reading.counts[text], "row")
            self.say(f"{quoted(text)} ({count}){where} was read as missing.")
        if more := len(gaps) - SLIPS - 2 if len(gaps) > SLIPS + 2 else 0:
            self.say(f"{counted(more, 'other text')} like these {were(more)} read as missing.")

    def note_converted(self, fit: Fitted, number: Mapping[str, float]) -> None:
        """Say which cells have a unit beside that of the column's name."""
        for text in [text for text in fit.factors if text in number][: SLIPS + 2]:
            count, title = counted(self.reading.counts[text], "row"), quoted(fit.unit)
            value = f"{number[text]:.12g}"
            self.say(f"{quoted(text)} ({count}), first in {self.place(text)}, was read as {value}, in {title}.")

    def note_numbers(self, found: Scan, settled: str, units: list[str], number: Mapping[str, float]) -> None:
        numbers = found.numbers
        if settled:
            self.notes.append(settled)
        elif grouped := next((text for text, one in numbers.items() if one.group), None):
            self.say(f"signs between thousands were left out, as in {quoted(grouped)}; {self.undo('category')}.")
        if units == ["%"]:
            self.notes.append(f"{self.title} is in percent: 12% was read as 12.")
        elif units:
            bare = counted(found.units[""], "value")
            some = f" ({bare} had none); {self.undo('category')}" if found.units[""] else ""
            self.say(f"the unit {quoted(units[0])} was left out{some}.")
        for said, text in oddities(numbers):
            self.say(f"{said}, as in {quoted(text)}; {self.undo('category')}.")
        if all(one.sign != "-" for one in numbers.values()) and (
            plus := next((text for text, one in numbers.items() if one.sign == "+"), "")
        ):
            self.say(f"a plus before numbers was left out, as in {quoted(plus)}; {self.undo('category')}.")
        for text in list(found.hedged)[: SLIPS + 2] if found.hedged.keys() <= numbers.keys() else ():
            rows = counted(self.reading.counts[text], "row")
            value = f"{number[text]:.12g}"
            self.say(f"{quoted(text)} ({rows}) was read as {value}; missing={{{self.name!r}: {text!r}}} reads a gap.")
