"""Labs of one notebook: each keeps its own rows under its own name, until it ends."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fake_time
import regviz as rv
from fake_page import SMALL, Page, on_a_page
from fake_shell import Shell
from fake_shell import shell as shell
from regviz.data.custom import custom_data
from regviz.data.drawn import to_record
from regviz.lab import Lab
from regviz.lab.compare.session import Session
from regviz.lab.compare.sketch import NAME, Sketch
from regviz.lab.export.experiment import read


def table(shift: float) -> dict[str, Any]:
    """Forty rows of two inputs and two classes."""
    rng = np.random.default_rng(0)
    x = rng.normal(shift, 1, 40).round(2)
    return {"a": x, "b": rng.normal(size=40).round(2), "kind": np.where(x > shift, "high", "low")}


def lowest(lab: Lab) -> float:
    """The lowest value of the first input that a lab trains on."""
    split = lab.session.snapshot().models[0].split
    return float((split.X_train * split.scale + split.mean)[:, 0].min())


@pytest.fixture
def labs() -> Iterator[Any]:
    """What makes labs, and closes them at the end."""
    made: list[Lab] = []

    def make(*given: Any, **options: Any) -> Lab:
        made.append(Lab(*given, **{"panels": ["fit"], "play": False, **options}))
        return made[-1]

    yield make
    for lab in made:
        lab.close()


def test_each_of_two_labs_trains_on_its_own_rows_and_saves_them(labs: Any, tmp_path: Path) -> None:
    one, two = labs(data=table(0), target="kind"), labs(data=table(100), target="kind")
    for lab in (one, two):
        lab.turn({"seed": 5})
    assert lowest(one) < 10
    assert lowest(two) > 90
    one.save(tmp_path / "one.json")
    one.save(tmp_path / "one.py")
    two.save(tmp_path / "two.py")
    assert [lab.session.base.data for lab in (one, two)] == ["custom", "custom_2"]
    for name, most in (("custom", 10), ("custom_2", 200)):
        first = [float(line.split(",")[0]) for line in (tmp_path / f"{name}.csv").read_text().splitlines()[1:]]
        assert most - 200 < min(first) < most
        assert len(first) == 40
    rv.remove_data("custom")
    experiment = read((tmp_path / "one.json").read_text(encoding="utf-8"))
    assert rv.load(experiment.config).mean[0] < 10


def test_files_of_one_name_in_two_folders_are_two_tables(labs: Any, tmp_path: Path) -> None:
    paths = [tmp_path / folder / "train.csv" for folder in ("aa", "bb")]
    for shift, path in zip((0, 100), paths, strict=True):
        path.parent.mkdir()
        rows = zip(*table(shift).values(), strict=True)
        path.write_text("a,b,kind\n" + "".join(f"{a},{b},{kind}\n" for a, b, kind in rows), encoding="utf-8")
    one, two, again = [labs(data=path) for path in (*paths, paths[0])]
    for lab in (one, two, again):
        lab.session.reset()
    assert [lab.session.base.data for lab in (one, two, again)] == ["train", "train_2", "train"]
    assert lowest(one) == lowest(again) < 10 < 90 < lowest(two)
    assert [rv.DATASETS[name].title for name in ("train", "train_2")] == ["train", "train (2)"]


def test_a_lab_comes_back_to_its_table_after_other_data(labs: Any) -> None:
    one = labs(data=table(0), target="kind")
    one.turn({"data": "digits"})
    labs(data=table(100), target="kind")
    one.turn({"data": "custom"})
    assert lowest(one) < 10


def test_data_that_code_has_added_are_not_replaced_by_a_lab_s(labs: Any) -> None:
    rv.add_table("custom", rv.read_table(table(0), target="kind"))
    lab = labs(data=table(100), target="kind")
    assert lab.session.base.data == "custom_2"
    assert rv.load(rv.Config(data="custom", n_train=20)).mean[0] < 10


def test_what_is_drawn_in_one_lab_does_not_change_the_points_of_another() -> None:
    moons, circles = Session(SMALL), Session(SMALL.replace(data="circles"))
    on_moons, on_circles = Sketch(moons), Sketch(circles)
    on_moons.add(2**20, 0.3, -1.2, 1)
    before = moons.snapshot().models[0].split.X_train
    on_circles.add(2**20, 0.1, 0.1, 0)
    on_circles.add(2**21, 0.2, 0.1, 0)
    assert [session.base.data for session in (moons, circles)] == [NAME, f"{NAME}_2"]
    moons.reset()
    assert np.array_equal(moons.snapshot().models[0].split.X_train, before)
    assert on_moons.drawing.source == "moons"
    assert on_circles.drawing.source == "circles"


def test_who_trains_on_points_that_another_lab_has_drawn_keeps_them_as_they_are() -> None:
    first = Session(SMALL)
    sketch = Sketch(first)
    sketch.add(2**20, 0.3, -1.2, 1)
    other = Session(first.base)
    sketch.add(2**21, 0.3, -1.1, 1)
    other.reset()
    assert other.base.data == NAME
    assert len(other.snapshot().models[0].split.X_train) == 51
    assert len(first.snapshot().models[0].split.X_train) == 52
    mine = Sketch(other)
    mine.add(2**22, 0.3, -1.0, 1)
    assert len({first.base.data, other.base.data}) == 2
    assert len(sketch.drawing) == len(mine.drawing) == 52


def test_drawing_on_keeps_one_name() -> None:
    session = Session(SMALL)
    sketch = Sketch(session)
    for point in range(5):
        sketch.add(2**20 + point, 0.3, point / 10, 1)
    assert session.base.data == NAME
    assert [name for name in rv.DATASETS if name.startswith(NAME)] == [NAME]


def test_points_of_another_lab_are_no_step_to_take_back() -> None:
    moons, circles = Session(SMALL), Session(SMALL.replace(data="circles"))
    Sketch(moons).add(2**20, 0.3, -1.2, 1)
    sketch = Sketch(circles)
    sketch.add(2**20, 0.1, 0.1, 0)
    assert sketch.undo()
    assert sketch.drawing.source == "circles"
    assert not sketch.can_undo


@pytest.mark.parametrize("name", [NAME, f"{NAME}_2"])
def test_a_tab_brings_drawn_points_back_under_the_name_that_its_link_has(name: str) -> None:
    sketch = Sketch(Session(SMALL))
    sketch.add(2**20, 0.3, -1.2, 1)
    record = json.dumps(to_record(sketch.drawing))
    rv.remove_data(NAME)

    async def scene(page: Page) -> None:
        page.arrive(search=f"?data={name}&n_train=51", kept=record)
        await page.until(lambda: bool(page.frames))
        assert page.lab.session.base.data == name
        assert len(page.lab.drawn or ()) == 51
        Sketch(page.lab.session).erase(0)
        assert page.lab.session.base.n_train == 50

    on_a_page(scene)


async def shown(labs: Any) -> tuple[Any, Page]:
    """A lab of a table, and the page that has its output."""
    lab = labs(data=table(0), target="kind")
    page = Page(lab)
    page.arrive(view="output")
    await page.until(lambda: len(lab.screen.views) == 1)
    return lab, page


def test_a_cell_that_is_run_again_keeps_the_name_of_its_table(shell: Shell, labs: Any) -> None:
    async def scene() -> None:
        shell.run("a")
        first, _page = await shown(labs)
        shell.run("a")
        second = labs(data=table(100), target="kind")
        assert second.session.base.data == "custom"
        assert lowest(second) > 90
        for lab in (first, second):
            lab.close()

    fake_time.run(scene())


@pytest.mark.parametrize("where", ["in another cell", "beside"])
def test_a_lab_that_goes_on_elsewhere_keeps_its_rows(shell: Shell, labs: Any, where: str) -> None:
    async def scene() -> None:
        shell.run("a")
        first, page = await shown(labs)
        if where == "beside":
            page.arrive(view="beside")
            await page.until(lambda: len(first.screen.views) == 2)
        else:
            shell.run("b")
            first._ipython_display_()
        shell.run("a")
        second = labs(data=table(100), target="kind")
        assert second.session.base.data == "custom_2"
        first.session.reset()
        assert lowest(first) < 10
        for lab in (first, second):
            lab.close()

    fake_time.run(scene())


def test_a_table_goes_with_the_lab_that_brought_it() -> None:
    async def scene() -> None:
        lab = Lab(SMALL, data=table(0), target="kind", panels=["fit"], play=False)
        lab.close()
        assert custom_data("custom") is not None  # a name still keeps the lab
        lab = Lab(SMALL, data=table(100), target="kind", panels=["fit"], play=False)
        assert lab.session.base.data == "custom"
        lab.close()
        del lab
        await asyncio.sleep(0.5)
        gc.collect()

    rv.add_table("mine", rv.read_table(table(3), target="kind"))
    fake_time.run(scene())
    assert custom_data("custom") is None
    assert custom_data("mine") is not None  # code has added it
