"""Names that are classes too, sums and statistics around a table, lines of kinds and rules, cells that lines lack."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from regviz.tables import TableError, read_table
from regviz.tables.table import Table

N = 24


def read(*lines: str) -> Table:
    return read_table("\n".join(lines).encode() + b"\n")


def texts(table: Table, name: str) -> list[str | float | None]:
    """The values of a column: classes as they are written, numbers as they are, None for gaps."""
    column = next(column for column in table.columns if column.name == name)
    if column.levels:
        return [None if np.isnan(value) else column.levels[int(value)] for value in column.values]
    return [None if np.isnan(value) else float(value) for value in column.values]


def cycle(words: Sequence[str]) -> list[str]:
    return [words[k % len(words)] for k in range(N)]


MARRIED, JOBS = cycle(["single", "married", "divorced"]), cycle(["cook", "smith"])


def noted(table: Table, said: str) -> bool:
    return any(said in note for note in table.notes)


def test_name_that_is_a_class_too_is_a_name_where_another_stands_above_numbers() -> None:
    table = read("age,job,married", *(f"{20 + k},{JOBS[k]},{MARRIED[k]}" for k in range(N)))
    assert [column.name for column in table.columns] == ["age", "job", "married"]
    assert texts(table, "age") == [20.0 + k for k in range(N)]
    assert texts(table, "married") == MARRIED
    assert noted(table, "Line 1 was read as names, though 'married' stands below too. header=False reads a row.")


def test_name_that_is_a_class_too_is_a_name_where_another_stands_above_dates() -> None:
    rain = cycle(["dry", "rain"])
    table = read("date,station,rain", *(f"2024-01-{k + 1:02d},{'UB'[k % 2]},{rain[k]}" for k in range(N)))
    assert texts(table, "date") == [19723.0 + k for k in range(N)]
    assert texts(table, "rain") == rain


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("size,colour,benign", ["big,red,benign", "small,blue,malignant", "mid,red,benign"]),
        ("name,male", ["Ann,female", "Bob,male", "Cyd,female", "Dan,male"]),
        ("text,spam", ["good day,spam", "so long,ham", "nice cast,ham"]),
    ],
)
def test_names_above_texts_alone_occur_in_no_line_below(names: str, words: list[str]) -> None:
    table = read(names, *cycle(words))
    assert [column.name for column in table.columns] == names.split(",")
    assert len(table.columns[-1].values) == N
    assert noted(table, "stands below too. header=False reads a row.")


def test_line_of_classes_that_all_stand_below_is_a_row() -> None:
    table = read(*cycle(["big,red,benign", "small,blue,malignant", "mid,red,benign"]))
    assert len(table.columns[0].values) == N
    assert noted(table, "Line 1 was read as a row, since it is like the others. header=True reads names.")


def test_row_with_one_rare_class_is_a_row_and_the_note_tells_why() -> None:
    table = read("big,lilac,benign", *cycle(["big,red,benign", "small,blue,malignant", "mid,red,benign"]))
    assert len(table.columns[0].values) == N + 1
    assert noted(table, "Line 1 was read as a row, since 'big' stands below too. header=True reads names.")


HEIGHTS = [round(12.1 + (4.34 * k) % 7, 2) for k in range(N)]
WEIGHTS = [40.5 + 9 * (k % 5) for k in range(N)]
ROWS = [f"C{k},{HEIGHTS[k]},{WEIGHTS[k]}" for k in range(N)]
SUM = f"{sum(HEIGHTS):.2f},{sum(WEIGHTS):.1f}"

SUM_WORDS = [
    "合计",
    "合計",
    "总计",
    "총계",
    "Итого",
    "Razem",
    "Celkem",
    "Yhteensä",
    "Toplam",
    "Summa",
    "Összesen",
    "I alt",
]
SUM_WORDS += ["Zwischensumme", "Overall", "All", "Total", "Totaal", "Totale", "TOTAL GENERAL", "Sum:"]


@pytest.mark.parametrize("word", SUM_WORDS)
@pytest.mark.parametrize("first", [False, True])
def test_sum_is_no_row_whatever_it_is_called(word: str, first: bool) -> None:
    summed = f"{word},{SUM}"
    table = read("town,a,b", *([summed, *ROWS] if first else [*ROWS, summed]))
    assert texts(table, "a") == HEIGHTS
    assert texts(table, "b") == WEIGHTS
    assert noted(table, SUM.replace(",", " "))


STATISTICS = {
    "Minimum": np.min,
    "Maximum": np.max,
    "Max": np.max,
    "Mittel": np.mean,
    "Moyenne": np.mean,
    "Media": np.mean,
    "Promedio": np.mean,
    "Durchschn.": np.mean,
    "Median": np.median,
    "SD": lambda values: np.std(values, ddof=1),
    "Std. Dev.": np.std,
    "Stabw.": np.std,
    "n": len,
    "Anzahl": len,
}


@pytest.mark.parametrize("word", STATISTICS)
def test_statistic_below_the_table_is_no_row(word: str) -> None:
    statistic = STATISTICS[word]
    table = read("town,a,b", *ROWS, f"{word},{statistic(HEIGHTS):.4g},{statistic(WEIGHTS):.4g}")
    assert texts(table, "a") == HEIGHTS
    assert noted(table, f"1 line below the table was skipped: '{word} ")


def test_a_total_is_left_out_with_a_note_whatever_it_is_the_total_of() -> None:
    table = read("town,a,b", *ROWS, "Total,13.77,50.1")
    assert texts(table, "a") == HEIGHTS
    assert any("Total" in note for note in table.notes)


@pytest.mark.parametrize("word", ["Max", "Min", "SD", "Media", "All", "n", "Mittel"])
@pytest.mark.parametrize("first", [False, True])
def test_row_called_like_a_sum_whose_numbers_are_none_stays(word: str, first: bool) -> None:
    row = f"{word},13.77,50.1"
    table = read("town,a,b", *([row, *ROWS] if first else [*ROWS, row]))
    assert texts(table, "a") == ([13.77, *HEIGHTS] if first else [*HEIGHTS, 13.77])


def test_last_row_without_a_name_that_has_the_sums_is_no_row() -> None:
    assert texts(read("town,a,b", *ROWS, f",{SUM}"), "a") == HEIGHTS
    assert texts(read("town,a,b", *ROWS, ",13.5,41.5"), "a") == [*HEIGHTS, 13.5]


def test_sums_with_a_decimal_comma_are_sums() -> None:
    table = read("town;a;b", *(line.replace(",", ";").replace(".", ",") for line in [*ROWS, f"Total,{SUM}"]))
    assert texts(table, "a") == HEIGHTS


@pytest.mark.parametrize("called", ["Subtotal {}", "{} Ergebnis", "Summe {}"])
def test_sums_between_the_rows_are_no_rows(called: str) -> None:
    lines = ["region,town,b"]
    for part in range(3):
        ours = WEIGHTS[8 * part : 8 * part + 8]
        region = "ABC"[part]
        lines += [f"{region},C{8 * part + k},{weight}" for k, weight in enumerate(ours)]
        lines.append(f"{called.format(region)},,{sum(ours):.1f}")
    table = read(*lines, f"Grand Total,,{sum(WEIGHTS):.1f}")
    assert texts(table, "b") == WEIGHTS
    assert noted(table, "3 lines that sum up those above were skipped")


def test_rows_called_like_sums_between_the_rows_stay_if_their_numbers_are_none() -> None:
    rows = [f"{['Shell', 'Aral', 'Esso', 'Total'][k % 4]},C{k},{WEIGHTS[k]}" for k in range(N)]
    assert texts(read("brand,town,b", *rows), "b") == WEIGHTS


def test_statistics_below_a_table_leave_its_columns_numbers() -> None:
    rows = [f"{HEIGHTS[k]},{WEIGHTS[k]},{'uv'[k % 2]}" for k in range(N)]
    table = read("x,y,k", *rows, "", "mean,14.5,", "sd,2.1,", "n,24,")
    assert texts(table, "x") == HEIGHTS
    assert noted(table, "3 lines below the table were skipped: 'mean 14.5', 'sd 2.1' and 1 more.")


MEASURED = [f"{HEIGHTS[k]},{WEIGHTS[k]},{'uv'[k % 2]}" for k in range(N)]


@pytest.mark.parametrize("below", [["class,count", "u,12", "v,12"], ["class,count,share", "u,12,0.5", "v,12,0.5"]])
def test_second_table_below_a_blank_line_is_no_part_of_the_first(below: list[str]) -> None:
    table = read("x,y,k", *MEASURED, "", *below)
    assert texts(table, "x") == HEIGHTS
    assert texts(table, "k") == cycle("uv")
    assert noted(table, "3 lines below the table were skipped")


def test_rows_go_on_below_a_blank_line() -> None:
    assert texts(read("x,y,k", *MEASURED[:14], "", *MEASURED[14:]), "x") == HEIGHTS
    gap = "low,40.5,u"  # a word among numbers is no name
    assert texts(read("x,y,k", *MEASURED[:14], "", gap, *MEASURED[14:]), "y") == [*WEIGHTS[:14], 40.5, *WEIGHTS[14:]]


def test_kinds_that_stand_below_the_names_of_water_data_are_no_row() -> None:
    rows = [f"USGS\t01646500\t2024-01-{k + 1:02d}\t{1000 + k}" for k in range(N)]
    table = read("# provisional", "agency\tsite\tday\tflow", "5s\t15s\t20d\t14n", *rows)
    assert texts(table, "flow") == [1000.0 + k for k in range(N)]
    assert texts(table, "day") == [19723.0 + k for k in range(N)]
    assert noted(table, "Line 3, '5s 15s 20d 14n', was skipped")


def test_seconds_in_all_rows_are_values() -> None:
    table = read("a,b,k", *(f"{k + 1}s,{2 * k + 1}s,{'uv'[k % 2]}" for k in range(N)))
    assert texts(table, "a") == [k + 1.0 for k in range(N)]


def test_choices_below_the_questions_of_a_survey_are_no_row() -> None:
    rows = [f"{1000 + k},{20 + k},{'R' if k % 2 else ''},{('Female', 'Male')[k % 2]}" for k in range(N)]
    table = read("Respondent,How old?,Which tools?,Sex", ",Open-Ended Response,R,Response", *rows)
    assert texts(table, "How old?") == [20.0 + k for k in range(N)]
    assert texts(table, "Sex") == cycle(["Female", "Male"])
    assert noted(table, "Line 2, 'Open-Ended Response R Response', was skipped")


def test_rules_of_a_drawn_table_are_neither_names_nor_rows() -> None:
    rule = "===== ===== ==="
    rows = [f"{HEIGHTS[k]:<5} {WEIGHTS[k]:<5} {'uv'[k % 2]}" for k in range(N)]
    table = read(rule, "x     y     k", rule, *rows, rule)
    assert [column.name for column in table.columns] == ["x", "y", "k"]
    assert texts(table, "x") == HEIGHTS
    assert noted(table, "3 lines that a program drew or wrote around the rows were skipped, such as line 1")


def test_kinds_that_r_prints_below_the_names_are_no_names() -> None:
    rows = [f"{k + 1:>2} {HEIGHTS[k]:5.2f} {WEIGHTS[k]:5.1f} {'uv'[k % 2]}  " for k in range(N)]
    table = read("# A tibble: 24 × 3", "       x     y grp  ", "   <dbl> <dbl> <chr>", *rows)
    assert [column.name for column in table.columns][1:] == ["x", "y", "grp"]
    assert texts(table, "y") == WEIGHTS


def test_size_that_pandas_prints_below_a_table_is_no_row() -> None:
    rows = [f"{k:<4}{HEIGHTS[k]:5.2f}  {WEIGHTS[k]:5.1f}  {'uv'[k % 2]}" for k in range(N)]
    table = read("        x     y grp", *rows, "", "[24 rows x 3 columns]")
    assert texts(table, "x") == HEIGHTS
    assert noted(table, "'[24 rows x 3 columns]'")


def test_cells_that_most_lines_lack_at_their_end_are_gaps() -> None:
    lines = [line + (",late" if k == 4 else "") for k, line in enumerate(MEASURED)]
    table = read("x,y,k,remark", *lines)
    assert texts(table, "x") == HEIGHTS
    assert texts(table, "k") == cycle("uv")
    assert texts(table, "remark") == [None] * 4 + ["late"] + [None] * 19
    assert noted(
        table, "23 lines end before 'remark' (line 2 first); the cells that are missing there were read as gaps."
    )


def test_line_with_a_cell_more_than_the_names_is_refused() -> None:
    lines = [line + (",late" if k == 4 else "") for k, line in enumerate(MEASURED)]
    with pytest.raises(TableError, match="Line 6 has 4 cells, the others have 3"):
        read("x,y,k", *lines)
