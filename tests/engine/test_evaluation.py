"""What is measured or predicted goes through networks piece by piece, and comes out as if it had gone at once."""

import numpy as np
import pytest

import regviz as rv
from regviz.training import evaluation
from regviz.training.evaluation import AT_ONCE, FEWEST, pieces

CONFIG = rv.Config(data="wine", n_train=80, hidden=(7, 5), batchnorm=True, dropout=0.3, dtype="float64", batch_size=32)


@pytest.mark.parametrize("n", [0, 1, 64, 65, 500, 3721])
@pytest.mark.parametrize("widest", [1, 64, 1000, 100_000])
def test_pieces_are_all_points_in_turn_and_none_is_too_large(n, widest):
    found = pieces(n, widest)
    assert [point for place in found for point in range(n)[place]] == list(range(n))
    sizes = [place.stop - place.start for place in found]
    assert max(sizes) <= max(FEWEST, AT_ONCE // widest)
    assert len(set(sizes[:-1])) <= 1
    assert sizes[-1] <= sizes[0]


@pytest.mark.parametrize("seeds", [(0,), (0, 1, 2)], ids=["alone", "in a stack"])
@pytest.mark.parametrize("few", [10, 37])
def test_losses_and_answers_are_those_of_all_points_at_once(seeds, few, monkeypatch):
    configs = [CONFIG.replace(seed=seed) for seed in seeds]
    runs = rv.fit(configs, epochs=4)
    X = np.random.default_rng(0).standard_normal((150, 13))
    monkeypatch.setattr(evaluation, "AT_ONCE", 1)
    monkeypatch.setattr(evaluation, "FEWEST", few)
    for run, pieced in zip(runs, rv.fit(configs, epochs=4), strict=True):
        for column, values in run.history.items():
            np.testing.assert_allclose(pieced.history[column], values, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(pieced.predict(X), run.predict(X), rtol=1e-11)


def test_pieces_follow_new_points_and_networks_that_leave(monkeypatch):
    monkeypatch.setattr(evaluation, "AT_ONCE", 1)
    drawn = rv.Config(data="moons", n_train=80, hidden=(4,), batch_size=16, dtype="float64")
    configs = [drawn, drawn.replace(lr=0.05, patience=1, restore_best=False)]
    trainer = rv.Trainer(configs)
    trainer.advance(epochs=3)
    trainer.exchange([config.replace(noise=0.1) for config in configs])
    trainer.advance(epochs=40)
    for model in trainer.snapshot().models:
        split, row = model.split, {name: column[-1] for name, column in model.history.items()}
        p = model.predict(split.X_val)
        assert row["val_loss"] == pytest.approx(-np.log(p[np.arange(len(p)), split.y_val]).mean(), rel=1e-12)
    assert {model.state for model in trainer.snapshot().models} == {"training", "stopped"}


def test_a_large_table_takes_no_large_buffers():
    split = rv.load(rv.Config(data="moons", n_train=4000))
    stack = rv.Stack([rv.Config(data="moons", n_train=4000, hidden=(256,))], [split])
    stack.measure()
    largest = max(network.dense[0].outputs.size for network in stack.evaluation._networks)
    assert largest <= AT_ONCE < 256 * stack.batches.seen.shape[2]
