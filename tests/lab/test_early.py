"""Which scripts a page's head names."""

from __future__ import annotations

from pathlib import Path

import pytest

from fake_time import Clock
from regviz.lab.serve.pages.assets import is_own
from regviz.lab.serve.pages.early import LEARNS, MOST, MOST_BYTES, Early

PAGE = "http://host/base/voila/render/lessons/01.ipynb?l1=0.01"


def test_scripts_of_a_page_are_known_once_a_browser_has_asked_for_them() -> None:
    early = Early(Clock())
    assert early.scripts("lessons/01.ipynb") == []
    for rest in ("voila.js", "12.js?v=1", "voila.js"):
        early.note(PAGE, "static", rest, 9)
    assert early.scripts("lessons/01.ipynb") == [("static", "voila.js"), ("static", "12.js?v=1")]
    assert early.scripts("playground.ipynb") == []


def test_what_is_loaded_later_or_for_no_page_or_too_much_is_not_named() -> None:
    clock = Clock()
    early = Early(clock)
    early.note(PAGE, "static", "before.js", 9)
    early.scripts("lessons/01.ipynb")
    for address in ("", "http://host/", "http://host/voila/render/other.ipynb", "http://[/voila"):
        early.note(address, "static", "stray.js", 9)
    assert early.scripts("lessons/01.ipynb") == []
    for i in range(MOST + 5):
        early.note(PAGE, "static", f"{i}.js", 9)
    clock.now += LEARNS
    early.note(PAGE, "static", "late.js", 9)
    found = early.scripts("lessons/01.ipynb")
    assert len(found) == MOST
    assert ("static", "late.js") not in found


def test_whoever_pretends_to_be_a_page_makes_later_ones_load_what_is_served_once_and_not_without_end() -> None:
    early = Early(Clock())
    early.scripts("lessons/01.ipynb")
    for i in range(20):
        early.note(PAGE, "static", f"{i}.js", MOST_BYTES // 4)
    assert len(early.scripts("lessons/01.ipynb")) == 4


@pytest.mark.parametrize(
    ("query", "own"),
    [("", True), ("v=3ff9ceddc3770116", True), ("1", False), ("v=3ff9", False), ("v=", False), ("v=170&v=170", False)],
)
def test_a_script_has_one_address_whatever_is_asked_for(query: str, own: bool) -> None:
    assert is_own(query, Path("static/170.3ff9ceddc3770116.js")) is own
