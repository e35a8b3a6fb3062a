"""Dropout of the inputs, and a p for each layer: masks, scales, gradients, and what it means for a linear model."""

import numpy as np
import pytest

import regviz as rv
from engine.test_gradients import assert_close, finite_differences
from regviz.nn.trace import plain
from regviz.probes import masked_means, sub_networks, train_mode
from regviz.training.masks import Masks


def generators(n):
    return [np.random.default_rng(seed) for seed in range(n)]


def test_each_layer_is_dropped_at_its_own_rate_and_scaled_by_it():
    rates = (0.1, 0.0, 0.6)
    masks = Masks(generators(1), [rates], layers=[40, 30, 50], batch=100, dtype="float64")
    steps = [[kept.copy() for kept in masks.next(100)] for _ in range(20)]
    for layer, (rate, units) in enumerate(zip(rates, (40, 30, 50), strict=True)):
        kept = np.concatenate([step[layer].ravel() for step in steps])
        assert abs(1 - kept.mean() - rate) <= 4 * np.sqrt(rate * (1 - rate) / kept.size)
        a = sum((40, 30, 50)[:layer])
        np.testing.assert_allclose(masks.scale[0, a : a + units], 1 / (1 - rate), rtol=2e-5)  # p is met to 16 bits


def test_a_layer_s_mask_depends_on_its_own_rate_alone():
    one, other = (Masks(generators(1), [rates], [8, 9], 16, "float32") for rates in ((0.5, 0.5), (0.1, 0.5)))
    for _ in range(70):  # more than one block of draws
        a, b = one.next(16), other.next(16)
        np.testing.assert_array_equal(a[1], b[1])
        assert (b[0] | ~a[0]).all()  # of the same bits, the lower rate keeps whatever the higher one keeps


@pytest.mark.parametrize("data", ["wine", "diabetes"])
@pytest.mark.parametrize("dropout", [0.0, (0.2, 0.6)])
def test_the_gradient_through_dropped_inputs_agrees_with_finite_differences(data, dropout):
    config = rv.Config(
        data=data, n_train=20, hidden=(5, 4), activation="tanh", batch_size=7, input_dropout=0.4, dropout=dropout
    ).replace(dtype="float64")
    stack = rv.Stack([config, config.replace(seed=1, input_dropout=0)])
    stack.batches.shuffle()
    x, y = stack.batches.views[0]
    dropped = stack.inputs.next(x, y, 0)[0].copy()
    share = (dropped[0, :-1] == 0).mean()
    assert 0.2 < share < 0.6
    np.testing.assert_array_equal(dropped[1], x[-1])
    np.testing.assert_array_equal(dropped[:, -1], 1)  # what carries the biases stays
    there = dropped[0, :-1] != 0
    np.testing.assert_allclose(dropped[0, :-1][there], x[0, :-1][there] / (1 - round(0.4 * 2**16) / 2**16), rtol=1e-15)
    labels = y.argmax(axis=1) if data == "wine" else y[:, 0]
    network = stack.network(7)
    kept = stack.masks.next(7)
    network.drop(kept, stack.masks.scale, stack.masks.rows)

    def total():
        network.backpropagate(dropped, y)
        return sum(network.loss.measure(plain(network.z), labels, [slice(None)])[0][0])

    expected = finite_differences(total, stack.w)
    total()
    assert_close(stack.g, expected)


def test_in_a_linear_regression_it_is_ridge_on_average():
    """E over masks of ‖y − (m∘X/(1−p))w‖² = ‖y − Xw‖² + p/(1−p)·Σ w_j²‖x_j‖² (Srivastava et al. 2014, §9.1)."""
    p, n, steps = 0.25, 40, 6_000
    config = rv.Config(data="diabetes", n_train=n, batch_size=n, hidden=(), input_dropout=p, dtype="float64", seed=2)
    stack = rv.Stack([config])
    stack.batches.shuffle()
    x, y = stack.batches.views[0]
    gradients = []
    for step in range(steps):
        stack.backpropagate(*stack.inputs.next(x, y, step))
        gradients.append(stack.g[0].copy())
    X, w, b = x[0, :-1].T, stack.w[0, :-1], stack.w[0, -1]
    residual = X @ w + b - y[0, 0]
    expected = 2 / n * np.append(X.T @ residual + p / (1 - p) * (X**2).sum(axis=0) * w, residual.sum())
    error = np.mean(gradients, axis=0) - expected
    assert (np.abs(error) < 5 * np.std(gradients, axis=0) / np.sqrt(steps)).all()
    ridge = 2 / n * p / (1 - p) * (X**2).sum(axis=0) * w
    assert np.abs(ridge).max() > 10 * np.std(gradients, axis=0).max() / np.sqrt(steps)  # it would be missed


def test_evaluation_drops_no_inputs():
    (run,) = rv.fit([rv.Config(data="digits", n_train=60, input_dropout=0.8, dtype="float64")], epochs=3)
    split = rv.load(run.config)
    np.testing.assert_array_equal(run.predict(split.X_val), run.predict(split.X_val))
    loss = -np.log(run.predict(split.X_train)[np.arange(60), split.y_train]).mean()
    assert run.history["train_loss"][-1] == pytest.approx(loss, rel=1e-12)


def test_probes_drop_each_layer_at_its_own_rate():
    config = rv.Config(data="digits", n_train=60, hidden=(30, 20), dropout=(0.0, 0.5))
    (run,) = rv.fit([config], epochs=5)
    model, X, y = run.model, run.model.split.X_val, run.model.split.y_val
    first = masked_means(model, X, 0, 200, seed=1)
    np.testing.assert_allclose(first.masked, first.full, rtol=1e-12)
    last = masked_means(model, X, -1, 200, seed=1)
    used = last.full > 0.1 * last.full.max()
    np.testing.assert_allclose((last.masked / last.full)[used], 0.5, atol=0.05)
    alike = sub_networks(model, X, y, 8, 0.3, 5), sub_networks(model, X, y, 8, (0.3, 0.3), 5)
    np.testing.assert_array_equal(alike[0].loss, alike[1].loss)
    none = sub_networks(model, X, y, 8, (0.0, 0.0), 5)
    np.testing.assert_allclose(none.loss, none.full_loss, rtol=1e-6)
    assert train_mode(model, X, y, 4, 0).loss.std() > 0
    with pytest.raises(ValueError, match="rate from 0 to below 1"):
        sub_networks(model, X, y, 8, (0.3, 1.0), 5)


def test_dropout_rates_per_layer_need_one_for_each_hidden_layer():
    config = rv.Config(dropout=[0.1, 0.5])
    assert (config.dropout, config.dropout_rates) == ((0.1, 0.5), (0.1, 0.5))
    assert config.to_query() == "dropout=0.1%2C0.5"
    assert rv.Config.from_query("dropout=0.1,0.5") == config
    assert rv.Config(dropout=0.2).dropout_rates == (0.2, 0.2)
    assert rv.Config(hidden=(8,), dropout=(0.2,)).dropout == 0.2
    with pytest.raises(rv.ConfigError, match=r"hidden=\(4, 4, 4\) makes 3 hidden layers, each needs its p.* Try 0.5"):
        config.replace(hidden=(4, 4, 4))
    with pytest.raises(rv.ConfigError, match=r"hidden=\(\) makes 0 hidden layers, give one for all. Try 0.5"):
        config.replace(hidden=())
    with pytest.raises(rv.ConfigError, match=r"dropout=\(0.5, 1\) .* from 0 to 0.95, or one .* for each hidden layer"):
        rv.Config(dropout=(0.5, 1))
