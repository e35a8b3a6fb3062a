"""What a sentence of the desk says to write into “Missing too” means what the sentence is about."""

from __future__ import annotations

import re

import pytest

from regviz.lab.controls.by_click import spoken
from regviz.lab.controls.reading import described, meant, missing_in
from regviz.tables import read_table
from regviz.tables.notes import Note, as_gap, if_missing

HARD = ["<0,5", "a, b", "a;b", "x: y", '"said"', 'say "no"', '5"', "1,5, 2", "-999"]


@pytest.mark.parametrize("name", ["v", "price, EUR", "a: b", 'in "cm"', "a;b", "0,5"])
def test_an_entry_copied_from_a_sentence_means_that_entry(name: str) -> None:
    for text in HARD:
        for way in (as_gap(name, text), if_missing(name, text)):
            sentence = spoken(Note("'v' has a text.", way))
            found = re.search("“(.*)” in|“(.*)” into", sentence)
            assert found
            entries = meant("missing", found[1] or found[2])
            assert missing_in(entries) == {name: [text]}
            assert meant("missing", described("missing", entries)["value"]) == entries


def test_several_texts_of_a_column_are_one_entry_each() -> None:
    assert missing_in(meant("missing", as_gap("price, EUR", *HARD).fields["entry"])) == {"price, EUR": HARD}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("-999, age: 99", {"": ["-999"], "age": ["99"]}),
        ("a; b\nc", {"": ["a", "b", "c"]}),
        ("-999,-99", {"": ["-999", "-99"]}),
        ("0,5", {"": ["0,5"]}),
        ("age: 0,5; -1", {"age": ["0,5"], "": ["-1"]}),
        ('5", x', {"": ['5"', "x"]}),
        (" , ;", {}),
    ],
)
def test_what_a_person_types_is_taken_apart_where_that_is_clear(typed: str, found: dict[str, list[str]]) -> None:
    assert missing_in(meant("missing", typed)) == found


def test_what_is_written_as_advised_is_a_gap_in_its_own_column_alone() -> None:
    cells = [f"{k},{k % 9}" if k % 8 else "<0,5" for k in range(40)]
    text = "price, EUR;v;y\n" + "".join(f"{k % 7};{cell};{'ab'[k % 2]}\n" for k, cell in enumerate(cells))
    note = next(note for note in read_table(text, delimiter=";").notes if "'<0,5'" in note)
    entry = re.search("“(.*)” in", spoken(note))
    assert entry
    read = read_table(text, delimiter=";", missing=missing_in(meant("missing", entry[1])))
    assert [column.missing for column in read.columns] == [0, 5, 0]
