"""The slide's claims about memorizing, about λ and about early stopping, with the lab's own defaults."""

from dataclasses import replace

import numpy as np
import pytest

import regviz as rv
from engine.claims import SETTINGS, curves, each_seed, in_all_seeds, in_most_seeds, last, trained

LAMBDAS = (0, 1e-4, 1e-3, 1e-2, 1e-1, 1)
PATIENCE = 30


def test_seeds_in_which_a_claim_does_not_hold_are_named():
    found = np.arange(20) != 7
    in_most_seeds(found)
    with pytest.raises(AssertionError, match=r"seeds \[7\]; at least 20"):
        in_all_seeds(found)
    found[3] = False
    with pytest.raises(AssertionError, match=r"seeds \[3, 7\]; at least 19"):
        in_most_seeds(found)
    with pytest.raises(AssertionError, match=r"got \(3,\)"):
        in_most_seeds([True] * 3)


@pytest.mark.claim("C1")
@pytest.mark.parametrize("claim", ["C1", "C1 digits", "C1 playground"])
def test_a_network_without_regularization_memorizes(claim):
    runs = trained(claim)
    loss = curves(runs, "val_loss")
    turned_up = loss[:, -1] >= 1.5 * loss.min(axis=1)
    in_most_seeds(turned_up & (last(runs, "train_score") >= 0.95))
    in_all_seeds(last(runs, "train_loss") < 0.2 * curves(runs, "train_loss")[:, 0])


@pytest.fixture(scope="module")
def sweep():
    """Runs by λ of L2, one for each seed."""
    return {lam: trained("C13", l2=lam) for lam in LAMBDAS}


@pytest.mark.claim("C13")
def test_no_penalty_overfits_a_light_one_balances_a_strong_one_underfits_and_the_strongest_leaves_a_constant(sweep):
    none, light, strong, strongest = (last(sweep[lam], "val_loss") for lam in (0, 1e-3, 0.1, 1))
    in_most_seeds((light < none) & (light < strong) & (strong <= 1.02 * strongest))
    # overfit is a matter of the gap, underfit of the training loss itself
    gap = {lam: last(runs, "val_loss") - last(runs, "train_loss") for lam, runs in sweep.items()}
    in_most_seeds(gap[0] > gap[1e-3])
    in_most_seeds(last(sweep[0.1], "train_loss") > last(sweep[1e-3], "train_loss"))
    # the softmax of biases alone: the same probabilities for every point
    in_all_seeds([np.ptp(run.predict(run.model.split.X_val), axis=0).max() < 0.01 for run in sweep[1]])


@pytest.mark.claim("C14")
def test_the_best_lambda_is_inside_the_sweep_and_is_found_without_the_test_score(sweep):
    losses = np.array([last(runs, "val_loss") for runs in sweep.values()])
    best = losses.argmin(axis=0)
    in_most_seeds((best > 0) & (best < len(LAMBDAS) - 1))
    # U-shaped: down to the best of the means over seeds, then up
    mean = losses.mean(axis=1)
    bottom = mean.argmin()
    assert (np.diff(mean[: bottom + 1]) < 0).all()
    assert (np.diff(mean[bottom:]) > 0).all()
    assert not any("_test" in vars(run) for runs in sweep.values() for run in runs)  # none has been asked for
    # choosing goes the same way, bit for bit, if all test labels are wrong
    config, epochs, *_ = SETTINGS["C14"]
    split = rv.load(config)
    trainer = rv.Trainer([config.replace(l2=lam) for lam in LAMBDAS], split=replace(split, y_test=1 - split.y_test))
    trainer.advance(epochs=epochs)
    again = [model.history["val_loss"] for model in trainer.snapshot().models]
    np.testing.assert_array_equal(again, [runs[0].history["val_loss"] for runs in sweep.values()])


@pytest.mark.claim("C17")
def test_early_stopping_stops_patience_after_the_best_epoch_and_restores_it_bit_for_bit():
    config, epochs, *_ = SETTINGS["C17"]
    stopping = rv.fit(each_seed(config, patience=PATIENCE), epochs=epochs)
    free = rv.Trainer(each_seed(config))
    best = {}
    for _ in range(epochs):
        free.advance(epochs=1)
        for seed, model in enumerate(free.snapshot().models):
            if model.epoch == stopping[seed].best_epoch:
                best[seed] = model
    in_all_seeds([run.state == "stopped" for run in stopping])
    in_all_seeds([run.stopped_epoch == run.best_epoch + PATIENCE for run in stopping])
    for seed, run in enumerate(stopping):
        assert run.history["val_loss"].argmin() == run.best_epoch
        for found, expected in zip((*run.weights, *run.biases), (*best[seed].weights, *best[seed].biases), strict=True):
            np.testing.assert_array_equal(found, expected)
    # what training on would have cost
    cost = [model.history["val_loss"][-1] for model in free.snapshot().models]
    in_most_seeds(cost > np.array([run.history["val_loss"].min() for run in stopping]))
