"""200 steps of training beside PyTorch: the same losses on the way, the same weights at the end (float64).

The traces are PyTorch's own (autograd, batch_norm, torch.optim): see tests/reference/torch_traces.py.
"""

from dataclasses import dataclass

import numpy as np
import pytest

import regviz as rv
from reference.trace_cases import BASE, CASES, EVERY, STEPS, TRACES, P, by_layer, split
from regviz.config import SHAPE_FIELDS
from regviz.nn.losses import LOSSES
from regviz.nn.trace import plain
from regviz.optim.optimizers import OPTIMIZERS

UNITS = sum(BASE.hidden)
TOLERANCE, LOOSE = 1e-10, 1e-8
"""Losses on the way agree to 2e-15 and weights to 4e-15, but for Adam over BatchNorm, where they agree to 2e-9: there
the gradient of a bias is 0 but for rounding, and Adam makes its steps from the sign of a gradient, however small. Such
a bias moves no output in training; without dropout the running mean, which follows it, is a little late (4e-11)."""


@dataclass(frozen=True)
class Trace:
    """What one side found in one case: (STEPS / EVERY, 2) data losses and penalties, the loss without dropout and all
    parameters at the end."""

    losses: np.ndarray
    final_loss: float
    weights: np.ndarray


@pytest.fixture(scope="module")
def reference():
    with np.load(TRACES, allow_pickle=False) as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def pytorch(reference):
    """PyTorch's traces by case."""
    columns = zip(*(reference[name] for name in ("losses", "final_losses", "weights")), strict=True)
    traces = [Trace(losses, loss, weights[np.isfinite(weights)]) for losses, loss, weights in columns]
    return dict(zip(reference["names"].tolist(), traces, strict=True))


@pytest.fixture(scope="module")
def engine(reference):
    """The engine's traces by case: cases of one shape train in one stack, on batches and masks of their own drawing."""
    alike = {}
    for name, config in CASES.items():
        alike.setdefault(tuple(getattr(config, field) for field in SHAPE_FIELDS), []).append(name)
    data = split(reference["X"], reference["y"])
    return {name: trace for names in alike.values() for name, trace in train(names, data).items()}


def train(names, data):
    """Traces by name, of cases that share a stack."""
    stack, losses = rv.Stack([CASES[name] for name in names], [data] * len(names)), []
    for step in range(STEPS):
        penalty = stack.penalty()
        place = stack.step_in_epoch
        stack.step()
        if step % EVERY == 0:
            targets = stack.batches.views[place][1]
            outputs = plain(stack.network(targets.shape[2]).z)  # of the very step, with dropout
            ((loss, _),) = LOSSES["classification"].measure(outputs, targets.argmax(axis=1), [slice(None)])
            losses.append((loss, penalty))
    traces, final, w = np.array(losses), stack.measure().train_loss, stack.average.evaluated()
    return {
        name: Trace(traces[:, :, row], final[row], by_layer(stack.layout, w[row])) for row, name in enumerate(names)
    }


@pytest.mark.parametrize("name", CASES)
def test_losses_and_weights_are_those_that_pytorch_finds(name, engine, pytorch):
    found, expected = engine[name], pytorch[name]
    amplified = CASES[name].batchnorm and OPTIMIZERS[CASES[name].optimizer].adaptive
    np.testing.assert_allclose(found.losses, expected.losses, rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(found.final_loss, expected.final_loss, rtol=0, atol=1e-9 if amplified else TOLERANCE)
    np.testing.assert_allclose(found.weights, expected.weights, rtol=0, atol=LOOSE if amplified else TOLERANCE)


def test_the_traces_are_of_these_cases_and_no_two_of_them_are_alike(pytorch):
    assert list(pytorch) == list(CASES)
    finals = sorted(trace.weights[0] for trace in pytorch.values())
    # Whatever an optimizer, a penalty, BatchNorm or dropout does moves a weight by more than the tolerance.
    assert np.diff(finals).min() > 10 * LOOSE


def test_training_got_somewhere_in_every_case(pytorch):
    """A trace that stands still would agree with anything that stands still."""
    for name, trace in pytorch.items():
        assert trace.final_loss < 0.8 * np.log(3), name


def test_the_engine_draws_the_start_batches_and_masks_that_were_handed_over(reference):
    X = reference["X"]
    masks = np.unpackbits(reference["masks"])[: STEPS * UNITS * BASE.batch_size]
    masks = masks.reshape(STEPS, UNITS, BASE.batch_size).astype(bool)
    stack = rv.Stack([BASE.replace(dropout=P)], [split(X, reference["y"])])
    np.testing.assert_array_equal(by_layer(stack.layout, stack.w[0]), reference["start"])
    for chosen, kept in zip(reference["batches"], masks, strict=True):
        place, rows = stack.step_in_epoch, chosen[chosen >= 0]
        stack.step()
        np.testing.assert_array_equal(stack.batches.views[place][0][0, :-1].T, X[rows])
        np.testing.assert_array_equal(np.hstack(stack.last_masks(0)), kept[:, : len(rows)].T)
