"""An experiment as a file: it opens as it was, and what is wrong with a file is said by field, value and way out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regviz as rv
from regviz import Config
from regviz.data.custom import custom_data
from regviz.errors import DataError, FileError
from regviz.lab.compare.lanes import Lane
from regviz.lab.compare.presets import START
from regviz.lab.export.experiment import FORMAT, Experiment, data_beside, read, write
from regviz.lab.export.experiment_data import INLINE

FULL = Experiment(
    START.replace(hidden=(16, 8), patience=7, max_norm=3.0, l1=0.0),
    (
        Lane("none", color="#112233"),
        Lane("both", ("l1", "dropout")),
        Lane("λ strong", fixed={"l2": 0.1, "hidden": (4, 4)}),
        Lane("by layer", fixed={"l1": (0.0, 1e-3, 0.01)}),
    ),
    ("weights", "loss"),
    "4×",
    'My [ title ], "quoted", with a \\ in it',
)


def add(name: str = "mine", rows: int = 40, seed: int = 0, **given: Any) -> Config:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 3)) / 3
    rv.add_data(name, X, np.where(X[:, 0] > 0, "yes, really", "no"), feature_names=["a", "b c", "d"], **given)
    return START.replace(data=name, n_train=20)


@pytest.mark.parametrize("experiment", [Experiment(START), FULL])
def test_what_was_written_is_read(experiment: Experiment) -> None:
    found = read(write(experiment))
    assert found == experiment
    assert [lane.config(found.config) for lane in found.lanes] == [
        lane.config(experiment.config) for lane in experiment.lanes
    ]
    assert write(found) == write(experiment)


def test_a_person_can_read_it() -> None:
    text = write(FULL)
    assert '  "version": 3,\n' in text
    assert '    "hidden": [16, 8],\n' in text
    assert '"name": "λ strong"' in text
    assert max(map(len, text.splitlines())) < 100


def test_a_field_that_is_missing_is_as_usual() -> None:
    content = json.loads(write(Experiment(START)))
    content["config"] = {"seed": 9}
    del content["speed"], content["title"]
    found = read(json.dumps(content))
    assert found.config == Config(seed=9)
    assert (found.speed, found.title) == ("1×", "Playground")


def test_small_data_of_one_s_own_travel_with_it() -> None:
    config = add(title="A table")
    before = custom_data("mine")
    assert before is not None
    text = write(Experiment(config))
    rv.remove_data("mine")
    assert read(text).config == config
    after = custom_data("mine")
    assert after is not None
    assert after.same_as(before)


def test_a_regression_of_one_s_own_travels_exactly() -> None:
    rng = np.random.default_rng(1)
    rv.add_data("mine", rng.normal(size=(30, 2)), rng.normal(size=30) / 3)
    before = custom_data("mine")
    assert before is not None
    text = write(Experiment(START.replace(data="mine", n_train=20)))
    rv.remove_data("mine")
    read(text)
    after = custom_data("mine")
    assert after is not None
    assert after.same_as(before)


def test_data_come_under_another_name_where_theirs_is_taken() -> None:
    config = add()
    text = write(Experiment(config))
    rv.remove_data("mine")
    add(seed=1)
    found = read(text)
    assert found.config.data == "mine_2"
    assert found.notes == ("The file's data 'mine' are called 'mine_2' here: other data have that name.",)
    assert read(write(Experiment(START.replace(data="mine", n_train=20)))).notes == ()


PASSENGERS = Path(__file__).parents[1] / "engine" / "tables" / "files" / "passengers.csv"


@pytest.mark.parametrize("gaps", ["fill", "flag", "drop", {"age": "flag", "port": "drop"}])
def test_a_table_travels_with_its_rows_roles_and_kinds_and_is_encoded_anew_from_its_training_part(gaps: Any) -> None:
    table = rv.read_table(PASSENGERS, leave_out=["port"], gaps=gaps)
    rv.add_table("passengers", table, title="Passengers")
    experiment = Experiment(START.replace(data="passengers", n_train=60, noise=0.0, label_noise=0.0))
    text, split = write(experiment), rv.load(experiment.config)
    assert not data_beside(experiment)
    assert '        [1, 1, "male", null, 7.5, "S", "False"],' in text.replace(".0,", ",")
    rv.remove_data("passengers")
    found = read(text)
    assert found == experiment
    again = custom_data("passengers")
    assert again is not None
    assert again.info.title == "Passengers"
    after = again.raw.table
    assert after is not None
    assert (after.roles, after.feature_names, after.class_names) == (
        table.roles,
        table.feature_names,
        table.class_names,
    )
    assert [(c.name, c.kind, c.levels, c.first) for c in after.columns] == [
        (c.name, c.kind, c.levels, c.first) for c in table.columns
    ]
    for one, other in zip(after.columns, table.columns, strict=True):
        np.testing.assert_array_equal(one.values, other.values)
    for name in ("X_train", "X_val", "X_test", "y_train", "y_val", "y_test", "mean", "scale"):
        np.testing.assert_array_equal(getattr(rv.load(found.config), name), getattr(split, name))
    assert write(found) == text


def test_a_table_with_gaps_is_another_than_the_same_table_filled() -> None:
    table = rv.read_table(PASSENGERS, leave_out=["port"])
    rv.add_table("mine", table)
    text = write(Experiment(START.replace(data="mine", n_train=60)))
    rv.remove_data("mine")
    names = [name.replace("=", " ") for name in table.feature_names]
    filled = {**dict(zip(names, table.X.T, strict=True)), "y": table.y}
    rv.add_table("mine", rv.read_table(filled))
    assert read(text).config.data == "mine_2"


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda t: t.update(target="sink"), "target is 'sink', but allowed is the name of a column"),
        (lambda t: t.update(task="cluster"), "task is 'cluster'"),
        (lambda t: t.update(gaps="guess"), "gaps is 'guess', but allowed is 'fill', 'flag' or 'drop'"),
        (lambda t: t.update(gaps=[1]), "gaps is"),
        (lambda t: t.update(rows=[]), "rows is"),
        (lambda t: t["rows"][3].pop(), r"rows\[3\] is .*allowed is 7 cells"),
        (
            lambda t: t["rows"][3].__setitem__(2, "men"),
            r"rows\[3\]\[2\] is 'men', but allowed is a level of its column",
        ),
        (lambda t: t["rows"][3].__setitem__(3, "29"), r"rows\[3\]\[3\] is '29', but allowed is a number"),
        (lambda t: t["rows"][3].__setitem__(3, True), r"rows\[3\]\[3\] is 'True'"),
        (lambda t: t["rows"][3].__setitem__(3, 1e300), r"rows\[3\]\[3\] is '1e\+300'"),
        (lambda t: t["columns"][2].update(kind="code"), r"columns\[2\].kind is 'code', but allowed is one of category"),
        (lambda t: t["columns"][2].update(kind=["code"]), r"columns\[2\].kind is .*, but allowed is one of category"),
        (lambda t: t["columns"][2].update(levels=[]), r"columns\[2\].levels"),
        (lambda t: t["columns"][2].update(name="age"), "columns is .*a name of its own"),
        (lambda t: t["columns"][2].update(name=3), r"columns\[2\].name is '3'"),
        (lambda t: t.update({"left out": ["hat"]}), "no column 'hat'"),
        (lambda t: t.update(inputs=[1]), "inputs is"),
        (lambda t: t.update(rows=t["rows"][:5]), "There are 5 rows; at least 12 are needed"),
    ],
)
def test_what_is_wrong_in_a_table_is_named(act: Callable[[dict[str, Any]], object], said: str) -> None:
    rv.add_table("passengers", rv.read_table(PASSENGERS))
    content = json.loads(write(Experiment(START.replace(data="passengers", n_train=60))))
    rv.remove_data("passengers")
    act(content["data"][0]["table"])
    before = set(rv.DATASETS)
    with pytest.raises(rv.TableError, match=said):
        read(json.dumps(content))
    assert set(rv.DATASETS) == before


def test_an_experiment_of_an_older_version_still_opens() -> None:
    """Version 2 had arrays alone, as data that were added by arrays still have."""
    config = add(title="A table")
    before = custom_data("mine")
    content = json.loads(write(Experiment(config)))
    content["version"] = 2
    rv.remove_data("mine")
    assert read(json.dumps(content)).config == config
    after = custom_data("mine")
    assert before is not None
    assert after is not None
    assert after.same_as(before)


def test_large_data_are_named_and_asked_for() -> None:
    config = add(rows=20_000)
    text = write(Experiment(config, title="Large"))
    assert data_beside(Experiment(config)) == ["mine"]
    assert len(text) < INLINE / 10
    assert read(text).config == config
    rv.remove_data("mine")
    with pytest.raises(FileError, match=r"too large for the file; add them first.*add_data\('mine', X, y\)"):
        read(text)
    add(rows=20_000, seed=1)
    with pytest.raises(FileError, match="too large for the file"):
        read(text)


def edited(act: Callable[[dict[str, Any]], object]) -> str:
    content = json.loads(write(FULL))
    act(content)
    return json.dumps(content)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda c: c.update(format="a recipe"), "format='a recipe' is not possible.*file of something else"),
        (lambda c: c.update(version=6), "version=6 .*newer one wrote the file"),
        (lambda c: c.update(version="1"), "version='1'"),
        (lambda c: c.update(version=True), "version=True"),
        (lambda c: c.update(colour="red"), "field='colour' is not possible: allowed is one of format"),
        (lambda c: c.update(speed="warp"), "speed='warp' is not possible: allowed is one of ¼×"),
        (lambda c: c.update(title=7), "title=7"),
        (lambda c: c.update(title="a\nb"), "title='a"),
        (lambda c: c.update(title="x" * 101), "1 to 100 letters"),
        (lambda c: c.update(panels=["los"]), "panels='los' is not possible.*Try 'loss'"),
        (lambda c: c.update(panels=[]), r"panels=\[\]"),
        (lambda c: c.update(panels="loss"), "panels='loss' is not possible: allowed is a list"),
        (lambda c: c.update(lanes=[]), r"lanes=\[\].*at least one lane and has 8 at most"),
        (lambda c: c.update(lanes=c["lanes"] * 3), r"lanes=\['none'.*has 8 at most"),
        (lambda c: c.update(lanes=None), "lanes=None"),
        (lambda c: c["lanes"].append(3), r"lanes\[4\]=3"),
        (lambda c: c["lanes"][1].update(use=["l1"]), r"lanes\[1\]'s field='use'.*Try 'uses'"),
        (
            lambda c: c["lanes"][1].update(uses=["l3"]),
            r"lanes\[1\].uses='l3' is not possible: allowed is one of l1, l2",
        ),
        (lambda c: c["lanes"][1].update(uses="l1"), r"lanes\[1\].uses='l1' is not possible: allowed is a list"),
        (lambda c: c["lanes"][1].update(name=""), r"lanes\[1\].name=''"),
        (lambda c: c["lanes"][1].update(color="red"), r"lanes\[1\].color='red'.*#rrggbb"),
        (lambda c: c["lanes"][1].update(color="#12345g"), r"lanes\[1\].color"),
        (lambda c: c["lanes"][2].update(fixed=[1]), r"lanes\[2\].fixed=\[1\]"),
        (
            lambda c: c["lanes"][2]["fixed"].update(l2=-1),
            r"lanes\[2\].fixed.l2=-1 is not possible: allowed is a finite",
        ),
        (lambda c: c["lanes"][2]["fixed"].update(l4=1), "field='l4'"),
        (lambda c: c["lanes"][3]["fixed"].update(hidden=[4]), "l1=.*2 Dense layers"),
        (
            lambda c: c["config"].update(dropout=2),
            "dropout=2 is not possible: allowed is a finite number from 0 to 0.95",
        ),
        (lambda c: c["config"].update(l1=[0, 0, 1]), "l1=.*one strength for all layers"),
        (lambda c: c["config"].update(data="cifar"), "data='cifar' is not possible: allowed is one of moons"),
        (lambda c: c["config"].update(data=["moons"]), "data="),
        (lambda c: c["config"].update(hiden=[4]), "field='hiden'.*Try 'hidden'"),
        (lambda c: c["config"].update(n_train=20_000), "n_train"),
        (lambda c: c["config"].update(penalty=[], strength=0.1), r"penalty=\[\] .* the name of a penalty"),
        (lambda c: c["lanes"][2]["fixed"].update(penalty={}, strength=0.1), r"penalty={} .* the name of a penalty"),
        (lambda c: c.update(config=[]), r"config=\[\]"),
        (
            lambda c: c.update(data=[{"name": "a b", "features": ["x"], "rows": [[1]] * 20, "target": [0, 1] * 10}]),
            "name='a b'",
        ),
        (
            lambda c: c.update(data=[{"name": "a", "features": ["x"], "rows": [["t"]] * 20, "target": [0, 1] * 10}]),
            "has text",
        ),
        (lambda c: c.update(data=[{"name": "a", "features": ["x"], "rows": 3, "target": []}]), r"data\[0\].rows=3"),
        (lambda c: c.update(data=[{"name": "a", "code": "import os"}]), r"data\[0\]'s field='code'"),
        (lambda c: c.update(data=["moons"]), r"data\[0\]='moons'"),
    ],
)
def test_what_is_wrong_is_named_with_what_would_work(act: Callable[[dict[str, Any]], object], said: str) -> None:
    before = set(rv.DATASETS)
    with pytest.raises((FileError, DataError), match=said):
        read(edited(act))
    assert set(rv.DATASETS) == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1, 2]",
        "3",
        "null",
        "\x80\x04K\x01.",
        '{"a": NaN}',
        "[" * 100_000,
        f'{{"format": "{FORMAT}"}}',
        "9" * 5000,
    ],
)
def test_what_is_no_experiment_is_refused(text: str) -> None:
    with pytest.raises(FileError):
        read(text)


def test_a_file_without_end_is_not_read() -> None:
    with pytest.raises(FileError, match="5,000,000 are read"):
        read(" " * 5_000_001)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a file with what it belongs to; of long lists the first ones."""
    pairs = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    for place, part in pairs[:60] if isinstance(value, dict) else pairs[:3]:
        yield value, place
        yield from places(part)


@pytest.mark.parametrize("odd", [[], {}, [[]], None, True, "", 1e999, -1, "none"], ids=repr)
@pytest.mark.parametrize("kind", ["lanes", "rows", "table"])
def test_whatever_one_value_of_a_file_is_it_is_read_or_refused_in_a_sentence(kind: str, odd: Any) -> None:
    config = START if kind == "lanes" else add("rows")
    if kind == "table":
        rv.add_table(
            "table", rv.read_table({"x": list(range(20)), "w": ["a", "b"] * 10, "y": ["p", "q", "q", "p"] * 5})
        )
        config = START.replace(data="table", n_train=rv.DATASETS["table"].default_n_train)
    content = json.loads(write(Experiment(config, FULL.lanes)))
    content["config"] |= {"penalty": "l2", "strength": 0.1}
    before = set(rv.DATASETS)
    for part, place in list(places(content)):
        kept, part[place] = part[place], odd
        text = json.dumps(content)
        part[place] = kept
        with suppress(ValueError):
            read(text)
        for name in set(rv.DATASETS) - before:
            rv.remove_data(name)
