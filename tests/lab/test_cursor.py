"""The keyboard's cursor does in every picture what a pointer does."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import catalogue
from regviz import Config
from regviz.lab import Lane
from regviz.lab.canvas.cursor import Cursor, Reply
from regviz.lab.canvas.stage import Stage
from regviz.lab.compare.lanes import DEFAULT_LANES
from regviz.lab.compare.scene import Answer, Scene
from regviz.lab.compare.sweep import Sweep, SweepRun
from regviz.lab.look.theme import look
from regviz.lab.panels import PANELS, made
from regviz.lab.panels.parts.targets import DIRECTIONS, beside
from regviz.language import speaking, tr

BASE = Config(l1=1e-3, l2=1e-3, dropout=0.5, hidden=(6, 6))
LINEAR = Config(data="diabetes", n_train=50, hidden=(), l1=1e-3, l2=1e-3)
LISTENING = sorted(name for name, kind in PANELS.items() if kind.listens)


def words_of(hint: str) -> str:
    """What the keyboard is told of a hint."""
    return Reply(Answer(hint), 0, 0).words


def clicks_of_pictures() -> list[str]:
    """Every sentence of a picture in which a click does something."""
    paths = [path for path in catalogue.files() if "panels" in path.parts and path.suffix == ".py"]
    said = {text for path in paths for text in catalogue.of_file(path) if isinstance(text, str)}
    return sorted(text for text in said if re.search(r"\bclick\b", text))


def swept(sweep: Sweep) -> Scene:
    run = SweepRun(BASE, sweep)
    while not run.done:
        run.work(10)
    return Scene(sweep=run.view())


@pytest.fixture(scope="module")
def sweep() -> Scene:
    return swept(Sweep("l2", (0.0, 1e-4, 1e-3, 1e-2, 1e-1), (0, 1), epochs=4))


@pytest.fixture(scope="module")
def mapped() -> Scene:
    return swept(Sweep("l2", (0.0, 1e-3, 1e-1), (0, 1), 4, "label_noise", (0.0, 0.2)))


def on_stage(snapshot: Any, scene: Scene, *names: str) -> tuple[Stage, Any]:
    stage, shown = Stage([made(name) for name in names]), snapshot(LINEAR if names == ("ridge",) else BASE)
    stage.lay_out(500.0 * len(names), 400, 1, look("light"), DEFAULT_LANES, shown, scene)
    return stage, shown


@pytest.mark.parametrize("name", LISTENING)
def test_every_target_is_in_its_picture_and_can_be_reached_by_arrows(
    name: str, snapshot: Any, sweep: Scene, mapped: Scene
) -> None:
    stage, _ = on_stage(snapshot, mapped if name == "sweep_map" else sweep, name)
    (panel,) = stage.listening
    targets = list(panel.targets())
    assert targets or name in ("shrink", "parts")  # all lanes are on one page: there is nothing to click
    for x, y in targets:
        assert 0 <= x < panel.place.width
        assert 0 <= y < panel.place.height
    seen, new = set(), {panel.first_target()} if targets else set()
    while new:
        seen |= new
        new = {beside(targets, at, way) for at in new for way in DIRECTIONS.values()} - seen
    assert len(seen) == len(targets)


def test_arrows_walk_along_a_row_and_do_not_leave_it_at_its_end() -> None:
    row = [(10.0, 50.0), (20.0, 50.0), (40.0, 50.0)]
    assert [beside(row, at, (1, 0)) for at in range(3)] == [1, 2, 2]
    assert [beside(row, at, (-1, 0)) for at in range(3)] == [0, 0, 1]
    assert beside(row, 1, (0, 1)) == 1
    assert beside([(0.0, 0.0), (10.0, 40.0), (90.0, 0.0)], 0, (1, 0)) == 2  # along the way, though it is farther


def test_in_the_u_curve_it_begins_at_the_best_value_and_enter_takes_the_one_it_stands_at(
    snapshot: Any, sweep: Scene
) -> None:
    stage, _ = on_stage(snapshot, sweep, "u_curve")
    view, cursor = sweep.sweep, Cursor(stage)
    assert view is not None
    assert view.best is not None
    assert cursor.press("u_curve", "Home") is not None
    stage.listening[0]._at = None  # type: ignore[attr-defined]
    cursor = Cursor(stage)
    reply = cursor.press("u_curve", "focus")
    assert reply is not None
    assert reply.words.endswith("Enter to take this value")
    taken = cursor.press("u_curve", "Enter")
    assert taken is not None
    assert taken.answer.change == {"l2": view.values[view.best]}
    assert taken.words.endswith("this value is taken")
    cursor.press("u_curve", "Home")
    cursor.press("u_curve", "ArrowRight")
    taken = cursor.press("u_curve", "Enter")
    assert taken is not None
    assert taken.answer.change == {"l2": view.values[1]}


def test_in_the_second_picture_it_points_at_the_second_picture(snapshot: Any, sweep: Scene) -> None:
    stage, shown = on_stage(snapshot, sweep, "u_curve", "network~remove")
    cursor, network = Cursor(stage), stage.listening[1]
    reply = cursor.press("network", "focus")
    assert reply is not None
    assert reply.x > network.place.left > 400
    assert reply.words.startswith("hidden layer 1, unit")
    removed = cursor.press("network", "Enter")
    assert removed is not None
    assert "removed (Enter: bring back)" in removed.words
    assert len(network.killed) == 1  # type: ignore[attr-defined]
    stage.draw(shown, sweep)
    cursor.press("network", "Enter")
    assert not network.killed  # type: ignore[attr-defined]


def test_right_alone_leads_through_all_targets(snapshot: Any, sweep: Scene) -> None:
    stage, _ = on_stage(snapshot, sweep, "blocks")
    targets = list(stage.listening[0].targets())
    assert len({x for x, _ in targets}) == 1  # a column
    assert [beside(targets, at, (1, 0)) for at in range(4)] == [1, 2, 3, 3]
    assert [beside(targets, at, (-1, 0)) for at in range(4)] == [0, 0, 1, 2]


@pytest.mark.parametrize(("width", "along"), [(1000, "ArrowRight"), (400, "ArrowDown")])
def test_in_the_blocks_enter_moves_a_part_be_they_in_a_row_or_a_column(width: int, along: str, snapshot: Any) -> None:
    stage, shown = on_stage(snapshot, Scene(), "blocks")
    stage.lay_out(width, 400, 1, look("light"), DEFAULT_LANES, shown)
    cursor = Cursor(stage)
    cursor.press("blocks", "focus")
    moved = cursor.press("blocks", along)
    assert moved is not None
    assert "Enter: move it after" in moved.words
    taken = cursor.press("blocks", "Enter")
    assert taken is not None
    assert set(taken.answer.change) == {"order"}


def test_coming_back_it_stands_where_it_was_and_going_away_takes_the_mark_with_it(snapshot: Any, sweep: Scene) -> None:
    stage, _ = on_stage(snapshot, sweep, "u_curve")
    cursor, panel = Cursor(stage), stage.listening[0]
    cursor.press("u_curve", "End")
    assert cursor.press("u_curve", "blur") is None
    assert panel._at is None  # type: ignore[attr-defined]
    reply = cursor.press("u_curve", "focus")
    assert reply is not None
    assert reply.x == pytest.approx(panel.place.left + panel.targets()[-1][0])


def test_a_picture_without_targets_and_one_that_is_gone_answer_nothing(snapshot: Any) -> None:
    stage, _ = on_stage(snapshot, Scene(), "u_curve")
    cursor = Cursor(stage)
    reply = cursor.press("u_curve", "focus")
    assert reply is not None
    assert reply.words == ""
    assert cursor.press("network", "Enter") is None


def test_targets_that_have_become_fewer_leave_the_cursor_at_the_last_one(snapshot: Any, stand: Any) -> None:
    stage, _ = on_stage(snapshot, Scene(), "network")
    cursor = Cursor(stage)
    cursor.press("network", "End")
    small = BASE.replace(hidden=(2,))
    stage.lay_out(500, 400, 1, look("light"), [Lane("none")], snapshot(small, [Lane("none")]))
    reply = cursor.press("network", "focus")
    assert reply is not None
    assert reply.words.startswith("output")
    assert np.isfinite(reply.x)


@pytest.mark.parametrize("name", ["features", "ablation"])
def test_every_target_of_a_picture_that_only_tells_has_something_to_tell(
    name: str, snapshot: Any, sweep: Scene
) -> None:
    stage, _ = on_stage(snapshot, sweep, name)
    (panel,) = stage.listening
    assert len(panel.targets()) > 10
    assert all(panel.pointer("move", x, y).hint for x, y in panel.targets())
    assert Cursor(stage).press(name, "focus").words  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("spoken", "said"),
    [
        ("en", ("click: next layer", "Enter: next layer", "Enter to take this value")),
        ("de", ("Klick: nächste Schicht", "Eingabe: nächste Schicht", "Eingabe übernimmt diesen Wert")),
        ("es", ("clic: capa siguiente", "Intro: capa siguiente", "Intro toma este valor")),
    ],
)
def test_in_every_language_the_keyboard_is_told_of_enter_where_a_pointer_is_told_of_a_click(
    spoken: str, said: tuple[str, str, str]
) -> None:
    hint, *told = said
    with speaking(spoken):
        assert tr("click: next layer") == hint
        assert [words_of(tr(text)) for text in ("click: next layer", "click to take this value")] == told


@pytest.mark.parametrize(("spoken", "click", "key"), [("de", "klick", "Eingabe"), ("es", "clic", "Intro")])
def test_no_hint_of_a_picture_tells_the_keyboard_of_a_click(spoken: str, click: str, key: str) -> None:
    with speaking(spoken):
        hints = [text for text in clicks_of_pictures() if "a click " not in text.lower()]
        assert len(hints) > 20
        for hint in hints:
            assert click not in words_of(tr(hint)).lower(), hint
            assert key in words_of(tr(hint)), hint
