"""Notes in another language: all of them, and nothing but them is different; what they are is known without words."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from regviz.language import SOURCE, speak
from regviz.tables import Table, TableError, from_record, read_table, to_record
from regviz.tables.notes import Note, as_gap, done, is_about, take_back

FILES = sorted((Path(__file__).parent / "files").iterdir())[1::5]
WORDS = "v,id,y\n" + "".join(f"{k * 7 % 11}.5,{k},{'ab'[k % 2]}\n" for k in range(24))


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    speak(SOURCE)


def read(content: bytes | str, language: str) -> Table | TableError:
    speak(language)
    try:
        return read_table(content)
    except TableError as error:
        return error


@pytest.mark.parametrize("language", ["de", "es"])
def test_a_table_is_the_same_in_every_language_and_each_note_is_said_in_its_own(language: str) -> None:
    """No step looks into the words of a note."""
    for path in FILES:
        ours, others = (read(path.read_bytes(), spoken) for spoken in (SOURCE, language))
        if isinstance(ours, TableError):
            assert isinstance(others, TableError)
            assert (str(others) != str(ours), others.line, others.column) == (True, ours.line, ours.column), path.name
            continue
        assert isinstance(others, Table)
        assert [(c.name, c.kind, c.unit) for c in others.columns] == [(c.name, c.kind, c.unit) for c in ours.columns]
        assert (others.roles, others.natures, others.X.tolist()) == (ours.roles, ours.natures, ours.X.tolist())
        assert len(others.notes) == len(ours.notes), path.name
        assert not set(others.notes) & set(ours.notes), path.name


def test_a_note_is_a_text_with_its_parts_through_copies_and_files() -> None:
    note = Note("'id' was left out.", take_back("id"), column="id", about="ids")
    assert note == "'id' was left out. keep=['id'] takes it back."
    assert (done(note), done("Alone.")) == ("'id' was left out.", "Alone.")
    assert (is_about(note, "ids"), is_about(note, "codes"), is_about("ids", "ids")) == (True, False, False)
    for same in (copy.deepcopy(note), pickle.loads(pickle.dumps(note))):
        assert (same, same.done, same.ways, same.column) == (note, note.done, note.ways, "id")
    assert json.loads(json.dumps([note])) == [str(note)]


def test_a_way_names_one_text_or_several() -> None:
    assert as_gap("v", "-").said == "missing={'v': '-'} reads a gap."
    assert as_gap("v", "-", "x").said == "missing={'v': ['-', 'x']} reads a gap."


def test_a_record_keeps_what_was_done_as_it_was_said_and_no_way_that_is_gone_with_the_file() -> None:
    speak("de")
    record = json.loads(json.dumps(to_record(read_table(WORDS, header=None, sample=20))))
    assert "20 der 24 Zeilen wurden zufällig gezogen." in record["notes"]
    assert not any("sample=" in note for note in record["notes"])
    speak("es")
    notes = from_record(record).notes
    assert "20 der 24 Zeilen wurden zufällig gezogen." in notes
