"""The fit panel shows what the nets really say."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

import regviz as rv
from regviz import Config, Trainer
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.compare.scene import END, Scene
from regviz.lab.look.numbers import SPACE, number, percent
from regviz.lab.panels.fit.fit import FitPanel
from regviz.lab.panels.fit.pictures import refilled
from regviz.lab.panels.parts.cells import Margins, cells_for
from regviz.training.snapshot import Snapshot
from seen import Box

MOONS = Config(hidden=(8,), l1=1e-3, l2=1e-3, dropout=0.5)
BLOBS = MOONS.replace(data="blobs", n_train=60)
DIGITS = MOONS.replace(data="digits", n_train=300, noise=0.0)
WINE = MOONS.replace(data="wine", n_train=60)
DIABETES = MOONS.replace(data="diabetes", n_train=150)


def test_the_surface_is_the_probability_of_the_second_class(snapshot: Any, stand: Any) -> None:
    shown = snapshot(MOONS)
    view = stand(FitPanel, shown).view
    for i, model in enumerate(shown.models):
        expected = 255 * model.predict(view.grid)[:, 1].reshape(view.shape)
        assert np.abs(view.images[i].get_array().astype(float) - expected).max() <= 0.51


def test_the_boundary_runs_where_the_net_is_undecided(snapshot: Any, stand: Any) -> None:
    linear = MOONS.replace(hidden=())
    shown = snapshot(linear)
    view = stand(FitPanel, shown).view
    cell = view.x[2] - view.x[1]
    for i, model in enumerate(shown.models):
        W, b = model.weights[0], model.biases[0]
        points = np.column_stack(view.boundaries[i][1].get_data())
        points = points[np.isfinite(points).all(axis=1)]
        normal = W[:, 1] - W[:, 0]
        distance = (points @ normal + b[1] - b[0]) / np.linalg.norm(normal)
        assert np.abs(distance).max() < 0.1 * cell


def test_the_boundary_of_a_deep_net_separates_what_it_predicts(snapshot: Any, stand: Any) -> None:
    shown = snapshot(MOONS, seed=5)
    view = stand(FitPanel, shown).view
    for i, model in enumerate(shown.models):
        points = np.column_stack(view.boundaries[i][1].get_data())
        points = points[np.isfinite(points).all(axis=1)]
        sides = model.predict(view.grid)[:, 1] > 0.5
        assert (len(points) > 0) == (sides.any() and not sides.all())
        if len(points):  # linear interpolation within a cell leaves the probability near one half
            assert np.median(np.abs(model.predict(points)[:, 1] - 0.5)) < 0.05


def test_with_more_classes_the_colour_says_which_one(snapshot: Any, stand: Any) -> None:
    shown = snapshot(BLOBS)
    view = stand(FitPanel, shown).view
    for i, model in enumerate(shown.models):
        predicted = model.predict(view.grid).argmax(axis=1).reshape(view.shape)
        assert np.array_equal(view.images[i].get_array() // (256 // 3), predicted)


def test_flipped_labels_are_rings_and_the_subtitle_says_so(snapshot: Any, stand: Any, words: Any) -> None:
    shown = snapshot(MOONS.replace(label_noise=0.1))
    panel = stand(FitPanel, shown)
    split = shown.models[0].split
    paper = panel.look.background
    for axes in panel.axes:
        dots = [line for line in axes.lines if line.get_marker() == "o"]
        rings = np.concatenate([np.column_stack(d.get_data()) for d in dots if d.get_markerfacecolor() == paper])
        assert {tuple(at) for at in rings} == {tuple(at) for at in split.X_train[split.flipped]}
        assert sum(len(dot.get_xdata()) for dot in dots) == len(split.X_train)
    assert any("flipped" in word for word in words(panel))
    assert not any("flipped" in word for word in words(stand(FitPanel, snapshot(MOONS.replace(label_noise=0.0)))))


def test_the_score_is_the_last_validation_accuracy(snapshot: Any, stand: Any) -> None:
    shown = snapshot(MOONS)
    panel = stand(FitPanel, shown)
    accuracies = [f"{100 * model.history['val_score'][-1]:.1f}{SPACE}%" for model in shown.models]
    assert [text.get_text() for text in panel.scores] == accuracies


def test_pictures_that_are_shown_are_truly_wrong(snapshot: Any, stand: Any) -> None:
    shown = snapshot(DIGITS)
    panel = stand(FitPanel, shown)
    view, split = panel.view, shown.models[0].split
    for i, model in enumerate(shown.models):
        guess = model.predict(split.X_val).argmax(axis=1)
        assert len(view.slots[i]) >= 9
        for sample, caption in zip(view.slots[i], view.captions[i], strict=True):
            assert guess[sample] != split.y_val[sample]
            assert caption.get_text() == f"{split.y_val[sample]}→{guess[sample]}"
        wrong = int((guess != split.y_val).sum())
        assert panel.notes[i].get_text() == f"{wrong} of {len(guess)} wrong"
        assert panel.scores[i].get_text() == f"{100 * np.mean(guess == split.y_val):.1f}{SPACE}%"


def test_a_picture_is_the_one_its_caption_speaks_of(snapshot: Any, stand: Any) -> None:
    shown = snapshot(DIGITS)
    view, split = stand(FitPanel, shown).view, shown.models[0].split
    raw = split.X_val * split.scale + split.mean
    sheet = view.images[0].get_array()
    for place, sample in enumerate(view.slots[0]):
        y, x = place // view.columns * view.pitch_down, place % view.columns * view.pitch_across
        tile = sheet[y : y + 8, x : x + 8].ravel().astype(float)
        assert np.corrcoef(tile, raw[sample])[0, 1] > 0.999


def test_a_picture_keeps_its_place_as_long_as_it_is_wrong() -> None:
    assert refilled([-1] * 4, np.array([3, 5, 8, 9, 11])) == [3, 5, 8, 9]
    assert refilled([3, 5, 8, 9], np.array([3, 8, 11, 12])) == [3, 11, 8, 12]
    assert refilled([3, 5, 8, 9], np.array([8])) == [-1, -1, 8, -1]


def test_a_confusion_matrix_counts_every_validation_sample_once(snapshot: Any, stand: Any) -> None:
    shown = snapshot(WINE)
    view, split = stand(FitPanel, shown).view, shown.models[0].split
    for i, model in enumerate(shown.models):
        guess = model.predict(split.X_val).argmax(axis=1)
        expected = [[int(((split.y_val == t) & (guess == p)).sum()) for p in range(3)] for t in range(3)]
        counts = np.array([int(text.get_text()) for text in view.counts[i]]).reshape(3, 3)
        assert counts.tolist() == expected
        assert counts.sum() == len(split.y_val)


def test_predictions_of_a_regression_stand_over_the_true_values(snapshot: Any, stand: Any) -> None:
    shown = snapshot(DIABETES)
    panel = stand(FitPanel, shown)
    view, split = panel.view, shown.models[0].split
    for i, model in enumerate(shown.models):
        true, predicted = view.dots[i].get_data()
        assert np.array_equal(true, split.y_val)
        assert predicted == pytest.approx(np.clip(model.predict(split.X_val), -view.limit, view.limit), abs=0.05)
        assert panel.scores[i].get_text() == f"R² {model.history['val_score'][-1]:.2f}"
    for axes in {dots.axes for dots in view.dots}:  # cells stand close, and the last one at the edge
        assert [axes.get_xticklabels()[end].get_ha() for end in (0, -1)] == ["left", "right"]


@pytest.mark.parametrize("data", ["moons", "diabetes", "sine"])
def test_the_score_of_a_lane_that_has_stopped_is_that_of_the_weights_it_went_back_to(data: str, stand: Any) -> None:
    trainer = Trainer([Config(data=data, n_train=50, patience=5, seed=4)])
    trainer.advance(epochs=400)
    shown = trainer.snapshot()
    (model,) = shown.models
    assert model.state == "stopped"
    assert model.now("val_score") != model.history["val_score"][-1]
    score = model.now("val_score")
    panel = stand(FitPanel, shown, [Lane("none")])
    assert panel.scores[0].get_text() == (percent(score, 1) if data == "moons" else f"R² {number(score)}")


def test_a_curve_is_what_the_net_answers_among_points_and_truth(snapshot: Any, stand: Any, words: Any) -> None:
    shown = snapshot(MOONS.replace(data="sine", n_train=40, label_noise=0.1))
    panel = stand(FitPanel, shown)
    view = panel.view
    for i, model in enumerate(shown.models):
        x, y = view.curves[i][1].get_data()
        np.testing.assert_allclose(y, np.clip(model.predict(x[:, None]).ravel(), *view.up), atol=1e-6)
    assert any("dashed: the truth; ring: target exchanged" in text for text in words(panel))
    truth = next(line for line in panel.place.figure.axes[0].lines if line.get_linestyle() == "--")
    np.testing.assert_array_equal(np.column_stack(truth.get_data()), shown.models[0].split.truth)
    points = [line for line in panel.place.figure.axes[0].lines if line.get_marker() == "o"]
    assert [len(line.get_xdata()) for line in points] == [36, 4]


def test_a_field_is_what_the_net_answers_as_colour_and_its_line_the_mean(snapshot: Any, stand: Any) -> None:
    shown = snapshot(MOONS.replace(data="hills", n_train=60, hidden=()))
    view = stand(FitPanel, shown).view
    cell = view.x[2] - view.x[1]
    for i, model in enumerate(shown.models):
        share = np.clip(model.predict(view.grid).reshape(view.shape) / view.limit, -1, 1) / 2 + 0.5
        assert np.abs(view.images[i].get_array().astype(float) - 255 * share).max() <= 0.51
        points = np.column_stack(view.boundaries[i][1].get_data())
        points = points[np.isfinite(points).all(axis=1)]
        slope = np.linalg.norm(model.weights[0])
        assert np.abs(model.predict(points) if len(points) else 0).max() <= 0.2 * slope * cell


@pytest.mark.parametrize("config", [MOONS, DIGITS, WINE, DIABETES])
def test_one_lane_is_refreshed_per_draw_until_none_is_behind(config: Config, snapshot: Any, stand: Any) -> None:
    panel = stand(FitPanel, snapshot(config))
    asked: list[int] = []
    show = panel.view.show
    panel.view.show = lambda i, model: (asked.append(i), show(i, model))[1]
    later = snapshot(config, seed=50, step=41, epochs=13)
    behind = []
    for _ in range(6):
        panel.draw(later)
        behind.append(panel.behind)
    assert sorted(asked) == [0, 1, 2, 3]
    assert behind == [True, True, True, False, False, False]


def test_a_net_that_broke_is_named_and_drawn_as_undecided(model: Any, stand: Any) -> None:
    whole = model(MOONS)
    broken = model(MOONS, weights=tuple(w * np.nan for w in whole.weights), state="diverged")
    panel = stand(FitPanel, Snapshot(0, (whole, broken, whole, whole)))
    assert panel.scores[1].get_text() == "diverged"
    assert set(np.unique(panel.view.images[1].get_array())) <= {127, 128}


@pytest.mark.slow
@pytest.mark.parametrize("count", range(1, 9))
def test_cells_of_all_lanes_fit_their_place_and_stay_apart(count: int, snapshot: Any, stand: Any) -> None:
    lanes = [*DEFAULT_LANES, *(Lane(f"lane {i}") for i in range(4))][:count]
    cells = cells_for(count, 530, 250, Margins(header=20, gap=14))
    across = cells[0].width
    for i, a in enumerate(cells):
        assert a.left >= 0
        assert a.left + across <= 530 + 1e-9
        assert a.top + a.height <= 250 + 1e-9
        for b in cells[:i]:
            assert (
                a.left >= b.left + across + 10 or b.left >= a.left + across + 10 or abs(a.top - b.top) > b.height + 20
            )
    for config in (MOONS, DIGITS, WINE, DIABETES):
        panel = stand(FitPanel, snapshot(config, lanes), lanes)
        for axes in panel.axes:
            box = axes.get_position()
            assert 0 <= box.x0 < box.x1 <= 1 + 1e-6
            assert -1e-6 <= box.y0 < box.y1 <= 1


@pytest.mark.parametrize("data", ["moons", "hills", "sine"])
def test_a_click_on_a_training_point_has_it_traced_and_a_second_ends_it(data: str, snapshot: Any, stand: Any) -> None:
    shown = snapshot(MOONS.replace(data=data, n_train=50))
    panel, split = stand(FitPanel, shown), shown.models[0].split
    places = split.X_train if data != "sine" else np.column_stack([split.X_train, split.y_train])
    for lane in (0, 3):
        axes = panel.view.fields[lane]
        point = int(np.argmax(places[:, 0]))  # alone at the right
        x, y = axes.transData.transform(places[point])
        at = float(x), panel.place.height - float(y)  # a pixel is a CSS pixel here
        assert panel.pointer("move", *at).hint == f"training point {point + 1}\nclick: trace it through the layers"
        assert panel.pointer("click", *at).trace == point
        panel.scene = Scene(traced=point)
        panel.draw(shown)
        for ring in panel.pick.rings:
            np.testing.assert_array_equal(np.column_stack(ring.get_data()), places[[point]])
        assert panel.pointer("click", *at).trace == END
        assert panel.pointer("back", *at).trace is None  # it counts at once, before the next frame
        panel.scene = Scene(traced=point)
        assert panel.pointer("back", *at).trace == END
        panel.scene = Scene()
        panel.draw(shown)
        assert not any(ring.get_visible() for ring in panel.pick.rings)
    assert all(panel.pointer("click", *target).trace is not None for target in panel.targets())


def test_where_no_points_are_seen_there_is_nothing_to_trace(snapshot: Any, stand: Any) -> None:
    for config in (DIGITS, WINE, DIABETES):
        panel = stand(FitPanel, snapshot(config))
        assert not panel.listens
        assert list(panel.targets()) == []
    assert stand(FitPanel, snapshot(MOONS)).listens


FEW_AND_MANY = [Lane("few"), Lane("many", fixed={"n_train": 120, "seed": 3})]
"""Lanes of different points, each with scales of its own."""


def raw(split: Any, X: Any) -> Any:
    return X * split.scale + split.mean


def raw_targets(split: Any, y: Any) -> Any:
    return y * split.target_scale + split.target_mean


def in_order(at: Any) -> Any:
    return at[np.argsort(at[:, 0])]


def test_each_surface_is_among_the_points_that_its_lane_is_trained_on(snapshot: Any, stand: Any) -> None:
    shown = snapshot(MOONS.replace(n_train=50), FEW_AND_MANY)
    view = stand(FitPanel, shown, FEW_AND_MANY).view
    first, places = shown.models[0].split, raw(shown.models[0].split, view.grid)
    for i, model in enumerate(shown.models):
        split = model.split
        at = np.concatenate([line.get_xydata() for line in view.fields[i].lines if line.get_marker() == "o"])
        expected = raw(split, split.X_train)
        np.testing.assert_allclose(in_order(raw(first, at)), in_order(expected), atol=1e-12)
        answer = 255 * model.predict((places - split.mean) / split.scale)[:, 1].reshape(view.shape)
        assert np.abs(view.images[i].get_array().astype(float) - answer).max() <= 0.51
        left, right, foot, top = view.limits
        assert np.all((at >= (left, foot)) & (at <= (right, top)))


def test_each_curve_is_among_the_points_that_its_lane_is_trained_on(snapshot: Any, stand: Any) -> None:
    shown = snapshot(MOONS.replace(data="sine", n_train=50), FEW_AND_MANY)
    view, first = stand(FitPanel, shown, FEW_AND_MANY).view, shown.models[0].split
    for i, model in enumerate(shown.models):
        split = model.split
        at = np.concatenate([line.get_xydata() for line in view.fields[i].lines if line.get_marker() == "o"])
        expected = np.column_stack([raw(split, split.X_train)[:, 0], raw_targets(split, split.y_train)])
        found = np.column_stack([at[:, 0] * first.scale + first.mean, raw_targets(first, at[:, 1])])
        np.testing.assert_allclose(in_order(found), in_order(expected), atol=1e-12)
        x, y = view.curves[i][1].get_data()
        asked = (raw(first, x[:, None]) - split.mean) / split.scale
        answer = (raw_targets(split, model.predict(asked)) - first.target_mean) / first.target_scale
        np.testing.assert_allclose(y, np.clip(answer, *view.up), atol=1e-6)


def test_each_field_is_what_its_lane_answers_to_the_same_place(snapshot: Any, stand: Any) -> None:
    shown = snapshot(MOONS.replace(data="hills", n_train=50), FEW_AND_MANY)
    view, first = stand(FitPanel, shown, FEW_AND_MANY).view, shown.models[0].split
    for i, model in enumerate(shown.models):
        split = model.split
        said = model.predict((raw(first, view.grid) - split.mean) / split.scale)
        answer = (raw_targets(split, said) - first.target_mean) / first.target_scale
        share = np.clip(answer / view.limit, -1, 1) / 2 + 0.5
        assert np.abs(view.images[i].get_array().astype(float) - 255 * share.reshape(view.shape)).max() <= 0.51
        assert sum(len(line.get_xdata()) for line in view.fields[i].lines if line.get_marker() == "o") == len(
            split.y_train
        )


def test_each_lane_is_shown_on_validation_samples_of_its_own(snapshot: Any, stand: Any) -> None:
    shown = snapshot(WINE.replace(n_train=60), FEW_AND_MANY)
    view = stand(FitPanel, shown, FEW_AND_MANY).view
    for i, model in enumerate(shown.models):
        split = model.split
        guess = model.predict(split.X_val).argmax(axis=1)
        expected = [[int(((split.y_val == t) & (guess == p)).sum()) for p in range(3)] for t in range(3)]
        assert np.array([int(text.get_text()) for text in view.counts[i]]).reshape(3, 3).tolist() == expected

    shown = snapshot(DIABETES.replace(n_train=60), FEW_AND_MANY)
    view, first = stand(FitPanel, shown, FEW_AND_MANY).view, shown.models[0].split
    for i, model in enumerate(shown.models):
        true, predicted = (raw_targets(first, values) for values in view.dots[i].get_data())
        np.testing.assert_allclose(true, raw_targets(model.split, model.split.y_val))
        edge = raw_targets(first, np.array([-0.985, 0.985]) * view.limit)
        said = raw_targets(model.split, model.predict(model.split.X_val))
        np.testing.assert_allclose(predicted, np.clip(said, *edge), rtol=1e-5)

    shown = snapshot(DIGITS, [Lane("few"), Lane("many", fixed={"n_train": 600, "seed": 3})])
    view = stand(FitPanel, shown, FEW_AND_MANY).view
    for i, model in enumerate(shown.models):
        wrong = np.flatnonzero(model.predict(model.split.X_val).argmax(axis=1) != model.split.y_val)
        assert set(view.slots[i]) - {-1} <= set(wrong)
        sample = view.slots[i][0]
        ink = raw(model.split, model.split.X_val)[sample].reshape(view.tall, view.across)
        assert np.corrcoef(ink.ravel(), view.pictures[i][sample].ravel())[0, 1] > 0.97


def test_a_ring_is_around_the_point_of_this_number_in_each_lane_that_has_it(snapshot: Any, stand: Any) -> None:
    shown = snapshot(MOONS.replace(n_train=50), FEW_AND_MANY)
    panel = stand(FitPanel, shown, FEW_AND_MANY)
    first = shown.models[0].split
    for point, lanes in ((7, 2), (80, 1)):
        panel.scene = Scene(traced=point)
        panel.draw(shown)
        rings = [ring for ring in panel.pick.rings if ring.get_visible() and len(ring.get_xdata())]
        assert len(rings) == lanes
        split = shown.models[1].split
        np.testing.assert_allclose(raw(first, rings[-1].get_xydata()), raw(split, split.X_train[[point]]))


@pytest.mark.parametrize("data", ["moons", "digits", "sine"])
@pytest.mark.parametrize("name", ["L1", "dropout", "weight decay", "early stopping", "L2, long and strong"])
def test_a_name_leaves_room_for_whatever_stands_beside_it(data: str, name: str, snapshot: Any, stand: Any) -> None:
    lanes = (Lane(name), Lane("fast"), Lane("none"), Lane("L2"))
    shown = snapshot(Config(data=data, n_train=50, hidden=(8,)), lanes)
    bad = np.full(13, -3067.87 if data == "sine" else 1.0)
    models = [replace(model, history={**model.history, "val_score": bad}) for model in shown.models]
    models[0] = replace(models[0], state="diverged")
    panel = stand(FitPanel, replace(shown, models=tuple(models)), lanes)
    panel.place.figure.draw_without_rendering()
    boxes = [Box(*text.get_window_extent().extents) for text in panel.place.figure.texts if text.get_text()]
    assert not any(one.covers(other) for one, other in combinations(boxes, 2))
    said = "R² <−10" if data == "sine" else f"100.0{SPACE}%"
    assert "diverged" in (panel.scores[0].get_text(), panel.notes[0].get_text())
    if data != "digits":  # which count what is wrong
        assert [text.get_text() for text in panel.scores[1:]] == [said] * 3


@pytest.mark.parametrize("share", [1.0, 0.1, 0.0])
def test_what_is_predicted_beyond_the_field_stands_at_its_edge_however_little_the_targets_vary(
    share: float, snapshot: Any, stand: Any
) -> None:
    shown = snapshot(DIABETES)
    models = [
        replace(
            model,
            split=replace(model.split, y_val=share * model.split.y_val),
            biases=(*model.biases[:-1], model.biases[-1] + 50),
        )
        for model in shown.models
    ]
    view = stand(FitPanel, replace(shown, models=tuple(models))).view
    for dots in view.dots:
        (low, high), across = dots.axes.get_ylim(), dots.axes.get_xlim()
        assert across == (low, high) == (-high, high)
        assert np.abs(dots.get_xdata()).max() < high
        np.testing.assert_allclose(dots.get_ydata(), high, rtol=0.02)
        assert len(dots.axes.get_xticks()) >= 2


def test_a_field_of_a_lopsided_curve_is_the_plane_that_a_person_draws_on(snapshot: Any, stand: Any) -> None:
    x = np.random.default_rng(0).gamma(1, size=(300, 1))
    rv.add_data("lopsided", x, np.exp(x[:, 0]))
    view = stand(FitPanel, snapshot(Config(data="lopsided", n_train=60))).view
    assert view.limits[2] > -1
    for axes in view.fields:
        assert (*axes.get_xlim(), *axes.get_ylim()) == view.limits
        assert len(axes.get_xticks()) >= 2
        assert len(axes.get_yticks()) >= 2
