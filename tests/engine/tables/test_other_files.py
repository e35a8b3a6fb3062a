"""Bytes that are no table, or a damaged one: a sentence says what they are and what to do, or which line was mended."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from regviz.tables import TableError, read_table

N = 30
WORDS = {
    "German": ("Größe", "Länge", "süß", "schön", "Straße", "Käse"),
    "French": ("café", "français", "très", "élève", "hôtel", "noël"),
    "Spanish": ("niño", "año", "señor", "más", "canción", "español"),
    "Danish": ("smør", "blåbær", "væk", "Århus", "fløde", "kål"),
}
ELSEWHERE = {
    "Polish": ("cp1250", "Łódź", "Kraków", "Gdańsk", "Wrocław", "Poznań"),
    "Czech": ("cp1250", "Příbram", "Ústí", "České Budějovice", "Žďár"),
    "Turkish": ("cp1254", "İstanbul", "Muğla", "Şırnak"),
    "Russian": ("cp1251", "Москва", "Казань", "Омск", "Новосибирск"),
    "Russian in capitals": ("cp1251", "МОСКВА", "КАЗАНЬ"),
    "Greek": ("cp1253", "Αθήνα", "Πάτρα", "Λάρισα"),
    "Japanese": ("shift_jis", "東京", "大阪", "名古屋"),
    "Chinese": ("gb18030", "北京", "上海市", "广州"),
}


def written(words: tuple[str, ...]) -> str:
    """A table of N rows whose first column holds `words` in turn."""
    return "word,x,y\n" + "".join(f"{words[k % len(words)]},{k % 7},{'uv'[k % 2]}\n" for k in range(N))


PLAIN = written(("a", "b", "c"))


def zipped(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, PLAIN)
    return file.getvalue()


def stata() -> bytes:
    file = io.BytesIO()
    pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}).to_stata(file)
    return file.getvalue()


def feather() -> bytes:
    file = io.BytesIO()
    pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}).to_feather(file)
    return file.getvalue()


def array() -> bytes:
    file = io.BytesIO()
    np.save(file, np.eye(3))
    return file.getvalue()


def database() -> bytes:
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE TABLE t (a, b)")
        return base.serialize()


RECORDS = [{"a": k, "y": "uv"[k % 2]} for k in range(N)]

OTHERS: dict[str, tuple[Callable[[], str | bytes], str, str]] = {
    "a pointer of Git LFS": (
        lambda: "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 12345\n",
        "a pointer of Git LFS",
        "git lfs pull",
    ),
    "a web page": (lambda: "\n<!DOCTYPE html>\n<html></html>\n", "a web page", "Save the table as CSV"),
    "a web page with a remark": (lambda: "<!-- saved, from -->\n<html>\n", "a web page", "Save the table as CSV"),
    "a piece of a web page": (lambda: "<div class='t'>\na,b\n1,2\n</div>\n", "a web page", "Save the table as CSV"),
    "XML": (lambda: b"<?xml version='1.0'?><Error>1,2</Error>", "HTML or XML", "Save the table as CSV"),
    "JSON": (lambda: json.dumps(RECORDS, indent=1), "JSON.", "columns as a dict"),
    "JSON in one line": (lambda: json.dumps(RECORDS).encode(), "JSON.", "columns as a dict"),
    "JSON without names": (lambda: "[1, 2,\n3, 4]\n", "JSON.", "columns as a dict"),
    "JSON lines": (lambda: "\n".join(map(json.dumps, RECORDS)), "JSON lines.", "lines=True"),
    "ARFF": (lambda: "% made\n@RELATION t\n@ATTRIBUTE a NUMERIC\n@DATA\n" + PLAIN, "ARFF", "loadarff"),
    "LIBSVM": (lambda: "".join(f"{k % 2} 1:{k}.5 2:{k % 3}\n" for k in range(N)), "LIBSVM", "load_svmlight_file"),
    "SQL": (lambda: "-- a dump\nCREATE TABLE t (a int, b int);\nINSERT INTO t VALUES (1, 2);\n", "SQL", "CSV"),
    "a PDF": (lambda: b"%PDF-1.7\n1,2\n", "a PDF", "Save the table as CSV"),
    "bzip2": (lambda: bz2.compress(PLAIN.encode()), "a bzip2 archive", "Unpack it"),
    "xz": (lambda: lzma.compress(PLAIN.encode()), "an xz archive", "Unpack it"),
    "a zip archive": (lambda: zipped("t.csv"), "a zip archive", "unpack it"),
    "a Word document": (lambda: zipped("word/document.xml"), "a Word document", "Save the table as CSV"),
    "arrays of NumPy": (lambda: zipped("x.npy"), "npz", "numpy.load"),
    "an array of NumPy": (array, "a NumPy array", "numpy.load"),
    "Stata": (stata, "a Stata file", "pandas.read_stata"),
    "SPSS": (lambda: b"$FL2@(#) SPSS DATA FILE" + bytes(40), "an SPSS file", "pandas.read_spss"),
    "R": (lambda: gzip.compress(b"X\n\0\0\0\x03\0\x04" + bytes(40)), "R's own file", "write.csv"),
    "Feather": (feather, "Feather", "pandas.read_feather"),
    "a database": (database, "an SQLite database", "as CSV"),
    "an image": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(40), "an image", "CSV"),
    "nothing": (lambda: b"\xef\xbb\xbf\n", "empty", "names and rows"),
    "names alone": (lambda: b"a,b,c\n", "a single line", "names and rows"),
    "a title and names": (lambda: b"Report\na;b;c\n", "no row below the names", "row"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_table_is_told_by_its_name_and_a_way_out(name: str) -> None:
    content, what, way = OTHERS[name]
    with pytest.raises(TableError) as refusal:
        read_table(content())
    assert what in str(refusal.value)
    assert way in str(refusal.value)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("head", ["<TICKER>,<PER>,<CLOSE>", "[cm],[kg],[s]", "<DATE>,x,y", "{a},{b},{c}"])
def test_names_in_brackets_are_names(head: str) -> None:
    table = read_table(head + "\n" + "".join(f"{k % 7}.5,{k % 5},{'uv'[k % 2]}\n" for k in range(N)))
    assert [column.name for column in table.columns] == head.split(",")
    assert table.rows == N


def test_an_archive_is_unpacked_no_further_than_is_read() -> None:
    with pytest.raises(TableError, match="more than 50 MB, unpacked"):
        read_table(gzip.compress(bytes(60_000_000)))


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850", "cp437"])
def test_words_of_a_western_language_come_back_from_every_western_encoding(language: str, encoding: str) -> None:
    words = tuple(word for word in WORDS[language] if encoding != "cp437" or "ø" not in word)
    table = read_table(written(words).encode(encoding))
    assert table.column("word").texts()[: len(words)] == list(words)
    assert sum("The file is no UTF-8; it was read as" in note for note in table.notes) == 1


@pytest.mark.parametrize("language", ELSEWHERE)
def test_words_of_another_language_come_back_from_its_encoding(language: str) -> None:
    encoding, *words = ELSEWHERE[language]
    table = read_table(written(tuple(words)).encode(encoding))
    assert table.column("word").texts()[: len(words)] == words


@pytest.mark.parametrize("byte", [b"\xe9", b"\x96", b"\xc3", b"\xff"])
def test_a_damaged_byte_leaves_the_rest_of_a_file_utf_8(byte: bytes) -> None:
    lines = written(WORDS["German"]).encode().split(b"\n")
    lines[12] = byte + lines[12]
    table = read_table(b"\n".join(lines))
    assert table.column("word").texts()[:11] == [WORDS["German"][k % 6] for k in range(11)]
    assert table.column("word").texts()[11] == "\ufffdKäse"
    assert any("Line 13 has bytes that are no UTF-8" in note and "'\ufffdKäse'" in note for note in table.notes)


def test_one_byte_of_windows_in_a_file_of_ascii_is_read_as_windows_has_it() -> None:
    table = read_table(written(("cafe", "bar", "caf\u00e9")).encode("cp1252"))
    assert table.column("word").texts()[:3] == ["cafe", "bar", "café"]


@pytest.mark.parametrize(("line", "before"), [(6, 0), (1504, 1500)])
def test_a_nul_is_refused_by_its_line(line: int, before: int, tmp_path: Path) -> None:
    rows = [f"{k % 7},{k % 5},{'uv'[k % 2]}" for k in range(before + N)]
    rows[line - 2] = "1\0,2,u"
    (tmp_path / "t.csv").write_text("\n".join(["a,b,y", *rows]))
    with pytest.raises(TableError, match=f"Line {line} has a NUL byte") as refusal:
        read_table(tmp_path / "t.csv")
    assert refusal.value.line == line
