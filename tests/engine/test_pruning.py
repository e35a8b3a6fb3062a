"""Pruning: exactly the smallest weights go, wherever they are, and nothing else changes."""

from dataclasses import replace

import numpy as np
import pytest

import regviz as rv
from regviz.probes import prune, pruned


@pytest.fixture(scope="module")
def model():
    (run,) = rv.fit([rv.Config(n_train=60, hidden=(8, 5), batch_size=20)], epochs=10)
    return run.model


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_the_smallest_of_all_weights_are_zero_and_the_others_are_what_they_were(model, share):
    before, after = (np.concatenate([W.ravel() for W in its.weights]) for its in (model, prune(model, share)))
    gone = after == 0
    assert gone.sum() == round(share * len(before))
    assert not gone.any() or gone.all() or np.abs(before[gone]).max() <= np.abs(before[~gone]).min()
    np.testing.assert_array_equal(after[~gone], before[~gone])


def test_a_snapshot_is_copied_with_its_shapes_and_biases_and_stays_as_it_is(model):
    weights = [W.copy() for W in model.weights]
    its = prune(model, 0.9)
    assert [W.shape for W in its.weights] == [W.shape for W in weights]
    assert not any(W.flags.writeable for W in its.weights)
    assert its.biases is model.biases
    assert all(map(np.array_equal, model.weights, weights))


def test_what_is_measured_is_what_the_pruned_network_says(model):
    split, shares = model.split, (0.0, 0.5, 0.95)
    for share, found in zip(shares, pruned(model, split.X_val, split.y_val, shares), strict=True):
        said = prune(model, share).predict(split.X_val).astype(float)
        assert found.score == (said.argmax(axis=1) == split.y_val).mean()
        loss = -np.log(said[np.arange(len(said)), split.y_val]).mean()
        assert found.loss == pytest.approx(loss, rel=1e-5)  # float32


def test_exact_zeros_go_first_so_that_deleting_them_changes_nothing(model):
    weights = tuple(np.where(np.arange(W.size).reshape(W.shape) % 2, W, 0) for W in model.weights)
    half = replace(model, weights=weights)
    share = sum(int((W == 0).sum()) for W in weights) / sum(W.size for W in weights)
    assert all(map(np.array_equal, prune(half, share).weights, weights))


def test_without_any_weight_only_the_last_biases_speak(model):
    said = prune(model, 1.0).predict(model.split.X_val)
    np.testing.assert_array_equal(said, np.tile(said[:1], (len(said), 1)))


def test_what_is_no_share_is_refused(model):
    for share in (-0.1, 1.1):
        with pytest.raises(ValueError, match=rf"share={share} is not possible.*Try 0\.7"):
            prune(model, share)
