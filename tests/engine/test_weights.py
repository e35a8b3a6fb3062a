"""Weights of samples and of classes: what is made small, and that everything else stays as it was."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import r2_score
from sklearn.utils.class_weight import compute_class_weight

import regviz as rv
from regviz.data.weights import balanced
from regviz.nn.losses import LOSSES, CrossEntropy, MeanSquaredError, softmax
from regviz.probes import gradient_split

RNG = np.random.default_rng(0)


@pytest.fixture
def lopsided():
    """Two clouds that overlap, ten points of one for each of the other."""
    rng = np.random.default_rng(5)
    y = (np.arange(660) % 11 == 0).astype(int)
    X = rng.normal(size=(660, 2)) + 0.8 * y[:, None]
    rv.add_data("lopsided", X, y, replace=True)
    yield rv.Config(data="lopsided", n_train=300, noise=0, label_noise=0, hidden=(), dtype="float64", batch_size=1000)
    rv.remove_data("lopsided")


def test_balanced_weights_are_those_of_scikit_learn():
    y = np.repeat([0, 1, 2], [7, 70, 23])
    np.testing.assert_allclose(balanced(y, 3), compute_class_weight("balanced", classes=np.arange(3), y=y))
    np.testing.assert_allclose(balanced(y, 4)[:3], balanced(y, 3))  # a class that training lacks
    assert balanced(y, 4)[3] == 1
    weights = RNG.integers(1, 5, len(y)).astype(float)
    np.testing.assert_allclose(balanced(y, 3, weights), balanced(np.repeat(y, weights.astype(int)), 3))


def weighted_loss(task, z, y, w):
    """Σwℓ/Σw of outputs z (K, N), in plain NumPy."""
    losses = (z[0] - y) ** 2 if task == "regression" else -np.log(softmax(z[None])[0][y, np.arange(len(y))])
    return (w * losses).sum() / w.sum()


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_weighted_gradient_agrees_with_finite_differences(task):
    K, N = (3, 7) if task == "classification" else (1, 7)
    z, w = RNG.normal(size=(K, N)), RNG.random(N) + 0.1
    y = RNG.integers(0, K, N) if task == "classification" else RNG.normal(size=N)
    targets = np.vstack((LOSSES[task].targets(y, K).T, w))
    numeric = np.empty_like(z)
    for place in np.ndindex(z.shape):
        steps = []
        for step in (1e-6, -1e-6):
            moved = z.copy()
            moved[place] += step
            steps.append(weighted_loss(task, moved, y, w))
        numeric[place] = (steps[0] - steps[1]) / 2e-6
    np.testing.assert_allclose(LOSSES[task].gradient(z[None], targets[None])[0], numeric, atol=1e-9)


@pytest.mark.parametrize("loss", [CrossEntropy, MeanSquaredError])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_of_one_change_no_bit(loss, dtype):
    K = 3 if loss is CrossEntropy else 1
    for N in (1, 3, 7, 25, 32, 100):
        z, y = RNG.normal(size=(2, K, N)).astype(dtype), RNG.normal(size=(1, K, N)).astype(dtype)
        weighted = loss.gradient(z, np.concatenate((y, np.ones((1, 1, N), dtype)), axis=1))
        np.testing.assert_array_equal(weighted, loss.gradient(z, y))


def test_whole_weights_in_a_measure_are_repetitions():
    z, times = RNG.normal(size=(2, 3, 20)), RNG.integers(1, 4, 20)
    y, t = RNG.integers(0, 3, 20), RNG.normal(size=20)
    for loss, targets, outputs in ((CrossEntropy, y, z), (MeanSquaredError, t, z[:, :1])):
        ((mean, score),) = loss.measure(outputs, targets[None], (slice(None),), times[None].astype(float))
        repeated = np.repeat(outputs, times, axis=2), np.repeat(targets, times)[None]
        ((its_mean, its_score),) = loss.measure(*repeated, (slice(None),))
        np.testing.assert_allclose(mean, its_mean, rtol=1e-12)
        np.testing.assert_allclose(score, its_score, rtol=1e-9)
    weighted = [r2_score(t, row[0], sample_weight=times) for row in z]
    np.testing.assert_allclose(MeanSquaredError.measure(z[:, :1], t[None], (slice(None),), times[None])[0][1], weighted)


def test_a_target_that_never_varies_has_no_r2():
    z, y = RNG.normal(size=(2, 1, 9)), np.repeat([[0.1]], 9, axis=1)
    for w in (None, np.ones((1, 9))):
        ((loss, r2),) = MeanSquaredError.measure(z, y, (slice(None),), w)
        assert np.isfinite(loss).all()
        assert np.isnan(r2).all()


def test_balanced_training_finds_the_logistic_regression_with_balanced_classes(lopsided):
    config = lopsided.replace(class_weight="balanced", optimizer="nesterov", lr=0.2, epochs=2500, l2=0.01)
    split = rv.load(config)
    (run,) = rv.fit([config])
    # Of two outputs softmax sees the difference w = w1 - w0, and λ(w0² + w1²) is then (λ/2)w².
    n = len(split.y_train)  # the mean of balanced weights is 1, so their sum is n
    theirs = LogisticRegression(C=1 / (n * 0.01), class_weight="balanced", tol=1e-12, max_iter=10_000)
    theirs.fit(split.X_train, split.y_train)
    np.testing.assert_allclose(run.weights[0][:, 1] - run.weights[0][:, 0], theirs.coef_[0], rtol=1e-6)
    np.testing.assert_allclose(run.biases[0][1] - run.biases[0][0], theirs.intercept_[0], rtol=1e-6, atol=1e-8)
    data, penalty, total = gradient_split(run.model, split.X_train, split.y_train)
    np.testing.assert_allclose(total[0], 0, atol=1e-9)  # what the probe shows is what training makes small
    assert np.abs(data[0]).max() > 1e-3
    assert np.abs(penalty[0]).max() > 1e-3


def test_class_weights_raise_the_rare_class_s_recall_and_leave_what_is_measured_plain(lopsided):
    plain, weighted = rv.fit(lopsided.replace(lr=0.05, epochs=200).sweep(class_weight=[None, "balanced"]))
    split = rv.load(lopsided)
    rare = split.X_test[split.y_test == 1]
    recalls = [(run.predict(rare).argmax(axis=1) == 1).mean() for run in (plain, weighted)]
    assert recalls[1] > recalls[0] + 0.3
    P = weighted.predict(split.X_val)
    loss = -np.log(P[np.arange(len(P)), split.y_val]).mean()
    assert weighted.history["val_loss"][-1] == pytest.approx(loss, rel=1e-12)
    assert weighted.history["val_score"][-1] == (P.argmax(axis=1) == split.y_val).mean()
    assert plain.history["val_loss"][0] == weighted.history["val_loss"][0]


def test_weights_come_from_the_training_part_alone(lopsided):
    config = lopsided.replace(class_weight="balanced", epochs=5)
    split = rv.load(config)
    other = replace(split, y_val=1 - split.y_val, y_test=1 - split.y_test)
    trainers = [rv.Trainer([config], split=part) for part in (split, other)]
    for trainer in trainers:
        trainer.advance(epochs=5)
    one, its = (trainer.snapshot().models[0].weights[0] for trainer in trainers)
    np.testing.assert_array_equal(one, its)


@pytest.mark.parametrize("technique", [{}, {"dropout": 0.4, "batchnorm": True, "hidden": (8,)}, {"dtype": "float32"}])
def test_weighted_networks_in_a_stack_equal_the_same_networks_alone(lopsided, technique):
    base = lopsided.replace(**{"batch_size": 16, "hidden": (6,), **technique})
    configs = [
        base,
        base.replace(class_weight="balanced"),
        base.replace(class_weight="balanced", seed=3),
        base.replace(class_weight="balanced", l1=1e-3),
        base.replace(l2=0.1),
    ]
    for config, run in zip(configs, rv.fit(configs, epochs=4), strict=True):
        (alone,) = rv.fit([config], epochs=4)
        for mine, its in zip((*run.weights, *run.biases), (*alone.weights, *alone.biases), strict=True):
            np.testing.assert_array_equal(mine, its)
    trainer = rv.Trainer(configs)
    assert [len(group.models) for group in trainer._groups] == [2, 3]


def test_a_regression_does_not_look_at_class_weights():
    config = rv.Config(data="diabetes", n_train=60, hidden=(4,))
    plain, weighted = rv.fit(config.sweep(class_weight=[None, "balanced"]), epochs=3)
    np.testing.assert_array_equal(plain.weights[0], weighted.weights[0])


def test_the_field_is_written_in_links_and_refused_with_the_way_out():
    config = rv.Config(class_weight="balanced")
    assert config.to_query() == "class_weight=balanced"
    assert rv.Config.from_query("class_weight=none") == rv.Config()
    with pytest.raises(rv.ConfigError, match=r"class_weight='balance' .* allowed is None or balanced\. Try 'balanced'"):
        rv.Config(class_weight="balance")
