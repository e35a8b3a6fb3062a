"""Which scripts a page's head names."""

from __future__ import annotations

from fake_time import Clock
from regviz.lab.serve.early import LEARNS, MOST, Early

PAGE = "http://host/base/voila/render/lessons/01.ipynb?l1=0.01"


def test_scripts_of_a_page_are_known_once_a_browser_has_asked_for_them() -> None:
    early = Early(Clock())
    assert early.scripts("lessons/01.ipynb") == []
    for rest in ("voila.js", "12.js?v=1", "voila.js"):
        early.note(PAGE, "static", rest)
    assert early.scripts("lessons/01.ipynb") == [("static", "voila.js"), ("static", "12.js?v=1")]
    assert early.scripts("playground.ipynb") == []


def test_what_is_loaded_later_or_for_no_page_or_too_much_is_not_named() -> None:
    clock = Clock()
    early = Early(clock)
    early.note(PAGE, "static", "before.js")
    early.scripts("lessons/01.ipynb")
    for address in ("", "http://host/", "http://host/voila/render/other.ipynb", "http://[/voila"):
        early.note(address, "static", "stray.js")
    assert early.scripts("lessons/01.ipynb") == []
    for i in range(MOST + 5):
        early.note(PAGE, "static", f"{i}.js")
    clock.now += LEARNS
    early.note(PAGE, "static", "late.js")
    found = early.scripts("lessons/01.ipynb")
    assert len(found) == MOST
    assert ("static", "late.js") not in found
