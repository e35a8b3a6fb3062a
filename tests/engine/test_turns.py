"""A network's history tells which knob was turned while it trained, when, and from what to what."""

from __future__ import annotations

from typing import Any

import pytest

import regviz as rv
from regviz.training.turns import MOST, Turn, with_turn

CONFIG = rv.Config(n_train=40, hidden=(6,), batch_size=20, l2=1e-3)


@pytest.fixture
def trainer() -> rv.Trainer:
    return rv.Trainer([CONFIG, CONFIG.replace(dropout=0.5)])


def turns(trainer: rv.Trainer, index: int = 0) -> tuple[Turn, ...]:
    return trainer.snapshot().models[index].turns


def test_a_turn_is_told_by_epoch_field_and_both_values_of_the_network_alone_that_was_turned(
    trainer: rv.Trainer,
) -> None:
    trainer.advance(epochs=3)
    trainer.set(0, l2=1e-2, lr=CONFIG.lr)
    trainer.advance(epochs=2)
    before = trainer.snapshot()
    trainer.set(0, lr=0.5)
    assert turns(trainer) == ((3, "l2", 1e-3, 1e-2), (5, "lr", CONFIG.lr, 0.5))
    assert turns(trainer, 1) == ()
    assert before.models[0].turns == ((3, "l2", 1e-3, 1e-2),)  # frozen: one who looks back sees what was known


def test_what_is_set_before_the_first_step_is_how_it_began(trainer: rv.Trainer) -> None:
    trainer.set(0, l2=0.5)
    assert turns(trainer) == ()
    trainer.advance(steps=1)
    trainer.set(0, l2=0.1)
    assert turns(trainer) == ((0, "l2", 0.5, 0.1),)


def test_many_turns_of_one_drag_are_one_and_back_again_is_none(trainer: rv.Trainer) -> None:
    trainer.advance(epochs=2)
    for value in (2e-3, 5e-3, 1e-2):
        trainer.set(0, goes_on=True, l2=value)
        trainer.advance(epochs=1)
    assert turns(trainer) == ((2, "l2", 1e-3, 1e-2),)
    trainer.set(0, l2=0.1)
    trainer.set(0, lr=0.5)
    trainer.set(0, l2=0.2)  # no epoch has ended in between
    assert turns(trainer) == ((2, "l2", 1e-3, 1e-2), (5, "l2", 1e-2, 0.2), (5, "lr", CONFIG.lr, 0.5))
    trainer.set(0, l2=1e-2)
    assert turns(trainer) == ((2, "l2", 1e-3, 1e-2), (5, "lr", CONFIG.lr, 0.5))


def test_a_network_that_has_stopped_is_turned_only_by_what_makes_it_train_on() -> None:
    trainer = rv.Trainer([CONFIG.replace(patience=1, lr=1.0)])
    trainer.advance(epochs=200)
    stopped = trainer.snapshot().models[0].stopped_epoch
    assert stopped is not None
    trainer.set(0, l2=0.5)
    assert turns(trainer) == ()
    trainer.set(0, patience=50)
    assert turns(trainer) == ((stopped, "patience", 1, 50),)


def test_turns_are_bounded_and_the_newest_stay() -> None:
    found: tuple[Turn, ...] = ()
    for epoch in range(3 * MOST):
        found = with_turn(found, Turn(epoch, "lr", epoch, epoch + 1))
    assert len(found) == MOST
    assert found[-1].epoch == 3 * MOST - 1


def test_turns_go_along_to_a_file_and_come_back(trainer: rv.Trainer, tmp_path) -> None:
    trainer.advance(epochs=2)
    trainer.set(0, l2=(0.0, 1e-2), patience=7)
    run = rv.Run.of(trainer.snapshot().models[0])
    run.save(tmp_path / "turned.npz")
    found = rv.Run.load(tmp_path / "turned.npz").turns
    assert found == run.turns == ((2, "l2", 1e-3, (0.0, 1e-2)), (2, "patience", None, 7))
    assert all(isinstance(turn, Turn) for turn in found)


@pytest.mark.parametrize(
    ("index", "changes", "works"),
    [
        (0, {"l2": 0.1}, 1e-3),
        (1, {"dropout": 0.1}, 0.5),
        (1, {"seed": 1}, 0),
        (0, {"batch_size": 4, "noise": 0.1}, 20),
        (0, {"data": "blobs"}, "moons"),
        (1, {"decoys": 2, "noise": 0.1}, 0),
        (1, {"n_train": 50}, 40),
    ],
    ids=str,
)
def test_an_exchange_that_is_refused_names_the_field_and_what_it_suggests_would_do(
    trainer: rv.Trainer, index: int, changes: dict[str, Any], works: object
) -> None:
    configs = trainer.configs
    configs[index] = configs[index].replace(**changes)
    with pytest.raises(rv.ConfigError) as refused:
        trainer.exchange(configs)
    name = next(iter(changes))
    assert (refused.value.field, refused.value.value, refused.value.suggestion) == (name, changes[name], works)
    assert trainer.configs == [CONFIG, CONFIG.replace(dropout=0.5)]
    configs[index] = configs[index].replace(**{name: works})
    assert trainer.exchanges(configs)
    trainer.exchange(configs)


def test_an_exchange_takes_a_config_for_each_network(trainer: rv.Trainer) -> None:
    assert not trainer.exchanges([CONFIG])
    with pytest.raises(rv.ArgumentError, match=r"^len\(configs\)=1 .*one Config for each network\. Try 2"):
        trainer.exchange([CONFIG])
