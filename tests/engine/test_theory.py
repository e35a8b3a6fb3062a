"""A network without hidden layers is linear regression: ridge, lasso and elastic net must be the textbook's."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso, lars_path

import regviz as rv

LINEAR = rv.Config(
    data="diabetes",
    n_train=300,
    noise=0,
    label_noise=0,
    hidden=(),
    batch_size=1000,  # all points in every step
    optimizer="nesterov",
    momentum=0.95,
    lr=0.05,
    dtype="float64",
    epochs=4000,
)
SPLIT = rv.load(LINEAR)  # standardized: inputs and target are centred, so that every bias is 0
X, Y = SPLIT.X_train, SPLIT.y_train
N, INPUTS = X.shape

RIDGE = np.geomspace(1e-3, 5, 10).tolist()
LARGEST = 2 * np.abs(X.T @ Y).max() / N
"""The λ₁ from which on all weights are 0: the steepest slope of the loss at 0."""

PATH = (LARGEST * np.geomspace(1.01, 1e-3, 30)).tolist()
L2_OF_NET = 0.05


def weights(configs, split=SPLIT):
    """Weights (configs, inputs) after training on `split`."""
    trainer = rv.Trainer(configs, split=split)
    trainer.advance(epochs=configs[0].epochs)
    models = trainer.snapshot().models
    assert max(abs(model.biases[0][0]) for model in models) < 1e-8  # 0 but for rounding, of which Adam makes steps
    return np.array([model.weights[0][:, 0] for model in models])


def distance_to_optimality(w, l1, l2=0.0):
    """How far 0 is from the subgradients of mean (y − x·w)² + λ₁Σ|w| + λ₂Σw² at w, the farthest coordinate."""
    g = 2 * X.T @ (X @ w - Y) / N + 2 * l2 * w
    return np.where(w == 0, np.maximum(np.abs(g) - l1, 0), np.abs(g + l1 * np.sign(w))).max()


@pytest.fixture(scope="module")
def lasso_path():
    return weights(LINEAR.sweep(l1=PATH))


@pytest.fixture(scope="module")
def net_path():
    return weights(LINEAR.replace(l2=L2_OF_NET).sweep(l1=PATH))


@pytest.mark.slow
def test_ridge_is_the_closed_form():
    """w = (XᵀX/n + λI)⁻¹ Xᵀy/n."""
    expected = [np.linalg.solve(X.T @ X / N + lam * np.eye(INPUTS), X.T @ Y / N) for lam in RIDGE]
    np.testing.assert_allclose(weights(LINEAR.sweep(l2=RIDGE)), expected, rtol=0, atol=1e-12)


def test_one_strength_for_each_layer_is_ridge_too():
    """A linear network has one layer: a tuple of one λ is that λ."""
    np.testing.assert_array_equal(
        weights([LINEAR.replace(l2=(0.1,), epochs=50)]), weights([LINEAR.replace(l2=0.1, epochs=50)])
    )


@pytest.mark.slow
def test_lasso_is_coordinate_descent_s_all_along_the_path_with_the_same_active_set(lasso_path):
    # scikit-learn minimizes ½·mean(error²) + α·Σ|w|, so α = λ/2
    found = [Lasso(alpha=lam / 2, tol=1e-14, max_iter=1_000_000).fit(X, Y).coef_ for lam in PATH]
    np.testing.assert_allclose(lasso_path, found, rtol=0, atol=1e-11)
    np.testing.assert_array_equal(lasso_path == 0, np.array(found) == 0)


@pytest.mark.slow
def test_elastic_net_is_coordinate_descent_s_all_along_the_path_with_the_same_active_set(net_path):
    # ½·mean(error²) + α·r·Σ|w| + ½α(1 − r)·Σw², so α·r = λ₁/2 and α(1 − r) = λ₂
    found = []
    for lam in PATH:
        alpha = lam / 2 + L2_OF_NET
        net = ElasticNet(alpha=alpha, l1_ratio=lam / 2 / alpha, tol=1e-14, max_iter=1_000_000)
        found.append(net.fit(X, Y).coef_)
    np.testing.assert_allclose(net_path, found, rtol=0, atol=1e-11)
    np.testing.assert_array_equal(net_path == 0, np.array(found) == 0)


@pytest.mark.slow
def test_every_point_of_both_paths_is_optimal(lasso_path, net_path):
    for lam, lasso, net in zip(PATH, lasso_path, net_path, strict=True):
        assert distance_to_optimality(lasso, lam) < 1e-12
        assert distance_to_optimality(net, lam, L2_OF_NET) < 1e-12


@pytest.mark.slow
def test_a_path_begins_with_nothing_and_ends_with_everything(lasso_path, net_path):
    for path in (lasso_path, net_path):
        active = (path != 0).sum(axis=1)
        assert active[0] == 0  # λ is 1 % above the one from which all is 0
        assert active[1] > 0
        assert active[-1] == INPUTS
        assert len(set(active)) > 6


@pytest.mark.slow
def test_inputs_enter_in_the_order_of_the_lars_paper():
    """Efron, Hastie, Johnstone & Tibshirani 2004, figure 1: diabetes, all 442 patients, λ falling."""
    order = ["bmi", "s5", "bp", "s3", "sex", "s6", "s1", "s4", "s2", "age"]
    whole = everyone()
    knots = lars_path(whole.X_train, whole.y_train, method="lasso")[0]
    between = 2 * np.sqrt(knots[:-1] * np.maximum(knots[1:], knots[-2] / 10))  # one λ between any two knots
    path = weights(LINEAR.replace(epochs=12_000).sweep(l1=between.tolist()), whole)
    first = [np.flatnonzero(column)[0] for column in path.T]
    assert [whole.feature_names[k] for k in np.argsort(first)] == order
    assert len(set(first)) == INPUTS  # no two at once
    # s3 leaves just before s2 … and comes back: the lasso is not a forward selection
    s3 = path[:, whole.feature_names.index("s3")]
    assert (s3[first[6] : -1] == 0).any()
    assert s3[-1] != 0


def everyone():
    """All 442 patients as a training split, standardized."""
    parts = [(SPLIT.X_train, SPLIT.y_train), (SPLIT.X_val, SPLIT.y_val), (SPLIT.X_test, SPLIT.y_test)]
    X, y = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    assert len(X) == 442
    X, y = (X - X.mean(axis=0)) / X.std(axis=0), (y - y.mean()) / y.std()
    return replace(SPLIT, X_train=X, y_train=y, flipped=np.zeros(len(y), bool))


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer": "sgd", "lr": 0.1, "epochs": 8000},
        {"optimizer": "momentum", "lr": 0.02},
        {"optimizer": "adam", "lr": 0.01},
        {"optimizer": "adamw", "lr": 0.01, "schedule": "step"},
    ],
    ids=lambda changes: changes["optimizer"],
)
@pytest.mark.slow
def test_every_optimizer_finds_the_lasso_and_its_zeros(changes, lasso_path):
    """The threshold of the proximal step must fit each optimizer's own step size, or another λ's lasso is found."""
    w = weights([LINEAR.replace(l1=PATH[10], **changes)])[0]
    np.testing.assert_allclose(w, lasso_path[10], rtol=0, atol=1e-11)
    np.testing.assert_array_equal(w == 0, lasso_path[10] == 0)
    assert 0 < (w == 0).sum() < INPUTS
    assert distance_to_optimality(w, PATH[10]) < 1e-12


@pytest.mark.slow
def test_the_subgradient_rule_comes_close_to_the_lasso_but_never_to_its_zeros(lasso_path):
    w = weights([LINEAR.replace(l1=PATH[10], penalty_rule="subgradient", optimizer="sgd", lr=0.01, schedule="step")])[0]
    np.testing.assert_allclose(w, lasso_path[10], rtol=0, atol=2e-3)
    assert (w != 0).all()


def test_scores_of_a_regression_are_r_squared():
    from sklearn.metrics import r2_score

    (run,) = rv.fit([LINEAR], epochs=50)
    val, test = run.predict(SPLIT.X_val), run.predict(SPLIT.X_test)
    assert run.history["val_score"][-1] == pytest.approx(r2_score(SPLIT.y_val, val), abs=1e-12)
    assert run.test_score == pytest.approx(r2_score(SPLIT.y_test, test), abs=1e-12)
    assert run.test_loss == pytest.approx(np.mean((SPLIT.y_test - test) ** 2), abs=1e-12)
