"""Fresh noise on the inputs: its sd, its independence, and that on average it is L2 in a linear model."""

import numpy as np
import pytest

import regviz as rv

BASE = rv.Config(data="diabetes", n_train=40, batch_size=40, hidden=(), dtype="float64", seed=2)


def noises(config, steps):
    """What is added to the inputs of one batch in each of some steps, (steps, in + 1, N)."""
    stack = rv.Stack([config])
    stack.batches.shuffle()
    x, y = stack.batches.views[0]
    return np.array([stack.inputs.next(x, y, step)[0][0] - x[0] for step in range(steps)])


def test_it_is_normal_of_the_given_sd_and_new_in_every_step_sample_and_input():
    found = noises(BASE.replace(augment=0.3), 500)
    noise = found[:, :-1]
    assert not found[:, -1].any()  # what carries the biases stays
    assert abs(noise.std() / 0.3 - 1) < 5 / np.sqrt(2 * noise.size)
    flat = noise.reshape(500, -1) / 0.3
    for one, other in ((flat[:-1], flat[1:]), (flat[:, :-1], flat[:, 1:])):
        assert abs((one * other).mean()) < 5 / np.sqrt(one.size)
    fourth = (flat**4).mean()
    assert abs(fourth - 3) < 5 * np.sqrt(96 / flat.size)  # the fourth moment of a normal number; its variance is 96


@pytest.mark.parametrize("sigma", [0.2, 0.5])
def test_in_a_linear_regression_it_is_l2_on_average(sigma):
    """E‖y − (X + σN)w‖²/n = ‖y − Xw‖²/n + σ²Σw² (Bishop 1995, §2): the gradient of λ = σ²."""
    steps = 6_000
    noisy, ridge = rv.Stack([BASE.replace(augment=sigma)]), rv.Stack([BASE.replace(l2=sigma**2, optimizer="sgd")])
    for stack in (noisy, ridge):
        stack.batches.shuffle()
    x, y = noisy.batches.views[0]
    gradients = []
    for step in range(steps):
        noisy.backpropagate(*noisy.inputs.next(x, y, step))
        gradients.append(noisy.g[0].copy())
    before = ridge.w.copy()
    ridge.backpropagate(*ridge.batches.views[0])
    plain = ridge.g[0].copy()
    ridge.descend()
    expected = (before - ridge.w)[0] / BASE.lr  # of loss and penalty
    sd = np.std(gradients, axis=0) / np.sqrt(steps)
    assert (np.abs(np.mean(gradients, axis=0) - expected) < 5 * sd).all()
    assert np.abs(expected - plain).max() > 20 * sd.max()  # the penalty would be missed


def test_losses_are_those_of_the_points_as_they_are():
    (run,) = rv.fit([rv.Config(data="wine", n_train=60, augment=0.8, dtype="float64")], epochs=4)
    split = rv.load(run.config)
    for part in ("train", "val"):
        X, y = getattr(split, f"X_{part}"), getattr(split, f"y_{part}")
        loss = -np.log(run.predict(X)[np.arange(len(y)), y]).mean()
        assert run.history[f"{part}_loss"][-1] == pytest.approx(loss, rel=1e-12)


@pytest.mark.slow
def test_it_keeps_the_validation_loss_of_a_memorizing_network_down():
    configs = rv.Config(batch_size=25).sweep(seed=range(5), augment=[0, 0.2])
    losses = np.array([run.history["val_loss"][-1] for run in rv.fit(configs, epochs=150)]).reshape(5, 2)
    assert (losses[:, 1] < losses[:, 0]).all()
    assert losses[:, 1].mean() < 0.8 * losses[:, 0].mean()
