"""The slide's claims about signals in deep networks: what BatchNorm holds steady, and where weights should start."""

import numpy as np
import pytest

import regviz as rv
from engine.claims import SEEDS, SETTINGS, each_seed, in_all_seeds, in_most_seeds, trained
from regviz import probes

DEPTH = 8


def within(values):
    """For each seed whether all of `values` (seeds, layers) lie in [0.5, 2]."""
    return ((values >= 0.5) & (values <= 2)).all(axis=1)


def spreads(models, signal):
    """Standard deviation of a signal in each layer, on the training data, (seeds, layers)."""
    found = [probes.statistics(model, model.split.X_train, model.split.y_train) for model in models]
    values = np.array([getattr(of, signal).std for of in found])
    assert values.shape == (len(SEEDS), DEPTH)
    return values


@pytest.mark.claim("C15")
def test_batchnorm_keeps_the_spread_of_pre_activations_over_eight_layers_and_nothing_else_does():
    config, epochs, *_ = SETTINGS["C15"]
    plain, normed = (rv.Trainer(each_seed(config, batchnorm=on)) for on in (False, True))
    for _ in range(2):  # it stays so
        for trainer in (plain, normed):
            trainer.advance(epochs=epochs // 2)
        in_most_seeds(within(spreads(normed.snapshot().models, "pre_activations")))
        in_most_seeds(~within(spreads(plain.snapshot().models, "pre_activations")))


@pytest.mark.claim("C18")
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_units_that_start_at_zero_stay_identical(activation):
    # float64: in float32 a matrix product may round its last columns another way than the others
    for run in trained("C18", init="zeros", activation=activation, hidden=(16,) * DEPTH, dtype="float64"):
        for W, b in zip(run.weights[:-1], run.biases[:-1], strict=True):
            assert (W[:, :1] == W).all()
            assert (b == b[0]).all()
        assert run.biases[-1].any()  # it did train
        assert np.any(run.weights[-1]) == (activation == "sigmoid")  # the others say 0 at 0, and nothing moves


@pytest.fixture(scope="module")
def starts():
    """Networks before training by initializer, one for each seed."""
    config = SETTINGS["C18"].config
    return {init: rv.Trainer(each_seed(config, init=init)).snapshot().models for init in ("normal", "xavier", "he")}


@pytest.mark.claim("C18")
@pytest.mark.parametrize("signal", ["pre_activations", "activations"])
def test_he_keeps_the_spread_over_eight_relu_layers_where_smaller_starts_lose_it(signal, starts):
    in_most_seeds(within(spreads(starts["he"], signal)))
    for init in ("normal", "xavier"):
        last_layer = spreads(starts[init], signal)[:, -1]
        in_all_seeds(last_layer < 0.2)
    in_all_seeds(spreads(starts["normal"], signal)[:, -1] < 1e-6)


@pytest.mark.claim("C18")
def test_gradients_come_back_through_eight_layers_as_strong_as_they_were_only_with_he(starts):
    ratio = {init: (s := spreads(models, "gradients"))[:, 0] / s[:, -1] for init, models in starts.items()}
    in_most_seeds((ratio["he"] >= 0.5) & (ratio["he"] <= 2))
    in_all_seeds(ratio["xavier"] < 0.2)
    in_all_seeds(ratio["normal"] < 1e-6)
