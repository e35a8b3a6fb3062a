"""What one takes away really arrives, and a table of one's own really trains, in JupyterLab and under Voilà."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from browser.lab_page import expect_playing, table, wait_until

PASSENGERS = Path(__file__).parents[1] / "engine" / "tables" / "files" / "passengers.csv"


def opened(page: Page, drawer: str) -> None:
    page.get_by_role("button", name=drawer, exact=True).click()


def downloaded(page: Page, button: str) -> tuple[str, bytes]:
    with page.expect_download(timeout=120_000) as download:
        page.get_by_role("button", name=button, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_files_arrive_under_telling_names(lab: Page) -> None:
    wait_until(lab, "Number(data.epoch) > 3")  # a film has an image for each
    opened(lab, "Take away")
    name, content = downloaded(lab, "CSV")
    assert name.startswith("regviz-moons-epoch")
    lanes = {row["lane"] for row in csv.DictReader(io.StringIO(content.decode()))}
    assert lanes == {"none", "L1 0.001", "L2 0.001", "dropout 0.5"} == set(table(lab))
    name, content = downloaded(lab, "Make film")
    assert name.endswith(".webp")
    with Image.open(io.BytesIO(content)) as film:
        assert film.n_frames > 1  # type: ignore[attr-defined]


def test_code_is_copied_as_it_is_read(lab: Page) -> None:
    lab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(lab, "Take away")
    lab.get_by_role("button", name="Show code").click()
    lab.get_by_role("tab", name="dropout", exact=True).click()
    lab.get_by_role("tab", name="PyTorch").click()
    lab.get_by_role("button", name="Copy", exact=True).click()
    expect(lab.get_by_role("button", name="Copied")).to_be_visible()
    text = lab.evaluate("navigator.clipboard.readText()")
    assert "nn.Dropout(0.5)" in text
    assert text == lab.locator(".rv-code pre").text_content()


def test_the_passengers_train_after_three_clicks_with_all_rows_and_columns(lab: Page) -> None:
    opened(lab, "Your data")
    with lab.expect_file_chooser() as chooser:
        lab.get_by_role("button", name="Choose a file…", exact=True).click()
    chooser.value.set_files(PASSENGERS)
    size = lab.locator(".rv-desk-size")
    expect(size).to_have_text("200 rows, 9 inputs, 2 classes")
    expect(lab.locator(".rv-knob-data select")).to_have_value("two moons")  # nothing trains on it yet
    lab.get_by_role("button", name="Train on it").click()
    expect(lab.get_by_text("The lab trains on passengers now: 200 rows, 9 inputs, 2 classes.")).to_be_visible()
    expect(lab.locator(".rv-knob-data select")).to_have_value("passengers")
    expect_playing(lab)
