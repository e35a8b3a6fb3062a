"""What changes or bounds a step: learning-rate schedules, max-norm, a λ for each layer."""

import numpy as np
import pytest

import regviz as rv
from regviz.optim.penalties import PENALTIES
from regviz.training.penalized import Penalized

SHORT = rv.Config(data="wine", n_train=40, hidden=(6, 5), batch_size=16, dtype="float64")


def parameters(run):
    return np.concatenate([array.ravel() for array in (*run.weights, *run.biases)])


@pytest.mark.parametrize(
    ("schedule", "factors"),
    [
        ("constant", [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
        ("cosine", [0.5 * (1 + np.cos(np.pi * e / 8)) for e in range(8)] + [0, 0]),
        ("step", [1, 1, 1, 1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01]),
    ],
)
@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_a_schedule_is_the_rate_it_says_epoch_by_epoch(schedule, factors, optimizer):
    config = SHORT.replace(schedule=schedule, epochs=8, lr=0.01, optimizer=optimizer, weight_decay=0.1)
    scheduled = rv.Stack([config])
    by_hand = rv.Stack([config.replace(schedule="constant")])
    for factor in factors:
        decay = 0.01 * factor * 0.1 * by_hand.is_weight[None]
        by_hand.rates = by_hand.rates._replace(lr=np.array(0.01 * factor), decay=decay)
        by_hand.descent = None  # the rates are constants of its recording
        for _ in range(scheduled.steps_per_epoch):
            scheduled.step()
            by_hand.step()
        np.testing.assert_allclose(scheduled.w, by_hand.w, rtol=1e-13, atol=1e-15)


def test_a_cosine_stands_still_after_its_epochs_and_fit_s_own_number_of_epochs_counts():
    trainer = rv.Trainer([SHORT.replace(schedule="cosine", epochs=5)])
    trainer.advance(epochs=5)
    end = parameters(trainer.snapshot().models[0])
    trainer.advance(epochs=2)
    np.testing.assert_array_equal(parameters(trainer.snapshot().models[0]), end)
    (run,) = rv.fit([SHORT.replace(schedule="cosine")], epochs=5)
    np.testing.assert_array_equal(parameters(run), end)


def test_a_rate_turned_in_mid_schedule_is_multiplied_by_it():
    live, given = (rv.Trainer([SHORT.replace(schedule="step", epochs=4, lr=lr)]) for lr in (0.01, 0.02))
    live.set(0, lr=0.02)
    for trainer in (live, given):
        trainer.advance(epochs=4)
    a, b = (parameters(trainer.snapshot().models[0]) for trainer in (live, given))
    np.testing.assert_array_equal(a, b)


def test_schedules_limits_and_strengths_of_neighbours_do_not_disturb_a_network():
    configs = [
        SHORT,
        SHORT.replace(schedule="cosine", epochs=6),
        SHORT.replace(max_norm=0.8),
        SHORT.replace(l1=(0, 1e-3, 0.1), penalty_rule="subgradient", seed=1),
        SHORT.replace(l1=(1e-2, 0, 0), l2=(0, 0, 0.1)),
        SHORT.replace(max_norm=2.0, lr=0.1),
        SHORT.replace(schedule="step", lr=0.1, epochs=6),
        SHORT.replace(lr=900, optimizer="adam"),
    ]
    for config, run in zip(configs, rv.fit(configs, epochs=6), strict=True):
        (alone,) = rv.fit([config], epochs=6)
        np.testing.assert_array_equal(parameters(run), parameters(alone))


@pytest.mark.parametrize("limit", [0.3, 1.5])
def test_max_norm_is_the_nearest_point_with_no_unit_s_weights_longer(limit):
    stack, free = (rv.Stack([SHORT.replace(max_norm=c, lr=0.05)]) for c in (limit, None))
    shortened = 0
    for _ in range(6):
        free.w[:] = stack.w
        stack.step()
        free.step()
        for W, V in zip(stack.layout.dense(stack.w), free.layout.dense(free.w), strict=True):
            length = np.linalg.norm(V[0, :, :-1], axis=1, keepdims=True)
            # the nearest point of a ball lies on the ray to the centre
            nearest = np.where(length > limit, V[0, :, :-1] * limit / length, V[0, :, :-1])
            np.testing.assert_allclose(W[0, :, :-1], nearest, atol=1e-13)
            np.testing.assert_array_equal(W[0, :, -1], V[0, :, -1])
            shortened += (length > limit).sum()
    assert shortened > 5


def test_max_norm_is_live():
    trainer = rv.Trainer([SHORT, SHORT])
    trainer.advance(epochs=1)
    trainer.set(0, max_norm=0.5)
    trainer.advance(steps=1)
    limited, free = ([np.linalg.norm(W, axis=0).max() for W in m.weights] for m in trainer.snapshot().models)
    assert max(limited) <= 0.5 * (1 + 1e-12)
    assert min(free) > 0.5
    trainer.set(0, max_norm=None)
    trainer.advance(steps=1)
    assert max(np.linalg.norm(W, axis=0).max() for W in trainer.snapshot().models[0].weights) > 0.5


@pytest.mark.parametrize("name", ["l1", "l2"])
def test_a_strength_for_each_layer_acts_on_that_layer_alone(name):
    layout = rv.Stack([SHORT]).layout
    rng = np.random.default_rng(0)
    w, g = rng.standard_normal((2, layout.size)), np.zeros((2, layout.size))
    lams = [(0.0, 0.3, 0.7), 0.5]
    it = Penalized(PENALTIES[name], layout, lams, "float64")
    it.add_gradient(w, g)
    value = np.zeros(2)
    for k, (W, G) in enumerate(zip(layout.dense(w), layout.dense(g), strict=True)):
        for m, lam in enumerate((lams[0][k], lams[1])):
            V = W[m, :, :-1]
            value[m] += lam * (np.abs(V).sum() if name == "l1" else (V**2).sum())
            np.testing.assert_allclose(G[m, :, :-1], lam * (np.sign(V) if name == "l1" else 2 * V), atol=1e-15)
            assert not G[m, :, -1].any()
    np.testing.assert_allclose(it.value(w), value, rtol=1e-13)


def test_equal_strengths_for_all_layers_are_one_strength():
    for field in ("l1", "l2"):
        one, each = rv.fit([SHORT.replace(**{field: 0.01}), SHORT.replace(**{field: (0.01,) * 3})], epochs=4)
        np.testing.assert_array_equal(parameters(one), parameters(each))
        np.testing.assert_array_equal(one.history["penalty"], each.history["penalty"])


def test_a_strength_for_the_first_layer_leaves_zeros_there_alone_and_is_live():
    trainer = rv.Trainer([SHORT])
    trainer.set(0, l1=(0.05, 0, 0))
    trainer.advance(epochs=60)
    zeros = [(W == 0).mean() for W in trainer.snapshot().models[0].weights]
    assert zeros[0] > 0.3
    assert zeros[1:] == [0, 0]
