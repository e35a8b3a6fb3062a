"""The lab in a person's own notebooks, in JupyterLab and in Notebook 7."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from browser.chromium import show_tab
from browser.hosts import HOSTS, LAB, Host, expect_moving, idle, lab_of, run_all, save, visit, write
from browser.servers import Server

pytestmark = pytest.mark.slow

both = pytest.mark.parametrize("host", HOSTS)


@both
def test_twenty_reloads_show_a_picture_that_moves(page: Page, jupyterlab: Server, host: Host) -> None:
    write(jupyterlab, "reload.ipynb", [LAB])
    visit(page, jupyterlab, host, "reload.ipynb")
    run_all(page)
    expect_moving(page, lab_of(page, 0))
    save(page)
    for _ in range(20):
        page.reload()
        expect_moving(page, lab_of(page, 0))


@both
def test_of_two_tabs_the_one_in_front_moves_each_of_ten_times(real_tab: Page, jupyterlab: Server, host: Host) -> None:
    write(jupyterlab, "tabs.ipynb", [LAB])
    visit(real_tab, jupyterlab, host, "tabs.ipynb")
    run_all(real_tab)
    expect_moving(real_tab, lab_of(real_tab, 0))
    save(real_tab)
    other = real_tab.context.new_page()
    other.bring_to_front()
    other.goto(real_tab.url, timeout=60_000)
    idle(other)
    for _ in range(10):
        for tab in (other, real_tab):
            show_tab(tab)
            expect_moving(tab, lab_of(tab, 0))
