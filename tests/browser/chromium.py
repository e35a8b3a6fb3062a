"""A Chromium to test with, and what is watched while a page is open."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright
from playwright.sync_api import Error as PlaywrightError

from browser.find_chromium import HOW_TO_GET_ONE, find_chromium, find_shell

Motion = Literal["no-preference", "reduce"]
"""What a visitor's system asks of pages that move."""

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No other machine can be reached, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def chromium(playwright: Playwright) -> str:
    """Path of the Chromium to use. A missing browser fails the test: a skipped one would look like a pass."""
    return find_chromium(playwright) or pytest.fail(HOW_TO_GET_ONE)


def headless(playwright: Playwright) -> str:
    """Path of the headless shell, which is enough for pages that are always in front; else of `chromium`."""
    return find_shell() or chromium(playwright)


@dataclass
class Watch:
    """What went wrong on the pages of one context: uncaught errors, and requests to other machines."""

    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> Watch:
        """Watch every page of `context`, those to come included."""
        context.on("request", lambda request: self.ask(request.url))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("page", self._sockets)
        for page in context.pages:
            self._sockets(page)
        return self

    def ask(self, url: str) -> None:
        """Note `url` if it leads to another machine."""
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost"):
            self.strangers.append(url)

    def complaint(self) -> str:
        """Everything that was seen, or nothing."""
        lines = [f"uncaught in the page: {error}" for error in self.errors]
        return "\n".join([*lines, *(f"asked another machine: {url}" for url in self.strangers)])

    def _sockets(self, page: Page) -> None:
        page.on("websocket", lambda socket: self.ask(socket.url))


@contextmanager
def real_tab(playwright: Playwright) -> Iterator[Page]:
    """A page that can really be hidden: Playwright's usual pages are told that they are always in front."""
    # Chromium's helpers may still write into the profile when the browser itself has ended.
    with tempfile.TemporaryDirectory(prefix="regviz-chromium-", ignore_cleanup_errors=True) as profile:
        arguments = [*ARGUMENTS, "--remote-debugging-port=0", "--window-size=1440,900", f"--user-data-dir={profile}"]
        process = subprocess.Popen([chromium(playwright), *arguments, "about:blank"], stderr=subprocess.DEVNULL)
        try:
            address = _debugging_address(Path(profile) / "DevToolsActivePort")
            browser = playwright.chromium.connect_over_cdp(address, no_defaults=True)
            try:
                yield browser.contexts[0].pages[0]
            finally:
                for page in browser.contexts[0].pages:
                    page.goto("about:blank")  # A page that is killed cannot say goodbye.
                browser.close()
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def hide_tab(page: Page) -> Page:
    """Hide a `real_tab` behind another tab, which is returned."""
    other = page.context.new_page()
    other.bring_to_front()
    page.wait_for_function("document.visibilityState === 'hidden'", polling=50)
    return other


def show_tab(page: Page) -> None:
    """Bring a hidden `real_tab` back to the front."""
    page.bring_to_front()
    page.wait_for_function("document.visibilityState === 'visible'", polling=50)


def leave(page: Page) -> None:
    """Close a page as a person does, so that it can say goodbye."""
    with page.expect_event("close"):
        page.close(run_before_unload=True)


def told(page: Page) -> str:
    """What stands on a page, dialogs first, or why it cannot be asked."""
    try:
        texts: list[str] = page.evaluate(
            "() => [...document.querySelectorAll('dialog, [role=dialog]'), document.body].map((part) => part.innerText)"
        )
    except PlaywrightError as error:
        return str(error)
    return "\n--\n".join(texts)[:6000]


def _debugging_address(file: Path) -> str:
    for _ in range(200):
        text = file.read_text() if file.exists() else ""
        if match := re.match(r"(\d+)\n(\S+)", text):
            return f"ws://127.0.0.1:{match[1]}{match[2]}"
        time.sleep(0.1)
    raise TimeoutError("Chromium did not open its debugging port within 20 s")
