"""Custom optimizers: what a stack needs of them is asked when they are added."""

import numpy as np
import pytest

import regviz as rv
from regviz.nn.trace import traced
from regviz.optim.optimizers import OPTIMIZERS


class Normalized(rv.Optimizer):
    """Each network's own gradient, at length 1."""

    name = "own"

    def step(self, w, g, rates):
        w -= rates.lr * g / (np.sqrt(np.sum(g * g, axis=1, keepdims=True)) + 1e-8)
        return rates.lr


class OverTheStack(Normalized):
    def step(self, w, g, rates):
        w -= rates.lr * g / (np.sqrt(np.sum(g * g)) + 1e-8)
        return rates.lr


class AlwaysDecays(Normalized):
    def step(self, w, g, rates):
        w *= 1 - rates.decay
        w -= rates.lr * g
        return rates.lr


class OneRate(Normalized):
    def step(self, w, g, rates):
        w -= float(rates.lr) * g
        return rates.lr


class ChangesRates(Normalized):
    def step(self, w, g, rates):
        w -= rates.lr * g
        rates.lr[...] = 0.9 * rates.lr
        return rates.lr


class ReturnsWeights(Normalized):
    def step(self, w, g, rates):
        return w - rates.lr * g


class ReturnsNothing(Normalized):
    def step(self, w, g, rates):
        w -= rates.lr * g


class ReturnsNumber(Normalized):
    def step(self, w, g, rates):
        w -= rates.lr * g
        return 0.1


class ReturnsOtherShape(Normalized):
    def step(self, w, g, rates):
        w -= rates.lr * g
        return rates.lr * np.ones(w.shape[1])


class RemembersInSecret(Normalized):
    def __init__(self, w):
        super().__init__(w)
        self.v = traced(np.zeros_like(w))

    def step(self, w, g, rates):
        self.v *= 0.9
        self.v += g
        w -= rates.lr * self.v
        return rates.lr


class WithoutStep(rv.Optimizer):
    name = "own"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (OverTheStack, r"own\.step=.*in a stack as it does alone"),
        (AlwaysDecays, r"own\.step=.*without weight decay rates\.decay is None"),
        (OneRate, r"own\.step=.*one for each"),
        (ChangesRates, r"own\.step=.*reads a learning rate"),
        (ReturnsWeights, r"own\.step=.*moves w in place"),
        (ReturnsNothing, r"own\.step=None .*returns η"),
        (ReturnsNumber, r"own\.step=0\.1 .*returns η"),
        (ReturnsOtherShape, r"own\.step=.*returns η"),
        (RemembersInSecret, r"own\.keep=.*named in `state` or `counters`"),
        (WithoutStep, r"own\.step=.*has no step"),
    ],
)
def test_an_optimizer_that_would_fail_or_show_in_a_stack_is_refused_when_it_is_added(wrong, said):
    with pytest.raises(rv.ArgumentError, match=said):
        rv.add_optimizer(wrong)
    assert not OPTIMIZERS.custom


@pytest.mark.parametrize("right", [Normalized, type("Kept", (RemembersInSecret,), {"state": ("v",)})])
def test_one_that_is_taken_moves_a_network_in_a_stack_as_it_does_alone(right):
    rv.add_optimizer(right)
    config = rv.Config(optimizer="own", n_train=40, hidden=(8,), batch_size=20, lr=0.05, epochs=4)
    configs = [config, config.replace(seed=1, lr=0.01), config.replace(weight_decay=0.1, patience=1, seed=2)]
    for config, run in zip(configs, rv.fit(configs), strict=True):
        for W, V in zip(run.weights, rv.fit([config])[0].weights, strict=True):
            np.testing.assert_array_equal(W, V)


def test_what_is_said_of_names_is_said_of_any_kind_in_the_same_words():
    with pytest.raises(
        rv.ArgumentError, match=r"^optimizer='adam' .*: only what was added can be removed \(optimizer\): "
    ):
        rv.remove_optimizer("adam")
    with pytest.raises(rv.ArgumentError, match=r"^activation='1st' .*: a name has letters A to Z, digits and _"):
        rv.add_activation(type("Odd", (rv.Activation,), {"name": "1st"}))
