"""Data that are handed to a Trainer: a Run of such a network holds none, and never takes others for them."""

from dataclasses import replace

import numpy as np
import pytest

import regviz as rv

CONFIG = rv.Config(data="moons", n_train=40, hidden=(8,), epochs=10)


def trained(split, config=CONFIG):
    trainer = rv.Trainer([config], split=split)
    trainer.advance(epochs=config.epochs)
    (model,) = trainer.final().models
    return model


def test_a_run_of_given_data_refuses_what_needs_them_and_answers_the_rest(tmp_path):
    model = trained(rv.load(CONFIG.replace(data="circles", noise=0.1)))
    rv.Run.of(model).save(tmp_path / "run.npz")
    for run in (rv.Run.of(model), rv.Run.load(tmp_path / "run.npz")):
        for ask in (
            lambda run=run: run.model,
            lambda run=run: run.test_loss,
            lambda run=run: run.test_score,
            run.report,
        ):
            with pytest.raises(
                rv.ConfigError, match=r"data='moons' .* handed to its Trainer.*Try 'run.tested\(split\)'"
            ):
                ask()
        np.testing.assert_array_equal(run.predict(model.split.X_test), model.predict(model.split.X_test))
        right = (model.predict(model.split.X_test).argmax(axis=1) == model.split.y_test).mean()
        assert run.tested(model.split)[1] == pytest.approx(right)
        assert run.zero_fraction == model.zero_fraction


def test_a_regression_on_given_data_answers_targets_whatever_its_config_names():
    model = trained(rv.load(rv.Config(data="sine", n_train=40)))
    np.testing.assert_array_equal(rv.Run.of(model).predict(model.split.X_test), model.predict(model.split.X_test))


@pytest.mark.parametrize("change", [{"seed": 1}, {"noise": 0.1}, {"n_train": 41}])
def test_the_data_of_another_config_are_not_its_own(change):
    run = rv.Run.of(trained(rv.load(CONFIG.replace(**change))))
    with pytest.raises(rv.ConfigError, match="handed to its Trainer"):
        _ = run.test_loss


def test_its_own_data_may_be_given_and_a_changed_copy_is_not_them():
    split = rv.load(CONFIG)
    assert rv.Run.of(trained(split)).test_loss == rv.fit([CONFIG])[0].test_loss
    with pytest.raises(rv.ConfigError, match="handed to its Trainer"):
        _ = rv.Run.of(trained(replace(split, y_test=1 - split.y_test))).test_loss
