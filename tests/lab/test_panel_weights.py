"""The weights panel counts every weight once: in a bin, or at exactly 0."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from regviz import Config
from regviz.lab.compare.lanes import DEFAULT_LANES
from regviz.lab.compare.scene import Pinned, Scene
from regviz.lab.look.numbers import SPACE
from regviz.lab.panels.weights import BINS, ROW, WeightsPanel
from regviz.training.snapshot import Snapshot


def sparse(model: Any, share: float, config: Config | None = None, **given: Any) -> Any:
    """A model of whose weights about `share` are exactly 0."""
    whole = model(config or Config(hidden=(16, 16)), **given)
    rng = np.random.default_rng(3)
    weights = tuple(np.where(rng.random(layer.shape) < share, 0, layer) for layer in whole.weights)
    return model(config or Config(hidden=(16, 16)), weights=weights, **given)


def flat(model: Any) -> Any:
    return np.concatenate([layer.ravel() for layer in model.weights])


def tops(patch: Any) -> Any:
    """Heights of a staircase, one per bin."""
    return patch.get_path().vertices[1:-1:2, 1]


def test_bins_and_exact_zeros_together_hold_every_weight(model: Any, stand: Any) -> None:
    models = tuple(sparse(model, share) for share in (0, 0.3, 0.82, 0.999))
    panel = stand(WeightsPanel, Snapshot(0, models))
    for i, each in enumerate(models):
        assert panel.counts[i].sum() == np.count_nonzero(flat(each))
        assert panel.shares[i] == pytest.approx(np.mean(flat(each) == 0), abs=1e-12)


def test_the_counts_are_those_of_a_histogram_on_the_same_bins(snapshot: Any, stand: Any) -> None:
    shown = snapshot()
    panel = stand(WeightsPanel, shown)
    for i, each in enumerate(shown.models):
        inside = np.clip(flat(each), -panel.limit, panel.limit)
        expected, _ = np.histogram(inside, BINS, (-panel.limit, panel.limit))
        assert np.abs(panel.counts[i] - expected).sum() <= 2  # a weight on an edge may round either way


def test_the_percentage_is_the_share_of_exact_zeros(model: Any, stand: Any) -> None:
    models = tuple(sparse(model, share) for share in (0, 0.3, 0.82, 1))
    panel = stand(WeightsPanel, Snapshot(0, models))
    shares = [np.mean(flat(each) == 0) for each in models]
    assert [text.get_text() for text in panel.percents] == [
        f"{value}{SPACE}%" for value in (0, *(f"{100 * s:.0f}" for s in shares[1:3]), 100)
    ]
    assert [text.get_text() for text in panel.exactly] == ["", "exactly 0", "exactly 0", "exactly 0"]
    for i, bar in enumerate(panel.zero_bars):
        assert tops(bar) + i + 1 == pytest.approx([ROW * shares[i]])


def test_lanes_share_their_bins_and_the_scale_of_heights(snapshot: Any, stand: Any) -> None:
    panel = stand(WeightsPanel, snapshot())
    edges = [patch.get_path().vertices[:, 0] for patch in panel.histograms]
    assert all(np.array_equal(edges[0], other) for other in edges[1:])
    assert edges[0][0] == -edges[0][-1] == -panel.limit
    for i, patch in enumerate(panel.histograms):
        expected = ROW * np.minimum(1, np.sqrt(panel.counts[i] / panel.peak)) - i - 1
        assert tops(patch) == pytest.approx(expected)


def test_one_spike_does_not_flatten_the_other_lanes(model: Any, stand: Any) -> None:
    wide = [model(Config(hidden=(64,)), seed=i) for i in range(3)]
    spike = model(Config(hidden=(64,)), weights=tuple(1e-5 * layer for layer in wide[0].weights))
    panel = stand(WeightsPanel, Snapshot(0, (*wide, spike)))
    assert min((tops(patch) + i + 1).max() for i, patch in enumerate(panel.histograms)) > 0.4 * ROW


def test_limits_stand_still_while_weights_breathe(model: Any, stand: Any) -> None:
    whole = model(Config(hidden=(16, 16)))
    panel = stand(WeightsPanel, Snapshot(0, (whole,) * 4))
    before = panel.limit
    for step, factor in enumerate((0.97, 1.0, 0.9, 0.8, 0.97)):
        scaled = model(Config(hidden=(16, 16)), step=100 + step, weights=tuple(factor * w for w in whole.weights))
        panel.draw(Snapshot(0, (scaled,) * 4))
        assert panel.limit == before
    grown = model(Config(hidden=(16, 16)), step=200, weights=tuple(9 * w for w in whole.weights))
    panel.draw(Snapshot(0, (grown,) * 4))
    assert panel.limit > 4 * before
    assert panel.rows.get_xlim() == (-panel.limit, panel.limit)
    assert panel.counts.sum(axis=1).tolist() == [np.count_nonzero(flat(grown))] * 4


def test_nets_of_zeros_and_nets_that_broke_say_so(model: Any, stand: Any) -> None:
    config = Config(hidden=(16, 16))
    whole = model(config)
    zeros = model(config, weights=tuple(0 * layer for layer in whole.weights))
    broken = model(config, weights=tuple(layer * np.inf for layer in whole.weights), state="diverged")
    huge = model(config, weights=tuple(layer * 1e200 for layer in whole.weights))
    panel = stand(WeightsPanel, Snapshot(0, (whole, zeros, broken, huge)))
    assert [text.get_text() for text in panel.notes] == ["", "all weights are 0", "diverged", ""]
    alone = stand(WeightsPanel, Snapshot(0, (zeros,) * 4))
    assert alone.counts.sum() == 0
    for shown in (panel, alone):
        shown.place.figure.savefig(io.BytesIO())


def test_beside_nets_of_zeros_a_pinned_run_is_seen_whole(model: Any, stand: Any) -> None:
    lanes = DEFAULT_LANES[:2]
    config = Config(hidden=(16, 16))
    whole = model(config)
    zeros = model(config, weights=tuple(0 * layer for layer in whole.weights))

    def pinned(now: Any, before: Any) -> Any:
        def made() -> WeightsPanel:
            panel = WeightsPanel()
            panel.scene = Scene(pinned=Pinned.of(Snapshot(0, (before,) * 2), lanes))
            return panel

        return stand(made, Snapshot(0, (now,) * 2), lanes)

    beside_zeros, beside_itself = pinned(zeros, whole), pinned(whole, whole)
    assert beside_zeros.limit == beside_itself.limit > 0
    for i in range(2):
        np.testing.assert_array_equal(tops(beside_zeros.ghosts[i]), tops(beside_itself.ghosts[i]))
        assert np.ptp(tops(beside_zeros.ghosts[i])) > 0.5
    nothing = pinned(zeros, zeros)
    nothing.place.figure.savefig(io.BytesIO())
    assert all(np.ptp(tops(nothing.ghosts[i])) == 0 for i in range(2))


def test_a_large_net_is_counted_lane_by_lane_until_all_are_up_to_date(model: Any, stand: Any) -> None:
    config = Config(hidden=(160, 160))
    first = tuple(model(config, seed=i) for i in range(4))
    panel = stand(WeightsPanel, Snapshot(0, first))
    assert not panel.behind
    second = Snapshot(1, tuple(sparse(model, 0.5, config, seed=i, step=41) for i in range(4)))
    draws = 0
    while draws == 0 or panel.behind:
        panel.draw(second)
        draws += 1
    assert 1 < draws <= 5
    assert panel.shares == pytest.approx([np.mean(flat(each) == 0) for each in second.models])


def test_a_bar_that_does_not_change_is_not_drawn_again(snapshot: Any, stand: Any) -> None:
    shown = snapshot()
    panel = stand(WeightsPanel, shown)
    for artist in panel.artists:
        artist.stale = False
    panel.draw(snapshot(step=41))
    assert not any(artist.stale for artist in panel.artists)
