"""Activations: what they are, beyond their slopes (`test_gradients`), and which custom ones are refused."""

import numpy as np
import pytest

import regviz as rv
from regviz.nn.activations import ACTIVATIONS, Activation, add_activation
from regviz.nn.trace import Recording, plain, traced


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_keeps_dtype_and_is_finite_for_large_numbers(name, dtype):
    z = np.array([-1e4, -50, -1, 0, 1, 50, 1e4], dtype)
    activation = ACTIVATIONS[name]()
    with np.errstate(all="raise", under="ignore"):
        y = activation.forward(z)
    assert y.dtype == activation.dy_dz.dtype == dtype
    assert np.isfinite(y).all()
    assert np.isfinite(activation.dy_dz).all()


def test_silu_is_z_times_the_sigmoid():
    z = np.linspace(-20, 20, 101)
    np.testing.assert_allclose(ACTIVATIONS["silu"]().f(z), z / (1 + np.exp(-z)), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_recorded_activation_gives_the_same_bits_as_one_at_once(name):
    rng = np.random.default_rng(3)
    z, dy = (traced(rng.standard_normal((2, 5, 7)).astype("float32")) for _ in range(2))
    recorded, at_once = ACTIVATIONS[name](), ACTIVATIONS[name]()
    with Recording() as recording:
        y = recorded.forward(z)
        dz = recorded.backward(dy)
    for _ in range(2):
        plain(z)[...] = rng.standard_normal((2, 5, 7))
        recording.play()
        np.testing.assert_array_equal(plain(y), at_once.forward(plain(z)))
        np.testing.assert_array_equal(plain(dz), at_once.backward(plain(dy)))


class Square(Activation):
    name, title, torch = "square", "z²", "nn.Identity()"

    def f(self, z):
        return z * z

    def slope(self, z, y):
        return 2 * z


class WrongSlope(Square):
    def slope(self, z, y):
        return 3 * z


class Doubles(Square):
    def f(self, z):
        return z.astype("float64") ** 2


class NotFinite(Square):
    def f(self, z):
        return np.sqrt(z)


class NoArgument(Square):
    def __init__(self):
        super().__init__()


class NumberForSlope(Square):
    def f(self, z):
        return 2 * z

    def slope(self, z, y):
        return 2.0


class Nothing(Square):
    def f(self, z):
        z * z


class CentredOverAll(Square):
    def f(self, z):
        return z - z.mean()

    def slope(self, z, y):
        return 0 * z


class CentredOverUnits(CentredOverAll):
    def f(self, z):
        return z - z.mean(axis=1, keepdims=True)


@pytest.mark.parametrize(
    "wrong",
    [
        *(WrongSlope, Doubles, NotFinite, type("Relu", (Square,), {"name": "relu"})),
        *(NoArgument, NumberForSlope, Nothing, CentredOverAll, CentredOverUnits),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_custom_activation_that_is_wrong_is_refused(wrong):
    with pytest.raises(ValueError, match=r"square|relu"):
        add_activation(wrong)
    assert "square" not in ACTIVATIONS


def test_what_is_no_activation_or_no_optimizer_is_refused_with_the_name_of_one_that_works():
    known = {add_activation: "regviz.nn.activations.Tanh", rv.add_optimizer: "regviz.optim.optimizers.SGD"}
    for add, name in known.items():
        with pytest.raises(rv.ArgumentError, match=rf"=3 is not possible: .* Try {name}\.$"):
            add(3)


def test_a_custom_activation_that_branches_on_numbers_is_refused():
    class Branches(Square):
        def f(self, z):
            return z if z.sum() > 0 else -z

    with pytest.raises((TypeError, ValueError), match="traced"):
        add_activation(Branches)


def test_a_custom_activation_trains_in_a_stack_as_it_does_alone_and_can_be_removed():
    add_activation(Square)
    try:
        config = rv.Config(activation="square", hidden=(6, 5), n_train=40, lr=0.001)
        both = rv.fit([config, config.replace(dropout=0.5)], epochs=3)
        (alone,) = rv.fit([config], epochs=3)
        for W, V in zip(both[0].weights, alone.weights, strict=True):
            np.testing.assert_array_equal(W, V)
    finally:
        rv.remove_activation("square")
    with pytest.raises(ValueError, match="square"):
        rv.Config(activation="square")
