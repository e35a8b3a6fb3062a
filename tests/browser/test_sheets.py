"""Lessons on paper, as a browser prints them: one page of A4 with the questions, two at most with the answers."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lessons import LESSONS

ANSWERED = "07_initialization"
"""Its networks are clear after ten epochs."""

OVER = """() => [...document.querySelectorAll("body *")].filter(part =>
  part.getBoundingClientRect().right > document.body.getBoundingClientRect().right + 1).map(part => part.outerHTML)"""


def write(folder: Path, *arguments: str) -> list[Path]:
    """The pages that `regviz sheet` writes into `folder`."""
    command = [sys.executable, "-W", "error", "-m", "regviz.lab.serve.cli", "sheet", *arguments, "--to", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return [Path(line) for line in done.stdout.splitlines()]


def printed(page: Page, file: Path) -> int:
    """How many pages of A4 a file takes."""
    page.goto(file.as_uri())
    page.emulate_media(media="print")
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


@pytest.mark.timeout(900)  # seconds; all lessons, of which one trains, on a slow machine
def test_a_sheet_is_one_page_of_a4_and_with_answers_it_is_two_at_most(page: Page, tmp_path: Path) -> None:
    for file in write(tmp_path, *LESSONS):
        assert printed(page, file) == 1, file.name
        assert page.evaluate(OVER) == []
        assert page.locator("img").evaluate("image => image.complete && image.naturalWidth > 600")
    (answers,) = write(tmp_path, ANSWERED, "--answers")
    assert printed(page, answers) <= 2
    assert page.evaluate(OVER) == []
