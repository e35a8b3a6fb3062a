"""Gradient clipping: the length of a step, what it is the length of, and what adaptive step sizes make of it."""

import numpy as np
import pytest

import regviz as rv
from regviz.optim.constraints import GradientClip
from regviz.probes import step_sizes

BASE = rv.Config(
    data="wine", n_train=60, hidden=(8, 6), batch_size=20, optimizer="sgd", lr=0.5, l2=0.01, dtype="float64"
)
RNG = np.random.default_rng(13)


def test_it_shortens_and_never_turns_or_lengthens():
    g = RNG.normal(size=(4, 50)) * [[10], [1], [0.01], [10]]
    clipped = g.copy()
    GradientClip([2.0, None, 2.0, 0.5], np.float64).clip(clipped)
    lengths = np.linalg.norm(clipped, axis=1)
    np.testing.assert_allclose(lengths[[0, 3]], [2.0, 0.5], rtol=1e-6)  # PyTorch's 1e-6 beside lengths of about 70
    np.testing.assert_array_equal(clipped[1:3], g[1:3])
    np.testing.assert_allclose(clipped / lengths[:, None], g / np.linalg.norm(g, axis=1)[:, None], rtol=1e-12)


@pytest.mark.parametrize("batchnorm", [False, True])
def test_the_first_step_of_sgd_is_lr_times_the_clipped_gradient_of_loss_and_penalty_together(batchnorm):
    config = BASE.replace(batchnorm=batchnorm)
    moved = []
    for limit in (None, 0.05):
        stack = rv.Stack([config.replace(clip_norm=limit)])
        before = stack.w.copy()
        stack.step()
        learned = slice(None, stack.layout.size - 2 * stack.layout.units * batchnorm)  # without running statistics
        moved.append((before - stack.w)[0, learned] / config.lr)
    whole, clipped = moved
    assert np.linalg.norm(whole) > 0.5
    np.testing.assert_allclose(clipped, whole * 0.05 / (np.linalg.norm(whole) + 1e-6), rtol=1e-9, atol=1e-15)


def test_a_limit_that_no_gradient_reaches_changes_no_bit():
    plain, limited = rv.fit(BASE.sweep(clip_norm=[None, 1000]), epochs=5)
    for W, V in zip(plain.weights, limited.weights, strict=True):
        np.testing.assert_array_equal(W, V)


def test_it_saves_a_network_that_would_diverge():
    wild = BASE.replace(data="diabetes", lr=5.0, l2=0, batch_size=10)
    lost, saved = rv.fit(wild.sweep(clip_norm=[None, 0.01]), epochs=30)
    assert lost.state == "diverged"
    assert saved.state == "training"
    assert saved.history["train_loss"][-1] < 0.8 * saved.history["train_loss"][0]


def test_step_sizes_of_adam_are_those_of_the_clipped_gradients():
    config = BASE.replace(optimizer="adam", lr=0.01, batch_size=60, l2=0.3, clip_norm=0.05)
    model = rv.Trainer([config]).snapshot().models[0]
    X, y = model.split.X_train, model.split.y_train
    stack = rv.Stack([config])
    stack.batches.shuffle()
    stack.backpropagate(*stack.batches.views[0])
    g = stack.g[0].copy()
    for W, of in zip(stack.layout.dense(stack.w[0]), stack.layout.dense(g), strict=True):
        of[:, :-1] += 2 * 0.3 * W[:, :-1]
    assert np.linalg.norm(g) > 0.1
    g *= 0.05 / (np.linalg.norm(g) + 1e-6)
    for eta, of in zip(step_sizes(model, X, y), stack.layout.dense(g), strict=True):
        np.testing.assert_allclose(eta, 0.01 / (np.abs(of[:, :-1].T) + 1e-8), rtol=1e-7)


@pytest.mark.parametrize("field", ["max_norm", "clip_norm"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_limit_below_all_numbers_of_a_network_makes_nothing_infinite(field, dtype):
    (run,) = rv.fit([BASE.replace(**{field: 1e-46, "dtype": dtype})], epochs=3)
    assert run.state == "training"
    assert field == "clip_norm" or max(np.abs(W).max() for W in run.weights) <= 1e-30  # where small weights rest
