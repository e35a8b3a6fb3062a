"""Mixup: the paper's mixture of samples and of losses, where samples have weights and targets are numbers, too."""

import numpy as np
import pytest

import regviz as rv
from engine.test_gradients import finite_differences
from regviz.nn.losses import LOSSES
from regviz.training.inputs import mixed_targets

RNG = np.random.default_rng(18)


def loss_of(task, z, y, w):
    """Σwℓ/Σw of outputs z (K, N) by its definition."""
    losses = (z[0] - y) ** 2 if task == "regression" else np.log(np.exp(z).sum(axis=0)) - z[y, np.arange(len(y))]
    return (w * losses).sum() / w.sum()


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("weights", ["none", "some", "zeros"])
def test_the_gradient_is_that_of_the_mixture_of_both_losses(task, weights):
    """λ·ℓ(z, y) + (1 − λ)·ℓ(z, y of the partner), each with its own weights: the paper's own program has it so."""
    K, N, share = (3, 8, 0.3) if task == "classification" else (1, 8, 0.3)
    z, partner = RNG.normal(size=(K, N)), RNG.permutation(N)
    y = RNG.integers(0, K, N) if task == "classification" else RNG.normal(size=N)
    w = np.ones(N) if weights == "none" else RNG.random(N) + 0.1
    if weights == "zeros":
        w[partner[:3]] = w[:3] = 0
    targets = LOSSES[task].targets(y, K).T
    targets = targets if weights == "none" else np.vstack((targets, w))
    found = LOSSES[task].gradient(z[None], mixed_targets(targets, K, share, partner)[None])[0]

    def mixture():
        return share * loss_of(task, z, y, w) + (1 - share) * loss_of(task, z, y[partner], w[partner])

    np.testing.assert_allclose(found, finite_differences(mixture, z), rtol=0, atol=1e-8)


def test_every_sample_lies_between_two_of_its_batch_and_so_does_its_target():
    config = rv.Config(data="wine", n_train=20, batch_size=20, mixup=0.7, dtype="float64")
    stack = rv.Stack([config])
    stack.batches.shuffle()
    x, y = (part.copy() for part in stack.batches.views[0])
    shares = []
    for step in range(400):
        inputs, targets = stack.inputs.next(*stack.batches.views[0], step)
        np.testing.assert_array_equal(inputs[0, -1], 1)  # what carries the biases
        np.testing.assert_allclose(targets[0].sum(axis=0), 1, rtol=1e-12)
        # One share for the batch: found from one sample and its partner, it explains all of them.
        rest, row = inputs[0, :-1], 0
        found = [(s, p) for p in range(20) if (s := between(x[0, :-1, row], x[0, :-1, p], rest[:, row])) is not None]
        assert found
        shares.append(found[0][0])
    np.testing.assert_array_equal(stack.batches.views[0][0], x)  # the batch itself is as it was
    np.testing.assert_array_equal(stack.batches.views[0][1], y)
    shares = np.array([share for share in shares if np.isfinite(share)])
    assert abs(shares.mean() - 0.5) < 5 * np.sqrt(1 / (4 * (2 * 0.7 + 1)) / len(shares))
    assert abs(shares.var() / (1 / (4 * (2 * 0.7 + 1))) - 1) < 0.25  # Beta(α, α) has the variance 1/(4(2α + 1))


def between(own, other, found):
    """The share of `own` in a mixture of two that is `found`, NaN if they are one, None if it is no mixture of them."""
    if np.array_equal(own, other):
        return np.nan if np.allclose(found, own, rtol=1e-12) else None
    share = ((found - other) @ (own - other)) / ((own - other) @ (own - other))
    return share if np.allclose(share * own + (1 - share) * other, found, rtol=1e-9, atol=1e-12) else None


def test_a_tiny_alpha_hardly_mixes_and_a_huge_one_halves():
    for alpha, expected in ((1e-4, 0.0), (100.0, 0.5)):
        stack = rv.Stack([rv.Config(n_train=50, batch_size=50, mixup=alpha, dtype="float64")])
        stack.batches.shuffle()
        lighter = [min(1, stack.inputs.next(*stack.batches.views[0], step)[1].min(axis=1).max()) for step in range(20)]
        assert np.median(lighter) == pytest.approx(expected, abs=0.06)


def test_losses_are_those_of_the_points_and_labels_as_they_are():
    (run,) = rv.fit([rv.Config(data="wine", n_train=60, mixup=1.0, dtype="float64")], epochs=4)
    split = rv.load(run.config)
    for part in ("train", "val"):
        X, y = getattr(split, f"X_{part}"), getattr(split, f"y_{part}")
        loss = -np.log(run.predict(X)[np.arange(len(y)), y]).mean()
        assert run.history[f"{part}_loss"][-1] == pytest.approx(loss, rel=1e-12)


@pytest.mark.slow
def test_it_memorizes_less():
    configs = rv.Config(batch_size=25).sweep(seed=range(5), mixup=[0, 0.4])
    losses = np.array([run.history["val_loss"][-1] for run in rv.fit(configs, epochs=150)]).reshape(5, 2)
    assert losses[:, 1].mean() < 0.9 * losses[:, 0].mean()
