"""A network without hidden layers is linear regression: ridge and lasso must be the textbook's."""

import numpy as np
import pytest

import regviz as rv

LINEAR = rv.Config(
    data="diabetes",
    n_train=300,
    noise=0,
    label_noise=0,
    hidden=(),
    batch_size=300,
    optimizer="nesterov",
    momentum=0.95,
    lr=0.05,
    dtype="float64",
    epochs=4000,
)
LAMBDAS = [0.01, 0.1, 0.5]


@pytest.fixture(scope="module")
def runs():
    """Ridge and lasso fits by (field, λ), all trained in one stack."""
    configs = LINEAR.sweep(l2=LAMBDAS) + LINEAR.sweep(l1=LAMBDAS)
    keys = [("l2", lam) for lam in LAMBDAS] + [("l1", lam) for lam in LAMBDAS]
    return dict(zip(keys, rv.fit(configs), strict=True))


@pytest.mark.parametrize("lam", LAMBDAS)
def test_ridge_is_the_closed_form(lam, runs):
    split, run = rv.load(LINEAR), runs["l2", lam]
    X, y = split.X_train, split.y_train  # both centred, so the bias is 0
    w = np.linalg.solve(X.T @ X / 300 + lam * np.eye(10), X.T @ y / 300)
    np.testing.assert_allclose(run.weights[0][:, 0], w, atol=1e-8)
    assert abs(run.biases[0][0]) < 1e-8


@pytest.mark.parametrize("lam", LAMBDAS)
def test_lasso_meets_its_optimality_conditions(lam, runs):
    split, run = rv.load(LINEAR), runs["l1", lam]
    w = run.weights[0][:, 0]
    g = 2 * split.X_train.T @ (run.predict(split.X_train) - split.y_train) / 300
    np.testing.assert_allclose(g[w != 0], -lam * np.sign(w[w != 0]), atol=1e-8)
    assert (np.abs(g[w == 0]) <= lam + 1e-8).all()


@pytest.mark.parametrize("lam", LAMBDAS)
def test_lasso_is_scikit_learn_s_with_the_same_inputs_left_out(lam, runs):
    from sklearn.linear_model import Lasso

    split, run = rv.load(LINEAR), runs["l1", lam]
    # scikit-learn minimizes ½·mean(error²) + alpha·Σ|w|, so alpha = λ/2
    reference = Lasso(alpha=lam / 2, tol=1e-12, max_iter=100_000).fit(split.X_train, split.y_train)
    np.testing.assert_allclose(run.weights[0][:, 0], reference.coef_, atol=1e-7)
    np.testing.assert_array_equal(run.weights[0][:, 0] == 0, reference.coef_ == 0)


def test_adam_finds_the_lasso_s_zeros_too(runs):
    (adam,) = rv.fit([LINEAR.replace(optimizer="adam", lr=0.01, l1=0.1)], epochs=2000)
    zero = adam.weights[0] == 0
    np.testing.assert_array_equal(zero, runs["l1", 0.1].weights[0] == 0)
    assert zero.any()


def test_scores_of_a_regression_are_r_squared():
    from sklearn.metrics import r2_score

    split = rv.load(LINEAR)
    (run,) = rv.fit([LINEAR], epochs=50)
    assert run.history["val_accuracy"][-1] == pytest.approx(r2_score(split.y_val, run.predict(split.X_val)), abs=1e-12)
    assert run.test_accuracy == pytest.approx(r2_score(split.y_test, run.predict(split.X_test)), abs=1e-12)
    assert run.test_loss == pytest.approx(np.mean((split.y_test - run.predict(split.X_test)) ** 2), abs=1e-12)
