"""The estimators: scikit-learn's own conventions, and the very network that the engine trains."""

import inspect
import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_wine, make_moons
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, train_test_split, validation_curve
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import check_estimator

import regviz as rv
from regviz.config import DATA_FIELDS, FIELDS
from regviz.estimator import RegvizClassifier, RegvizRegressor

X, y = make_moons(200, noise=0.3, random_state=0)


@pytest.mark.slow
@pytest.mark.parametrize("estimator", [RegvizClassifier(hidden=(16,)), RegvizRegressor(hidden=(16,))])
def test_scikit_learn_s_own_check_passes(estimator):
    results = check_estimator(estimator, on_skip=None)
    assert len(results) > 50
    left_out = {result["check_name"] for result in results if result["status"] != "passed"}
    # scikit-learn leaves out what needs pandas and an environment variable
    assert all(name.endswith(("data_not_an_array", "array_api_input")) for name in left_out)


def test_parameters_are_the_fields_of_config_that_do_not_make_data():
    names = [name for name in FIELDS if name not in DATA_FIELDS] + ["validation_fraction", "random_state"]
    assert list(inspect.signature(RegvizClassifier).parameters) == names
    assert sorted(RegvizClassifier().get_params()) == sorted(names)
    changed = RegvizRegressor(l1=0.1, hidden=(4,))
    assert repr(clone(changed)) == "RegvizRegressor(hidden=(4,), l1=0.1)"
    with pytest.raises(TypeError, match=r"RegvizClassifier has no parameter 'droput'; its parameters are .*dropout"):
        RegvizClassifier(droput=0.5)
    with pytest.raises(rv.ConfigError, match="dropout=2 is not possible"):
        RegvizClassifier(dropout=2).fit(X, y)


def test_the_estimator_trains_the_engine_s_network_bit_for_bit():
    config = rv.Config(
        data="wine", n_train=100, noise=0, label_noise=0, hidden=(8,), epochs=20, dropout=0.3, l1=1e-3, dtype="float64"
    )
    split = rv.load(config)
    fields = {name: value for name, value in config.to_dict().items() if name not in DATA_FIELDS}
    estimator = RegvizClassifier(**fields).fit(split.X_train, split.y_train)
    # The split is standardized already, and the estimator does it once more, which rounds. The engine gets the same.
    X = StandardScaler().fit(split.X_train).transform(split.X_train)
    trainer = rv.Trainer([config], split=replace(split, X_train=X, X_val=X, y_val=split.y_train))
    trainer.advance(epochs=20)
    (model,) = trainer.snapshot().models
    for ours, theirs in zip(model.weights + model.biases, _parameters(estimator), strict=True):
        np.testing.assert_array_equal(theirs, ours)
    assert list(estimator.history_) == ["epoch", "train_loss", "train_score", "penalty"]  # nothing was validated
    for name, column in estimator.history_.items():
        np.testing.assert_array_equal(column, model.history[name], err_msg=name)
    np.testing.assert_array_equal(estimator.predict_proba(split.X_train), model.predict(X))
    assert estimator.n_iter_ == 20


def test_the_estimator_finds_what_fit_finds_on_the_same_points_up_to_the_rounding_of_standardization():
    config = rv.Config(data="wine", n_train=100, noise=0, label_noise=0, hidden=(8,), epochs=20, dtype="float64")
    split, (run,) = rv.load(config), rv.fit([config])
    estimator = RegvizClassifier(hidden=(8,), epochs=20).fit(split.X_train, split.y_train)
    for ours, theirs in zip((*run.weights, *run.biases), _parameters(estimator), strict=True):
        np.testing.assert_allclose(theirs, ours, rtol=1e-9, atol=1e-12)


def _parameters(estimator):
    return estimator.model_.weights + estimator.model_.biases


def test_labels_may_be_words_and_probabilities_follow_their_order():
    words = np.array(["inner", "outer"])[y]
    estimator = RegvizClassifier(epochs=40, hidden=(16,)).fit(X, words)
    assert estimator.classes_.tolist() == ["inner", "outer"]
    P = estimator.predict_proba(X)
    np.testing.assert_array_equal(estimator.predict(X) == "outer", P[:, 1] > 0.5)
    assert estimator.score(X, words) > 0.85


def test_a_regression_answers_in_the_target_s_own_units():
    X, y = load_diabetes(return_X_y=True)
    estimator = RegvizRegressor(hidden=(), batch_size=1000, optimizer="nesterov", lr=0.05, epochs=2000, l2=0.1)
    estimator.fit(X, y)
    Z = StandardScaler().fit_transform(X)  # ridge in closed form: mean loss + λΣw², in standardized units
    t = (y - y.mean()) / y.std()
    w = np.linalg.solve(Z.T @ Z / len(Z) + 0.1 * np.eye(10), Z.T @ t / len(Z))
    np.testing.assert_allclose(estimator.predict(X), y.mean() + y.std() * (Z @ w), rtol=1e-6)


def test_patience_watches_rows_that_do_not_train_and_restores_the_best():
    estimator = RegvizClassifier(patience=5, lr=0.02, validation_fraction=0.25, l2=1e-4, random_state=3).fit(X, y)
    losses = estimator.history_["val_loss"]
    assert estimator.model_.state == "stopped"
    assert estimator.n_iter_ == losses.argmin() + 5 < 300
    parts = train_test_split(X, y, test_size=0.25, random_state=3, stratify=y)
    P = estimator.predict_proba(parts[1])
    assert -np.log(P[np.arange(50), parts[3]]).mean() == pytest.approx(losses.min(), rel=1e-9)


def test_the_seed_decides_and_none_is_new_each_time():
    def weights(random_state):
        return RegvizClassifier(epochs=1, hidden=(4,), random_state=random_state).fit(X, y).model_.weights[0].tolist()

    assert weights(0) == weights(np.int64(0))
    assert weights(0) != weights(1)
    assert weights(np.random.RandomState(5)) == weights(np.random.RandomState(5))
    assert weights(None) != weights(None)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, True, "a", (1, 2)])
def test_an_impossible_seed_is_refused_by_its_own_name(seed):
    with pytest.raises(rv.ConfigError, match=r"^random_state=.*from 0 to 4294967295, a RandomState, or None\. Try 0"):
        RegvizClassifier(random_state=seed).fit(X, y)


@pytest.mark.parametrize("weight", ["2", None, [1, 2], 1j, 0, -1, float("nan"), float("inf"), 10**400])
def test_an_impossible_weight_of_a_class_is_refused(weight):
    with pytest.raises(rv.ConfigError, match=r"^class_weight\[0\]=.*finite number above 0\. Try 1\.0"):
        RegvizClassifier(class_weight={0: weight}).fit(X, y)
    with pytest.raises(rv.ConfigError, match=r"^class_weight=\{7: .*has the classes \[0, 1\]\. Try \{0: 1\.0\}"):
        RegvizClassifier(class_weight={7: weight}).fit(X, y)


def test_a_diverging_network_says_so():
    with pytest.warns(ConvergenceWarning, match=r"diverged in epoch 1; try a smaller lr than 1000"):
        estimator = RegvizRegressor(optimizer="sgd", lr=1000).fit(X, X[:, 0] + y)
    assert np.isfinite(estimator.predict(X)).all()


@pytest.mark.parametrize("estimator", [RegvizClassifier, RegvizRegressor])
def test_numbers_too_large_to_be_standardized_are_refused_and_a_loss_without_end_is_said(estimator):
    with pytest.raises(rv.DataError, match=r"^X has a number as large as 1e\+200: numbers up to 1e100 .*larger units"):
        estimator(epochs=1).fit(np.vstack((X, np.full_like(X[:1], -1e200))), np.append(y, 1))
    far = np.vstack((X, np.full_like(X[:1], 1e60)))
    fit = estimator(epochs=1, dtype="float32", patience=5, random_state=11)  # which leaves it to patience
    with pytest.warns(ConvergenceWarning, match='not finite at the start; try dtype="float64"'):
        fit.fit(far, np.append(y, 1))
    assert fit.n_iter_ == 0


def test_a_target_too_large_to_be_standardized_is_refused():
    with pytest.raises(rv.DataError, match=r"^The target has a number as large as 3e"):
        RegvizRegressor(epochs=1).fit(X, np.where(y, 3e150, 1.0))


def test_an_estimator_does_not_carry_its_data():
    estimator = RegvizClassifier(epochs=1, hidden=(4,)).fit(np.tile(X, (50, 1)), np.tile(y, 50))
    assert len(pickle.dumps(estimator)) < 6000
    there = pickle.loads(pickle.dumps(estimator))
    np.testing.assert_array_equal(there.predict_proba(X), estimator.predict_proba(X))


@pytest.mark.slow
@pytest.mark.parametrize(("field", "values"), [("l2", [0, 1e-3, 1e-1, 1.0]), ("dropout", [0, 0.2, 0.5, 0.9])])
def test_a_validation_curve_shows_how_a_technique_loosens_the_fit(field, values):
    estimator = RegvizClassifier(hidden=(32,), epochs=150)
    curve = validation_curve(estimator, X, y, param_name=field, param_range=values, cv=3, scoring="neg_log_loss")
    train, validation = (-losses.mean(axis=1) for losses in curve)
    assert train.shape == validation.shape == (4,)
    assert (np.diff(train) > 0).all()  # the stronger, the worse the fit to the training data
    if field == "l2":  # at λ = 1 the network says the same of every point
        assert train[-1] == pytest.approx(np.log(2), abs=0.01)


@pytest.mark.slow
def test_grid_search_over_l2_and_dropout_works_also_in_a_pipeline_and_in_processes():
    X, y = load_wine(return_X_y=True)
    network = RegvizClassifier(hidden=(16,), epochs=20)
    grid = {"l2": [1e-3, 1.0], "dropout": [0, 0.5]}
    search = GridSearchCV(network, grid, cv=3).fit(X, y)
    assert search.best_params_["l2"] == 1e-3
    assert search.best_score_ > 0.93
    prefixed = {f"regvizclassifier__{name}": values for name, values in grid.items()}
    piped = GridSearchCV(make_pipeline(StandardScaler(), network), prefixed, cv=3, n_jobs=2).fit(X, y)
    np.testing.assert_allclose(piped.cv_results_["mean_test_score"], search.cv_results_["mean_test_score"], atol=0.02)


def test_without_scikit_learn_the_engine_works_and_the_estimator_says_what_to_install():
    program = """
import sys
sys.modules["sklearn"] = None
import regviz
regviz.fit([regviz.Config(n_train=20)], epochs=1)
try:
    regviz.RegvizClassifier
except ImportError as error:
    print(error)
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert 'pip install "scikit-learn>=1.6"' in found.stdout
    with pytest.raises(AttributeError, match="no attribute 'RegvizTransformer'"):
        rv.RegvizTransformer  # noqa: B018
    assert rv.RegvizClassifier is RegvizClassifier


@pytest.mark.parametrize("kind", [RegvizClassifier, RegvizRegressor])
def test_an_estimator_changes_no_row_that_it_is_given_and_says_so(kind):
    X = np.random.default_rng(0).normal(size=(40, 3))
    network = kind(hidden=(4,), epochs=1).fit(X, (X[:, 0] > 0).astype(int))
    assert (network.model_.config.noise, network.model_.config.label_noise, network.model_.config.decoys) == (0, 0, 0)


@pytest.mark.parametrize("weight", ["auto", [1, 2], np.ones(2), 3, True])
def test_a_class_weight_of_another_kind_is_told_all_that_are_allowed(weight):
    allowed = r"allowed is None or balanced, or a dictionary with the weight of each class\. Try 'balanced'"
    with pytest.raises(rv.ConfigError, match=rf"^class_weight=.* is not possible: {allowed}"):
        RegvizClassifier(class_weight=weight).fit(X, y)


@pytest.mark.parametrize("options", [{}, {"patience": 50}, {"class_weight": "balanced"}, {"class_weight": {"c": 2.0}}])
def test_a_class_whose_rows_have_no_weight_is_known_and_held_for_unlikely(options):
    labels = np.array(["a", "b", "c"])[np.arange(len(X)) % 3]
    weights = (labels != "c").astype(float)
    network = RegvizClassifier(hidden=(8,), epochs=200, lr=0.05, **options).fit(X, labels, sample_weight=weights)
    tree = DecisionTreeClassifier().fit(X, labels, sample_weight=weights)
    np.testing.assert_array_equal(network.classes_, tree.classes_)
    assert network.predict_proba(X).shape == tree.predict_proba(X).shape
    assert network.predict_proba(X)[:, 2].max() < 0.05
    assert set(network.predict(X)) <= set(tree.predict(X)) == {"a", "b"}
