"""Where is a Chromium? As a script: print its path, or how to get one (exit code 1). `--shell` asks for the shell."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable

from playwright.sync_api import Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
"""The same engine without windows, tabs and menus: pages are the same, and take fewer processor seconds."""

HOW_TO_GET_ONE = (
    "The browser tests need Chromium. On Debian: apt-get install chromium. "
    "Elsewhere: .venv/bin/playwright install chromium, or set REGVIZ_CHROMIUM to the path of a Chromium or Chrome."
)


def find_chromium(playwright: Playwright) -> str | None:
    """Path of the Chromium to use: the one REGVIZ_CHROMIUM names, else the system's, else Playwright's own."""
    return _first(_given() or (*NAMES, playwright.chromium.executable_path))


def find_shell() -> str | None:
    """Path of the headless shell, or of the one that REGVIZ_CHROMIUM names: nothing else is used then."""
    return _first(_given() or SHELLS)


def _given() -> tuple[str, ...]:
    return tuple(filter(None, [os.environ.get("REGVIZ_CHROMIUM")]))


def _first(candidates: Iterable[str]) -> str | None:
    return next((path for path in map(shutil.which, candidates) if path), None)


def main() -> int:
    """Print the path that is asked for; returns 1 if there is none."""
    if "--shell" in sys.argv[1:]:
        found = find_shell()
    else:
        with sync_playwright() as playwright:
            found = find_chromium(playwright)
    print(found or HOW_TO_GET_ONE)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
