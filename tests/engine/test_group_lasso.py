"""Group lasso: an exact proximal step under every optimizer, an optimal solution, and inputs that go as a whole."""

import numpy as np
import pytest

import regviz as rv
from engine.claims import SEEDS, SELECTION, in_most_seeds, on
from regviz.nn.trace import plain
from regviz.optim.check_penalty import _cases, _check_prox
from regviz.optim.optimizers import OPTIMIZERS
from regviz.optim.penalties import PENALTIES, shrink_groups
from regviz.probes import gradient_split

PLANTED = on("planted").replace(**SELECTION)
LAMBDA = dict(PENALTIES["group_lasso"].marks)["selects"]
"""What the knob proposes for choosing inputs."""


@pytest.mark.parametrize("name", [name for name, member in PENALTIES.items() if member.prox is not None])
def test_the_proximal_step_is_the_argmin_that_brute_force_finds(name):
    for w, t in _cases(PENALTIES[name]):
        _check_prox(PENALTIES[name], w, t)


@pytest.mark.parametrize("axis", [-2, -1])
def test_the_exact_step_fulfils_its_optimality_condition_where_every_weight_has_its_own_t(axis):
    """u − w + t·u/‖u‖ = 0 for a group that lives; Σ (w/t)² ≤ 1 for one that is 0."""
    rng = np.random.default_rng(0)
    W = rng.standard_normal((200, 16, 16)) * 10 ** rng.uniform(-3, 0, (200, 16, 16))
    t = 10 ** rng.uniform(-3, 1, W.shape)
    with np.errstate(over="ignore"):  # where s is 0, t/s
        U = shrink_groups(W, t, axis)
    lengths = np.sqrt((U**2).sum(axis=axis, keepdims=True))
    alive = np.broadcast_to(lengths > 0, W.shape)
    residual = (U - W + t * U / np.maximum(lengths, 1e-300))[alive]
    assert np.abs(residual).max() <= 1e-9 * np.abs(W).max()
    dead = lengths == 0
    assert dead.any()
    assert not dead.all()
    np.testing.assert_array_equal(((W / t) ** 2).sum(axis=axis, keepdims=True) <= 1, dead)


def test_one_t_for_a_group_and_the_same_t_for_each_of_its_weights_are_the_same_step():
    W = np.random.default_rng(1).standard_normal((3, 7, 5))
    for t in (0.0, 0.3, 1.0, 2.5, 9.0):
        with np.errstate(over="ignore"):  # where t is 0, w/t
            one, each = shrink_groups(W, np.full((3, 1, 1), t), -2), shrink_groups(W, np.full(W.shape, t), -2)
        np.testing.assert_allclose(one, each, atol=1e-14)


def test_what_is_not_penalized_is_not_touched():
    W = np.random.default_rng(2).standard_normal((2, 4, 3)).astype(np.float32)
    W[0, :, 0] = 0
    W[0, :, 1] = 1e-30  # as small as a stack lets weights become
    for t in (np.zeros((2, 1, 1), np.float32), np.zeros_like(W)):
        with np.errstate(over="ignore"):
            np.testing.assert_array_equal(shrink_groups(W, t, -2), W)


@pytest.mark.slow
def test_a_full_batch_solution_is_optimal():
    """Subgradients of the total are 0 to 1e-6: g + λ√p·w/‖w‖ = 0 for an input in use, ‖g‖ ≤ λ√p for a removed one."""
    config = rv.Config(
        data="wine",
        n_train=60,
        batch_size=60,
        hidden=(4,),
        activation="tanh",
        optimizer="sgd",
        lr=0.2,
        group_lasso=0.03,
        dtype="float64",
    )
    trainer = rv.Trainer([config], history_capacity=16, measure_every=10_000)
    trainer.advance(epochs=20_000)
    (model,) = trainer.snapshot().models
    gradients = gradient_split(model, model.split.X_train, model.split.y_train).data
    used = 0
    for W, g in zip(model.weights, gradients, strict=True):
        pull = config.group_lasso * W.shape[1] ** 0.5
        for w, its in zip(W, g, strict=True):
            if w.any():
                used += 1
                assert np.linalg.norm(its + pull * w / np.linalg.norm(w)) <= 1e-6
            else:
                assert np.linalg.norm(its) <= pull + 1e-6
    assert 0 < used < sum(len(W) for W in model.weights)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dtype", [pytest.param("float32", marks=pytest.mark.slow), "float64"])
@pytest.mark.parametrize("hidden", [(), (1,), (2, 16), (5, 1)])
def test_a_network_with_it_trains_alike_alone_and_in_company(optimizer, dtype, hidden):
    base = rv.Config(data="wine", n_train=20, batch_size=8, hidden=hidden, optimizer=optimizer, dtype=dtype)
    lams = (0.0, *[0.02] * len(hidden))
    configs = [
        base,
        base.replace(group_lasso=0.02, lr=0.01),
        base.replace(l1=0.01, group_lasso=0.01),
        base.replace(group_lasso=lams),
        base.replace(group_lasso=0.05, penalty_rule="subgradient", l2=0.01),
    ]
    for config, run in zip(configs, rv.fit(configs, epochs=6), strict=True):
        (alone,) = rv.fit([config], epochs=6)
        for a, b in zip((*run.weights, *run.biases), (*alone.weights, *alone.biases), strict=True):
            np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(run.history["penalty"], alone.history["penalty"])


def test_every_step_under_adam_is_the_proximal_step_of_the_plain_one():
    config = rv.Config(data="wine", n_train=40, hidden=(6,), dtype="float64", group_lasso=0.05, lr=0.01)
    plain_one, lasso = rv.Stack([config.replace(group_lasso=0)]), rv.Stack([config])
    for _ in range(4):
        plain_one.w[:] = lasso.w
        plain_one.step()
        lasso.step()
        adam = lasso.optimizer
        eta = plain(adam.lr_root) / (np.sqrt(plain(adam.s2)) + plain(adam.epsilon_root))
        layers = zip(*(lasso.layout.dense(a) for a in (plain_one.w, lasso.w, eta)), strict=True)
        for before, after, steps in layers:
            t = 0.05 * len(before[0]) ** 0.5 * steps[..., :-1]
            np.testing.assert_allclose(after[..., :-1], shrink_groups(before[..., :-1], t, -2), atol=1e-12)
            np.testing.assert_array_equal(after[..., -1], before[..., -1])


@pytest.mark.slow
def test_it_removes_the_inputs_that_say_nothing_and_keeps_those_that_matter():
    """On `planted` at the λ that the knob proposes: 16 or more of 20 decoys dead, 4 or more of 5 informative alive."""
    config = PLANTED.replace(group_lasso=LAMBDA, schedule="cosine")  # which ends the noise that wakes inputs again
    runs = rv.fit(config.sweep(seed=SEEDS), epochs=60)
    informative = rv.load(PLANTED).informative
    dead = np.array([(run.weights[0] == 0).all(axis=1) for run in runs])
    decoys, alive = dead[:, ~informative].sum(axis=1), (~dead)[:, informative].sum(axis=1)
    in_most_seeds((decoys >= 16) & (alive >= 4))


def test_the_knob_has_a_stop_for_every_mark():
    for member in PENALTIES.values():
        assert {value for _, value in member.marks} <= set(member.stops)


@pytest.mark.parametrize("size", [1e-30, 1.0, 1e18])
def test_a_group_s_gradient_points_along_it_whatever_the_size_of_its_weights(size):
    """In float32 the squares of weights below 1e-19 are 0, and above 1e19 they are infinite."""
    lasso = PENALTIES["group_lasso"]
    W = (np.random.default_rng(3).uniform(-1, 1, (1, 4, 3)) * size).astype(np.float32)
    lengths = np.sqrt((W.astype(np.float64) ** 2).sum(axis=-2, keepdims=True))
    np.testing.assert_allclose(lasso.value(W, 1.0), 2 * lengths, rtol=1e-6)
    np.testing.assert_allclose(lasso.gradient(W, 1.0), 2 * W / lengths, rtol=1e-5)
