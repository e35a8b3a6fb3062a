"""Tables made by a seed: the bytes of a file as some program would write it, and what it means."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

EPOCH = date(1970, 1, 1)
WORDS = ("amber", "birch", "cedar", "dune", "elm", "fjord", "grove", "heath")
FOREIGN = ("café", "Größe", "naïve", "Zürich", "señor", "brûlé")
YES_NO = (("True", "False"), ("true", "false"), ("yes", "no"), ("Yes", "No"), ("TRUE", "FALSE"), ("Y", "N"))
UNITS = ("cm", "kg", "°C", "ms", "km/h")
GAPS = ("", "NA", "N/A", "#N/A", "None", "NULL", "nan", "-", "?", "#DIV/0!")


@dataclass
class Column:
    """What a column means: its kind, and a number or a text in each row, None where it has a gap."""

    name: str
    kind: str
    values: list[Any]
    cells: list[str] = field(default_factory=list)


@dataclass
class Made:
    """A file and its meaning. `features` are the columns that are inputs, `target` is the last one that has a name."""

    seed: int
    content: bytes
    how: dict[str, Any]
    columns: list[Column]
    traits: dict[str, Any]
    extra: int = 0

    @property
    def target(self) -> Column:
        return self.columns[-1]


@lru_cache(1024)
def made(seed: int) -> Made:
    """The table of `seed`: delimiter × decimal sign × quoting × header × encoding × gaps × kinds × junk around it.

    Made once for all tests of a process, which change nothing of it.
    """
    rng = Random(seed)
    rows = rng.randint(14, 60)
    delimiter = rng.choice(",,;;\t|")
    decimal = rng.choice(".,") if delimiter != "," else rng.choice("...,")
    trait = {
        "delimiter": delimiter,
        "decimal": decimal,
        "quoting": rng.choice(("minimal", "minimal", "texts", "all")),
        "header": rng.choice(("names", "names", "names", "numbers", "none")),
        "encoding": rng.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "mac-roman")),
        "ends": rng.choice(("\n", "\n", "\r\n", "\r")),
        "gap": rng.choice(GAPS),
        "head": rng.choice(("", "", "", "title", "comments", "sep", "blank", "padded title")),
        "foot": rng.choice(("", "", "", "trailing delimiter", "footer", "total", "blank", "comment", "padded footer")),
        "rows": rows,
    }
    if trait["header"] == "none" and trait["head"] in ("title", "padded title"):
        trait["head"] = ""
    columns = _columns(rng, rows, trait)
    if trait["header"] == "numbers":
        first = rng.choice((0, 1, 2015))
        for place, column in enumerate(columns[:-1]):
            column.name = str(first + place)
    if trait["header"] == "none":
        for place, column in enumerate(columns[:-1]):
            column.name = f"x{place + 1}"
        columns[-1].name = "y"
    content = _written(columns, trait, rng)
    return Made(seed, content, {}, columns, trait, int(trait["foot"] == "trailing delimiter"))


def _columns(rng: Random, rows: int, trait: dict[str, Any]) -> list[Column]:
    foreign = trait["encoding"] != "utf-8" or rng.random() < 0.3
    names = [f"{rng.choice(WORDS)}{k}" for k in range(8)]
    if foreign and trait["header"] == "names":
        names[0] = rng.choice(FOREIGN)
    kinds = ["float", "int"]
    more = ["float", "int", "big", "category", "yes/no", "date", "unit", "percent", "money", "negative", "exponent"]
    more += ["grouped", "spaced", "clock", "phrase", "stamp", "signed"]
    kinds += [rng.choice(more) for _ in range(rng.randint(0, 4))]
    rng.shuffle(kinds)
    if trait["header"] == "names" and rng.random() < 0.3:
        kinds.insert(0, rng.choice(("row number", "id")))
        names[0] = "" if kinds[0] == "row number" else "id"
    columns = [_column(rng, kind, name, rows, trait) for kind, name in zip(kinds, names, strict=False)]
    if trait["header"] == "names" and rng.random() < 0.15:
        columns.insert(1, _column(rng, rng.choice(("constant", "empty")), "plain", rows, trait))
    if rng.random() < 0.7:
        labels = [FOREIGN, WORDS][not foreign][: rng.randint(2, 4)]
        values: list[Any] = [labels[k % len(labels)] for k in range(rows)]
        rng.shuffle(values)
        columns.append(Column("kind", "category", values, [str(value) for value in values]))
    else:
        columns.append(_column(rng, "float", "result", rows, {**trait, "gap": None}))
    return columns


def _column(rng: Random, kind: str, name: str, rows: int, trait: dict[str, Any]) -> Column:
    """One column of `kind` with gaps in some of its rows."""
    decimal = trait["decimal"]
    grouping = {".": ",", ",": "."}[decimal]
    delimiter = trait["delimiter"]
    column = Column(name, kind, [])

    def point(text: str) -> str:
        return text.replace(".", decimal)

    def grouped(number: float, digits: int) -> str:
        return f"{number:,.{digits}f}".replace(",", "\0").replace(".", decimal).replace("\0", grouping)

    labels = rng.sample(WORDS, rng.randint(2, 5))
    pair = rng.choice(YES_NO)
    unit = rng.choice(UNITS)
    sign = rng.choice(("$", "€", "£"))
    fixed = rng.randint(2, 900)
    for row in range(rows):
        if kind == "float":
            digits = rng.randint(1, 6)
            text = f"{rng.uniform(-50, 50):.{digits}f}" + rng.choice("123456789")
            column.values.append(float(text))
            column.cells.append(point(text))
        elif kind == "int":
            column.values.append(float(rng.randint(0, 500)))
            column.cells.append(str(int(column.values[-1])))
        elif kind == "big":
            number = round(rng.uniform(10, 3_000_000), 2)
            column.values.append(number)
            column.cells.append(grouped(number, 2))
        elif kind == "negative":
            number = -rng.randint(1, 9000) / 8
            column.values.append(number)
            column.cells.append(point(f"{number:.3f}5").replace("-", "−" if trait["encoding"][:3] == "utf" else "-"))
            column.values[-1] = float(f"{number:.3f}5")
        elif kind == "exponent":
            text = f"{rng.uniform(1, 9):.4f}e{rng.randint(-12, 12):+03d}"
            column.values.append(float(text))
            column.cells.append(point(text))
        elif kind == "category":
            column.values.append(labels[row % len(labels)] if row < 2 * len(labels) else rng.choice(labels))
            column.cells.append(column.values[-1])
        elif kind == "yes/no":
            yes = row % 2 == 0 if row < 4 else rng.random() < 0.5
            column.values.append(float(yes))
            column.cells.append(pair[0] if yes else pair[1])
        elif kind == "date":
            day = EPOCH + timedelta(days=rng.randint(8000, 20000))
            column.values.append(float((day - EPOCH).days))
            column.cells.append(day.isoformat() if decimal == "." else day.strftime("%d.%m.%Y"))
        elif kind == "unit":
            text = f"{rng.uniform(1, 90):.2f}7"
            column.values.append(float(text))
            column.cells.append(f"{point(text)} {unit}" if trait["encoding"] != "x" else text)
        elif kind == "percent":
            text = f"{rng.uniform(0, 100):.1f}"
            column.values.append(float(text))
            column.cells.append(point(text) + "%")
        elif kind == "money":
            number = round(rng.uniform(1, 9000), 2)
            column.values.append(number)
            column.cells.append(sign + grouped(number, 2) if decimal == "." else f"{grouped(number, 2)} {sign}")
        elif kind == "grouped":
            number = rng.randint(0, 900_000) if row else 12_345
            column.values.append(float(number))
            column.cells.append(f"{number:,}".replace(",", grouping))
        elif kind == "spaced":
            number = round(rng.uniform(1000, 3_000_000), 2)
            column.values.append(number)
            column.cells.append(point(f"{number:,.2f}".replace(",", " ")))
        elif kind == "clock":
            minutes = rng.randint(0, 24 * 60 - 1)
            column.values.append(minutes // 60 + minutes % 60 / 60)
            column.cells.append(f"{minutes // 60:02}:{minutes % 60:02}")
        elif kind == "phrase":  # a category with the delimiter in it
            column.values.append(f"{labels[row % 2]}{delimiter}{labels[0]}".replace("\t", " "))
            column.cells.append(column.values[-1])
        elif kind == "stamp":
            moment = datetime(2020, 1, 1) + timedelta(minutes=rng.randint(0, 2_000_000))
            column.values.append((moment.date() - EPOCH).days + (moment.hour + moment.minute / 60) / 24)
            column.cells.append(moment.isoformat(rng.choice(" T")))
        elif kind == "signed":
            number = rng.randint(-900, 900) / 4
            column.values.append(number)
            column.cells.append(point(f"{number:+.2f}"))
        elif kind == "row number":
            column.values.append(float(row))
            column.cells.append(str(row))
        elif kind == "id":
            column.values.append(float(7000 + 3 * row))
            column.cells.append(str(7000 + 3 * row))
        elif kind == "constant":
            column.values.append(float(fixed))
            column.cells.append(str(fixed))
        elif kind == "empty":
            column.values.append(None)
            column.cells.append("")
    if sign == "€" and kind == "money" and trait["encoding"] == "mac-roman":
        column.cells = [cell.replace("€", "£") for cell in column.cells]
    gap = trait["gap"]
    wordy = kind in ("category", "phrase") or (kind == "yes/no" and pair[0].lower() != "true")
    if gap is not None and kind not in ("row number", "id", "constant", "empty") and rng.random() < 0.4:
        for row in rng.sample(range(4, rows), max(1, rows // 10)):
            if wordy and gap in ("NA", "None", "-"):
                continue  # could be a category of that name
            column.values[row], column.cells[row] = None, gap
    return column


def _written(columns: list[Column], trait: dict[str, Any], rng: Random) -> bytes:
    delimiter = trait["delimiter"]
    quoting = {"minimal": csv.QUOTE_MINIMAL, "texts": csv.QUOTE_MINIMAL, "all": csv.QUOTE_ALL}[trait["quoting"]]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    wide = len(columns)
    end = [""] * (trait["foot"] == "trailing delimiter")
    if trait["head"] == "title":
        out.write("Survey of the spring\n\n")
    elif trait["head"] == "comments":
        out.write("# station 12\n# unit: degC\n")
    elif trait["head"] == "sep":
        out.write(f"sep={delimiter}\n")
    elif trait["head"] == "blank":
        out.write("\n\n")
    elif trait["head"] == "padded title":
        writer.writerow(["Survey of the spring"] + [""] * (wide - 1))
        writer.writerow([""] * wide)
    if trait["header"] != "none":
        writer.writerow([column.name for column in columns] + end)
    for row in range(trait["rows"]):
        writer.writerow([column.cells[row] for column in columns] + end)
    if trait["foot"] == "footer":
        out.write("Source: own count\n")
    elif trait["foot"] == "padded footer":
        writer.writerow([""] * wide)
        writer.writerow(["Source: own count"] + [""] * (wide - 1))
    elif trait["foot"] == "total":
        writer.writerow(["Total"] + ["12"] * (wide - 1))
    elif trait["foot"] == "blank":
        out.write("\n\n")
    elif trait["foot"] == "comment":
        out.write("# end of file\n")
    text = out.getvalue()
    return text.replace("\n", trait["ends"]).encode(trait["encoding"], "replace")
