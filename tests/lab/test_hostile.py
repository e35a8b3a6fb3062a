"""Hostile links, files and messages, by thousands to the parsers and by hundreds to a real server: nothing stops."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

from browser.servers import NOTEBOOKS, Server
from hostile_files import files
from regviz.lab import Lab
from regviz.lab.compare.presets import START
from regviz.lab.controls.data_desk import DataDesk
from regviz.lab.controls.takeaway import TakeAway
from regviz.lab.export.share import read_link
from visitor import Visitor

FIELDS = (*START.to_dict(), "lane", "panels", "play", "speed", "theme", "seat", "x")

# fmt: off
VALUES = [
    "", "0", "-1", "1e309", "-1e309", "nan", "inf", "1e-320", "9" * 400, "0x10", "1_0", "١", "true", "None", "[]", "{}",
    "1024-" * 7 + "1024", "-".join(["9"] * 500), "../../etc/passwd", "file:///etc/passwd", "__class__", "${7*7}",
    "a\nb",
    "<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "\0", "\ufeff", "\u202e", "\ud83d", "$$", "%",
    "a~l1", "a~l1~l1", "~", "~~~~", "a~hidden:1024-1024", "a:b:c~l1:nan", "A" * 5000, "loss,loss", "loss," * 50,
]
# fmt: on


def hostile_link(rng: np.random.Generator) -> str:
    """A query of some fields with odd values, now and then damaged."""
    pairs = []
    for _ in range(rng.integers(1, 6)):
        value = VALUES[rng.integers(len(VALUES))]
        pairs.append(f"{FIELDS[rng.integers(len(FIELDS))]}={quote(value, safe='', errors='surrogatepass')}")
    query = "?" + "&".join(pairs)
    if rng.random() < 0.2:
        cut = int(rng.integers(len(query)))
        query = query[:cut] + "%&=;#?+~"[rng.integers(8)] + query[cut:]
    return query


def test_five_thousand_hostile_links_are_read_and_what_is_impossible_is_said() -> None:
    rng = np.random.default_rng(11)
    said = 0
    for _ in range(5000):
        wish = read_link(hostile_link(rng), START)
        said += bool(wish.notes)
        assert wish.config.to_dict().keys() == START.to_dict().keys()
    assert 2500 < said < 5000


@pytest.mark.slow
def test_three_hundred_hostile_files_are_read_or_refused_in_a_sentence() -> None:
    lab, said = Lab(play=False), []
    desk = DataDesk(said.append, lambda act: act(), lambda act: act())
    takeaway = lab.workbench._take_away()
    assert isinstance(takeaway, TakeAway)
    takeaway._call = lambda act: act()
    states = set()
    for name, content in files(300):
        desk.take(name, content)
        view = desk.view
        states.add(view["state"])
        assert view["state"] in ("table", "refused")
        assert (view["state"] == "refused") == bool(view["refusal"]) or view["table"], name
        assert "<" not in view["refusal"] or "'" in view["refusal"] or '"' in view["refusal"]
        if view["state"] == "table" and not view["table"]["refusal"]:
            desk.hear({"kind": "use", "turn": view["turn"]})
            assert desk.view["state"] in ("used", "table")
        takeaway._uploaded(name, content)
        assert "</p>" in takeaway.said.value
    assert states == {"table", "refused"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`regviz app` for strangers."""
    with Server("app", NOTEBOOKS, tmp_path_factory.mktemp("hostile"), ["--max-sessions", "4"]) as server:
        yield server


ODD: list[Any] = [None, True, -1, 2**60, 1e308, "", "x", "x" * 300, [], [[]], {}, {"a": {}}, [["a", 0]]]


def odd_message(rng: np.random.Generator, comms: list[str]) -> tuple[str, Any, dict[str, Any]]:
    """A kind, a content and parts of a header, each of them odd with some probability."""

    def odd(usual: Any) -> Any:
        return deepcopy(ODD[rng.integers(len(ODD))]) if rng.random() < 0.25 else usual

    state = {str(odd("value")): odd(1), str(odd("index")): odd(3), str(odd("selected_index")): odd(0)}
    method = ["update", "custom", "request_state", "request_states", "eval"][rng.integers(5)]
    data = odd({"method": odd(method), "state": odd(state), "content": odd({"kind": odd("turn")})})
    if isinstance(data, dict) and rng.random() < 0.3:
        data["buffer_paths"] = odd([["value"]])
    kind = ["comm_msg"] * 8 + ["comm_open", "comm_info_request", "execute_request", "comm_info_request"]
    content = odd({"comm_id": odd(comms[rng.integers(len(comms))]), "data": data, "target_name": odd("x")})
    return kind[rng.integers(len(kind))], content, {"date": odd(""), "version": odd("5.2"), "username": odd("")}


def answers(visitor: Visitor) -> None:
    """Wait until the visitor's kernel answers."""
    visitor.line.settimeout(30)
    visitor.send("kernel_info_request", {})
    visitor.until(lambda kind, _: kind == "kernel_info_reply", seconds=30)


@pytest.mark.slow
def test_five_thousand_odd_messages_stop_nothing_and_leave_no_traceback(server: Server) -> None:
    """In ten visits; a message that cannot be read ends the sender's line, and it connects again."""
    rng = np.random.default_rng(3)
    for _ in range(10):
        with Visitor(server.url) as visitor:
            visitor.open(query="play=0").connect().show("?play=0")
            comms = [*visitor.models, "none"]
            for i in range(500):
                kind, content, header = odd_message(rng, comms)
                buffers = [b"odd"] if rng.random() < 0.2 else []
                try:
                    visitor.send(kind, content, buffers=buffers, **header)
                    if i % 50 == 49:
                        answers(visitor)
                except OSError:  # a message that cannot be read has ended the line
                    visitor.connect()
            answers(visitor.connect())
    assert Visitor(server.url).get("/healthz") == (200, "ok")
    assert "Traceback" not in server.log


@pytest.mark.slow
def test_hostile_links_are_met_by_the_gallery_and_by_a_lab(server: Server) -> None:
    rng = np.random.default_rng(5)
    with Visitor(server.url) as visitor:
        for _ in range(60):
            query = hostile_link(rng)[1:].replace("#", "%23").replace("\n", "").replace(" ", "%20")
            status, text = visitor.get("/?" + query)
            assert status == 200
            assert "<script>alert" not in text
    for _ in range(6):
        link = hostile_link(rng)
        with Visitor(server.url) as visitor:
            visitor.open().connect().show(link)
    assert "Traceback" not in server.log


@pytest.mark.slow
def test_hostile_files_that_a_visitor_drops_stop_nothing(server: Server) -> None:
    with Visitor(server.url) as visitor:
        visitor.open(query="play=0").connect().show("?play=0")
        doorstep = next(
            comm for comm, model in visitor.models.items() if "Doorstep" in str(model["state"].get("_anywidget_id", ""))
        )
        for place, (name, content) in enumerate(files(90)):
            part = {"kind": "part", "key": str(place), "name": name, "place": 0, "of": 1}
            data = {"method": "custom", "content": part}
            visitor.send("comm_msg", {"comm_id": doorstep, "data": data}, buffers=[content[:900_000]])
            if place % 10 == 9:
                answers(visitor)
        answers(visitor)
    assert Visitor(server.url).get("/healthz") == (200, "ok")
    assert "Traceback" not in server.log
