"""Faults say their name: whatever breaks, within seconds a sentence says what it is and what happens next."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browser.chromium import leave
from browser.lab_page import turn, wait_for_address
from browser.lines import Line
from browser.pages import SCREEN, frame, open_playground, step, until
from browser.servers import NOTEBOOKS, Server

SOON = 30_000  # milliseconds; a page says it within 5 s, on a machine that is not busy with other tests


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`regviz app` with three seats."""
    with Server("app", NOTEBOOKS, tmp_path_factory.mktemp("faults"), ["--max-sessions", "3"]) as server:
        yield server


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    """A line to the server that can be cut; everyone has left in the end."""
    with Line(server.url) as line:
        yield line
        line.silent = False
    assert "Traceback" not in server.log


@pytest.fixture(autouse=True)
def _everyone_leaves(server: Server, context: BrowserContext) -> Iterator[None]:
    yield
    for page in context.pages:
        page.goto("about:blank")
    for kernel in server.kernels():  # those whose line was cut would be kept for long
        with suppress(psutil.NoSuchProcess):  # the server may just have ended it
            kernel.kill()
    server.wait_for_kernels(0)


def fault(page: Page, name: str) -> None:
    """Wait until the page says this fault."""
    expect(page.locator("#lost")).to_have_attribute("data-fault", name, timeout=SOON)
    expect(page.locator("#lost")).to_be_visible()


def goes_on(page: Page) -> None:
    """Wait until nothing is said any more and the lab moves on from where it was."""
    until(
        page,
        f"document.querySelector('#lost')?.hidden && Number(document.querySelector('{SCREEN}')?.dataset.frame) >= 1",
        timeout=60_000,
    )
    before = step(page)
    until(page, f"Number(document.querySelector('{SCREEN}').dataset.step) > {before}", timeout=60_000)


def test_a_websocket_that_is_refused_is_named_not_waited_for(page: Page, server: Server) -> None:
    with Line(server.url, upgrades=False) as line:
        page.goto(f"{line.url}voila/render/playground.ipynb", wait_until="commit", timeout=60_000)
        fault(page, "refused")
        expect(page.locator("#lost")).to_contain_text("its live connection (WebSocket) was not")
        expect(page.get_by_role("button", name="Start again")).to_be_hidden()
        line.upgrades = True  # whoever runs the proxy has read the sentence
        page.wait_for_selector(SCREEN, timeout=60_000)
        goes_on(page)


@pytest.mark.parametrize("seconds", [5, pytest.param(30, marks=pytest.mark.slow)])
def test_a_cut_line_is_said_and_the_lab_goes_on_where_it_was(page: Page, line: Line, seconds: int) -> None:
    open_playground(page, line.url)
    goes_on(page)
    before = step(page)
    line.cut()
    fault(page, "silent")
    page.wait_for_timeout(1000 * seconds)
    line.mend()
    goes_on(page)
    assert step(page) > before


def test_a_line_that_is_cut_for_an_instant_keeps_its_lab(page: Page, line: Line, server: Server) -> None:
    open_playground(page, line.url, "l2=0.002")
    (kernel,) = server.wait_for_kernels(1)
    line.cut()
    line.mend()
    goes_on(page)
    assert [one.pid for one in server.kernels()] == [kernel.pid]
    assert "l2=0.002" in page.url


def test_a_silent_line_is_noticed(page: Page, line: Line) -> None:
    """A laptop that sleeps or leaves the room: nothing arrives, and no one says that the line is gone."""
    page.add_init_script("delete AbortSignal.timeout")  # as in browsers before 2022
    open_playground(page, line.url, "l1=0.001")
    line.silent = True
    turn(page, "L1 strength λ", "ArrowRight", 2)
    fault(page, "silent")
    line.silent = False
    line.cut()
    line.mend()
    goes_on(page)
    turn(page, "L1 strength λ", "ArrowRight")  # one that was turned meanwhile is not deaf
    wait_for_address(page, "Number(asked.get('l1')) > 0.001")


def test_a_killed_kernel_is_named_and_its_settings_come_back(page: Page, line: Line, server: Server) -> None:
    open_playground(page, line.url, "l2=0.002&seed=3")
    (kernel,) = server.wait_for_kernels(1)
    kernel.kill()
    fault(page, "died")
    page.get_by_role("button", name="Start again").click()
    goes_on(page)
    assert "l2=0.002" in page.url
    assert "seed=3" in page.url
    assert server.log.count("has ended by itself") >= 1


def test_a_hung_kernel_is_named_and_goes_on(page: Page, line: Line, server: Server) -> None:
    open_playground(page, line.url)
    (kernel,) = server.wait_for_kernels(1)
    kernel.send_signal(signal.SIGSTOP)
    try:
        fault(page, "hung")
        expect(page.get_by_role("button", name="Start again")).to_be_visible()
    finally:
        kernel.send_signal(signal.SIGCONT)
    goes_on(page)


def test_a_restarted_server_and_one_that_asks_for_its_password_are_named_and_the_state_comes_back(
    page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp
    with Server("app", NOTEBOOKS, folder("first")) as first:
        line = Line(first.url)
        line.mend()
        open_playground(page, line.url, "l1=0.002")
        line.cut()
        page.route("**/api/kernels/**", lambda route: route.fulfill(status=403))
        fault(page, "login")
        expect(page.get_by_role("button", name="Start again")).to_be_visible()
        page.unroute("**/api/kernels/**")
    fault(page, "silent")
    with Server("app", NOTEBOOKS, folder("second")) as second, line:
        line.lead_to(second.url)
        fault(page, "restarted")
        page.get_by_role("button", name="Start again").click()
        goes_on(page)
        assert "l1=0.002" in page.url
        page.goto("about:blank")


def test_no_network_is_said_at_once(page: Page, context: BrowserContext, line: Line) -> None:
    open_playground(page, line.url)
    context.set_offline(True)
    fault(page, "offline")
    context.set_offline(False)
    goes_on(page)


def test_back_and_forward_bring_a_lab_that_lives(page: Page, line: Line, server: Server) -> None:
    open_playground(page, line.url, "l2=0.003")
    page.goto(line.url)
    expect(page.locator(".gallery")).to_be_visible()
    page.go_back()
    page.wait_for_selector(SCREEN, timeout=60_000)
    goes_on(page)
    assert "l2=0.003" in page.url
    page.go_forward()
    expect(page.locator(".gallery")).to_be_visible()
    server.wait_for_kernels(0)


def test_two_servers_in_one_browser_leave_each_other_alone(
    context: BrowserContext, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Server("app", NOTEBOOKS, tmp_path_factory.mktemp("other")) as other:
        here, there = context.new_page(), context.new_page()
        # On a machine that is as busy as can be, anywidget's two seconds for a widget to begin have always passed.
        there.add_init_script(
            "const t = AbortSignal.timeout.bind(AbortSignal); AbortSignal.timeout = (ms) => t(ms === 2000 ? 0 : ms)"
        )
        for page, url in ((here, server.url), (there, other.url), (here, server.url)):
            open_playground(page, url)
        names = {cookie["name"] for cookie in context.cookies() if cookie["name"].startswith("regviz")}
        assert len(names) == 2
        leave(there)
        other.wait_for_kernels(0)
        before = frame(here)
        until(here, f"Number(document.querySelector('{SCREEN}').dataset.frame) > {before}")
        server.wait_for_kernels(1)
