"""Probes: what they say equals the network's own equations, and nothing of the network changes."""

import numpy as np
import pytest

import regviz as rv
from regviz import probes
from regviz.config import ORDERS
from regviz.training.snapshot import outputs
from shrunk import shrink_map

CONFIG = rv.Config(data="wine", n_train=40, hidden=(6, 5), dropout=0.5, l1=1e-2, l2=(0, 0.1, 0.2), dtype="float64")


def trained(config, epochs=4):
    trainer = rv.Trainer([config])
    trainer.advance(epochs=epochs)
    return trainer.snapshot().models[0]


def changed(model, layer, W):
    from dataclasses import replace

    return replace(model, weights=(*model.weights[:layer], W, *model.weights[layer + 1 :]))


def loss_of(model, X, y):
    P = model.predict(X)
    return -np.log(P[np.arange(len(y)), y]).mean() if P.ndim == 2 else np.mean((P - y) ** 2)


TANH = {"activation": "tanh", "batchnorm": True, "order": ORDERS[-1]}


@pytest.fixture(params=[{}, {"batchnorm": True}, {"layernorm": True}, TANH])
def model(request):
    return trained(CONFIG.replace(**request.param))


def test_a_lesion_is_the_network_whose_next_layer_does_not_hear_the_unit(model):
    X, y = model.split.X_val, model.split.y_val
    found = probes.ablate(model, X, y)
    assert found.full_loss == pytest.approx(loss_of(model, X, y), rel=1e-12)
    for k, units in enumerate((6, 5)):
        assert found.loss[k].shape == found.score[k].shape == (units,)
        for unit in range(units):
            W = model.weights[k + 1].copy()
            W[unit] = 0
            deaf = changed(model, k + 1, W)
            assert found.loss[k][unit] == pytest.approx(loss_of(deaf, X, y), rel=1e-11)
            assert found.score[k][unit] == (deaf.predict(X).argmax(axis=1) == y).mean()


def test_sub_networks_are_masked_networks_and_their_average_beats_the_mean_of_them(model):
    X, y = model.split.X_val, model.split.y_val
    found = probes.sub_networks(model, X, y, 20, 0.5, 3)
    again = probes.sub_networks(model, X, y, 20, 0.5, 3)
    np.testing.assert_array_equal(found.loss, again.loss)
    assert len(set(found.loss)) > 10
    assert found.average_loss < found.loss.mean()  # −log is convex
    none = probes.sub_networks(model, X, y, 2, 0.0, 3)
    np.testing.assert_allclose(none.loss, none.full_loss, rtol=1e-12)
    assert none.average_loss == pytest.approx(none.full_loss, rel=1e-12)
    with pytest.raises(ValueError, match="rate=1"):
        probes.sub_networks(model, X, y, 2, 1, 3)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_class_whose_probability_is_too_small_for_a_number_costs_what_it_costs(dtype):
    model = trained(CONFIG.replace(dtype=dtype, n_train=60), 20)
    last = len(model.weights) - 1
    model = changed(model, last, (1e4 * model.weights[last]).astype(dtype))
    X, y = model.split.X_test, model.split.y_test
    assert (model.predict(X)[np.arange(len(y)), y] == 0).any()
    z = outputs(model, X)[0].T.astype(np.longdouble)
    exact = float((np.logaddexp.reduce(z, axis=1) - z[np.arange(len(y)), y]).mean())
    loss, score = probes.measure(model, X, y)
    assert loss == pytest.approx(exact, rel=1e-12)
    assert score == (model.predict(X).argmax(axis=1) == y).mean()
    run = rv.Run.of(model)
    assert (run.test_loss, run.test_score) == (loss, score)


def test_the_average_of_sub_networks_has_a_loss_where_all_of_them_say_a_plain_0():
    model = trained(CONFIG.replace(n_train=60), 20)
    last = len(model.weights) - 1
    model = changed(model, last, 1e4 * model.weights[last])
    X, y = model.split.X_test, model.split.y_test
    found = probes.sub_networks(model, X, y, 4, 0.0, 0)
    assert found.full_loss > probes.measure(trained(CONFIG), X, y).loss
    assert found.average_loss == pytest.approx(found.full_loss, rel=1e-12)


def test_gradients_of_data_and_penalty_agree_with_finite_differences(model):
    X, y = model.split.X_val, model.split.y_val
    found = probes.gradient_split(model, X, y)
    for k, W in enumerate(model.weights):
        for index in [(0, 0), (1, 2), (4, 1)]:
            ends = []
            for step in (1e-5, -1e-5):
                V = W.copy()
                V[index] += step
                l2 = CONFIG.l2[k]
                ends.append((loss_of(changed(model, k, V), X, y), 1e-2 * np.abs(V).sum() + l2 * (V**2).sum()))
            data, penalty = (np.array(ends[0]) - ends[1]) / 2e-5
            assert found.data[k][index] == pytest.approx(data, abs=1e-6)
            if W[index] != 0:
                assert found.penalty[k][index] == pytest.approx(penalty, abs=1e-6)
        np.testing.assert_array_equal(found.total[k], found.data[k] + found.penalty[k])


def test_statistics_are_those_of_the_signals():
    model = trained(CONFIG)
    X, y = model.split.X_val, model.split.y_val
    found = probes.statistics(model, X, y)
    z1 = X @ model.weights[0] + model.biases[0]
    z2 = np.maximum(z1, 0) @ model.weights[1] + model.biases[1]
    for k, z in enumerate((z1, z2)):
        assert found.pre_activations.std[k] == pytest.approx(z.std(), rel=1e-10)
        assert found.activations.mean[k] == pytest.approx(np.maximum(z, 0).mean(), rel=1e-10)
    dz = (model.predict(X) - np.eye(3)[y]) / len(y) @ model.weights[2].T * (z2 > 0)
    assert found.gradients.std[1] == pytest.approx(dz.std(), rel=1e-9)


def test_importance_is_a_share_and_inputs_without_weights_are_dead():
    model = trained(CONFIG.replace(l1=(0.1, 0, 0), l2=0), 80)
    found = probes.importance(model)
    W = np.abs(model.weights[0])
    np.testing.assert_allclose(found.share, W.sum(axis=1) / W.sum())
    np.testing.assert_array_equal(found.dead, ~W.any(axis=1))
    assert 0 < found.dead.sum() < 13


@pytest.mark.parametrize("rule", ["proximal", "subgradient"])
def test_shrink_map_is_what_the_engine_does_without_data(rule):
    config = CONFIG.replace(optimizer="sgd", lr=0.5, penalty_rule=rule, dropout=0)
    trainer = rv.Trainer([config])
    pairs = shrink_map(trainer.snapshot().models[0], 0.5)
    stack = trainer._groups[0].stack
    stack.g[:] = 0
    stack.descend()
    for (_, after), W in zip(pairs, trainer.snapshot().models[0].weights, strict=True):
        np.testing.assert_allclose(after, W, atol=1e-15)


def test_shrink_map_of_l2_is_a_line_and_of_l1_a_soft_threshold():
    model = trained(CONFIG.replace(l1=0, l2=0.3))
    for before, after in shrink_map(model, 0.1):
        np.testing.assert_allclose(after, (1 - 2 * 0.1 * 0.3) * before, rtol=1e-14)
    model = trained(CONFIG.replace(l1=0.5, l2=0), 0)
    for before, after in shrink_map(model, 0.1):
        np.testing.assert_allclose(after, np.sign(before) * np.maximum(np.abs(before) - 0.05, 0), atol=1e-15)
        assert (after == 0).any()


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_the_loss_plane_is_the_loss_of_networks_with_two_weights_moved(layer, model):
    X, y = model.split.X_train, model.split.y_train
    xs, ys, losses = probes.loss_plane(model, X, y, layer, (0, 1), (2, 0), (-1, 2, -3, 1), 4)
    assert (xs[0], xs[-1], ys[0], ys[-1]) == (-1, 2, -3, 1)
    for row, column in ((0, 0), (3, 1), (2, 3)):
        W = model.weights[layer].copy()
        W[0, 1], W[2, 0] = xs[column], ys[row]
        assert losses[row, column] == pytest.approx(loss_of(changed(model, layer, W), X, y), rel=1e-11)


def test_probes_of_a_regression_score_r_squared():
    model = trained(rv.Config(data="diabetes", hidden=(4,), dtype="float64"))
    X, y = model.split.X_val, model.split.y_val
    found = probes.ablate(model, X, y)
    assert found.full_score == pytest.approx(model.history["val_score"][-1], abs=1e-12)
    subs = probes.sub_networks(model, X, y, 5, 0.5, 0)
    assert subs.average_loss <= subs.loss.mean()
    assert probes.gradient_split(model, X, y).data[0].shape == (10, 4)


def test_asking_changes_nothing(model):
    before = [array.copy() for array in (*model.weights, *model.biases)]
    X, y = model.split.X_val, model.split.y_val
    probes.ablate(model, X, y)
    probes.sub_networks(model, X, y, 3, 0.5, 0)
    probes.statistics(model, X, y)
    probes.loss_plane(model, X, y, 0, (0, 0), (1, 1), (-1, 1, -1, 1), 3)
    for array, was in zip((*model.weights, *model.biases), before, strict=True):
        np.testing.assert_array_equal(array, was)
