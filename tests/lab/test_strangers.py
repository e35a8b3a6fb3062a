"""What a stranger may do to a real server: look at the lab, turn its knobs, and nothing else."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from unittest import mock

import nbformat
import psutil
import pytest
import websocket

from browser.servers import NOTEBOOKS, Server
from regviz.lab.serve.connections import MOST_SOCKETS
from regviz.lab.serve.pages.presence import MOST_LINES
from visitor import Visitor, packed
from wire_client import Wire

SECRETS = {"REGVIZ_TEST_PASSWORD": "opensesame", "AWS_SECRET_ACCESS_KEY": "AKIA", "JUPYTER_TOKEN": "t", "MY_WORD": "w"}

TELL = "import os, json\nprint(json.dumps(dict(os.environ)), open('/proc/self/environ').read())"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`regviz app` on the project's notebooks and one that tells its environment, with secrets in the server's."""
    with mock.patch.dict(os.environ, SECRETS), running(tmp_path_factory) as server:
        cell = nbformat.v4.new_code_cell(TELL)
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(
            nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel}), server.notebooks / "tell.ipynb"
        )
        yield server


def running(tmp_path_factory: pytest.TempPathFactory) -> Server:
    return Server("app", NOTEBOOKS, tmp_path_factory.mktemp("strangers"), ["--pass-env", "MY_WORD"])


@pytest.fixture
def visitor(server: Server) -> Iterator[Visitor]:
    """A visitor whose page shows the lab."""
    with Visitor(server.url) as visitor:
        visitor.open(query="play=0").connect().show("?play=0")
        yield visitor


def alive(visitor: Visitor) -> bool:
    """Whether the lab still answers: who has lost its picture gets a whole one.

    It is asked again after two seconds of silence: of a visitor who sends too much, any message may be dropped.
    """
    visitor.line.settimeout(2)
    try:
        for _ in range(15):
            visitor.tell(visitor.screen, kind="lost", view="x")
            with suppress(websocket.WebSocketTimeoutException):
                return "whole" in visitor.frame(whole=True, seconds=20)
        return False
    finally:
        visitor.line.settimeout(60)


REQUESTS = {
    "execute_request": {"code": "open('made-by-a-stranger', 'w')", "silent": False, "user_expressions": {}},
    "complete_request": {"code": "imp", "cursor_pos": 3},
    "inspect_request": {"code": "print", "cursor_pos": 3, "detail_level": 1},
    "history_request": {"output": True, "raw": True, "hist_access_type": "tail", "n": 9},
    "is_complete_request": {"code": "1"},
    "connect_request": {},
    "input_reply": {"value": "x"},
    "debug_request": {"type": "request", "command": "debugInfo", "seq": 1},
    "shutdown_request": {"restart": False},
    "interrupt_request": {},
    "create_subshell_request": {},
    "usage_request": {},
    "comm_open": {"comm_id": "a", "target_name": "os.system", "data": {}},
}


@pytest.mark.parametrize(
    "channel", ["shell", *(pytest.param(channel, marks=pytest.mark.slow) for channel in ("control", "stdin", "iopub"))]
)
def test_every_message_but_a_widget_s_does_nothing_but_a_line_in_the_log(
    server: Server, visitor: Visitor, channel: str
) -> None:
    sent = {visitor.send(kind, content, channel): kind for kind, content in REQUESTS.items()}
    visitor.tell(visitor.screen, kind="lost", view="x")
    while True:
        _, kind, parent, content = visitor.hear()
        assert parent.get("msg_id") not in sent, f"{sent.get(parent.get('msg_id', ''))} was answered by {kind}"
        if content.get("data", {}).get("content", {}).get("kind") == "frame":
            break
    assert not (server.notebooks / "made-by-a-stranger").exists()
    named = REQUESTS if channel == "shell" else [channel]
    for name in named:
        said = "os.system" if name == "comm_open" else name
        assert f"'{said}'" in server.log, name


def test_widgets_of_the_page_are_heard(visitor: Visitor) -> None:
    before = visitor.send("kernel_info_request", {})
    while True:
        _, kind, parent, _ = visitor.hear()
        if kind == "kernel_info_reply":
            assert parent["msg_id"] == before
            break
    visitor.update(visitor.comm(_model_name="ButtonModel", description="Play"), tooltip="x")
    assert alive(visitor)


def test_a_connection_without_a_proper_name_is_refused(visitor: Visitor) -> None:
    for session in ("", "a" * 300, "../x", "a%20b", "%00"):
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            visitor.connect(session=session)
        assert refused.value.status_code == 400, session


def test_no_kernel_is_found_but_by_its_id(server: Server, visitor: Visitor) -> None:
    for kernel in ("00000000-0000-0000-0000-000000000000", visitor.kernel[:-1] + "x", "*", "%2e%2e"):
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            visitor.connect(session="x", kernel=kernel)
        assert refused.value.status_code == 404


def test_one_kernel_has_a_few_connections_however_many_are_asked_for_at_once(server: Server, visitor: Visitor) -> None:
    async def crowd(path: str) -> list[str]:
        url, cookie = server.url.rstrip("/"), "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.jar)
        tries = [Wire.open(url, path.format(place), {"Cookie": cookie}) for place in range(20)]
        found = await asyncio.gather(*tries, return_exceptions=True)
        await Wire.close_all()
        return [str(one) for one in found if isinstance(one, BaseException)]

    for path, most in (
        (f"/api/kernels/{visitor.kernel}/channels?session_id=s{{}}", MOST_SOCKETS - 1),  # the visitor's own is one
        (f"/voila/api/here/{visitor.kernel}", MOST_LINES),
    ):
        refused = asyncio.run(crowd(path))
        assert len(refused) == 20 - most, path
        assert all("429" in said for said in refused)
    assert alive(visitor)
    stopped = server.kernels()
    for kernel in stopped:
        kernel.suspend()
    try:  # pages that give up while their kernel does not answer leave their places
        for _ in range(3):
            with suppress(TimeoutError):
                asyncio.run(asyncio.wait_for(crowd(f"/api/kernels/{visitor.kernel}/channels?session_id=t{{}}"), 0.2))
    finally:
        for kernel in stopped:
            kernel.resume()
    visitor.connect()
    assert alive(visitor)


FRAMES = {
    "ones": b"\xff" * 64,
    "parts without end": (30_000_000).to_bytes(8, "little"),
    "huge and empty": bytes(9_000_000),
    "larger than any message": bytes(11_000_000),
    "words without end": packed("shell", [b"{}", b"{}", b"{}", b"[" + b"[]," * 3_000_000 + b"[]]"]),
}


@pytest.mark.slow
def test_a_malformed_or_huge_frame_closes_its_own_socket_and_nobody_else_notices(
    server: Server, visitor: Visitor
) -> None:
    process = psutil.Process(server.process.pid)
    before = process.memory_info().rss
    for name, frame in FRAMES.items():
        with suppress(ConnectionError):  # it is closed while more is sent
            visitor.line.send_binary(frame)
        with suppress(ConnectionError, websocket.WebSocketConnectionClosedException):
            while visitor.line.recv():
                pass
        assert Visitor(server.url).get("/")[0] == 200, name
        visitor.connect()
        assert alive(visitor), name
    assert process.memory_info().rss - before < 100e6
    assert "Traceback" not in server.log


ABSENT = """
/api /api/status /api/me /api/spec.yaml /api/contents /api/contents/playground.ipynb /api/contents/../../etc/passwd
/api/kernels /api/kernelspecs /api/sessions /api/terminals /api/shutdown /api/config/notebook /api/nbconvert
/api/security/csp-report /api/events/subscribe /terminals/websocket/1 /nbconvert/html/playground.ipynb
/files/playground.ipynb /view/playground.ipynb /tree /lab /edit/x /custom/custom.css /kernelspecs/python3/logo-64x64.png
/static/base/js/main.min.js
/login /logout /metrics/x /voila/tree /voila/api/contents /voila/api/contents/playground.ipynb /voila/api/themes/x
/voila/templates/zz /voila/templates/regviz/index.html.j2 /voila/templates/regviz/static/../index.html.j2
/voila/static/../index.html.j2 /voila/static/%2e%2e/index.html.j2 /voila/static/a%00 /voila/static/v-1/../../x
/voila/labextensions/../../../etc/passwd /voila/files/playground.ipynb /voila/files/../../etc/passwd /voila/query/x
/voila/execution/x /voila/render/missing.ipynb /voila/render/../../etc/passwd /voila/render/%00.ipynb /voila/render/
/voila/render/playground.txt /voila/render//etc/passwd /favicon.ico /proxy/8080/ /.git/config
"""


def test_what_no_page_needs_is_not_there(server: Server) -> None:
    visitor = Visitor(server.url)
    for path in ABSENT.split():
        for method in ("GET", "POST", "DELETE", "PUT"):
            status, text = visitor.get(path, method, b"{}" if method in ("POST", "PUT") else None)
            allowed = (404,) if method == "GET" else (403, 404, 405)
            assert status in allowed, f"{method} {path}: {status}"
            assert "Traceback" not in text
    assert "Traceback" not in server.log
    assert visitor.get("/healthz") == (200, "ok")


def test_a_visitor_can_ask_for_its_own_kernel_and_end_it_by_a_goodbye_alone(server: Server, visitor: Visitor) -> None:
    address = f"/api/kernels/{visitor.kernel}"
    assert visitor.get(address)[0] == 200
    assert visitor.get(address, "DELETE")[0] == 404
    assert visitor.get(address + "/interrupt", "POST", b"")[0] == 404
    assert visitor.get(address + "/restart", "POST", b"")[0] == 404
    assert visitor.get(address)[0] == 200
    stranger = Visitor(server.url)  # without a cookie: in a frame of another site there is none
    assert stranger.get(f"/voila/api/shutdown/{visitor.kernel}", "POST", b"")[0] == 204
    assert visitor.get(address)[0] == 404


def test_a_kernel_knows_no_secret_of_the_server_but_what_it_is_to_be_told(server: Server) -> None:
    with Visitor(server.url) as visitor:
        text = visitor.open("tell.ipynb").text
    assert "REGVIZ_GUEST" in text
    assert "MY_WORD" in text
    for name in set(SECRETS) - {"MY_WORD"}:
        assert name not in text
    for value in ("opensesame", "AKIA"):
        assert value not in text


@pytest.mark.slow
def test_a_visitor_who_sends_without_end_is_heard_slowly_and_alone(server: Server, visitor: Visitor) -> None:
    """Ten thousand messages: some hundred are passed on, the rest is counted, and the lab still plays."""
    process = psutil.Process(server.process.pid)
    before = process.memory_info().rss
    for _ in range(10_000):
        visitor.tell(visitor.screen, kind="alive", view="x")
    assert Visitor(server.url).get("/")[0] == 200
    time.sleep(1.0)  # its bucket has to fill a little
    assert alive(visitor)
    _, figures = visitor.get("/metrics")
    (dropped,) = [line for line in figures.splitlines() if line.startswith('regviz_refused_total{reason="rate"}')]
    assert float(dropped.split()[-1]) > 5000
    assert server.log.count("sends more than can be taken") == 1
    assert process.memory_info().rss - before < 100e6


@pytest.mark.slow
def test_a_page_that_does_not_read_is_cut_off(server: Server) -> None:
    """It says that it has painted every frame, and takes none from the line."""
    process = psutil.Process(server.process.pid)
    with Visitor(server.url) as visitor:
        visitor.open().connect().show("")
        before, deadline, frame = process.memory_info().rss, time.monotonic() + 60, 1
        while "does not read" not in server.log:
            assert time.monotonic() < deadline
            try:
                frame += 3
                visitor.tell(visitor.screen, kind="painted", view="x", frame=frame, held=0)
                visitor.tell(visitor.screen, kind="lost", view="x")
                visitor.tell(visitor.screen, kind="resize", view="x", width=3000, room=3000, ratio=1.5)
            except (OSError, websocket.WebSocketException):
                break
            time.sleep(0.02)
        assert process.memory_info().rss - before < 100e6
    assert "does not read" in server.log


def test_figures_are_there_for_who_watches(server: Server, visitor: Visitor) -> None:
    status, text = visitor.get("/metrics")
    assert status == 200
    figures = {line.split()[0]: float(line.split()[-1]) for line in text.splitlines() if line[0] != "#"}
    assert figures["regviz_sessions"] >= 1
    assert figures["regviz_frames_total"] >= 1
    for name in ("regviz_waiting", "regviz_followers", "regviz_turns_total"):
        assert name in figures
