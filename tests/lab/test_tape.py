"""What has been can be looked at again, within bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regviz.lab.compare import tape as tape_module
from regviz.lab.compare.guest import GUEST
from regviz.lab.compare.tape import Tape


def recorded(snapshot: Any, epochs: int) -> Tape:
    tape = Tape()
    for epoch in range(epochs + 1):
        tape.record(snapshot(epochs=epoch, step=epoch))
    return tape


def test_every_epoch_of_a_short_run_is_kept(snapshot: Any) -> None:
    tape = recorded(snapshot, 20)
    assert tape.epochs == tuple(range(21))
    assert [shown.epoch for shown in tape.snapshots()] == list(range(21))


def test_a_moment_of_the_past_is_the_last_snapshot_before_it(snapshot: Any) -> None:
    tape = recorded(snapshot, 20)
    assert [tape.at(epoch).epoch for epoch in (-3, 0, 6.9, 7, 20, 99)] == [0, 0, 6, 7, 20, 20]


def test_the_same_epoch_is_kept_once_as_it_was_first_seen(snapshot: Any) -> None:
    tape = Tape()
    first = snapshot(epochs=3, step=12)
    tape.record(first)
    tape.record(snapshot(epochs=3, step=14))
    assert tape.snapshots() == (first,)


def test_a_long_run_is_thinned_evenly_and_keeps_its_start(snapshot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tape_module, "LENGTH", 32)
    tape = recorded(snapshot, 300)
    assert len(tape) <= 32
    assert tape.epochs[0] == 0
    assert tape.epochs[-1] > 300 - 32
    assert len(set(np.diff(tape.epochs))) == 1


def test_large_networks_keep_fewer_snapshots(snapshot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tape_module, "ROOM", 1.0)
    assert len(recorded(snapshot, 200)) <= tape_module.SHORTEST


def test_a_visitor_s_tape_takes_less_of_a_machine_that_is_everybody_s(
    snapshot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tape_module, "GUEST_ROOM", 1.0)
    assert len(recorded(snapshot, 200)) > 200
    monkeypatch.setenv(GUEST, "1")
    assert len(recorded(snapshot, 200)) <= tape_module.SHORTEST


def test_an_empty_tape_says_so() -> None:
    with pytest.raises(ValueError, match="play first"):
        Tape().at(3)
