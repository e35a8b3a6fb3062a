"""Label smoothing: the paper's formulas, beside class weights, and that what is told stays the plain loss."""

import numpy as np
import pytest

import regviz as rv
from engine.test_gradients import finite_differences
from regviz.nn.losses import CrossEntropy
from regviz.probes import gradient_split

RNG = np.random.default_rng(16)


def smoothed_loss(z, y, epsilon, w):
    """(1 − ε)·H(one-hot, p) + ε·H(uniform, p) (Szegedy et al. 2016, §7) of outputs z (K, N), by its definition."""
    p = np.exp(z) / np.exp(z).sum(axis=0)
    of_class, uniform = -np.log(p[y, np.arange(len(y))]), -np.log(p).mean(axis=0)
    losses = (1 - epsilon) * of_class + epsilon * uniform
    return (w * losses).sum() / w.sum()


@pytest.mark.parametrize("K", [2, 3, 10])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_gradient_is_that_of_the_paper_s_mixture_of_two_cross_entropies(K, weighted):
    M, N = 3, 8
    z, y = RNG.normal(size=(M, K, N)), RNG.integers(0, K, N)
    w = RNG.random(N) + 0.1 if weighted else np.ones(N)
    epsilons = np.array([0, 0.1, 0.7])
    targets = CrossEntropy.targets(y, K).T
    targets = (np.vstack((targets, w)) if weighted else targets)[None]
    found = CrossEntropy.gradient(z, targets, epsilons[:, None, None])
    for model, epsilon in enumerate(epsilons):
        numeric = finite_differences(lambda model=model, epsilon=epsilon: smoothed_loss(z[model], y, epsilon, w), z)
        np.testing.assert_allclose(found[model], numeric[model], rtol=0, atol=1e-9)
    np.testing.assert_array_equal(found[0], CrossEntropy.gradient(z, targets)[0])


@pytest.mark.slow
def test_the_smallest_loss_has_the_gap_between_outputs_that_the_paper_says():
    """With one-hot targets outputs drift apart for ever; smoothed ones are met where z_k − z_other is finite.

    (1 − ε + ε/K) / (ε/K) is e to the gap: p equals the smoothed target (Müller et al. 2019, §1.1).
    """
    config = rv.Config(
        data="blobs",
        n_train=6,
        noise=0,
        label_noise=0,
        hidden=(8,),
        label_smoothing=0.3,
        optimizer="nesterov",
        lr=0.1,
        dtype="float64",
    )
    (run,) = rv.fit([config], epochs=4000)
    split = rv.load(config)
    K = split.n_classes
    targets = 0.7 * np.eye(K)[split.y_train] + 0.3 / K
    np.testing.assert_allclose(run.predict(split.X_train), targets, atol=1e-6)
    data, _, _ = gradient_split(run.model, split.X_train, split.y_train)
    assert max(np.abs(W).max() for W in data) < 1e-6  # what the probe shows is what training makes small


def test_the_losses_that_are_told_are_those_of_the_labels_as_they_are():
    (run,) = rv.fit([rv.Config(data="wine", n_train=60, label_smoothing=0.4, dtype="float64")], epochs=4)
    split = rv.load(run.config)
    for part in ("train", "val"):
        X, y = getattr(split, f"X_{part}"), getattr(split, f"y_{part}")
        loss = -np.log(run.predict(X)[np.arange(len(y)), y]).mean()
        assert run.history[f"{part}_loss"][-1] == pytest.approx(loss, rel=1e-12)


def test_smoothed_networks_are_less_confident():
    runs = rv.fit(rv.Config(data="digits", n_train=200, label_noise=0).sweep(label_smoothing=[0, 0.1, 0.3]), epochs=60)
    confidence = [run.predict(rv.load(run.config).X_val).max(axis=1).mean() for run in runs]
    assert confidence[0] > confidence[1] + 0.02 > confidence[2] + 0.04


def test_a_regression_does_not_look_at_it():
    plain, smoothed = rv.fit(rv.Config(data="diabetes", n_train=60, hidden=(4,)).sweep(label_smoothing=[0, 0.5]))
    np.testing.assert_array_equal(plain.weights[0], smoothed.weights[0])
