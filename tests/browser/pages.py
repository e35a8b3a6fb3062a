"""What a person does on a page: open a lab, look at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

Where = Literal["voila", "jupyterlab"]

SCREEN = 'canvas[data-regviz="screen"]'

ASKED = 40
"""Milliseconds from one question to a page to the next."""

OPENS = 120_000
"""Milliseconds for a page to open and its kernel to start, on a machine that is slow and busy."""


def until(page: Page, function: str, *, arg: Any = None, timeout: float | None = None) -> None:
    """Wait until a JavaScript function of `arg` gives something true; `timeout` in milliseconds.

    Playwright asks at every frame, and a page that is asked makes sixty frames a second, however still it stands.
    """
    page.wait_for_function(function, arg=arg, timeout=timeout, polling=ASKED)


def wait_for_first_frame(page: Page, timeout: float = OPENS) -> None:
    """Wait until the screen shows something; `timeout` in milliseconds."""
    until(page, f"Number(document.querySelector('{SCREEN}')?.dataset.frame ?? 0) >= 1", timeout=timeout)


def open_playground(page: Page, url: str, query: str = "", where: Where = "voila") -> None:
    """Open the playground on the server at `url` and wait for its first frame."""
    open_notebook(page, url, "playground.ipynb", query, where)
    page.wait_for_selector(SCREEN, timeout=OPENS)
    wait_for_first_frame(page)


def open_notebook(page: Page, url: str, notebook: str, query: str = "", where: Where = "voila") -> None:
    """Open `notebook` as a page of Voilà, or in JupyterLab and run all of it through the menu."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    given = "&".join(filter(None, [query.lstrip("?"), parts.query]))
    if where == "voila":
        page.goto(f"{root}/voila/render/{notebook}" + (f"?{given}" if given else ""), timeout=OPENS)
        return
    # `reset` forgets the layout an earlier test left behind.
    page.goto(f"{root}/lab/tree/{notebook}?" + "&".join(filter(None, ["reset", given])), timeout=OPENS)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=OPENS)
    page.locator(".jp-Notebook .jp-Cell .jp-InputPrompt").first.click()  # without focus no notebook is current
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=OPENS)
    _run_all(page)


def run_again(page: Page) -> None:
    """Run all of an open notebook of JupyterLab once more, and wait for the first frame of the lab that it makes."""
    before = page.locator(SCREEN).get_attribute("data-view")
    page.locator(".jp-Notebook .jp-Cell .jp-InputPrompt").first.click()
    _run_all(page)
    until(
        page,
        """([selector, before]) => {
          const { view, frame } = document.querySelector(selector)?.dataset ?? {};
          return view !== before && Number(frame ?? 0) >= 1;
        }""",
        arg=[SCREEN, before],
        timeout=OPENS,
    )


def rest(page: Page) -> None:
    """Pause a lab that plays: it would train beside the tests to come. Whatever was done before has been heard then."""
    pause = page.get_by_role("button", name="Pause", exact=True)
    if pause.is_visible():
        pause.click()
        until(page, f"document.querySelector('{SCREEN}').dataset.state !== 'playing'")


def _run_all(page: Page) -> None:
    def act() -> None:
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    run(page.locator(".jp-Notebook .jp-CodeCell").first, act)


def run(cell: Locator, act: Callable[[], None]) -> None:
    """Do what runs `cell`. What is asked for before the kernel has quite connected, the host drops: ask again.

    A dialog of the host's own, such as that it lost the server for a moment, would be in the way of all to come: it is
    agreed to as a person would, and printed, so that it is in the report of a test that fails.
    """
    prompt, dialog = cell.locator(".jp-InputPrompt"), cell.page.locator(".jp-Dialog")
    before = prompt.inner_text()
    cell.page.add_locator_handler(dialog, _agree)
    try:
        for _ in range(10):
            act()
            try:
                expect(prompt).not_to_have_text(before, timeout=6000)
            except AssertionError:
                continue
            return
    finally:
        cell.page.remove_locator_handler(dialog)
    raise AssertionError("a cell does not run")


def _agree(dialog: Locator) -> None:
    print("the host said:", dialog.inner_text())
    dialog.locator(".jp-mod-accept").click()


def frame(page: Page) -> int:
    """Number of the frame that is on the screen."""
    return int(page.locator(SCREEN).get_attribute("data-frame") or 0)


def step(page: Page) -> int:
    """Training step of the frame that is on the screen."""
    return int(page.locator(SCREEN).get_attribute("data-step") or 0)
