"""Dropout under squared loss is, on average over the masks, a ridge penalty.

For a network with one hidden layer of outputs h, E[mean (y − b − Σ wⱼmⱼhⱼ)²] over masks m in {0, 1/(1 − p)} is the loss
without dropout + p/(1 − p)·Σ wⱼ²·mean hⱼ². Sources: Wager, Wang & Liang 2013 (arXiv 1307.1493), Srivastava et al. 2014
§9.1. The last layer is a linear model of h, so where h rests, training must find that ridge.
"""

from dataclasses import replace

import numpy as np
import pytest

import regviz as rv
from engine.test_gradients import finite_differences
from regviz.nn.trace import plain

N, UNITS, P = 60, 6, 0.25
MODELS = 64
"""Networks that differ in their masks only: their spread says how sure a mean over all of them is."""

CONFIG = rv.Config(
    data="diabetes", n_train=N, hidden=(UNITS,), batch_size=N, optimizer="sgd", lr=0.02, dropout=P, dtype="float64"
)
SPLIT = rv.load(CONFIG)


def stack_of(config, start):
    """Networks with `start` as their parameters, and each with masks of its own."""
    stack = rv.Stack(config.sweep(seed=range(MODELS)), [SPLIT] * MODELS)
    stack.w[:] = start
    return stack


@pytest.fixture(scope="module")
def start():
    """Parameters (P,) somewhere, with hidden outputs that are 1 in root mean square over the training points."""
    stack, rng = rv.Stack([CONFIG], [SPLIT]), np.random.default_rng(5)
    for W in stack.layout.dense(stack.w[0]):
        W += 0.3 * rng.standard_normal(W.shape)
    first, _ = stack.layout.dense(stack.w[0])
    first /= np.sqrt(np.mean(hidden(first) ** 2, axis=0))[:, None]
    return stack.w[0].copy()


def hidden(first):
    """Outputs (N, units) of the hidden layer, for its weights and biases (units, inputs + 1)."""
    return np.maximum(SPLIT.X_train @ first[:, :-1].T + first[:, -1], 0)


def expected_loss(flat, p):
    """Loss without dropout + p/(1 − p)·Σ wⱼ²·mean hⱼ²."""
    first, last = rv.Stack([CONFIG], [SPLIT]).layout.dense(flat)
    h, w, b = hidden(first), last[0, :-1], last[0, -1]
    return np.mean((SPLIT.y_train - h @ w - b) ** 2) + p / (1 - p) * np.sum(w**2 * np.mean(h**2, axis=0))


def assert_within_four_sigma(samples, expected):
    """The mean over independent samples (axis 0) is `expected`, as far as their number can tell."""
    sigma = samples.std(axis=0, ddof=1) / np.sqrt(len(samples))
    assert (np.abs(samples.mean(axis=0) - expected) < 4 * sigma).all()


@pytest.mark.parametrize("p", [0.25, 0.5])
def test_loss_and_gradient_under_dropout_are_on_average_those_with_the_ridge_penalty(p, start):
    stack = stack_of(CONFIG.replace(dropout=p), start)
    stack.batches.shuffle()
    x, y = stack.batches.views[0]
    losses, gradients = [], []
    for _ in range(60):
        stack.backpropagate(x, y)
        outputs = plain(stack.network(N).z)
        losses += np.mean((outputs - y) ** 2, axis=(1, 2)).tolist()
        gradients += list(stack.g.copy())
    assert_within_four_sigma(np.array(losses), expected_loss(start, p))
    flat = start.copy()
    expected = finite_differences(lambda: expected_loss(flat, p), flat, step=1e-6)
    assert_within_four_sigma(np.array(gradients), expected)
    without = finite_differences(lambda: expected_loss(flat, 0), flat, step=1e-6)
    with pytest.raises(AssertionError):  # the penalty is far more than the masks' chance
        assert_within_four_sigma(np.array(gradients), without)


@pytest.mark.slow
def test_training_a_linear_model_under_dropout_finds_the_ridge_that_it_equals(start):
    """The hidden layer rests and mean hⱼ² is 1, so dropout is the λ₂ = p/(1 − p) of the slide.

    The gradient is linear in the last layer, so the mean of its weights over steps settles at the closed form exactly,
    whatever the learning rate; each network's own masks leave it a little off.
    """
    stack = stack_of(CONFIG, start)
    (_, rests), learns = stack.layout.bounds[0], slice(*stack.layout.bounds[1])
    stack.batches.shuffle()
    settled = []
    for step in range(1600):
        stack.backpropagate(*stack.batches.views[0])
        stack.g[:, :rests] = 0
        stack.descend()
        if step >= 300:
            settled.append(stack.w[:, learns].copy())
    np.testing.assert_array_equal(stack.w[:, :rests], np.tile(start[:rests], (MODELS, 1)))
    ridge, plain = closed_form(start, P / (1 - P)), closed_form(start, 0)
    found = np.mean(settled, axis=0)
    assert_within_four_sigma(found, ridge)
    assert np.abs(found.mean(axis=0) - ridge).max() < 0.02 * np.abs(ridge - plain).max()


def closed_form(start, lam):
    """(w, b) that minimize mean (y − hᵀw − b)² + λΣw², b free."""
    first, _ = rv.Stack([CONFIG], [SPLIT]).layout.dense(start)
    H = np.hstack((hidden(first), np.ones((N, 1))))
    D = np.diag([lam] * UNITS + [0])
    return np.linalg.solve(H.T @ H / N + D, H.T @ SPLIT.y_train / N)


def test_dropout_of_a_network_without_hidden_layers_does_nothing():
    """Dropout acts on hidden outputs, never on inputs."""
    linear = replace(CONFIG, hidden=())
    with_dropout, without = rv.fit([linear, linear.replace(dropout=0)], epochs=5)
    np.testing.assert_array_equal(with_dropout.weights[0], without.weights[0])
