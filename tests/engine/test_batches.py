"""Who trains on what: networks whose data differ never share them, and those whose data agree always do."""

from dataclasses import fields, replace

import numpy as np
import pytest

import regviz as rv
from regviz.config import DATA_FIELDS, FIELDS, SHAPE_FIELDS
from regviz.fields import Choice, Switch

BASE = rv.Config(
    n_train=40,
    noise=0.2,
    label_noise=0.2,
    decoys=1,
    hidden=(6,),
    lr=0.01,
    momentum=0.5,
    batch_size=16,
    epochs=3,
    dtype="float64",
)


def another(name, value):
    """A value of the field `name` that is not `value`."""
    match FIELDS[name].kind:
        case Choice(names=names):
            return next(other for other in names if other != value)
        case Switch():
            return not value
        case field:
            assert field.suggestion != value, f"the test needs another value of {name}"
            return field.suggestion


def same(a, b):
    """Whether two Splits hold the same in everything."""
    return all(np.array_equal(getattr(a, part.name), getattr(b, part.name)) for part in fields(rv.Split))


@pytest.mark.usefixtures("square")
@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("data", ["moons", "diabetes"])
def test_the_data_fields_are_those_that_change_the_data_and_no_others(name, data):
    config = BASE.replace(data=data, seed=1)
    changed = config.replace(**{name: another(name, getattr(config, name))})
    if name in DATA_FIELDS:
        assert not same(rv.load(changed), rv.load(config))
    else:
        assert rv.load(changed) is rv.load(config)


@pytest.mark.parametrize("name", DATA_FIELDS)
def test_two_networks_that_differ_in_a_data_field_each_train_on_their_own_data(name):
    config = BASE.replace(seed=1)
    changed = config.replace(**{name: another(name, getattr(config, name))})
    pair = [config, changed]
    together = rv.fit(pair)
    for config, run in zip(pair, together, strict=True):
        (alone,) = rv.fit([config])
        np.testing.assert_array_equal(run.weights[0], alone.weights[0])
    if name not in SHAPE_FIELDS:  # these share a stack, so here each must have a feed of its own
        batches = rv.Stack(pair).batches
        for config, X, Y in zip(pair, batches.X, batches.Y, strict=True):
            split = rv.load(config)
            np.testing.assert_array_equal(X[:, :-1], split.X_train)
            np.testing.assert_array_equal(Y.argmax(axis=0), split.y_train)


def test_networks_of_one_split_and_one_seed_share_one_copy_of_it():
    batches = rv.Stack(BASE.sweep(l1=[0, 0.1], dropout=[0, 0.5])).batches
    assert len(batches.X) == len(batches.generators) == 1
    split = rv.load(BASE)  # given one split, what Configs say of data is not looked at
    assert len(rv.Stack(BASE.sweep(noise=[0.2, 0.9]), [split, split]).batches.X) == 1


def test_networks_that_are_given_splits_of_their_own_do_not_share_them():
    """Equal Configs are no reason: the splits decide."""
    split = rv.load(BASE)
    mirrored = replace(split, X_train=-split.X_train)
    batches = rv.Stack([BASE, BASE], [split, mirrored]).batches
    np.testing.assert_array_equal(batches.X[1, :, :-1], -split.X_train)
    stack, alone = rv.Stack([BASE, BASE], [split, mirrored]), rv.Stack([BASE], [mirrored])
    for _ in range(5):
        stack.step()
        alone.step()
    np.testing.assert_array_equal(stack.w[1], alone.w[0])
    assert (stack.w[0] != stack.w[1]).any()


@pytest.mark.parametrize("data", ["wine", "digits"])  # the samples of digits are wide
@pytest.mark.parametrize("n_train", [32, 40, 7])
def test_each_batch_holds_the_targets_of_its_inputs_without_gaps(n_train, data):
    """One-hot targets, whole batches and the rest, of models that share them or have their own."""
    for seeds in ((0, 0), (0, 1)):
        configs = [BASE.replace(n_train=n_train, seed=seed, data=data) for seed in seeds]
        batches = rv.Stack(configs).batches
        batches.shuffle()
        rows = [
            {tuple(np.float64(x)): y for x, y in zip(split.X_train, split.y_train, strict=True)}
            for split in map(rv.load, configs)
        ]
        classes = rv.load(configs[0]).n_classes
        seen = [set() for _ in set(seeds)]
        for number, (x, y) in enumerate(batches.views):
            if not batches.at_once:
                batches.gather(number)
            assert x.shape[0] == y.shape[0] == len(set(seeds))
            assert all(targets.flags.c_contiguous for targets in y)
            for of_model, its_x, its_y, its_seen in zip(rows, x, y, seen, strict=False):
                samples = [tuple(sample[:-1]) for sample in its_x.T]
                np.testing.assert_array_equal(its_y, np.eye(classes)[[of_model[sample] for sample in samples]].T)
                its_seen.update(samples)
        assert all(its_seen == set(of_model) for its_seen, of_model in zip(seen, rows, strict=False))
        assert sum(x.shape[2] for x, _ in batches.views) == n_train


def test_wide_samples_of_many_models_are_gathered_batch_by_batch_and_nothing_else_changes():
    """Also where a model leaves in the middle of an epoch, and where the last batch is smaller."""
    configs = [BASE.replace(data="digits", seed=seed, n_train=40, batch_size=16) for seed in range(3)]
    stack, alone = rv.Stack(configs), [rv.Stack([config]) for config in configs]
    assert not stack.batches.at_once
    assert all(one.batches.at_once for one in alone)
    for step in range(8):
        if step == 4:
            stack.keep([0, 2])
            alone.pop(1)
        for one in (stack, *alone):
            one.step()
    np.testing.assert_array_equal(stack.w, [one.w[0] for one in alone])
