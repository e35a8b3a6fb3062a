"""How live is the lab? Painted frames per second, and the time from a slider's turn to the first frame it changed.

Measured in a real browser by reading pixels at every animation frame, for the lab's own screen and for the two usual
ways of showing a Matplotlib figure that moves, with the same four panels and the same training. Run it by `make bench`;
it writes live.md and live.json beside itself.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from typing import cast

import nbformat
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from browser.chromium import ARGUMENTS, hide_tab, leave, real_tab, show_tab  # noqa: E402
from browser.find_chromium import HOW_TO_GET_ONE, find_chromium  # noqa: E402
from browser.pages import SCREEN, Where, open_notebook  # noqa: E402
from browser.servers import Server  # noqa: E402

WIDTH, HEIGHT = 1100, 650
"""Of every way's picture, in CSS pixels."""

WARM_UP = 4.0
"""Seconds before the measurement: start, first layout, caches."""


@dataclass(frozen=True)
class Way:
    """One way of showing the figure: its notebook, its picture in the page, its slider's name."""

    name: str
    source: str
    picture: str
    slider: str
    marked: bool = True
    same_size: bool = True
    """Whether its picture is made as large as that of the others; six pictures need a larger one."""
    runs: int = 1
    """In how many pages, one after the other; what is told is the median of each figure."""


SLIDER = "[aria-label='L1 strength λ']"
SIX = ["loss", "weights", "fit", "mask", "network", "gradients"]

WAYS = (
    Way("regviz's screen", "from regviz.lab import Lab\n\nLab()", SCREEN, SLIDER, marked=False, runs=3),
    Way(
        "the same with six pictures",
        f"from regviz.lab import Lab\n\nLab(panels={SIX})",
        SCREEN,
        SLIDER,
        marked=False,
        same_size=False,
    ),
    Way("ipympl, draw_idle", "import peers\n\npeers.with_ipympl()", ".jupyter-widgets canvas", ".noUi-handle"),
    Way("Output, clear and display", "import peers\n\npeers.with_output()", ".jupyter-widgets img", ".noUi-handle"),
)


@dataclass(frozen=True)
class Result:
    """What one way did at one place: frames per second, and milliseconds from turn to frame."""

    way: str
    where: Where
    frames_per_second: float
    latency_p50: float
    latency_p95: float
    turns: int
    width: int
    height: int


def measure(browser: Browser, server: Server, way: Way, where: Where, seconds: float, turns: int) -> Result:
    """Open `way`'s notebook, let it run, then turn its slider."""
    context = browser.new_context(viewport={"width": 1440, "height": 1060}, device_scale_factor=1)
    page = context.new_page()
    page.set_default_timeout(60_000)
    open_notebook(page, server.url, f"{WAYS.index(way)}.ipynb", "theme=light", where)
    page.locator(way.picture).first.wait_for()
    if where == "jupyterlab":
        page.keyboard.press("Control+b")  # the side bar takes room
    if not way.marked and way.same_size:
        _make_room(page, way.picture)
    page.evaluate(f"({(HERE / 'probe.js').read_text()})({json.dumps({'find': way.picture, 'marked': way.marked})})")
    page.wait_for_timeout(1000 * WARM_UP)

    page.evaluate("probe.frames.length = 0")
    start = page.evaluate("performance.now()")
    page.wait_for_timeout(1000 * seconds)
    frames, end, (width, height) = page.evaluate("[probe.frames.length, performance.now(), probe.size]")

    handle = page.locator(way.slider).first
    handle.focus()
    for turn in range(turns):
        handle.press("ArrowLeft" if turn % 2 else "ArrowRight")
        page.wait_for_function(f"probe.turns.length > {turn}", timeout=20_000)
        page.wait_for_timeout(300 + 37 * (turn % 7))  # never in step with the frames
    latencies = page.evaluate("probe.turns")
    leave(page)
    context.close()
    cuts = quantiles(latencies, n=20, method="inclusive")
    rate = 1000 * frames / (end - start)
    return Result(way.name, where, round(rate, 1), round(cuts[9]), round(cuts[18]), len(latencies), width, height)


def middle(runs: Sequence[Result]) -> Result:
    """The median of each figure of some runs of one way."""
    figures = ("frames_per_second", "latency_p50", "latency_p95")
    return replace(runs[0], **{name: median(getattr(run, name) for run in runs) for name in figures})


@dataclass(frozen=True)
class Hidden:
    """What the lab does in a hidden tab at one place."""

    where: Where
    kernel_percent: float
    """Of a processor, from 2 s after the tab was hidden."""
    return_ms: list[float]
    """From the tab's coming back to the first frame with a new step, each time."""


WATCH_RETURN = """(selector) => {
  const canvas = document.querySelector(selector);
  window.returns = [];
  let shown = null;
  document.addEventListener("visibilitychange", () => { shown = document.hidden ? null : performance.now(); });
  new MutationObserver(() => {
    if (shown !== null) returns.push(performance.now() - shown);
    shown = null;
  }).observe(canvas, { attributes: true, attributeFilter: ["data-step"] });
}"""


def hide(playwright: Playwright, server: Server, where: Where, times: int = 5) -> Hidden:
    """Hide the lab's tab, look at the kernel, and show the tab again; `times` times."""
    with real_tab(playwright) as page:
        open_notebook(page, server.url, "0.ipynb", "theme=light", where)
        page.locator(SCREEN).first.wait_for()
        page.wait_for_timeout(1000 * WARM_UP)
        page.evaluate(WATCH_RETURN, SCREEN)
        busy = []
        for time_ in range(times):
            hide_tab(page)
            time.sleep(2)
            busy.append(server.kernel_cpu(2.0))
            show_tab(page)
            page.wait_for_function(f"returns.length > {time_}")
            page.wait_for_timeout(1000)
        returns = page.evaluate("returns")
        leave(page)
    return Hidden(where, round(median(busy), 1), [round(value) for value in returns])


def _make_room(page: Page, picture: str) -> None:
    """Make the window so large that the lab's picture is `WIDTH` wide and `HEIGHT` high, as its peers are."""
    for _ in range(10):
        page.wait_for_timeout(1000)  # for the layout that follows the first one, or a change of the window
        box = page.locator(picture).first.evaluate("e => e.getBoundingClientRect().toJSON()")
        wide, high = WIDTH - round(box["width"]), HEIGHT - round(box["height"])
        if wide == high == 0:
            return
        size = page.viewport_size
        assert size is not None
        page.set_viewport_size({"width": size["width"] + wide, "height": size["height"] + high})
    raise AssertionError(f"the picture stays {box['width']} × {box['height']} instead of {WIDTH} × {HEIGHT}")


def write_notebooks(folder: Path) -> None:
    """One notebook per way, and the module they import."""
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    for i, way in enumerate(WAYS):
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
        notebook.cells.append(nbformat.v4.new_code_cell(way.source))
        nbformat.write(notebook, folder / f"{i}.ipynb")
    shutil.copy(HERE / "peers.py", folder)


def report(results: list[Result], tabs: list[Hidden]) -> str:
    """The results as a page of Markdown."""
    places = {"voila": "Voilà", "jupyterlab": "JupyterLab"}
    shown = [place for place in places if any(r.where == place for r in results)]
    packages = ("matplotlib", "ipympl", "ipywidgets", "jupyterlab", "voila")
    lines = [
        "# How live is it?",
        "",
        "Painted frames per second; milliseconds from a slider's turn to the first frame it changed, p50 / p95.",
        "Four pictures if not said otherwise, training running, device pixel ratio 1; pixels read at every animation",
        f"frame. Browser, server and kernel share one machine with {os.cpu_count()} cores. Of {WAYS[0].name} these are",
        f"the medians of {WAYS[0].runs} pages. Written by `make bench`.",
        "",
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in packages) + ".",
        "",
        "| way | size | " + " | ".join(places[place] for place in shown) + " |",
        "|---|---|" + "---|" * len(shown),
    ]
    for way in WAYS:
        cells = {r.where: r for r in results if r.way == way.name}
        if not cells:
            continue
        any_cell = next(iter(cells.values()))
        texts = [
            f"{r.frames_per_second:g} fps; {r.latency_p50:g} / {r.latency_p95:g} ms" if (r := cells.get(p)) else "–"
            for p in cast("list[Where]", shown)
        ]
        lines.append(f"| {way.name} | {any_cell.width} × {any_cell.height} | " + " | ".join(texts) + " |")
    for tab in tabs:
        returns = f"{median(tab.return_ms):g} ms (worst {max(tab.return_ms):g}, {len(tab.return_ms)} times)"
        lines += [
            "",
            f"Hidden tab in {places[tab.where]}: 2 s later the kernel takes {tab.kernel_percent:g} % of a processor. "
            f"Shown again, the first new frame is painted after {returns}.",
        ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure every way at every place, print the table, and write it down."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=8, help="seconds to count frames (default: 8)")
    options.add_argument("--turns", type=int, default=24, help="turns of the slider (default: 24)")
    options.add_argument("--where", choices=("voila", "jupyterlab"), help="only there (default: both)")
    options.add_argument("--dry", action="store_true", help="print only, write nothing")
    given = options.parse_args()
    results: list[Result] = []
    tabs: list[Hidden] = []
    with tempfile.TemporaryDirectory(prefix="regviz-bench-") as name, sync_playwright() as playwright:
        if not (chromium := find_chromium(playwright)):
            print(HOW_TO_GET_ONE)
            return 1
        folder = Path(name)
        (folder / "source").mkdir()
        write_notebooks(folder / "source")
        for where, command in (("voila", "app"), ("jupyterlab", "lab")):
            if given.where not in (None, where):
                continue
            place = folder / where
            place.mkdir()
            with Server(command, folder / "source", place) as server:
                browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
                for way in WAYS:
                    runs = []
                    for _ in range(way.runs):
                        runs.append(measure(browser, server, way, cast("Where", where), given.seconds, given.turns))
                        print(json.dumps(asdict(runs[-1])), flush=True)
                        if where == "jupyterlab":
                            server.end_sessions()
                        server.wait_for_kernels(0)
                        time.sleep(1)
                    results.append(middle(runs))
                browser.close()
                tabs.append(hide(playwright, server, cast("Where", where)))
                print(json.dumps(asdict(tabs[-1])), flush=True)
    text = report(results, tabs)
    print(text)
    if not given.dry:
        (HERE / "live.md").write_text(text, encoding="utf-8")
        content = {"ways": [asdict(result) for result in results], "hidden": [asdict(tab) for tab in tabs]}
        (HERE / "live.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
