"""Bias and variance: closed forms, an exact sum, the same inputs for all networks, and the truth they are held to."""

import numpy as np
import pytest

import regviz as rv
from regviz.data import has_posterior, posterior
from regviz.probes import answers_to, bias_variance, over_sets

RNG = np.random.default_rng(25)


def test_of_constants_it_is_the_distance_of_their_mean_and_their_variance():
    found = bias_variance(np.array([[1.0, 5.0], [3.0, 5.0], [5.0, 5.0]]), np.array([1.0, 4.0]))
    np.testing.assert_allclose(found.bias, [4, 1], rtol=1e-15)
    np.testing.assert_allclose(found.variance, [8 / 3, 0], rtol=1e-15)
    assert found.means == (2.5, pytest.approx(4 / 3, rel=1e-15))


@pytest.mark.parametrize("lam", [0.0, 0.5, 20.0])
def test_of_ridge_it_is_the_closed_form(lam):
    """f(x) = xᵀ(XᵀX + λI)⁻¹Xᵀy: bias is −λxᵀ(XᵀX + λI)⁻¹β, variance σ²‖X(XᵀX + λI)⁻¹x‖².

    Noise that takes the values ±σ√n along each axis once has mean 0 and covariance σ²I exactly, so nothing is random.
    """
    n, d, sigma = 12, 3, 0.7
    X, beta, at = RNG.normal(size=(n, d)), RNG.normal(size=d), RNG.normal(size=(5, d))
    inverse = np.linalg.inv(X.T @ X + lam * np.eye(d))
    noises = sigma * np.sqrt(n) * np.vstack((np.eye(n), -np.eye(n)))
    answers = np.stack([at @ inverse @ X.T @ (X @ beta + noise) for noise in noises])
    found = bias_variance(answers, at @ beta)
    np.testing.assert_allclose(found.bias, (lam * at @ inverse @ beta) ** 2, atol=1e-12)
    np.testing.assert_allclose(found.variance, sigma**2 * ((at @ inverse @ X.T) ** 2).sum(axis=1), rtol=1e-12)


@pytest.mark.parametrize("shape", [(7, 30), (7, 30, 4), (1, 9, 2)])
def test_their_sum_is_the_mean_squared_distance_from_the_truth_exactly(shape):
    answers, truth = RNG.random(shape), RNG.random(shape[1:])
    squares = (answers - truth) ** 2
    squares = squares.sum(axis=2) / 2 if len(shape) == 3 else squares
    found = bias_variance(answers, truth)
    np.testing.assert_allclose(found.bias + found.variance, squares.mean(axis=0), rtol=1e-12)
    assert sum(found.means) == pytest.approx(squares.mean(), rel=1e-12)


def test_of_two_classes_it_is_that_of_the_probability_of_either():
    p, truth = RNG.random((6, 20)), RNG.random(20)
    both = bias_variance(np.stack((1 - p, p), axis=2), np.stack((1 - truth, truth), axis=1))
    one = bias_variance(p, truth)
    np.testing.assert_allclose(both.bias, one.bias, rtol=1e-12)
    np.testing.assert_allclose(both.variance, one.variance, rtol=1e-12)


def test_few_training_sets_make_the_bias_too_large_by_what_is_said():
    """Unbiased answers with variance 1: E bias² = 1/R, and variance/(R − 1) has the same mean."""
    R = 5
    found = bias_variance(RNG.normal(size=(R, 200_000)), np.zeros(200_000))
    bias, variance = found.means
    assert bias == pytest.approx(1 / R, rel=0.02)  # some four standard errors
    assert variance / (R - 1) == pytest.approx(1 / R, rel=0.01)


@pytest.mark.parametrize(
    ("answers", "truth"), [((3, 4), (5,)), ((3, 4, 2), (4,)), ((4,), (4,)), ((0, 4), (4,)), ((3, 4), (4, 1))]
)
def test_shapes_that_do_not_fit_are_told(answers, truth):
    with pytest.raises(ValueError, match=r"answers have shape .* allowed are .* Try np\.stack"):
        bias_variance(np.zeros(answers), np.zeros(truth))


@pytest.mark.parametrize("data", ["moons", "diabetes"])
def test_every_network_is_asked_about_the_same_raw_inputs(data):
    runs = rv.fit(rv.Config(data=data, n_train=60, hidden=(8,)).sweep(seed=range(3)), epochs=3)
    models = [run.model for run in runs]
    split = models[0].split
    X = split.X_test * split.scale + split.mean
    found = answers_to(models, X)
    assert len({tuple(model.split.mean) for model in models}) == 3  # else nothing would have to be scaled anew
    for said, model in zip(found, models, strict=True):
        its = model.split
        expected = model.predict((X - its.mean) / its.scale).astype(float) * its.target_scale + its.target_mean
        np.testing.assert_allclose(said, expected, rtol=1e-5)
    assert found.shape == (3, len(X), 2)[: 3 if data == "moons" else 2]


def test_raw_rows_of_custom_data_are_answered_as_its_own_rows_are():
    """An input that never varies in training says nothing, whatever a row has there."""
    X = RNG.normal(5, 2, (60, 3))
    y = X[:, 0] - X[:, 1]
    X[:, 2] = 1
    rv.add_data("mine", X, y)
    (run,) = rv.fit([rv.Config(data="mine", n_train=30, noise=0, hidden=(8,))], epochs=3)
    split = run.model.split
    raw = split.X_test * split.scale + split.mean
    raw[:, 2] = 99
    expected = run.predict(split.X_test) * split.target_scale + split.target_mean
    np.testing.assert_allclose(answers_to([run.model], raw)[0], expected, rtol=1e-5)


@pytest.mark.parametrize("flips", [0.0, 0.2])
def test_the_truth_of_blobs_is_bayes_rule_for_their_normal_clouds(flips):
    """Clouds of sd 0.2 with noise of sd 0.4 are normal with variance 0.2² + 0.4² around the triangle's corners."""
    config = rv.Config(data="blobs", n_train=30, noise=0.4, label_noise=flips)
    angle = 2 * np.pi * np.arange(3) / 3 + np.pi / 2
    centres = np.column_stack((np.cos(angle), np.sin(angle)))
    X = np.tile(centres, (200, 1)) + np.hypot(0.2, 0.4) * RNG.normal(size=(600, 2))
    p = np.exp(-((X[:, None] - centres) ** 2).sum(axis=2) / (2 * (0.2**2 + 0.4**2)))
    p /= p.sum(axis=1, keepdims=True)
    expected = (1 - flips) * p + flips * (1 - p) / 2
    errors = np.abs(posterior(config, X) - expected)  # 2,000 points stand for each cloud, few of them for its tails
    assert errors.mean() < 0.003
    assert errors.max() < 0.04
    np.testing.assert_allclose(posterior(config, X).sum(axis=1), 1, rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("data", ["moons", "circles", "spirals", "xor"])
def test_the_truth_is_how_often_a_label_comes_where_it_is_said_so(data):
    config = rv.Config(data=data, n_train=10_000, noise=0.3, label_noise=0.1)
    split = rv.load(config)
    p = posterior(config, split.X_train * split.scale + split.mean)[:, 1]
    for low in np.arange(0.1, 0.9, 0.2):
        inside = (p >= low) & (p < low + 0.2)
        error = 4 * 0.5 / np.sqrt(inside.sum())  # four standard errors, and what 3,000 points for a shape leave
        assert split.y_train[inside].mean() == pytest.approx(p[inside].mean(), abs=error + 0.01)
    far = posterior(config, np.array([[1e3, 1e3], [-1e3, 0.0]]))  # where every density underflows
    assert np.isfinite(far).all()


def test_data_without_a_known_truth_are_refused_by_name():
    for config in (
        rv.Config(data="digits"),
        rv.Config(data="hills", n_train=50),
        rv.Config(data="planted", n_train=50),
        rv.Config(noise=0),
    ):
        assert not has_posterior(config)
        with pytest.raises(
            rv.ConfigError, match=r"^data=.* is not possible: the truth is known of moons, .* Try 'moons'"
        ):
            posterior(config, np.zeros((1, 2)))
    assert not has_posterior(rv.Config(decoys=2))
    for shape in ((2, 3), (2,), (0,), (1, 2, 2)):
        with pytest.raises(rv.ArgumentError, match=r"^X=\(.*its shape must be \(n, 2\)"):
            posterior(rv.Config(), np.zeros(shape))
    assert has_posterior(rv.Config())


@pytest.mark.slow
def test_a_stronger_penalty_trades_variance_for_bias_and_the_sum_has_a_minimum_between():
    """20 training sets of 100 two-moons points: the networks of λ = 0.003 are nearest to the truth."""
    config = rv.Config(batch_size=25)
    split = rv.load(config.replace(seed=900))
    X = split.X_test * split.scale + split.mean
    truth = posterior(config, X)
    found = []
    for lam in (0, 0.003, 0.1):
        runs = rv.fit(config.replace(l2=lam).sweep(seed=range(100, 120)), epochs=150)
        found.append(bias_variance(answers_to([run.model for run in runs], X), truth).means)
    (bias_0, variance_0), (bias_1, variance_1), (bias_2, variance_2) = found
    assert variance_0 > 2 * variance_1 > 4 * variance_2
    assert bias_2 > 5 * max(bias_0, bias_1)
    assert bias_1 + variance_1 < 0.6 * min(bias_0 + variance_0, bias_2 + variance_2)


def test_of_many_sets_it_is_held_to_the_truth_at_the_first_one_s_validation_points():
    config = rv.Config(n_train=40, hidden=(4,), batch_size=20)
    models = [run.model for run in rv.fit(config.sweep(seed=range(3)), epochs=3)]
    split = models[0].split
    X = split.X_val * split.scale + split.mean
    expected = bias_variance(answers_to(models, X), posterior(config, X))
    np.testing.assert_allclose(over_sets(models), expected, rtol=1e-12)


def test_a_truth_that_is_asked_for_again_is_the_caller_s_own():
    config, X = rv.Config(), np.array([[0.0, 0.5], [1.0, 0.0]])
    first = posterior(config, X)
    kept = first.copy()
    first[:] = 0.5
    np.testing.assert_array_equal(posterior(config, X), kept)
    assert not np.array_equal(posterior(config.replace(noise=0.5), X), kept)
    assert not np.array_equal(posterior(config.replace(label_noise=0.3), X), kept)
