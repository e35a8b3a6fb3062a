"""Training: early stopping, divergence, live changes, and what advance accepts."""

import copy

import numpy as np
import pytest

import regviz as rv

SHORT = rv.Config(n_train=40, hidden=(16,), batch_size=16, lr=0.02)


def parameters(model):
    return np.concatenate([array.ravel() for array in (*model.weights, *model.biases)])


def test_early_stopping_stops_at_best_plus_patience_and_restores_the_best_epoch_s_weights():
    stopping, free = rv.Trainer([SHORT.replace(patience=7)]), rv.Trainer([SHORT])
    best, lowest = None, np.inf
    stopping.advance(epochs=300)
    model = stopping.snapshot().models[0]
    for epoch in range(model.stopped_epoch + 1):
        if epoch:
            free.advance(epochs=1)
        other = free.snapshot().models[0]
        if other.history["val_loss"][-1] < lowest:
            lowest, best = other.history["val_loss"][-1], other
    assert model.state == "stopped"
    assert model.stopped_epoch == model.epoch == model.best_epoch + 7
    assert model.best_epoch == best.epoch == model.history["val_loss"].argmin()
    np.testing.assert_array_equal(parameters(model), parameters(best))
    assert len(model.history["epoch"]) == model.stopped_epoch + 1
    assert stopping.done
    assert stopping.epochs == [model.stopped_epoch]
    assert not free.done


def test_without_patience_the_last_weights_stay():
    (run,) = rv.fit([SHORT], epochs=60)
    assert run.state == "training"
    assert run.stopped_epoch is None
    assert run.best_epoch < 60
    P = run.predict(rv.load(SHORT).X_val)
    loss = -np.log(P[np.arange(len(P)), rv.load(SHORT).y_val]).mean()
    assert run.history["val_loss"][-1] == pytest.approx(loss, rel=1e-4)


@pytest.mark.parametrize("slices", [{"epochs": 30}, {"steps": 1}, {"steps": 7}])
def test_a_diverging_network_is_set_aside_with_its_last_sound_weights(slices):
    config = rv.Config(data="diabetes", optimizer="sgd", lr=50, hidden=(16,), batch_size=16)
    trainer = rv.Trainer([config, config.replace(lr=0.01)])
    while trainer.epochs[1] < 30:
        trainer.advance(**slices)
    broken, sound = trainer.snapshot().models
    assert broken.state == "diverged"
    assert broken.diverged_epoch == broken.epoch == 1
    assert broken.history["epoch"].tolist() == [0]
    np.testing.assert_array_equal(parameters(broken), parameters(rv.Trainer([config]).snapshot().models[0]))
    assert sound.state == "training"
    assert sound.epoch == 30
    assert not trainer.done


@pytest.mark.parametrize("measure_every", [1, 3])
def test_networks_that_all_diverge_with_the_last_step_asked_for_are_all_set_aside(measure_every):
    config = rv.Config(data="sine", n_train=100, batch_size=25, optimizer="sgd", lr=1000.0)
    trainer = rv.Trainer([config, config.replace(seed=1)], measure_every=measure_every)
    trainer.advance(steps=4 * measure_every)
    assert [model.state for model in trainer.snapshot().models] == ["diverged"] * 2
    assert trainer.done
    trainer.advance(steps=1)  # and nothing is left to do


@pytest.mark.parametrize("wrong", [{"measure_every": w} for w in (0, -3, 2.5, True)] + [{"history_capacity": "a"}])
def test_how_often_and_how_much_is_kept_must_be_whole_numbers(wrong):
    with pytest.raises(rv.ArgumentError, match=f"^{next(iter(wrong))}=.*allowed is a whole number from"):
        rv.Trainer([SHORT], **wrong)


@pytest.mark.parametrize("index", [2, -1, "0", 0.0, True, None])
def test_a_network_is_turned_by_its_own_number_alone(index):
    trainer = rv.Trainer([SHORT, SHORT.replace(seed=1)])
    with pytest.raises(rv.ArgumentError, match=r"^index=.*from 0 to 1\. Try 0"):
        trainer.set(index, l2=0.1)
    assert [config.l2 for config in trainer.configs] == [0, 0]
    trainer.set(np.int64(1), l2=0.1)
    assert [config.l2 for config in trainer.configs] == [0, 0.1]


def test_a_field_that_does_not_exist_is_not_said_to_need_a_new_trainer():
    trainer = rv.Trainer([SHORT])
    with pytest.raises(rv.ConfigError, match=r"^learning_rate=0\.1 .*Config has no field 'learning_rate'"):
        trainer.set(0, learning_rate=0.1)
    with pytest.raises(rv.ConfigError, match=r"^epochs=5 .*for epochs make a new Trainer"):
        trainer.set(0, epochs=5)


def test_by_steps_it_diverges_in_the_epoch_that_it_has_come_to():
    config = rv.Config(hidden=(4,), lr=1000.0, optimizer="sgd", data="sine", n_train=50, batch_size=25)
    for steps in (2, 1):  # of two in an epoch
        trainer = rv.Trainer([config], measure_every=10)
        while not trainer.done:
            trainer.advance(steps=steps)
        (model,) = trainer.snapshot().models
        assert model.diverged_epoch == model.epoch == -(-model.step // 2)


def test_other_points_leave_a_diverged_network_the_epoch_that_its_weights_are_of():
    config = rv.Config(hidden=(4,), data="sine", n_train=50, lr=1000.0, optimizer="sgd", patience=5, batch_size=8)
    trainer = rv.Trainer([config])
    trainer.advance(epochs=5)
    before = trainer.snapshot().models[0].now("val_loss")
    trainer.exchange([config.replace(n_train=40)])
    assert trainer.snapshot().models[0].best_epoch == 0
    assert trainer.snapshot().models[0].now("val_loss") == before


@pytest.mark.parametrize(("capacity", "epochs"), [(None, 5), (16, 155)])
def test_other_points_may_come_in_an_epoch_that_is_not_measured(capacity, epochs):
    config = rv.Config(hidden=(4,), n_train=20, patience=500)
    trainer = rv.Trainer([config], measure_every=10, history_capacity=capacity)
    trainer.advance(epochs=epochs)
    trainer.exchange([config.replace(n_train=15)])
    last = trainer.final().models[0]
    assert last.history["epoch"][last.row] <= last.best_epoch
    assert np.isfinite(last.now("val_loss"))
    trainer.advance(epochs=50)
    assert trainer.epochs == [epochs + 50]


def test_networks_of_one_stack_are_not_given_different_numbers_of_points():
    config = rv.Config(hidden=(4,), n_train=100)
    pair = [config, config.replace(noise=0.1)]
    trainer = rv.Trainer(pair)
    trainer.advance(epochs=2)
    with pytest.raises(rv.ConfigError):
        trainer.exchange([pair[0].replace(n_train=50), pair[1].replace(n_train=80)])
    assert trainer.configs == pair
    trainer.exchange([one.replace(n_train=50) for one in pair])
    trainer.advance(epochs=1)
    apart = rv.Trainer([config, config.replace(hidden=(5,))])
    apart.exchange([config.replace(n_train=50), config.replace(hidden=(5,), n_train=80)])
    apart.advance(epochs=1)


def test_a_loss_that_is_finite_but_absurd_counts_as_diverged():
    from regviz.optim.stopping import diverged

    assert diverged(float("nan"), 1)
    assert diverged(float("inf"), 1)
    assert diverged(20_000, 1)
    assert not diverged(9_000, 1)
    assert not diverged(500, 0.01)


@pytest.mark.parametrize(
    "change",
    [{"l1": 0.01}, {"l2": 0.01}, {"dropout": 0.4}, {"lr": 0.001}, {"momentum": 0.5}, {"weight_decay": 0.1}],
)
@pytest.mark.parametrize("optimizer", ["momentum", "adamw"])
def test_a_live_change_before_the_first_step_equals_the_config_from_the_start(change, optimizer):
    config = SHORT.replace(optimizer=optimizer, dropout=0.1, l2=1e-3)
    live = rv.Trainer([config, config])
    live.set(1, **change)
    live.advance(epochs=4)
    unchanged, changed = live.snapshot().models
    for model, expected in ((unchanged, config), (changed, config.replace(**change))):
        assert model.config == expected
        (run,) = rv.fit([expected], epochs=4)
        np.testing.assert_array_equal(parameters(model), parameters(run.model))


@pytest.mark.parametrize("steps", [3, 4, 5])
def test_a_live_change_acts_from_the_next_step_and_keeps_what_the_optimizer_remembers(steps):
    trainer = rv.Trainer([SHORT, SHORT.replace(dropout=0.5)])
    trainer.advance(steps=steps)
    reference = copy.deepcopy(trainer._groups[0].stack)  # the same state, changed by hand below
    trainer.set(1, lr=0.001, l2=0.05, dropout=0.0)
    trainer.advance(steps=1)

    np.testing.assert_array_equal(reference.optimizer.n1, pytest.approx(sum(0.9**k for k in range(steps))))
    moments = trainer._groups[0].stack.optimizer
    g = trainer._groups[0].stack.g[1]  # data gradient plus 2λw at the weights before the step
    expected_s1 = 0.9 * reference.optimizer.s1[1] + g
    np.testing.assert_allclose(moments.s1[1], expected_s1, rtol=1e-5, atol=1e-8)
    v = moments.s2[1] / moments.n2
    expected = reference.w[1] - 0.001 * (expected_s1 / moments.n1) / (np.sqrt(v) + 1e-8)
    np.testing.assert_allclose(trainer._groups[0].stack.w[1], expected, rtol=1e-4, atol=1e-6)
    assert trainer.snapshot().models[1].masks == ()


def test_dropout_switched_off_and_on_again_is_live():
    trainer = rv.Trainer([SHORT.replace(batch_size=40), SHORT.replace(batch_size=40, dropout=0.5)])
    for p in (0.9, 0.0, 0.2):
        trainer.set(0, dropout=p)
        trainer.advance(steps=1)
        masks = trainer.snapshot().models[0].masks
        assert (masks == ()) == (p == 0)
        if p:
            n = masks[0].size
            assert abs((~masks[0]).mean() - p) < 4 * np.sqrt(p * (1 - p) / n)


def test_patience_may_be_set_while_training():
    trainer = rv.Trainer([SHORT])
    trainer.advance(epochs=100)
    best = trainer.snapshot().models[0].best_epoch
    assert best < 90
    trainer.set(0, patience=5)
    trainer.advance(epochs=1)
    model = trainer.snapshot().models[0]
    assert (model.state, model.stopped_epoch, model.best_epoch) == ("stopped", 101, best)


@pytest.mark.parametrize(("field", "value"), [("hidden", (3,)), ("seed", 1), ("batch_size", 8), ("optimizer", "sgd")])
def test_fields_that_need_a_restart_are_refused_while_training(field, value):
    trainer = rv.Trainer([SHORT])
    with pytest.raises(rv.ConfigError, match="new Trainer"):
        trainer.set(0, **{field: value})
    with pytest.raises(rv.ConfigError, match="'lr'"):
        trainer.set(0, lrr=0.1)
    with pytest.raises(rv.ConfigError, match="dropout=2"):
        trainer.set(0, dropout=2)
    assert trainer.configs == [SHORT]


def test_a_finished_network_keeps_the_config_it_ended_with():
    trainer = rv.Trainer([SHORT.replace(patience=1, lr=0.5)])
    trainer.advance(epochs=100)
    before = trainer.snapshot().models[0]
    trainer.set(0, l1=1.0)
    trainer.advance(epochs=1)
    after = trainer.snapshot().models[0]
    assert after.config == before.config
    np.testing.assert_array_equal(parameters(after), parameters(before))


def test_a_finished_network_costs_no_more_steps():
    trainer = rv.Trainer([SHORT.replace(patience=1, lr=0.5), SHORT])
    trainer.advance(epochs=50)
    stack = trainer._groups[0].stack
    assert len(stack.w) == 1
    assert stack.w.shape == stack.g.shape == stack.optimizer.s1.shape
    assert trainer.snapshot().step == trainer.snapshot().models[1].step == 150


def test_networks_of_any_shape_train_side_by_side_in_the_order_given():
    configs = [
        SHORT.replace(hidden=(8,)),
        rv.Config(data="diabetes", hidden=(), n_train=50),
        SHORT,
        SHORT.replace(hidden=(8,), dtype="float64"),
    ]
    trainer = rv.Trainer(configs)
    trainer.advance(epochs=2)
    models = trainer.snapshot().models
    assert [model.config for model in models] == configs == trainer.configs
    assert [model.weights[0].shape for model in models] == [(2, 8), (10, 1), (2, 16), (2, 8)]
    assert trainer.epochs == [2] * 4
    assert [model.weights[0].dtype for model in models] == ["float32"] * 3 + ["float64"]


def test_more_networks_than_the_cache_holds_are_trained_in_several_stacks():
    configs = rv.Config(data="digits", n_train=20, batch_size=20).sweep(seed=range(20))
    trainer = rv.Trainer(configs)
    assert len(trainer._groups) == 2
    trainer.advance(epochs=1)
    assert [model.config.seed for model in trainer.snapshot().models] == list(range(20))


@pytest.mark.parametrize("arguments", [{}, {"epochs": 1, "steps": 1}])
def test_advance_takes_epochs_or_steps(arguments):
    with pytest.raises(TypeError, match="either epochs or steps"):
        rv.Trainer([SHORT]).advance(**arguments)


@pytest.mark.parametrize("count", [-1, 1.5, True, "3"])
def test_advance_takes_whole_numbers(count):
    with pytest.raises(ValueError, match="cannot go"):
        rv.Trainer([SHORT]).advance(epochs=count)


@pytest.mark.parametrize("function", [rv.fit, rv.Trainer])
@pytest.mark.parametrize("configs", [rv.Config(), [], 3, ["moons"], None])
def test_anything_but_a_list_of_configs_is_refused_with_the_way_out(function, configs):
    with pytest.raises(TypeError, match=r"expected a list of .*write \["):
        function(configs)


def test_fit_trains_each_config_for_its_own_epochs():
    runs = rv.fit([SHORT.replace(epochs=3), SHORT.replace(epochs=1), SHORT.replace(epochs=3, seed=1)])
    assert [run.history["epoch"][-1] for run in runs] == [3, 1, 3]
    assert [run.config.seed for run in runs] == [0, 0, 1]
    (run,) = rv.fit([SHORT], epochs=2)
    assert run.config.epochs == 2  # a Run's Config reproduces the Run


def test_the_test_score_is_that_of_the_test_split():
    (run,) = rv.fit([SHORT.replace(dtype="float64")], epochs=5)
    split = rv.load(run.config)
    P = run.predict(split.X_test)
    assert run.test_score == (P.argmax(axis=1) == split.y_test).mean()
    assert run.test_loss == pytest.approx(-np.log(P[np.arange(len(P)), split.y_test]).mean(), rel=1e-12)


def test_units_of_a_layer_that_starts_at_zero_stay_alike():
    (run,) = rv.fit([SHORT.replace(init="zeros", activation="tanh")], epochs=10)
    assert (run.weights[0] == run.weights[0][:, :1]).all()
