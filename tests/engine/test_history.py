"""History: exact without a capacity; with one, bounded without losing the curve's shape."""

import numpy as np
import pytest

import regviz as rv
from regviz.training.history import COLUMNS

VAL = COLUMNS.index("val_loss")


def filled(val_loss, capacity):
    history = rv.History(capacity)
    for epoch, loss in enumerate(val_loss.tolist()):
        history.append(epoch, (0.5 * loss, loss, 0.0, 0.0, float(epoch)))
    return history


@pytest.fixture(scope="module")
def million():
    rng = np.random.default_rng(0)
    n = 1_000_000
    losses = np.exp(-np.arange(n) / 2e5) + 0.1 * rng.random(n)
    losses[123_457] = 9.0  # a spike and a dip, each a single epoch
    losses[654_321] = -1.0
    return losses


def test_without_a_capacity_every_epoch_stays():
    losses = np.random.default_rng(0).random(5000)
    arrays = filled(losses, None).arrays()
    np.testing.assert_array_equal(arrays["epoch"], np.arange(5000))
    np.testing.assert_array_equal(arrays["val_loss"], losses)
    np.testing.assert_array_equal(arrays["train_loss"], 0.5 * losses)


@pytest.mark.slow
def test_a_million_epochs_fit_into_the_capacity_and_keep_their_shape(million):
    history = filled(million, 2000)
    arrays = history.arrays()
    epoch, loss = arrays["epoch"], arrays["val_loss"]
    assert 1000 <= len(epoch) <= 2000
    assert history.epochs.nbytes + history.values.nbytes <= 2000 * 8 * 6
    assert (np.diff(epoch) > 0).all()
    np.testing.assert_array_equal(loss, million[epoch])  # true epochs, no averages
    np.testing.assert_array_equal(arrays["penalty"], epoch)
    assert epoch[0] == 0
    assert epoch[-1] == 999_999
    assert {123_457, 654_321} <= set(epoch.tolist())
    # a bucket is 2,048 epochs long everywhere, and holds its true extremes
    assert np.diff(epoch).max() < 2 * 2048
    for start in range(0, 1_000_000, 2048):
        part, kept = million[start : start + 2048], loss[(epoch >= start) & (epoch < start + 2048)]
        assert kept.min() == part.min()
        assert kept.max() == part.max()


@pytest.mark.parametrize("capacity", [16, 17, 100])
def test_first_best_and_newest_epoch_are_there_at_any_time(capacity):
    losses = np.random.default_rng(3).random(3000)
    history = rv.History(capacity)
    for epoch, loss in enumerate(losses.tolist()):
        history.append(epoch, (0, loss, 0, 0, 0))
        arrays = history.arrays()
        assert len(history) == len(arrays["epoch"]) <= capacity
        assert arrays["epoch"][0] == 0
        assert arrays["epoch"][-1] == epoch
        assert arrays["val_loss"].min() == losses[: epoch + 1].min()
        assert arrays["val_loss"].max() == losses[: epoch + 1].max()


def test_what_was_handed_out_never_changes():
    losses = np.random.default_rng(4).random(500)
    history = rv.History(50)
    handed = []
    for epoch, loss in enumerate(losses.tolist()):
        history.append(epoch, (0, loss, 0, 0, 0))
        arrays = history.arrays()
        handed.append((arrays, {name: array.copy() for name, array in arrays.items()}))
    for arrays, copies in handed:
        for name, array in arrays.items():
            assert not array.flags.writeable
            np.testing.assert_array_equal(array, copies[name])


def test_a_capacity_that_is_too_small_is_refused():
    with pytest.raises(ValueError, match="at least 16"):
        rv.History(3)


def test_a_trainer_s_history_is_bounded_too():
    trainer = rv.Trainer([rv.Config(n_train=10, batch_size=10, hidden=())], history_capacity=40)
    trainer.advance(epochs=200)
    history = trainer.snapshot().models[0].history
    assert len(history["epoch"]) <= 40
    assert history["epoch"][-1] == 200


@pytest.mark.parametrize("lone", [False, True])
def test_a_network_whose_first_loss_is_not_finite_has_diverged_before_training(lone):
    X = np.random.default_rng(0).normal(size=(60, 3))
    y = (X[:, 0] > 0).astype(int)
    X[7, 1] = 1e39  # validates by seed 0, and by seed 2 does not; beyond float32
    rv.add_data("far", X, y)
    try:
        config = rv.Config(data="far", n_train=30, noise=0.0, hidden=(4,), patience=5)
        trainer = rv.Trainer([config] if lone else [config, config.replace(seed=2), config])
        trainer.advance(epochs=3)
        broken, *rest = trainer.snapshot().models
        (run,) = rv.fit([config], epochs=3)
        (sound,) = rv.fit([config.replace(dtype="float64")], epochs=3)
    finally:
        rv.remove_data("far")
    for one in (broken, run):
        assert (one.state, one.diverged_epoch, one.epoch, one.step, one.row) == ("diverged", 0, 0, 0, 0)
        assert one.history["epoch"].tolist() == [0]
        assert one.now("val_loss") == np.inf
        assert all(np.isfinite(array).all() for array in (*one.weights, *one.biases))
    assert (trainer.done, [model.epoch for model in rest]) == ((True, []) if lone else (False, [3, 0]))
    assert (sound.state, sound.epoch) == ("training", 3)


def test_what_is_seen_of_an_epoch_that_is_not_measured_are_its_own_numbers():
    config = rv.Config(hidden=(4,), n_train=20, l2=0.01)
    often, rarely = rv.Trainer([config]), rv.Trainer([config], measure_every=3)
    for epoch in range(1, 8):
        for trainer in (often, rarely):
            trainer.advance(epochs=1)
        for its, seen in ((t.snapshot().models[0], t.final().models[0]) for t in (often, rarely)):
            for name in ("train_loss", "val_loss", "train_score", "val_score", "penalty"):
                expected = often.snapshot().models[0].history[name][epoch]
                assert its.now(name) == seen.now(name) == rv.Run.of(seen).now(name) == expected
    assert rarely.snapshot().models[0].history["epoch"].tolist() == [0, 3, 6]  # to look adds nothing to it


def test_the_best_weights_keep_their_numbers_where_the_last_epoch_is_not_measured():
    config = rv.Config(hidden=(4,), n_train=20, patience=500)
    trainer = rv.Trainer([config], measure_every=3)
    trainer.advance(epochs=10)
    (best,), (last,) = trainer.final().models, trainer.snapshot().models
    assert (best.restored, last.restored) == (True, False)
    assert best.now("val_loss") == best.history["val_loss"][best.row] != last.now("val_loss")


def test_numbers_of_an_epoch_that_has_no_row_are_in_a_run_s_file(tmp_path):
    trainer = rv.Trainer([rv.Config(hidden=(4,), n_train=20)], measure_every=3)
    trainer.advance(epochs=4)
    run = rv.Run.of(trainer.final().models[0])
    run.save(tmp_path / "run.npz")
    assert rv.Run.load(tmp_path / "run.npz").now("val_loss") == run.now("val_loss") != run.history["val_loss"][run.row]
