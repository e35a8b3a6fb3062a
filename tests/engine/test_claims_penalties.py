"""The slide's claims about L1 and L2: what they add, how they shrink, and which weights they leave."""

import numpy as np
import pytest

import regviz as rv
from engine.claims import SEEDS, SETTINGS, TECHNIQUES, each_seed, in_all_seeds, in_most_seeds, last, trained
from regviz import probes
from shrunk import shrink_map

L1, L2 = TECHNIQUES["l1"], TECHNIQUES["l2"]
CHANCE = 0.25
"""Accuracy of a guess among the four classes of the planted data."""


@pytest.mark.claim("C8")
def test_the_total_loss_is_the_data_loss_plus_lambda_times_the_penalty():
    for run in trained("C8", l1=L1, l2=L2):
        split = run.model.split
        P = run.predict(split.X_train)
        data = -np.log(P[np.arange(len(P)), split.y_train]).mean()
        total = data + sum(L1 * np.abs(W).sum() + L2 * (W**2).sum() for W in run.weights)
        assert run.history["train_loss"][-1] + run.history["penalty"][-1] == pytest.approx(total, abs=1e-12)
        assert run.history["train_loss"][-1] == pytest.approx(data, abs=1e-12)  # no penalty in this curve


@pytest.mark.claim("C9")
@pytest.mark.parametrize("layer", [0, 1, 2])
def test_the_gradient_is_the_data_s_plus_twice_lambda_w_or_lambda_times_the_sign(layer):
    for config, run in ((run.config, run) for lams in ({"l1": L1}, {"l2": L2}) for run in trained("C9", **lams)):
        model = run.model
        X, y = model.split.X_train, model.split.y_train
        found = probes.gradient_split(model, X, y)
        W = model.weights[layer]
        # the largest weight of either sign: far from L1's corner
        for index in (np.unravel_index(W.argmax(), W.shape), np.unravel_index(W.argmin(), W.shape)):
            step = 1e-6
            ends = [losses(model, layer, index, sign * step) for sign in (1, -1)]
            data, penalty = (np.subtract(*ends)) / (2 * step)
            assert found.data[layer][index] == pytest.approx(data, abs=1e-6)
            assert found.penalty[layer][index] == pytest.approx(penalty, abs=1e-6)
            assert penalty == pytest.approx(config.l1 * np.sign(W[index]) + 2 * config.l2 * W[index], abs=1e-6)
            assert found.total[layer][index] == found.data[layer][index] + found.penalty[layer][index]


def losses(model, layer, index, change):
    """Data loss and penalty of a network with one weight changed."""
    weights = [W.copy() for W in model.weights]
    weights[layer][index] += change
    h = model.split.X_train
    for W, b in zip(weights[:-1], model.biases[:-1], strict=True):
        h = np.maximum(h @ W + b, 0)
    z = h @ weights[-1] + model.biases[-1]
    data = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), model.split.y_train]
    penalty = sum(model.config.l1 * np.abs(W).sum() + model.config.l2 * (W**2).sum() for W in weights)
    return np.array([data.mean(), penalty])


@pytest.mark.claim("C10")
@pytest.mark.parametrize("field", ["l1", "l2"])
def test_a_penalty_only_step_is_a_line_of_slope_below_1_for_l2_and_a_soft_threshold_for_l1(field):
    config, epochs, *_ = SETTINGS["C10"]
    lam, eta = 0.1, config.lr
    trainer = rv.Trainer(each_seed(config, **{field: lam}))
    trainer.advance(epochs=epochs)
    models = trainer.snapshot().models
    stack = rv.Stack([model.config for model in models])
    for row, model in enumerate(models):
        for W, weights in zip(stack.layout.dense(stack.w), model.weights, strict=True):
            W[row, :, :-1] = weights.T
    stack.g[:] = 0  # the engine's own step, with nothing but the penalty
    stack.descend()
    for row, model in enumerate(models):
        stepped = [W[row, :, :-1].T for W in stack.layout.dense(stack.w)]
        for (before, after), engine in zip(shrink_map(model, eta), stepped, strict=True):
            if field == "l2":
                expected = (1 - 2 * eta * lam) * before
            else:
                expected = np.sign(before) * np.maximum(np.abs(before) - eta * lam, 0)
            np.testing.assert_allclose(after, expected, rtol=1e-13, atol=1e-16)
            np.testing.assert_allclose(engine, after, rtol=1e-13, atol=1e-16)


@pytest.fixture(scope="module")
def lanes():
    """Runs by name, one for each seed: L1 by either rule, and L2."""
    return {
        "proximal": trained("C11", l1=L1),
        "subgradient": trained("C11", l1=L1, penalty_rule="subgradient"),
        "L2": trained("C11", l2=L2),
    }


def zeros(runs):
    return np.array([run.zero_fraction for run in runs])


@pytest.mark.claim("C11")
def test_l1_makes_more_than_half_of_the_weights_exactly_0_and_l2_none(lanes):
    in_most_seeds(zeros(lanes["proximal"]) >= 0.5)
    in_all_seeds(zeros(lanes["L2"]) == 0)


@pytest.mark.claim("C11b")
def test_the_slide_s_own_gradient_makes_the_same_curve_and_next_to_no_zeros(lanes):
    in_most_seeds((zeros(lanes["subgradient"]) < 0.01) & (zeros(lanes["proximal"]) >= 0.5))
    ratio = last(lanes["subgradient"], "val_loss") / last(lanes["proximal"], "val_loss")
    in_most_seeds(np.abs(ratio - 1) <= 0.1)


@pytest.fixture(scope="module")
def selections():
    """Runs on planted data by λ of L1, one for each seed."""
    return {lam: trained("C12", l1=lam) for lam in (0, 0.01, 0.02)}


def survivors(runs):
    """(seeds, inputs) True where the first layer still listens to an input."""
    return np.array([~probes.importance(run.model).dead for run in runs])


def informative_share(runs):
    """The informative inputs' share of the first layer's Σ|w|, (seeds,)."""
    return np.array([probes.importance(run.model).share[run.model.split.informative].sum() for run in runs])


@pytest.mark.claim("C12")
def test_informative_inputs_survive_a_strong_l1_and_most_decoys_do_not(selections):
    runs, informative = selections[0.02], selections[0.02][0].model.split.informative
    alive = survivors(runs)
    most = alive[:, informative].mean(axis=1) > alive[:, ~informative].mean(axis=1)
    in_most_seeds(most & (informative_share(runs) >= 0.6))
    in_most_seeds(alive[:, :3].all(axis=1))  # those that say something alone
    in_most_seeds(last(runs, "val_score") >= CHANCE + 0.15)
    in_all_seeds((informative_share(selections[0]) < 0.3) & survivors(selections[0]).all(axis=1))


@pytest.mark.claim("C12")
def test_half_of_that_strength_keeps_the_pair_that_matters_only_together_too(selections):
    """At λ = 0.02 most networks lose the pair: the gradient of a product is small where weights start, below λ."""
    runs, informative = selections[0.01], selections[0.01][0].model.split.informative
    in_most_seeds(survivors(runs)[:, informative].all(axis=1) & (informative_share(runs) >= 0.6))
    in_most_seeds(last(runs, "val_score") >= last(selections[0], "val_score") + 0.15)


@pytest.mark.claim("C12")
def test_fewer_of_the_breast_cancer_inputs_survive_as_lambda_grows():
    counts = np.array([survivors(trained("C12 breast cancer", l1=lam)).sum(axis=1) for lam in (0, 0.01, 0.03, 0.1)])
    assert counts.shape == (4, len(SEEDS))
    in_all_seeds(counts[0] == 30)
    in_most_seeds((np.diff(counts, axis=0) < 0).all(axis=0))
