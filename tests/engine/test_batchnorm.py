"""BatchNorm and the order of a block: true gradients, running statistics that go where the weights go."""

from itertools import product

import numpy as np
import pytest

import regviz as rv
from engine.networks import after, assert_true_gradient, everything, stopped_and_best
from engine.test_gradients import assert_close, finite_differences
from regviz.config import ORDERS
from regviz.nn import batchnorm
from regviz.nn.batchnorm import EPSILON, FEW, BatchNorm, Norm
from regviz.nn.trace import plain

CONFIG = rv.Config(data="wine", n_train=40, hidden=(6, 5), batchnorm=True, batch_size=16, dtype="float64")


@pytest.mark.parametrize("of_batch", [True, False])
@pytest.mark.parametrize("few", [4, 0])
def test_layer_gradients_agree_with_finite_differences(of_batch, few, monkeypatch):
    monkeypatch.setattr(batchnorm, "FEW", few)  # four units as one product, and pass by pass
    rng = np.random.default_rng(3)
    z, upstream = rng.standard_normal((2, 4, 5)), rng.standard_normal((2, 4, 5))
    norm = Norm(*(rng.random((2, 4)) + 0.5 for _ in range(4)))
    gradient = np.empty((2, 2, 4))
    layer = BatchNorm(norm, gradient, np.empty((2, 2, 4)) if of_batch else None, z.shape)

    def total():
        return np.sum(layer.forward(z) * upstream)

    expected = [finite_differences(total, array) for array in (z, norm.gamma, norm.beta)]
    total()
    dz = layer.backward(upstream)
    for found, wanted in zip((dz, gradient[:, 0], gradient[:, 1]), expected, strict=True):
        assert_close(found, wanted)


@pytest.mark.parametrize(
    ("order", "activation", "dropout"), [*product(ORDERS, ["relu", "tanh"], [0.0, 0.5]), (ORDERS[0], "gelu", 0.5)]
)
def test_network_gradient_agrees_with_finite_differences_in_every_order(order, activation, dropout):
    config = CONFIG.replace(hidden=(4, 3), batch_size=7, n_train=20, order=order, activation=activation)
    assert_true_gradient(rv.Stack([config.replace(dropout=dropout), config.replace(seed=1)]))


def test_a_training_step_sees_mean_0_and_spread_1_and_remembers_a_tenth_of_it():
    stack = rv.Stack([CONFIG.replace(batch_size=40)])
    stack.batches.shuffle()
    x, y = stack.batches.views[0]
    ((W, *_),) = zip(*stack.layout.dense(stack.w), strict=True)
    z = W @ x[0]
    network = stack.network(40)
    network.backpropagate(x, y, stack.masks)
    x_hat = (z - z.mean(axis=1, keepdims=True)) / np.sqrt(z.var(axis=1, keepdims=True) + EPSILON)
    np.testing.assert_allclose(plain(network.blocks[0][1][0].x_hat)[0], x_hat, atol=1e-12)
    np.testing.assert_allclose(network.dense[0].outputs[0], np.maximum(x_hat, 0), atol=1e-12)
    norm = stack.layout.norms(stack.w)[0]
    np.testing.assert_allclose(norm.mean[0], 0.1 * z.mean(axis=1), atol=1e-14)
    np.testing.assert_allclose(norm.variance[0], 0.9 + 0.1 * z.var(axis=1, ddof=1), rtol=1e-13)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_many_units_are_trained_as_few_are(dropout, monkeypatch):
    """The same numbers but for their last digits, whether a layer is one product or one pass after the other."""
    config = CONFIG.replace(dropout=dropout, hidden=(6, FEW + 1), optimizer="momentum")
    ways = []
    for few in (FEW, 0, 100):
        monkeypatch.setattr(batchnorm, "FEW", few)
        stack = rv.Stack(config.sweep(seed=range(2)))
        for _ in range(10):
            stack.step()
        ways.append(stack.w)
    assert (ways[1] != ways[2]).any()
    np.testing.assert_allclose(ways[1], ways[0], atol=1e-12)
    np.testing.assert_allclose(ways[2], ways[0], atol=1e-12)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam", "adamw"])
def test_no_optimizer_and_no_penalty_touches_running_statistics(optimizer):
    config = CONFIG.replace(optimizer=optimizer, l1=0.1, l2=0.1, weight_decay=0.1)
    stack, lost = rv.Stack([config]), []
    for _ in range(7):
        stack.step()
        running = stack.layout.running(stack.w)
        before = running.copy()
        stack.backpropagate(*stack.batches.views[0])
        expected = running.copy()
        stack.descend()
        np.testing.assert_array_equal(running, expected)
        lost.append((before != expected).all())
    assert all(lost)


def test_scale_and_shift_are_not_penalized():
    stack = rv.Stack([CONFIG.replace(optimizer="sgd", lr=0.1, l1=0.5, l2=0.5, dropout=0.0)])
    before = stack.w.copy()
    stack.g[:] = 0
    stack.descend()
    for norm, old in zip(stack.layout.norms(stack.w), stack.layout.norms(before), strict=True):
        for array, was in zip(norm, old, strict=True):
            np.testing.assert_array_equal(array, was)
    assert (stack.w != before).any()


def test_evaluation_uses_running_statistics_in_history_and_predictions_alike():
    model = after(CONFIG.replace(dropout=0.3), 5)
    split, h = model.split, model.split.X_val
    for W, b, norm in zip(model.weights, model.biases, model.norms, strict=False):
        h = (h @ W + b - norm.mean) / np.sqrt(norm.variance + EPSILON) * norm.gamma + norm.beta
        h = np.maximum(h, 0)
    z = h @ model.weights[-1] + model.biases[-1]
    P = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict(split.X_val), P, rtol=1e-10)
    np.testing.assert_allclose(model.predict(split.X_val[:1]), P[:1], rtol=1e-10)
    loss = -np.log(P[np.arange(len(P)), split.y_val]).mean()
    assert model.history["val_loss"][-1] == pytest.approx(loss, rel=1e-10)


def test_a_batch_of_one_sample_uses_running_statistics_and_leaves_them():
    stack = rv.Stack([CONFIG.replace(n_train=17, batch_size=16)])
    stack.step()
    before = stack.layout.running(stack.w).copy()
    stack.step()  # the last batch of the epoch holds the one sample that is left
    np.testing.assert_array_equal(stack.layout.running(stack.w), before)
    assert np.isfinite(stack.w).all()
    model = after(CONFIG.replace(batch_size=1), 2)
    assert all((norm.mean == 0).all() and (norm.variance == 1).all() for norm in model.norms)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("order", ORDERS)
def test_stacking_is_invisible(order, dtype):
    base = CONFIG.replace(order=order, dtype=dtype)
    configs = [base, base.replace(l1=1e-3, seed=2), base.replace(dropout=0.4), base.replace(patience=1, lr=0.5)]
    for config, run in zip(configs, rv.fit(configs, epochs=6), strict=True):
        alone = rv.fit([config], epochs=6)[0].model
        np.testing.assert_array_equal(everything(run.model), everything(alone))
        np.testing.assert_array_equal(run.history["val_loss"], alone.history["val_loss"])


def test_early_stopping_restores_running_statistics_bit_for_bit():
    model, best = stopped_and_best(CONFIG)
    np.testing.assert_array_equal(everything(model), everything(best))
    assert model.history["val_loss"].min() == best.history["val_loss"][-1]


def test_parts_that_are_off_are_skipped():
    plain = CONFIG.replace(batchnorm=False)
    runs = [after(plain.replace(order=order), 3) for order in ORDERS]
    for run in runs:
        np.testing.assert_array_equal(everything(run), everything(runs[0]))
    on = {
        everything(after(CONFIG.replace(order=order, dropout=0.5, activation="tanh"), 3)).tobytes() for order in ORDERS
    }
    assert len(on) == len(ORDERS)


def test_the_shape_of_a_network_without_hidden_layers_is_that_of_a_linear_model():
    model = after(CONFIG.replace(hidden=()), 2)
    assert model.norms == ()
    assert [W.shape for W in model.weights] == [(13, 3)]


def test_a_saved_run_predicts_with_its_running_statistics(tmp_path):
    (run,) = rv.fit([CONFIG], epochs=3)
    run.save(tmp_path / "run.npz")
    loaded = rv.Run.load(tmp_path / "run.npz")
    X = rv.load(CONFIG).X_test
    np.testing.assert_array_equal(loaded.predict(X), run.predict(X))
    np.testing.assert_array_equal(loaded.model.norms[0].variance, run.model.norms[0].variance)


def test_norms_of_a_snapshot_are_frozen():
    trainer = rv.Trainer([CONFIG])
    model = trainer.snapshot().models[0]
    copies = everything(model)
    trainer.advance(epochs=2)
    np.testing.assert_array_equal(everything(model), copies)
    assert not any(array.flags.writeable for norm in model.norms for array in norm)
    assert [array.shape for array in model.norms[1]] == [(5,)] * 4


@pytest.mark.parametrize("units", [FEW, FEW + 1])
@pytest.mark.parametrize("layernorm", [False, True])
def test_no_rows_have_no_answers(units, layernorm):
    (run,) = rv.fit([CONFIG.replace(hidden=(units,), layernorm=layernorm)], epochs=1)
    assert run.predict(np.empty((0, 13))).shape == (0, 3)
