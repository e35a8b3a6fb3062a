"""A step is a recording that is played: the same calls as one by one, for the batch and the settings of the moment."""

import numpy as np
import pytest

import regviz as rv
from regviz.nn.recording import Recording, now

CONFIG = rv.Config(n_train=40, hidden=(6, 5), batch_size=16, dropout=0.5, l2=1e-3, dtype="float64")


def test_what_was_recorded_happens_when_it_is_played_and_as_often():
    total, one, recording = np.zeros(3), np.ones(3), Recording()
    recording.record(np.add, total, one, out=total)
    recording.record(np.maximum, total, 2 * one, out=total)
    recording.record(np.copyto, one, total)
    assert not total.any()
    recording.play()
    np.testing.assert_array_equal(total, 2)
    recording.play()
    np.testing.assert_array_equal(total, 4)  # `one` is 2 by now: a recording knows arrays, not numbers


def test_now_is_the_same_call_at_once():
    total = np.zeros(3)
    now(np.add, total, 1, out=total)
    now(np.copyto, total, total + 1)
    np.testing.assert_array_equal(total, 2)


@pytest.mark.parametrize("changes", [{}, {"batchnorm": True}, {"activation": "tanh"}, {"hidden": ()}])
def test_the_gradient_from_a_recording_is_the_one_of_the_layers_one_after_the_other(changes):
    stack = rv.Stack(CONFIG.replace(**changes).sweep(seed=range(2)))
    stack.batches.shuffle()
    network = stack.network(16)
    for x, y in stack.batches.views[:2] * 2:
        network.backpropagate(x, y, stack.masks)
        found = stack.g.copy()
        d = network.loss.gradient(network.forward(x), y)
        for dense, parts in network.backwards:
            for part in parts:
                part.backward(d)
            d = dense.backward(d)
        np.testing.assert_array_equal(stack.g, found)


def test_batches_that_come_and_go_are_never_taken_for_one_another():
    """Recordings are found by what arrays they belong to; an array that is gone must not lend its place to another."""
    stack = rv.Stack([CONFIG.replace(dropout=0.0)])
    rng = np.random.default_rng(0)
    for _ in range(50):
        x, y = rng.standard_normal((1, 3, 16)), np.eye(2)[rng.integers(0, 2, 16)].T[None]
        stack.backpropagate(x, y)
        found, fresh = stack.g.copy(), rv.Stack([CONFIG.replace(dropout=0.0)])
        fresh.backpropagate(x, y)
        np.testing.assert_array_equal(found, fresh.g)


def test_one_who_feeds_new_arrays_for_ever_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regviz.training.network.MOST_RECORDED", 8)
    stack = rv.Stack([rv.Config(hidden=(4,), n_train=16, batch_size=16)])
    stack.step()
    x, y = stack.batches.views[0]
    stack.backpropagate(x, y)
    expected = stack.g.copy()
    for _ in range(30):
        stack.backpropagate(x.copy(), y.copy())
        np.testing.assert_array_equal(stack.g, expected)
    assert len(stack.network(16).recordings) <= 8
