"""A penalty, an optimizer, an activation and a picture that a notebook defines, as a person turns and reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
from playwright.sync_api import Page, expect

from browser.lab_page import (
    expect_playing,
    labels,
    number,
    percent,
    press,
    slider,
    table,
    turn,
    wait_for_label,
    wait_until,
    wait_until_painted,
)
from browser.pages import SCREEN, open_notebook, until
from browser.servers import Server

TESTS = Path(__file__).resolve().parents[1]

LAB = """
from regviz.lab import Lab, Lane

add_all()
Lab(
    CONFIG.replace(**FIELDS, l1=1e-3),
    lanes=[Lane("none"), Lane("thin", ("sparse_units",)), Lane("L1", ("l1",))],
    panels=["weights", "diamond", "shrink", "gradients", AlivePanel],
    title="Drill",
)
"""

THIN = "Sparse group lasso strength λ"


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`regviz app` on a folder with one notebook, which defines all four classes itself."""
    folder = tmp_path_factory.mktemp("drill")
    parts = [(TESTS / name).read_text() for name in ("drills.py", "drill_picture.py")]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in (*parts, LAB)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    (folder / "own").mkdir()
    nbformat.write(notebook, folder / "own" / "drill.ipynb")
    with Server("app", folder / "own", folder) as server:
        yield server


def open_drill(page: Page, server: Server, query: str = "") -> None:
    """Open the notebook and wait for its first frame."""
    open_notebook(page, server.url, "drill.ipynb", query)
    page.wait_for_selector(SCREEN, timeout=60_000)
    wait_until(page, "Number(data.frame) >= 1")


def alive(page: Page) -> dict[str, int]:
    """What the custom picture says: lane → units alive."""
    said = (re.fullmatch(r"(\w+): (\d+) units alive", text) for text in labels(page))
    return {match[1]: int(match[2]) for match in said if match}


def test_their_knob_is_turned_while_they_train_and_every_picture_shows_it(page: Page, drill: Server) -> None:
    open_drill(page, drill)
    expect_playing(page)
    wait_until(page, "Number(data.epoch) > 5")
    assert set(alive(page)) == {"none", "thin", "L1"}
    epoch = number(page, "epoch")
    turn(page, THIN, "End")
    until(
        page, """[...document.querySelectorAll('.rv-labels span')].some(s => s.textContent === 'thin: 0 units alive')"""
    )
    assert number(page, "epoch") >= epoch  # no restart
    assert percent(table(page)["none"]["exactly 0"]) == 0
    assert alive(page)["none"] == 14
    turn(page, THIN, "Home")
    expect(slider(page, THIN)).to_have_attribute("aria-valuetext", "0 (off)")
    expect_playing(page)
    for picture in ("Weights", "Units alive"):
        assert any(text.startswith(picture) for text in labels(page)), picture
    assert sum("sparse group lasso" in text or "λˢ" in text or "thin" in text for text in labels(page)) >= 3


def test_a_link_names_them_and_opens_as_it_was_copied(page: Page, drill: Server) -> None:
    open_drill(page, drill, "?sparse_units=0.02&optimizer=adam&activation=relu&panels=alive,diamond&play=0")
    expect(slider(page, THIN)).to_have_attribute("aria-valuetext", "0.02")
    wait_for_label(page, "Units alive")
    wait_until_painted(page)
    assert not any(text.startswith(("Weights", "What the penalty")) for text in labels(page))
    until(page, "location.search.includes('sparse_units=0.02')")
    query = parse_qs(urlsplit(page.url).query)
    assert (query["optimizer"], query["activation"]) == (["adam"], ["relu"])
    assert query["panels"] == ["alive,diamond"]
    assert page.locator(".rv-notice").is_hidden()
    press(page, "Pictures")
    expect(page.get_by_role("checkbox", name="Alive", exact=True)).to_be_checked()


def test_a_sweep_over_their_strength_ends_with_a_best_value_that_the_knob_takes(page: Page, drill: Server) -> None:
    open_drill(page, drill, "?play=0")
    press(page, "Sweep")
    page.get_by_label("Sweep over").select_option(label="sparse group lasso strength λ")
    press(page, "Run sweep")
    said = page.locator(".rv-drawer .rv-said")
    expect(said).to_contain_text("Done; best", timeout=60_000)
    press(page, "Adopt the best")
    best = said.inner_text().split("λ: ")[1].split(". ")[0]
    expect(slider(page, THIN)).to_have_attribute("aria-valuetext", best)
