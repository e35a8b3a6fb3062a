"""Files come to the kernel in parts, and what is no part of one costs nothing."""

from __future__ import annotations

import gzip
import io
import zipfile

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from regviz.lab.compare.guest import GUEST
from regviz.lab.controls import weighing
from regviz.lab.controls.files import FileButton, Torn
from regviz.tables.files.sources import LARGEST_FILE


def test_parts_of_two_files_do_not_mix_and_half_a_file_is_none() -> None:
    heard: list[tuple[str, bytes]] = []
    button = FileButton(lambda name, content: heard.append((name, content)))
    part = {"kind": "part", "of": 2}
    button._handle_custom_msg({**part, "key": "a", "name": "a", "place": 0}, [b"a0"])
    button._handle_custom_msg({**part, "key": "b", "name": "b", "place": 0}, [b"b0"])
    button._handle_custom_msg({**part, "key": "b", "name": "b", "place": 1}, [b"b1"])
    assert heard == [("b", b"b0b1")]
    button._handle_custom_msg({**part, "key": "a", "name": "a", "place": 1}, [b"a1"])
    assert heard[1:] == [("a", b"a0a1")]
    assert button.description == "Choose a file…"


@pytest.mark.parametrize("came", [[1, 2, 3], [0, 2, 3], [0, 1, 3], [3]])
def test_a_file_with_a_hole_is_never_taken_for_a_whole_one(came: list[int]) -> None:
    heard: list[tuple[str, bytes]] = []
    button = FileButton(lambda name, content: heard.append((name, content)))
    for place in came:  # the others were on a line that was cut
        message = {"kind": "part", "key": "k", "name": "a.csv", "place": place, "of": 4}
        button._handle_custom_msg(message, [b"1,2\n"])
    ((name, content),) = heard
    assert isinstance(content, Torn)
    assert content.sentence(name) == "a.csv did not arrive whole. Please choose it again."
    assert button._parts == {}


def test_what_no_page_of_ours_sends_costs_nothing() -> None:
    heard: list[tuple[str, bytes]] = []
    button = FileButton(lambda name, content: heard.append((name, content)), largest=5)
    for message in (
        {"kind": "part"},
        {"kind": "part", "key": "a", "name": "a", "place": "x", "of": []},
        {},
        {"kind": []},
    ):
        button._handle_custom_msg(message, [b"..."])
    for key in range(50):
        button._handle_custom_msg({"kind": "part", "key": key, "name": "n", "place": 0, "of": 9}, [b"a"])
    assert list(button._parts) == ["47", "48", "49"]
    button.set_state({"largest": 10**9})  # what a page may do does not move the bound
    button._handle_custom_msg({"kind": "part", "key": 49, "name": "n", "place": 1, "of": 9}, [b"def"])
    assert list(button._parts) == ["48", "49"]  # five bytes together
    button._handle_custom_msg({"kind": "part", "key": 49, "name": "n", "place": 2, "of": 9}, [b"gh"])
    assert list(button._parts) == []
    button._handle_custom_msg({"kind": "too large", "size": "much"}, [])
    assert not heard


@pytest.fixture
def guest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GUEST, "1")


def workbook(text: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", text)
    return file.getvalue()


def parquet(rows: int) -> bytes:
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"a": np.zeros(rows, np.int8)}), file)
    return file.getvalue()


@pytest.mark.usefixtures("guest")
def test_a_visitor_s_table_weighs_what_it_holds_however_it_is_packed() -> None:
    assert FileButton(print).most == weighing.most() == weighing.GUEST_FILE
    too_much = b"0" * (weighing.GUEST_FILE + 1)
    for large in (
        too_much,
        b"1," * 1_300_000,
        gzip.compress(10 * too_much, 1),
        workbook(5 * too_much),
        parquet(2_000_000),
        gzip.compress(parquet(2_000_000)),
        gzip.compress(workbook(5 * too_much)),
        workbook(b'<sheetData><row r="900000"><c r="C900000"><v>1</v></c><c r="A1"><v>1</v></c></row></sheetData>'),
    ):
        assert weighing.weight(large) > weighing.GUEST_FILE
    for small in (b"a,b", gzip.compress(b"a,b"), workbook(b"<a/>"), parquet(9)):
        assert weighing.weight(small) <= max(len(small), weighing.CELL * 9)
    for damaged in (b"\x1f\x8b???", b"PK\x03\x04???", b"PAR1???"):
        assert weighing.weight(damaged) == len(damaged)


def test_in_a_notebook_of_one_s_own_files_are_as_large_as_tables_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(GUEST, raising=False)
    assert FileButton(print).most == LARGEST_FILE
