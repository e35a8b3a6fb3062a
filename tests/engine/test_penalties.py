"""Penalties: proximal steps are argmins, L2 shrinks in proportion, L1 reaches zero, losses stay apart."""

import numpy as np
import pytest

import regviz as rv
from regviz.optim.penalties import PENALTIES

SMALL = {"data": "digits", "n_train": 100, "noise": 0.0, "hidden": (12,), "dtype": "float64"}


def test_proximal_step_is_the_argmin_that_brute_force_finds():
    w = np.linspace(-2, 2, 41)
    eta = np.full_like(w, 0.5) * np.linspace(0.5, 2, 41)
    lam = 0.8
    grid = np.linspace(-3, 3, 60_001)  # 1e-4 apart, with 0 among them
    cost = 0.5 * (grid - w[:, None]) ** 2 / eta[:, None] + lam * np.abs(grid)
    expected = grid[cost.argmin(axis=1)]
    found = PENALTIES["l1"].prox(w, lam * eta)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    np.testing.assert_array_equal(found == 0, np.abs(expected) < 5e-5)


@pytest.mark.parametrize(("optimizer", "lr"), [("sgd", 0.01), ("momentum", 0.01), ("nesterov", 0.01), ("adam", 0.003)])
def test_every_step_of_training_is_the_proximal_step_of_the_plain_one(optimizer, lr):
    config = rv.Config(**SMALL, optimizer=optimizer, lr=lr, l1=0.01)
    plain, lasso = rv.Stack([config.replace(l1=0)]), rv.Stack([config])
    weight = 0.0  # of all the gradients in the momentum
    for _ in range(3):
        plain.w[:] = lasso.w
        plain.step()
        lasso.step()
        if optimizer == "adam":
            v_hat = lasso.optimizer.s2 / lasso.optimizer.n2
            threshold = lr * 0.01 / (np.sqrt(v_hat) + 1e-8)
        else:
            weight = {"sgd": 1, "momentum": 1 + 0.9 * weight, "nesterov": 1 + 0.9 * weight}[optimizer]
            entered = 1 + 0.9 * weight if optimizer == "nesterov" else weight
            threshold = np.full_like(plain.w, lr * entered * 0.01)
        threshold *= plain.is_weight
        soft = np.sign(plain.w) * np.maximum(np.abs(plain.w) - threshold, 0)
        np.testing.assert_allclose(lasso.w, soft, atol=1e-12)


def test_l2_shrinks_every_weight_by_the_same_share_and_no_bias():
    config = rv.Config(**SMALL, optimizer="sgd", lr=0.1, l2=0.2)
    stack = rv.Stack([config])
    stack.w += 0.1
    before = stack.w.copy()
    stack.g[:] = 0  # a penalty-only step
    stack.descend()
    slope = 1 - 2 * 0.1 * 0.2 * stack.is_weight
    np.testing.assert_allclose(stack.w[0], slope * before[0], rtol=1e-14)


def test_adamw_decays_weights_apart_from_the_gradient():
    config = rv.Config(**SMALL, optimizer="adamw", lr=0.1, weight_decay=0.3)
    stack = rv.Stack([config])
    stack.w += 0.1
    before = stack.w.copy()
    stack.g[:] = 0
    stack.descend()
    np.testing.assert_allclose(stack.w[0], (1 - 0.1 * 0.3 * stack.is_weight) * before[0], rtol=1e-14)


def test_adam_follows_the_paper():
    rng, lr = np.random.default_rng(0), 0.01
    stack = rv.Stack([rv.Config(**SMALL, lr=lr)])
    w, m, v = stack.w.copy(), np.zeros_like(stack.w), np.zeros_like(stack.w)
    for t in range(1, 20):
        g = stack.g[:] = rng.standard_normal(stack.g.shape)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w -= lr * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        stack.descend()
        np.testing.assert_allclose(stack.w, w, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov"])
def test_momentum_follows_its_equations(optimizer):
    rng, lr, mu = np.random.default_rng(0), 0.01, 0.8
    stack = rv.Stack([rv.Config(**SMALL, lr=lr, momentum=mu, optimizer=optimizer)])
    w, v = stack.w.copy(), np.zeros_like(stack.w)
    for _ in range(10):
        g = stack.g[:] = rng.standard_normal(stack.g.shape)
        v = mu * v + g
        w -= lr * (g + mu * v if optimizer == "nesterov" else v)
        stack.descend()
        np.testing.assert_allclose(stack.w, w, rtol=1e-12, atol=1e-14)


def test_losses_hold_no_penalty_and_the_penalty_is_what_it_says():
    config = rv.Config(**SMALL, l1=0.01, l2=0.02)
    runs = rv.fit([config, config.replace(penalty_rule="subgradient")], epochs=5)
    for run in runs:
        penalty = sum(0.01 * np.abs(W).sum() + 0.02 * (W**2).sum() for W in run.weights)
        assert run.history["penalty"][-1] == pytest.approx(penalty, rel=1e-12)
        P = run.predict(rv.load(config).X_train)
        loss = -np.log(P[np.arange(100), rv.load(config).y_train]).mean()
        assert run.history["train_loss"][-1] == pytest.approx(loss, rel=1e-12)


def test_only_the_proximal_rule_gives_exact_zeros():
    config = rv.Config(data="digits", n_train=300, noise=0, l1=1e-3)
    proximal, subgradient, ridge = rv.fit(
        [config, config.replace(penalty_rule="subgradient"), config.replace(l1=0, l2=1e-3)], epochs=100
    )
    assert proximal.zero_fraction >= 0.5
    assert subgradient.zero_fraction < 0.01
    assert ridge.zero_fraction == 0


def test_a_strong_penalty_leaves_a_constant():
    config = rv.Config(l1=1.0)
    for run in rv.fit([config, config.replace(l1=0, l2=1.0)], epochs=200):
        P = run.predict(rv.load(config).X_val)
        assert np.ptp(P[:, 0]) < 0.01
