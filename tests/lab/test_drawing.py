"""Drawing in the lab: what a page says is done to the points at once, and pictures, links and files know them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regviz as rv
from fake_page import SMALL, Page, on_a_page
from regviz.lab import Lab, Lesson
from regviz.lab.canvas.stage import Stage
from regviz.lab.compare.session import Session
from regviz.lab.compare.sketch import NAME, Sketch
from regviz.lab.export.experiment import VERSION, Experiment, read, write
from regviz.lab.export.share import read_link
from regviz.lab.export.tables import reading, write_csv
from regviz.lab.lessons.evidence import zeros_of
from regviz.lab.look.theme import look
from regviz.lab.page.facts import Facts
from regviz.lab.page.messages import fault
from regviz.lab.panels import made
from regviz.probes import without
from regviz.training.turns import POINTS


@pytest.fixture
def sketch() -> Sketch:
    """Two moons, in training for two epochs."""
    session = Session(SMALL)
    session.trainer.advance(epochs=2)
    return Sketch(session)


class Pen:
    """The messages of a page that draws."""

    def __init__(self, page: Page) -> None:
        self.page, self.stroke = page, 0

    def say(self, act: str, **more: Any) -> None:
        self.stroke += 1
        self.page.say("draw", act=act, stroke=self.stroke, **more)

    async def until_heard(self) -> None:
        """Until a frame has shown all that was said."""
        await self.page.until(lambda: (self.page.told("heard") or {}).get("", 0) >= self.stroke)


def test_the_first_stroke_copies_the_data_and_no_weight_is_lost(sketch: Sketch) -> None:
    session = sketch._session
    trainer, before = session.trainer, session.trainer.snapshot()
    assert not sketch.begun
    sketch.add(2**20, 0.3, -1.2, 1)
    assert session.trainer is trainer
    after = session.trainer.snapshot()
    for old, new in zip(before.models, after.models, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(old.weights, new.weights, strict=True))
        assert new.turns == ((2, POINTS, 50, 51),)
    assert (session.base.data, session.base.n_train) == (NAME, 51)
    assert (session.base.noise, session.base.label_noise) == (0.0, 0.0)
    assert rv.DATASETS[NAME].title == "drawn on two moons"


def test_the_point_that_is_traced_stays_the_same_one_while_others_come_and_go(sketch: Sketch) -> None:
    session = sketch._session
    sketch.add(2**20, 0.3, -1.2, 1)

    def traced() -> Any:
        split, at = session.snapshot().models[0].split, session.scene().traced
        return None if at is None else (split.X_train[at] * split.scale + split.mean).tolist()

    ids = [int(k) for k in sketch.drawing.ids]
    session.trace(7)
    seven = traced()
    for change in (
        lambda: sketch.erase(ids[2]),
        lambda: sketch.add(2**21, 0.0, 0.0, 0),
        sketch.undo,
        lambda: sketch.flip(ids[30]),
    ):
        change()
        assert traced() == pytest.approx(seven)
    at = session.scene().traced
    sketch.move(ids[7], 0.25, 0.5, goes_on=False)
    assert session.scene().traced == at  # it has moved itself
    assert traced() == pytest.approx([0.25, 0.5])
    sketch.erase(ids[7])
    assert session.scene().traced is None


def test_what_is_said_of_points_is_measured_on_them_at_once(sketch: Sketch) -> None:
    session = sketch._session
    sketch.add(2**20, 0.3, -1.2, 1)
    model = session.snapshot().models[0]
    split, last = model.split, model.history["val_loss"][-1]
    sketch.add(2**21, 0.4, -0.3, 1)
    sketch.flip(int(sketch.drawing.ids[0]))
    model = session.snapshot().models[0]
    assert model.split is not split
    assert model.history["val_loss"][-1] == last
    for part, X, y in (
        ("train", model.split.X_train, model.split.y_train),
        ("val", model.split.X_val, model.split.y_val),
    ):
        found = without(model, X, y, {})
        assert model.now(f"{part}_loss") == pytest.approx(found.loss, rel=1e-5)
        assert model.now(f"{part}_score") == pytest.approx(found.score)
    session.epoch()
    model = session.snapshot().models[0]
    assert model.now("val_loss") == model.history["val_loss"][-1]


def test_every_step_is_taken_back_and_taken_again_and_a_drag_is_one(sketch: Sketch) -> None:
    states = [sketch.drawing]
    sketch.add(2**20, 0.3, -1.2, 1)
    states.append(sketch.drawing)
    for step in range(5):
        sketch.move(2**20, 0.1 * step, 0, goes_on=step > 0)
    states.append(sketch.drawing)
    sketch.flip(0)
    states.append(sketch.drawing)
    sketch.erase(1)
    states.append(sketch.drawing)
    sketch.empty()
    states.append(sketch.drawing)
    assert not sketch.drawing.ready
    for state in reversed(states[:-1]):
        sketch.undo()
        assert sketch.drawing.same_as(state)
    assert not sketch.can_undo
    sketch.undo()
    for state in states[1:]:
        sketch.redo()
        assert sketch.drawing.same_as(state)
    assert not sketch.can_redo


def test_an_empty_plane_waits_for_its_first_points_and_then_begins_anew(sketch: Sketch) -> None:
    session = sketch._session
    session.play()
    before = session.trainer
    sketch.empty()
    assert not session.playing
    for act in (session.play, session.step, session.epoch):
        with pytest.raises(rv.DataError, match="at least 2 for training, 1 for validation and 1 for test are needed"):
            act()
    for point in range(4):
        assert session.trainer is before
        sketch.add(2**20 + point, point / 10, 0, 0)
    assert session.trainer is not before
    assert session.trainer.epochs == [0] * len(session.lanes)
    assert session.playing
    assert session.waiting is None


def test_neither_a_sweep_nor_many_seeds_train_the_data_that_an_empty_plane_has_replaced() -> None:
    lab = Lab(SMALL, play=False)
    Sketch(lab.session).empty()
    trained = lab.session.trained
    for press in (lambda: lab.workbench._run_sweep("l1"), lab.seeds.press):
        assert not lab.requests.do(press)
        assert lab.player.notice == (
            "The points drawn (0 for training, 0 for validation and 0 for test) are too few; at least 2 for training, "
            "1 for validation and 1 for test are needed: nothing trains until then. Try drawing more of them."
        )
    assert (lab.session.sweep, lab.session.chance, lab.session.trained) == (None, None, trained)
    assert lab.session.next_due == float("inf")


@pytest.mark.parametrize("steps", [0, 3])
def test_below_an_empty_plane_stands_what_the_lanes_wait_for_and_not_what_they_showed_before(steps: int) -> None:
    session, facts = Session(SMALL), Facts()
    session.trainer.advance(epochs=steps)

    def said() -> str:
        facts.forget()
        return str(facts.changed(session, session.snapshot(), look("light"), urgent=True)["sentence"])

    before, sketch = said(), Sketch(session)
    sketch.empty()
    waits = "No lane trains until there are enough points: 2 for training, 1 for validation and 1 for test. Draw on."
    assert said() == waits
    sketch.undo()
    assert said() == before
    sketch.redo()
    session.reset()
    assert said() == waits


def test_other_lanes_wait_for_drawn_points_and_a_comparison_on_its_own_data_waits_for_none(sketch: Sketch) -> None:
    session, lanes = sketch._session, sketch._session.lanes
    sketch.empty()
    session.set_lanes(lanes[:2])
    assert session.waiting is not None
    session.compare(session.base, lanes)
    assert session.waiting is None
    session.play()
    assert session.playing


def test_points_that_are_erased_and_brought_back_do_not_restart_the_networks(sketch: Sketch) -> None:
    session = sketch._session
    for point in range(4):
        sketch.add(2**20 + point, point / 10, 0, 0)
    trainer = session.trainer
    sketch.empty()
    sketch.undo()
    assert session.trainer is trainer
    assert session.trainer.epochs == [2] * len(session.lanes)
    session.change(data="circles")
    assert session.base.data == "circles"
    sketch.flip(0)
    sketch.undo()
    sketch.undo()  # what was drawn before other data were chosen is not lost
    assert len(sketch.drawing) == 54


def test_a_class_more_needs_other_networks_and_lanes_that_cannot_leave_all_as_it_was(sketch: Sketch) -> None:
    session = sketch._session
    sketch.add_class()
    assert session.trainer.snapshot().models[0].biases[-1].shape == (3,)
    sketch.flip(1)
    sketch.flip(1)
    assert sketch.drawing.points.label[1] == (session.trainer.snapshot().models[0].split.y_train[1])
    lane = session.lanes[0]
    session.set_lanes([lane, type(lane)("few", fixed={"n_train": 50})])
    drawing, base = sketch.drawing, session.base
    with pytest.raises(rv.ConfigError, match="n_train"):
        sketch.erase(0)
    assert sketch.drawing is drawing
    assert session.base == base
    session.step()


def test_a_sweep_of_points_that_have_changed_is_forgotten(sketch: Sketch) -> None:
    from regviz.lab.compare.sweep import Sweep, SweepRun

    session = sketch._session
    sketch.flip(0)
    session.start_sweep(SweepRun(session.base, Sweep("l2", (0.0, 0.1), (0,), 1)))
    session.work_sweep(1)
    sketch.erase(0)
    assert session.sweep is None
    session.reveal_test()


@pytest.mark.parametrize(
    "message",
    [
        {"act": "add", "point": 1, "x": float("nan"), "y": 0, "class": 0},
        {"act": "add", "point": 1, "x": 0, "y": 0},
        {"act": "add", "point": 1.5, "x": 0, "y": 0, "class": 0},
        {"act": "add", "point": 1, "x": 0, "y": 0, "class": -1},
        {"act": "add", "point": list(range(1000)), "x": 0, "y": 0, "class": 0},
        {"act": "move", "point": 1, "x": 0, "y": 0},
        {"act": "flip"},
        {"act": "paint"},
        {"act": ["add"]},
        {},
    ],
    ids=str,
)
def test_a_stroke_that_is_none_is_named(message: dict[str, Any]) -> None:
    assert fault({"kind": "draw", "stroke": 1, **message})


@pytest.mark.slow
def test_a_page_draws_while_the_lab_plays_and_what_no_page_says_is_dropped(tmp_path: Path) -> None:
    async def scene(page: Page) -> None:
        lab, pen = page.lab, Pen(page)
        page.arrive()
        await page.until(lambda: lab.session.trained > 3)
        assert lab.drawn is None
        pen.say("add", point=2**20, x=0.3, y=-1.2, **{"class": 1})  # nobody draws yet
        await page.until(lambda: lab.screen.refused == 1)
        assert lab.drawn is None
        assert page.told("draw")["on"] is False
        pen.say("on")
        await page.until(lambda: page.told("draw")["on"])
        told = page.told("draw")
        assert len(told["cells"]) == 4
        assert [name for name, _ in told["classes"]] == ["0", "1"]
        assert "a copy of “two moons”" in told["about"]
        whole = sum("whole" in frame for frame in page.frames)
        epochs, rng = max(lab.session.trainer.epochs), np.random.default_rng(0)
        for stroke in range(30):
            x, y = rng.uniform(-1, 1, 2).tolist()
            pen.say("add", point=2**20 + stroke, x=x, y=y, **{"class": stroke % 2})
            pen.say("move", point=2**20 + stroke, x=y, y=x, goes_on=True)
            await asyncio.sleep(0.02)
        pen.say("flip", point=0)
        pen.say("erase", point=1)
        await pen.until_heard()
        assert lab.drawn is not None
        assert len(lab.drawn) == 79
        assert max(lab.session.trainer.epochs) > epochs + 5  # it has trained on meanwhile
        assert sum("whole" in frame for frame in page.frames) == whole  # and nothing was laid out anew
        assert page.told("draw")["said"].startswith("Point erased at ")
        assert page.told("draw")["said"].endswith("class 1: 79 points.")
        refused = lab.screen.refused
        for wrong in (
            {"act": "flip", "point": 1},
            {"act": "add", "point": 7, "x": 1e5, "y": 0, "class": 0},
            {"act": "add", "point": 7, "x": 0, "y": 0, "class": 2},
        ):
            pen.say(**wrong)  # type: ignore[arg-type]
        await pen.until_heard()
        assert lab.screen.refused == refused + 3
        assert len(lab.drawn) == 79
        lab.session.pause()
        await page.until(lambda: len(page.told("points")[1]) == 5 * 79)
        pen.say("take")
        await page.until(lambda: any(sent["kind"] == "file" for sent in page.failures))
        await page.until(lambda: any(sent["kind"] == "keep" for sent in page.failures))
        kept = next(sent["record"] for sent in reversed(page.failures) if sent["kind"] == "keep")
        assert len(json.loads(kept)["points"]) == 79
        assert f"data={NAME}" in lab.screen.query
        assert "fit~draw" in lab.screen.query
        lab.save(tmp_path / "run.json")
        lab.save(tmp_path / "run.py")
        lab.save(tmp_path / "run.png")
        assert not any(sent["kind"] == "failed" for sent in page.failures)

    on_a_page(scene)
    experiment = read((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert experiment.config.data == NAME
    assert '"version": 5' in (tmp_path / "run.json").read_text(encoding="utf-8")
    assert (tmp_path / f"{NAME}.csv").read_text(encoding="utf-8").count("training") == 79


def test_a_lesson_and_data_of_other_kinds_are_not_drawn_on() -> None:
    lesson = Lesson(
        name="t",
        claim="c",
        question="q",
        choices={"a": "a", "b": "b"},
        observe=zeros_of("none", "L1", after=5),
        explain="e",
    )

    async def scene(page: Page) -> None:
        page.arrive()
        await page.until(lambda: bool(page.frames))
        assert page.told("draw") is None
        page.say("draw", act="on", stroke=1)
        await page.until(lambda: page.lab.screen.refused == 1)

    on_a_page(scene, panels=["fit"], lesson=lesson)
    on_a_page(scene, panels=["loss"])
    on_a_page(scene, panels=["fit"], config=SMALL.replace(data="planted"))


def test_what_a_tab_has_kept_comes_back_with_its_link(sketch: Sketch) -> None:
    from regviz.data.drawn import to_record

    sketch.add(2**20, 0.3, -1.2, 1)
    record = json.dumps(to_record(sketch.drawing))
    rv.remove_data(NAME)

    async def scene(page: Page) -> None:
        page.arrive(search=f"?data={NAME}&n_train=51", kept=record)
        await page.until(lambda: bool(page.frames))
        assert page.lab.session.base.data == NAME
        assert page.lab.drawn is not None
        assert len(page.lab.drawn) == 51
        assert not page.lab.player.notice

    async def damaged(page: Page) -> None:
        page.arrive(search=f"?data={NAME}", kept=record[:50])
        await page.until(lambda: bool(page.frames))
        assert "needs drawn points that a link cannot carry" in page.lab.player.notice

    on_a_page(scene)
    rv.remove_data(NAME)
    on_a_page(damaged)


def test_a_file_and_a_program_hold_the_points(sketch: Sketch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from regviz.data.custom import custom_data

    sketch.move(3, 0.123, 0.456, goes_on=False)
    session = sketch._session
    data = custom_data(NAME)
    assert data is not None
    (tmp_path / f"{NAME}.csv").write_text(write_csv(data), encoding="utf-8")
    line, text = reading(data), write(Experiment(session.base))
    assert f'"version": {VERSION}' in text
    before = rv.load(session.base)
    rv.remove_data(NAME)
    assert "drawn points" in read_link(f"data={NAME}").notes[0]
    monkeypatch.chdir(tmp_path)
    exec(line, {"rv": rv})
    after = rv.load(session.base)
    for part in ("X_train", "y_train", "X_val", "y_val", "X_test", "y_test", "mean", "scale"):
        assert np.array_equal(getattr(before, part), getattr(after, part)), part
    rv.remove_data(NAME)
    assert read(text).config == session.base
    assert np.array_equal(rv.load(session.base).X_train, before.X_train)


@pytest.mark.parametrize("data", ["moons", "blobs", "sine"])
def test_the_picture_shows_every_drawn_point_where_it_is(data: str) -> None:
    """The planes that a page draws on are the axes of the picture: a place on one is the same place on the other."""

    async def scene(page: Page) -> None:
        lab, pen = page.lab, Pen(page)
        page.arrive()
        await page.until(lambda: bool(page.frames))
        pen.say("on")
        await page.until(lambda: page.told("draw")["on"])
        x0, x1, y0, y1 = page.told("draw")["plane"]
        at = x0 + 0.25 * (x1 - x0), y0 + 0.75 * (y1 - y0)
        pen.say("add", point=2**20, x=at[0], y=at[1], **{"class": 0})
        await pen.until_heard()
        (panel,) = lab.player.stage.shown
        for (left, top, width, height), axes in zip(panel.planes, panel.axes, strict=True):  # type: ignore[attr-defined]
            split = lab.session.snapshot().models[0].split
            point = split.X_train[-1] if split.n_classes else np.array([split.X_train[-1, 0], split.y_train[-1]])
            pixel = axes.transData.transform(point)
            assert pixel[0] == pytest.approx(left + 0.25 * width, abs=0.2)
            assert lab.player.stage.height - pixel[1] == pytest.approx(top + 0.25 * height, abs=0.2)
            shown = np.vstack([np.column_stack(line.get_data()) for line in axes.lines if line.get_marker() == "o"])
            assert (np.abs(shown - point).max(axis=1) < 1e-9).any()
        pen.say("empty")
        await pen.until_heard()
        assert page.told("draw")["about"].startswith("No lane trains until there are enough points")
        assert {score.get_text() for score in panel.scores} == {"\N{EM DASH}"}  # type: ignore[attr-defined]
        marks = [line for axes in panel.axes for line in axes.lines if line.get_marker() in ("o", "x", "+")]
        assert marks
        assert not any(len(line.get_xdata()) and line.get_visible() for line in marks)  # no point is left

    on_a_page(scene, config=rv.Config(data=data, n_train=30, hidden=(4,)), panels=["fit"], play=False)


@pytest.mark.parametrize("data", ["hills", "wine", "sine", "digits", "diabetes"])
def test_who_has_drawn_and_then_takes_other_data_sees_these(sketch: Sketch, data: str) -> None:
    session, stage = sketch._session, Stage([made("fit~draw")])
    panel: Any = stage.panels[0]
    for on in (True, False):
        panel.draw_on(on)
        stage.lay_out(700, 420, 1.0, look("light"), session.lanes, session.snapshot(), session.scene())
    session.change(data=data, n_train=30)
    for on in (False, True):  # who is still drawing cannot go on where nobody can
        panel.draw_on(on)
        stage.lay_out(700, 420, 1.0, look("light"), session.lanes, session.snapshot(), session.scene())
        assert all(score.get_text() for score in panel.scores)
    if data == "hills":
        assert panel.pointer("click", *panel.targets()[0]).trace is not None


def test_a_stroke_is_shown_before_its_answer_and_a_drag_keeps_no_answer_waiting(sketch: Sketch) -> None:
    session, panel = sketch._session, made("fit~draw")
    stage = Stage([panel])
    stage.lay_out(800, 400, 1, look("light"), session.lanes, session.snapshot(), session.scene())
    asked: list[int] = []
    view = panel.view  # type: ignore[attr-defined]
    show = view.show
    view.show = lambda i, model: (asked.append(i), show(i, model))[1]
    for stroke in range(8):
        sketch.move(0, stroke / 10, 0, goes_on=stroke > 0)
        session.trainer.advance(steps=1)
        stage.hurry("fit")
        stage.draw(session.snapshot(), session.scene())
        at = session.snapshot().models[0].split.X_train[0]
        dots = [line for line in panel.axes[0].lines if line.get_marker() == "o"]
        shown = np.vstack([np.column_stack(line.get_data()) for line in dots])
        assert (np.abs(shown - at).max(axis=1) < 1e-9).any()  # every frame has the point where it is
    assert asked == [0, 1, 2, 3]
    while stage.behind:
        stage.draw(session.snapshot(), session.scene())
    assert set(asked[4:]) == {0, 1, 2}  # the last stroke's frame has asked the fourth lane


def test_a_lab_made_in_code_knows_its_drawing() -> None:
    drawing = Sketch(Session(SMALL)).drawing
    rv.add_drawing(NAME, drawing.flip(0))
    lab = Lab(SMALL.replace(data=NAME, noise=0.0), panels=["fit"])
    assert lab.drawn is not None
    assert lab.drawn.points.label[0] != drawing.points.label[0]
    lab.player.stop()
