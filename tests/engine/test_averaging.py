"""Weight averaging: the recursion in plain NumPy, what is measured, and when an average begins and ends."""

import numpy as np
import pytest

import regviz as rv

BASE = rv.Config(n_train=50, hidden=(8, 6), batch_size=16, dtype="float64", lr=0.02)


def parameters(model):
    return np.concatenate([part.ravel() for part in (*model.weights, *model.biases)])


def test_the_average_is_the_recursion_over_the_steps_of_an_unaveraged_network():
    """w̄ₜ = βᵗ·w₀ + (1 − β)·Σ βᵗ⁻ˢ·wₛ, written out as a sum over all steps."""
    beta, steps = 0.9, 11
    plain, averaged = rv.Trainer([BASE]), rv.Trainer([BASE.replace(ema=beta)])
    seen = [parameters(plain.snapshot().models[0])]
    for _ in range(steps):
        plain.advance(steps=1)
        averaged.advance(steps=1)
        seen.append(parameters(plain.snapshot().models[0]))
    shares = [beta**steps, *((1 - beta) * beta ** (steps - s) for s in range(1, steps + 1))]
    assert sum(shares) == pytest.approx(1)
    expected = sum(share * w for share, w in zip(shares, seen, strict=True))
    found = parameters(averaged.snapshot().models[0])
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)
    assert np.abs(found - seen[-1]).max() > 1e-3


def test_training_itself_goes_on_as_without():
    plain, averaged = rv.Stack([BASE]), rv.Stack([BASE.replace(ema=0.99)])
    for _ in range(20):
        plain.step()
        averaged.step()
    np.testing.assert_array_equal(plain.w, averaged.w)


def test_what_is_told_is_of_the_averaged_network_batchnorm_included():
    (run,) = rv.fit([BASE.replace(data="wine", batchnorm=True, ema=0.9, l2=0.01)], epochs=6)
    split = rv.load(run.config)
    for part in ("train", "val"):
        X, y = getattr(split, f"X_{part}"), getattr(split, f"y_{part}")
        loss = -np.log(run.predict(X)[np.arange(len(y)), y]).mean()
        assert run.history[f"{part}_loss"][-1] == pytest.approx(loss, rel=1e-12)
    squares = 0.01 * sum((W**2).sum() for W in run.weights)
    assert run.history["penalty"][-1] == pytest.approx(squares, rel=1e-12)


def test_an_average_begins_at_the_weights_of_the_moment_and_ends_with_them():
    plain, turned = rv.Trainer([BASE]), rv.Trainer([BASE])
    for trainer in (plain, turned):
        trainer.advance(epochs=3)
    turned.set(0, ema=0.9)
    start = parameters(plain.snapshot().models[0])
    np.testing.assert_array_equal(parameters(turned.snapshot().models[0]), start)
    for trainer in (plain, turned):
        trainer.advance(steps=1)
    after = parameters(plain.snapshot().models[0])
    found = parameters(turned.snapshot().models[0])
    np.testing.assert_allclose(found, 0.9 * start + 0.1 * after, rtol=1e-12, atol=1e-15)
    turned.set(0, ema=0.0)
    np.testing.assert_array_equal(parameters(turned.snapshot().models[0]), after)


def test_a_network_between_averaged_ones_shows_its_own_weights_however_small():
    """Averages that have become tiny are 0, weights are not: they rest at the edge of what is exact."""
    still = BASE.replace(lr=5e-324)  # its biases never come further from 0 than the smallest number there is
    trainer, alone = rv.Trainer([BASE.replace(ema=0.5), still, BASE.replace(ema=0.9)]), rv.Trainer([still])
    for one in (trainer, alone):
        one.advance(epochs=2)
    found, expected = trainer.snapshot().models[1], alone.snapshot().models[0]
    assert 0 < np.abs(np.concatenate(expected.biases)).max() < 1e-29
    np.testing.assert_array_equal(parameters(found), parameters(expected))
    trainer.set(1, ema=0.5)
    alone.set(0, ema=0.5)
    np.testing.assert_array_equal(parameters(trainer.snapshot().models[1]), parameters(alone.snapshot().models[0]))


def test_the_best_weights_are_the_averages_of_the_best_epoch():
    config = BASE.replace(ema=0.9, patience=4, lr=0.1)
    trainer, seen = rv.Trainer([config]), []
    while not trainer.done:
        seen.append(parameters(trainer.snapshot().models[0]))
        trainer.advance(epochs=1)
    model = trainer.snapshot().models[0]
    assert model.state == "stopped"
    np.testing.assert_array_equal(parameters(model), seen[model.best_epoch])
    trainer.set(0, restore_best=False)
    last = trainer.snapshot().models[0]
    assert not np.array_equal(parameters(last), parameters(model))
    X, y = last.split.X_val, last.split.y_val
    assert -np.log(last.predict(X)[np.arange(len(y)), y]).mean() == pytest.approx(last.history["val_loss"][-1])


def test_averages_end_nearer_to_the_optimum_than_noisy_steps():
    """Averaged SGD at a constant rate, in a linear model whose optimum is known (Polyak & Juditsky 1992)."""
    config = rv.Config(data="diabetes", n_train=100, hidden=(), batch_size=5, optimizer="sgd", lr=0.02, dtype="float64")
    split = rv.load(config)
    X = np.column_stack((split.X_train, np.ones(100)))
    least = np.mean((X @ np.linalg.lstsq(X, split.y_train, rcond=None)[0] - split.y_train) ** 2)
    plain, averaged = rv.fit(config.sweep(ema=[0, 0.99]), epochs=150)
    excess = [np.mean(run.history["train_loss"][-30:]) - least for run in (plain, averaged)]
    assert 0 < excess[1] < 0.2 * excess[0]
