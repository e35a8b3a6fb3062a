"""Calibration against closed forms: networks whose confidence in each point is known."""

from dataclasses import replace

import numpy as np
import pytest

import regviz as rv
from regviz import probes

LINEAR = rv.Config(data="moons", n_train=20, hidden=(), dtype="float64")


def untrained(config):
    """A network as it starts."""
    return rv.Trainer([config]).snapshot().models[0]


def says(confidence):
    """A linear network on two inputs that is `confidence` (n,) sure that a point is of class 1, and such points."""
    model = replace(untrained(LINEAR), weights=(np.array([[0.0, 1.0], [0.0, 0.0]]),), biases=(np.zeros(2),))
    confidence = np.asarray(confidence, float)
    return model, np.column_stack([np.log(confidence / (1 - confidence)), np.zeros(len(confidence))])


def test_bins_hold_the_mean_confidence_and_the_share_that_is_right():
    model, X = says([0.55, 0.58, 0.75, 0.92, 0.94, 0.96, 0.98])
    found = probes.reliability(model, X, np.array([1, 0, 1, 1, 0, 0, 1]))
    np.testing.assert_array_equal(found.points, [0, 0, 0, 0, 0, 2, 0, 1, 0, 4])
    np.testing.assert_allclose(found.confidence[[5, 7, 9]], [0.565, 0.75, 0.95], rtol=1e-12)
    np.testing.assert_allclose(found.right[[5, 7, 9]], [0.5, 1, 0.5])
    assert np.isnan(found.confidence[[0, 6, 8]]).all()
    assert np.isnan(found.right[[0, 6, 8]]).all()
    assert found.said == pytest.approx(np.mean([0.55, 0.58, 0.75, 0.92, 0.94, 0.96, 0.98]), rel=1e-12)
    assert found.accuracy == 4 / 7
    assert found.error == pytest.approx((2 * 0.065 + 0.25 + 4 * 0.45) / 7, rel=1e-12)


def test_who_is_right_as_often_as_said_has_no_error_and_one_bin_compares_means_alone():
    model, X = says([0.75] * 4 + [0.9] * 10)
    y = np.array([1, 1, 1, 0] + [1] * 9 + [0])
    assert probes.reliability(model, X, y).error == pytest.approx(0, abs=1e-12)
    model, X = says([0.6, 0.9])
    found = probes.reliability(model, X, np.array([1, 1]), bins=1)
    assert found.error == pytest.approx(0.25, rel=1e-12) == pytest.approx(found.accuracy - found.said)


def test_a_network_that_knows_nothing_is_as_sure_as_its_frequent_class_says():
    start = untrained(rv.Config(data="wine", n_train=40, hidden=(6,), dtype="float64"))
    P = np.array([0.2, 0.5, 0.3])
    model = replace(start, weights=tuple(0 * W for W in start.weights), biases=(np.zeros(6), np.log(P)))
    found = probes.reliability(model, model.split.X_val, model.split.y_val)
    share = (model.split.y_val == 1).mean()
    assert (found.said, found.accuracy) == (pytest.approx(0.5, rel=1e-12), share)
    assert found.error == pytest.approx(abs(share - 0.5), rel=1e-12)


@pytest.mark.parametrize(("data", "bins"), [("digits", 10), ("moons", 15)])
def test_all_points_are_in_one_bin_each_and_the_error_is_guo_s_sum_over_bins(data, bins):
    (run,) = rv.fit([rv.Config(data=data, n_train=100, noise=0.2, hidden=(16,))], epochs=20)
    split = run.model.split
    P = run.model.predict(split.X_val).astype(float)
    sure, hit = P.max(axis=1), P.argmax(axis=1) == split.y_val
    expected, counts = 0.0, []
    for k in range(bins):
        inside = (sure >= k / bins) & (sure < (k + 1) / bins if k < bins - 1 else True)
        counts.append(inside.sum())
        if inside.any():
            expected += inside.mean() * abs(hit[inside].mean() - sure[inside].mean())
    found = probes.reliability(run.model, split.X_val, split.y_val, bins)
    np.testing.assert_array_equal(found.points, counts)
    assert found.error == pytest.approx(expected, rel=1e-9)
    assert found.accuracy == run.model.history["val_score"][-1]


def test_what_says_no_probabilities_and_what_is_no_bin_is_refused():
    line = untrained(rv.Config(data="diabetes", n_train=40, hidden=()))
    with pytest.raises(ValueError, match="diabetes is a regression"):
        probes.reliability(line, line.split.X_val, line.split.y_val)
    model, X = says([0.7])
    with pytest.raises(ValueError, match="bins=0"):
        probes.reliability(model, X, np.array([1]), bins=0)
