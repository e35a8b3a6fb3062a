"""Choosing by few points: each team takes its own best network, and what is new to it is all but its points."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

import regviz as rv
from regviz.probes import best_of, choose, point_scores, same_points


@pytest.fixture(scope="module")
def models():
    runs = rv.fit(rv.Config(n_train=40, hidden=(6,), batch_size=20).sweep(l2=[0, 0.01, 0.1]), epochs=15)
    return [run.model for run in runs]


@pytest.mark.parametrize("points", [1, 7, 20, 399])
def test_a_team_s_choice_is_the_best_on_its_points_and_is_measured_on_all_others(models, points):
    split = models[0].split
    scores = [point_scores(model, split.X_val, split.y_val) for model in models]
    found = choose(scores, points)
    assert len(found.chosen) == len(found.own) == len(found.new) == 400
    for team in (0, 1, 200, 399):
        its = np.zeros(400, bool)
        its[(np.arange(points) + team) % 400] = True
        own = [score[its].mean() for score in scores]
        best = int(np.argmax(own))
        assert found.chosen[team] == best
        assert found.own[team] == pytest.approx(own[best], abs=1e-12)
        assert found.new[team] == pytest.approx(scores[best][~its].mean(), abs=1e-12)
    assert found.means == (pytest.approx(found.own.mean()), pytest.approx(found.new.mean()))


@pytest.mark.parametrize("points", [5, 20, 200])
def test_where_nothing_is_chosen_both_scores_have_one_mean_however_few_the_points(models, points):
    split = models[0].split
    own, new = choose([point_scores(models[0], split.X_val, split.y_val)], points).means
    assert own == pytest.approx(new, abs=1e-12)  # every point is asked equally often


def test_of_networks_that_guess_the_best_score_is_high_by_luck_alone():
    guesses = np.random.default_rng(0).integers(0, 2, (8, 4000)).astype(float)
    own, new = choose(guesses, 20).means
    luck = np.random.default_rng(1).binomial(20, 0.5, (20_000, 8)).max(axis=1).mean() / 20
    assert own == pytest.approx(luck, abs=0.02)  # more than four standard errors: 200 teams share no point
    assert new == pytest.approx(0.5, abs=0.01)


def test_the_mean_of_the_points_scores_is_accuracy_or_r2(models):
    split = models[0].split
    right = models[0].predict(split.X_val).argmax(axis=1) == split.y_val
    assert point_scores(models[0], split.X_val, split.y_val).mean() == right.mean()
    (run,) = rv.fit([rv.Config(data="diabetes", hidden=(), n_train=100)], epochs=5)
    split = run.model.split
    assert point_scores(run.model, split.X_val, split.y_val).mean() == pytest.approx(
        run.history["val_score"][-1], abs=1e-6
    )


def test_of_targets_that_never_vary_there_is_no_score():
    (run,) = rv.fit([rv.Config(data="steps", n_train=2, noise=0.0, hidden=(), seed=30)], epochs=2)
    split = run.model.split
    assert np.isnan(run.history["train_score"]).all()
    scores = point_scores(run.model, split.X_train, split.y_train)
    assert np.isnan(scores).all()
    with pytest.raises(ValueError, match="no target varies"):
        choose([scores], 1)


def test_a_network_that_diverged_is_never_chosen(models):
    split = models[0].split
    gone = replace(models[0], state="diverged")
    scores = [point_scores(model, split.X_val, split.y_val) for model in (gone, models[1])]
    assert np.isnan(scores[0]).all()
    assert (choose(scores, 20).chosen == 1).all()
    with pytest.raises(ValueError, match="all of them have diverged"):
        choose(scores[:1], 20)


@pytest.mark.parametrize("points", [0, 400])
def test_as_many_points_as_there_are_leave_none_that_is_new(models, points):
    split = models[0].split
    scores = [point_scores(model, split.X_val, split.y_val) for model in models]
    with pytest.raises(ValueError, match=rf"points={points} is not possible: of 400 points, 1 to 399"):
        choose(scores, points)
    with pytest.raises(ValueError, match="scores at a single point: choosing takes two"):
        choose([its[:1] for its in scores], max(1, points))


def test_the_best_of_k_is_the_mean_over_all_ways_to_take_k_networks():
    scores = np.random.default_rng(2).integers(0, 2, (5, 60)).astype(float)
    own, new = best_of(scores, 10)
    for k in range(1, 6):
        means = [choose(scores[list(its)], 10).means for its in combinations(range(5), k)]
        assert (own[k - 1], new[k - 1]) == pytest.approx(tuple(np.mean(means, axis=0)), abs=1e-12)
    assert own[0] == pytest.approx(new[0], abs=1e-12)  # a network that is taken blindly is as good on new points
    assert (np.diff(own) >= 0).all()
    gone = np.full((1, 60), np.nan)
    assert (best_of(np.concatenate([gone, scores]), 10)[0] == own).all()
    with pytest.raises(ValueError, match="all of them have diverged"):
        best_of(gone, 10)


def test_networks_have_the_same_points_in_whatever_units_each_has_them():
    base = rv.Config(data="polynomial", n_train=40, noise=0.0, hidden=(4,), seed=2)
    others = {"n_train": 20, "l2": 0.1, "label_noise": 0.1, "noise": 0.2, "seed": 3, "data": "sine", "decoys": 1}
    models = [run.model for run in rv.fit([base, *(base.replace(**{k: v}) for k, v in others.items())], epochs=1)]
    alike = [same_points([models[0], its]) for its in models[1:]]
    assert dict(zip(others, alike, strict=True)) == {
        **dict.fromkeys(("n_train", "l2", "label_noise"), True),
        **dict.fromkeys(("noise", "seed", "data", "decoys"), False),
    }
    assert (models[0].split.X_val != models[1].split.X_val).any()
