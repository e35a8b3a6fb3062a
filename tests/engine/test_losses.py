"""Softmax of two classes, the logistic function of their difference, is the softmax of any number of classes."""

import numpy as np
import pytest

from regviz.nn.losses import softmax


@pytest.mark.parametrize("M", [1, 3])
def test_two_classes_have_the_probabilities_of_the_definition(M):
    z = np.random.default_rng(0).standard_normal((M, 2, 50)) * 5
    expected = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(softmax(z), expected, rtol=1e-13)
    three = np.concatenate((z, np.full((M, 1, 50), -800.0)), axis=1)  # a third class that is never the one
    np.testing.assert_allclose(softmax(three)[:, :2], softmax(z), rtol=1e-13)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_outputs_far_apart_are_certain_and_equal_ones_a_tie(dtype):
    z = np.array([[[1e4, -1e4, 7, -3e38], [-1e4, 1e4, 7, -3e38]]], dtype)
    with np.errstate(over="ignore"):
        p = softmax(z)
    assert p.dtype == dtype
    np.testing.assert_array_equal(p, np.array([[[1, 0, 0.5, 0.5], [0, 1, 0.5, 0.5]]], dtype))
