"""What a page may say to its kernel, how fast, and what its kernel is told of the server."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from regviz import Config
from regviz.errors import ConfigError
from regviz.lab.compare import bounds
from regviz.lab.compare.guest import GUEST
from regviz.lab.compare.lanes import DEFAULT_LANES
from regviz.lab.compare.session import Session
from regviz.lab.compare.sweep import Sweep, SweepRun
from regviz.lab.serve.access import gate as serve_gate
from regviz.lab.serve.access.gate import (
    CONTROL,
    MESSAGES,
    MESSAGES_A_SECOND,
    REFUSALS,
    UNHEARD,
    WORDS,
    WORDS_A_SECOND,
    Gate,
    fault,
)
from regviz.lab.serve.access.wire import Opened, Unreadable, opened
from regviz.lab.serve.kernels import environment, kernels
from regviz.lab.serve.saying import EACH_MINUTE, Log


class StillClock:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def message(kind: str = "comm_msg", channel: str = "shell", **content: Any) -> Opened:
    return Opened(channel, "1", kind, content)


def told(**data: Any) -> Opened:
    return message(comm_id="c", data=data)


@pytest.mark.parametrize(
    "good",
    [
        message("kernel_info_request"),
        message("comm_info_request"),
        message("comm_open", comm_id="c", target_name=CONTROL, data={}),
        message("comm_close", comm_id="c"),
        message("comm_close", comm_id="c", data={}),
        told(method="custom", content={"kind": "alive"}),
        told(method="update", state={"value": 1}, buffer_paths=[]),
        told(method="request_states"),
        told(method="request_state"),
    ],
)
def test_what_pages_send_is_passed_on(good: Opened) -> None:
    assert fault(good) == ""


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (message("execute_request", code="1"), "'execute_request' is not passed on"),
        (message("kernel_info_request", "control"), "channel 'control'"),
        (message("comm_open", comm_id="c", target_name="os.system", data={}), "not 'os.system'"),
        (message("comm_open", comm_id="c", target_name=["x"], data={}), "not ['x']"),
        (message("comm_open", target_name=CONTROL, data={}), "comm_id is no name"),
        (message(comm_id="c" * 1000, data={}), "comm_id is no name"),
        (message(comm_id="c", data=[]), "data are no object"),
        (told(method="eval"), "no method 'eval'"),
        (told(method={}), "no method {}"),
        (told(method="update"), "update has no state"),
        (told(method="update", state={}, buffer_paths="x"), "no paths"),
        (told(method="update", state={}, buffer_paths=[1]), "no paths"),
    ],
)
def test_what_no_page_sends_is_named(bad: Opened, said: str) -> None:
    assert said in fault(bad)


def test_five_thousand_random_messages_are_read_or_refused_in_words() -> None:
    """Whatever passes has the parts that the kernel's comm manager and ipywidgets take for granted."""
    rng = np.random.default_rng(7)
    kinds = ["comm_msg", "comm_open", "comm_close", "kernel_info_request", "execute_request", "", "x" * 99]
    odd = [None, True, -1, 1e308, "", "x", "update", "custom", CONTROL, [], [[]], {}, {"state": {}}, [["a", 0]]]
    names = ["comm_id", "data", "target_name", "method", "state", "content", "buffer_paths"]

    def thing(depth: int) -> Any:
        if depth and rng.random() < 0.6:
            return {name: thing(depth - 1) for name in names if rng.random() < 0.5}
        return odd[rng.integers(len(odd))]

    passed = 0
    for _ in range(5000):
        header = {"msg_id": "1", "msg_type": kinds[rng.integers(len(kinds))]} if rng.random() < 0.9 else thing(1)
        whole = {"header": header, "parent_header": {}, "metadata": {}, "content": thing(3), "channel": "shell"}
        try:
            found = opened(json.dumps(whole), None)
        except Unreadable:
            continue
        if fault(found):
            continue
        passed += 1
        if found.kind.startswith("comm_") and found.kind != "comm_info_request":
            assert isinstance(found.content["comm_id"], str)
        if found.kind == "comm_msg":
            assert isinstance(found.content["data"]["method"], str)
    assert 50 < passed < 2500


def test_a_page_that_sends_too_fast_is_heard_at_a_steady_rate() -> None:
    time = StillClock()
    gate = Gate(time)
    passed = sum(gate.admits(100) for _ in range(2 * MESSAGES))
    assert passed == MESSAGES
    time.now += 1
    assert sum(gate.admits(100) for _ in range(1000)) == MESSAGES_A_SECOND


def test_a_message_that_comes_again_is_dropped_until_it_is_long_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()
    assert [gate.repeats(name) for name in ("a", "b", "a", "c", "b")] == [False, False, True, False, True]
    monkeypatch.setattr(serve_gate, "REMEMBERED", 3)
    assert not gate.repeats("d")  # "a" makes room
    assert [gate.repeats(name) for name in ("b", "c", "d")] == [True, True, True]
    assert not gate.repeats("a")


def test_no_more_lies_before_a_kernel_that_does_not_listen_than_is_allowed() -> None:
    gate = Gate()
    assert sum(gate.passes(100) for _ in range(2 * UNHEARD)) == UNHEARD
    gate.heard()
    assert gate.passes(100)


def test_sixty_turns_a_second_for_ten_minutes_are_all_heard() -> None:
    time = StillClock()
    gate = Gate(time)
    for _ in range(60 * 600):
        time.now += 1 / 60
        gate.heard()
        assert gate.admits(500)
        assert gate.reads(500)
        assert gate.passes(500)


def test_a_stream_of_words_is_read_at_a_steady_rate_and_refusals_come_to_an_end() -> None:
    time = StillClock()
    gate = Gate(time)
    assert sum(gate.reads(1_000_000) for _ in range(1000)) * 1_000_000 == WORDS
    time.now += 10
    assert sum(gate.reads(1_000_000) for _ in range(1000)) * 1_000_000 == 10 * WORDS_A_SECOND
    assert sum(gate.refuses() for _ in range(1000)) == REFUSALS


def test_the_largest_table_passes() -> None:
    gate = Gate(StillClock())
    for _ in range(50):
        gate.heard()
        assert gate.admits(1_000_400)
        assert gate.reads(400)
        assert gate.passes(1_000_400)


def test_a_flood_of_one_kind_is_a_few_lines_and_their_number(capsys: pytest.CaptureFixture[str]) -> None:
    time = StillClock()
    log = Log(time)
    for _ in range(100):
        log.say("a stranger\nwrote \x1b[31mthis", "kind")
    log.say("another", "other")
    time.now += 61
    log.say("again", "kind")
    lines = capsys.readouterr().err.splitlines()
    assert lines[:EACH_MINUTE] == ["a stranger wrote  [31mthis"] * EACH_MINUTE
    assert lines[EACH_MINUTE:] == [
        "another",
        f"… and {100 - EACH_MINUTE} more of the same kind within a minute.",
        "again",
    ]


def test_kernels_are_told_what_programs_need_and_no_secret() -> None:
    given = {
        **{name: "x" for name in ("PATH", "HOME", "LC_ALL", "OMP_NUM_THREADS", "QUERY_STRING", "JUPYTER_PATH")},
        **{
            name: "s"
            for name in ("REGVIZ_PASSWORD", "DATABASE_URL", "JUPYTER_TOKEN", "PYTHON_API_KEY", "SSH_AUTH_SOCK")
        },
    }
    assert set(environment.for_kernels(given).values()) == {"x"}
    assert len(environment.for_kernels(given)) == 6
    assert environment.for_kernels(given, ["DATABASE_URL"])["DATABASE_URL"] == "s"


# -- networks


@pytest.fixture
def guest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person in front of the lab is a visitor."""
    assert kernels.GUEST == GUEST
    monkeypatch.setenv(GUEST, "1")


LARGE = {"hidden": (1024,) * 8}


@pytest.mark.usefixtures("guest")
@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (LARGE, "hidden=(1024, 1024"),
        ({"hidden": (1024, 1024, 1024)}, "hidden=(1024, 1024, 1024)"),
        ({"n_train": 10_000, "hidden": (512, 512)}, "hidden=(512, 512)"),
    ],
)
def test_a_visitor_s_networks_are_bounded_in_a_sentence(wanted: dict[str, Any], field: str) -> None:
    session = Session(Config(), DEFAULT_LANES)
    trainer = session.trainer
    with pytest.raises(
        ConfigError, match="a visitor's networks may take 110 MB on this server, and these would"
    ) as said:
        session.change(**wanted)
    assert str(said.value).startswith(field)
    assert "Try (64, 64)." in str(said.value)
    assert session.trainer is trainer


@pytest.mark.usefixtures("guest")
@pytest.mark.parametrize("config", [{"n_train": 10_000}, {"data": "digits", "hidden": (256, 256)}, {"decoys": 200}])
def test_what_knobs_usually_ask_for_is_allowed(config: dict[str, Any]) -> None:
    Session(Config(), DEFAULT_LANES).change(**config)


@pytest.mark.usefixtures("guest")
def test_what_a_notebook_begins_with_is_its_author_s_matter() -> None:
    session = Session(Config(hidden=(640, 640)), DEFAULT_LANES)  # hardly more: memory and time are taken for real
    assert sum(map(bounds.need, session.trainer.configs)) > bounds.ROOM
    session.reset()
    session.change(seed=3)
    with pytest.raises(ConfigError, match="hidden"):
        session.change(**LARGE)


@pytest.mark.usefixtures("guest")
def test_a_visitor_s_sweep_is_bounded_too() -> None:
    base = Config(hidden=(512, 512))
    with pytest.raises(ConfigError, match="networks of a sweep need smaller layers"):
        SweepRun(base, Sweep.over("l2", base))


def test_in_a_notebook_of_one_s_own_nothing_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(GUEST, raising=False)
    bounds.check([Config(**LARGE)])
