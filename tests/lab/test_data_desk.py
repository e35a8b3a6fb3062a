"""The desk for tables: what it shows and says, and that nothing trains before a person has seen it."""

from __future__ import annotations

import ast
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

import regviz as rv
from engine.tables.test_whole_files import FILES as WHOLE
from fake_desk import Page
from regviz.lab import Lab
from regviz.lab.controls.by_click import BY_CLICK, spoken
from regviz.lab.controls.data_desk import DataDesk
from regviz.lab.controls.kept_table import NOTHING, Kept
from regviz.lab.controls.reading import READING
from regviz.tables import notes

FILES = Path(__file__).parents[1] / "engine" / "tables" / "files"
TABLE = "size,colour,age,kind\n" + "".join(
    f"{k % 7},{'red' if k % 3 else 'blue'},{k % 5},{'ab'[k % 2]}\n" for k in range(40)
)


@pytest.fixture
def page() -> Page:
    return Page()


def test_a_table_is_looked_at_before_it_is_used(page: Page) -> None:
    assert (page.view["state"], page.view["table"]) == ("empty", None)
    page.use()
    page.bring(TABLE)
    table = page.view["table"]
    assert page.view["state"] == "table"
    assert page.roles == {"size": "input", "colour": "input", "age": "input", "kind": "target"}
    assert [column["kind"] for column in table["columns"]] == ["number", "category", "number", "category"]
    assert table["rows"][1] == ["1", "red", "1", "b"]
    assert len(table["rows"]) == 8
    assert table["size"] == "40 rows, 4 inputs, 2 classes"
    assert "'colour' became 2 0/1 columns: colour=blue and colour=red." in table["notes"]
    assert not page.added
    page.use()
    assert page.added == ["My_table"]
    assert page.view["said"] == "The lab trains on My table now: 40 rows, 4 inputs, 2 classes."
    assert rv.DATASETS["My_table"].title == "My table"
    page.say("again")
    assert page.view["state"] == "table"


def test_a_table_that_changed_since_it_was_seen_is_not_used(page: Page) -> None:
    page.bring(TABLE)
    seen = page.view["turn"]
    page.role("age", "out")
    page.say("use", turn=seen)
    assert not page.added
    page.use()
    assert page.added == ["My_table"]
    assert rv.DATASETS["My_table"].n_features == 3


def test_every_row_and_column_of_the_passengers_is_used(page: Page) -> None:
    page.bring((FILES / "passengers.csv").read_bytes(), "passengers.csv")
    table = page.view["table"]
    assert table["size"] == "200 rows, 9 inputs, 2 classes"
    assert page.roles == {
        "survived": "target",
        **dict.fromkeys(("class", "sex", "age", "fare", "port", "alone"), "input"),
    }
    age = next(column for column in table["columns"] if column["name"] == "age")
    assert (age["gaps"], age["range"], len(age["bars"]), max(age["bars"])) == (40, "19 … 67", 12, 1)
    assert table["gaps"] == "fill"
    page.say("gaps", value="flag")
    assert page.view["table"]["size"] == "200 rows, 10 inputs, 2 classes"
    page.say("gaps", value="drop")
    assert page.view["table"]["size"] == "160 rows, 9 inputs, 2 classes"
    page.use()
    assert len(rv.DATASETS["passengers"]) > 0
    assert rv.load(rv.Config(data="passengers", n_train=50)).n_features == 9


def test_roles_change_by_a_click_and_back(page: Page) -> None:
    page.bring((FILES / "trailing.csv").read_bytes())
    assert page.roles == {"id": "out", "verdict": "target", "radius": "input", "texture": "input", "unnamed": "out"}
    page.role("id", "input")
    page.role("texture", "out")
    assert page.roles == {"id": "input", "verdict": "target", "radius": "input", "texture": "out", "unnamed": "out"}
    page.role("texture", "target")
    assert page.roles["verdict"] == "input"
    assert page.roles["texture"] == "target"
    page.role("verdict", "target")
    page.role("id", "out")
    page.role("texture", "input")
    assert page.roles == {"id": "out", "verdict": "target", "radius": "input", "texture": "input", "unnamed": "out"}


def test_what_is_impossible_is_said_undone_and_can_be_repaired(page: Page) -> None:
    page.bring("a,b,kind\n" + "".join(f"{k % 5},{k % 3},same\n" for k in range(30)))
    assert page.refusal == "'b' is the target" or "30 rows" in page.view["table"]["size"]
    page.bring("a,b,y\n" + "".join(f"{k},{k % 3},\n" for k in range(30)))
    page.role("y", "target")
    assert page.refusal == "The target 'y' is empty; take another column."
    assert page.roles["y"] == "out"
    page.role("b", "out")
    assert page.refusal == "'b' is the target. Make another column the target first."
    page.role("a", "target")
    assert page.refusal == ""
    assert page.roles["a"] == "target"
    page.role("b", "out")
    assert page.refusal.startswith("There is no column left for the inputs. Take one back by its role")
    page.use()
    assert not page.added
    page.role("b", "input")
    page.use()
    assert page.added == ["My_table"]


def test_classes_or_numbers_are_predicted_where_both_are_possible(page: Page) -> None:
    page.bring("a,b,grade\n" + "".join(f"{k % 5},{k % 3},{1 + k % 4}\n" for k in range(40)))
    assert (page.view["table"]["task"], page.view["table"]["tasks"]) == (
        "classification",
        ["classification", "regression"],
    )
    page.say("task", value="regression")
    assert page.view["table"]["size"] == "40 rows, 2 inputs, a number to predict"
    page.bring(TABLE)
    assert page.view["table"]["tasks"] == ["classification"]
    page.role("age", "target")
    page.say("task", value="classification")
    assert page.view["table"]["size"].endswith("5 classes")
    page.role("kind", "target")  # a task that was chosen for one target is not asked of another
    assert page.refusal == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x00\x01", "no text"),
        (bytes(range(256)) * 4, "no text"),
        (b"", "The file is empty"),
        (b"a,b\n1,2\n1,2,3\n1,2\n", "Line 3 has 3 cells, the others have 2"),
        (b"a,b\n1,2\n1,2,3\n1,2\n", "“Lines that do not fit” skips such lines."),
        (b"%PDF-1.4", "The file is a PDF. Save the table as CSV"),
        (b"a\n1\n2\n", "single column"),
    ],
)
def test_a_file_that_is_no_table_leaves_nothing_to_train_on(content: bytes, said: str, page: Page) -> None:
    page.bring(TABLE)
    page.bring(content)
    assert said in page.refusal
    assert (page.view["state"], page.view["table"]) == ("refused", None)
    page.use()
    assert not page.added


def test_lines_that_do_not_fit_are_skipped_on_request(page: Page) -> None:
    page.bring(TABLE + "1,2\n" + "1,red,2,a\n")
    assert page.refusal.startswith("Line 42 has 2 cells, the others have 4.")
    page.say("how", option="bad_lines", value="skipped")
    assert page.refusal == ""
    assert page.view["table"]["size"].startswith("41 rows")
    assert "Line 42 has 2 cells, the others have 4; it was skipped." in page.view["table"]["notes"]


def test_a_quote_that_is_never_closed_is_read_as_a_plain_sign_on_request(page: Page) -> None:
    page.bring((FILES / "quote_among_texts.csv").read_bytes())
    assert page.refusal.endswith("in line 22 is never closed. Close it, take it away, or read quotes as plain signs.")
    page.say("how", option="quote", value="plain signs")
    assert page.refusal == ""
    assert page.view["table"]["rows"]


def test_a_table_is_read_otherwise_and_what_was_chosen_stays_where_it_fits(page: Page) -> None:
    page.bring((FILES / "thousands_alone.csv").read_bytes())
    income = page.view["table"]["columns"][0]
    assert income["name"] == "income"
    assert float(income["range"].split()[0]) >= 900
    assert "With “Decimal sign” . it is 1.25." in " ".join(page.view["table"]["notes"])
    page.role("age", "out")
    page.say("how", option="decimal", value=".")
    assert float(page.view["table"]["columns"][0]["range"].split()[0]) < 10
    assert page.roles["age"] == "out"
    page.say("how", option="header", value="a row")
    assert page.roles == {"x1": "input", "x2": "input", "y": "target"}
    page.say("how", option="header", value="told by itself")
    page.say("column", column="income", **{"as": "category"})
    assert page.view["table"]["columns"][0]["kind"] == "category"
    page.bring(TABLE)
    page.say("how", option="missing", value="a, -999")
    assert page.view["table"]["columns"][-1]["gaps"] == 20
    assert {one["option"]: one["value"] for one in page.view["how"]}["missing"] == "a, -999"


def test_a_code_for_missing_is_read_as_a_gap_in_its_own_column_by_the_words_that_are_said(page: Page) -> None:
    page.bring(
        "age,size,y\n" + "".join(f"{99 if k % 9 == 4 else k % 7},{k % 30 + 80},{'ab'[k % 2]}\n" for k in range(60))
    )
    notes = " ".join(page.view["table"]["notes"])
    assert "'age' has 99 in 7 rows, far from the others (0 to 6). If that stands for a missing value, write" in notes
    assert "write “age: 99” into “Missing too”" in notes
    page.say("how", option="missing", value="age: 99")
    assert [column["gaps"] for column in page.view["table"]["columns"]] == [7, 0, 0]
    page.say("how", option="missing", value="age: 99, 80")
    assert [column["gaps"] for column in page.view["table"]["columns"]] == [7, 2, 0]


def test_a_sheet_is_chosen_by_its_name_or_number(page: Page) -> None:
    book = openpyxl.Workbook()
    for sheet, count in ((book.active, 15), (book.create_sheet("other"), 20)):
        for row in [["a", "b", "kind"], *([k % 4, k % 3, "xy"[k % 2]] for k in range(count))]:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    page.bring(file.getvalue(), "book.xlsx")
    assert page.view["table"]["size"].startswith("15 rows")
    for value, rows in (("other", 20), ("1", 15), ("2", 20), ("", 15)):
        page.say("how", option="sheet", value=value)
        assert page.view["table"]["size"].startswith(f"{rows} rows")


def test_another_choice_for_the_same_file_gets_another_name(page: Page) -> None:
    page.bring(TABLE, "t.csv")
    page.use()
    page.bring(TABLE, "t.csv")
    page.use()
    page.role("size", "target")
    page.use()
    assert page.added == ["t", "t", "t_2"]  # networks in training may still ask for the first


def test_a_file_called_like_data_of_regviz_gets_another_name(page: Page) -> None:
    page.bring(TABLE, "wine.csv")
    page.use()
    assert page.added == ["wine_2"]


def test_a_large_table_is_sampled_and_that_is_said(page: Page) -> None:
    page.bring("a,b\n" + "".join(f"{k % 11},{k % 2}\n" for k in range(21_000)), part=100_000)
    assert page.view["table"]["size"] == "20,000 rows, 1 input, 2 classes"
    assert (
        "20,000 of its 21,000 rows were drawn at random. At most 20,000 rows train live." in page.view["table"]["notes"]
    )


def test_a_file_that_is_too_large_is_not_sent_and_that_is_said(page: Page) -> None:
    page.bring(TABLE)
    page.say("too large", name="huge.csv", size=312_000_000)
    assert page.refusal == "huge.csv has 312 MB; up to 50 MB are read. Try a sample."
    assert page.view["table"] is None


def test_a_wide_table_is_shown_in_part(page: Page) -> None:
    names = [f"c{k}" for k in range(230)]
    rows = "".join(",".join(str((3 * k + j) % 7) for j in range(230)) + "\n" for k in range(30))
    page.bring(",".join(names) + "\n" + rows)
    table = page.view["table"]
    assert (len(table["columns"]), len(table["rows"][0])) == (200, 200)
    assert "The first 200 of 230 columns are shown." in table["notes"]
    assert "229 inputs; up to 200 inputs are possible" in page.refusal


def test_only_the_newest_table_is_shown_and_reading_holds_nothing_up() -> None:
    waiting: list[Callable[[], None]] = []
    page = Page(waiting.append)
    waiting.clear()  # what made the libraries ready
    page.bring(b"x" * 3_000_000, "first.csv", 1_000_000)
    assert page.view["state"] == "reading"
    assert "3 MB, which takes a while; the networks train on." in page.view["said"]
    page.bring(b"x" * 12_000_000, "large.csv", 1_000_000)
    assert "12 MB, which takes a while; the networks train on, though the pictures may stand" in page.view["said"]
    page.bring(TABLE, "second.csv")
    for act in reversed(waiting):  # the first one comes last
        act()
    assert (page.view["name"], page.view["state"]) == ("second.csv", "table")


def test_dates_and_times_are_shown_as_such(page: Page) -> None:
    page.bring("day,hour,y\n" + "".join(f"2024-03-{1 + k % 28:02},{k % 24:02}:30,{k % 2}\n" for k in range(48)))
    assert [column["range"] for column in page.view["table"]["columns"]] == [
        "2024-03-01 … 2024-03-28",
        "00:30 … 23:30",
        "0 … 1",
    ]


def test_what_a_file_says_of_its_columns_is_shown_and_can_be_changed(page: Page) -> None:
    page.bring(
        "name\tage\tsize\tkind\nstring\tc\tc\td\nmeta\tclass\t\tignore\n"
        + "".join(f"n{k}\t{k % 4}\t{k % 7}.5\t{'uv'[k % 2]}\n" for k in range(40))
    )
    shown = page.view["table"]
    assert (shown["target"], shown["task"]) == ("age", "regression")
    assert [column["role"] for column in shown["columns"]] == ["out", "target", "input", "out"]
    skipped = "Lines 2 and 3, such as 'string c c d', were skipped: they are no rows, but tell of the columns"
    assert f"{skipped}, as Orange writes them." in shown["notes"]
    page.role("kind", "target")
    assert page.refusal == ""
    assert (page.view["table"]["target"], page.view["table"]["task"]) == ("kind", "classification")


@pytest.mark.slow
def test_no_sentence_at_the_desk_speaks_to_a_program() -> None:
    """No option of `read_table` is left in what is said of the files of the reader's own tests."""
    page = Page()
    code = ("keep=", "leave_out=", "target=", "task=", "header=", "decimal=", "bad_lines=", "kinds=", "missing=")
    code += ("spellings=", "day_first=", "encoding=", "sheet=", "gaps=", "sample=", "whole=")
    files = {path.name: path.read_bytes() for path in sorted(FILES.iterdir())}
    files |= {name: right.text.encode() for name, right in WHOLE.items()}
    for name, content in files.items():
        page.bring(content, name)
        said = [page.refusal, *(page.view["table"] or {}).get("notes", ())]
        for sentence in said:
            assert not [option for option in code if option in sentence], (name, sentence)
            assert sentence == "" or sentence.endswith((".", "…"))


def test_the_desk_has_words_for_every_way_that_a_note_may_tell() -> None:
    tree = ast.parse(Path(notes.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Way"]
    names = {node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)}
    assert names | {"category", "number", "date"} == set(BY_CLICK)
    assert spoken("Nothing to say.") == "Nothing to say."


def test_every_way_of_reading_is_one_that_read_table_has(page: Page) -> None:
    page.bring(TABLE)
    for option, (_, choices) in READING.items():
        for text in choices:
            page.say("how", option=option, value=text)
            assert page.refusal == "" or option == "encoding"
        page.say("how", option=option, value=next(iter(choices), ""))
    assert page.view["table"]["size"].startswith("40 rows")
    page.say("how", option="colour", value="red")
    assert page.view["table"]["size"].startswith("40 rows")


def test_a_file_dropped_on_the_page_opens_the_desk_and_the_lab_trains_on_it() -> None:
    lab = Lab(play=False)
    bench = lab.workbench
    assert bench.doorstep in lab.children
    bench.doorstep._heard("passengers.csv", (FILES / "passengers.csv").read_bytes())
    for act in list(lab.player.calls):
        act()
    assert bench.drawers.open == "Your data"
    desk = bench.drawers.box.children[0]
    assert isinstance(desk, DataDesk)
    desk._apart = lambda act: act()
    desk._call = lambda act: act()
    desk._take("passengers.csv", (FILES / "passengers.csv").read_bytes())
    desk.hear({"kind": "use", "turn": desk.view["turn"]})
    assert lab.session.base.data == "passengers"
    assert lab.session.snapshot().models[0].split.n_features == 9


@pytest.mark.parametrize("already", [False, True], ids=["the desk is shut", "the desk is open"])
def test_a_file_dropped_on_a_projector_leaves_it_for_the_desk(already: bool) -> None:
    lab = Lab(play=False)
    lab.workbench.drawers.buttons["Your data"].value = already
    lab._press("projector", None)
    assert lab.head.projector.value
    lab.workbench.doorstep._heard("My table.csv", TABLE.encode())
    take_all_calls(lab)
    assert not lab.head.projector.value
    assert not lab.player.projector
    assert lab.workbench.drawers.open == "Your data"


def test_a_table_that_the_tab_has_kept_comes_back_as_it_was_read(page: Page) -> None:
    page.bring(TABLE)
    page.say("how", option="spellings", value="kept apart")
    page.say("how", option="missing", value="age: 3")
    page.say("column", column="size", **{"as": "category"})
    page.role("colour", "target")
    page.say("gaps", value="flag")
    page.use()
    used, kept = page.view, page.view["kept"]
    lab = Lab(play=False)
    bench = lab.workbench
    bench.doorstep.hear(json.loads(json.dumps({"kind": "kept", **kept})))
    bench.doorstep._heard("My table.csv", TABLE.encode())
    desk = take_all_calls(lab)
    assert desk.view["state"] == "table"
    assert desk.view["table"] == used["table"]
    assert desk.view["how"] == used["how"]
    assert lab.session.base.data == "moons"  # nothing trains before it is asked for
    desk.hear({"kind": "use", "turn": desk.view["turn"]})
    take_all_calls(lab)
    assert lab.session.base.data == used["kept"]["data"]
    bench.doorstep._heard("other.csv", TABLE.encode())
    assert take_all_calls(lab).view["how"][0]["value"] == "told by itself"  # another file is read afresh


@pytest.mark.parametrize("turn", [1, -1])
def test_a_table_that_the_tab_has_kept_is_told_of_whether_it_or_the_link_comes_first(turn: int) -> None:
    lab = Lab(play=False)

    def link() -> None:
        lab._hear({"kind": "ready", "search": "?data=My_table"})
        assert lab.player.notice

    def table() -> None:
        lab.workbench.doorstep.hear({"kind": "kept"})
        lab.workbench.doorstep._heard("My table.csv", TABLE.encode())
        take_all_calls(lab)

    for comes in (link, table)[::turn]:
        comes()
    assert lab.player.notice == "This tab has kept your table My table.csv. Press Train on it to go on with it."


def take_all_calls(lab: Lab) -> DataDesk:
    """Do what waits for the lab's loop, until nothing is left; returns the desk."""
    for _ in range(200):
        for act in list(lab.player.calls):
            lab.player.calls.remove(act)
            act()
        desk = lab.workbench._data_desk
        if desk is not None and desk.view["state"] != "reading" and not lab.player.calls:
            break
        time.sleep(0.02)
    assert desk is not None
    return desk


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"how": 3, "kinds": [], "choices": None},
        {"how": {"decimal": 5, "shoe": "1", "sheet": "9" * 999}, "kinds": {"a": "shoe", "b": 2, 3: "number"}},
        {"choices": {"leave_out": "ab", "keep": [1], "task": "guess", "gaps": 7, "target": None, "more": 1}},
        {"choices": {"leave_out": ["x"] * 10_001, "keep": ["x" * 301], "task": ["x"]}},
        {"kinds": {str(k): "number" for k in range(10_001)}},
    ],
)
def test_what_a_tab_says_that_no_desk_has_said_is_left_out(said: dict[str, Any]) -> None:
    assert Kept.said(said) == NOTHING


def test_a_page_never_waits_for_a_table_for_ever(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(rv, "read_table", broken)
    page.bring(TABLE)
    assert page.view["state"] == "refused"
    assert page.refusal == "My table.csv cannot be read. Save the table as CSV (UTF-8), or try fewer rows."


def test_the_kind_of_every_column_has_a_name_and_so_has_every_kind_that_it_may_become(page: Page) -> None:
    rows = (f"{k},yes,a,2024-01-{k + 1:02},remark {k},,{'uv'[k % 2]}" for k in range(28))
    page.bring("\n".join(["size,sold,class,day,remark,blank,kind", *rows]).replace("3,yes", "3,no"))
    kinds = {column["kind"]: dict(column["kinds"]) for column in page.view["table"]["columns"]}
    others = {"number": "number", "yes/no": "yes/no", "category": "category", "date": "date"}
    assert kinds.pop("empty") == {"empty": "empty"}
    assert kinds == dict.fromkeys(others, others) | {"text": {"text": "text", **others}}


def test_a_histogram_has_a_bar_for_each_category_and_numbers_keep_their_ends(page: Page) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=50) * 1e-9
    page.bring("v,kind\n" + "".join(f"{v!r},{'abcde'[min(4, k // 8)]}\n" for k, v in enumerate(values.tolist())))
    numbers, kinds = page.view["table"]["columns"]
    assert numbers["range"] == f"{values.min():.6g} … {values.max():.6g}".replace("-", "−")
    assert kinds["range"] == "e, a, b and 2 more"
    assert kinds["bars"][0] == 1


def test_what_no_page_of_ours_says_changes_nothing(page: Page) -> None:
    page.bring(TABLE)
    for said in ("role", "column", "task", "gaps", "how", "use", "again"):
        page.say(said)
    page.say("task", value=["x"])
    page.say("gaps", value={"no": "such"})
    page.say("gaps", value="maybe")
    page.say("column", column="size", **{"as": "shoe"})
    page.say("how", option="decimal", value="?")
    page.say("how", option="sheet", value="9" * 5000)
    assert not page.added
    assert page.view["table"]["size"].startswith("40 rows")
