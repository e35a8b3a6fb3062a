"""A step is a recording that is played: the same calls as one by one, for the batch and the settings of the moment."""

import numpy as np
import pytest

import regviz as rv
from regviz.nn.trace import Recording, plain, traced

CONFIG = rv.Config(n_train=40, hidden=(6, 5), batch_size=16, dropout=0.5, l2=1e-3, dtype="float64")


def test_what_was_recorded_happens_when_it_is_played_and_as_often():
    total, one = traced(np.zeros(3)), traced(np.ones(3))
    with Recording() as recording:
        total += one
        np.maximum(total, 2 * np.ones(3), out=total)
        np.copyto(one, total)
    np.testing.assert_array_equal(plain(total), 2)  # recording it was the first time
    recording.play()
    np.testing.assert_array_equal(plain(total), 4)  # `one` is 2 by now: a recording knows arrays, not numbers
    recording.play()
    np.testing.assert_array_equal(plain(total), 8)


def test_without_a_recording_it_is_the_same_at_once():
    total = traced(np.zeros(3))
    np.add(total, 1, out=total)
    np.copyto(total, total + 1)
    np.testing.assert_array_equal(plain(total), 2)


@pytest.mark.parametrize(
    "changes", [{}, {"batchnorm": True}, {"layernorm": True}, {"activation": "tanh"}, {"hidden": ()}]
)
def test_the_gradient_from_a_recording_is_the_one_of_the_layers_one_after_the_other(changes):
    stack = rv.Stack(CONFIG.replace(**changes).sweep(seed=range(2)))
    stack.batches.shuffle()
    network = stack.network(16)
    for k, (x, y) in list(enumerate(stack.batches.views[:2])) * 2:
        network.backpropagate(x, y, stack.masks, k)
        found = stack.g.copy()
        d = network.loss.gradient(network.forward(x), y)
        for dense, parts in network.backwards:
            for part in parts:
                d = part.backward(d)
            d = dense.backward(d)
        np.testing.assert_array_equal(stack.g, found)


def test_batches_that_come_and_go_are_never_taken_for_one_another():
    """A recording is kept for the number of a batch and for its arrays: other arrays of that number get another one."""
    stack = rv.Stack([CONFIG.replace(dropout=0.0)])
    rng = np.random.default_rng(0)
    for _ in range(50):
        x, y = rng.standard_normal((1, 3, 16)), np.eye(2)[rng.integers(0, 2, 16)].T[None]
        stack.network(16).backpropagate(x, y, stack.masks, batch=0)
        found, fresh = stack.g.copy(), rv.Stack([CONFIG.replace(dropout=0.0)])
        fresh.backpropagate(x, y)
        np.testing.assert_array_equal(found, fresh.g)


def test_one_who_feeds_new_arrays_for_ever_does_not_fill_the_memory():
    stack = rv.Stack([rv.Config(hidden=(4,), n_train=16, batch_size=16)])
    stack.step()
    x, y = stack.batches.views[0]
    stack.backpropagate(x, y)
    expected = stack.g.copy()
    for _ in range(30):
        stack.backpropagate(x.copy(), y.copy())
        np.testing.assert_array_equal(stack.g, expected)
    assert len(stack.network(16).recordings) <= len(stack.batches.views)
