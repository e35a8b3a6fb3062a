"""What units answer, one of them large, and a point's way through the layers: drawn is what networks compute."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from regviz import Config, probes
from regviz.errors import ArgumentError
from regviz.lab.canvas.cursor import Cursor
from regviz.lab.canvas.stage import Stage
from regviz.lab.compare.lanes import Lane
from regviz.lab.compare.scene import END, Scene
from regviz.lab.look.numbers import number
from regviz.lab.look.theme import look
from regviz.lab.panels import made, spelled
from regviz.lab.panels.network import inside, room
from regviz.lab.panels.network.answers import BINS, CELLS, disc
from regviz.lab.panels.network.network import NetworkPanel
from regviz.language import speaking
from regviz.training.snapshot import Snapshot

PLAIN = (Lane("none"),)
DROPOUT = (Lane("dropout", ("dropout",)),)
PLANE = Config(hidden=(6, 5), dropout=0.5)
WINE = Config(data="wine", n_train=60, hidden=(6,))


def answers(model: Any, X: Any) -> list[Any]:
    """What hidden layers of ReLU say, by hand; no dropout."""
    said, a = [], X
    for W, b in zip(model.weights[:-1], model.biases[:-1], strict=True):
        a = np.maximum(a @ W + b, 0)
        said.append(a)
    return said


def pictures(panel: Any, layer: int) -> Any:
    """The pictures (units, CELLS, CELLS) in a hidden layer's circles, the first layer being 0."""
    sheet = panel.inside.columns.images[layer].get_array()
    pitch = len(sheet) // len(panel.shown[layer + 1])
    first = (pitch - CELLS) // 2
    return sheet.reshape(-1, pitch, CELLS)[:, first : first + CELLS]


def spot(panel: Any, layer: int, place: int) -> tuple[float, float]:
    """Where a unit stands in the panel, for the pointer."""
    return float(panel.graph.x[layer]), float(panel.graph.y[layer][place]) + panel._top


def word(panel: Any, name: str) -> tuple[float, float]:
    """Where a word of the head line stands."""
    left, right = next(its[1:] for its in panel.words.places if its[0] == name)
    return (left + right) / 2, panel.words.base - 4


def with_a_dead_unit(model: Any) -> Any:
    """The same network, whose first unit never gets above 0."""
    return replace(model, biases=(np.r_[-1e3, model.biases[0][1:]], *model.biases[1:]))


# -- pictures in the units


def test_a_unit_shows_what_it_answers_over_the_plane_on_its_own_scale(snapshot: Any, stand: Any) -> None:
    shown = snapshot(PLANE, DROPOUT)
    model, panel = shown.models[0], stand(NetworkPanel, shown, DROPOUT)
    X = model.split.X_train
    middle, reach = (X.max(axis=0) + X.min(axis=0)) / 2, 1.06 * np.ptp(X, axis=0).max() / 2
    steps = middle - reach + 2 * reach * (np.arange(CELLS)[:, None] + 0.5) / CELLS
    grid = np.array([[x, y] for y in steps[::-1, 1] for x in steps[:, 0]])  # the highest row on top
    inner = disc(CELLS)
    for layer, said in enumerate(answers(model, grid)):
        for place, unit in enumerate(panel.shown[layer + 1]):
            expected = 127.5 + 127.5 * said[:, unit] / np.abs(said[:, unit]).max()
            picture = pictures(panel, layer)[place].astype(float)
            assert np.abs(picture - expected.reshape(CELLS, CELLS))[inner].max() <= 0.51
            assert set(picture[~inner]) == {128}
    low, high = panel.inside.said[0].ends(2)
    assert panel.pointer("move", *spot(panel, 1, 2)).hint.endswith(f"answers {low:.0f} to {high:.2f} over the plane")


def test_pictures_lie_under_their_circles_whose_edges_end_at_the_rim(snapshot: Any, stand: Any) -> None:
    panel = stand(NetworkPanel, snapshot(PLANE, PLAIN), PLAIN)
    for layer, image in enumerate(panel.inside.columns.images):
        left, right, bottom, top = image.get_extent()
        ys, count = panel.graph.y[layer + 1], len(panel.shown[layer + 1])
        assert (left + right) / 2 == pytest.approx(panel.graph.x[layer + 1])
        assert right - left == pytest.approx(2 * panel.graph.radius)
        np.testing.assert_allclose(top + (bottom - top) * (np.arange(count) + 0.5) / count, ys)
        height = (bottom - top) / len(image.get_array()) * CELLS
        assert height == pytest.approx(2 * panel.graph.radius, rel=0.05)
    lengths = np.linalg.norm(np.diff(panel.graph.segments, axis=1)[:, 0], axis=1)
    whole = [np.hypot(panel.graph.x[1] - panel.graph.x[0], a - b) for a in panel.graph.y[0] for b in panel.graph.y[1]]
    np.testing.assert_allclose(lengths[: len(whole)], np.array(whole) - 2 * panel.graph.radius)


def test_a_unit_along_one_input_is_filled_up_to_its_answer(snapshot: Any, stand: Any) -> None:
    shown = snapshot(Config(data="sine", n_train=50, hidden=(5,), activation="tanh"), PLAIN)
    model, panel = shown.models[0], stand(NetworkPanel, shown, PLAIN)
    X = model.split.X_train[:, 0]
    middle, reach = (X.max() + X.min()) / 2, 1.06 * np.ptp(X) / 2
    x = middle - reach + 2 * reach * (np.arange(CELLS) + 0.5) / CELLS
    said = np.tanh(x[:, None] @ model.weights[0] + model.biases[0])
    for place, unit in enumerate(panel.shown[1]):
        picture, inner = pictures(panel, 0)[place], disc(CELLS)
        full = np.abs(np.where(inner, picture.astype(int) - 128, 0)) > 50
        share = full.sum(axis=0) / inner.sum(axis=0)
        assert np.corrcoef(share, np.abs(said[:, unit]))[0, 1] > 0.8
        blue = (picture > 200).any(axis=0)
        assert not (blue & (said[:, unit] < 0)).any()


def test_with_more_inputs_a_unit_counts_its_answers_by_class(snapshot: Any, stand: Any) -> None:
    shown = snapshot(WINE, PLAIN)
    model, panel = shown.models[0], stand(NetworkPanel, shown, PLAIN)
    said, levels = answers(model, model.split.X_train)[0], 256 // 3
    for place, unit in enumerate(panel.shown[1]):
        edges = np.linspace(said[:, unit].min(), said[:, unit].max(), BINS + 1)
        for k in range(3):
            counts = np.histogram(said[model.split.y_train == k, unit], edges)[0]
            row = pictures(panel, 0)[place][8 * k + 4, 1::3].astype(int)
            seen = disc(CELLS)[8 * k + 4, 1::3]
            expected = k * levels + (levels - 1) * np.sqrt(counts / counts.max())
            assert np.abs(row - expected)[seen].max() <= 0.51


def test_a_dead_unit_is_empty_and_dashed_and_told(model: Any, stand: Any) -> None:
    panel = stand(NetworkPanel, Snapshot(0, (with_a_dead_unit(model(PLANE)),)), PLAIN)
    place = panel.shown[1].tolist().index(0)
    assert set(pictures(panel, 0)[place].ravel()) == {128}
    dashes = [style[1] is not None for style in panel.units.get_linestyle()]
    assert dashes.index(True) == len(panel.shown[0]) + place
    assert panel.verdict.get_text().startswith(f"{sum(dashes)} of 11 units")
    assert "dead: it answers 0 to every training point" in panel.pointer("move", *spot(panel, 1, place)).hint


def test_where_circles_are_small_or_weights_many_units_are_circles_alone(
    snapshot: Any, stand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = snapshot(PLANE.replace(hidden=(6,) * 8), PLAIN)
    assert stand(NetworkPanel, deep, PLAIN, width=700).inside.pictured
    small = stand(NetworkPanel, deep, PLAIN, width=300)
    assert not small.inside.pictured
    assert small.inside.said == []
    whole = snapshot(PLANE.replace(hidden=(64,)), PLAIN)
    plain = stand(lambda: made("network~plain"), whole, PLAIN)
    monkeypatch.setattr(room, "LARGEST", 200)
    large = stand(NetworkPanel, whole, PLAIN)
    assert not large.inside.pictured
    assert [len(units) for units in large.shown] == [len(units) for units in plain.shown]
    assert large.graph.radius == plain.graph.radius


def test_units_are_asked_once_an_epoch_at_most_and_not_at_all_where_nothing_of_it_is_seen(
    model: Any, stand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    ask = inside.Asking.ask
    monkeypatch.setattr(inside.Asking, "ask", lambda self, its, cells: asked.append(its.step) or ask(self, its, cells))

    def at(step: int, epoch: int) -> Snapshot:
        return Snapshot(step, (model(PLANE, 0, step=step, epochs=epoch),))  # masks: it is drawn at each step

    panel = stand(NetworkPanel, at(0, 0), PLAIN)
    for step in range(1, 41):
        panel.draw(at(step, step // 8))
    assert asked == [0, 8, 16, 24, 32, 40]
    for step in range(41, 61):
        panel.draw(at(step, step))  # an epoch with every frame
    assert len(asked) == 6 + 20 // inside.REST
    panel.draw(at(61, 61))
    assert panel.behind
    panel.draw(at(61, 61))  # it stands still
    assert asked[-1] == 61
    assert not panel.behind
    plain = stand(lambda: made("network~plain"), at(0, 0), PLAIN)
    plain.draw(at(1, 1))
    traced = stand(NetworkPanel, at(0, 0), PLAIN)
    assert not plain.inside.pictured
    assert asked[-1] == 0
    assert len(asked) == 6 + 20 // inside.REST + 2
    assert traced.inside.pictured


def test_a_word_switches_the_pictures_and_what_a_click_does_and_links_say_so(snapshot: Any, stand: Any) -> None:
    shown = snapshot(Config(hidden=(64,)), PLAIN)
    panel = stand(NetworkPanel, shown, PLAIN)
    few = len(panel.shown[1])
    assert panel.views == ()
    for name in ("answers", "remove"):
        assert "(click: " in panel.pointer("move", *word(panel, name)).hint
        assert panel.pointer("click", *word(panel, name)).redraw
        panel.draw(shown)
    assert spelled(panel) == "network~plain~remove"
    assert not panel.inside.columns.images[0].get_visible()
    assert len(panel.shown[1]) > few  # smaller circles, and more of them
    panel.pointer("click", *spot(panel, 1, 0))
    assert len(panel.killed) == 1
    assert panel.large is None
    again = made(spelled(panel), panel)
    again.look_at(())
    assert again.views == ()
    with pytest.raises(ArgumentError, match="of the network one may see plain, remove"):
        made("network~large")


# -- one unit, large


def test_a_click_shows_a_unit_large_with_its_weights_and_points_and_another_goes_back(
    model: Any, stand: Any, words: Any
) -> None:
    its = model(PLANE.replace(max_norm=3.0))
    shown = Snapshot(0, (its,))
    panel = stand(NetworkPanel, shown, PLAIN)
    answer = panel.pointer("click", *spot(panel, 2, 1))
    unit = int(panel.shown[2][1])
    assert answer.redraw
    assert answer.aloud.startswith(f"hidden layer 2, unit {unit + 1}\n")
    panel.draw(shown)
    assert panel.large == (2, unit)
    assert not panel.edges.get_visible()
    assert not any(image.get_visible() for image in panel.inside.columns.images)
    w, big = its.weights[1][:, unit], panel.inside.big
    said = words(panel)
    assert f"hidden layer 2, unit {unit + 1}" in said
    assert f"bias {number(its.biases[1][unit])}" in said
    assert f"norm of its weights {np.linalg.norm(w):.2f}, max-norm 3.00" in said
    assert [text.get_text() for text in big.names if text.get_text()] == [f"unit {k + 1}" for k in range(6)]
    assert [text.get_text() for text in big.numbers if text.get_text()] == [number(weight) for weight in w]
    sides = [patch.get_path().vertices.reshape(-1, 5, 2)[:6, :, 0] for patch in big.bars]
    lengths = sum(side.max(axis=1) + side.min(axis=1) - 2 * big.zero.get_xdata()[0] for side in sides)
    np.testing.assert_allclose(lengths / np.abs(lengths).max(), w / np.abs(w).max(), atol=1e-9)
    # the points stand where the plane's colours are theirs
    X, side = its.split.X_train, big.side
    reach = 1.06 * np.ptp(X, axis=0).max()
    for k, line in enumerate(big.points):
        middle = (X.max(axis=0) + X.min(axis=0)) / 2
        at = np.column_stack(line.get_data()) - big._left * np.array([1, 0])
        own = (X[its.split.y_train == k] - middle) / reach
        np.testing.assert_allclose(at, side * (0.5 + own * [1, -1]), atol=1e-6)
    index = big.image.get_array()
    at_points = np.column_stack(big.points[0].get_data())
    cells = np.clip((at_points / side * len(index)).astype(int), 0, len(index) - 1)
    colour = index[cells[:, 1], cells[:, 0]].astype(float)
    answer_there = answers(its, X[its.split.y_train == 0])[1][:, unit]
    assert np.corrcoef(colour, answer_there)[0, 1] > 0.97
    assert panel.pointer("click", 50, 150).redraw
    panel.draw(shown)
    assert panel.large is None
    assert panel.edges.get_visible()
    assert panel.inside.columns.images[0].get_visible()
    assert not big.image.get_visible()


@pytest.mark.parametrize("data", ["sine", "wine", "diabetes"])
def test_a_unit_of_any_data_is_shown_large(data: str, snapshot: Any, stand: Any, words: Any) -> None:
    config = Config(data=data, n_train=50, hidden=(5,))
    shown = snapshot(config, PLAIN)
    panel = stand(NetworkPanel, shown, PLAIN)
    panel.pointer("click", *spot(panel, 1, 0))
    panel.draw(shown)
    big, unit = panel.inside.big, int(panel.shown[1][0])
    said = answers(shown.models[0], shown.models[0].split.X_train)[0][:, unit]
    if data == "sine":
        x, y = big.points[0].get_data()
        order = np.argsort(x)
        own = said[big.asking.groups == 0]
        assert len(x) == len(own)
        assert (
            np.corrcoef(y[order], own[np.argsort(shown.models[0].split.X_train[big.asking.groups == 0, 0])])[0, 1]
            < -0.99
        )
    else:
        names = shown.models[0].split.class_names or ("target below the mean", "above it")
        assert len([text for text in big.groups if text.get_text()]) == len(names)
    assert any(text.startswith(("answers", "its answers", "dead")) for text in words(panel))


def test_the_keyboard_shows_a_unit_large_and_comes_back_to_it(snapshot: Any) -> None:
    shown = snapshot(PLANE, PLAIN)
    stage = Stage([made("network")])
    stage.lay_out(540, 320, 1, look("light"), PLAIN, shown)
    cursor, (panel,) = Cursor(stage), stage.listening
    for key in ("focus", "ArrowDown", "ArrowDown"):
        unit = cursor.press("network", key)
    large = cursor.press("network", "Enter")
    assert unit is not None
    assert large is not None
    assert large.words.endswith("shown large; Enter or Escape: back")
    assert (large.x, large.y) == panel.targets()[-1]  # where a click goes back from now on
    stage.draw(shown)
    assert panel.large == (1, int(panel.shown[1][2]))  # type: ignore[attr-defined]
    back = cursor.press("network", "Escape")
    assert back is not None
    assert back.words == "the whole network"
    stage.draw(shown)
    again = cursor.press("network", "focus")
    assert again is not None
    assert again.words == unit.words
    nothing = cursor.press("network", "Escape")
    assert nothing is not None
    assert not nothing.answer.redraw


# -- a point's way through the layers


def traced(stand: Any, shown: Snapshot, lanes: Any, point: int, width: float = 540) -> Any:
    def panel() -> NetworkPanel:
        its = NetworkPanel()
        its.scene = Scene(traced=point)
        return its

    return stand(panel, shown, lanes, width)


def test_edges_carry_the_contributions_which_add_up_to_each_sum(snapshot: Any, stand: Any) -> None:
    shown = snapshot(PLANE, DROPOUT)
    model, panel = shown.models[0], traced(stand, shown, DROPOUT, 7)
    heard, carried = model.split.X_train[7], []
    for k, (W, b) in enumerate(zip(model.weights, model.biases, strict=True)):
        carried.append((W * heard[:, None])[np.ix_(panel.shown[k], panel.shown[k + 1])].ravel())
        total = (W * heard[:, None]).sum(axis=0) + b
        np.testing.assert_allclose(probes.trace(model, model.split.X_train[7]).sums[k], total, rtol=1e-5, atol=1e-6)
        heard = np.maximum(total, 0)
    values = np.concatenate(carried)
    widths, colors = np.array(panel.edges.get_linewidth()), panel.edges.get_color()
    np.testing.assert_array_equal(widths > 0, values != 0)  # the mask of training is not that of this point
    inside_scale = (values != 0) & (np.abs(values) < panel.traced_scale)
    slope = np.polyfit(np.abs(values[inside_scale]), widths[inside_scale], 1)
    np.testing.assert_allclose(np.polyval(slope, np.abs(values[inside_scale])), widths[inside_scale], rtol=1e-4)
    assert len(np.unique(colors[values > 0, :3], axis=0)) == len(np.unique(colors[values < 0, :3], axis=0)) == 1


def test_circles_are_filled_by_what_units_say_and_the_answer_is_told(snapshot: Any, stand: Any, words: Any) -> None:
    shown = snapshot(PLANE, DROPOUT)
    model, panel = shown.models[0], traced(stand, shown, DROPOUT, 7)
    x = model.split.X_train[7:8]
    first = len(panel.shown[0])
    said = answers(model, x)[0][0]
    faces = panel.units.get_facecolor()[first : first + len(panel.shown[1])]
    paleness = np.abs(faces[:, :3] - 1).sum(axis=1)
    np.testing.assert_allclose(paleness / paleness.max(), said[panel.shown[1]] / said.max(), atol=1e-5)
    assert (faces[:, 3] == 1).all()
    assert not any(image.get_visible() for image in panel.inside.columns.images)
    p = model.predict(x)[0]
    best, label = int(p.argmax()), model.split.y_train[7]
    assert f"point 8 of 100, {label}" in panel.verdict.get_text()
    assert f"says {best}, p {p.max():.2f}" in panel.verdict.get_text()
    assert panel.verdict.get_text().endswith(("right" if best == label else "wrong") + ", without dropout")
    assert [text.get_text() for text in panel.captions.outputs[:2]] == [f"{k} {p[k]:.2f}" for k in range(2)]


def sure_of(snapshot: Snapshot, k: int) -> Snapshot:
    """`snapshot` with networks that are nearly sure of class `k`, whatever they hear, but not quite."""
    models = []
    for model in snapshot.models:
        weights = tuple(np.zeros_like(W) for W in model.weights)
        last = 8.0 * (np.arange(len(model.biases[-1])) == k)
        models.append(replace(model, weights=weights, biases=(*model.biases[:-1], last)))
    return replace(snapshot, models=tuple(models))


@pytest.mark.parametrize("data", ["wine", "breast_cancer", "moons"])
@pytest.mark.parametrize("width", [390, 540, 900])
def test_a_sure_answer_leaves_its_class_a_name_and_is_told_alike(
    data: str, width: float, snapshot: Any, stand: Any
) -> None:
    shown = sure_of(snapshot(Config(data=data, n_train=60, hidden=(6,)), PLAIN), 1)
    panel = traced(stand, shown, PLAIN, 0, width)
    named = panel.captions.full_ends
    for k, (name, text) in enumerate(zip(named, panel.captions.outputs, strict=False)):
        its, _, said = text.get_text().partition(" ")
        assert said == (">0.99" if k == 1 else "<0.01")
        assert its == name or (width < 400 and len(its) > 2 and name.startswith(its.rstrip("…")))
    assert f"{named[1]}, p >0.99" in panel.verdict.get_text()


def test_what_has_no_classes_is_called_the_target_in_the_readers_language(snapshot: Any, stand: Any) -> None:
    shown = snapshot(Config(data="diabetes", n_train=60, hidden=(6,)), PLAIN)
    with speaking("de"):
        assert stand(NetworkPanel, shown, PLAIN).captions.outputs[0].get_text() == "Ziel"
    assert stand(NetworkPanel, shown, PLAIN).captions.outputs[0].get_text() == "target"


def test_the_trace_lives_while_training_goes_on(model: Any, stand: Any) -> None:
    first, later = (Snapshot(step, (model(PLANE, step, step=step, epochs=step),)) for step in (1, 2))
    panel = traced(stand, first, PLAIN, 3)
    before = panel.verdict.get_text(), np.array(panel.edges.get_linewidth())
    panel.draw(later)
    assert panel.verdict.get_text() != before[0]
    assert (np.array(panel.edges.get_linewidth()) != before[1]).any()
    panel.scene = Scene()
    panel.draw(later)
    assert panel.point is None
    assert panel.verdict.get_text().endswith("click a unit to see it large")
    assert panel.inside.columns.images[0].get_visible()
    panel.scene = Scene(traced=10**6)  # of other data
    panel.draw(later)
    assert panel.point is None


def test_what_is_removed_carries_nothing(snapshot: Any, stand: Any) -> None:
    shown = snapshot(PLANE, PLAIN)
    model, panel = shown.models[0], traced(stand, shown, PLAIN, 0)
    panel.look_at(("remove",))
    panel.pointer("click", *spot(panel, 1, 2))
    panel.draw(shown)
    unit = int(panel.shown[1][2])
    W = model.weights[1].copy()
    W[unit] = 0
    expected = replace(model, weights=(model.weights[0], W, model.weights[2])).predict(model.split.X_train[:1])[0]
    assert [text.get_text() for text in panel.captions.outputs[:2]] == [f"{k} {expected[k]:.2f}" for k in range(2)]


def test_a_regression_says_target_and_answer(snapshot: Any, stand: Any) -> None:
    shown = snapshot(Config(data="sine", n_train=50, hidden=(5,)), PLAIN)
    panel = traced(stand, shown, PLAIN, 1)
    assert panel.verdict.get_text().startswith("point 2 of 50: target ")


def test_words_arrows_and_escape_begin_change_and_end_a_trace(snapshot: Any, stand: Any) -> None:
    shown = snapshot(PLANE, PLAIN)
    panel = stand(NetworkPanel, shown, PLAIN)
    assert panel.pointer("click", *word(panel, "trace")).trace == 0
    panel.scene = Scene(traced=0)
    panel.draw(shown)
    previous, following = panel.targets()[-2:]
    assert panel.pointer("move", *following).hint == "click: next training point"
    assert panel.pointer("click", *following).trace == 1
    assert panel.pointer("click", *previous).trace == 0  # it counts at once, before the next frame
    assert panel.pointer("click", *previous).trace == 99
    assert panel.pointer("back", *following).trace == END
    panel.draw(shown)
    assert panel.pointer("click", *word(panel, "trace")).trace == END
    panel.scene = Scene()
    panel.draw(shown)
    assert panel.pointer("back", *following).trace is None
    assert panel.pointer("click", *following).trace is None


def test_units_are_asked_at_the_points_that_their_lane_is_trained_on(snapshot: Any, stand: Any) -> None:
    lanes = [Lane("few"), Lane("many", fixed={"n_train": 120, "seed": 3})]
    shown = snapshot(Config(n_train=50, hidden=(6,)), lanes)
    panel = stand(NetworkPanel, shown, lanes)
    for lane, model in enumerate(shown.models):
        panel.scene = Scene(chosen=lane)
        panel.draw(shown)
        split, asking = model.split, panel.inside.asking
        assert panel.lane == lane
        assert asking.split is split
        np.testing.assert_array_equal(panel.inside.said[0].points, probes.unit_answers(model, split.X_train)[0])
        assert np.all((split.X_train >= asking.low) & (split.X_train <= asking.high))
        np.testing.assert_array_equal(asking.groups, split.y_train)
