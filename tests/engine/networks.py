"""What tests of normalizing layers ask of a network: all its numbers, its true gradient, its best epoch."""

import numpy as np

import regviz as rv
from engine.test_gradients import _Frozen, assert_close, finite_differences
from regviz.nn.trace import plain


def everything(model):
    """All numbers of a network in one array."""
    norms = [array for norm in (*model.norms, *model.layer_norms) for array in norm]
    return np.concatenate([array.ravel() for array in (*model.weights, *model.biases, *norms)])


def after(config, epochs):
    """The network of a Config after some epochs alone."""
    trainer = rv.Trainer([config])
    trainer.advance(epochs=epochs)
    return trainer.snapshot().models[0]


def assert_true_gradient(stack):
    """The gradient of a stack's classifiers on its first batch agrees with finite differences of their loss."""
    stack.w += 0.1 * np.random.default_rng(0).standard_normal(stack.w.shape)
    stack.batches.shuffle()
    x, y = stack.batches.views[0]
    network, masks = stack.network(7), _Frozen(stack.masks, 7)

    def total():
        network.backpropagate(x, y, masks)
        return sum(network.loss.measure(plain(network.z), y.argmax(axis=1), [slice(None)])[0][0])

    expected = finite_differences(total, stack.w)
    total()
    assert_close(stack.g, expected)


def stopped_and_best(config):
    """The network of a Config that has stopped by itself, beside another, and one alone at its best epoch."""
    config = config.replace(lr=0.05, label_noise=0.3)
    stopping = rv.Trainer([config.replace(patience=4), config])
    stopping.advance(epochs=200)
    model = stopping.snapshot().models[0]
    assert model.state == "stopped"
    assert model.best_epoch > 0
    return model, after(config, model.best_epoch)
