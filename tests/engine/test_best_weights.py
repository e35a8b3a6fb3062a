"""Early stopping: which epoch is the best, whose weights are kept, and how a network that has stopped trains on."""

import json

import numpy as np
import pytest

import regviz as rv
from regviz.optim.optimizers import OPTIMIZERS
from regviz.optim.stopping import EarlyStopping

SHORT = rv.Config(n_train=40, hidden=(16,), batch_size=16, lr=0.02)


def parameters(model):
    norms = [array for norm in getattr(model, "norms", ()) for array in norm]
    return np.concatenate([array.ravel() for array in (*model.weights, *model.biases, *norms)])


def after(config, epochs):
    """The network after so many epochs, without early stopping."""
    trainer = rv.Trainer([config.replace(patience=None)])
    trainer.advance(epochs=epochs)
    return trainer.snapshot().models[0]


def assert_same(one, other):
    np.testing.assert_array_equal(parameters(one), parameters(other))
    for name, column in one.history.items():
        np.testing.assert_array_equal(column, other.history[name], err_msg=name)


def keras(losses, patience, min_delta, start_from_epoch):
    """(best epoch, stopped epoch or None) of Keras' EarlyStopping(mode="min"), as keras/callbacks/early_stopping.py."""
    best, best_epoch, wait = np.inf, None, 0
    for epoch, current in enumerate(losses):
        if epoch < start_from_epoch:
            continue
        if best_epoch is None:
            best_epoch = epoch
        wait += 1
        if current + abs(min_delta) < best:
            best, best_epoch, wait = current, epoch, 0
            continue
        if wait >= patience and epoch > 0:
            return best_epoch, epoch
    return best_epoch, None


@pytest.mark.parametrize("patience", [1, 3, 10])
@pytest.mark.parametrize("min_delta", [0.0, 0.05])
@pytest.mark.parametrize("start_epoch", [0, 1, 7])
def test_best_and_last_epoch_are_those_of_keras(patience, min_delta, start_epoch):
    for seed in range(50):
        rng = np.random.default_rng(seed)
        losses = np.exp(-np.arange(60) / 15) + 0.1 * rng.random(60) + np.arange(60) / 200
        stopping, stopped = EarlyStopping(), None
        for epoch, loss in enumerate(losses.tolist()):
            if stopping.improved(epoch, loss, min_delta, start_epoch):
                continue
            if stopping.exhausted(epoch, patience, start_epoch):
                stopped = epoch
                break
        assert (stopping.best_epoch, stopped) == keras(losses, patience, min_delta, start_epoch)


def test_before_the_start_epoch_the_newest_epoch_is_the_best():
    (run,) = rv.fit([SHORT.replace(patience=1, start_epoch=30, lr=0.1)], epochs=20)
    assert (run.best_epoch, run.epoch, run.state) == (20, 20, "training")
    assert_same(run, after(SHORT.replace(lr=0.1), 20))


@pytest.mark.parametrize("technique", [{}, {"batchnorm": True}, {"layernorm": True}, {"dropout": 0.4, "l1": 1e-3}])
def test_all_epochs_done_or_patience_exhausted_the_best_epoch_s_weights_are_returned(technique):
    config = SHORT.replace(lr=0.05, label_noise=0.4, **technique)  # learning them by heart raises the validation loss
    runs = rv.fit(config.sweep(patience=[8, 200], restore_best=[True, False]), epochs=50)
    assert [run.state for run in runs] == ["stopped", "stopped", "training", "training"]
    for run in runs:
        losses = run.history["val_loss"]
        assert run.best_epoch == losses.argmin() < run.epoch
        assert run.restored == run.config.restore_best
        assert run.model.row == (run.best_epoch if run.restored else run.epoch)
        np.testing.assert_array_equal(parameters(run), parameters(after(config, run.model.row)))
        split = rv.load(run.config)
        P = run.predict(split.X_val)[np.arange(len(split.y_val)), split.y_val]
        assert -np.log(P).mean() == pytest.approx(losses[run.model.row], rel=1e-4)


@pytest.mark.parametrize("restore_best", [True, False])
def test_a_network_that_diverges_ends_with_its_best_weights_too(restore_best):
    trainer = rv.Trainer([SHORT.replace(optimizer="sgd", patience=100, restore_best=restore_best)])
    trainer.advance(epochs=10)
    trainer.set(0, lr=1000.0)
    trainer.advance(epochs=100)
    (model,) = trainer.final().models
    assert model.state == "diverged"
    free = after(SHORT.replace(optimizer="sgd"), model.best_epoch if restore_best else model.row)
    np.testing.assert_array_equal(parameters(model), parameters(free))
    assert model.restored == restore_best


def test_the_final_weights_are_only_looked_at_and_training_goes_on():
    config = SHORT.replace(lr=0.05, patience=200)
    watched, free = rv.Trainer([config]), rv.Trainer([config])
    for _ in range(4):
        watched.advance(epochs=15)
        (final,) = watched.final().models
        assert final.best_epoch == final.row == final.history["val_loss"].argmin()
    free.advance(epochs=60)
    assert_same(watched.snapshot().models[0], free.snapshot().models[0])
    assert not watched.snapshot().models[0].restored


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize(
    "technique",
    [
        {},
        {"dropout": 0.4, "batchnorm": True},
        {"dropout": 0.2, "layernorm": True},
        {"schedule": "cosine", "l1": 1e-3, "dropout": 0.2, "epochs": 30},
        {"weight_decay": 0.1, "dtype": "float64", "group_lasso": 1e-3},
    ],
)
def test_a_network_whose_patience_is_raised_trains_on_as_if_it_had_never_stopped(optimizer, technique):
    config = SHORT.replace(optimizer=optimizer, lr=0.05, **technique)
    others = [config.replace(seed=3), config.replace(l2=0.1), config.replace(dropout=0.5)]
    trainer = rv.Trainer([others[0], config.replace(patience=1), *others[1:]])
    trainer.advance(epochs=25)
    model = trainer.snapshot().models[1]
    assert model.state == "stopped"
    assert model.epoch < 25
    trainer.set(1, patience=1000)
    assert trainer.snapshot().models[1].state == "training"
    assert not trainer.done
    np.testing.assert_array_equal(parameters(trainer.snapshot().models[1]), parameters(after(config, model.epoch)))
    trainer.advance(steps=1)
    trainer.advance(epochs=10)
    model = trainer.snapshot().models[1]
    assert (model.state, model.stopped_epoch, model.restored) == ("training", None, False)
    assert_same(model, after(config, model.epoch))
    for k, other in zip((0, 2, 3), others, strict=True):
        neighbour = trainer.snapshot().models[k]
        assert_same(neighbour, after(other, neighbour.epoch))


@pytest.mark.slow
def test_a_network_may_stop_and_train_on_again_and_again():
    config = SHORT.replace(lr=0.05, dropout=0.3)
    trainer, stops = rv.Trainer([config.replace(patience=1)]), []
    for patience in (3, 6, 9, 1000):
        trainer.advance(epochs=200)
        (model,) = trainer.snapshot().models
        assert model.stopped_epoch == model.best_epoch + trainer.configs[0].patience
        stops.append(model.stopped_epoch)
        trainer.set(0, patience=patience)
    assert stops == sorted(stops)
    trainer.advance(epochs=200 - stops[-1])
    assert_same(trainer.snapshot().models[0], after(config, 200))


def test_a_dropout_rate_that_changes_with_the_patience_draws_the_masks_of_a_run_that_never_stopped():
    config = SHORT.replace(lr=0.05, dropout=0.4)
    trainer, free = rv.Trainer([config.replace(patience=1)]), rv.Trainer([config])
    trainer.set(0, dropout=0.2)
    free.set(0, dropout=0.2)
    trainer.advance(epochs=100)
    (model,) = trainer.snapshot().models
    free.advance(epochs=model.epoch)
    for each, fields in ((trainer, {"patience": None}), (free, {})):
        each.set(0, dropout=0.0, **fields)
        each.advance(steps=2)
        each.set(0, dropout=0.6)
        each.advance(epochs=3)
    assert_same(trainer.snapshot().models[0], free.snapshot().models[0])
    for mine, its in zip(trainer.snapshot().models[0].masks, free.snapshot().models[0].masks, strict=True):
        np.testing.assert_array_equal(mine, its)


def test_the_mask_of_the_last_step_stays_when_a_network_trains_on():
    trainer = rv.Trainer([SHORT.replace(patience=1, lr=0.1, dropout=0.5)])
    trainer.advance(epochs=100)
    (before,) = trainer.snapshot().models
    trainer.set(0, patience=50)
    (after,) = trainer.snapshot().models
    assert before.step == after.step
    for mine, its in zip(before.masks, after.masks, strict=True):
        np.testing.assert_array_equal(mine, its)


@pytest.mark.parametrize(("before", "after", "best"), [(5, 0, 0), (0, 2, 2), (5, 1, 1), (0, 0, 0)])
def test_a_start_epoch_that_changes_in_training_decides_which_epochs_are_compared(before, after, best):
    stopping = EarlyStopping()
    assert stopping.improved(0, 0.5, 0.0, before)
    for epoch, loss in ((1, 0.6), (2, 0.7), (3, 0.8)):
        stopping.improved(epoch, loss, 0.0, after)
    assert stopping.best_epoch == best


def test_a_later_start_epoch_lets_a_stopped_network_train_on():
    config = SHORT.replace(patience=2, lr=0.1)
    trainer = rv.Trainer([config])
    trainer.advance(epochs=100)
    (model,) = trainer.snapshot().models
    late = model.epoch + 10
    trainer.set(0, start_epoch=late)
    trainer.advance(epochs=5)
    assert trainer.final().models[0].best_epoch == model.epoch + 5
    trainer.advance(epochs=100)
    (model,) = trainer.snapshot().models
    assert model.stopped_epoch == model.best_epoch + 2
    assert model.best_epoch >= late
    np.testing.assert_array_equal(parameters(model), parameters(after(config, model.best_epoch)))


def test_a_stopped_network_follows_restore_best_and_nothing_else():
    config = SHORT.replace(patience=3, lr=0.1)
    trainer = rv.Trainer([config])
    trainer.advance(epochs=100)
    (model,) = trainer.snapshot().models
    for restore_best in (False, True):
        trainer.set(0, restore_best=restore_best, l2=0.1)
        (now,) = trainer.snapshot().models
        assert (now.state, now.config.restore_best, now.config.l2) == ("stopped", restore_best, 0)
        epoch = model.best_epoch if restore_best else model.epoch
        np.testing.assert_array_equal(parameters(now), parameters(after(config, epoch)))
        assert now.history["epoch"][now.row] == epoch


def test_a_thinned_history_keeps_the_best_epoch_that_is_not_the_lowest():
    config = SHORT.replace(n_train=10, batch_size=10, hidden=(), lr=0.001, patience=10_000, min_delta=0.02)
    trainer = rv.Trainer([config], history_capacity=16)
    for _ in range(40):
        trainer.advance(epochs=10)
        (model,) = trainer.final().models
        assert model.history["epoch"][model.row] == model.best_epoch
    assert model.best_epoch not in (0, 400, model.history["epoch"][model.history["val_loss"].argmin()])


def test_a_run_says_in_its_file_whose_weights_it_has(tmp_path):
    runs = rv.fit(SHORT.replace(lr=0.05).sweep(patience=[None, 2, 200], restore_best=[True, False]), epochs=20)
    for run in runs:
        run.save(tmp_path / "run.npz")
        assert rv.Run.load(tmp_path / "run.npz").restored == run.restored
        assert rv.Run.load(tmp_path / "run.npz").model.restored == run.restored
        with np.load(tmp_path / "run.npz") as entries:
            arrays = {name: entries[name] for name in entries.files}
        header = json.loads(arrays.pop("header").tobytes())
        del header["values"]["restored"]  # as files once were
        np.savez(tmp_path / "old.npz", header=np.frombuffer(json.dumps(header).encode(), np.uint8), **arrays)
        assert rv.Run.load(tmp_path / "old.npz").restored == (run.state == "stopped")
    assert [run.restored for run in runs] == [False, False, True, False, True, False]
