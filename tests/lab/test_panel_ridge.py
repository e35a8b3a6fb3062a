"""The plane of two weights shows the run's own ways and the training split's own ridge solutions."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from lessons import lesson_lab
from regviz import Config, Trainer, probes
from regviz.lab.compare.lanes import Lane
from regviz.lab.compare.session import Session
from regviz.lab.look.lettering import width_of
from regviz.lab.panels.parts.following import MOST
from regviz.lab.panels.ridge.ridge import EARLY, POINTS, RidgePanel
from regviz.training.snapshot import Snapshot
from runs import every_epoch

LINEAR = Config(
    data="diabetes", n_train=50, noise=0.0, label_noise=0.0, hidden=(), init="zeros", optimizer="sgd", lr=0.02,
    batch_size=400, dtype="float64",
)  # fmt: skip
LANES = (Lane("steps"), Lane("L2", fixed={"l2": 1.0}), Lane("L1", fixed={"l1": 0.1}))


def trained(epochs: int, lanes: Any = LANES, base: Config = LINEAR) -> list[Snapshot]:
    """A run, seen at each of its epochs."""
    return every_epoch(base, lanes, epochs)


def settle(panel: Any, session: Session) -> None:
    """Draw the session's present until nothing is left to be read of its past."""
    panel.scene = session.scene()
    panel.draw(session.snapshot())
    while panel.behind:
        panel.draw(session.snapshot())


def points(line: Any) -> Any:
    return np.column_stack(line.get_data()) if line.get_visible() else np.empty((0, 2))


def two_of(panel: Any) -> list[int]:
    return list(panel.choices[panel.pair % len(panel.choices)])


def test_trail_point_ring_and_band_are_those_of_run_and_split(stand: Any, words: Any) -> None:
    seen = trained(12)
    panel = stand(RidgePanel, seen[0], LANES)
    for snapshot in seen[1:]:
        panel.draw(snapshot)
    split = seen[-1].models[0].split
    found = probes.ridge(split.X_train, split.y_train)
    for clicks in range(2):
        two = two_of(panel)
        assert tuple(two) == probes.bent_pairs(found, 12)[clicks]
        for i, line in panel.trails.items():
            way = [snapshot.models[i].weights[0][two, 0] for snapshot in seen]
            np.testing.assert_array_equal(points(line), way)
            np.testing.assert_array_equal(points(panel.points[i]), way[-1:])
            assert line.get_color() == panel.look.lane(i)
        np.testing.assert_allclose(points(panel.rings[0]), [found.weights(1 / (2 * 0.02 * 12))[two]])
        np.testing.assert_allclose(points(panel.rings[1]), [found.weights(1.0)[two]])
        assert not panel.rings[2].get_visible()  # of L1 no ridge solution is known to be like it
        np.testing.assert_allclose(points(panel.bands[0]), found.path()[1][:, two], atol=1e-14)
        lowest, bowl = found.valley(*two)
        away = points(panel.contours) - lowest
        levels = np.sqrt(np.einsum("ni,ij,nj->n", away, bowl, away) / (lowest @ bowl @ lowest))
        assert set(np.round(4 * levels[np.isfinite(levels)], 6)) == set(range(1, 9))
        names = [f"weight of {split.feature_names[k]}" for k in two]
        assert [panel.across.get_text(), panel.up.get_text()] == names
        assert panel.pointer("click", 5, 5).redraw
        panel.draw(seen[-1])
    said = words(panel)
    assert "λ = 1/(2ηt) = 2.08" in said
    assert "λ = 1.00" in said
    _, *labels = panel.targets()
    hints = [panel.pointer("move", *label).hint for label in labels]
    assert len(hints) == 3
    likeness = probes.cosine(seen[-1].models[0].weights[0][:, 0], found.weights(1 / 0.48))
    assert any(hint.startswith(f"steps: cosine {likeness:.3f}") for hint in hints)
    assert not any("L1:" in hint for hint in hints)
    assert panel.pointer("move", *panel.targets()[0]).hint.startswith("thin: training loss")


def test_the_network_with_l2_ends_in_its_ring(stand: Any) -> None:
    lane = Lane("L2", fixed={"l2": 1.0, "lr": 0.1})
    trainer = Trainer([lane.config(LINEAR)])
    trainer.advance(epochs=200)
    panel = stand(RidgePanel, trainer.snapshot(), [lane])
    np.testing.assert_allclose(points(panel.points[0]), points(panel.rings[0]), atol=1e-9)


def test_looking_back_shows_the_way_till_then_and_a_restart_begins_anew(stand: Any) -> None:
    session = Session(LINEAR, LANES)
    panel = stand(RidgePanel, session.snapshot(), LANES)
    for _ in range(9):
        session.epoch()
        settle(panel, session)
    whole = {i: points(line) for i, line in panel.trails.items()}
    session.look_back(4)
    settle(panel, session)
    late = RidgePanel()
    late.scene = session.scene()
    late = stand(lambda: late, session.snapshot(), LANES)  # a page that opens, or comes back, on the past
    lam = 1 / (2 * 0.02 * 4)
    for its in (panel, late):
        found = its.solutions[0][1]
        np.testing.assert_allclose(points(its.rings[0]), [found.weights(lam)[two_of(its)]])
        for i, line in its.trails.items():
            np.testing.assert_array_equal(points(line), whole[i][:5])
    session.look_back(None)
    settle(panel, session)
    np.testing.assert_array_equal(points(panel.trails[0]), whole[0])
    session.pin()
    session.reset()
    settle(panel, session)
    assert all(len(points(line)) == 1 for line in panel.trails.values())
    assert not points(panel.trails[0]).any()
    session.epoch()
    settle(panel, session)
    np.testing.assert_array_equal(points(panel.trails[0]), whole[0][:2])


def test_without_a_tape_it_remembers_what_it_was_shown_and_a_copy_goes_on_alone(stand: Any) -> None:
    seen = trained(4)
    panel = stand(RidgePanel, seen[0], LANES)
    for snapshot in seen[1:]:
        panel.draw(snapshot)
    other = panel.copy()
    panel.draw(seen[0])
    assert len(points(panel.trails[0])) == 1
    assert len(other.ways.rows) == 5


def test_it_draws_once_an_epoch_and_long_runs_stay_within_bounds(stand: Any) -> None:
    seen = trained(1)
    panel = stand(RidgePanel, seen[0], LANES)
    for artist in panel.artists:
        artist.stale = False
    panel.draw(Snapshot(7, tuple(replace(model, step=7) for model in seen[0].models)))
    assert not any(artist.stale for artist in panel.artists)
    for epoch in range(1, 900):
        panel.ways.follow(Snapshot(epoch, tuple(replace(model, epoch=epoch) for model in seen[1].models)), [])
    assert len(panel.ways.rows) <= MOST
    panel.draw(Snapshot(900, tuple(replace(model, epoch=900) for model in seen[1].models)))
    way = points(panel.trails[0])
    assert EARLY + POINTS / 2 <= len(way) <= EARLY + POINTS + 1
    assert not way[0].any()


@pytest.mark.parametrize(
    ("width", "height", "scale"), [(800, 320, 1), (390, 330, 1), (540, 320, 1.6), (372, 420, 1), (372, 430, 1.6)]
)
def test_eight_lanes_have_labels_that_do_not_overlap(width: int, height: int, scale: float, stand: Any) -> None:
    lanes = [Lane(f"lr {k}", fixed={"lr": 0.003 * 2**k}) for k in range(5)]
    lanes += [Lane(f"λ {lam}", fixed={"l2": lam}) for lam in (0.1, 1.0, 10.0)]
    panel = stand(RidgePanel, trained(30, lanes)[-1], lanes, width=width, height=height, scale=scale)
    boxes = []
    for text in [*panel.legend.names.values(), *panel.legend.notes.values(), *panel.decades]:
        if not text.get_text():
            continue
        x, y = text.get_position()
        x, y, size = x * width, (1 - y) * height, text.get_size()
        wide = width_of(text.get_text(), size, bold=text.get_weight() == "bold")
        left = x - wide / 2 if text.get_ha() == "center" else x
        assert left >= 0
        assert left + wide <= width + 1
        boxes.append((left, left + wide, y - size / 2, y + size / 2))
    assert len(boxes) >= 9
    for a, b in combinations(boxes, 2):
        apart = a[1] <= b[0] or b[1] <= a[0] or a[3] <= b[2] + 1 or b[3] <= a[2] + 1
        assert apart, (a, b)


@pytest.mark.parametrize(("height", "scale", "wide", "high"), [(420, 1, 280, 240), (430, 1.6, 250, 190)])
def test_beside_another_picture_names_stand_above_and_the_plane_is_large(
    height: int, scale: float, wide: int, high: int, stand: Any, words: Any
) -> None:
    lanes = [Lane("short steps"), Lane("to the end", fixed={"lr": 0.1}), Lane("L2", fixed={"l2": 1.0})]
    panel = stand(RidgePanel, trained(12, lanes)[-1], lanes, width=372, height=height, scale=scale)
    assert panel.plane.cell.width >= wide
    assert panel.plane.cell.height >= high
    assert sum("λ = " in text for text in words(panel)) >= 3
    for i, place in panel.legend.places.items():
        assert panel.pointer("move", *place).hint.startswith(f"{lanes[i].name}: cosine")


def test_lanes_of_other_training_sets_have_a_band_each_and_other_networks_none(stand: Any) -> None:
    lanes = [Lane("50"), Lane("150", fixed={"n_train": 150}), Lane("net", fixed={"hidden": (4,)})]
    shown = trained(2, lanes)[-1]
    panel = stand(RidgePanel, shown, lanes)
    assert list(panel.trails) == [0, 1]
    assert [band.get_color() for band in panel.bands] == [panel.look.lane(0), panel.look.lane(1)]
    for band, model in zip(panel.bands, shown.models, strict=False):
        found = probes.ridge(model.split.X_train, model.split.y_train)
        np.testing.assert_allclose(points(band), found.path()[1][:, two_of(panel)], atol=1e-14)
    assert not panel.contours.get_visible()
    assert "net: not a linear model of these inputs" in panel.pointer("move", 5, 5).hint


def test_a_lane_that_explodes_leaves_the_others_their_scale(stand: Any) -> None:
    lanes = [Lane("fine"), Lane("too long", fixed={"lr": 1.0})]
    panel = stand(RidgePanel, trained(20, lanes)[-1], lanes)
    alone = stand(RidgePanel, trained(20, lanes[:1])[-1], lanes[:1])
    for mine, its in zip(panel.plane.limits, alone.plane.limits, strict=True):
        assert mine[1] - mine[0] <= 3.5 * (its[1] - its[0])
    assert np.abs(points(panel.trails[1])).max() < 100


@pytest.mark.parametrize(
    "config",
    [
        Config(data="diabetes", n_train=50, hidden=(8,)),
        Config(data="wine", n_train=60, hidden=()),
        Config(data="sine", n_train=50, hidden=()),
    ],
    ids=["hidden layer", "classes", "one input"],
)
def test_anything_else_is_told_what_it_needs(config: Config, snapshot: Any, stand: Any, words: Any) -> None:
    panel = stand(RidgePanel, snapshot(config, LANES[:1]), LANES[:1])
    assert "needs linear models of a regression: no hidden layer, and two inputs or more" in words(panel)
    assert panel.targets() == []
    assert not panel.pointer("click", 5, 5).redraw


def test_two_inputs_have_one_plane(snapshot: Any, stand: Any) -> None:
    hills = Config(data="hills", n_train=50, hidden=())
    panel = stand(RidgePanel, snapshot(hills, LANES[:1]), LANES[:1])
    assert len(panel.choices) == 1
    assert not panel.pointer("click", 5, 5).redraw


def test_the_lesson_shows_it_with_the_verdict_and_not_before() -> None:
    lab = lesson_lab("05c_stopping_and_l2")
    names = lambda: [panel.name for panel in lab.player.stage.panels]  # noqa: E731
    assert names() == ["features"]
    lab.guide.take_answer("L2")
    assert names() == ["features"]
    lab.session.trainer.advance(epochs=100)
    lab.session.trained += 1
    lab.guide.look()
    assert names() == ["features", "ridge"]
