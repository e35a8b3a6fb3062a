"""What a stranger may send: read if it is a message, refused in a sentence if it is not, and never counted out."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from jupyter_server.services.kernels.connection.base import (
    deserialize_binary_message,
    deserialize_msg_from_ws_v1,
    serialize_binary_message,
    serialize_msg_to_ws_v1,
)
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

from regviz.lab.serve import sockets
from regviz.lab.serve.access import wire
from regviz.lab.serve.access.gate import REFUSALS, WORDS, Gate
from regviz.lab.serve.access.wire import MOST_PARTS, V1, fault
from regviz.lab.serve.kernels.kernels import CappedKernelManager
from regviz.lab.serve.kernels.limits import limit_memory
from regviz.lab.serve.sockets import REFUSED, TOO_MUCH, Socket

HEADER = {"msg_id": "1", "msg_type": "comm_msg", "session": "s", "username": "", "version": "5.3", "date": "2026-01-01"}
PARTS: list[dict[str, Any]] = [HEADER, {}, {}, {"comm_id": "c", "data": {"method": "custom", "content": {}}}]
BUFFERS = [b"pixels", b""]


def packed(*parts: Any) -> list[bytes]:
    return [json.dumps(part).encode() for part in parts]


def v1(parts: list[bytes]) -> bytes:
    return bytes(serialize_msg_to_ws_v1(parts, "shell"))


def older(**changed: Any) -> dict[str, Any]:
    header, parent, metadata, content = PARTS
    message = {"header": header, "parent_header": parent, "metadata": metadata, "content": content, "channel": "shell"}
    return {**message, **changed}


GOOD = v1([*packed(*PARTS), *BUFFERS])
BINARY = bytes(serialize_binary_message(older(buffers=BUFFERS)))


def test_what_a_widget_sends_is_let_through_in_each_of_the_three_formats() -> None:
    assert fault(GOOD, V1) == ""
    assert fault(BINARY, None) == ""
    assert fault(json.dumps(older()), None) == ""
    assert deserialize_msg_from_ws_v1(GOOD)[1][-2:] == BUFFERS
    assert deserialize_binary_message(BINARY)["buffers"] == BUFFERS


@pytest.mark.parametrize(
    ("message", "subprotocol", "said"),
    [
        (b"\xff" * 64, V1, "claims 18446744073709551615 parts in 64 bytes"),
        (b"\xff" * 64, None, "claims 4294967295 parts in 64 bytes"),
        ((30_000_000).to_bytes(8, "little"), V1, "claims 30000000 parts in 8 bytes"),
        ((MOST_PARTS + 1).to_bytes(8, "little") + b"\0" * 1000, V1, "claims 65 parts"),
        (b"", V1, "claims 0 parts"),
        (b"", None, "claims 0 parts"),
        ((6).to_bytes(8, "little") + b"\0" * 48, V1, "lie outside"),
        ((6).to_bytes(8, "little") + b"\xff" * 48, V1, "lie outside"),
        ((1).to_bytes(4, "big") + b"\xff" * 4, None, "lie outside"),
        ("text", V1, "text where bytes"),
        ("not JSON", None, "cannot be read"),
        ("[" * 100_000, None, "cannot be read"),
        (json.dumps([1]), None, "no object"),
        (json.dumps(older(channel=7)), None, "no name"),
        (json.dumps(older(header=None)), None, "no msg_id"),
        (json.dumps(older(header={"msg_type": 3, "msg_id": "1"})), None, "no msg_type"),
        (json.dumps(older(content="x")), None, "no object"),
        (v1([*packed(HEADER, {}, {}), b"\xff"]), V1, "cannot be read"),
        (v1(packed({}, {}, {}, {})), V1, "no msg_id"),
        (v1(packed({**HEADER, "date": 1e308}, {}, {}, {})), V1, "something else than words"),
        (v1(packed({**HEADER, "username": "x" * 999}, {}, {}, {})), V1, "something else than words"),
        (v1(packed(HEADER, {}, {}, [1])), V1, "no object"),
        (v1(packed(HEADER, {}, {"a": "x" * 10_000}, {})), V1, "its metadata has 10009 bytes"),
        (v1(packed(HEADER, {}, {}, {"a": "x" * 1_000_000})), V1, "its content has 1000009 bytes"),
        (json.dumps(older(content={"a": "x" * 1_000_000})), None, "its text has 1000"),
    ],
)
def test_what_is_no_message_is_named(message: str | bytes, subprotocol: str | None, said: str) -> None:
    assert said in fault(message, subprotocol)


@pytest.mark.slow
@pytest.mark.parametrize(("good", "subprotocol"), [(GOOD, V1), (BINARY, None)])
def test_what_is_let_through_of_five_thousand_damaged_messages_can_be_unpacked(
    good: bytes, subprotocol: str | None
) -> None:
    rng = np.random.default_rng(0)
    through = 0
    for _ in range(5000):
        damaged = bytearray(good[: rng.integers(len(good) + 1)] if rng.random() < 0.3 else good)
        for place in rng.integers(0, max(1, min(len(damaged), rng.choice([8, 60, len(good)]))), rng.integers(1, 6)):
            if place < len(damaged):
                damaged[place] = rng.choice([0, 1, 6, 127, 255, rng.integers(256)])
        if not fault(bytes(damaged), subprotocol):
            through += 1
            if subprotocol == V1:
                deserialize_msg_from_ws_v1(bytes(damaged))
            else:
                json.dumps(deserialize_binary_message(bytes(damaged))["content"])
    assert 0 < through < 4000


@pytest.fixture
def socket(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A visitor's open socket that writes down what it passes on and how it is closed."""
    socket: Any = Socket.__new__(Socket)
    socket.initialize()
    socket.passed, socket.closed, socket.gate = [], [], Gate()
    monkeypatch.setattr(KernelWebsocketHandler, "on_message", lambda self, message: self.passed.append(message))
    monkeypatch.setattr(Socket, "selected_subprotocol", V1)
    socket.ws_connection = socket.connection = object()
    socket.close = lambda code, reason: socket.closed.append(code)
    return socket


def test_a_message_that_cannot_be_read_ends_its_own_socket_with_a_line(
    socket: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    socket.on_message(GOOD)
    assert (socket.passed, socket.closed) == ([GOOD], [])
    socket.on_message(b"\xff" * 64)
    assert (socket.passed, socket.closed) == ([GOOD], [REFUSED])
    assert capsys.readouterr().err.startswith("A visitor's message was refused: it claims 18")


def test_what_no_page_sends_pays_before_it_is_read_and_its_content_is_not_read_at_all(
    socket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    socket.gate = Gate(lambda: 0.0)
    loads = json.loads
    monkeypatch.setattr(wire.json, "loads", lambda text: (read.append(len(text)), loads(text))[1])
    monkeypatch.setattr(sockets, "say", lambda *_: None)
    large = v1([*packed({**HEADER, "msg_type": "execute_request"}, {}, {}), b"[" + b"[]," * 300_000 + b"[]]"])
    for _ in range(50):
        socket.on_message(large)
    assert max(read) < 200
    assert len(read) == WORDS // len(large)  # the others were dropped as they were
    socket.gate = Gate(lambda: 0.0)
    small = v1(packed({**HEADER, "msg_type": "execute_request"}, {}, {}, {}))
    for _ in range(REFUSALS):
        socket.on_message(small)
    assert (socket.passed, socket.closed) == ([], [])
    socket.on_message(small)
    assert (socket.passed, socket.closed) == ([], [TOO_MUCH])


def dated(**header: Any) -> str:
    return json.dumps(older(header={**HEADER, **header}))


@pytest.mark.parametrize(
    "header",
    [
        {"date": ""},
        {"date": "2026-11-28T14:00:00.000Z"},
        {"date": "2026-11-28T14:00:00+0100"},
        {"date": "2026-99-99"},
        {"version": "5"},
        {"version": "5.13"},
    ],
)
def test_dates_and_versions_of_pages_pass(header: dict[str, Any]) -> None:
    assert fault(dated(**header), None) == ""


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (dated(date="2024-99-99T99:99:99Z"), "date '2024-99-99T99:99:99Z' is none"),
        (dated(date="0000-01-01T00:00:00Z"), "is none"),
        (dated(date="2024-01-01T10:00:00+12:60"), "is none"),
        (dated(date="2024-01-01T10:00:00"), "is none"),  # a kernel warns of it
        (dated(username="2024-02-30T10:00:00Z"), "is none"),
        (json.dumps(older(parent_header={"a": [{"b": "2024-02-30T10:00:00Z"}]})), "is none"),
        (dated(version=""), "version ''"),
        (dated(version="x.3"), "version 'x.3'"),
        (dated(version="4.1"), "version '4.1'"),
        (dated(version="5." + "9" * 200), "version '5.999"),
    ],
)
def test_a_header_that_a_kernel_would_stumble_over_is_refused(message: str, said: str) -> None:
    assert said in fault(message, None)


def test_a_message_that_comes_twice_is_passed_on_once(socket: Any, capsys: pytest.CaptureFixture[str]) -> None:
    socket.on_message(GOOD)
    socket.on_message(GOOD)
    assert (socket.passed, socket.closed) == ([GOOD], [])
    assert "it was sent before" in capsys.readouterr().err


@pytest.mark.parametrize("gone", ["ws_connection", "connection"])
def test_what_comes_while_the_socket_closes_is_dropped(socket: Any, gone: str) -> None:
    setattr(socket, gone, None)
    socket.on_message(GOOD)
    assert (socket.passed, socket.closed) == ([], [])


def test_the_channels_of_a_kernel_that_is_ending_are_closed_not_kept(tmp_path: Any) -> None:
    class Stream:
        open = True

        def on_recv(self, hear: Any) -> None: ...

        def closed(self) -> bool:
            return not self.open

        def close(self) -> None:
            self.open = False

    kernels = CappedKernelManager(root_dir=str(tmp_path))
    streams = {"shell": Stream(), "iopub": Stream()}
    kernels.start_buffering("gone", "session", {**streams, "stdin": None})
    assert not any(stream.open for stream in streams.values())

    streams = {"shell": Stream()}
    kernels._kernels["k"] = SimpleNamespace()  # type: ignore[assignment]
    kernels.start_buffering("k", "session", streams)
    assert streams["shell"].open  # its page may come back, and hears what was said meanwhile
    kernels._leaving.add("k")
    kernels.start_buffering("k", "session", streams)
    assert not streams["shell"].open
    kernels._kernels.clear()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can limit another process")
def test_a_kernel_that_asks_for_too_much_memory_is_told_so_and_lives() -> None:
    program = """
input()
try:
    bytearray(2_000_000_000)
except MemoryError:
    print("refused", len(bytearray(50_000_000)))
"""
    with subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1, text=True) as process:
        limit_memory(process.pid)
        said, _ = process.communicate("\n", timeout=60)
    assert said.split() == ["refused", "50000000"]
