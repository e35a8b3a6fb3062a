"""LayerNorm: the paper's formulas and invariances, true gradients, and the same numbers in training and in tests."""

from itertools import product

import numpy as np
import pytest

import regviz as rv
from engine.networks import after, assert_true_gradient, everything
from engine.test_gradients import assert_close, finite_differences
from regviz.nn.layernorm import EPSILON, Gain, LayerNorm
from regviz.nn.trace import plain
from regviz.specifications import ORDERS, parts_in

CONFIG = rv.Config(data="wine", n_train=40, hidden=(6, 5), layernorm=True, batch_size=16, dtype="float64")
RNG = np.random.default_rng(21)


def normalized(h, gain):
    """γ·(h − μ)/√(σ² + ε) + β of each row of h (n, units), by its definition (Ba et al. 2016, eq. 3 and 4)."""
    mean = h.mean(axis=1, keepdims=True)
    variance = ((h - mean) ** 2).mean(axis=1, keepdims=True)
    return gain.gamma * (h - mean) / np.sqrt(variance + EPSILON) + gain.beta


@pytest.mark.parametrize("units", [1, 2, 3, 7])
@pytest.mark.parametrize("n", [1, 5])
def test_layer_gradients_agree_with_finite_differences(units, n):
    z, upstream = RNG.standard_normal((2, units, n)), RNG.standard_normal((2, units, n))
    gain = Gain(*(RNG.random((2, units)) + 0.5 for _ in range(2)))
    gradient = Gain(*(np.empty((2, units)) for _ in range(2)))
    layer = LayerNorm(gain, gradient, n)

    def total():
        return np.sum(layer.forward(z) * upstream)

    expected = [finite_differences(total, array) for array in (z, gain.gamma, gain.beta)]
    total()
    dz = layer.backward(upstream)
    for found, wanted in zip((dz, gradient.gamma, gradient.beta), expected, strict=True):
        assert_close(found, wanted)


def test_the_layer_is_the_formula_of_each_sample_and_each_network():
    z, gain = RNG.standard_normal((3, 6, 4)), Gain(*RNG.standard_normal((2, 3, 6)))
    found = LayerNorm(gain, None, 4).forward(z)
    for model in range(3):
        its = Gain(gain.gamma[model], gain.beta[model])
        np.testing.assert_allclose(found[model].T, normalized(z[model].T, its), atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_unit_says_its_shift_to_every_sample_and_hands_nothing_back(dtype):
    z, gain = (1e3 * RNG.standard_normal((2, 1, 9))).astype(dtype), Gain(*RNG.standard_normal((2, 2, 1)).astype(dtype))
    layer = LayerNorm(gain, Gain(*np.ones((2, 2, 1), dtype)), 9)
    np.testing.assert_array_equal(layer.forward(z), np.broadcast_to(gain.beta[..., None], z.shape))
    np.testing.assert_array_equal(layer.backward(RNG.standard_normal(z.shape).astype(dtype)), 0)


@pytest.mark.parametrize(
    ("order", "activation", "dropout", "batchnorm"),
    [
        *product(ORDERS, ["relu", "tanh"], [0.0, 0.5], [False]),
        *product(ORDERS, ["tanh"], [0.5], [True]),
        (ORDERS[0], "gelu", 0.5, True),
    ],
)
def test_network_gradient_agrees_with_finite_differences_in_every_order(order, activation, dropout, batchnorm):
    config = CONFIG.replace(hidden=(4, 3), batch_size=7, n_train=20, order=order, activation=activation)
    config = config.replace(batchnorm=batchnorm)
    assert_true_gradient(rv.Stack([config.replace(dropout=dropout), config.replace(seed=1)]))


def test_a_regression_s_gradient_agrees_too():
    config = rv.Config(data="diabetes", n_train=12, batch_size=12, hidden=(4,), layernorm=True, dtype="float64")
    stack = rv.Stack([config])
    stack.batches.shuffle()
    x, y = stack.batches.views[0]

    def total():
        stack.backpropagate(x, y)
        return np.mean((plain(stack.network(12).z)[0, 0] - y[0, 0]) ** 2)

    expected = finite_differences(total, stack.w)
    total()
    assert_close(stack.g, expected)


@pytest.mark.parametrize("order", ORDERS)
def test_it_stands_in_batchnorm_s_place_and_behind_it_where_both_are_on(order):
    names = [name for name in parts_in(order) if name != "layernorm"]
    assert names == order.split("-")
    assert parts_in(order).index("layernorm") == parts_in(order).index("batchnorm") + 1
    kinds = [
        [type(part).__name__ for part in rv.Stack([CONFIG.replace(order=order, **more)]).network(16).blocks[0][1]]
        for more in ({}, {"layernorm": False, "batchnorm": True}, {"batchnorm": True})
    ]
    assert [name if name != "LayerNorm" else "BatchNorm" for name in kinds[0]] == kinds[1]
    assert [name for name in kinds[2] if name != "LayerNorm"] == kinds[1]
    assert kinds[2].index("LayerNorm") == kinds[2].index("BatchNorm") + 1


def test_training_and_tests_use_the_same_formula_in_history_and_predictions_alike():
    model = after(CONFIG.replace(dropout=0.3), 5)
    split, h = model.split, model.split.X_val
    for W, b, gain in zip(model.weights, model.biases, model.layer_norms, strict=False):
        h = np.maximum(normalized(h @ W + b, gain), 0)
    z = h @ model.weights[-1] + model.biases[-1]
    P = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict(split.X_val), P, rtol=1e-10)
    np.testing.assert_allclose(model.predict(split.X_val[:1]), P[:1], rtol=1e-10)
    loss = -np.log(P[np.arange(len(P)), split.y_val]).mean()
    assert model.history["val_loss"][-1] == pytest.approx(loss, rel=1e-10)


@pytest.mark.parametrize("rows", [1, 2, 16])
def test_a_sample_does_not_depend_on_its_batch(rows):
    """What batch statistics make impossible: a learning pass gives each sample what an evaluation gives it."""
    stack = rv.Stack([CONFIG])
    stack.w += 0.1 * np.random.default_rng(1).standard_normal(stack.w.shape)
    stack.batches.shuffle()
    x, y = (part[:, :, :rows].copy() for part in stack.batches.views[0])
    stack.backpropagate(x, y)
    learning = plain(stack.network(rows).z).copy()
    X = x[0, :-1].T
    layers = stack.layout.dense(stack.w[0])
    h = X
    for W, gain in zip(layers[:-1], stack.layout.gains(stack.w[0]), strict=True):
        h = np.maximum(normalized(h @ W[:, :-1].T + W[:, -1], gain), 0)
    np.testing.assert_allclose(learning[0].T, h @ layers[-1][:, :-1].T + layers[-1][:, -1], atol=1e-12)


def test_answers_stay_when_weights_or_inputs_are_scaled_or_shifted_as_the_paper_says():
    """Table 1 of the paper: W → aW, W → W + 1·vᵀ (the same v for each unit) and x → ax change nothing (but for ε)."""
    model = after(CONFIG.replace(hidden=(6,), optimizer="sgd"), 3)
    X, (W, *_), (b, *_) = model.split.X_val, model.weights, model.biases
    before = normalized(X @ W + b, model.layer_norms[0])
    v = RNG.standard_normal((len(W), 1))
    np.testing.assert_allclose(normalized(X @ (W + v) + b, model.layer_norms[0]), before, atol=1e-9)
    larger = normalized(300 * X @ W + 300 * b, model.layer_norms[0])
    np.testing.assert_allclose(larger, before, atol=1e-3)
    stack = rv.Stack([CONFIG.replace(hidden=(6,))])
    stack.batches.shuffle()
    x, y = stack.batches.views[0]
    stack.backpropagate(x, y)
    # So the gradient has no part along those directions: its sum over the units of a layer is 0.
    np.testing.assert_allclose(stack.layout.dense(stack.g)[0].sum(axis=1), 0, atol=1e-14)


@pytest.mark.parametrize("dtype", [pytest.param("float32", marks=pytest.mark.slow), "float64"])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("batchnorm", [False, True])
def test_stacking_is_invisible(order, batchnorm, dtype):
    base = CONFIG.replace(order=order, dtype=dtype, batchnorm=batchnorm)
    configs = [base, base.replace(l1=1e-3, seed=2), base.replace(dropout=0.4), base.replace(patience=1, lr=0.5)]
    for config, run in zip(configs, rv.fit(configs, epochs=6), strict=True):
        alone = rv.fit([config], epochs=6)[0].model
        np.testing.assert_array_equal(everything(run.model), everything(alone))
        np.testing.assert_array_equal(run.history["val_loss"], alone.history["val_loss"])


@pytest.mark.parametrize("dtype", [pytest.param("float32", marks=pytest.mark.slow), "float64"])
@pytest.mark.parametrize("batch_size", [1, 2, 3, 4])
@pytest.mark.parametrize("hidden", [(1,), (2,), (3,), (4,), (1, 2, 3, 4), (7, 5)])
def test_stacking_is_invisible_for_layers_and_batches_of_any_width(hidden, batch_size, dtype):
    base = rv.Config(n_train=9, hidden=hidden, batch_size=batch_size, layernorm=True, activation="tanh", dtype=dtype)
    configs = [base.replace(seed=seed) for seed in range(3)]
    stack = rv.Stack(configs)
    for _ in range(12):
        stack.step()
    for row, config in enumerate(configs):
        alone = rv.Stack([config])
        for _ in range(12):
            alone.step()
        np.testing.assert_array_equal(stack.w[row], alone.w[0])
        assert [column[row] for column in stack.measure()] == [column[0] for column in alone.measure()]
    assert np.isfinite(stack.w).all()


def test_switched_on_it_changes_training_and_nothing_that_is_drawn():
    off, on = rv.Stack([CONFIG.replace(layernorm=False)]), rv.Stack([CONFIG])
    assert rv.load(off.configs[0]) is rv.load(on.configs[0])
    np.testing.assert_array_equal(on.w[:, : off.w.shape[1]], off.w)
    for _ in range(7):
        off.step()
        on.step()
    np.testing.assert_array_equal(off.batches.order, on.batches.order)
    assert not np.array_equal(on.w[:, : off.w.shape[1]], off.w)


def test_a_new_network_has_idle_scales_and_shifts_and_they_are_learned():
    start = rv.Trainer([CONFIG]).snapshot().models[0]
    assert [gain.gamma.shape for gain in start.layer_norms] == [(6,), (5,)]
    assert all((gain.gamma == 1).all() and (gain.beta == 0).all() for gain in start.layer_norms)
    later = after(CONFIG.replace(activation="tanh"), 3)  # no unit of it is dead
    assert all((gain.gamma != 1).all() and (gain.beta != 0).all() for gain in later.layer_norms)
    assert later.norms == ()


def test_scale_and_shift_are_not_penalized_nor_decayed():
    more = {"optimizer": "adamw", "weight_decay": 0.5, "lr": 0.1, "l1": 0.5, "l2": 0.5, "group_lasso": 0.1}
    stack = rv.Stack([CONFIG.replace(**more)])
    before = stack.w.copy()
    stack.g[:] = 0
    stack.descend()
    for gain, old in zip(stack.layout.gains(stack.w), stack.layout.gains(before), strict=True):
        np.testing.assert_array_equal(gain, old)
    assert (stack.w != before).any()


def test_averages_and_clipping_hold_of_scales_and_shifts():
    stack = rv.Stack([CONFIG.replace(ema=0.5, clip_norm=0.01, optimizer="sgd", lr=0.1)])
    before = stack.w.copy()
    stack.step()
    # PyTorch adds 1e-6 to the length that it divides by
    assert np.linalg.norm(stack.w - before) == pytest.approx(0.001, rel=1e-5)
    np.testing.assert_allclose(stack.average.evaluated(), (before + stack.w) / 2, rtol=1e-12)
