"""Estimators in the tools of scikit-learn: weights, searches, ensembles, frames, pipelines, worker processes."""

import pickle
import re
import subprocess
import sys
import warnings
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_diabetes, make_moons
from sklearn.ensemble import AdaBoostClassifier, AdaBoostRegressor, BaggingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_score, cross_validate, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import regviz as rv
from regviz.estimator import RegvizClassifier, RegvizRegressor

X, y = make_moons(200, noise=0.3, random_state=0)
LINEAR = {"hidden": (), "optimizer": "nesterov", "lr": 0.1, "epochs": 3000, "batch_size": 10_000}
RNG = np.random.default_rng(0)


class Bend(rv.Penalty):
    """λ·Σ√(1 + w²): a penalty of the tests' own."""

    name, title, formula, gradient_formula, help = "bend", "bend", "λ·Σ√(1 + w²)", "λ·w/√(1 + w²)", "a bent line"

    def value(self, w, lam):
        return lam * np.sqrt(1 + w**2)

    def gradient(self, w, lam):
        return lam * w / np.sqrt(1 + w**2)


@pytest.fixture
def bend():
    rv.add_penalty(Bend)
    yield
    rv.remove_penalty("bend")


# -- weights


@pytest.mark.slow
def test_a_weighted_classifier_is_the_weighted_logistic_regression():
    weights = RNG.random(len(X)) + 0.1
    mine = RegvizClassifier(**LINEAR, l2=0.01).fit(X, y, sample_weight=weights)
    scaled = mine.scaler_.transform(X)
    np.testing.assert_allclose(np.average(scaled, axis=0, weights=weights), 0, atol=1e-12)
    theirs = LogisticRegression(C=1 / (weights.sum() * 0.01), tol=1e-12, max_iter=10_000)
    theirs.fit(scaled, y, sample_weight=weights)
    np.testing.assert_allclose(mine.predict_proba(X), theirs.predict_proba(scaled), atol=1e-7)
    assert mine.score(X, y, weights) == accuracy_score(y, mine.predict(X), sample_weight=weights)


@pytest.mark.slow
def test_a_weighted_regressor_is_the_weighted_ridge():
    X, y = load_diabetes(return_X_y=True)
    weights = RNG.random(len(X)) + 0.1
    mine = RegvizRegressor(**LINEAR, l2=0.1).fit(X, y, sample_weight=weights)
    scaled, t = mine.scaler_.transform(X), (y - mine.target_mean_) / mine.target_scale_
    theirs = Ridge(alpha=0.1 * weights.sum(), tol=1e-12).fit(scaled, t, sample_weight=weights)
    np.testing.assert_allclose(
        mine.predict(X), mine.target_mean_ + mine.target_scale_ * theirs.predict(scaled), rtol=1e-6
    )


@pytest.mark.parametrize("make", [RegvizClassifier, RegvizRegressor])
def test_whole_weights_are_repetitions_and_zeros_are_absent_rows(make):
    times = RNG.integers(0, 4, len(X))
    weighted = make(hidden=(8,), batch_size=1000, epochs=50).fit(X, y, sample_weight=times)
    repeated = make(hidden=(8,), batch_size=1000, epochs=50).fit(np.repeat(X, times, axis=0), np.repeat(y, times))
    for name, column in weighted.history_.items():
        np.testing.assert_allclose(column, repeated.history_[name], rtol=1e-9, err_msg=name)
    answer = "predict_proba" if make is RegvizClassifier else "predict"
    np.testing.assert_allclose(getattr(weighted, answer)(X), getattr(repeated, answer)(X), atol=1e-9)


def test_in_batchnorm_s_statistics_a_row_counts_once_whatever_its_weight():
    times = np.where(X[:, 0] > 0, 3, 1)
    fit = RegvizClassifier(hidden=(8,), batchnorm=True, batch_size=1000, epochs=200, lr=1e-9, dtype="float64")
    model, scaled = fit.fit(X, y, sample_weight=times).model_, fit.scaler_.transform(X)
    z = scaled @ model.weights[0] + model.biases[0]
    np.testing.assert_allclose(model.norms[0].mean, z.mean(axis=0), atol=1e-6)
    assert np.abs(model.norms[0].mean - np.average(z, axis=0, weights=times)).max() > 0.1


def test_the_size_of_all_weights_together_does_not_matter():
    weights = RNG.random(len(X))
    fits = [RegvizClassifier(epochs=3).fit(X, y, sample_weight=weights * scale) for scale in (1, 2.0**-80)]
    np.testing.assert_array_equal(*(fit.predict_proba(X) for fit in fits))


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (np.zeros(200), "Every sample weight is zero"),
        (-np.ones(200), "[Nn]egative"),
        (np.ones(7), "sample_weight.shape"),
        (np.full(200, np.nan), "NaN"),
    ],
)
def test_impossible_weights_are_refused(weights, said):
    with pytest.raises(ValueError, match=said):
        RegvizClassifier(epochs=1).fit(X, y, sample_weight=weights)


def test_patience_watches_the_weighted_loss_of_rows_that_count():
    weights = RNG.integers(0, 3, len(X)).astype(float)
    estimator = RegvizClassifier(patience=300, epochs=40, lr=0.05, random_state=1).fit(X, y, sample_weight=weights)
    assert estimator.model_.restored
    counted = weights > 0
    parts = train_test_split(
        X[counted], y[counted], weights[counted], test_size=0.2, random_state=1, stratify=y[counted]
    )
    P = estimator.predict_proba(parts[1])
    losses = -np.log(P[np.arange(len(P)), parts[3]])
    assert estimator.history_["val_loss"].min() == pytest.approx(np.average(losses, weights=parts[5]), rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("class_weight", ["balanced", {"a": 5.0, "b": 0.5}, {"b": 3}])
def test_class_weights_are_those_of_scikit_learn(class_weight):
    rare = (np.arange(len(X)) % 9 > 0) | (y == 0)
    inputs, words = X[rare], np.array(["a", "b"])[y[rare]]
    mine = RegvizClassifier(**LINEAR, l2=0.01, class_weight=class_weight).fit(inputs, words)
    # λ is weighed against the mean Σwℓ/Σw; balanced weights sum to n
    total = len(words) if class_weight == "balanced" else sum(class_weight.get(word, 1) for word in words)
    theirs = LogisticRegression(C=1 / (total * 0.01), class_weight=class_weight, tol=1e-12, max_iter=10_000)
    scaled = mine.scaler_.transform(inputs)
    np.testing.assert_allclose(mine.predict_proba(inputs), theirs.fit(scaled, words).predict_proba(scaled), atol=1e-6)
    P = mine.predict_proba(inputs)[np.arange(len(words)), (words == "b").astype(int)]
    assert mine.history_["train_loss"][-1] == pytest.approx(-np.log(P).mean(), rel=1e-9)  # measured as it is


@pytest.mark.parametrize(
    ("class_weight", "said"),
    [
        ({"c": 2}, r"class_weight={'c': 2} .* classes \['a', 'b'\]"),
        ({"a": 0}, "above 0"),
        ("even", "None or balanced, or a dictionary with the weight of each class"),
    ],
)
def test_impossible_class_weights_are_refused(class_weight, said):
    with pytest.raises(rv.ConfigError, match=said):
        RegvizClassifier(epochs=1, class_weight=class_weight).fit(X, np.array(["a", "b"])[y])


def test_a_regressor_has_no_class_weights():
    assert "class_weight" not in RegvizRegressor().get_params()
    with pytest.raises(TypeError, match="no parameter 'class_weight'"):
        RegvizRegressor(class_weight="balanced")


def test_a_regressor_has_no_labels_to_smooth():
    assert "label_smoothing" in RegvizClassifier().get_params()
    assert "label_smoothing" not in RegvizRegressor().get_params()


# -- searches and ensembles


def test_ensembles_and_searches_train_with_weights():
    network, weights = RegvizClassifier(hidden=(8,), epochs=15, lr=0.02), RNG.random(len(X)) + 0.5
    boosted = AdaBoostClassifier(network, n_estimators=3, random_state=0).fit(X, y, sample_weight=weights)
    assert boosted.score(X, y, weights) > 0.85
    bagged = BaggingClassifier(network, n_estimators=3, random_state=0).fit(X, y, sample_weight=weights)
    assert bagged.score(X, y) > 0.8
    regression = AdaBoostRegressor(RegvizRegressor(hidden=(8,), epochs=15), n_estimators=2, random_state=0)
    assert regression.fit(X, X[:, 0] + y).score(X, X[:, 0] + y) > 0.8
    scores = cross_validate(network, X, y, cv=3, params={"sample_weight": weights}, return_estimator=True)
    plain = cross_validate(network, X, y, cv=3, return_estimator=True)
    assert (scores["test_score"] > 0.75).all()
    for one, other in zip(scores["estimator"], plain["estimator"], strict=True):
        assert (one.predict_proba(X) != other.predict_proba(X)).any()


def test_a_class_whose_rows_all_weigh_nothing_keeps_its_column():
    words = np.array(["a", "b", "c"])[np.arange(len(X)) % 3]
    estimator = RegvizClassifier(epochs=30).fit(X, words, sample_weight=(words != "c").astype(float))
    assert estimator.classes_.tolist() == ["a", "b", "c"]
    assert estimator.predict_proba(X).shape == (200, 3)
    assert "c" not in estimator.predict(X)


@pytest.mark.slow
def test_searches_take_numpy_s_values():
    grid = {
        "batchnorm": np.array([True, False]),
        "hidden": [np.array([8, 4]), np.array([6])],
        "batch_size": np.array([16, 64]),
        "l2": np.logspace(-4, -2, 2),
    }
    network = RegvizClassifier(epochs=3)
    search = GridSearchCV(network, {**grid, "batch_size": [np.int64(16)]}, cv=2, n_jobs=2, error_score="raise")
    search.fit(X, y)
    assert len(search.cv_results_["params"]) == 8
    assert search.best_estimator_.model_.config.batchnorm in (True, False)
    drawn = RandomizedSearchCV(network, grid, n_iter=4, cv=2, random_state=0, error_score="raise").fit(X, y)
    assert np.isfinite(drawn.cv_results_["mean_test_score"]).all()
    assert clone(RegvizClassifier(hidden=np.array([3]))).fit(X, y).model_.config.hidden == (3,)


@pytest.mark.slow
@pytest.mark.usefixtures("bend")
def test_a_penalty_of_one_s_own_is_a_parameter_that_reaches_worker_processes():
    network = RegvizClassifier(hidden=(4,), epochs=10)
    assert "bend" in network.get_params()
    grid = {"bend": [0.0, 1e-3, 1.0], "optimizer": ["adam"]}
    parallel, here = (GridSearchCV(network, grid, cv=2, n_jobs=n, error_score="raise").fit(X, y) for n in (2, None))
    np.testing.assert_array_equal(parallel.cv_results_["mean_test_score"], here.cv_results_["mean_test_score"])
    fits = [RegvizClassifier(hidden=(4,), epochs=40, bend=bend).fit(X, y).model_ for bend in (0.0, 1.0)]
    plain, bent = (sum(float((W**2).sum()) for W in model.weights) for model in fits)
    assert bent < 0.2 * plain


def test_a_penalty_that_is_added_later_is_a_parameter_of_estimators_that_are_there(request):
    network = RegvizClassifier(hidden=(4,), epochs=2)
    request.getfixturevalue("bend")
    assert network.get_params()["bend"] == 0.0
    assert network.set_params(bend=0.1).fit(X, y).model_.config.bend == 0.1


def test_a_penalty_that_is_gone_is_not_left_out_in_silence():
    rv.add_penalty(Bend)
    network = RegvizClassifier(hidden=(4,), epochs=2, bend=0.1)
    rv.remove_penalty("bend")
    with pytest.raises(rv.ConfigError, match="knows no penalty of that name"):
        network.fit(X, y)


@pytest.mark.slow
@pytest.mark.usefixtures("bend")
def test_an_estimator_brings_its_penalty_to_a_process_that_lacks_it(tmp_path):
    (tmp_path / "network").write_bytes(pickle.dumps(RegvizClassifier(hidden=(4,), epochs=5, bend=0.01).fit(X, y)))
    program = """
import pickle, sys
from sklearn.datasets import make_moons
X, y = make_moons(200, noise=0.3, random_state=0)
network = pickle.load(open(sys.argv[1], "rb"))
print(repr(network.fit(X, y).predict_proba(X)[0, 0]))
"""
    found = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "network"], capture_output=True, text=True, check=True
    )
    expected = RegvizClassifier(hidden=(4,), epochs=5, bend=0.01).fit(X, y).predict_proba(X)[0, 0]
    assert found.stdout.strip() == repr(expected)


# -- patience needs rows


def test_a_class_of_one_member_is_named_where_patience_needs_two():
    words = np.array(["a", "b"])[y].astype(object)
    words[0] = "c"
    assert RegvizClassifier(epochs=1).fit(X, words).classes_.tolist() == ["a", "b", "c"]
    with pytest.raises(rv.DataError, match=r"Class 'c' has a single row: .*Try more such rows.* patience=None"):
        RegvizClassifier(epochs=1, patience=3).fit(X, words)
    words[1] = "d"
    with pytest.raises(rv.DataError, match=r"Each of the classes 'c', 'd' has a single row"):
        RegvizClassifier(epochs=1, patience=3).fit(X, words)


@pytest.mark.parametrize(
    ("make", "rows", "share", "said"),
    [
        (
            RegvizClassifier,
            6,
            0.1,
            r"Of 6 rows, validation_fraction=0.1 leaves 5 to train on and 1 for patience: .*2 rows",
        ),
        (RegvizClassifier, 6, 0.9, r"leaves 0 to train on and 6 for patience"),
        (RegvizRegressor, 1, 0.5, r"Of 1 row, .*one row at least"),
    ],
)
def test_a_table_too_small_for_a_validation_part_says_so(make, rows, share, said):
    few = np.arange(rows)
    with pytest.raises(rv.DataError, match=said + r".*patience=None") as caught:
        make(epochs=1, patience=2, validation_fraction=share).fit(X[few], few % 2)
    assert caught.value.field == "validation_fraction"
    make(epochs=1, patience=2, validation_fraction=0.4).fit(X[:12], np.arange(12) % 2)


@pytest.mark.parametrize("share", [0, 1.0, -0.1, 2, "half", None, True])
def test_an_impossible_validation_fraction_is_refused(share):
    with pytest.raises(rv.ConfigError, match=r"^validation_fraction=.*above 0 and up to 0.99"):
        RegvizClassifier(epochs=1, patience=2, validation_fraction=share).fit(X, y)


@pytest.mark.parametrize("make", [RegvizClassifier, RegvizRegressor])
def test_without_patience_nothing_is_said_of_a_validation(make):
    plain = make(epochs=3).fit(X, y)
    assert list(plain.history_) == ["epoch", "train_loss", "train_score", "penalty"]
    assert (plain.model_.best_epoch, plain.model_.restored, plain.model_.row) == (3, False, 3)
    assert list(make(epochs=3, patience=2).fit(X, y).history_) == list(
        rv.fit([rv.Config(n_train=9)], epochs=1)[0].history
    )


def test_a_target_that_never_varies_is_learned_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        estimator = RegvizRegressor(epochs=3, patience=2).fit(X, np.full(len(X), 0.1))
    assert np.isnan(estimator.history_["val_score"]).all()
    assert np.isfinite(estimator.history_["val_loss"]).all()


# -- frames and pipelines


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_columns_are_known_by_name_and_another_order_is_refused(library):
    frames = import_module(library)
    frame = frames.DataFrame({"east": X[:, 0], "north": X[:, 1]})
    estimator = RegvizClassifier(epochs=5).fit(frame, y)
    assert estimator.feature_names_in_.tolist() == ["east", "north"]
    assert estimator.model_.split.feature_names == ("east", "north")
    np.testing.assert_array_equal(estimator.predict_proba(frame), RegvizClassifier(epochs=5).fit(X, y).predict_proba(X))
    with pytest.raises(ValueError, match="same order as they were in fit"):
        estimator.predict(frame[["north", "east"]])
    with pytest.raises(ValueError, match="Feature names unseen at fit time"):
        estimator.predict(frames.DataFrame({"east": X[:, 0], "south": X[:, 1]}))


def passengers():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "age": rng.normal(35, 12, 240),
            "sex": rng.choice(["female", "male"], 240),
            "fare": rng.lognormal(3, 1, 240),
            "port": rng.choice(["C", "Q", "S"], 240),
        }
    )
    survived = np.where((frame["sex"] == "female") ^ (rng.random(240) < 0.15), "yes", "no")
    return frame, survived


def test_a_pipeline_with_a_column_transformer_brings_names_weights_and_grids():
    frame, survived = passengers()
    columns = ColumnTransformer(
        [("numbers", StandardScaler(), ["age", "fare"]), ("words", OneHotEncoder(sparse_output=False), ["sex", "port"])]
    ).set_output(transform="pandas")
    model = Pipeline([("columns", columns), ("network", RegvizClassifier(hidden=(8,), epochs=30, l1=1e-3))])
    weights = np.where(survived == "yes", 2.0, 1.0)
    model.fit(frame, survived, network__sample_weight=weights)
    assert model.feature_names_in_.tolist() == list(frame.columns)
    names = model[-1].feature_names_in_.tolist()
    assert model[-1].model_.split.feature_names == tuple(names)
    assert {"numbers__age", "words__sex_female", "words__port_S"} <= set(names)
    assert model.score(frame[["port", "fare", "sex", "age"]], survived, sample_weight=weights) > 0.75
    grid = {"network__l1": [1e-3, 0.3], "network__class_weight": [None, "balanced"]}
    search = GridSearchCV(model, grid, cv=3, n_jobs=2, error_score="raise").fit(frame, survived)
    assert search.best_params_["network__l1"] == 1e-3
    assert cross_val_score(model, frame, survived, cv=3).min() > 0.7


def test_sparse_inputs_are_refused_with_the_way_out():
    frame, survived = passengers()
    sparse = ColumnTransformer([("words", OneHotEncoder(), ["sex", "port"])], sparse_threshold=1.0)
    model = Pipeline([("columns", sparse), ("network", RegvizClassifier(epochs=1))])
    with pytest.raises(TypeError, match=re.escape("Use '.toarray()'")):
        model.fit(frame, survived)
