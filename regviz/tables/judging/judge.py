"""Which kind a column of texts has, and its values: judged with the other columns of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np

from ...language import en, tr
from ..cells.answers import answers, ticked
from ..cells.codes import padded, telephones, twice, uneven
from ..cells.dates import Dates, compact, dates
from ..cells.decimals import Scan, scan, settle
from ..cells.early import early
from ..cells.measures import in_parts
from ..cells.missing import AMONG_NUMBERS
from ..cells.numbers import ADDRESS, LIST, western
from ..cells.packed import packed
from ..cells.plurals import said, same_units
from ..cells.reading import File, Reading
from ..cells.spelling import merged, point_out_short, say_merged
from ..cells.stored import finite
from ..cells.units import MONEY, Fitted, fitted, without_units
from ..columns import Column, indexed
from ..errors import listed, quoted, with_rows
from ..how import How
from ..notes import as_gap, name_day_first
from .remarks import CODES, Remarks


class Judge(Remarks):
    """Decides on the kind of one column of texts.

    decimal    its decimal sign, once its numbers were read
    """

    def __init__(
        self, name: str, reading: Reading, first: tuple[str, ...], file: File, how: How, notes: list[str]
    ) -> None:
        super().__init__(name, reading, file.lines, notes)
        self.first, self.how = first, how
        self.delimiter, self.common, self.orders = file.delimiter, file.common, file.orders
        self.decimal = ""
        self.fit = Fitted("", {}, ())
        self.same: Mapping[str, str] = {}

    def column(self, asked: str | None) -> Column:
        """Return the column, of the kind that was asked for or of the likeliest."""
        counts = self.reading.counts
        if not counts:
            return Column(self.name, "empty", np.full(len(self.reading.texts), np.nan), (), "", self.first)
        ways: dict[str, tuple[Callable[[], Column | None], ...]] = {
            "category": (),
            "number": (self._parts, lambda: self._numbers(force=True)),
            "date": (self._packed, lambda: self._dates(dotted=True)),
        }
        usual = (self._ticks, self._yes_no, self._early_dates, self._parts, self._numbers, self._dates)
        self.asked, said = asked or "", len(self.notes)
        column = self._first(ways.get(self.asked, usual))
        if column is None and asked in ("number", "date"):
            del self.notes[said:]  # of a way that has led nowhere; the usual ones say what holds
            column = self._first(usual)
        if column is None:
            column = self._texts(asked if asked == "category" else None)
        if asked and column.kind != asked:
            self.say_not(asked, column.kind)
        return column

    @staticmethod
    def _first(ways: tuple[Callable[[], Column | None], ...]) -> Column | None:
        """The column as the first of `ways` that can reads it; None if none can."""
        return next((column for way in ways if (column := way()) is not None), None)

    # -- kinds

    def _ticks(self) -> Column | None:
        """A column of boxes, ticked or empty."""
        marks = list(self.reading.counts)
        empty = None in self.reading.texts and not self.reading.hollow
        if not empty or len({mark.lower() for mark in marks}) > 1 or not ticked(marks[0], self.name):
            return None
        said = en("{column}: {text} was read as 1 (yes) and an empty cell as 0 (no).")
        self.say(tr(said, column=self.title, text=quoted(marks[0])), self.undo("category"))
        values = np.array([float(text is not None) for text in self.reading.texts])
        return Column(self.name, "yes/no", values, ("no", "yes"), "", self.first)

    def _yes_no(self) -> Column | None:
        spelt: dict[str, list[str]] = {}
        for text, _ in self.reading.counts.most_common():
            spelt.setdefault(text.lower(), []).append(text)
        if self.how.spellings == "keep" and any(len(texts) > 1 for texts in spelt.values()):
            return None
        found = answers(spelt)
        if found is None:
            return None
        pair, blank = found
        no, yes = (spelt.get(word, [word])[0] for word in pair)
        self.say(tr("{column}: {no} was read as 0 and {yes} as 1.", column=self.title, no=quoted(no), yes=quoted(yes)))
        self.note_spaces()
        for word in pair:
            if len(spelt.get(word, ())) > 1:
                say_merged(self.name, spelt[word], self.reading.counts, self.notes)
        self.note_missing([text for text in self.reading.counts if text.lower() in blank])
        values = {text: float(k) for k, word in enumerate(pair) for text in spelt.get(word, ())}
        if digits := [text for text in ("0", "1") if text in spelt]:
            said = en("{column}: {digits} were read as {no} and {yes}.")
            shown = listed([quoted(text) for text in digits])
            self.say(tr(said, column=self.title, digits=shown, no=quoted(no), yes=quoted(yes)))
            values.update({text: float(text) for text in digits})
        return Column(self.name, "yes/no", self.reading.values(values), (no, yes), "", self.first)

    def _early_dates(self) -> Column | None:
        """Dates and times that would pass for numbers: as those, a month would end 70 before the next one."""
        found = early(self.name, self.reading, self.how.decimal, self.how.day_first)
        if found.said:
            self.say(found.said, self.undo(found.undo))
        if found.kind == "text":
            return self._texts(None)
        if not found.values:
            return self._dates(dotted=found.dotted) if found.kind else None
        return self._valued(found.kind, found.values)

    def _packed(self) -> Column | None:
        """Days of bare digits, which a person has asked for."""
        texts = self.reading.there
        days = None if compact(texts) else packed("date", texts, self.how.day_first)
        if days is None:
            return None
        said = en("{column}: digits such as {text} were read as days since 1 January 1970 ({order}).")
        self.say(tr(said, column=self.title, text=quoted(texts[0]), order=tr(days.order)))
        return self._valued("date", days.values)

    def _valued(self, kind: str, values: Mapping[str, float]) -> Column:
        self.note_missing([text for text in self.reading.counts if text not in values])
        return Column(self.name, kind, self.reading.values(values), (), "", self.first)

    def _parts(self) -> Column | None:
        """Durations, feet and inches, fractions."""
        found = self.reading.scan
        if not found.others and len(found.units) < 2:
            return None
        texts = self.reading.there
        parts = in_parts(texts, self.name)
        if parts is None:
            return None
        odd = [text for text in texts if text not in parts.values]
        if odd and not self.reading.slips(odd, len(parts.values)):
            return None
        value = f"{parts.values[parts.example]:.6g}"
        said = tr(parts.said, column=self.title, text=quoted(parts.example), value=value)
        self.say(said, self.undo("category"))
        self.note_missing([text for text in self.reading.counts if text not in parts.values], odd)
        return Column(self.name, "number", self.reading.values(parts.values), (), parts.unit, self.first)

    def _numbers(self, force: bool = False) -> Column | None:
        found = self._scanned(force)
        gaps = [text for text in found.others if text.lower() in AMONG_NUMBERS]
        odd = [text for text in found.others if text.lower() not in AMONG_NUMBERS]
        if not found.numbers or (not force and self._no_numbers(found, odd)):
            return None
        settled = settle(self.name, found, self.common, self.how.sign, self.delimiter)
        if not settled.decimal:
            self.notes.append(settled.note)
            return None
        self.decimal = settled.decimal
        number = {
            text: one.value(settled.decimal) * self.fit.factors.get(text, 1.0) for text, one in found.numbers.items()
        }
        if not force and self._codes(found, number):
            return None
        units = [unit for unit in found.units if unit]
        if self.same:
            text = tr("{column}: {units} were read as one unit.", column=self.title, units=said(self.same))
            self.say(text, self.undo("category"))
        self.note_numbers(found, settled.note, units, number)
        self.note_converted(self.fit, number)
        self.note_missing([*gaps, *odd], odd)
        values = finite(self.name, self.reading.values(number), self.notes)
        return Column(self.name, "number", values, (), units[0] if units else self.fit.unit, self.first)

    def _dates(self, dotted: bool = False) -> Column | None:
        texts = self.reading.there
        plain = {western(text): text for text in texts}
        found = dates(plain, self.how.day_first, self.common == ",", dotted=dotted, others=self.orders).of(plain)
        if found.conflict and 2 * len(texts) > len(self.reading.counts):
            one, other = map(quoted, found.conflict)
            torn = en("{column}: {text} has the day first and {other} the month, so it was read as text.")
            self.say(tr(torn, column=self.title, text=one, other=other), name_day_first())
        if not found.values or (found.others and not self._few_others(found)):
            return None
        self.say_dates(found)
        self.note_missing([text for text in self.reading.counts if text not in found.values], found.others)
        return Column(self.name, "date", self.reading.values(found.values), (), "", self.first)

    def _texts(self, asked: str | None) -> Column:
        counts, texts = self.reading.counts, self.reading.texts
        self.note_spaces()
        if len(counts) <= 200:
            same = merged(self.name, counts, self.how.spellings, self.notes)
            texts = [None if text is None else same.get(text, text) for text in texts]
        words = [text for text in counts if text.lower() in AMONG_NUMBERS]
        column = indexed(self.name, "text", texts, self.first)
        few = self.reading.few(len(column.levels))
        if words and (few or asked):
            named = with_rows((word, counts[word]) for word in words)
            said = tr("{column}: {texts} was read as a category.", column=self.title, texts=named)
            self.say(said, as_gap(self.name, *words))
        if not asked:
            self.note_doubts(few)
        if few:
            point_out_short(self.name, Counter(text for text in texts if text is not None), self.notes)
        if few or asked:
            column = Column(self.name, "category", column.values, column.levels, "", self.first)
        return column

    # -- what speaks for a kind and against it

    def _few_others(self, found: Dates) -> bool:
        """Whether the texts that are no dates are slips: days that do not exist, or a few others."""
        others = [text for text in found.others if text not in found.impossible]
        if any(LIST.fullmatch(text) for text in others):
            return False
        sure = 2 * self.reading.rows(found.impossible) <= self.reading.rows(found.values)
        return sure and (not others or self.reading.slips(others, len(found.values)))

    def _scanned(self, force: bool) -> Scan:
        """What the texts say of numbers; "<0.01" is one among many that are, "5 g" among many in kg a slip."""
        found, counts, stored = self.reading.scan, self.reading.counts, self.reading.stored
        self.same = same = same_units(found)
        if same:
            found = scan(counts, stored, same=same)
        many = found.fine and 2 * found.count >= self.reading.rows(self.reading.there)
        hedged = bool(found.hedged) and (force or many)
        if hedged:
            found = scan(counts, stored, hedged=True, same=same)
        self.fit = fit = fitted(self.name, found, counts)
        if fit.factors or fit.strays:
            found = without_units(
                scan(counts, stored, hedged=hedged, without=fit.strays, same=same), fit.factors, counts
            )
        strays = [] if self.how.sign and not found.mixed else found.strays()
        if strays and (force or (found.slips and self.reading.slips(strays, len(found.numbers) - len(strays)))):
            found = scan(counts, stored, hedged=hedged, without=[*fit.strays, *strays], same=same)
            return without_units(found, fit.factors, counts)
        return found

    def _no_numbers(self, found: Scan, odd: list[str]) -> bool:
        """Whether the texts are categories, codes or lists although some of them, or all, are numbers."""
        lists = [text for text in odd if LIST.fullmatch(text)]
        listed_, rows = self.reading.rows(lists), self.reading.rows(self.reading.there)
        some = (len(lists) > 1 or 20 * listed_ > rows) and 2 * (found.count + listed_) > rows
        first, why = quoted((lists or list(found.numbers))[0]), ""
        if some or all(map(ADDRESS.fullmatch, found.numbers)):
            why = en("{column}: {text} is a list, a version or an address, so it was read as text.")
        elif not odd and telephones(found.numbers):
            why = en("{column}: {text} and all others may be telephones, so it was read as text.")
        elif all(text.startswith("(") and one.unit not in MONEY for text, one in found.numbers.items()):
            why = en("{column}: {text} is in parentheses like all others, so it was read as text.")
        if why:
            self.say(tr(why, column=self.title, text=first), self.undo("number"))
            return True
        if odd and not (found.slips and self.reading.slips(odd, len(found.numbers))):
            return True
        if found.code:
            said = en("{column} was read as codes, not as numbers, because of {text}.")
            self.say(tr(said, column=self.title, text=quoted(found.code)), self.undo("number"), about=CODES)
            return True
        units = [unit for unit in found.units if unit]
        if found.mixed:
            if len(units) <= 3 or "%" in units:
                several = listed([quoted(unit) for unit in units] + [tr("none")] * bool(found.units[""]))
                said = en("{column} has numbers with different units ({units}) and was read as text.")
                self.say(tr(said, column=self.title, units=several))
            return True
        return False

    def _codes(self, found: Scan, number: Mapping[str, float]) -> bool:
        """Whether numbers are codes of which two would become one; notes it, and what only may be so."""
        pair = twice(found.numbers, number)
        few = self.reading.few(len(found.numbers))
        if few and not self.how.decimal and (text := padded(found.numbers)):
            said = en("{column}: {text} was read as a code, because of its first zero.")
            self.say(tr(said, column=self.title, text=quoted(text)), self.undo("number"))
            return True
        if pair and pair[2] and few:
            said = en("{column}: {text} and {other} are one number in two ways, so they were read as codes.")
            said = tr(said, column=self.title, text=quoted(pair[0]), other=quoted(pair[1]))
            self.say(said, self.undo("number"))
            return True
        if pair and (pair[2] or few):
            said = en("{column}: {text} and {other} were read as one number.")
            said = tr(said, column=self.title, text=quoted(pair[0]), other=quoted(pair[1]))
            self.say(said, self.undo("category"))
        elif text := uneven(found.numbers) or padded(found.numbers):
            said = en("{column}: {text} was read as {value}.")
            said = tr(said, column=self.title, text=quoted(text), value=f"{number[text]:.12g}")
            self.say(said, self.undo("category"))
        return False
