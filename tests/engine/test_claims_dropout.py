"""The slide's claims about dropout: its mask, its scale, where it is not, and what it makes of a network."""

import numpy as np
import pytest

import regviz as rv
from engine.claims import SEEDS, SETTINGS, TECHNIQUES, each_seed, in_all_seeds, in_most_seeds, trained
from regviz import probes

P = TECHNIQUES["dropout"]
RATES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
SMALL, LARGE = (8, 8), (64, 64)


def steps(trainer, count):
    """`count` training steps: for each the networks before it, after it, and its inputs, one (features + 1, n) each."""
    stacks = [group.stack for group in trainer._groups]
    for _ in range(count):
        before, place = trainer.snapshot().models, stacks[0].step_in_epoch
        trainer.advance(steps=1)
        yield before, trainer.snapshot().models, [x for stack in stacks for x in stack.batches.views[place][0]]


def outputs(trainer, layer, batch_size):
    """Views of what the units of a Dense layer said in the last step, behind the mask, one (units, n) each."""
    return [z for group in trainer._groups for z in group.stack.network(batch_size).dense[layer].outputs]


def first_layer(model, x):
    """What the first layer's units say to inputs x (features + 1, n) without dropout, (n, units)."""
    return np.maximum(x[:-1].T @ model.weights[0] + model.biases[0], 0)


@pytest.mark.claim("C2")
@pytest.mark.parametrize("p", [0.25, 0.5, 0.7])
def test_every_step_drops_a_new_share_p_and_the_mask_shown_is_the_one_it_used(p):
    config, epochs, *_ = SETTINGS["C2"]
    trainer = rv.Trainer(each_seed(config, dropout=p))
    dropped, seen = np.zeros(len(SEEDS)), [set() for _ in SEEDS]
    count = epochs * config.n_train // config.batch_size
    for before, after, x in steps(trainer, count):
        first, second = (outputs(trainer, layer, config.batch_size) for layer in (0, 1))  # of the very step
        for seed, model in enumerate(after):
            shown = np.hstack(model.masks)
            assert shown.shape == (25, 128)
            dropped[seed] += (~shown).mean() / count
            seen[seed].add(shown.tobytes())
            used = first_layer(before[seed], x[seed]) * model.masks[0] / (1 - p)
            np.testing.assert_allclose(first[seed].T, used, rtol=1e-4, atol=1e-4)  # p is met to 16 bits
            assert not second[seed].T[~model.masks[1]].any()
    four_sigma = 4 * np.sqrt(p * (1 - p) / (count * 25 * 128))
    in_all_seeds(np.abs(dropped - p) < four_sigma)
    in_all_seeds([len(masks) == count for masks in seen])


@pytest.mark.claim("C3")
def test_masked_outputs_have_the_mean_of_the_full_network_only_if_they_are_scaled():
    config, epochs, *_ = SETTINGS["C3"]
    trainer = rv.Trainer(each_seed(config, dropout=P))
    trainer.advance(epochs=epochs)
    for seed in SEEDS:
        trainer.set(seed, lr=1e-30)  # from here on the networks stay as they are, only masks are drawn
    full, scaled, unscaled, variance = (np.zeros((len(SEEDS), 64)) for _ in range(4))
    for before, after, x in steps(trainer, 400):
        masked = outputs(trainer, 0, config.batch_size)
        for seed, model in enumerate(after):
            y = first_layer(before[seed], x[seed])
            full[seed] += y.sum(axis=0)
            scaled[seed] += masked[seed].sum(axis=1)
            unscaled[seed] += (y * model.masks[0]).sum(axis=0)
            variance[seed] += (y**2).sum(axis=0) * P / (1 - P)
    four_sigma = 4 * np.sqrt(variance) + 1e-6 * full  # and float32's rounding
    in_most_seeds((np.abs(scaled - full) <= four_sigma).all(axis=1))
    in_most_seeds((np.abs(unscaled - (1 - P) * full) <= (1 - P) * four_sigma).all(axis=1))
    # which is not the full output: seen in the layer as a whole, for a unit may be silent in nearly all samples
    in_all_seeds((full - unscaled).sum(axis=1) > 4 * np.sqrt(variance.sum(axis=1)))


@pytest.mark.claim("C4")
@pytest.mark.parametrize("p", [0.3, 0.5, 0.7])
def test_the_loss_in_training_mode_is_above_that_in_evaluation_which_draws_nothing(p):
    runs = trained("C4", dropout=p)
    higher = []
    for run in runs:
        X, y = run.model.split.X_train, run.model.split.y_train
        np.testing.assert_array_equal(run.predict(X), run.predict(X))
        found = probes.train_mode(run.model, X, y, K=20, seed=run.config.seed)
        assert found.eval_loss == pytest.approx(run.history["train_loss"][-1], rel=1e-5)  # curves are evaluation mode
        assert len(set(found.loss)) == 20
        higher.append(found.loss.mean() > found.eval_loss)
    in_most_seeds(higher)


@pytest.fixture(scope="module")
def pairs():
    """(without dropout, with dropout) for each seed, on digits."""
    assert SETTINGS["C5"][:2] == SETTINGS["C6"][:2]
    return list(zip(trained("C5"), trained("C5", dropout=P), strict=True))


def validation(run):
    return run.model, run.model.split.X_val, run.model.split.y_val


@pytest.mark.claim("C5")
def test_killing_one_unit_costs_less_accuracy_with_dropout_on_average_and_at_worst(pairs):
    mean, worst = [], []
    for pair in pairs:
        ablations = [probes.ablate(*validation(run)) for run in pair]
        without, with_dropout = (found.full_score - np.concatenate(found.score) for found in ablations)
        mean.append(with_dropout.mean() < without.mean())
        worst.append(with_dropout.max() < without.max())
    in_most_seeds(np.array(mean) & np.array(worst))


@pytest.mark.claim("C6")
def test_dropout_trains_an_ensemble_that_the_full_network_stands_for(pairs):
    none, with_dropout = (
        [probes.sub_networks(*validation(run), K=20, rate=P, seed=run.config.seed) for run in runs]
        for runs in zip(*pairs, strict=True)
    )
    for found in (none, with_dropout):
        in_all_seeds([subs.average_loss < subs.loss.mean() for subs in found])  # −log is convex
        in_most_seeds([subs.average_score > subs.score.mean() for subs in found])
    in_most_seeds([subs.full_loss <= subs.average_loss for subs in with_dropout])
    # without dropout its sub-networks are worse than even odds for all ten digits, with it none is
    guess = np.log(10)
    in_most_seeds([subs.loss.mean() > guess for subs in none])
    in_most_seeds([subs.loss.max() < guess for subs in with_dropout])


@pytest.mark.claim("C7")
def test_a_large_network_wants_at_least_the_rate_that_a_small_one_wants():
    config, epochs, *_ = SETTINGS["C7"]
    best = {}
    for hidden in (SMALL, LARGE):
        runs = rv.fit(config.replace(hidden=hidden).sweep(seed=SEEDS, dropout=RATES), epochs=epochs)
        losses = np.array([run.history["val_loss"][-1] for run in runs]).reshape(len(SEEDS), len(RATES))
        best[hidden] = losses.argmin(axis=1)
    in_most_seeds(best[LARGE] >= best[SMALL])
    assert (best[LARGE] > best[SMALL]).sum() >= 10
