"""Where is a Chromium? As a script: print its path, or how to get one (exit code 1)."""

from __future__ import annotations

import os
import shutil
import sys

from playwright.sync_api import Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

HOW_TO_GET_ONE = (
    "The browser tests need Chromium. On Debian: apt-get install chromium. "
    "Elsewhere: .venv/bin/playwright install chromium, or set REGVIZ_CHROMIUM to the path of a Chromium or Chrome."
)


def find_chromium(playwright: Playwright) -> str | None:
    """Path of the Chromium to use: the one REGVIZ_CHROMIUM names, else the system's, else Playwright's own."""
    given = os.environ.get("REGVIZ_CHROMIUM")
    candidates = [given] if given else [*NAMES, playwright.chromium.executable_path]
    return next((path for path in map(shutil.which, candidates) if path), None)


if __name__ == "__main__":
    with sync_playwright() as playwright:
        found = find_chromium(playwright)
    print(found or HOW_TO_GET_ONE)
    sys.exit(0 if found else 1)
