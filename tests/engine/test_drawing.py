"""Points that a person draws: each keeps its part, no other moves with it, and networks train on with their weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regviz as rv
from regviz.data.drawing import MOST_POINTS, Drawing
from regviz.data.drawn import cannot_draw, copied, from_record, read_drawing, to_record, write_points
from regviz.probes import learned_labels
from regviz.training.turns import POINTS

NAME = "sketched"
CONFIG = rv.Config(n_train=40, hidden=(6,), batch_size=16, optimizer="sgd", lr=0.1, dtype="float64")


@pytest.fixture
def moons() -> Drawing:
    """A copy of two moons."""
    return copied(rv.load(CONFIG))


@pytest.fixture
def own(moons: Drawing) -> Drawing:
    """Thirty points of two classes, drawn on an empty plane."""
    drawing, rng = moons.emptied(), np.random.default_rng(0)
    for point, (x, y) in enumerate(rng.uniform(-1, 1, (30, 2))):
        drawing = drawing.add(point, x, y, point % 2)
    return drawing


def on(drawing: Drawing, **fields: Any) -> rv.Config:
    """The Config of networks that train on a drawing."""
    rv.add_drawing(NAME, drawing, replace=True)
    return CONFIG.replace(**{"data": NAME, "n_train": drawing.counts[0], "noise": 0.0, "label_noise": 0.0, **fields})


def parts(drawing: Drawing) -> dict[int, int]:
    """What each point is for."""
    return dict(zip(drawing.ids.tolist(), drawing.points.part.tolist(), strict=True))


def test_three_of_five_points_of_each_class_train_and_none_ever_changes_what_it_is_for(own: Drawing) -> None:
    assert own.counts == (18, 6, 6)
    for label in (0, 1):
        assert own.points.part[own.points.label == label].tolist() == [0, 1, 2, 0, 0] * 3
    before = parts(own)
    assert parts(own.move(3, 0.5, 0.5)) == parts(own.flip(4)) == before
    assert parts(own.erase(7)) == {point: part for point, part in before.items() if point != 7}
    assert parts(own.add(99, 0, 0, 1)) == {**before, 99: 0}


def test_one_point_that_moves_moves_nothing_else_that_the_networks_see(own: Drawing) -> None:
    before = rv.load(on(own))
    far = own.move(0, own.window[1], own.window[3])  # trains
    after = rv.load(on(far))
    assert np.array_equal(before.X_train[1:], after.X_train[1:])
    assert not np.array_equal(before.X_train[0], after.X_train[0])
    for part in ("X_val", "X_test", "y_train", "y_val", "y_test", "mean", "scale"):
        assert np.array_equal(getattr(before, part), getattr(after, part)), part
    for seed in (1, 2):  # nobody shuffles what was drawn
        assert np.array_equal(rv.load(on(own, seed=seed)).X_train, before.X_train)


def test_a_copy_trains_on_the_same_points_and_is_tested_on_those_of_the_data(moons: Drawing) -> None:
    source, copy = rv.load(CONFIG), rv.load(on(moons))
    for part in ("X_train", "X_val", "X_test"):
        np.testing.assert_allclose(getattr(copy, part), getattr(source, part), rtol=0, atol=1e-14)
    assert np.array_equal(copy.y_train, source.y_train)
    assert np.array_equal(copy.flipped, source.flipped)  # a label that is noise stays known as one
    noisy = int(np.flatnonzero(source.flipped)[0])
    assert np.count_nonzero(rv.load(on(moons.flip(noisy).move(3, 0, 0).erase(2))).flipped) == source.flipped.sum() - 1
    assert np.array_equal(copy.clean_train, source.clean_train)
    more = rv.load(on(moons.add(99, 0.3, -1.2, 1)))
    assert len(more.X_train) == 41
    assert np.array_equal(more.X_val, copy.X_val)
    np.testing.assert_allclose(more.X_train[-1] * more.scale + more.mean, (0.3, -1.2), atol=1e-12)
    assert len(rv.load(on(moons, n_train=25)).X_train) == 25


def test_a_curve_is_drawn_by_its_answers_and_keeps_the_truth_of_the_curve_it_is_copied_from() -> None:
    sine = rv.load(CONFIG.replace(data="sine"))
    drawing = copied(sine).add(99, 0.25, 0.8)
    split = rv.load(on(drawing))
    assert (split.task, split.n_features, len(split.y_train)) == ("regression", 1, 41)
    assert split.y_train[-1] * split.target_scale + split.target_mean == pytest.approx(0.8)
    assert split.truth is not None
    assert sine.truth is not None
    np.testing.assert_allclose(split.truth, sine.truth, atol=1e-12)
    with pytest.raises(rv.DataError, match="no classes"):
        drawing.flip(99)
    assert rv.load(on(_filled(drawing.emptied()))).truth is None


def _filled(drawing: Drawing) -> Drawing:
    for point in range(6):
        drawing = drawing.add(point, point / 10, point / 20)
    return drawing


def test_what_cannot_be_drawn_is_said_and_changes_nothing(own: Drawing) -> None:
    for x in (float("nan"), float("inf"), 1e9):
        with pytest.raises(rv.DataError, match="the plane goes from"):
            own.add(99, x, 0, 0)
        with pytest.raises(rv.DataError, match="the plane goes from"):
            own.move(0, 0, x)
    for act in (own.flip, own.erase, own.row):
        with pytest.raises(rv.DataError, match="no point 99"):
            act(99)
    with pytest.raises(rv.DataError, match="no class 2"):
        own.add(99, 0, 0, 2)
    with pytest.raises(rv.DataError, match="a point 3 already"):
        own.add(3, 0, 0, 0)
    four = own.with_class().with_class()
    with pytest.raises(rv.DataError, match="two to 4 classes"):
        four.with_class()
    rows = np.zeros((MOST_POINTS, 4)).tolist()
    full = from_record({**to_record(own), "points": rows})
    with pytest.raises(rv.DataError, match="2,000 points at most"):
        full.add(10**6, 0, 0, 0)
    with pytest.raises(rv.DataError, match="2,000 at most"):
        from_record({**to_record(own), "points": [*rows, rows[0]]})
    assert "25 inputs" in cannot_draw(rv.load(CONFIG.replace(data="planted")))
    assert cannot_draw(rv.load(CONFIG.replace(data="hills")))
    with pytest.raises(rv.DataError, match="no network can be trained"):
        rv.add_drawing(NAME, own.emptied().add(0, 0, 0, 0))


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": [[0, 0, 5, 0]]},
        {"points": [[0, 0, 0, 3]]},
        {"points": [[0, float("nan"), 0, 0]]},
        {"points": [[0, 0, float("nan"), 0]]},
        {"points": [[1e99, 0, 0, 0]]},
        {"points": [[0, 0, 0]]},
        {"points": "many"},
        {"scale": [0, 1]},
        {"scale": [1e-300, 1]},
        {"window": [1, 1, 0, 1]},
        {"window": [0, 1e300, 0, 1]},
        {"mean": [0]},
        {"classes": ["a"]},
        {"classes": ["a", "a"]},
        {"axes": None},
        {"flipped": ["x"]},
        {"flipped": [3], "clean": []},
        {"flipped": [3], "clean": [7]},
        {"flipped": [3], "clean": [0.5]},
        {"flipped": [3], "clean": "a"},
        {"flipped": [3], "clean": [float("nan")]},
    ],
    ids=str,
)
def test_a_record_that_is_no_drawing_is_refused(own: Drawing, wrong: dict[str, Any]) -> None:
    with pytest.raises(rv.DataError):
        from_record({**to_record(own), **wrong})


@pytest.mark.parametrize("data", ["moons", "blobs"])
def test_what_noisy_labels_were_stays_known_whatever_is_done_to_the_points(data: str) -> None:
    config = CONFIG.replace(data=data, n_train=45, label_noise=0.2)
    truth = rv.load(config.replace(label_noise=0.0)).y_train
    source = rv.load(config)
    assert np.array_equal(source.clean_train, truth)
    drawing = from_record(to_record(copied(source)))
    assert np.array_equal(drawing.clean, truth)
    one, other = np.flatnonzero(drawing.flipped)[:2].tolist()
    changed = drawing.flip(one).move(other, 0, 0).add(99, 0, 0, 1)
    assert changed.clean.tolist() == [*np.where(np.arange(45) == one, changed.points.label[:45], truth).tolist(), 1]
    assert np.array_equal(changed.erase(one).clean, np.delete(changed.clean, one))
    assert len(drawing.emptied().clean) == 0
    again = rv.load(on(drawing, label_noise=0.5))  # noise upon noise may give a label back
    assert np.array_equal(again.clean_train, truth)
    assert np.array_equal(again.flipped, again.y_train != truth)
    (run,) = rv.fit([config], epochs=1)
    for split in (source, rv.load(on(drawing))):
        said = run.model.predict(split.X_train).argmax(axis=1)
        share = learned_labels(replace(run.model, split=split)).true
        assert share == (said == truth)[split.flipped].mean()


def test_a_record_of_before_tells_of_two_classes_what_a_noisy_label_was_and_not_of_three() -> None:
    for data, known in (("moons", True), ("blobs", False)):
        source = rv.load(CONFIG.replace(data=data, n_train=45, label_noise=0.2))
        record = to_record(copied(source))
        del record["clean"]
        drawing = from_record(record)
        expected = source.clean_train if known else np.where(source.flipped, -1, source.y_train)
        assert np.array_equal(drawing.clean, expected)
        (run,) = rv.fit([on(drawing)], epochs=1)
        assert np.isnan(learned_labels(run.model).true) != known


def test_which_targets_were_exchanged_stays_known_and_one_that_is_moved_is_one_s_own() -> None:
    source = rv.load(CONFIG.replace(data="sine", label_noise=0.2))
    assert source.flipped.any()
    drawing = copied(source)
    one = int(np.flatnonzero(source.flipped)[0])
    record = to_record(drawing)
    before = {**record, "clean": [0] * len(record["flipped"])}  # files of before told the label, which is 0 for all
    for its in (record, before, {name: part for name, part in record.items() if name != "clean"}):
        again = from_record(its)
        assert again.same_as(drawing)
        assert np.array_equal(rv.load(on(again)).flipped, source.flipped)
        moved = again.move(one, 0.1, 0.2).add(99, 0, 0)
        assert np.array_equal(moved.flipped, [*np.where(np.arange(40) == one, False, source.flipped), False])
        assert np.array_equal(moved.erase(one).flipped, np.delete(moved.flipped, one))


def test_a_drawing_comes_back_from_a_record_and_from_a_file(moons: Drawing, own: Drawing, tmp_path: Path) -> None:
    sine = copied(rv.load(CONFIG.replace(data="sine"))).add(99, 0.25, 0.8)
    for drawing in (moons.add(99, 0.3, -1.2, 1), own.with_class(), sine):
        assert from_record(to_record(drawing)).same_as(drawing)
        file = tmp_path / "drawn.csv"
        file.write_text(write_points(drawing), encoding="utf-8")
        plane = {"mean": drawing.mean, "scale": drawing.scale, "window": drawing.window, "source": drawing.source}
        read = read_drawing(file, class_names=drawing.class_names, drawn=len(drawing), **plane)  # type: ignore[arg-type]
        assert read.points.same_as(drawing.points)
        assert read.held.same_as(drawing.held)
        assert read_drawing(file, class_names=drawing.class_names).counts == drawing.counts
    file.write_text("x,y\n1,2\n", encoding="utf-8")
    with pytest.raises(rv.DataError, match="no drawing"):
        read_drawing(file)


# -- networks in training


def test_networks_train_on_with_their_weights_as_new_ones_with_these_weights_would(moons: Drawing) -> None:
    configs = [CONFIG, CONFIG.replace(l2=1e-2), CONFIG.replace(hidden=(3,))]
    trainer = rv.Trainer(configs)
    trainer.advance(epochs=3)
    before = trainer.snapshot()
    changed = moons.add(99, 0.3, -1.2, 1).move(5, 0.5, 0.5).flip(7)
    others = [on(changed, **{"l2": c.l2, "hidden": c.hidden}) for c in configs]
    trainer.exchange(others)
    at_once = trainer.snapshot()
    for old, new in zip(before.models, at_once.models, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(old.weights, new.weights, strict=True))
        assert (old.epoch, old.step) == (new.epoch, new.step)
        assert len(new.split.y_train) == 41
        assert new.turns == ((3, POINTS, 40, 41),)
    fresh = rv.Trainer(others)
    for mine, its in zip(trainer._groups, fresh._groups, strict=True):
        np.copyto(its.stack.w, mine.stack.w)
    trainer.advance(epochs=4)
    fresh.advance(epochs=4)
    for mine, its in zip(trainer.snapshot().models, fresh.snapshot().models, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(mine.weights, its.weights, strict=True))
        np.testing.assert_array_equal(mine.history["val_loss"][4:], its.history["val_loss"][1:])
        assert mine.epoch == 7


def test_points_may_come_go_and_move_at_any_step_whatever_a_network_does(moons: Drawing) -> None:
    """Smaller and larger batches, masks, moments, averages and altered inputs go on; all lanes see the same batches."""
    kinds = (
        {},
        {"dropout": 0.5},
        {"mixup": 0.2, "augment": 0.1, "input_dropout": 0.2},
        {"ema": 0.9},
        {"batchnorm": True},
    )
    base = CONFIG.replace(optimizer="adam", batch_size=25)
    trainer = rv.Trainer([base.replace(**kind) for kind in kinds])
    drawing, rng = moons, np.random.default_rng(1)
    for turn in range(60):
        trainer.advance(steps=1)
        if turn < 20:
            drawing = drawing.erase(int(drawing.ids[0]))
        elif turn < 45:
            drawing = drawing.add(100 + turn, *rng.uniform(-1, 1, 2), turn % 2)
        else:
            drawing = drawing.move(int(drawing.ids[turn % len(drawing)]), *rng.uniform(-1, 1, 2))
        trainer.exchange([on(drawing, optimizer="adam", batch_size=25, **kind) for kind in kinds], goes_on=turn > 0)
    trainer.advance(epochs=2)
    for model in trainer.snapshot().models:
        assert all(np.isfinite(W).all() for W in model.weights)
        assert model.state == "training"
        assert model.epoch > 10
        assert model.history["epoch"].tolist() == list(range(model.epoch + 1))  # edits keep no epoch from its end
        assert model.turns == ((0, POINTS, 40, 45),)
    orders = [group.stack.batches.generators[0].bit_generator.state for group in trainer._groups]
    assert all(state == orders[0] for state in orders)


def test_patience_counts_from_the_change_and_a_network_that_has_stopped_trains_on(moons: Drawing) -> None:
    config = CONFIG.replace(patience=2, lr=0.5)
    trainer = rv.Trainer([config])
    trainer.advance(epochs=300)
    stopped = trainer.snapshot().models[0]
    assert stopped.state == "stopped"
    trainer.exchange([on(moons.flip(0).flip(1), patience=2, lr=0.5)])
    going = trainer.snapshot().models[0]
    assert (going.state, going.best_epoch) == ("training", stopped.epoch)
    trainer.advance(epochs=1)
    later = trainer.snapshot().models[0]
    assert (later.epoch, later.best_epoch) == (stopped.epoch + 1, stopped.epoch + 1)


def test_before_the_first_step_the_start_is_measured_on_the_new_points(moons: Drawing) -> None:
    trainer = rv.Trainer([CONFIG])
    config = on(moons.flip(0).flip(1).flip(2))
    trainer.exchange([config])
    model, fresh = trainer.snapshot().models[0], rv.Trainer([config]).snapshot().models[0]
    assert model.turns == ()
    for name, column in fresh.history.items():
        assert np.array_equal(model.history[name], column), name


def test_other_inputs_or_answers_need_a_new_trainer(moons: Drawing) -> None:
    trainer = rv.Trainer([CONFIG])
    for name, value in (("data", "blobs"), ("data", "sine"), ("decoys", 1), ("seed", 1), ("hidden", (3,))):
        config = CONFIG.replace(**{name: value})
        assert not trainer.exchanges([config])
        with pytest.raises(rv.ConfigError, match=f"^{name}=.*make a new Trainer"):
            trainer.exchange([config])
    assert trainer.configs == [CONFIG]
