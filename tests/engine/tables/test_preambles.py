"""What stands above names that are years or numbers, and names that end otherwise than the rows."""

from __future__ import annotations

import pytest

from regviz.tables import TableError, read_table
from regviz.tables.table import Table

N = 26
LANDS = [f"Land{chr(97 + k)}" for k in range(N)]
FIRST = [None if k % 6 == 0 else 1.5 + k * 7 % 50 for k in range(N)]
LAST = [None if k % 5 == 2 else 0.25 + k * 11 % 40 for k in range(N)]


def noted(table: Table, said: str) -> bool:
    return any(said in note for note in table.notes)


def values(table: Table, name: str) -> list[float | None]:
    return [None if value != value else float(value) for value in table.column(name).values]


def cell(value: float | None) -> str:
    return "" if value is None else str(value)


QUOTED = [
    f'"{LANDS[k]}","L{chr(65 + k)}","Internet, users (%)","IT.NET","{cell(FIRST[k])}","{k}.5","{cell(LAST[k])}","",'
    for k in range(N)
]
PLAIN = [f"{LANDS[k]},L{chr(65 + k)},{cell(FIRST[k])},{k}.5,{cell(LAST[k])}" for k in range(N)]
SOURCE = ["Data Source,World Development Indicators,", "", "Last Updated Date,2024-05-30,", ""]
LAYOUTS = {
    "an empty last year and a comma at each line's end": [
        *SOURCE,
        '"Country Name","Country Code","Indicator Name","Indicator Code","2019","2020","2021","2022",',
        *QUOTED,
    ],
    "a comma behind the names alone": [*SOURCE, "Country Name,Country Code,2019,2020,2021,", *PLAIN],
    "a comma behind the rows alone": [
        *SOURCE,
        "Country Name,Country Code,2019,2020,2021",
        *(f"{one}," for one in PLAIN),
    ],
    "no blank line": [SOURCE[0], "Country Name,Country Code,2019,2020,2021,", *PLAIN],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tables_of_the_world_bank_are_read(layout: str, end: str) -> None:
    table = read_table(("\ufeff" + end.join(LAYOUTS[layout]) + end).encode())
    assert table.column("Country Name").texts() == LANDS
    assert values(table, "2019") == FIRST
    assert values(table, "2021") == LAST
    assert noted(table, "before the table w")
    assert noted(table, "'Data Source World Development Indicators'")


def test_years_in_order_are_names_though_the_numbers_below_are_as_large() -> None:
    rows = [f"{LANDS[k]},{1500 + k * 37 % 900},{1600 + k * 53 % 900},{1700 + k * 71 % 900}" for k in range(N)]
    table = read_table("\n".join(["town,2019,2020,2021", *rows]))
    assert values(table, "2019") == [1500 + k * 37 % 900 for k in range(N)]
    assert noted(table, "Line 1, 'town,2019,2020,2021', was read as names")
    table = read_table("\n".join(["town,2019,2020", *(row[:-5] for row in rows)]))
    assert values(table, "2020") == [1600 + k * 53 % 900 for k in range(N)]
    table = read_table("\n".join(["2019,2020,2021", *rows]))  # names of rows without a name, as R writes them
    assert [column.name for column in table.columns] == ["unnamed", "2019", "2020", "2021"]
    assert noted(table, "Cells such as 'Landa' were taken for names of the rows")


ROWS = [f"{k * 7 % 11},5;{k * 5 % 13};{'uv'[k % 2]}" for k in range(N)]


def test_units_below_names_below_a_title_are_no_names() -> None:
    table = read_table("\n".join(["Messreihe;Graz;2023", "laenge;gewicht;art", "cm;kg;", *ROWS]))
    assert values(table, "laenge") == [k * 7 % 11 + 0.5 for k in range(N)]
    assert noted(table, "1 line before the table was skipped: 'Messreihe Graz 2023'.")
    assert noted(table, "Line 3, 'cm kg', was skipped")


def test_names_that_are_numbers_stand_below_a_title() -> None:
    rows = [f"{row};{row}".replace(";u", "").replace(";v", "") for row in ROWS]
    rows = [f"{row};{'uv'[k % 2]}" for k, row in enumerate(rows)]
    table = read_table("\n".join(["Spektren;Graz;Mai;2023;x", "400,5;401;401,5;402;klasse", *rows]))
    assert [column.name for column in table.columns] == ["400,5", "401", "401,5", "402", "klasse"]
    assert values(table, "401") == [float(k * 5 % 13) for k in range(N)]
    assert noted(table, "1 line before the table was skipped: 'Spektren Graz Mai 2023 x'.")


@pytest.mark.parametrize(
    ("names", "line"),
    [
        ("Umsatz 2019;Kosten 2020;art", "EUR;EUR;"),
        ("Höhe über Meer;Gewicht;art", "m;kg;s"),
        ("Höhe über Meer;Gewicht;art", "in Meter;in Kilo;"),
        ("Wert 2019;Anzahl;art", "(mg/l);(Stück);"),
        ("alter;gewicht;diagnose", "numeric;numeric;class"),
    ],
)
def test_names_with_years_and_phrases_above_units_and_kinds_are_no_titles(names: str, line: str) -> None:
    table = read_table("\n".join([names, line, *ROWS]))
    assert [column.name for column in table.columns] == names.split(";")
    assert noted(table, f"'{line.replace(';', ' ').strip()}', was skipped: it is no row")


def test_lines_that_begin_with_a_semicolon_may_lack_a_cell_and_are_no_settings() -> None:
    table = read_table("\n".join([";a;;b;art", *(f";{k * 7 % 11},5;;{k * 5 % 13};{'uv'[k % 2]}" for k in range(N))]))
    assert values(table, "a") == [k * 7 % 11 + 0.5 for k in range(N)]
    with pytest.raises(TableError, match="settings"):
        read_table("; mine\n[part]\nx = 5\ny = 7\n; more\n")


@pytest.mark.parametrize("names", ["a,b", "a\tb", "a|b"])
def test_two_names_between_another_sign_are_two(names: str) -> None:
    table = read_table("\n".join([names, *(row[:-2] for row in ROWS)]))
    assert [column.name for column in table.columns] == ["a", "b"]
    assert values(table, "a") == [k * 7 % 11 + 0.5 for k in range(N)]
    assert noted(table, "where the rows have semicolons; the names were read from it")


def test_names_between_another_sign_stand_below_a_title() -> None:
    table = read_table("\n".join(["Bericht", "a;b;art", *(row.replace(",", ".").replace(";", ",") for row in ROWS)]))
    assert [column.name for column in table.columns] == ["a", "b", "art"]
    assert noted(table, "Line 2 has semicolons where the rows have commas; the names were read from it.")


def test_a_first_row_between_another_sign_is_refused() -> None:
    with pytest.raises(TableError, match="Line 1 has semicolons where the others have commas; write one sign"):
        read_table("\n".join(["1;2;u", *(row.replace(",", ".").replace(";", ",") for row in ROWS)]))


def test_row_numbers_before_halves_of_decimals_hide_them_not() -> None:
    with pytest.raises(TableError, match="may have 2 numbers with a decimal comma"):
        read_table(
            "\n".join(f"{k + 1},{k * 7 % 11},{k * 41 % 100:02d},{k % 3},{k * 5 % 10},u{k % 2}" for k in range(N))
        )
