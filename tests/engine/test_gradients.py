"""Every gradient agrees with finite differences of what it claims to be the gradient of (float64)."""

from itertools import product

import numpy as np
import pytest

import regviz as rv
from regviz import probes
from regviz.nn.activations import ACTIVATIONS, DroppedReLU
from regviz.nn.layers import Dense, Dropout
from regviz.nn.losses import LOSSES
from regviz.nn.trace import plain
from regviz.optim.penalties import PENALTIES
from regviz.training.masks import Masks
from regviz.training.parameters import ParameterLayout
from regviz.training.penalized import Penalized

TOLERANCE = 1e-6
"""Central differences at 1e-5 are good to about 1e-10 here; 1e-6 leaves no room for a missing factor."""


def finite_differences(function, array, step=1e-5):
    """The gradient of a scalar function of `array`, which is changed and restored in place."""
    gradient = np.empty_like(array)
    for index in np.ndindex(array.shape):
        value = array[index]
        array[index] = value + step
        above = function()
        array[index] = value - step
        below = function()
        array[index] = value
        gradient[index] = (above - below) / (2 * step)
    return gradient


def assert_close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_dense_gradients_agree_with_finite_differences(rng):
    W, dW = rng.standard_normal((3, 4, 6)), np.empty((3, 4, 6))
    x, upstream = rng.standard_normal((3, 6, 5)), rng.standard_normal((3, 4, 5))
    x[:, -1] = 1
    dense = Dense(W, dW, 5)

    def total():
        return np.sum(dense.forward(x) * upstream)

    expected_W, expected_x = finite_differences(total, W), finite_differences(total, x)[:, :-1]
    dense.forward(x)
    dx = dense.backward(upstream)
    assert_close(dW, expected_W)
    assert_close(dx, expected_x)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_gradients_agree_with_finite_differences(name, rng):
    z, upstream = rng.standard_normal((3, 4, 5)), rng.standard_normal((3, 4, 5))
    activation = ACTIVATIONS[name]()
    expected = finite_differences(lambda: np.sum(activation.forward(z) * upstream), z)
    activation.forward(z)
    assert_close(activation.backward(upstream), expected)


def relu(z):
    return np.maximum(z, 0)


@pytest.mark.parametrize(("make", "activation"), [(Dropout, np.copy), (DroppedReLU, relu)])
def test_dropout_and_its_gradient_are_those_of_a_mask_and_leave_other_models_alone(make, activation, rng):
    z, upstream = rng.standard_normal((3, 4, 5)), rng.standard_normal((3, 4, 5))
    dropout, kept = make(), rng.integers(0, 2, (2, 4, 5)) > 0
    dropout.kept, dropout.scale, dropout.rows = kept, np.array([2.0, 1.25])[:, None, None], slice(1, 3)
    mask = np.concatenate((np.ones((1, 4, 5)), kept * dropout.scale))

    def forward():
        return dropout.forward(z.copy())

    np.testing.assert_array_equal(forward(), activation(z) * mask)
    expected = finite_differences(lambda: np.sum(forward() * upstream), z)
    forward()
    assert_close(dropout.backward(upstream), expected)


def test_relu_and_dropout_in_one_are_relu_alone_while_nothing_is_dropped(rng):
    z, upstream = rng.standard_normal((3, 4, 5)), rng.standard_normal((3, 4, 5))
    both = DroppedReLU()
    np.testing.assert_array_equal(both.forward(z), relu(z))
    assert not both.backward(upstream)[z < 0].any()


@pytest.mark.parametrize(("task", "K"), [("classification", 4), ("regression", 1)])
def test_loss_gradients_agree_with_finite_differences(task, K, rng):
    loss = LOSSES[task]
    z = rng.standard_normal((3, K, 5))
    y = rng.integers(0, K, 5) if task == "classification" else rng.standard_normal(5)
    targets = loss.targets(y, K).T[None]

    expected = finite_differences(lambda: sum(loss.measure(z, y[None], [slice(None)])[0][0]), z)
    assert_close(loss.gradient(z, targets), expected)


@pytest.mark.parametrize("name", PENALTIES)
def test_penalty_gradients_agree_with_finite_differences_and_spare_biases(name, rng):
    layout = ParameterLayout((3, 2), False)
    w, is_weight = rng.standard_normal((3, layout.size)), np.array([1, 1, 1, 1, 1, 1, 0, 0.0])
    it = Penalized(PENALTIES[name], layout, [0, 0.3, 0.7], "float64")
    g = np.zeros_like(w)
    it.add_gradient(w, g)
    assert_close(g, finite_differences(lambda: it.value(w).sum(), w))
    assert not g[:, is_weight == 0].any()


@pytest.mark.parametrize("changes", [{"l1": 0.1}, {"l2": (0.1, 0.0, 0.3)}, {"l1": 0.1, "group_lasso": 0.2}, {}])
def test_a_network_s_penalty_is_what_training_adds_to_its_loss(changes):
    trainer = rv.Trainer([rv.Config(hidden=(5, 4), dtype="float64", **changes)])
    trainer.advance(epochs=2)
    (model,) = trainer.snapshot().models
    assert probes.penalty_value(model) == pytest.approx(model.history["penalty"][-1], rel=1e-12)
    trainer.set(0, l1=0.5)
    (turned,) = trainer.snapshot().models
    more = (0.5 - changes.get("l1", 0)) * sum(np.abs(W).sum() for W in model.weights)
    assert probes.penalty_value(turned) == pytest.approx(probes.penalty_value(model) + more, rel=1e-12)


@pytest.mark.parametrize(
    ("data", "activation", "dropout"), list(product(["wine", "diabetes"], ["relu", "tanh"], [0.0, 0.5]))
)
def test_network_gradient_agrees_with_finite_differences(data, activation, dropout):
    config = rv.Config(
        data=data, n_train=20, hidden=(5, 4), activation=activation, batch_size=7, dropout=dropout, dtype="float64"
    )
    stack = rv.Stack([config, config.replace(seed=1, dropout=0)])
    stack.w += 0.05 * np.random.default_rng(0).standard_normal(stack.w.shape)  # biases off 0, where ReLU has its corner
    stack.batches.shuffle()
    x, y = stack.batches.views[0]
    labels = y.argmax(axis=1) if data == "wine" else y[:, 0]
    network = stack.network(7)
    masks = _Frozen(stack.masks, 7)

    def total():
        network.backpropagate(x, y, masks)
        return sum(network.loss.measure(plain(network.z), labels, [slice(None)])[0][0])

    expected = finite_differences(total, stack.w)
    total()
    assert_close(stack.g, expected)


class _Frozen:
    """Masks that give the same mask again and again, as finite differences need."""

    def __init__(self, masks: Masks, n: int) -> None:
        self.rows, self.scale = masks.rows, masks.scale
        self.kept = masks.next(n)

    def next(self, n):
        return self.kept
