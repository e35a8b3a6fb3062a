"""Files that nobody could mean, and files that were damaged on their way: the same ones for every run of the tests."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable

import numpy as np
import openpyxl
import polars as pl

from engine.tables.made import made
from regviz.lab.compare.presets import START
from regviz.lab.export.experiment import FORMAT, Experiment, write

Rng = np.random.Generator

ROWS = "".join(f"{k},{k * k % 17},{'ab'[k % 2]}\n" for k in range(40))


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in ("size,weight,kind\n" + ROWS).splitlines():
        sheet.append(line.split(","))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _parquet() -> bytes:
    file = io.BytesIO()
    pl.DataFrame({"size": range(40), "kind": ["a", "b"] * 20}).write_parquet(file)
    return file.getvalue()


def _experiment() -> bytes:
    return write(Experiment(START)).encode()


WHOLE: dict[str, Callable[[], bytes]] = {
    "table.csv": lambda: ("size,weight,kind\n" + ROWS).encode(),
    "table.csv.gz": lambda: gzip.compress(("size,weight,kind\n" + ROWS).encode(), mtime=0),
    "table.xlsx": _workbook,
    "table.parquet": _parquet,
    "experiment.json": _experiment,
}
"""Files that are as they should be, by the name under which they come."""


def _bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a>" * 3_000_000)
        archive.writestr("[Content_Types].xml", b"<Types/>")
    return file.getvalue()


# fmt: off
MEANT: list[bytes] = [
    b"", b"\0", b"\0" * 100_000, b"\n" * 10_000, b",", b"," * 100_000, b'"', b'"' * 99_999, b"a", b"a,b\n", b"\xff\xfe",
    b"\xff\xfea", b"\xef\xbb\xbf", b"a;b\n" * 3, b"\x1f\x8b", b"\x1f\x8b\x08" + b"\0" * 40, b"PK\x03\x04", b"PAR1",
    b"PAR1" + b"\xff" * 200 + b"PAR1", b"%PDF-1.7\n1 0 obj", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\x7fELF" + b"\2" * 99,
    b"<html><script>alert(1)</script>", b"=cmd|' /C calc'!A0,b\n1,2\n" * 20, b"<script>alert(1)</script>,b\n1,2\n" * 20,
    ("\u202ea,\u200bb\n" + "1,2\n" * 20).encode(), ("x" * 200_000 + ",y\n1,2\n").encode(),
    (",".join(f"c{k}" for k in range(20_000)) + "\n" + ",".join("1" for _ in range(20_000)) + "\n").encode(),
    ("a,b\n" + "9" * 5000 + ",1\n" + "1e400,2\n" * 20).encode(), ("a,b\n" + "nan,inf\n" * 30).encode(),
    ("a,a,a\n" + "1,2,3\n" * 20).encode(), ("__class__,__init__\n" + "1,2\n" * 20).encode(),
    ("a,b\n" + "../../etc/passwd,$(reboot)\n" * 20).encode(), gzip.compress(b"0" * 80_000_000, mtime=0), _bomb(),
    b"[" * 100_000, b'{"a":' * 50_000, b"{}", b"[]", b"null", b"NaN", b'"x"', b"\xff" * 1000,
    json.dumps({"format": FORMAT}).encode(), json.dumps({"format": FORMAT, "version": 10**30}).encode(),
    json.dumps({"format": FORMAT, "version": 3, "config": {"hidden": [10**9] * 9}, "lanes": []}).encode(),
    json.dumps({"format": FORMAT, "version": 3, "config": {"l1": "1" * 4000}, "lanes": [{}] * 999}).encode(),
    json.dumps({"format": FORMAT, "version": 3, "data": [{"table": {"rows": [[1], []]}}], "lanes": [None]}).encode(),
]
# fmt: on


def damaged(content: bytes, rng: Rng) -> bytes:
    """`content` after an accident: cut, with other bytes, with bytes too many, twice, or mixed up."""
    data = bytearray(content)
    for _ in range(int(rng.integers(1, 4))):
        at = int(rng.integers(len(data) + 1))
        to = min(at + int(rng.integers(1, 60)), len(data))
        accident = rng.integers(6)
        if accident == 0:
            del data[at:]
        elif accident == 1:
            data[at:to] = rng.bytes(to - at)
        elif accident == 2:
            data[at:at] = rng.bytes(int(rng.integers(1, 60)))
        elif accident == 3:
            data[at:to] = b"\0" * (to - at)
        elif accident == 4:
            data += data[at:]
        else:
            del data[at:to]
    return bytes(data)


def files(count: int, seed: int = 7) -> list[tuple[str, bytes]]:
    """`count` files with the names under which they come: all that are meant, then damaged ones."""
    rng = np.random.default_rng(seed)
    names = list(WHOLE)
    whole = {name: make() for name, make in WHOLE.items()}
    found = [(names[k % len(names)], content) for k, content in enumerate(MEANT)]
    while len(found) < count:
        name = names[len(found) % len(names)]
        content = made(len(found)).content if name == "table.csv" and rng.random() < 0.7 else whole[name]
        found.append((name, damaged(content, rng)))
    return found[:count]
