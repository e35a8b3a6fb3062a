"""The reliability picture draws what the probe says of each lane, in bins of its confidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from regviz import Config, probes
from regviz.lab.compare.lanes import Lane
from regviz.lab.panels.reliability import AIR, BINS, FEW, ReliabilityPanel

LANES = (Lane("none"), Lane("L2", ("l2",)))
DIGITS = Config(data="digits", n_train=100, hidden=(16,), l2=1e-3)


def plain(text: Any) -> str:
    """What a text says, with plain spaces."""
    return str(text.get_text()).replace("\N{NO-BREAK SPACE}", " ")


def boxes(patch: Any) -> Any:
    """Left, right, foot and top of each rectangle that is there."""
    corners = patch.get_path().vertices.reshape(-1, 5, 2)
    left, foot = corners.min(axis=1).T
    right, top = corners.max(axis=1).T
    found = np.column_stack([left, right, foot, top])
    return found[found[:, 1] > found[:, 0]]


def test_bars_are_as_high_as_the_share_that_is_right_and_pale_where_points_are_few(snapshot: Any, stand: Any) -> None:
    shown = snapshot(DIGITS, LANES)
    panel = stand(ReliabilityPanel, shown, LANES)
    for plot, its in zip(panel.plots, shown.models, strict=True):
        found = probes.reliability(its, its.split.X_val, its.split.y_val, BINS)
        for patch, which in ((plot.many, found.points >= FEW), (plot.few, (found.points < FEW) & (found.points > 0))):
            k = np.flatnonzero(which)
            rows = boxes(patch)
            assert len(rows) == len(k)
            np.testing.assert_allclose(rows[:, 0], (k + AIR) / BINS)
            np.testing.assert_allclose(rows[:, 1], (k + 1 - AIR) / BINS)
            np.testing.assert_allclose(rows[:, 3], found.right[k])
        k = np.flatnonzero(found.points)
        ends = np.sort(np.column_stack([found.right[k], found.confidence[k]]), axis=1)
        np.testing.assert_allclose(boxes(plot.gaps)[:, 2:], ends)
        np.testing.assert_allclose(plot.said.get_ydata()[::3], found.confidence[k])
        assert plain(plot.error) == f"ECE {found.error:.2f}"
        assert plain(plot.words) == f"says {100 * found.said:.0f} %, is right {100 * found.accuracy:.0f} %"
    assert plain(panel.plots[0].words) != plain(panel.plots[1].words)


@pytest.mark.parametrize(("data", "low"), [("moons", 0.5), ("wine", 0.3), ("digits", 0.1)])
def test_the_axis_begins_where_the_surest_of_so_many_classes_can_be(
    data: str, low: float, snapshot: Any, stand: Any
) -> None:
    panel = stand(ReliabilityPanel, snapshot(Config(data=data, n_train=60, hidden=(8,)), LANES), LANES)
    assert panel.axes[0].get_xlim() == (pytest.approx(low), 1)
    assert panel.axes[0].get_ylim() == (0, 1)


def test_the_pointer_is_told_what_is_in_a_bin(snapshot: Any, stand: Any) -> None:
    shown = snapshot(DIGITS, LANES)
    panel = stand(ReliabilityPanel, shown, LANES)
    found = [probes.reliability(its, its.split.X_val, its.split.y_val, BINS) for its in shown.models]
    targets = panel.targets()
    assert len(targets) == sum(int((its.points > 0).sum()) for its in found)
    hints = [panel.pointer("move", *point).hint.replace("\N{NO-BREAK SPACE}", " ") for point in targets]
    at = 0
    for lane, its in zip(LANES, found, strict=True):
        for k in np.flatnonzero(its.points).tolist():
            assert hints[at].startswith(f"{lane.name}: {10 * k} % to {10 * (k + 1)} % sure\n")
            assert f"{its.points[k]} answer" in hints[at]
            assert hints[at].endswith(f"says {100 * its.confidence[k]:.1f} %")
            at += 1
    assert panel.pointer("move", 1, 1).hint == ""
    assert panel.pointer("leave", *targets[0]).hint == ""


def test_a_lane_that_diverged_has_no_bars_and_says_so(model: Any, snapshot: Any, stand: Any) -> None:
    good = snapshot(DIGITS, LANES).models
    broken = model(LANES[1].config(DIGITS), weights=tuple(W * np.nan for W in good[1].weights), state="diverged")
    panel = stand(ReliabilityPanel, type(snapshot(DIGITS, LANES))(40, (good[0], broken)), LANES)
    assert plain(panel.plots[1].words) == "diverged"
    assert len(boxes(panel.plots[1].many)) == len(boxes(panel.plots[1].gaps)) == 0
    assert len(boxes(panel.plots[0].many)) > 0


def test_of_a_lane_that_diverged_the_pointer_reads_no_answers(model: Any, snapshot: Any, stand: Any) -> None:
    good = snapshot(DIGITS, LANES).models
    panel = stand(ReliabilityPanel, replace(snapshot(DIGITS, LANES), models=good), LANES)
    reached = panel.targets()
    panel.draw(replace(snapshot(DIGITS, LANES), models=(good[0], replace(good[1], state="diverged"))))
    cell = panel.plots[1].cell
    assert plain(panel.plots[1].words) == "diverged"
    assert panel.pointer("move", cell.left + 0.9 * cell.width, cell.top + 5).hint == "L2: diverged"
    assert 0 < len(panel.targets()) < len(reached)
    assert not any(cell.left <= x <= cell.left + cell.width for x, _ in panel.targets())


def test_a_regression_says_no_probabilities(snapshot: Any, stand: Any, words: Any) -> None:
    panel = stand(ReliabilityPanel, snapshot(Config(data="diabetes", n_train=100, hidden=(8,)), LANES), LANES)
    assert any("a regression says no probabilities" in text for text in words(panel))
    assert panel.targets() == []
    assert panel.pointer("move", 200, 200).hint == ""
