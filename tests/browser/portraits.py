"""Take the README's pictures: the playground in light and dark, a table at the desk, and a few seconds of it moving.

Run `python tests/browser/portraits.py`; the pictures land in `tests/browser/portraits/`. They are screenshots of the
real page in a real browser, with whatever the networks really did.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from browser.chromium import ARGUMENTS, find_chromium
from browser.lab_page import drag, wait_until
from browser.pages import open_playground
from browser.servers import NOTEBOOKS, Server

FOLDER = Path(__file__).parent / "portraits"
PASSENGERS = Path(__file__).parents[1] / "engine" / "tables" / "files" / "passengers.csv"

STILL: ViewportSize = {"width": 1440, "height": 1010}
FILM: ViewportSize = {"width": 1180, "height": 830}
DESK: ViewportSize = {"width": 1180, "height": 660}
FRAMES, SECONDS_PER_FRAME = 45, 0.14


def visitor(browser: Browser, size: ViewportSize, scheme: Literal["light", "dark"]) -> Page:
    """A fresh visitor's page, alone: the last visitor leaves first."""
    for context in browser.contexts:
        context.close()
    return browser.new_context(viewport=size, color_scheme=scheme).new_page()


def still(page: Page, server: Server, name: str, query: str, epoch: int) -> None:
    """One picture of a playground that `query` starts, after `epoch` epochs."""
    open_playground(page, server.url, query)
    wait_until(page, f"Number(data.epoch) >= {epoch}", 60)
    page.keyboard.press(" ")
    wait_until(page, "data.state === 'paused'")
    page.keyboard.press("e")  # to an epoch's end, whose weights are those of the table
    page.wait_for_timeout(900)  # the sentence changes no more often than it can be read
    save(page.screenshot(), FOLDER / f"{name}.png")


def desk(page: Page, server: Server, name: str) -> None:
    """The preview of a table that was chosen, above pictures that still train on something else."""
    open_playground(page, server.url)
    page.get_by_role("button", name="Your data", exact=True).click()
    page.locator(".rv-desk input[type=file]").set_input_files(PASSENGERS)
    page.locator(".rv-desk[data-state=table]").wait_for()
    page.mouse.move(0, 0)
    save(page.screenshot(), FOLDER / f"{name}.png")


def film(page: Page, server: Server, name: str) -> None:
    """A few seconds in which λ and p are turned."""
    open_playground(page, server.url, "speed=4×")
    pictures = []
    for i in range(FRAMES):
        if i == FRAMES // 3:
            drag(page, "L1 strength λ", 0.78)
        if i == 2 * FRAMES // 3:
            drag(page, "Dropout rate p", 0.9)
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        pictures.append(shot.resize((shot.width * 3 // 4, shot.height * 3 // 4), Image.Resampling.LANCZOS))
        page.wait_for_timeout(40)
    duration = round(1000 * SECONDS_PER_FRAME)
    first, *rest = pictures
    first.save(
        FOLDER / f"{name}.webp", save_all=True, append_images=rest, duration=duration, loop=0, quality=45, method=4
    )


def save(data: bytes, path: Path) -> None:
    """Write a screenshot with as many colours as charts and text need: a third of the bytes."""
    Image.open(io.BytesIO(data)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """Take every picture."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        Server("app", NOTEBOOKS, Path(folder)) as server,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find_chromium(playwright), args=list(ARGUMENTS)) as browser,
    ):
        still(visitor(browser, STILL, "light"), server, "light", "", 300)
        still(visitor(browser, STILL, "dark"), server, "dark", "data=digits&seed=3", 150)
        desk(visitor(browser, DESK, "light"), server, "desk")
        film(visitor(browser, FILM, "light"), server, "moving")
    for path in sorted(FOLDER.iterdir()):
        print(f"{path.relative_to(FOLDER.parents[2])}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
