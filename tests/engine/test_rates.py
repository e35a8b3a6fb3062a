"""Step sizes asked of a frozen network are those that training uses."""

from __future__ import annotations

import numpy as np
import pytest

import regviz as rv
from regviz import probes

CONFIG = rv.Config(hidden=(6,), lr=0.1, dtype="float64", batch_size=25)


def trained(config: rv.Config, epochs: int = 5):
    trainer = rv.Trainer([config])
    trainer.advance(epochs=epochs)
    return trainer, trainer.snapshot().models[0]


def sizes(model):
    return probes.step_sizes(model, model.split.X_train, model.split.y_train)


@pytest.mark.parametrize(("optimizer", "eta"), [("sgd", 0.1), ("momentum", 1.0), ("nesterov", 1.0)])
def test_without_adam_every_weight_has_the_same(optimizer, eta):
    model = trained(CONFIG.replace(optimizer=optimizer, momentum=0.9))[1]
    for found, W in zip(sizes(model), model.weights, strict=True):
        assert found.shape == W.shape
        np.testing.assert_allclose(found, eta)


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov"])
def test_momentum_s_is_what_the_optimizer_s_own_settles_at(optimizer):
    from regviz.optim.optimizers import OPTIMIZERS, Rates

    w, g = np.zeros((1, 1)), np.ones((1, 1))
    rule = OPTIMIZERS[optimizer](w)
    for _ in range(400):
        eta = rule.update(w, g, Rates(np.full((1, 1), 0.1), np.full((1, 1), 0.9)))
    model = trained(CONFIG.replace(optimizer=optimizer, momentum=0.9), 1)[1]
    np.testing.assert_allclose(sizes(model)[0], eta.item())


@pytest.mark.slow
@pytest.mark.parametrize("changes", [{}, {"l2": 0.01}, {"l1": 0.01}, {"l1": 0.01, "penalty_rule": "subgradient"}])
def test_adam_s_is_what_the_optimizer_s_own_settles_at_if_the_weights_stand_still(changes):
    from regviz.optim.optimizers import Adam, Rates

    model = trained(CONFIG.replace(optimizer="adam", lr=0.01, **changes))[1]
    X, y = model.split.X_train, model.split.y_train
    for layer, found in enumerate(sizes(model)):
        gradients = []
        for k in range(4):
            split = probes.gradient_split(model, X[25 * k : 25 * k + 25], y[25 * k : 25 * k + 25])
            seen = split.data if changes.get("l1") and "penalty_rule" not in changes else split.total
            gradients.append(seen[layer].reshape(1, -1))
        w = np.zeros_like(gradients[0])
        rule = Adam(w)
        for step in range(16_000):
            eta = rule.update(w, gradients[step % 4], Rates(np.full((1, 1), 0.01), np.zeros((1, 1))))
        np.testing.assert_allclose(found.ravel(), eta.ravel(), rtol=2e-3)


def test_the_schedule_is_followed():
    model = trained(CONFIG.replace(optimizer="sgd", schedule="step", epochs=8), 5)[1]
    np.testing.assert_allclose(sizes(model)[0], 0.01)


def test_asking_changes_nothing():
    model = trained(CONFIG.replace(optimizer="adam", l2=0.01))[1]
    before = [W.copy() for W in model.weights]
    for a, b in zip(sizes(model), sizes(model), strict=True):
        np.testing.assert_array_equal(a, b)
    for W, was in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(W, was)
