"""Screenshots of every notebook at every size and in every look, to be looked at one by one; and their defects.

    python tests/browser/screens.py FOLDER --notebooks 03_l1_l2 --where voila --looks dark --sizes 390x844

Everything is taken unless options say less: the notebooks in Voilà and JupyterLab, light, dark and projector, at three
sizes, and each lesson before its answer, when it asks why, and after its verdict. A page is opened once and then
resized, so that all pictures of a lesson show the same numbers. What `defects` finds is printed, one line each.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from browser.chromium import ARGUMENTS, find_chromium
from browser.defects import below_the_fold, defects, scroll_to_top
from browser.lab_page import press, wait_until, wait_until_painted
from browser.pages import SCREEN, Where, open_notebook, until, wait_for_first_frame
from browser.servers import NOTEBOOKS, Server

NAMES = tuple(sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")))
LOOKS = ("light", "dark", "projector")
SIZES: dict[str, ViewportSize] = {
    f"{width}x{height}": {"width": width, "height": height} for width, height in ((1280, 720), (1920, 1080), (390, 844))
}
MOMENTS = ("question", "because", "verdict")
COMMANDS: dict[Where, str] = {"voila": "app", "jupyterlab": "lab"}


def show(page: Page, size: ViewportSize) -> None:
    """Give the page another size and wait until the lab has filled it."""
    page.set_viewport_size(size)
    # The lab has heard of it, too.
    until(
        page,
        """([width, screen]) => innerWidth === width &&
          Math.floor(document.querySelector('.rv-picture').clientWidth)
            === parseFloat(document.querySelector(screen).style.width)""",
        arg=[size["width"], SCREEN],
    )
    wait_until_painted(page)
    scroll_to_top(page)


def wear(page: Page, look: str) -> None:
    """Put the lab into light, dark or projector (which is light)."""
    app = page.locator(".rv-app")
    mode = "dark" if look == "dark" else "light"
    if app.get_attribute("data-mode") != mode:
        press(page, mode.title())
        expect(app).to_have_attribute("data-mode", mode)
    if (app.get_attribute("data-projector") is not None) != (look == "projector"):
        press(page, "Projector")
        expect(page.locator(".rv-app[data-projector]")).to_have_count(int(look == "projector"))
    wait_until_painted(page)


def open_lab(page: Page, server: Server, name: str, where: Where = "voila") -> None:
    """Open a notebook's lab, held, and wait for its first frame."""
    open_notebook(page, server.url, f"{name}.ipynb", "play=0&speed=4×" if where == "voila" else "", where)
    if where == "jupyterlab":
        page.keyboard.press("Control+B")  # the list of files would take half of a phone
    wait_for_first_frame(page, 60_000)
    if where == "voila":  # held; what stands around the picture may come after its first frame, and takes room from it
        wait_until_painted(page)


def give_an_answer(page: Page) -> None:
    """Answer a lesson's question, with its first choice; then it may ask why."""
    page.locator(".rv-ask button").first.click()
    expect(page.locator(".rv-lesson")).not_to_have_attribute("data-phase", "ask")


def come_to_the_end(page: Page, name: str) -> None:
    """Say why, and wait for a lesson's verdict, or let the playground train a while; then pause."""
    if name == "playground":
        play(page)
        wait_until(page, "Number(data.epoch) >= 120", 60)
    else:
        if page.locator(".rv-because").is_visible():
            page.locator(".rv-because button").first.click()
        play(page)
        expect(page.locator(".rv-explain")).to_be_visible(timeout=60_000)
        expect(page.locator(".rv-break")).to_be_visible()
    press(page, "Pause")
    wait_until_painted(page)


def play(page: Page) -> None:
    """Let the lab train, if it does not do so by itself (a page of Voilà was opened held)."""
    button = page.locator(".rv-play")
    expect(button).not_to_have_text("Answer first")
    if button.inner_text() == "Play":
        button.click()


def stages(page: Page, name: str) -> Iterator[str]:
    """The moments at which to look: before a lesson's answer, before its reason, and after its verdict."""
    if name != "playground":
        yield "question"
        give_an_answer(page)
        yield "because"
    come_to_the_end(page, name)
    yield "verdict"


@contextmanager
def visitor(browser: Browser) -> Iterator[Page]:
    """A fresh visitor's page."""
    context = browser.new_context(viewport=SIZES["1280x720"], color_scheme="light")
    try:
        yield context.new_page()
    finally:
        context.close()


def take(page: Page, server: Server, name: str, where: Where, chosen: argparse.Namespace) -> Iterator[str]:
    """Take one notebook's pictures; yields a line for each defect."""
    open_lab(page, server, name, where)
    for moment in stages(page, name):
        if moment not in chosen.moments:
            continue
        for look in chosen.looks:
            show(page, SIZES["1280x720"])  # where every button can be reached
            wear(page, look)
            for size in chosen.sizes:
                show(page, SIZES[size])
                shot = f"{name}-{moment}-{where}-{look}-{size}"
                if where == "voila" and size == "390x844":  # all of the column, which scrolls
                    for _ in range(2):  # a page that is not low is a little longer
                        high = page.evaluate("Math.ceil(document.querySelector('.rv-app').scrollHeight)")
                        show(page, {"width": 390, "height": max(844, high)})
                page.screenshot(path=chosen.folder / f"{shot}.png")
                wrong = defects(page)
                if where == "voila" and name != "playground" and look != "projector" and size != "390x844":
                    wrong += below_the_fold(page)
                yield from (f"{shot}: {line}" for line in wrong)


def options() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("folder", nargs="?", type=Path, help="where the pictures go (default: a new one)")
    parser.add_argument("--notebooks", nargs="+", default=NAMES, choices=NAMES)
    parser.add_argument("--where", nargs="+", default=get_args(Where), choices=get_args(Where))
    parser.add_argument("--looks", nargs="+", default=LOOKS, choices=LOOKS)
    parser.add_argument("--sizes", nargs="+", default=tuple(SIZES), choices=tuple(SIZES))
    parser.add_argument("--moments", nargs="+", default=MOMENTS, choices=MOMENTS)
    parser.add_argument(
        "--first-screen", action="store_true", help="what is seen without scrolling, not the whole page"
    )
    chosen = parser.parse_args()
    chosen.folder = chosen.folder or Path(tempfile.mkdtemp(prefix="regviz-screens-"))
    chosen.folder.mkdir(parents=True, exist_ok=True)
    return chosen


def main() -> int:
    """Take the pictures, print the defects; returns 1 if there are any."""
    chosen, count = options(), 0
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find_chromium(playwright), args=list(ARGUMENTS)) as browser,
    ):
        for where in chosen.where:
            with tempfile.TemporaryDirectory() as folder, Server(COMMANDS[where], NOTEBOOKS, Path(folder)) as server:
                for name in chosen.notebooks:
                    with visitor(browser) as page:
                        for line in take(page, server, name, where, chosen):
                            print(line, flush=True)
                            count += 1
                    if where == "jupyterlab":
                        server.end_sessions()
    print(f"{count} defects; the pictures are in {chosen.folder}")
    return int(count > 0)


if __name__ == "__main__":
    sys.exit(main())
