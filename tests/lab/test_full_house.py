"""A real server with two seats: places, reloads, pages that are given up or cut off."""

from __future__ import annotations

import json
import socket
import time
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from browser.servers import NOTEBOOKS, Server
from visitor import Visitor


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`regviz app` with two seats."""
    with Server("app", NOTEBOOKS, tmp_path_factory.mktemp("house"), ["--max-sessions", "2"]) as server:
        yield server


@pytest.fixture(autouse=True)
def _everyone_leaves(house: Server) -> Iterator[None]:
    yield
    house.wait_for_kernels(0)


class Waiting:
    """A page that waits: its line to the server, and what was said on it last."""

    def __init__(self, visitor: Visitor) -> None:
        assert visitor.status == 503
        assert visitor.kernel == ""
        self.visitor = visitor
        self.ticket = visitor.text.split('data-ticket="')[1].split('"')[0]
        self._line = urllib.request.urlopen(f"{visitor.url}/voila/api/queue/{self.ticket}", timeout=60)

    def hear(self) -> dict[str, Any]:
        while not (line := self._line.readline()).startswith(b"data: "):
            assert line, "the line was closed"
        said: dict[str, Any] = json.loads(line[6:])
        return said

    def until(self, **wanted: Any) -> None:
        while not wanted.items() <= self.hear().items():
            pass

    def close(self) -> None:
        self._line.close()


@pytest.mark.slow
def test_people_beyond_the_seats_wait_in_order_and_get_in_by_themselves(house: Server) -> None:
    first, second = (Visitor(house.url).open().connect() for _ in range(2))
    third, fourth = Visitor(house.url).open(), Visitor(house.url).open(query="lang=de")
    assert "You are number 1 of 1." in third.text
    assert ">Sie sind Nummer 2 von 2.</p>" in fourth.text
    assert "2 Personen nutzen ein Labor auf diesem Server" in fourth.text
    one, two = Waiting(third), Waiting(fourth)
    one.until(place=1, of=2, seat=False)
    two.until(place=2, of=2, seat=False)
    assert "regviz_waiting 2.0" in first.get("/metrics")[1]
    first.leave()
    one.until(seat=True)
    two.until(place=1)
    one.close()
    third.open(query=f"seat={one.ticket}")
    assert third.kernel
    third.connect()
    assert len(house.kernels()) == 2
    for visitor in (second, third, fourth):
        visitor.leave()
    two.until(seat=True)
    two.close()
    fourth.open(query=f"seat={two.ticket}").leave()


@pytest.mark.slow
def test_a_seat_whose_page_has_left_without_a_goodbye_goes_at_once_to_who_waits(house: Server) -> None:
    first, second = (Visitor(house.url).open().connect() for _ in range(2))
    first.show("?play=0")
    first.line.close()  # as a browser closes the websocket of a page that is left
    third = Visitor(house.url).open()
    if third.status == 503:
        waiting = Waiting(third)
        began = time.monotonic()
        waiting.until(seat=True)
        assert time.monotonic() - began < 10  # it would have kept its seat for 20 s
        waiting.close()
        third.open(query=f"seat={waiting.ticket}")
    assert third.kernel
    assert first.get(f"/api/kernels/{first.kernel}")[0] == 404
    for visitor in (second, third):
        visitor.leave()


def give_up(house: Server, cookie: str, after: float) -> None:
    """Ask for a page and close the line while it is being made."""
    parts = urlsplit(house.url)
    with socket.create_connection((parts.hostname or "", parts.port or 80)) as line:
        head = f"GET /voila/render/playground.ipynb HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {cookie}\r\n\r\n"
        line.sendall(head.encode())
        time.sleep(after)


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.1, 0.4, 2.0], ids=["at once", "half made", "whole"])
def test_quick_reloads_leave_one_kernel_and_lock_nobody_out(house: Server, after: float) -> None:
    with Visitor(house.url) as visitor:
        visitor.get("/")
        cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.jar)
        server = psutil.Process(house.process.pid)
        before = server.num_threads(), server.num_fds()
        for _ in range(round(4 / after) if after > 0.1 else 10):
            give_up(house, cookie, after)
        if visitor.open().status == 503:  # two pages were sent whole before they were left
            waiting = Waiting(visitor)
            waiting.until(seat=True)
            waiting.close()
            visitor.open(query=f"seat={waiting.ticket}")
        visitor.connect()
        house.wait_for_kernels(1)
        threads, files = server.num_threads(), server.num_fds()
        assert threads < before[0] + 8  # three of each page that was given up stayed, and thirteen files
        assert files < before[1] + 40  # those of this page
        assert "Traceback" not in house.log
        assert "never awaited" not in house.log


@pytest.mark.slow
def test_a_cut_line_keeps_its_lab_and_a_left_page_does_not(house: Server) -> None:
    with Visitor(house.url) as visitor:
        visitor.open(query="play=0").connect().show("?play=0")
        visitor.line.sock.close()  # no goodbye of any kind
        time.sleep(3)
        house.wait_for_kernels(1)
        visitor.connect()
        visitor.tell(visitor.screen, kind="lost", view="x")
        assert "whole" in visitor.frame(whole=True)


def test_a_page_that_nobody_saves_holds_no_picture(house: Server) -> None:
    with Visitor(house.url) as visitor:
        page = visitor.open(query="lang=de").connect().text
    assert "widget-view" in page
    assert "iVBORw0KGgo" not in page  # how a PNG begins
    assert '<html lang="de">' in page
    assert "<p>Das Labor startet …</p>" in page
    assert 'const LANG = "de";' in page  # of its script


def test_a_head_request_starts_nothing(house: Server) -> None:
    visitor = Visitor(house.url)
    assert visitor.get("/voila/render/playground.ipynb", "HEAD")[0] == 200
    assert visitor.get("/", "HEAD")[0] == 200
    assert visitor.get("/voila/render/none.ipynb", "HEAD")[0] == 404
    assert house.kernels() == []


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(psutil, "RLIMIT_FSIZE"), reason="only Linux can limit another process")
def test_a_full_disk_is_named_and_works_again_once_there_is_room(house: Server) -> None:
    """The server may write nothing, its own log included."""
    process = psutil.Process(house.process.pid)
    before = process.rlimit(psutil.RLIMIT_FSIZE)
    with Visitor(house.url) as visitor:
        process.rlimit(psutil.RLIMIT_FSIZE, (0, before[1]))
        try:
            visitor.open()
            assert "The server’s disk is full" in visitor.text or "regviz.fail('disk')" in visitor.text
        finally:
            process.rlimit(psutil.RLIMIT_FSIZE, before)
        assert "Traceback" not in visitor.text
        visitor.open().connect().show("?play=0")


@pytest.mark.slow
def test_pages_that_are_abandoned_in_turn_leave_nothing_open(house: Server) -> None:
    server = psutil.Process(house.process.pid)

    def abandon(times: int) -> int:
        for _ in range(times):
            visitor = Visitor(house.url).open()
            if visitor.kernel:
                visitor.connect().line.close()
        house.wait_for_kernels(0, timeout=60)
        return int(server.num_fds())

    for _ in range(3):  # what the first ones open may stay: caches, a thread's pipe
        Visitor(house.url).open().connect().leave()
        house.wait_for_kernels(0)
    before = abandon(3)
    assert abandon(20) <= before + 4


def test_a_page_names_the_scripts_that_the_first_one_loaded(house: Server) -> None:
    with Visitor(house.url) as first:
        assert 'rel="preload"' not in first.open("01_overfitting.ipynb").text
        config = json.loads(
            first.text.split('<script id="jupyter-config-data" type="application/json">')[1].split("</s")[0]
        )
        script = f"{config['fullStaticUrl']}/voila.js"
        page = f"{house.url}voila/render/01_overfitting.ipynb?l1=0.1"
        assert first.get(script, Referer=page)[0] == 200
        first.get(f"{config['fullStaticUrl']}/nothing.js", Referer=page)
    with Visitor(house.url) as second:
        assert second.open("01_overfitting.ipynb").text.count('rel="preload"') == 1
        assert f'<link rel="preload" as="script" href="{script}">' in second.text
        second.leave()
        assert 'rel="preload"' not in second.open("playground.ipynb").text
