"""What stands for something else: comments cut apart by blanks, codes in digits, lines in quotes, names asked for."""

from __future__ import annotations

import numpy as np
import pytest

from regviz import TableError, read_table

ROWS = [f"{3 * k % 7} {5 * k % 11} {'yes' if k % 2 else 'no'}" for k in range(20)]


def noted(notes: tuple[str, ...], words: str) -> bool:
    return any(words in note for note in notes)


@pytest.mark.parametrize("comment", ["# logger Kiel", "% logger Kiel", "// run seven", "## my data"])
def test_a_comment_of_as_many_words_as_columns_is_no_line_of_names(comment: str) -> None:
    named = read_table("\n".join([comment, "a b kind", *ROWS]))
    assert (named.feature_names, named.target, named.rows) == (("a", "b"), "kind", 20)
    assert noted(named.notes, f"1 comment skipped: '{comment}'")


def test_the_last_comment_may_hold_the_names() -> None:
    table = read_table("\n".join(["# station 12", "# temp press sky", *ROWS]))
    assert (table.feature_names, table.target, table.rows) == (("temp", "press"), "sky", 20)
    assert noted(table.notes, "names were read from the comment in line 2")
    assert noted(table.notes, "1 comment skipped: '# station 12'")


def test_a_sign_above_row_numbers_is_their_name() -> None:
    table = read_table("\n".join(["# a b kind", *(f"{k + 1} {row}" for k, row in enumerate(ROWS))]))
    assert (table.feature_names, table.target) == (("a", "b"), "kind")
    assert noted(table.notes, "'#' numbers the rows")


def with_column(name: str, values: list[int]) -> str:
    return "\n".join([f"{name},a,y", *(f"{v},{3 * k % 7},{'ab'[k // 10]}" for k, v in enumerate(values))])


DIGITS = np.random.default_rng(3).permutation(10**7 + 37_037 * np.arange(20)).tolist()


@pytest.mark.parametrize("name", ["phone", "Telefon", "ISBN", "EAN", "barcode", "Kundennummer", "customer", "account"])
def test_a_column_called_like_codes_is_left_out_where_no_two_rows_share_one(name: str) -> None:
    table = read_table(with_column(name, DIGITS))
    assert table.feature_names == ("a",)
    assert noted(table.notes, f"'{name}' names the rows (an id) and was left out")
    assert read_table(with_column(name, DIGITS), keep=[name]).feature_names == (name, "a")


@pytest.mark.parametrize(("name", "kept"), [("nought", False), ("timestamp", True)])
def test_long_numbers_of_one_length_are_codes_unless_they_are_moments(name: str, kept: bool) -> None:
    table = read_table(with_column(name, [10**9 + 100 * one for one in DIGITS]))
    assert (name in table.feature_names) is kept
    assert noted(table.notes, "taken for a code") is not kept


def test_ids_that_come_back_are_pointed_out_and_left_out_where_they_give_the_answer_away() -> None:
    rising = read_table(with_column("id", [k // 2 for k in range(20)]))
    assert rising.feature_names == ("a",)
    assert noted(rising.notes, "'id' rises with the rows, and the rows are sorted by 'y'")
    mixed = read_table(with_column("user_id", [7 * k % 5 for k in range(20)]))
    assert mixed.feature_names == ("user_id", "a")
    assert noted(mixed.notes, "'user_id' is called an id. If it only says who, say leave_out=['user_id']")


def test_what_stands_in_parentheses_behind_a_blank_is_told() -> None:
    table = read_table("\n".join(["a,b,y", *(f"{k}.5 (2),{k % 3},{'ab'[k % 2]}" for k in range(20))]))
    assert table.X[:2, 0].tolist() == [0.5, 1.5]
    assert noted(table.notes, "what stands in parentheses behind was left out, as in '0.5 (2)'")


YEARS = [
    "country,2019,2020,2021,grew",
    *(
        f"Land{chr(97 + k)},{30 + 1.5 * k},{3 * k % 7 + 20.5},{k % 5 + 9.25},{'yes' if k % 2 else 'no'}"
        for k in range(20)
    ),
]


def test_a_name_that_is_asked_for_makes_the_first_line_names() -> None:
    table = read_table("\n".join(YEARS), target="grew")
    assert (table.feature_names, table.rows) == (("2019", "2020", "2021"), 20)
    assert noted(table.notes, "The first line was read as names, since it has one that is asked for")
    left = read_table("\n".join(YEARS), target="grew", leave_out="2020")
    assert left.feature_names == ("2019", "2021")
    with pytest.raises(TableError, match="no column 'shrank'"):
        read_table("\n".join(YEARS), target="shrank")
    with pytest.raises(TableError, match="no column 'grew'"):
        read_table("\n".join(YEARS), target="grew", header=False)


def test_some_lines_in_quotes_as_a_whole_are_rows_like_the_others() -> None:
    plain = [f'{k}.5,"x, {k % 3}",bio{k % 2}' for k in range(30)]
    mixed = ['"' + line.replace('"', '""') + '"' if k % 3 == 0 else line for k, line in enumerate(plain)]
    table = read_table("\n".join(["a,b,kind", *mixed]))
    assert table.rows == 30
    np.testing.assert_array_equal(table.X, read_table("\n".join(["a,b,kind", *plain])).X)
    assert noted(table.notes, "10 lines (2, 5, 8 and 7 more) stood in quotes as a whole")


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_line_with_another_delimiter_is_refused_by_its_number(sign: str, name: str) -> None:
    lines = [f"{k}.5,x{k % 3},bio{k % 2}" for k in range(30)]
    lines[27:] = [line.replace(",", sign) for line in lines[27:]]
    with pytest.raises(TableError, match=f"Line 29 has {name} where the others have commas"):
        read_table("\n".join(["a,b,kind", *lines]))


@pytest.mark.parametrize("form", ["[{}.0, {}, 'bio'],", "({}.0, {}, 'bio'),", "[{}.5, {}]"])
def test_lists_of_a_program_are_no_table(form: str) -> None:
    with pytest.raises(TableError, match=r"a program's lists\. In code, pass the list of rows"):
        read_table("\n".join(form.format(k, k % 5) for k in range(20)))
