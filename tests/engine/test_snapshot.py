"""Snapshots and the questions asked of them: frozen, exact, harmless."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

import regviz as rv
from regviz import probes
from regviz.nn.activations import ACTIVATIONS

CONFIG = rv.Config(data="digits", n_train=50, noise=0, hidden=(12, 8), dropout=0.5, dtype="float64")


@pytest.fixture
def trainer():
    trainer = rv.Trainer([CONFIG, CONFIG.replace(l1=0.01, dropout=0)])
    trainer.advance(epochs=3)
    return trainer


def arrays_of(model):
    return [*model.weights, *model.biases, *model.masks, *model.history.values()]


def test_training_on_changes_nothing_in_a_snapshot(trainer):
    models = trainer.snapshot().models
    copies = [[array.copy() for array in arrays_of(model)] for model in models]
    trainer.advance(epochs=5)
    trainer.set(0, dropout=0.0)
    trainer.advance(steps=1)
    for model, before in zip(models, copies, strict=True):
        for array, copy in zip(arrays_of(model), before, strict=True):
            np.testing.assert_array_equal(array, copy)


def test_nothing_in_a_snapshot_can_be_written(trainer):
    snapshot = trainer.snapshot()
    for model in snapshot.models:
        for array in arrays_of(model):
            assert not array.flags.writeable
        with pytest.raises(FrozenInstanceError):
            model.epoch = 7
    with pytest.raises(FrozenInstanceError):
        snapshot.step = 7


def test_looking_does_not_change_the_training():
    watched, unwatched = rv.Trainer([CONFIG]), rv.Trainer([CONFIG])
    for _ in range(12):
        watched.advance(steps=1)
        model = watched.snapshot().models[0]
        model.predict(model.split.X_val)
        probes.wrong(model)
    unwatched.advance(steps=12)
    for a, b in zip(arrays_of(watched.snapshot().models[0]), arrays_of(unwatched.snapshot().models[0]), strict=True):
        np.testing.assert_array_equal(a, b)


def test_shapes_are_those_of_the_contract(trainer):
    snapshot = trainer.snapshot()
    assert snapshot.step == 6  # 2 steps an epoch
    dropping, lasso = snapshot.models
    assert [W.shape for W in dropping.weights] == [(64, 12), (12, 8), (8, 10)]
    assert [b.shape for b in dropping.biases] == [(12,), (8,), (10,)]
    assert [(mask.shape, mask.dtype) for mask in dropping.masks] == [((18, 12), bool), ((18, 8), bool)]
    assert lasso.masks == ()
    assert list(lasso.history) == ["epoch", "train_loss", "val_loss", "train_score", "val_score", "penalty"]
    assert lasso.history["epoch"].tolist() == [0, 1, 2, 3]
    assert lasso.split is rv.load(CONFIG)
    assert (lasso.state, lasso.epoch, lasso.step) == ("training", 3, 6)
    assert lasso.stopped_epoch is None
    assert lasso.diverged_epoch is None
    zeros = sum((W == 0).sum() for W in lasso.weights) / sum(W.size for W in lasso.weights)
    assert lasso.zero_fraction == zeros > 0


FORMULAS = {
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "silu": lambda z: z / (1 + np.exp(-z)),
    "gelu": lambda z: z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))),
}


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_predictions_are_the_network_s_equations(activation):
    (run,) = rv.fit([CONFIG.replace(activation=activation)], epochs=2)
    split, (W1, W2, W3), (b1, b2, b3) = rv.load(CONFIG), run.weights, run.biases
    f = FORMULAS[activation]
    z = f(f(split.X_test @ W1 + b1) @ W2 + b2) @ W3 + b3
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(run.predict(split.X_test), p, rtol=1e-10)
    np.testing.assert_allclose(run.predict(split.X_test[:1]), p[:1], rtol=1e-10)


def test_predictions_of_a_regression_are_one_number_each_and_in_the_model_s_own_precision():
    (run,) = rv.fit([rv.Config(data="diabetes", hidden=(4,))], epochs=1)
    P = run.predict(rv.load(run.config).X_val)
    assert P.shape == rv.load(run.config).y_val.shape
    assert P.dtype == np.float32
    with pytest.raises(ValueError, match=r"shape \(3, 4\); diabetes needs \(n, 10\)"):
        run.predict(np.zeros((3, 4)))


def test_extreme_inputs_give_probabilities_and_no_warning(trainer):
    P = trainer.snapshot().models[0].predict(1e6 * np.eye(64))
    assert np.isfinite(P).all()
    np.testing.assert_allclose(P.sum(axis=1), 1)


def test_decision_grid_asks_the_network_at_each_point_of_the_plane():
    (run,) = rv.fit([rv.Config(data="blobs", n_train=60, hidden=(8,), dtype="float64")], epochs=5)
    xs, ys, P = probes.decision_grid(run.model, (-2, 3, -1, 1), 20)
    assert (xs[0], xs[-1], ys[0], ys[-1]) == (-2, 3, -1, 1)
    assert P.shape == (20, 20, 3)
    np.testing.assert_allclose(P[4, 7], run.predict([[xs[7], ys[4]]])[0], rtol=1e-12)
    with pytest.raises(ValueError, match="digits has 64 inputs"):
        probes.decision_grid(rv.Trainer([CONFIG]).snapshot().models[0], (-1, 1, -1, 1), 5)


def test_wrong_marks_the_misclassified_points(trainer):
    model = trainer.snapshot().models[0]
    assert 1 - probes.wrong(model).mean() == pytest.approx(model.history["val_score"][-1], abs=1e-12)
    assert 1 - probes.wrong(model, "train").mean() == pytest.approx(model.history["train_score"][-1], abs=1e-12)
    with pytest.raises(ValueError, match="train, val or test"):
        probes.wrong(model, "validation")
    with pytest.raises(ValueError, match="regression"):
        probes.wrong(rv.Trainer([rv.Config(data="diabetes")]).snapshot().models[0])
