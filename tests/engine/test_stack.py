"""Stacking is invisible: a network in a stack equals the same network alone, bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import regviz as rv
from regviz.config import ORDERS
from regviz.memory import LINE
from regviz.nn.activations import ACTIVATIONS
from regviz.nn.trace import plain

SHORT = {"n_train": 50, "hidden": (16, 8), "batch_size": 16}


def alone(config, epochs):
    (run,) = rv.fit([config], epochs=epochs)
    return run


def assert_same(run, other):
    for W, V in zip((*run.weights, *run.biases), (*other.weights, *other.biases), strict=True):
        np.testing.assert_array_equal(W, V)
    for name in run.history:
        np.testing.assert_array_equal(run.history[name], other.history[name], err_msg=name)
    assert run.state == other.state
    assert run.stopped_epoch == other.stopped_epoch


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam", "adamw"])
def test_stacked_network_equals_the_same_network_alone(optimizer, dtype):
    base = rv.Config(**SHORT, optimizer=optimizer, dtype=dtype, lr=0.01)
    configs = [
        base,
        base.replace(l1=1e-3),
        base.replace(l1=1e-3, penalty_rule="subgradient"),
        base.replace(l2=1e-2, seed=5),
        base.replace(dropout=0.5, init="xavier"),
        base.replace(dropout=0.2, lr=0.002, momentum=0.5, weight_decay=0.1),
        base.replace(patience=2, lr=0.05),
        base.replace(label_smoothing=0.2, seed=2),
        base.replace(clip_norm=0.3, l2=1e-2),
        base.replace(input_dropout=0.3),
        base.replace(augment=0.3, seed=4),
        base.replace(mixup=0.4, l2=1e-2),
        base.replace(ema=0.9, dropout=0.2),
        base.replace(input_dropout=0.5, dropout=(0.2, 0.6), seed=2),
    ]
    for config, run in zip(configs, rv.fit(configs, epochs=8), strict=True):
        assert_same(run, alone(config, 8))


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam", "adamw"])
def test_stacked_networks_that_agree_in_every_rate_equal_the_same_networks_alone(optimizer):
    base = rv.Config(**SHORT, optimizer=optimizer, weight_decay=0.1, dropout=0.4)
    configs = [base, base.replace(l1=1e-3), base.replace(l2=1e-2, seed=5)]
    for config, run in zip(configs, rv.fit(configs, epochs=4), strict=True):
        assert_same(run, alone(config, 4))


@pytest.mark.parametrize("changes", [{"data": "diabetes"}, {"data": "digits"}, {"hidden": ()}, {"activation": "tanh"}])
def test_stacking_is_invisible_for_every_kind_of_network(changes):
    base = rv.Config(**{**SHORT, **changes})
    configs = [base, base.replace(dropout=0.3), base.replace(l2=0.1), base.replace(label_noise=0.3)]
    for config, run in zip(configs, rv.fit(configs, epochs=3), strict=True):
        assert_same(run, alone(config, 3))


def test_stacking_is_invisible_at_the_lab_s_own_size():
    base = rv.Config(data="digits", n_train=300, noise=0)
    configs = [base, base.replace(l1=1e-3), base.replace(l2=1e-3), base.replace(dropout=0.5)]
    for config, run in zip(configs, rv.fit(configs, epochs=2), strict=True):
        assert_same(run, alone(config, 2))


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_stacking_is_invisible_whatever_the_shape(data):
    shape = {
        "data": data.draw(st.sampled_from(["moons", "blobs", "wine", "diabetes"])),
        "n_train": data.draw(st.integers(2, 40)),
        "batch_size": data.draw(st.integers(1, 20)),
        "hidden": data.draw(st.lists(st.integers(1, 40), max_size=3)),
        "dtype": data.draw(st.sampled_from(["float32", "float64"])),
        "activation": data.draw(st.sampled_from(sorted(ACTIVATIONS))),
        "batchnorm": data.draw(st.booleans()),
        "layernorm": data.draw(st.booleans()),
        "order": data.draw(st.sampled_from(ORDERS)),
    }
    technique = st.fixed_dictionaries(
        {
            "l1": st.sampled_from([0, 1e-3, 0.1]),
            "l2": st.sampled_from([0, 1e-3, 0.1]),
            "dropout": st.sampled_from([0, 0.2, 0.9]),
            "label_smoothing": st.sampled_from([0, 0, 0.2]),
            "clip_norm": st.sampled_from([None, 0.1, 1.0]),
            "ema": st.sampled_from([0, 0, 0.9]),
            "mixup": st.sampled_from([0, 0, 0.5]),
            "augment": st.sampled_from([0, 0, 0.5]),
            "input_dropout": st.sampled_from([0, 0, 0.3]),
            "seed": st.integers(0, 2),
        }
    )
    configs = [rv.Config(**shape, **data.draw(technique)) for _ in range(data.draw(st.integers(2, 5)))]
    for config, run in zip(configs, rv.fit(configs, epochs=2), strict=True):
        assert_same(run, alone(config, 2))


def test_a_network_is_not_disturbed_by_neighbours_that_stop_or_diverge():
    base = rv.Config(**SHORT, optimizer="sgd", lr=0.05)
    neighbours = [base.replace(lr=1000, seed=3), base.replace(patience=1, lr=1.0), base.replace(patience=3, lr=1.0)]
    survivor, with_dropout = base.replace(l2=1e-3), base.replace(dropout=0.5, seed=9)
    runs = rv.fit([neighbours[0], survivor, neighbours[1], with_dropout, neighbours[2]], epochs=40)
    assert {run.state for run in runs} == {"training", "stopped", "diverged"}
    assert_same(runs[1], alone(survivor, 40))
    assert_same(runs[3], alone(with_dropout, 40))


def test_how_a_run_is_cut_into_slices_does_not_change_it():
    config = rv.Config(**SHORT, dropout=0.4)  # 4 steps an epoch
    whole, sliced = rv.Trainer([config]), rv.Trainer([config])
    whole.advance(epochs=6)
    for steps in (1, 2, 7, 0, 3):
        sliced.advance(steps=steps)
    sliced.advance(epochs=3)  # 13 steps so far: finishes epoch 4, then 5 and 6
    a, b = whole.snapshot().models[0], sliced.snapshot().models[0]
    assert a.step == b.step == 24
    for W, V in zip(a.weights, b.weights, strict=True):
        np.testing.assert_array_equal(W, V)


def test_techniques_share_data_start_and_batches():
    base = rv.Config(**SHORT)
    changes = [
        {"l1": 1e-3},
        {"l1": 1e-3, "penalty_rule": "subgradient"},
        {"l2": 1e-3},
        {"dropout": 0.5},
        {"label_smoothing": 0.1},
        {"clip_norm": 0.1},
        {"input_dropout": 0.3},
        {"augment": 0.3},
        {"mixup": 0.3},
        {"ema": 0.9},
        {"dropout": (0.0, 0.4)},
        {"patience": 3},
        {"optimizer": "sgd"},
        {"optimizer": "adamw", "weight_decay": 0.1},
    ]
    first = rv.Stack([base])
    for _ in range(9):
        first.step()
    for change in changes:
        config = base.replace(**change)
        assert rv.load(config) is rv.load(base)
        stack = rv.Stack([config])
        np.testing.assert_array_equal(stack.w, rv.Stack([base]).w)
        for _ in range(9):
            stack.step()
        for (x, y), (its_x, its_y) in zip(stack.batches.views, first.batches.views, strict=True):
            np.testing.assert_array_equal(x, its_x, err_msg=str(change))
            np.testing.assert_array_equal(y, its_y, err_msg=str(change))


def test_every_epoch_visits_every_sample_once_in_a_new_order():
    stack = rv.Stack([rv.Config(**SHORT)])
    orders = []
    for _ in range(2):
        for _ in range(stack.steps_per_epoch):
            stack.step()
        orders.append(np.concatenate([x[0].T for x, _ in stack.batches.views]))
    everything = np.unique(stack.batches.X[0], axis=0)
    for order in orders:
        np.testing.assert_array_equal(np.unique(order, axis=0), everything)
    assert (orders[0] != orders[1]).any()


def test_every_initialization_has_its_own_spread_and_starts_biases_at_zero():
    for init, sd in (("he", np.sqrt(2 / 200)), ("xavier", np.sqrt(2 / 500)), ("normal", 0.01), ("zeros", 0)):
        stack = rv.Stack([rv.Config(hidden=(200, 300), init=init)])
        W = stack.layout.dense(stack.w)[1][0]
        # 60,000 draws: the sd of their sd is sd/√120,000, so 4σ is 1.2 %
        assert abs(W[:, :-1].std() - sd) <= 0.012 * sd
        assert not W[:, -1].any()


@pytest.mark.parametrize("hidden", [(200, 300), (300, 200)])
def test_orthogonal_weights_have_right_angles_and_length_root_2(hidden):
    W = rv.Stack([rv.Config(hidden=hidden, init="orthogonal", dtype="float64")])
    W = W.layout.dense(W.w)[1][0, :, :-1]
    narrow = W if W.shape[0] <= W.shape[1] else W.T
    np.testing.assert_allclose(narrow @ narrow.T, 2 * np.eye(200), atol=1e-12)


def test_parameters_gradients_and_moments_start_at_a_cache_line_also_after_models_have_left():
    stack = rv.Stack(rv.Config(**SHORT, optimizer="adam").sweep(seed=range(5)))
    for rows in (range(5), [0, 3, 4]):
        stack.keep(rows)
        stack.step()
        for array in (stack.w, stack.g, *(plain(getattr(stack.optimizer, name)) for name in stack.optimizer.state)):
            assert array.ctypes.data % LINE == 0
            assert array.flags.c_contiguous


@pytest.mark.parametrize("data", ["moons", "digits", "diabetes"])
def test_models_that_leave_in_mid_epoch_change_nothing_for_those_that_stay(data):
    configs = rv.Config(**SHORT, data=data, dropout=0.3, dtype="float64").sweep(seed=range(4))
    stack, whole = rv.Stack(configs), rv.Stack(configs)
    for step in range(9):  # epochs of four steps, the last of fewer samples
        if step == 5:
            stack.keep([1, 3])
        stack.step()
        whole.step()
    assert np.array_equal(stack.w, whole.w[[1, 3]])
