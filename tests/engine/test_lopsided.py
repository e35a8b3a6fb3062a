"""Lopsided data: every part has every class, what accuracy hides is told, and what cannot be is no number."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, precision_score, recall_score

import regviz as rv
from regviz.language import speaking
from regviz.probes import class_report, lopsided


@pytest.fixture
def add():
    names = []

    def added(name, X, y, **how):
        names.append(rv.add_data(name, X, y, **how).name)
        return rv.Config(data=name, noise=0, label_noise=0, n_train=rv.DATASETS[name].default_n_train, hidden=(6,))

    yield added
    for name in names:
        rv.remove_data(name)


@pytest.fixture
def config(add):
    rng = np.random.default_rng(0)
    y = np.repeat(["often", "now and then", "seldom"], [600, 90, 30])
    return add("rare", rng.normal(size=(720, 2)) + 1.5 * np.repeat([0, 1, 2], [600, 90, 30])[:, None], y)


@pytest.mark.parametrize("part", ["train", "val", "test"])
def test_a_report_says_what_scikit_learn_says(config, part):
    (run,) = rv.fit([config], epochs=60)
    found, split = run.report(part), rv.load(config)
    X, y = getattr(split, f"X_{part}"), getattr(split, f"y_{part}")
    said = run.predict(X).argmax(axis=1)
    np.testing.assert_allclose(found.recall, recall_score(y, said, average=None))
    np.testing.assert_allclose(found.precision, precision_score(y, said, average=None, zero_division=np.nan))
    assert found.balanced_accuracy == pytest.approx(balanced_accuracy_score(y, said))
    assert found.accuracy == (said == y).mean()
    assert found.names == ("now and then", "often", "seldom")
    assert found.rows.tolist() == np.bincount(y).tolist()
    if part == "test":
        assert found.accuracy == run.test_score
    lines = str(found).splitlines()
    assert len(lines) == 1 + 3 + 2
    assert lines[3].split() == ["seldom", f"{found.recall[2]:.3f}", f"{found.precision[2]:.3f}", str(found.rows[2])]
    assert float(lines[5].split()[-1]) == pytest.approx(found.balanced_accuracy, abs=5e-4)


def test_classes_without_points_or_never_said_have_no_number():
    config = rv.Config(data="blobs", hidden=(), n_train=30, init="zeros")
    (model,) = rv.Trainer([config]).snapshot().models
    there = model.split.y_val < 2
    found = class_report(model, model.split.X_val[there], model.split.y_val[there])
    assert found.recall.tolist()[:2] == [1.0, 0.0]  # all are said to be the first class
    assert np.isnan(found.recall[2])
    assert np.isnan(found.precision[1:]).all()
    assert found.balanced_accuracy == 0.5
    assert "–" in str(found)
    nothing = class_report(model, model.split.X_val[:0], model.split.y_val[:0])
    assert np.isnan([nothing.accuracy, nothing.balanced_accuracy]).all()


def test_a_report_needs_classes_and_a_part(config):
    (regression,) = rv.fit([rv.Config(data="diabetes", n_train=50, hidden=())], epochs=1)
    with pytest.raises(rv.ArgumentError, match="a regression has no classes"):
        regression.report()
    (run,) = rv.fit([config], epochs=1)
    with pytest.raises(rv.ArgumentError, match=r"part='tset' .* train, val or test. Try 'test'"):
        run.report("tset")


def test_lopsided_is_a_matter_of_the_training_part(add, config):
    assert lopsided(rv.load(config))
    assert not lopsided(rv.load(rv.Config()))
    assert not lopsided(rv.load(rv.Config(data="diabetes", n_train=50)))
    rng = np.random.default_rng(0)
    for share, expected in ((0.27, False), (0.2, True)):
        y = (np.arange(500) < share * 500).astype(int)
        assert lopsided(rv.load(add(f"share{int(100 * share)}", rng.normal(size=(500, 2)), y))) == expected


@pytest.mark.parametrize("seed", range(5))
def test_every_part_has_its_share_of_every_class(config, seed):
    split = rv.load(config.replace(seed=seed))
    total = np.array([90, 600, 30])
    for y in (split.y_train, split.y_val, split.y_test):
        np.testing.assert_allclose(np.bincount(y, minlength=3), total * len(y) / 720, atol=1)
    assert split.notes == ()


def test_a_regression_of_custom_data_has_the_whole_range_in_every_part(add):
    rng = np.random.default_rng(0)
    y = np.exp(2 * rng.normal(size=300))
    split = rv.load(add("skewed", rng.normal(size=(300, 2)), y))
    tenths = np.quantile(np.concatenate((split.y_train, split.y_val, split.y_test)), [0.1, 0.9])
    for part in (split.y_train, split.y_val, split.y_test):
        assert (part <= tenths[0]).mean() == pytest.approx(0.1, abs=0.04)
        assert (part >= tenths[1]).mean() == pytest.approx(0.1, abs=0.04)


def test_a_class_too_rare_for_three_parts_is_named(add):
    rng = np.random.default_rng(0)
    split = rv.load(add("lone", rng.normal(size=(80, 2)), np.repeat(["many", "two", "one"], [77, 2, 1])))
    assert [note.split(" has ")[0] for note in split.notes] == ["Class 'one'", "Class 'two'"]
    for note in split.notes:
        assert "too few for three parts: there is none for" in note
        assert "Add rows of it" in note
    assert rv.load(rv.Config()).notes == ()


def test_it_is_named_in_the_language_of_who_reads_it_whoever_loaded_the_data_first(add):
    y = np.repeat(["many", "two", "one"], [77, 2, 1])
    config = add("lone", np.random.default_rng(0).normal(size=(80, 2)), y)
    with speaking("de"):
        german = rv.load(config).notes
        assert german[0].startswith("Klasse 'one' hat 1 Zeile")
    split = rv.load(config)
    assert split.notes[0].startswith("Class 'one' has 1 row")
    with speaking("de"):
        assert split.notes == german


def test_what_never_varies_has_no_r2_and_brings_no_warning(add):
    rng = np.random.default_rng(0)
    y = np.zeros(60)
    y[:3] = [0.5, 1.5, 2.5]  # in three of ten parts of the validation there is none of them
    config = add("flat", rng.normal(size=(60, 2)), y, task="regression").replace(n_train=46)
    seen = set()
    for seed in range(12):
        split = rv.load(config.replace(seed=seed))
        (run,) = rv.fit([config.replace(seed=seed, patience=3)], epochs=5)
        for part, score in (("val", run.history["val_score"]), ("test", np.array([run.test_score]))):
            flat = np.ptp(getattr(split, f"y_{part}")) == 0
            assert np.isnan(score).all() if flat else np.isfinite(score).all()
            seen.add((part, bool(flat)))
        assert np.isfinite(run.history["val_loss"]).all()
        assert run.state != "diverged"
    assert {("val", True), ("test", True)} <= seen
