"""Ridge solutions are the engine's own with L2, and a linear model that stops early is close to one of them."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import Ridge as SklearnRidge

import regviz as rv
from regviz import Config, Trainer, probes
from regviz.training.turns import Turn

LINEAR = Config(
    data="diabetes",
    n_train=100,
    noise=0.0,
    label_noise=0.0,
    hidden=(),
    init="zeros",
    optimizer="sgd",
    lr=0.01,
    batch_size=1000,
    dtype="float64",
)


def solved(config, split=None):
    split = split or rv.load(config)
    return probes.ridge(split.X_train, split.y_train, split.weight_train)


def trained(*configs, epochs, split=None):
    trainer = Trainer(list(configs), split=split)
    trainer.advance(epochs=epochs)
    return trainer.snapshot().models


@pytest.mark.parametrize("lam", [1e-3, 0.1, 10.0])
def test_the_solutions_are_scikit_learn_s(lam):
    rng = np.random.default_rng(0)
    X, y, weights = 3 + rng.normal(size=(30, 4)), 5 + rng.normal(size=30), rng.random(30) + 0.1
    for counts in (None, weights):
        found = probes.ridge(X, y, counts)
        total = len(X) if counts is None else counts.sum()
        known = SklearnRidge(alpha=lam * total, solver="cholesky").fit(X, y, sample_weight=counts)
        np.testing.assert_allclose(found.weights(lam), known.coef_, rtol=1e-9)
        assert found.bias(lam) == pytest.approx(known.intercept_, rel=1e-9)
    lams, W = found.path()
    assert (lams[0], not W[0].any()) == (np.inf, True)
    np.testing.assert_allclose(W, [found.weights(each) for each in lams], atol=1e-14)
    assert (np.diff(lams) < 0).all()
    assert (np.diff(np.linalg.norm(W, axis=1)) > 0).all()
    assert found.path(1e-4)[0][-1] == pytest.approx(1e-4)


def test_a_network_trained_to_its_end_lands_on_the_solution_at_its_lambda():
    configs = [LINEAR.replace(lr=0.1, l2=lam) for lam in (0.5, 2.0)]
    found = solved(LINEAR)
    for config, model in zip(configs, trained(*configs, epochs=300), strict=True):
        np.testing.assert_allclose(model.weights[0][:, 0], found.weights(config.l2), atol=1e-10)
        assert model.biases[0][0] == pytest.approx(found.bias(config.l2), abs=1e-10)
        assert probes.training_as_lambda(model) == config.l2


def test_the_bias_is_free_and_weighted_points_count_as_in_training():
    split = rv.load(LINEAR)
    rng = np.random.default_rng(1)
    lopsided = replace(split, X_train=split.X_train + 0.5, weight_train=rng.random(100) + 0.2)
    (model,) = trained(LINEAR.replace(lr=0.1, l2=0.5), epochs=400, split=lopsided)
    found = solved(LINEAR, lopsided)
    np.testing.assert_allclose(model.weights[0][:, 0], found.weights(0.5), atol=1e-9)
    assert model.biases[0][0] == pytest.approx(found.bias(0.5), abs=1e-9)


def test_to_stop_early_is_to_choose_a_lambda():
    configs = LINEAR.sweep(seed=range(10))
    trainer, found = Trainer(configs), [solved(config) for config in configs]
    assert {probes.training_as_lambda(model) for model in trainer.snapshot().models} == {np.inf}
    for steps in (5, 20, 100, 300):
        trainer.advance(epochs=steps - trainer.epochs[0])
        for model, its in zip(trainer.snapshot().models, found, strict=True):
            lam = probes.training_as_lambda(model)
            assert lam == pytest.approx(1 / (2 * 0.01 * steps))
            assert probes.cosine(model.weights[0][:, 0], its.weights(lam)) >= 0.995


def test_steps_that_are_not_alike_are_summed_and_momentum_makes_them_longer():
    base = LINEAR.replace(n_train=100, batch_size=25)
    (plain, heavy, falling) = trained(
        base,
        base.replace(optimizer="momentum", momentum=0.9),
        base.replace(schedule="step", epochs=20),
        epochs=16,
    )
    assert probes.training_as_lambda(plain) == pytest.approx(1 / (2 * 0.01 * 64))
    assert probes.training_as_lambda(heavy) == pytest.approx(1 / (2 * 0.1 * 64))
    assert probes.training_as_lambda(falling) == pytest.approx(1 / (2 * 0.01 * 4 * (10 + 0.1 * 5 + 0.01)))
    turned = replace(plain, turns=(Turn(4, "lr", 0.03, 0.02), Turn(10, "lr", 0.02, 0.01)))
    assert probes.training_as_lambda(turned) == pytest.approx(1 / (2 * 4 * (4 * 0.03 + 6 * 0.02 + 6 * 0.01)))
    back = replace(plain, restored=True, best_epoch=8)
    assert probes.training_as_lambda(back) == pytest.approx(1 / (2 * 0.01 * 32))


def test_of_what_is_not_gradient_descent_on_the_loss_nothing_is_known():
    others = [
        {"init": "he"},
        {"optimizer": "adam"},
        {"l1": 0.1},
        {"augment": 0.1},
        {"ema": 0.9},
        {"clip_norm": 1.0},
        {"max_norm": 1.0},
    ]
    for changes in others:
        (model,) = trained(LINEAR.replace(**changes), epochs=1)
        assert probes.training_as_lambda(model) is None, changes
    (idle, adam) = (
        trained(LINEAR.replace(**changes), epochs=1)[0]
        for changes in ({"dropout": 0.5, "label_smoothing": 0.1}, {"optimizer": "adam", "l2": 0.1})
    )
    assert probes.training_as_lambda(idle) == pytest.approx(50)
    assert probes.training_as_lambda(adam) == 0.1
    assert probes.training_as_lambda(replace(idle, state="diverged")) is None


@pytest.mark.parametrize(
    "before",
    [{"l1": 0.1}, {"l2": 0.1}, {"augment": 0.5}, {"ema": 0.9}, {"max_norm": 0.1}, {"clip_norm": 0.1}, {"noise": 0.5}],
    ids=str,
)
def test_what_was_switched_off_or_exchanged_in_training_is_not_forgotten(before):
    trainer = Trainer([LINEAR.replace(**before)])
    trainer.advance(epochs=5)
    if "noise" in before:
        trainer.exchange([LINEAR])
    else:
        trainer.set(0, **{name: getattr(LINEAR, name) for name in before})
    trainer.advance(epochs=5)
    (model,) = trainer.snapshot().models
    assert model.config == LINEAR
    assert probes.training_as_lambda(model) is None
    trainer.set(0, l2=0.2)  # leads to its solution from anywhere
    assert probes.training_as_lambda(trainer.snapshot().models[0]) == 0.2


def test_what_does_nothing_to_a_linear_model_may_come_and_go():
    trainer = Trainer([LINEAR.replace(dropout=0.5, label_smoothing=0.1, weight_decay=0.1)])
    trainer.advance(epochs=5)
    trainer.set(0, dropout=0.0, label_smoothing=0.0, weight_decay=0.0)
    trainer.advance(epochs=5)
    assert probes.training_as_lambda(trainer.snapshot().models[0]) == pytest.approx(1 / (2 * 0.01 * 10))
    (decayed,) = trained(LINEAR.replace(optimizer="adamw", weight_decay=0.1, l2=0.1), epochs=1)
    assert probes.training_as_lambda(decayed) is None


def test_the_bowl_is_the_loss_with_all_other_weights_at_their_best():
    split, found = rv.load(LINEAR), solved(LINEAR)
    lowest, bowl = found.valley(2, 7)
    rest = np.delete(np.arange(10), [2, 7])

    def loss(two):
        left = split.y_train - split.X_train[:, [2, 7]] @ two
        A = np.column_stack([split.X_train[:, rest], np.ones(100)])
        return np.mean((left - A @ np.linalg.lstsq(A, left)[0]) ** 2)

    for step in np.random.default_rng(0).normal(size=(5, 2)):
        assert loss(lowest + step) - loss(lowest) == pytest.approx(step @ bowl @ step, rel=1e-6)


def test_the_pairs_are_those_in_whose_plane_the_path_is_bent_most():
    found = solved(LINEAR)
    _, W = found.path()
    pairs = probes.bent_pairs(found, 12)

    def area(pair):  # of the polygon from the start along the path to its end and back, by the shoelace formula
        x, y = W[:, list(pair)].T
        return abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2

    areas = [area(pair) for pair in pairs]
    assert areas == sorted(areas, reverse=True)
    every = [area((j, k)) for j in range(10) for k in range(j)]
    np.testing.assert_allclose(areas, sorted(every, reverse=True)[:12])
    assert all(np.ptp(W[:, j]) >= np.ptp(W[:, k]) for j, k in pairs)
    assert probes.bent_pairs(probes.ridge(np.ones((5, 1)), np.arange(5.0)), 12) == []


def test_inputs_that_say_the_same_or_nothing_have_solutions_too():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(20, 1))
    found = probes.ridge(np.hstack([x, x, np.zeros_like(x)]), x[:, 0])
    for lam in (0.0, 1e-3, np.inf):
        weights = found.weights(lam)
        assert np.isfinite(weights).all()
        assert weights[0] == pytest.approx(weights[1], abs=1e-6)
        assert weights[2] == pytest.approx(0, abs=1e-6)
    nothing = probes.ridge(np.zeros((5, 2)), np.zeros(5))
    assert not nothing.path()[1].any()
    assert np.isfinite(nothing.valley(0, 1)[1]).all()
