"""What the sentences of `read_table` say at the desk, which has controls where a program has options."""

from __future__ import annotations

from regviz.language import en, tr
from regviz.limits import MOST_ROWS
from regviz.tables.notes import Note

from .reading import READING

DECIDES = en("“{control}” decides.")
OTHERWISE = en("“{control}” reads it the other way.")

BY_CLICK: dict[str, str] = {
    "keep": en("Its role below takes it back."),
    "leave_counting": en("If it is no more than that, leave it out."),
    "leave_order": en("If it is no more than their order, leave it out."),
    "leave_id": en("If it only says who, leave it out."),
    "leave_out": en("Try the columns that matter, and leave the others out."),
    "more_inputs": en("Take one back by its role, or choose another target."),
    "target": en("A role below makes another column the target."),
    "classes": en("“Predict” makes classes of them."),
    "numbers": en("“Predict” takes them for numbers."),
    "no_regression": en("Predict classes."),
    "target_or_numbers": en("Take another target, or predict numbers."),
    "header": OTHERWISE,
    "whole": "",
    "bad_lines": en("“{control}” skips such lines."),
    "decimal": DECIDES,
    "other_decimal": en("With “{control}” {sign} it is {value}."),
    "category": en("To read categories, change its kind below."),
    "number": en("To read numbers, change its kind below."),
    "date": en("To read dates, change its kind below."),
    "rest_as_gaps": en("To read numbers and gaps, change its kind below."),
    "missing": en("“{entry}” in “{control}” reads a gap."),
    "if_missing": en("If that stands for a missing value, write “{entry}” into “{control}”."),
    "day_first": OTHERWISE,
    "which_first": DECIDES,
    "spellings": en("“{control}” keeps them apart."),
    "encoding": en("“{control}” reads other letters."),
    "sheet": en("“{control}” reads another ({others})."),
    "sample": en("At most {most} rows train live."),
    "gaps": en("Fill the gaps instead."),
    "quote": en("Close it, take it away, or read quotes as plain signs."),
}
"""A sentence for each way to have it otherwise, "" where the desk has none."""

CONTROLS = {"other_decimal": "decimal", "which_first": "day_first", "if_missing": "missing"}
"""The option whose control a sentence names, where the way is not called like it."""


def spoken(sentence: str) -> str:
    """Return a sentence of `read_table` with the desk's ways to have it otherwise instead of a program's."""
    if not isinstance(sentence, Note):
        return sentence
    said = [sentence.done]
    for way in sentence.ways:
        option = CONTROLS.get(way.name, way.name)
        control = tr(READING[option][0]) if option in READING else ""
        said.append(tr(BY_CLICK[way.name], **{"control": control, "most": f"{MOST_ROWS:,}", **way.fields}))
    return " ".join(filter(None, said))
