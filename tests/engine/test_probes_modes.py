"""Probes of parts taken out together, of single signals, and of training mode."""

from dataclasses import replace

import numpy as np
import pytest

import regviz as rv
from regviz import probes

CONFIG = rv.Config(data="wine", n_train=40, hidden=(6, 5), dropout=0.5, dtype="float64")


def trained(config, epochs=4):
    trainer = rv.Trainer([config])
    trainer.advance(epochs=epochs)
    return trainer.snapshot().models[0]


def validation(model):
    return model.split.X_val, model.split.y_val


@pytest.mark.parametrize("changes", [{}, {"batchnorm": True}, {"layernorm": True}, {"data": "diabetes"}])
def test_one_unit_taken_out_is_its_lesion_and_none_is_the_full_network(changes):
    model = trained(CONFIG.replace(**changes))
    X, y = validation(model)
    every = probes.ablate(model, X, y)
    assert probes.without(model, X, y, {}) == (every.full_loss, every.full_score)
    for layer, unit in ((0, 2), (1, 4)):
        one = probes.without(model, X, y, {layer: [unit]})
        assert one.loss == pytest.approx(every.loss[layer][unit], rel=1e-12)
        assert one.score == pytest.approx(every.score[layer][unit], rel=1e-12)


def test_without_any_unit_of_the_last_hidden_layer_only_the_output_biases_speak():
    model = trained(CONFIG)
    X, y = validation(model)
    b = model.biases[-1]
    expected = np.mean(np.log(np.exp(b).sum()) - b[y])
    assert probes.without(model, X, y, {1: range(5), 0: [0]}).loss == pytest.approx(expected, rel=1e-12)


def test_ablations_of_chosen_units_are_those_of_all_units_at_their_places():
    model = trained(CONFIG)
    X, y = validation(model)
    every, some = probes.ablate(model, X, y), probes.ablate(model, X, y, {1: [4, 0]})
    np.testing.assert_array_equal(some.loss[1], every.loss[1][[4, 0]])
    np.testing.assert_array_equal(some.score[1], every.score[1][[4, 0]])
    assert some.loss[0].shape == some.score[0].shape == (0,)


def test_signals_are_the_networks_own_and_their_spread_is_the_statistics():
    model = trained(CONFIG.replace(activation="tanh"))
    X, y = validation(model)
    found = probes.signals(model, X)
    z = X @ model.weights[0] + model.biases[0]
    np.testing.assert_allclose(found.pre_activations[0], z, rtol=1e-10)
    np.testing.assert_allclose(found.activations[0], np.tanh(z), rtol=1e-10)
    spread = probes.statistics(model, X, y)
    for k in range(2):
        assert found.pre_activations[k].std() == pytest.approx(spread.pre_activations.std[k], rel=1e-12)
        assert found.activations[k].mean() == pytest.approx(spread.activations.mean[k], rel=1e-12)


def test_the_statistics_of_a_network_that_exploded_are_not_finite_and_no_warning_comes_with_them():
    model = trained(rv.Config(hidden=(6, 5)), epochs=1)
    exploded = replace(model, weights=tuple(1e30 * W for W in model.weights))
    found = probes.statistics(exploded, model.split.X_train, model.split.y_train)
    assert not np.isfinite(found.activations.std).all()


def test_training_mode_differs_from_evaluation_by_its_masks_alone():
    model = trained(CONFIG)
    X, y = model.split.X_train, model.split.y_train
    found = probes.train_mode(model, X, y, 40, 5)
    assert found.eval_loss == pytest.approx(model.history["train_loss"][-1], rel=1e-12)
    np.testing.assert_array_equal(found.loss, probes.train_mode(model, X, y, 40, 5).loss)
    assert len(set(found.loss)) == 40
    assert found.loss.mean() > found.eval_loss
    still = trained(CONFIG.replace(dropout=0.0))
    none = probes.train_mode(still, X, y, 3, 5)
    np.testing.assert_allclose(none.loss, none.eval_loss, rtol=1e-12)
    with pytest.raises(ValueError, match="K=0"):
        probes.train_mode(model, X, y, 0, 5)


def test_training_mode_drops_inputs_too():
    """A single input, p = 0.25: it is there, larger by 1/(1 − p), or it is not."""
    model = trained(rv.Config(data="sine", n_train=40, hidden=(6,), input_dropout=0.25, dtype="float64"), 30)
    X, y = model.split.X_train, model.split.y_train
    there, gone = (np.mean((model.predict(X * mask) - y) ** 2) for mask in (1 / 0.75, 0))
    found = probes.train_mode(model, X, y, 400, 1)
    assert found.loss.mean() == pytest.approx(0.75 * there + 0.25 * gone, abs=4 * found.loss.std() / 20)
    assert found.loss.mean() > found.eval_loss
    assert found.eval_loss == pytest.approx(model.history["train_loss"][-1], rel=1e-12)


def test_the_statistics_of_a_batch_are_those_of_inputs_through_their_masks():
    config = rv.Config(data="digits", n_train=300, hidden=(6,), batchnorm=True, dtype="float64")
    whole, masked = (trained(config.replace(input_dropout=p)) for p in (0.0, 0.6))
    shares = [
        float(np.mean(probes.batch_statistics(its, its.split.X_train, 0)[0].variance) / np.mean(its.norms[0].variance))
        for its in (whole, masked)
    ]
    assert shares == pytest.approx([1, 1], abs=0.2)


def test_the_mean_loss_of_a_masked_linear_layer_is_that_of_all_its_masks():
    """Two units, p = 0.5: four masks are all there are, and the squared error's mean over them is a closed form."""
    model = trained(rv.Config(data="diabetes", hidden=(2,), dropout=0.5, dtype="float64"))
    X, y = validation(model)
    h = probes.signals(model, X).activations[0]
    w, b = model.weights[1][:, 0], model.biases[1]
    masks = np.array([(i, j) for i in (0, 2) for j in (0, 2)])
    expected = np.mean([((h * mask) @ w + b - y) ** 2 for mask in masks])
    losses = probes.train_mode(model, X, y, 400, 1).loss
    assert losses.mean() == pytest.approx(expected, abs=4 * losses.std() / 20)


def test_batch_statistics_are_those_of_what_enters_batchnorm():
    model = trained(CONFIG.replace(batchnorm=True, dropout=0.0))
    X = model.split.X_train[:16]
    first, second = probes.batch_statistics(model, X, 0)
    z = X @ model.weights[0] + model.biases[0]
    np.testing.assert_allclose(first.mean, z.mean(axis=0), rtol=1e-10)
    np.testing.assert_allclose(first.variance, z.var(axis=0), rtol=1e-10)
    gamma, beta = model.norms[0][:2]
    h = np.maximum(gamma * (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-5) + beta, 0)
    z = h @ model.weights[1] + model.biases[1]
    np.testing.assert_allclose(second.variance, z.var(axis=0), rtol=1e-9)


def test_what_enters_a_batchnorm_in_tests_comes_through_the_running_statistics_of_those_before_it():
    model = trained(CONFIG.replace(batchnorm=True, dropout=0.5, order="dense-dropout-batchnorm-activation"))
    X = model.split.X_val[:16]
    first, second = probes.entering_batchnorm(model, X)
    z = X @ model.weights[0] + model.biases[0]
    np.testing.assert_allclose(first, z, rtol=1e-10)
    gamma, beta, mean, variance = model.norms[0]
    h = np.maximum(gamma * (z - mean) / np.sqrt(variance + 1e-5) + beta, 0)
    np.testing.assert_allclose(second, h @ model.weights[1] + model.biases[1], rtol=1e-9)
    assert probes.entering_batchnorm(trained(CONFIG), X) == ()


def test_a_network_trained_on_one_batch_has_running_statistics_that_come_to_meet_it():
    config = CONFIG.replace(batchnorm=True, dropout=0.0, batch_size=40, lr=1e-9)
    gaps = []
    for epochs in (0, 5, 100):
        model = trained(config, epochs)
        (batch, _), norm = probes.batch_statistics(model, model.split.X_train, 0), model.norms[0]
        gaps.append(np.abs(40 / 39 * batch.variance - norm.variance).max())  # running ones are unbiased
    assert gaps[1] == pytest.approx(0.9**5 * gaps[0], rel=1e-3)
    assert gaps[2] < 1e-4 * gaps[0]


def test_batch_statistics_know_dropout_and_nothing_without_batchnorm():
    model = trained(CONFIG.replace(batchnorm=True))
    X = model.split.X_train
    one, other = (probes.batch_statistics(model, X, seed) for seed in (0, 1))
    np.testing.assert_array_equal(one[0].mean, other[0].mean)  # no mask before the first
    assert (one[1].mean != other[1].mean).any()
    assert probes.batch_statistics(trained(CONFIG), X, 0) == ()
    with pytest.raises(ValueError, match="at least 2"):
        probes.batch_statistics(model, X[:1], 0)


def test_asking_changes_nothing():
    model = trained(CONFIG.replace(batchnorm=True))
    arrays = [*model.weights, *model.biases, *(a for norm in model.norms for a in norm)]
    before = [array.copy() for array in arrays]
    X, y = validation(model)
    probes.without(model, X, y, {0: [1]})
    probes.signals(model, X)
    probes.train_mode(model, X, y, 2, 0)
    probes.batch_statistics(model, X, 0)
    for array, was in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, was)


@pytest.mark.parametrize("layer", [0, 1, -1])
def test_masked_means_are_the_full_means_times_what_is_kept_and_scaled_they_are_the_full_means(layer):
    config = CONFIG.replace(activation="tanh", dropout=0.75)
    model = trained(config)
    X, _ = validation(model)
    y = probes.signals(model, X).activations[layer]
    K = 4000
    found = probes.masked_means(model, X, layer, K, seed=3)
    np.testing.assert_allclose(found.full, y.mean(axis=0), rtol=1e-12)
    four_sigma = 4 * np.sqrt((y**2).sum(axis=0) / K * 0.75 / 0.25) / len(X)
    assert (np.abs(found.scaled - found.full) < four_sigma).all()
    np.testing.assert_allclose(found.masked, 0.25 * found.scaled, rtol=1e-12)
    again = probes.masked_means(model, X, layer, K, seed=3)
    np.testing.assert_array_equal(again.masked, found.masked)


def test_without_dropout_masked_means_are_the_full_ones():
    model = trained(CONFIG.replace(dropout=0.0))
    found = probes.masked_means(model, validation(model)[0], 0, 3, seed=0)
    np.testing.assert_allclose(found.masked, found.full, rtol=1e-14)  # summed in another order
    np.testing.assert_array_equal(found.scaled, found.masked)


@pytest.mark.parametrize(("layer", "K", "said"), [(2, 8, r"layer=2.*2 hidden"), (-3, 8, r"layer=-3"), (0, 0, "K=0")])
def test_masked_means_of_what_does_not_exist_are_refused(layer, K, said):
    model = trained(CONFIG)
    with pytest.raises(ValueError, match=said):
        probes.masked_means(model, validation(model)[0], layer, K, seed=0)
    linear = trained(CONFIG.replace(hidden=(), dropout=0.0))
    with pytest.raises(rv.ArgumentError, match=r"^hidden=\(\) .*outputs of hidden layers\. Try \(8,\)"):
        probes.masked_means(linear, validation(linear)[0], -1, 8, seed=0)


@pytest.mark.parametrize("batchnorm", [False, True])
@pytest.mark.parametrize("last", [True, False])
def test_masked_means_are_those_of_what_dropout_is_given_in_any_order(batchnorm, last):
    order = "dense-activation-batchnorm-dropout" if last else "dense-batchnorm-dropout-activation"
    model = trained(CONFIG.replace(activation="tanh", batchnorm=batchnorm, order=order, dropout=0.5))
    X, _ = validation(model)
    found, signals = probes.masked_means(model, X, 0, 2, seed=0).full, probes.signals(model, X)
    if last:  # then dropout's outputs are the next layer's inputs
        next_layer = found @ model.weights[1] + model.biases[1]
        np.testing.assert_allclose(next_layer, signals.pre_activations[1].mean(axis=0), atol=1e-5)
    else:  # then they are the activation's inputs
        np.testing.assert_allclose(found, signals.pre_activations[0].mean(axis=0), atol=1e-6)
