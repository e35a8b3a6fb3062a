"""The servers' parts that need no browser: quick sockets, patience with a visitor who pauses."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
import zmq
from jupyter_server.services.kernels.connection.base import serialize_binary_message
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError
from voila.execute import VoilaExecutor

from regviz.lab.serve.access.gate import Gate
from regviz.lab.serve.access.wire import let_go
from regviz.lab.serve.connections import VisitorConnection
from regviz.lab.serve.kernels.kernels import SOCKETS_A_KERNEL, CappedKernelManager
from regviz.lab.serve.nodelay import NoDelay, NoDelayConnection, _load_jupyter_server_extension
from regviz.lab.serve.pages.presence import Farewell
from regviz.lab.serve.server import App, configuration, is_news, log_request
from regviz.lab.serve.settings import Settings
from regviz.lab.serve.sockets import Socket


class Recorder:
    """A connection and its websocket that write down what happens to them."""

    def __init__(self) -> None:
        self.happened: list[Any] = []
        self.websocket_handler = SimpleNamespace(set_nodelay=lambda value: self.happened.append(("nodelay", value)))

    def connect(self) -> str:
        self.happened.append("connect")
        return "connected"


def server(**settings: Any) -> Any:
    return SimpleNamespace(web_app=SimpleNamespace(settings=settings))


def test_nagle_is_off_before_the_first_message() -> None:
    connection = type("Quick", (NoDelay, Recorder), {})()
    assert connection.connect() == "connected"
    assert connection.happened == [("nodelay", True), "connect"]


def test_extension_quickens_a_plain_jupyter_server() -> None:
    app = server()
    _load_jupyter_server_extension(app)
    chosen = app.web_app.settings["kernel_websocket_connection_class"]
    assert issubclass(chosen, NoDelay)
    assert issubclass(chosen, ZMQChannelsWebsocketConnection)


def test_extension_keeps_a_connection_class_of_the_server_s_own() -> None:
    app = server(kernel_websocket_connection_class=Recorder)
    _load_jupyter_server_extension(app)
    assert issubclass(app.web_app.settings["kernel_websocket_connection_class"], Recorder)
    for ours in (NoDelayConnection, VisitorConnection):
        app = server(kernel_websocket_connection_class=ours)
        _load_jupyter_server_extension(app)
        assert app.web_app.settings["kernel_websocket_connection_class"] is ours


def test_a_visitor_may_pause_for_ten_minutes_but_not_leave_a_tab_for_ever(tmp_path: Path) -> None:
    config = configuration(Settings(tmp_path, cap=3))
    assert 600 < config.MappingKernelManager.cull_idle_timeout <= 2 * 3600
    assert config.MappingKernelManager.cull_connected
    kernels = CappedKernelManager(config=config, root_dir=str(tmp_path))
    assert (kernels.cap, kernels.running) == (3, 0)
    assert kernels.grace + 2 * kernels.interval < 30 < kernels.arrival
    assert kernels.cull_idle_timeout == config.MappingKernelManager.cull_idle_timeout


def test_a_page_waits_for_its_outputs_on_a_busy_machine(tmp_path: Path) -> None:
    assert VoilaExecutor(nbformat.v4.new_notebook(), config=configuration(Settings(tmp_path))).iopub_timeout == 60


def test_a_page_s_comings_and_goings_set_and_lift_its_kernel_s_deadline(tmp_path: Path) -> None:
    kernels = CappedKernelManager(root_dir=str(tmp_path))
    kernels._kernels["k"] = SimpleNamespace()  # type: ignore[assignment]
    kernels._kernel_connections["k"] = 0
    kernels.notify_connect("k")
    assert "k" not in kernels._deadlines
    kernels.notify_connect("k")
    kernels.notify_disconnect("k")
    assert "k" not in kernels._deadlines  # another tab of it is still open
    kernels.notify_disconnect("k")
    assert "k" in kernels._deadlines
    kernels.notify_connect("k")
    assert "k" not in kernels._deadlines
    kernels._kernels.clear()


@pytest.mark.parametrize("connects", [False, True])
@pytest.mark.parametrize("left", [False, True])
def test_a_page_that_leaves_without_a_goodbye_leaves_its_kernel_seconds(
    tmp_path: Path, connects: bool, left: bool
) -> None:
    kernels = CappedKernelManager(root_dir=str(tmp_path))

    def seconds() -> float:
        return round(kernels._deadlines["k"] - time.monotonic())

    kernels.expect("k", "someone")
    kernels.came("k")  # its head is there; its kernel is not yet
    kernels._arriving.clear()
    kernels._kernels["k"] = SimpleNamespace()  # type: ignore[assignment]
    kernels._kernel_connections["k"] = 0
    kernels.sent("k")
    assert "k" not in kernels._deadlines  # it may take its time to load
    if connects:
        kernels.notify_connect("k")
        kernels.came("k")  # a line that was cut is still there when the next one comes
        kernels.notify_disconnect("k")
        assert seconds() == kernels.grace
        kernels.went("k", left)
        assert seconds() == kernels.grace
    kernels.went("k", left)
    assert seconds() == (kernels.soon if left else kernels.grace if connects else kernels.arrival)
    assert ("k" in kernels._gone_since) == (left or connects)  # whoever waits gets this seat at once
    kernels.came("k")
    kernels.notify_connect("k")
    kernels.notify_disconnect("k")
    assert seconds() == kernels.grace
    kernels._kernels.clear()
    kernels.forget("k")
    kernels.went("k", left)
    assert not kernels._left
    assert not kernels._present


def test_memory_goes_back_whenever_a_visitor_has_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def end(self: Any, kernel_id: str, **_: Any) -> None:
        del self._kernels[kernel_id]

    given: list[int] = []
    monkeypatch.setattr("jupyter_server.services.kernels.kernelmanager.MappingKernelManager.shutdown_kernel", end)
    monkeypatch.setattr("regviz.lab.serve.kernels.kernels.give_back", lambda: given.append(kernels.running))
    kernels = CappedKernelManager(root_dir=str(tmp_path))
    for name in ("one", "another"):
        kernels.expect(name, "someone")
        kernels._arriving.clear()
        kernels._kernels[name] = SimpleNamespace()  # type: ignore[assignment]
    for name in ("one", "another", "another"):
        asyncio.run(kernels.shutdown_kernel(name))
    assert given == [1, 0]


def test_a_page_that_left_before_its_kernel_ran_has_left(tmp_path: Path) -> None:
    kernels = CappedKernelManager(root_dir=str(tmp_path))
    kernels.expect("k", "someone")
    kernels.came("k")
    kernels.went("k", left=True)
    kernels._kernels["k"] = SimpleNamespace()  # type: ignore[assignment]
    kernels.sent("k")
    assert kernels._deadlines["k"] <= time.monotonic() + kernels.soon
    kernels._kernels.clear()


def test_a_page_that_has_not_come_when_its_browser_asks_for_another_is_to_come_soon(tmp_path: Path) -> None:
    kernels = CappedKernelManager(root_dir=str(tmp_path))
    owners = {"reloaded": "one", "here": "one", "cut": "one", "other": "another"}
    for name, owner in owners.items():
        kernels.expect(name, owner)
        kernels._kernels[name] = SimpleNamespace()  # type: ignore[assignment]
        if name == "here":
            kernels.came(name)
        kernels.sent(name)
    kernels.notify_connect("cut")
    kernels.line_cut("cut")
    kernels.notify_disconnect("cut")
    before = dict(kernels._deadlines)
    kernels.doubt("one")
    assert kernels._deadlines["reloaded"] <= time.monotonic() + kernels.soon
    assert {name: before[name] for name in ("cut", "other")} == {
        name: kernels._deadlines[name] for name in ("cut", "other")
    }
    assert "here" not in kernels._deadlines
    kernels.came("reloaded")
    assert "reloaded" not in kernels._deadlines  # it was another tab
    kernels._kernels.clear()


def test_libzmq_has_sockets_for_every_visitor_that_may_come(tmp_path: Path) -> None:
    kernels = CappedKernelManager(root_dir=str(tmp_path), cap=500)
    context = kernels.context
    assert context.get(zmq.MAX_SOCKETS) >= 500 * SOCKETS_A_KERNEL > 1023
    context.term()


@pytest.mark.parametrize(
    ("page", "others_wait", "alive", "ended"),
    [
        ("cut", False, 601, 700),
        ("cut", True, 19, 21),
        ("cut from a hall", True, 601, 700),
        ("left", False, 19, 21),
        ("left", True, None, 0),
        ("connects again", True, 19, 21),  # its own line, on which nothing is said, is open all the while
    ],
)
def test_a_line_that_was_cut_for_ten_minutes_finds_its_kernel_unless_others_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str, others_wait: bool, alive: float | None, ended: float
) -> None:
    now, ends = [1000.0], []
    monkeypatch.setattr("regviz.lab.serve.kernels.kernels.time", SimpleNamespace(monotonic=lambda: now[0]))

    async def lives() -> bool:
        return True

    async def shut_down(kernel_id: str) -> None:
        ends.append(kernel_id)

    async def play() -> None:
        kernels = CappedKernelManager(root_dir=str(tmp_path), cap=1)
        kernels._kernels["k"] = SimpleNamespace(is_alive=lives)  # type: ignore[assignment]
        monkeypatch.setattr(kernels, "shutdown_kernel", shut_down)

        async def away(seconds: float) -> None:
            kernels.notify_connect("k")
            if page.startswith("cut"):
                kernels.line_cut("k")
            kernels.notify_disconnect("k")
            now[0] += seconds
            await kernels._look_around()

        kernels._kernel_connections["k"] = 0
        kernels.spared = lambda kernel_id: page == "cut from a hall"
        if page == "connects again":
            kernels.came("k")
        if others_wait:
            assert kernels.seats.come(kernels.seats.wait("somebody"))
        for _ in range(2 if alive is not None else 0):
            await away(alive or 0)
            assert ends == []
            kernels.notify_connect("k")  # the page is back, and has all its time again
            now[0] += 10_000
            await kernels._look_around()
            assert ends == []
            kernels._kernel_connections["k"] = 0
        await away(ended)
        assert set(ends) == {"k"}
        kernels._kernels.clear()

    asyncio.run(play())


def test_a_binary_message_of_the_older_protocol_goes_out_instead_of_hanging_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[bytes] = []
    monkeypatch.setattr(
        KernelWebsocketHandler, "write_message", lambda _, message, binary=False: sent.append(message), raising=False
    )
    monkeypatch.setattr(Socket, "selected_subprotocol", None)
    message = serialize_binary_message({"header": {"msg_type": "comm_msg"}, "buffers": [b"pixels"]})
    socket = Socket.__new__(Socket)
    socket.ws_connection, socket.gate = object(), Gate()
    socket.write_message(message, binary=True)
    assert sent == [message]


def test_what_comes_for_a_page_that_has_just_left_is_dropped() -> None:
    socket = Socket.__new__(Socket)
    socket.ws_connection = None
    socket.write_message(b"pixels", binary=True)
    socket.write_message("text")


def test_a_line_that_is_cut_while_a_message_is_under_way_is_no_error_of_the_server(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def cut() -> None:
        async def under_way() -> None:
            raise WebSocketClosedError

        let_go(asyncio.ensure_future(under_way()))
        for _ in range(3):
            await asyncio.sleep(0)
        gc.collect()

    asyncio.run(cut())
    assert caplog.records == []


@pytest.mark.parametrize("known", [True, False])
def test_a_kernel_that_ends_while_its_page_connects_is_not_there_and_no_error_of_the_server(
    monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    async def connect() -> None:
        kernels = {"k"}
        tried = asyncio.Event()

        async def prepare(_: Any) -> None:
            tried.set()
            if known:
                raise TimeoutError("Kernel never reached an 'alive' state.")
            await asyncio.Event().wait()

        monkeypatch.setattr(VisitorConnection, "_hear_kernel", prepare)
        monkeypatch.setattr(VisitorConnection, "multi_kernel_manager", kernels)
        connection = VisitorConnection.__new__(VisitorConnection)
        monkeypatch.setattr(VisitorConnection, "kernel_id", "k")
        connecting = asyncio.ensure_future(connection.prepare())
        await tried.wait()
        if not known:
            kernels.clear()
        with pytest.raises(HTTPError, match="404"):
            await connecting

    asyncio.run(connect())


def test_all_kernels_note_what_they_do_in_one_place(tmp_path: Path) -> None:
    """One of its own for each would leave a logger for each in Python's list of all loggers."""
    app = App(config=configuration(Settings(tmp_path)))
    kernels = CappedKernelManager(parent=app, root_dir=str(tmp_path))
    managers = [ServerKernelManager(parent=kernels) for _ in range(2)]
    assert {id(manager.event_logger) for manager in managers} == {id(app.event_logger)}


def test_whoever_has_forgotten_to_tell_of_a_proxy_reads_so_once(capsys: pytest.CaptureFixture[str]) -> None:
    for behind, headers, times in ((True, ["X-Forwarded-For"], 0), (False, [], 0), (False, ["X-Forwarded-For"], 1)):
        handler: Any = SimpleNamespace(
            settings={"regviz": Settings(Path(), behind_proxy=behind)},
            request=SimpleNamespace(headers=headers),
            get_status=lambda: 200,
        )
        for _ in range(3):
            log_request(handler)
        assert capsys.readouterr().err.count("--behind-proxy") == times


def test_a_websocket_that_has_ended_has_no_timer() -> None:
    happened: list[str] = []

    class Line:
        def on_connection_close(self) -> None:
            happened.append("closed")

    class Socket(Farewell, Line):
        ping_callback = None

    socket = Socket()
    socket.on_connection_close()  # before its first ping
    socket.ping_callback = SimpleNamespace(stop=lambda: happened.append("stopped"))  # type: ignore[assignment]
    socket.on_connection_close()
    assert happened == ["closed", "closed", "stopped"]


class Channel:
    """A kernel's channel on which a question goes out, and no answer comes."""

    def __init__(self) -> None:
        self.asked = 0
        self._closed = False

    def on_recv(self, heard: Any) -> None:
        pass

    def send_multipart(self, *message: Any, **how: Any) -> None:
        self.asked += 1

    def closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        self._closed = True


def test_a_line_that_is_cut_before_its_kernel_answers_leaves_it_to_the_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def connect() -> None:
        channels: list[Channel] = []

        class Kernels(set[str]):
            kernel_info_timeout = 60.0

            def connect_shell(self, kernel_id: str) -> Channel:
                channels.append(Channel())
                return channels[-1]

        async def registered(_: Any) -> None:
            pass

        page = SimpleNamespace(connection=None)
        for name, value in {
            "multi_kernel_manager": Kernels({"k"}),
            "kernel_manager": SimpleNamespace(session=SimpleNamespace(key=b"")),
            "kernel_id": "k",
            "websocket_handler": page,
            "_register_session": registered,
        }.items():
            monkeypatch.setattr(VisitorConnection, name, value)
        monkeypatch.setattr("regviz.lab.serve.connections.GLANCE", 0.01)
        first, second = VisitorConnection.__new__(VisitorConnection), VisitorConnection.__new__(VisitorConnection)
        with pytest.raises(HTTPError, match="404"):  # the page is not there any more
            await first.prepare()
        page.connection = second
        connecting = asyncio.ensure_future(second.prepare())
        while len(channels) < 2:
            await asyncio.sleep(0)
        assert [(channel.asked, channel.closed()) for channel in channels] == [(1, True), (1, False)]
        second._finish_kernel_info({})
        await connecting

    asyncio.run(connect())


@pytest.mark.parametrize(
    ("line", "error", "news"),
    [
        ("Got events for closed stream <zmq.eventloop.zmqstream.ZMQStream object at 0x7f>", None, False),
        ("The websocket_ping_timeout (90000) cannot be longer than the websocket_ping_interval (30000).", None, False),
        ("Could not open static file", None, True),
        ("[Errno 28] No space left on device", OSError(errno.ENOSPC, "No space left on device"), False),
        ("Permission denied", PermissionError(errno.EACCES, "Permission denied"), True),
    ],
)
def test_what_libraries_say_for_every_visitor_is_left_out_of_the_log(
    line: str, error: Exception | None, news: bool
) -> None:
    raised = None if error is None else (type(error), error, None)
    record = logging.LogRecord("tornado.general", logging.WARNING, __file__, 1, "%s", (line,), raised)
    assert is_news(record) is news
