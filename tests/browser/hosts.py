"""Notebooks of one's own in JupyterLab and in Notebook 7, as a person opens, runs and saves them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from browser.pages import OPENS, SCREEN, run
from browser.servers import Server

Host = Literal["lab/tree", "notebooks"]
"""The first part of the address of a notebook: JupyterLab's or Notebook 7's."""

HOSTS: tuple[Host, ...] = ("lab/tree", "notebooks")

LAB = "from regviz import Config\nfrom regviz.lab import Lab\nLab()"


def write(server: Server, name: str, cells: Sequence[str]) -> None:
    """Put a notebook of these cells beside the project's own."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    content = {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"cell-{i}",
                "metadata": {},
                "outputs": [],
                "source": cell,
            }
            for i, cell in enumerate(cells)
        ],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (server.notebooks / name).write_text(json.dumps(content), encoding="utf-8")


def visit(page: Page, server: Server, host: Host, name: str) -> None:
    """Open a notebook and wait until its kernel can be asked for something."""
    page.goto(server.address(f"/{host}/{name}", "reset" if host == "lab/tree" else ""), timeout=OPENS)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=OPENS)
    server.wait_for_session(name)
    page.locator(".jp-Notebook .jp-Cell .jp-InputPrompt").first.click()  # without focus no notebook is current


def menu(page: Page, *names: str) -> None:
    """Choose an entry of a menu."""
    for name in names:
        page.get_by_role("menuitem", name=re.compile(f"^{re.escape(name)}")).first.click()


def run_all(page: Page) -> None:
    """Run every cell through the menu."""
    run(cell(page, 0), lambda: menu(page, "Run", "Run All Cells"))


def save(page: Page) -> None:
    """Save through the menu, and wait until it is done."""
    with page.expect_response(lambda reply: reply.request.method == "PUT" and "/api/contents/" in reply.url):
        menu(page, "File", "Save Notebook")


def run_cell(page: Page, i: int) -> None:
    """Run cell `i` alone; the focus stays on it."""

    def press() -> None:
        cell(page, i).locator(".cm-content").click()
        page.keyboard.press("Control+Enter")

    run(cell(page, i), press)


def shift_enter(page: Page, i: int, focused: Locator) -> None:
    """Run cell `i` by the host's key while `focused`, a part of its output, has the focus."""

    def press() -> None:
        cell(page, i).locator(".jp-InputPrompt").click()
        focused.focus()
        expect(cell(page, i)).to_have_class(re.compile("jp-mod-active"))
        page.keyboard.press("Shift+Enter")

    run(cell(page, i), press)


def cell(page: Page, i: int) -> Locator:
    """The cell at position `i`."""
    return page.locator(".jp-Notebook .jp-Cell").nth(i)


def lab_of(page: Page, i: int) -> Locator:
    """The canvas of the lab that is the output of cell `i`."""
    return cell(page, i).locator(SCREEN)


def number(canvas: Locator, name: str) -> int:
    """One of the numbers that a canvas says of itself."""
    return int(canvas.get_attribute(f"data-{name}") or 0)


def expect_moving(page: Page, canvas: Locator) -> None:
    """Wait until a lab that plays has shown five more frames, with something in them."""
    expect(canvas).to_be_visible()
    view, first, deadline = "", 0, time.monotonic() + 60
    while True:
        now = canvas.evaluate("canvas => ({...canvas.dataset})")
        frame = int(now["frame"])
        if now["view"] != view:  # the first look, or the host has shown the output anew
            view, first = now["view"], frame
        elif frame >= first + 5:
            break
        assert time.monotonic() < deadline, f"the lab has shown {frame - first} frames in 60 s"
        page.wait_for_timeout(50)
    black = canvas.evaluate(
        """(canvas) => {
          const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const pixels = new Uint32Array(data.buffer);
          return pixels.reduce((count, pixel) => count + (pixel === 0xff000000), 0) / pixels.length;
        }"""
    )
    assert black < 0.5
