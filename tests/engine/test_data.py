"""Data: three disjoint parts, standardized by the first, noise where it belongs."""

from dataclasses import fields

import numpy as np
import pytest

import regviz as rv

NAMES = sorted(rv.DATASETS)


def rows(X, digits=9):
    return {row.tobytes() for row in np.round(X, digits)}


@pytest.mark.parametrize("name", NAMES)
def test_the_table_of_data_sets_tells_the_truth(name):
    info, split = rv.DATASETS[name], rv.load(rv.Config(data=name, n_train=rv.DATASETS[name].default_n_train))
    assert (split.name, split.task, split.n_classes) == (name, info.task, info.n_classes)
    assert split.X_train.shape == (info.default_n_train, info.n_features)
    assert len(split.feature_names) == split.n_features == info.n_features
    assert len(split.class_names) == info.n_classes
    assert (split.image_shape is not None) == (info.kind == "image")
    if info.n_classes:
        for y in (split.y_train, split.y_val, split.y_test):
            assert y.dtype == np.int64
            assert set(y) == set(range(info.n_classes))
    if info.generated:
        assert (len(split.X_val), len(split.X_test)) == (400, 1000)
    else:
        assert 0 <= len(split.X_test) - len(split.X_val) <= 1


@pytest.mark.parametrize("name", NAMES)
def test_standardized_by_the_training_split_alone(name):
    split = rv.load(rv.Config(data=name, noise=0.2))
    np.testing.assert_allclose(split.X_train.mean(axis=0), 0, atol=1e-12)
    sd = split.X_train.std(axis=0)
    assert (np.isclose(sd, 1) | (sd == 0)).all()
    assert np.abs(split.X_val.mean(axis=0)).max() > 1e-6  # the other parts are only near
    if split.task == "regression":
        assert split.y_train.mean() == pytest.approx(0, abs=1e-12)
        assert split.y_train.std() == pytest.approx(1)


@pytest.mark.parametrize("name", ["digits", "breast_cancer", "wine", "diabetes"])
def test_a_real_data_set_is_split_into_all_of_its_rows(name):
    from sklearn import datasets

    kwargs = {"scaled": False} if name == "diabetes" else {}
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True, **kwargs)
    split = rv.load(rv.Config(data=name, noise=0, label_noise=0))
    parts = [part * split.scale + split.mean for part in (split.X_train, split.X_val, split.X_test)]
    targets = np.concatenate((split.y_train, split.y_val, split.y_test)) * split.target_scale + split.target_mean
    found = np.column_stack((np.concatenate(parts), targets))
    expected = np.column_stack((X, y))
    found, expected = (array[np.lexsort(np.round(array, 6).T)] for array in (found, expected))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)  # multiplied and divided by the scale


@pytest.mark.parametrize("name", [name for name in NAMES if rv.DATASETS[name].generated])
def test_generated_parts_are_disjoint_and_of_one_distribution(name):
    split = rv.load(rv.Config(data=name, n_train=1000))
    parts = [rows(X, 12) for X in (split.X_train, split.X_val, split.X_test)]  # one number may be near another
    assert len(set.union(*parts)) == 1000 + 400 + 1000
    for X in (split.X_val, split.X_test):
        # means of n standardized points are within 5σ of each other
        assert np.abs(X.mean(axis=0)).max() < 5 * np.sqrt(1 / len(X) + 1 / 1000)


@pytest.mark.parametrize("name", [name for name in NAMES if rv.DATASETS[name].n_classes])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.37, 1.0])
def test_label_noise_flips_exactly_its_share_of_the_training_labels_and_no_others(name, share):
    clean = rv.load(rv.Config(data=name, label_noise=0))
    noisy = rv.load(rv.Config(data=name, label_noise=share))
    assert noisy.flipped.sum() == round(share * 100)
    np.testing.assert_array_equal(noisy.flipped, noisy.y_train != clean.y_train)
    np.testing.assert_array_equal(noisy.y_val, clean.y_val)
    np.testing.assert_array_equal(noisy.y_test, clean.y_test)
    np.testing.assert_array_equal(noisy.X_train, clean.X_train)


def test_more_label_noise_flips_the_same_labels_and_more():
    few, many = (rv.load(rv.Config(data="digits", label_noise=share)) for share in (0.1, 0.3))
    assert (many.flipped | ~few.flipped).all()
    np.testing.assert_array_equal(few.y_train[few.flipped], many.y_train[few.flipped])


def test_label_noise_exchanges_the_targets_of_a_regression():
    clean, noisy = (rv.load(rv.Config(data="diabetes", label_noise=share)) for share in (0, 0.2))
    assert noisy.flipped.sum() == 20
    np.testing.assert_allclose(noisy.y_train[~noisy.flipped], clean.y_train[~noisy.flipped])
    np.testing.assert_allclose(np.sort(noisy.y_train), np.sort(clean.y_train))
    assert (noisy.y_train != clean.y_train).sum() > 10


def test_input_noise_moves_generated_points_along_one_way():
    near, far, clean = (rv.load(rv.Config(data="moons", noise=noise)) for noise in (0.1, 0.2, 0.0))
    raw = [split.X_test * split.scale + split.mean for split in (clean, near, far)]
    np.testing.assert_allclose(raw[2] - raw[0], 2 * (raw[1] - raw[0]), atol=1e-12)
    assert (raw[1] - raw[0]).std() == pytest.approx(0.1, rel=0.1)


def test_input_noise_of_real_data_is_measured_in_the_inputs_own_spread():
    clean, noisy = (rv.load(rv.Config(data="wine", noise=noise)) for noise in (0.0, 0.5))
    for part in ("X_train", "X_val", "X_test"):
        raw = [getattr(split, part) * split.scale + split.mean for split in (clean, noisy)]
        sd = ((raw[1] - raw[0]) / clean.scale).std()
        assert sd == pytest.approx(0.5, rel=0.15)


def test_a_split_is_loaded_once_whatever_the_technique_and_cannot_be_changed():
    config = rv.Config()
    split = rv.load(config)
    assert rv.load(config.replace(l1=1, dropout=0.5, hidden=(3,), optimizer="sgd")) is split
    assert rv.load(config.replace(seed=1)) is not split
    for field in fields(split):
        value = getattr(split, field.name)
        if isinstance(value, np.ndarray):
            assert not value.flags.writeable, field.name


def test_a_constant_column_stays_finite_and_zero():
    split = rv.load(rv.Config(data="digits", noise=0.5))
    constant = split.X_train.std(axis=0) == 0
    assert constant.any()
    assert not split.X_train[:, constant].any()
    assert np.isfinite(split.X_test).all()


def test_a_pixel_unseen_in_training_comes_in_no_stronger_than_others() -> None:
    split = rv.load(rv.Config(data="digits", n_train=300, noise=0.0))
    blank = split.X_train.std(axis=0) == 0
    assert blank.any()
    assert not split.X_train[:, blank].any()
    assert np.abs(split.X_val[:, blank]).max() <= np.abs(split.X_val[:, ~blank]).max()


@pytest.mark.parametrize("name", NAMES)
def test_decoys_are_named_columns_of_noise_that_leave_everything_else_as_it_was(name):
    config = rv.Config(data=name, n_train=rv.DATASETS[name].default_n_train)
    plain, more, most = (rv.load(config.replace(decoys=k)) for k in (0, 3, 8))
    features = plain.n_features
    assert more.n_features == features + 3
    assert more.feature_names == (*plain.feature_names, "decoy 1", "decoy 2", "decoy 3")
    assert more.image_shape is None
    assert not more.informative[features:].any()
    for part in ("train", "val", "test"):
        X, y = getattr(more, f"X_{part}"), getattr(more, f"y_{part}")
        assert X.shape == (len(y), features + 3)
        np.testing.assert_array_equal(X[:, :features], getattr(plain, f"X_{part}"))
        np.testing.assert_array_equal(y, getattr(plain, f"y_{part}"))
    np.testing.assert_array_equal(most.X_train[:, features : features + 3], more.X_train[:, features:])
    # decoys are independent of each other and of the targets: correlations of n points are within 5/√n of 0
    table = np.corrcoef(most.X_train[:, features:].T, most.y_train)
    assert np.abs(table[~np.eye(9, dtype=bool)]).max() < 5 / np.sqrt(len(most.y_train))
    (run,) = rv.fit([config.replace(decoys=3, hidden=(4,))], epochs=1)
    assert run.weights[0].shape == (features + 3, 4)


def test_planted_data_are_decided_by_five_inputs_two_of_them_only_together():
    config = rv.Config(data="planted", n_train=4000, noise=0, label_noise=0)
    split = rv.load(config)
    x = (split.X_train * split.scale + split.mean).T
    assert split.informative.sum() == 5
    assert split.feature_names[:5] == ("alone 1", "alone 2", "alone 3", "pair 1", "pair 2")
    assert {name.split()[0] for name in split.feature_names[5:]} == {"empty"}
    high, agree = x[0] + x[1] + x[2] > 0, x[3] * x[4] > 0
    np.testing.assert_array_equal(split.y_train, 2 * high + agree)
    assert split.class_names[-1] == "high, signs agree"
    np.testing.assert_array_equal(np.bincount(split.y_train), 1000)
    # what single columns, and the product of the pair, have to do with each of the four classes
    columns = np.vstack((x, x[3] * x[4]))
    found = np.array([np.abs(np.corrcoef(columns, split.y_train == k)[-1, :-1]) for k in range(4)])
    by_chance = 5 / np.sqrt(4000)
    assert (found[:, [0, 1, 2, -1]] > 3 * by_chance).all()
    assert (found[:, 3:-1] < by_chance).all()
    np.testing.assert_allclose(x.mean(axis=1), 0, atol=by_chance)
    np.testing.assert_allclose(x.std(axis=1), 1, atol=by_chance)


def test_of_twins_five_inputs_are_one_signal_and_the_target_is_that_and_one_other():
    split = rv.load(rv.Config(data="twins", n_train=4000, noise=0, label_noise=0))
    by_chance = 5 / np.sqrt(4000)
    assert split.feature_names[4:7] == ("copy 5", "other", "empty 1")
    np.testing.assert_array_equal(split.informative, np.arange(18) < 6)
    alike = np.corrcoef(split.X_train[:, :5].T)[np.triu_indices(5, 1)]
    np.testing.assert_allclose(alike, 0.995, atol=0.002)
    alone = np.corrcoef(split.X_train[:, [0, *range(5, 18)]].T)
    assert np.abs(alone[np.triu_indices(14, 1)]).max() < by_chance
    raw = split.y_train * split.target_scale + split.target_mean
    signals = np.column_stack((split.X_train[:, :5].mean(axis=1), split.X_train[:, 5:]))
    weights, rest, *_ = np.linalg.lstsq(signals, raw, rcond=None)
    np.testing.assert_allclose(weights, [1, 1, *[0] * 12], atol=by_chance)
    assert np.sqrt(rest[0] / 4000) == pytest.approx(0.8, abs=by_chance)


def test_nothing_is_said_of_inputs_of_which_nothing_is_known():
    assert rv.load(rv.Config(data="wine")).informative is None
    assert rv.load(rv.Config(data="wine", decoys=2)).informative.tolist() == [True] * 13 + [False] * 2


def test_every_data_set_starts_with_values_it_allows() -> None:
    for name, info in rv.DATASETS.items():
        config = rv.Config(data=name, n_train=info.default_n_train, noise=info.default_noise)
        assert len(rv.load(config).X_train) == info.default_n_train


CURVES = {
    "sine": lambda x: np.sin(1.5 * np.pi * x),
    "steps": lambda x: np.select([x < -0.5, x < 0, x < 0.5], [-0.6, 0.8, -0.1], 0.5),
    "polynomial": lambda x: np.cos(5 * np.arccos(np.clip(x, -1, 1))),  # Chebyshev's
}


@pytest.mark.parametrize("name", CURVES)
def test_the_targets_of_a_curve_are_its_values_and_its_truth_goes_through_them(name):
    split = rv.load(rv.Config(data=name, n_train=60, noise=0, label_noise=0))
    for X, y in ((split.X_train, split.y_train), (split.X_val, split.y_val), (split.X_test, split.y_test)):
        raw = X[:, 0] * split.scale[0] + split.mean[0]
        assert np.abs(raw).max() <= 1
        np.testing.assert_allclose(y * split.target_scale + split.target_mean, CURVES[name](raw), atol=1e-12)
    x, y = split.truth.T
    np.testing.assert_allclose(x * split.scale[0] + split.mean[0], np.linspace(-1, 1, len(x)), atol=1e-12)
    np.testing.assert_allclose(
        y * split.target_scale + split.target_mean, CURVES[name](np.linspace(-1, 1, len(x))), atol=1e-9
    )


def test_noise_of_a_curve_is_in_its_targets_alone():
    clean, noisy = (rv.load(rv.Config(data="sine", n_train=400, noise=noise)) for noise in (0, 0.3))
    np.testing.assert_array_equal(clean.X_val, noisy.X_val)
    raw = [split.y_val * split.target_scale + split.target_mean for split in (clean, noisy)]
    assert np.std(raw[1] - raw[0]) == pytest.approx(0.3, rel=0.1)


def test_a_curve_with_decoys_has_no_truth_in_one_input_and_hills_have_a_hill_and_a_hollow():
    assert rv.load(rv.Config(data="sine", decoys=3)).truth is None
    split = rv.load(rv.Config(data="hills", n_train=2000, noise=0, label_noise=0))
    assert split.truth is None
    raw = split.X_train * split.scale + split.mean
    y = split.y_train * split.target_scale + split.target_mean
    near = [np.linalg.norm(raw - centre, axis=1) < 0.1 for centre in ((0.45, 0.35), (-0.45, -0.35))]
    assert y[near[0]].mean() > 0.9
    assert y[near[1]].mean() < -0.9
