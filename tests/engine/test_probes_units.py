"""What units say, how long their weights are, and the way of a sample: the network's own equations, by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import regviz as rv
from regviz import probes
from regviz.config import ORDERS
from regviz.nn.activations import ACTIVATIONS

CONFIG = rv.Config(data="wine", n_train=40, hidden=(6, 5), dropout=0.5, l1=1e-3, dtype="float64")
NORMS: list[dict[str, Any]] = [{"batchnorm": True}, {"layernorm": True}, {"batchnorm": True, "layernorm": True}]
EXACT: dict[str, float] = {"rtol": 1e-10, "atol": 1e-12}
"""Sums are added up in another order, and nothing else differs."""


def by_hand(model: Any, X: Any) -> list[Any]:
    """What each hidden layer says in evaluation, from the equations of its parts; dropout is left out."""
    config, said, a = model.config, [], X
    for k in range(len(config.hidden)):
        a = a @ model.weights[k] + model.biases[k]
        for part in config.order.split("-"):
            if part == "activation":
                a = ACTIVATIONS[config.activation](learning=False).f(a)
            elif part == "batchnorm" and model.norms:
                gamma, beta, mean, variance = model.norms[k]
                a = gamma * (a - mean) / np.sqrt(variance + 1e-5) + beta
            if part == "batchnorm" and model.layer_norms:  # it stands where BatchNorm does, or right behind it
                gamma, beta = model.layer_norms[k]
                a = gamma * (a - a.mean(axis=1, keepdims=True)) / np.sqrt(a.var(axis=1, keepdims=True) + 1e-5) + beta
        said.append(a)
    return said


@pytest.fixture(scope="module")
def lanes() -> list[Any]:
    """Networks of one stack and of others beside it: every activation, both norms, the last order of the parts."""
    configs = [CONFIG, CONFIG.replace(dropout=0.0, seed=3), CONFIG.replace(l1=0.1)]
    configs += [CONFIG.replace(activation=name) for name in ACTIVATIONS]
    configs += [CONFIG.replace(**norm, order=order) for norm in NORMS for order in (ORDERS[0], ORDERS[-1])]
    trainer = rv.Trainer(configs)
    trainer.advance(epochs=4)
    return list(trainer.snapshot().models)


def test_units_say_in_evaluation_what_their_equations_give(lanes: list[Any]) -> None:
    for model in lanes:
        X = model.split.X_val
        found, expected = probes.unit_answers(model, X), by_hand(model, X)
        assert [layer.shape for layer in found] == [(len(X), 6), (len(X), 5)]
        for mine, its in zip(found, expected, strict=True):
            np.testing.assert_allclose(mine, its, **EXACT)
    assert probes.unit_answers(rv.Trainer([CONFIG.replace(hidden=())]).snapshot().models[0], X) == ()
    with pytest.raises(ValueError, match=r"needs \(n, 13\)"):
        probes.unit_answers(lanes[0], X[:, :2])


def test_contributions_and_bias_add_up_to_each_sum_and_the_last_sums_are_the_answer(lanes: list[Any]) -> None:
    for model in lanes:
        x = model.split.X_train[7]
        found, said = probes.trace(model, x), by_hand(model, x[None])
        np.testing.assert_array_equal(found.heard[0], x)
        for mine, its in zip(found.heard[1:], said, strict=True):
            np.testing.assert_allclose(mine, its[0], **EXACT)
        for k, (W, b) in enumerate(zip(model.weights, model.biases, strict=True)):
            np.testing.assert_allclose(found.contributions[k], W * found.heard[k][:, None], **EXACT)
            np.testing.assert_allclose(found.contributions[k].sum(axis=0) + b, found.sums[k], **EXACT)
        odds = np.exp(found.sums[-1] - found.sums[-1].max())
        np.testing.assert_allclose(found.answer, odds / odds.sum(), **EXACT)
        np.testing.assert_allclose(found.answer, model.predict(x[None])[0], **EXACT)


def test_the_answer_of_a_regression_is_its_only_sum() -> None:
    (model,) = rv.Trainer([rv.Config(data="sine", hidden=(4,), dtype="float64")]).snapshot().models
    found = probes.trace(model, model.split.X_train[0])
    np.testing.assert_array_equal(found.answer, found.sums[-1])
    assert found.answer == pytest.approx(model.predict(model.split.X_train[:1]), rel=1e-12)


def test_norms_are_those_that_max_norm_holds_down() -> None:
    limit = 0.4
    configs = [CONFIG.replace(max_norm=limit, lr=0.05), CONFIG.replace(lr=0.05)]
    trainer = rv.Trainer(configs)
    trainer.advance(epochs=20)
    held, free = (probes.unit_norms(model) for model in trainer.snapshot().models)
    for model, norms in zip(trainer.snapshot().models, (held, free), strict=True):
        for W, mine in zip(model.weights, norms, strict=True):
            np.testing.assert_allclose(mine, [np.linalg.norm(w) for w in W.T], **EXACT)
    assert max(norms.max() for norms in held) == pytest.approx(limit, rel=1e-12)
    assert max(norms.max() for norms in free) > 2 * limit


def with_units(model: Any, W: Any, b: Any) -> Any:
    return replace(model, weights=(W, *model.weights[1:]), biases=(b, *model.biases[1:]))


def test_a_unit_is_dead_if_it_says_the_same_to_all() -> None:
    model = rv.Trainer([CONFIG]).snapshot().models[0]
    W, b = model.weights[0].copy(), model.biases[0].copy()
    W[:, 1], b[1] = 0, 0.7  # hears nothing
    b[4] = -1e3  # never gets above 0
    first, second = probes.dead_units(with_units(model, W, b))
    assert np.flatnonzero(first).tolist() == [1, 4]
    assert not second.any()
    assert not any(dead.any() for dead in probes.dead_units(with_units(model, W * np.nan, b)))


@pytest.mark.parametrize("points", [30, 300, 9000])
def test_a_unit_that_answers_a_single_training_point_lives(points: int) -> None:
    config = CONFIG.replace(data="moons", n_train=points, batch_size=10)
    model = rv.Trainer([config]).snapshot().models[0]
    angles = np.linspace(0, 2 * np.pi, 200)
    sums = model.split.X_train @ np.array([np.cos(angles), np.sin(angles)])
    outermost = sums.argmax(axis=0)
    for direction in (int(outermost.argmin()), int(outermost.argmax())):
        lower, most = np.sort(sums[:, direction])[-2:]
        W, b = model.weights[0].copy(), model.biases[0].copy()
        W[:, :2] = [[np.cos(angles[direction])], [np.sin(angles[direction])]]
        b[:2] = -(lower + most) / 2, -most - 1  # beside a unit that answers none
        first, _ = probes.dead_units(with_units(model, W, b))
        assert first[:2].tolist() == [False, True]


def test_asking_changes_nothing(lanes: list[Any]) -> None:
    model = lanes[0]
    before = [array.copy() for array in (*model.weights, *model.biases)]
    probes.unit_answers(model, model.split.X_val)
    probes.trace(model, model.split.X_val[0])
    probes.unit_norms(model)
    for array, was in zip((*model.weights, *model.biases), before, strict=True):
        np.testing.assert_array_equal(array, was)
