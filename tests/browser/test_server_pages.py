"""The pages of the server itself, on which there is no lab: for every eye, every size and every way to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browser.chromium import leave
from browser.defects import violations
from browser.lab_page import press
from browser.pages import SCREEN
from browser.servers import NOTEBOOKS, Server

PASSWORD = "of the hall"

WIDTHS = (1280, 390, 320)
"""A laptop's, a phone's, and that of a page which is enlarged four times."""

LOOKS: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a password and one seat."""
    options = ["--password", PASSWORD, "--max-sessions", "1"]
    with Server("app", NOTEBOOKS, tmp_path_factory.mktemp("guarded"), options) as server:
        yield server


def enter(page: Page, server: Server, password: str = PASSWORD) -> None:
    """Give a password where one is asked for."""
    page.goto(server.url)
    page.get_by_label("Password").fill(password)
    press(page, "Go on")


def expect_for_everyone(page: Page) -> None:
    """The page is light or dark as the system is, fits every width, and is no barrier."""
    for look in LOOKS:
        page.emulate_media(color_scheme=look)
        expect(page.locator(f":root[data-theme={look}]")).to_have_count(1)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)")
        assert (sum(ground) < 300) == (look == "dark"), ground
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 720})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (look, width)
        assert violations(page, "html") == [], look


def login(page: Page, server: Server) -> None:
    page.goto(server.url)
    expect(page.get_by_label("Password")).to_be_focused()


def refused(page: Page, server: Server) -> None:
    enter(page, server, "of another hall")
    expect(page.get_by_role("alert")).to_be_visible()


def lecturers(page: Page, server: Server) -> None:
    page.goto(server.address("/login"))
    expect(page.get_by_role("heading")).to_be_visible()


def nowhere(page: Page, server: Server) -> None:
    enter(page, server)
    page.goto(server.address("/nowhere"))
    expect(page.get_by_role("link", name="All notebooks")).to_be_visible()


def no_lecture(page: Page, server: Server) -> None:
    enter(page, server)
    page.goto(server.address("/follow/QQQQQQ"))
    expect(page.get_by_role("heading")).to_contain_text("There is no lecture")


def code(page: Page, server: Server) -> None:
    enter(page, server)
    page.goto(server.address("/follow"))
    expect(page.get_by_label("Code")).to_be_visible()


@pytest.mark.parametrize("visit", [login, refused, lecturers, nowhere, no_lecture, code], ids=lambda its: its.__name__)
def test_a_page_without_a_lab_is_for_everyone(
    page: Page, guarded: Server, visit: Callable[[Page, Server], None]
) -> None:
    visit(page, guarded)
    expect_for_everyone(page)


def test_the_page_of_who_waits_is_for_everyone_and_says_the_place_aloud(
    context: BrowserContext, guarded: Server
) -> None:
    first, second = context.new_page(), context.new_page()
    enter(first, guarded)
    first.goto(guarded.address("/voila/render/playground.ipynb"))
    first.wait_for_selector(SCREEN, timeout=60_000)
    second.goto(guarded.address("/voila/render/playground.ipynb"))
    expect(second.get_by_role("status")).to_have_text("You are number 1 of 1.")
    expect_for_everyone(second)
    leave(second)
    leave(first)
    guarded.wait_for_kernels(0)
