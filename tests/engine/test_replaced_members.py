"""Custom members that are replaced or removed: networks keep those they began with, and Runs answer by no others."""

import pickle

import numpy as np
import pytest

import regviz as rv
from regviz.probes import step_sizes
from regviz.probes.ridge import training_as_lambda

BASE = {"n_train": 50, "hidden": (8,), "batch_size": 25, "lr": 0.02, "epochs": 12}


def add_bend(k):
    """Add tanh(k·z) as "bend"."""

    class Bend(rv.Activation):
        name = "bend"

        def f(self, z):
            return np.tanh(k * z)

        def slope(self, z, y):
            return k * (1 - y * y)

    rv.add_activation(Bend)


def add_pace(share):
    """Add gradient descent with a share of the learning rate as "pace"."""

    class Pace(rv.Optimizer):
        name = "pace"

        def step(self, w, g, rates):
            eta = share * rates.lr
            w -= eta * g
            return eta

        @classmethod
        def steady_step(cls, lr, momentum, square):
            return share * lr

    rv.add_optimizer(Pace)


def config(**fields):
    return rv.Config(**BASE, activation="bend", **fields)


def assert_alike(one, other):
    for W, V in zip(one.weights, other.weights, strict=True):
        np.testing.assert_array_equal(W, V)
    np.testing.assert_array_equal(one.history["val_loss"], other.history["val_loss"])


@pytest.mark.parametrize("then", [lambda: add_bend(3.0), lambda: rv.remove_activation("bend")])
def test_a_network_in_training_keeps_its_activation_alone_and_where_another_leaves_its_stack(then):
    def trained(*configs):
        add_bend(1.0)
        trainer = rv.Trainer(configs)
        trainer.advance(epochs=2)
        then()
        trainer.advance(epochs=10)
        return trainer.snapshot().models

    add_bend(1.0)
    stays, leaves = config(), config(patience=1, seed=1, min_delta=1.0, start_epoch=5)  # leaves when it is another
    (untouched,) = rv.fit([stays])
    (alone,), (together, left) = trained(stays), trained(stays, leaves)
    assert left.state == "stopped"
    assert_alike(alone, untouched)
    assert_alike(together, untouched)


def test_a_network_that_had_stopped_trains_on_with_its_own_activation():
    def trained(then):
        add_bend(1.0)
        trainer = rv.Trainer([config(patience=1, min_delta=1.0)])
        trainer.advance(epochs=4)
        then()
        trainer.set(0, patience=50)
        trainer.advance(epochs=4)
        return trainer.snapshot().models[0]

    assert_alike(trained(lambda: add_bend(3.0)), trained(lambda: None))


def test_a_snapshot_answers_as_it_did_after_its_activation_was_replaced():
    add_bend(1.0)
    trainer = rv.Trainer([config()])
    trainer.advance(epochs=2)
    (model,) = trainer.snapshot().models
    before = model.predict(model.split.X_val)
    add_bend(3.0)
    np.testing.assert_array_equal(model.predict(model.split.X_val), before)


def test_a_run_refuses_to_answer_by_another_function_and_answers_again_once_its_own_is_back():
    add_bend(1.0)
    (run,) = rv.fit([config()])
    X = rv.load(run.config).X_test
    before, loss = run.predict(X), rv.Run(**run.__getstate__()).test_loss
    arrived = pickle.loads(pickle.dumps(run.model))
    add_bend(3.0)
    for ask in (
        lambda: run.predict(X),
        lambda: run.model,
        lambda: run.test_loss,
        run.report,
        lambda: arrived.predict(X),
    ):
        with pytest.raises(rv.ConfigError, match=r"activation='bend' .* another function by now .* add that one again"):
            ask()
    add_bend(1.0)  # another class, and the same function: a cell that runs twice
    np.testing.assert_array_equal(run.predict(X), before)
    np.testing.assert_array_equal(arrived.predict(X), before)
    assert run.test_loss == loss


@pytest.mark.parametrize("then", [lambda: add_pace(0.01), lambda: rv.remove_optimizer("pace")])
def test_what_is_asked_of_a_network_in_training_is_asked_of_the_optimizer_that_moves_it(then):
    add_pace(0.5)
    trainer = rv.Trainer([rv.Config(**{**BASE, "hidden": ()}, optimizer="pace", init="zeros")])
    trainer.advance(epochs=1)
    (before,) = trainer.snapshot().models
    then()
    trainer.advance(epochs=1)
    (model,) = trainer.snapshot().models
    (eta,) = step_sizes(model, model.split.X_train, model.split.y_train)
    np.testing.assert_allclose(eta, 0.5 * model.config.lr)
    assert training_as_lambda(model) == pytest.approx(training_as_lambda(before) / 2)
