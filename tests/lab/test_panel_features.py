"""The features panel shows each input's share of the first layer, strikes the dead ones out and counts the others."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from regviz import Config, Trainer, probes
from regviz.lab.canvas.regions import MARGIN
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.look.lettering import width_of
from regviz.lab.look.numbers import SPACE
from regviz.lab.panels.features.features import FeaturesPanel
from regviz.lab.panels.features.features_list import ListView
from regviz.lab.panels.features.features_views import DEAD, ImageView, StripView
from regviz.training.snapshot import Snapshot

LANES = (Lane("none"), Lane("L1", ("l1",)))


def with_dead(model: Any, config: Config, dead: list[int], seed: int = 0) -> Any:
    """A network whose inputs `dead` have no weight."""
    whole = model(config, seed)
    first = whole.weights[0].copy()
    first[dead] = 0
    first.setflags(write=False)
    return model(config, seed, weights=(first, *whole.weights[1:]))


def bars(patch: Any, axis: int) -> Any:
    """Length of each bar along `axis` (0: across, 1: up)."""
    corners = patch.get_path().vertices.reshape(-1, 5, 2)
    return np.ptp(corners[..., axis], axis=1)


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        (Config(hidden=(8,)), ListView),
        (Config(data="wine", n_train=60, hidden=(8,)), ListView),
        (Config(data="breast_cancer", n_train=100, hidden=(8,)), ListView),
        (Config(data="planted", n_train=100, hidden=(8,)), StripView),
        (Config(data="digits", n_train=100, hidden=(8,)), ImageView),
        (Config(data="digits", n_train=100, decoys=3, hidden=(8,)), StripView),
    ],
)
def test_the_data_decide_how_it_is_shown(config: Config, kind: Any, snapshot: Any, stand: Any) -> None:
    assert isinstance(stand(FeaturesPanel, snapshot(config)).view, kind)


def test_bars_of_a_list_are_the_shares_on_one_scale(snapshot: Any, stand: Any) -> None:
    shown = snapshot(Config(data="wine", n_train=60, hidden=(8,)))
    view = stand(FeaturesPanel, shown).view
    rows = view.order[: view.rows]
    for i, each in enumerate(shown.models):
        share = probes.importance(each).share[rows]
        assert bars(view.bars[i], 0) == pytest.approx(np.minimum(1, share / view.limit))
    for text, k in zip(view.names, rows, strict=True):
        assert shown.models[0].split.feature_names[k].startswith(text.get_text().rstrip("…"))


def test_a_dead_input_is_struck_out_in_its_lane_only_and_not_counted(model: Any, stand: Any) -> None:
    config = Config(data="diabetes", n_train=100, hidden=(8,))
    panel = stand(FeaturesPanel, Snapshot(40, (model(config), with_dead(model, config, [2, 5]))), LANES)
    view = panel.view
    assert not view.strikes[0].get_visible()
    struck = view.strikes[1].get_ydata().reshape(-1, 3)[:, 0] - 0.5
    assert sorted(view.order[int(row)] for row in struck) == [2, 5]
    assert bars(view.bars[1], 0)[struck.astype(int)].max() == 0
    assert [text.get_text() for text in panel.counts] == ["10 of 10 inputs alive", "8 of 10 inputs alive"]


def test_one_input_and_one_decoy_are_said_in_the_singular(snapshot: Any, stand: Any, words: Any) -> None:
    alone = stand(FeaturesPanel, snapshot(Config(data="sine", n_train=50, hidden=(8,)), LANES), LANES)
    assert [text.get_text() for text in alone.counts] == ["1 of 1 input alive"] * 2
    beside = stand(
        FeaturesPanel, snapshot(Config(data="digits", n_train=100, decoys=1, hidden=(8,)), LANES[:1]), LANES[:1]
    )
    assert [text.get_text() for text in beside.counts] == ["alive: 64 of 64 that matter, 1 of 1 decoy"]


def test_what_has_no_room_is_counted(snapshot: Any, stand: Any) -> None:
    view = stand(FeaturesPanel, snapshot(Config(data="breast_cancer", n_train=100, hidden=(8,)))).view
    assert view.rows < 30
    assert view.more.get_text() == f"and {30 - view.rows} more inputs"
    means = view.shares.mean(axis=0)[view.order]
    assert means[: view.rows].min() >= means[view.rows :].max()


def test_rows_change_places_only_for_a_clear_difference(model: Any, stand: Any) -> None:
    config = Config(data="breast_cancer", n_train=100, hidden=(8,))
    panel = stand(FeaturesPanel, Snapshot(40, (model(config),)), LANES[:1])
    before = list(panel.view.order)
    first = panel.view.shares[0]
    W = model(config).weights[0].copy()
    a, b = before[0], before[1]
    W[b] *= first[a] / first[b] * 1.001  # just ahead of the first
    panel.draw(Snapshot(41, (model(config, step=41, weights=(W, *model(config).weights[1:])),)))
    assert panel.view.order[:2] == [a, b]
    W[b] *= 3
    panel.draw(Snapshot(42, (model(config, step=42, weights=(W, *model(config).weights[1:])),)))
    assert panel.view.order[0] == b


def test_planted_inputs_that_matter_stand_apart_from_decoys(model: Any, stand: Any, words: Any) -> None:
    config = Config(data="planted", n_train=100, hidden=(8,))
    split = model(config).split
    matters = np.flatnonzero(split.informative)
    empty = np.flatnonzero(~split.informative)
    panel = stand(FeaturesPanel, Snapshot(40, (model(config), with_dead(model, config, empty[3:].tolist()))), LANES)
    view = panel.view
    share = probes.importance(model(config)).share / view.limit
    assert bars(view.bars[0], 1) == pytest.approx(np.minimum(1, share[matters]))
    assert bars(view.decoys[0], 1) == pytest.approx(np.minimum(1, share[empty]))
    assert (
        panel.counts[1].get_text() == f"alive: {len(matters)} of {len(matters)} that matter, 3 of {len(empty)} decoys"
    )
    assert len(view.strikes[1].get_xdata()) == len(empty) - 3
    assert f"{len(empty)} decoys that say nothing" in words(panel)


def test_a_lane_of_a_few_strong_inputs_flattens_no_other(model: Any, stand: Any) -> None:
    config = Config(data="planted", n_train=100, hidden=(8,))
    one = with_dead(model, config, list(range(1, 25)))
    view = stand(FeaturesPanel, Snapshot(40, (model(config), model(config, 1), one)), [*LANES, Lane("x")]).view
    assert bars(view.bars[2], 1)[0] == 1
    assert bars(view.decoys[0], 1).max() > 0.3


def test_lanes_without_an_input_leave_the_others_their_scale(model: Any, stand: Any) -> None:
    config = Config(data="wine", n_train=60, hidden=(8,))
    whole, gone = model(config), with_dead(model, config, list(range(13)))
    lanes = (Lane("none"), Lane("L1", ("l1",)), Lane("L1 too", ("l1",)))
    panel = stand(FeaturesPanel, Snapshot(40, (whole, gone, gone)), lanes)
    alone = stand(FeaturesPanel, Snapshot(40, (whole,)), lanes[:1])
    assert panel.view.limit == alone.view.limit > 0


def test_pixels_are_coloured_by_their_share_and_dead_ones_crossed_out(model: Any, stand: Any) -> None:
    config = Config(data="digits", n_train=100, hidden=(8,))
    panel = stand(FeaturesPanel, Snapshot(40, (model(config), with_dead(model, config, [0, 9]))), LANES)
    view = panel.view
    index = np.asarray(view.images[1].get_array())
    assert index.shape == (8, 8)
    assert (index[0, 0], index[1, 1]) == (DEAD, DEAD)
    share = probes.importance(model(config)).share / view.limit
    assert np.asarray(view.images[0].get_array()).ravel() == pytest.approx(np.minimum(1, share) * (DEAD - 1), abs=0.51)
    assert np.column_stack(view.strikes[1].get_data()).tolist() == [[0.5, 0.5], [1.5, 1.5]]


def test_the_pointer_is_told_the_input_and_what_each_lane_makes_of_it(model: Any, stand: Any) -> None:
    config = Config(data="planted", n_train=100, hidden=(8,))
    shown = Snapshot(40, (model(config), with_dead(model, config, [1])))
    panel = stand(FeaturesPanel, shown, LANES)
    names, share = shown.models[0].split.feature_names, probes.importance(shown.models[0]).share
    hint = panel.pointer("move", 1.5 * panel.view.pixel, 200).hint.split("\n")
    assert hint == [
        f"{names[1]} (it matters)",
        f"none: {100 * share[1]:.1f}{SPACE}%",
        "L1: dead, all its weights are 0",
    ]
    assert panel.pointer("leave", 0, 0).hint == ""
    assert panel.pointer("move", 1.5 * panel.view.pixel, 5).hint == ""  # the title

    pixels = stand(FeaturesPanel, Snapshot(0, (model(Config(data="digits", n_train=100)),)), LANES[:1])
    left, top = pixels.view.corners[0]
    at = left + 2.5 * pixels.view.zoom, top + 1.5 * pixels.view.zoom
    assert pixels.pointer("move", *at).hint.startswith("pixel_1_2\n")

    rows = stand(FeaturesPanel, Snapshot(0, (model(Config(data="wine", n_train=60)),)), LANES[:1])
    y = rows.view.top + 0.5 * rows.view.pitch
    assert rows.pointer("move", 50, y).hint.startswith(rows.view.names[0].get_text())


def test_l1_strikes_more_decoys_out_than_inputs_that_matter(stand: Any) -> None:
    base = Config(data="planted", n_train=200, noise=0, l1=0.02, hidden=(16,), label_noise=0)
    trainer = Trainer([lane.config(base) for lane in LANES])
    trainer.advance(epochs=60)
    panel = stand(FeaturesPanel, trainer.snapshot(), LANES)
    matters = panel.split.informative
    assert panel.view.dead[1][~matters].mean() > panel.view.dead[1][matters].mean()
    assert not panel.view.dead[0].any()


def test_eight_lanes_have_room_for_their_names(snapshot: Any, stand: Any, words: Any) -> None:
    lanes = [*DEFAULT_LANES, *(Lane(f"lane {i}") for i in range(4))]
    for data in ("breast_cancer", "planted", "digits"):
        panel = stand(FeaturesPanel, snapshot(Config(data=data, n_train=100, hidden=(4,)), lanes), lanes)
        assert {"none", "L1", "L2", "dropout"} <= set(words(panel))


def test_counts_on_one_level_leave_each_other_room(snapshot: Any, stand: Any) -> None:
    lanes = [Lane(name) for name in ("none", "L1", "L2", "dropout", "BatchNorm", "early stopping")]
    shown = snapshot(Config(data="breast_cancer", n_train=100, hidden=(4,)), lanes)
    panel = stand(FeaturesPanel, shown, lanes, width=386, height=480)
    spots = panel.view.spots
    assert spots[5].y == spots[3].y
    for spot, following, count in zip(spots, spots[2:], panel.counts, strict=False):
        assert count.get_text()
        assert spot.x + width_of(count.get_text(), panel.look.small_size) < following.x


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_in_a_list_heading_axis_and_bars_of_every_lane_begin_in_one_column(
    scale: float, snapshot: Any, stand: Any, letters: float
) -> None:
    lanes = [Lane(name) for name in ("none", "L1", "L2", "dropout", "BatchNorm", "early stopping")]
    shown = snapshot(Config(data="wine", n_train=75, hidden=(8,)), lanes)
    width = 386 * letters
    panel = stand(FeaturesPanel, shown, lanes, width=width, height=480, scale=scale)
    boxes = [axes.bbox for axes in panel.view.axes]
    for name, count, box in zip(panel.names, panel.counts, boxes, strict=True):
        assert count.get_text()
        x = [text.get_position()[0] * width for text in (name, count)]
        assert x == pytest.approx([box.x0, box.x0])
        assert x[1] + width_of(count.get_text(), panel.look.small_size) <= width
    for box, following in pairwise(boxes):
        assert following.x0 > box.x1 + MARGIN  # else a lane that trains on wipes bars of one that has stopped
    if scale == 1:
        assert [name.get_text() for name in panel.names] == [lane.name for lane in lanes]


def test_where_a_name_and_a_count_have_no_room_the_name_is_whole_and_no_lane_has_a_count(
    snapshot: Any, stand: Any
) -> None:
    lanes = [Lane(name) for name in ("early stopping", *"abcde")]
    shown = snapshot(Config(data="planted", n_train=100, hidden=(8,)), lanes=lanes)
    panel = stand(FeaturesPanel, shown, lanes, width=260, height=300)
    assert panel.names[0].get_text() == "early stopping"
    assert [count.get_text() for count in panel.counts] == [""] * len(lanes)


@pytest.mark.parametrize("wide", [240, 300, 360, 540])
def test_lanes_beside_each_other_count_the_same_in_one_form(
    model: Any, stand: Any, wide: float, letters: float
) -> None:
    config = Config(data="twins", n_train=100, hidden=())
    lanes = [Lane("100, λ 0.02"), Lane("2,000, λ 0.1")]
    few = with_dead(model, config, np.flatnonzero(~model(config).split.informative).tolist())
    panel = stand(FeaturesPanel, Snapshot(40, (few, model(config))), lanes, width=wide * letters)
    few_said, all_said = (text.get_text() for text in panel.counts)
    assert few_said.endswith("decoys")
    assert few_said == all_said.replace("12 of 12", "0 of 12").replace("12/12", "0/12")
