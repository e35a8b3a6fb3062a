"""The lab in a person's own notebooks, in JupyterLab and in Notebook 7."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from browser.chromium import Watch, show_tab
from browser.hosts import (
    HOSTS,
    LAB,
    Host,
    cell,
    expect_moving,
    lab_of,
    menu,
    number,
    run_all,
    run_cell,
    save,
    shift_enter,
    visit,
    write,
)
from browser.pages import SCREEN, until
from browser.servers import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

both = pytest.mark.parametrize("host", HOSTS)

# Notebook 7 throws these by itself: while it loads, and where a kernel has gone. And anywidget complains of a widget
# that took two seconds to begin, which a busy machine may need; what begins is shown all the same.
OF_THE_HOST = re.compile(r"reading 'schema'|not registered|Cannot send|Canceled|disposed|Failed to initialize model")


@pytest.fixture(autouse=True)
def _only_our_errors(watch: Watch) -> None:
    """What a host throws in its own scripts is not the lab's."""
    complaint = watch.complaint

    def ours() -> str:
        watch.errors = [error for error in watch.errors if not OF_THE_HOST.search(error)]
        return complaint()

    watch.complaint = ours  # type: ignore[method-assign]


def play_in(page: Page, server: Server, host: Host, name: str) -> None:
    """Write a notebook with one lab, open and run it."""
    write(server, name, [LAB])
    visit(page, server, host, name)
    run_all(page)
    expect_moving(page, lab_of(page, 0))


@both
def test_twenty_reloads_show_a_picture_that_moves(page: Page, jupyterlab: Server, host: Host) -> None:
    play_in(page, jupyterlab, host, "reload.ipynb")
    save(page)
    for _ in range(20):
        page.reload()
        expect_moving(page, lab_of(page, 0))


@both
def test_of_two_tabs_the_one_in_front_moves_each_of_ten_times(real_tab: Page, jupyterlab: Server, host: Host) -> None:
    play_in(real_tab, jupyterlab, host, "tabs.ipynb")
    save(real_tab)
    other = real_tab.context.new_page()
    other.bring_to_front()
    other.goto(real_tab.url, timeout=60_000)
    jupyterlab.wait_for_session("tabs.ipynb", pages=2)
    for _ in range(10):
        for tab in (other, real_tab):
            show_tab(tab)
            expect_moving(tab, lab_of(tab, 0))


@both
def test_of_two_labs_one_obeys_a_key_and_the_hosts_shortcuts_work(page: Page, jupyterlab: Server, host: Host) -> None:
    write(jupyterlab, "keys.ipynb", [f"{LAB}  # {i}" for i in range(2)])
    visit(page, jupyterlab, host, "keys.ipynb")
    run_all(page)
    expect(lab_of(page, 1)).to_have_attribute("data-state", "playing")
    expect(lab_of(page, 0)).to_have_attribute("data-state", "playing")
    first = cell(page, 0).locator(".rv-picture")
    first.focus()
    page.keyboard.press(" ")
    expect(lab_of(page, 0)).to_have_attribute("data-state", "paused")
    expect(lab_of(page, 1)).to_have_attribute("data-state", "playing")
    with page.expect_response(lambda reply: reply.request.method == "PUT" and "/api/contents/" in reply.url):
        page.keyboard.press("Control+s")
    shift_enter(page, 0, first)
    expect_moving(page, lab_of(page, 0))  # run anew, and nothing of the other lab's came into its address
    assert "?" not in page.url


@both
def test_a_busy_and_a_restarted_kernel_are_said_and_a_saved_notebook_shows_the_picture(
    page: Page, jupyterlab: Server, host: Host
) -> None:
    write(jupyterlab, "kept.ipynb", [LAB, "import time\ntime.sleep(6)"])
    visit(page, jupyterlab, host, "kept.ipynb")
    run_cell(page, 0)
    expect_moving(page, lab_of(page, 0))
    run_cell(page, 1)
    expect(page.locator(".rv-kernel")).to_contain_text("busy, perhaps with another cell")
    expect(page.locator(".rv-kernel")).to_be_hidden()
    expect_moving(page, lab_of(page, 0))
    picture = page.locator(".jp-RenderedImage img")
    expect(picture).to_have_count(1)
    expect(picture).to_be_hidden()
    cell(page, 0).locator(".rv-picture").focus()
    before = picture.get_attribute("src")
    page.keyboard.press(" ")
    expect(lab_of(page, 0)).to_have_attribute("data-state", "paused")
    step = number(lab_of(page, 0), "step")
    expect(picture).not_to_have_attribute("src", before or "")
    save(page)
    file = jupyterlab.notebooks / "kept.ipynb"
    assert file.stat().st_size < 160_000
    widget, image = json.loads(file.read_text(encoding="utf-8"))["cells"][0]["outputs"]
    assert "image/png" in image["data"]
    assert "Run this cell" in "".join(widget["data"]["text/plain"])
    assert step > 0
    menu(page, "Kernel", "Restart Kernel…")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(page.locator(".rv-kernel")).to_contain_text("Run the cell again")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(picture).to_be_visible()
    expect(page.locator(SCREEN)).to_have_count(0)


def test_two_views_of_a_lab_have_each_their_own_size_and_both_move(page: Page, jupyterlab: Server) -> None:
    play_in(page, jupyterlab, "lab/tree", "views.ipynb")
    cell(page, 0).locator(".jp-OutputArea-promptOverlay").first.click(button="right")
    page.get_by_role("menuitem", name="Create New View for Cell Output").click()
    views = page.locator(SCREEN)
    expect(views).to_have_count(2)
    for i in range(2):
        expect_moving(page, views.nth(i))
    # A view tells its size only once that stays.
    until(
        page,
        """selector => [...document.querySelectorAll(selector)].every((canvas) => {
             const [size, stand] = [canvas, canvas.parentElement].map((part) => part.getBoundingClientRect().width);
             return Math.abs(size - stand) < 1;
           })""",
        arg=SCREEN,
    )
    for i in range(2):
        size, stand = views.nth(i).bounding_box(), page.locator(".rv-picture").nth(i).bounding_box()
        assert size is not None
        assert stand is not None
        assert abs(size["width"] - stand["width"]) < 1  # no margin, and nothing cut off
        assert number(views.nth(i), "frame") > 0
        assert views.nth(i).evaluate("canvas => canvas.width / canvas.clientWidth") == 1  # sharp
