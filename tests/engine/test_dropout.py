"""Dropout: the mask, its share, its scale, and where it is not."""

import numpy as np
import pytest

import regviz as rv
from regviz.training.masks import BLOCK_STEPS, Masks


def generators(n):
    return [np.random.default_rng(seed) for seed in range(n)]


@pytest.mark.parametrize("p", [0.1, 0.25, 0.5, 0.95])
def test_the_dropped_share_is_p_within_four_sigma(p):
    masks = Masks(generators(1), [p], layers=[120, 80], batch=100, dtype="float64")
    dropped = np.concatenate([~kept.ravel() for _ in range(20) for kept in masks.next(100)])
    assert abs(dropped.mean() - p) < 4 * np.sqrt(p * (1 - p) / dropped.size)


def test_every_unit_and_every_sample_is_dropped_independently():
    masks = Masks(generators(1), [0.5], layers=[25, 15], batch=50, dtype="float64")
    kept = np.stack([np.hstack(masks.next(50))[0] for _ in range(100)])
    for axes, n in (((0, 1), 4000), ((0, 2), 5000), ((1, 2), 2000)):
        # 5σ: the largest of up to 100 shares
        assert np.abs(kept.mean(axis=axes) - 0.5).max() < 5 * 0.5 / np.sqrt(n)


def test_masks_differ_from_step_to_step_also_across_a_block_of_draws():
    masks = Masks(generators(1), [0.5], layers=[8], batch=8, dtype="float32")
    seen = {masks.next(8)[0].tobytes() for _ in range(3 * BLOCK_STEPS)}
    assert len(seen) == 3 * BLOCK_STEPS


def test_the_mean_of_masked_outputs_is_the_full_output_only_with_the_scale():
    p, n = 0.3, 4000
    y = np.random.default_rng(1).random(50) + 0.5
    masks = Masks(generators(1), [p], layers=[50], batch=100, dtype="float64")
    scaled = masks.scale * np.stack([masks.next(100)[0][0].copy() for _ in range(n // 100)])
    masked = y[:, None] * scaled
    four_sigma = 4 * np.sqrt(p / (1 - p) / n) * y  # sd of mask/(1-p) is √(p/(1-p))
    mean = masked.mean(axis=(0, 2))
    assert (np.abs(mean - y) < four_sigma).all()
    unscaled = (y[:, None] * (scaled > 0)).mean(axis=(0, 2))
    np.testing.assert_allclose(unscaled, (1 - p) * mean, rtol=1e-4)  # p is met to 16 bits
    assert (np.abs(unscaled - y) > four_sigma).all()


def test_the_snapshot_shows_the_mask_that_the_step_used():
    config = rv.Config(data="digits", n_train=40, batch_size=40, hidden=(16, 12), dropout=0.5, optimizer="sgd")
    trainer = rv.Trainer([config.replace(dropout=0), config])
    for _ in range(5):
        trainer.advance(steps=1)
        none, model = trainer.snapshot().models
        assert none.masks == ()
        assert [mask.shape for mask in model.masks] == [(40, 16), (40, 12)]
        network = trainer._groups[0].stack.network(40)
        for mask, dense in zip(model.masks, network.dense, strict=False):
            outputs = dense.outputs[1].T  # after activation and dropout of the very step
            assert not outputs[~mask].any()
            assert outputs[mask].any()


def test_a_dropped_unit_learns_nothing_in_that_step():
    config = rv.Config(data="digits", n_train=40, batch_size=1, hidden=(30,), dropout=0.5, optimizer="sgd")
    trainer = rv.Trainer([config])
    before = trainer.snapshot().models[0]
    trainer.advance(steps=1)
    after = trainer.snapshot().models[0]
    changed = (before.weights[0] != after.weights[0]).any(axis=0)
    assert changed.any()
    assert not changed[~after.masks[0][0]].any()


def test_evaluation_uses_no_dropout():
    config = rv.Config(data="digits", n_train=60, hidden=(16, 16), dropout=0.9, dtype="float64")
    trainer = rv.Trainer([config])
    trainer.advance(epochs=3)
    model = trainer.snapshot().models[0]
    first = model.predict(model.split.X_val)
    np.testing.assert_array_equal(first, model.predict(model.split.X_val))
    loss = -np.log(first[np.arange(len(first)), model.split.y_val]).mean()
    assert model.history["val_loss"][-1] == pytest.approx(loss, rel=1e-12)
    stack = trainer._groups[0].stack
    np.testing.assert_array_equal(stack.measure().val_loss, stack.measure().val_loss)


def test_a_network_without_dropout_draws_no_masks():
    stack = rv.Stack([rv.Config(dropout=0), rv.Config(dropout=0.5)])
    fresh = [generator.bit_generator.state for generator in stack.masks.generators]
    for _ in range(5):
        stack.step()
    states = [generator.bit_generator.state for generator in stack.masks.generators]
    assert states[0] == fresh[0]
    assert states[1] != fresh[1]


def test_masks_of_a_network_do_not_depend_on_its_neighbours():
    many = Masks(generators(3), [0.2, 0.0, 0.7], layers=[6, 4], batch=6, dtype="float64")
    one = Masks(generators(3)[2:], [0.7], layers=[6, 4], batch=6, dtype="float64")
    for n in (6, 6, 2, 6):
        for of_many, of_one in zip(many.next(n), one.next(n), strict=True):
            np.testing.assert_array_equal(of_many[2], of_one[0])
    many.keep([2])
    for n in (6, 2):
        for of_many, of_one in zip(many.next(n), one.next(n), strict=True):
            np.testing.assert_array_equal(of_many, of_one)


@pytest.mark.parametrize("detour", [[0.2], [0.0], [0.2, 0.0, 0.9]])
def test_a_rate_that_comes_late_keeps_what_it_would_have_kept_from_the_start(detour):
    p = 0.6
    late = Masks(generators(1), [detour[0] or p], layers=[6, 4], batch=6, dtype="float64")
    steady = Masks(generators(1), [p], layers=[6, 4], batch=6, dtype="float64")
    for rate in (*detour, p):
        late.set(0, rate)
        late.next(6)
        steady.next(6)
    for _ in range(2 * BLOCK_STEPS):
        for of_late, of_steady in zip(late.next(6), steady.next(6), strict=True):
            np.testing.assert_array_equal(of_late, of_steady)


def test_the_last_mask_stays_as_it_was_when_the_rate_changes():
    masks = Masks(generators(1), [0.5], layers=[6, 4], batch=6, dtype="float64")
    masks.next(6)
    before = masks.last[0].copy()
    for rate in (0.9, 0.0):
        masks.set(0, rate)
        np.testing.assert_array_equal(masks.last[0], before)
    masks.next(6)
    assert masks.last == {}


@pytest.mark.parametrize("dropping", [{"dropout": 0.5}, {"input_dropout": 0.3}])
@pytest.mark.parametrize("n", [10, 60])
def test_a_network_that_had_stopped_drops_on_other_points_what_one_that_never_had_drops(n, dropping):
    """Batches of 10 instead of 16 need other masks; 60 points, in batches of 16, go on with those that were drawn."""
    config = rv.Config(n_train=40, hidden=(6,), batch_size=16, optimizer="sgd", lr=0.5, **dropping)
    stopping, never = rv.Trainer([config.replace(patience=2)]), rv.Trainer([config])
    stopping.advance(epochs=300)
    stopped = stopping.snapshot().models[0]
    assert stopped.state == "stopped"
    never.advance(epochs=stopped.epoch)
    for trainer in (stopping, never):
        trainer.exchange([trainer.configs[0].replace(n_train=n)])
        trainer.set(0, patience=None)
        trainer.advance(epochs=5)
    mine, its = stopping.snapshot().models[0], never.snapshot().models[0]
    for here, there in ((mine.weights, its.weights), (mine.masks, its.masks)):
        for a, b in zip(here, there, strict=True):
            np.testing.assert_array_equal(a, b)
