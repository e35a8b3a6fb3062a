"""How long does one wait? Sweeps, seeds and a film, by the page's buttons and by code. Run it by `make bench-work`.

Measured in a real Voilà page on the default network: a sweep of 41 λ × 5 seeds on moons for 200 epochs (until its
first curve, until its end, and how soon it obeys Cancel), and a GIF of 100 frames of four pictures, by the page's
button and by `lab.save`. Measured by code, as the page trains them: 20 seeds of the lab's lanes, and the sweep over
widths that shows a double descent. It writes work.md and work.json beside itself.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median

import nbformat
import psutil
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from browser.chromium import ARGUMENTS, leave  # noqa: E402
from browser.find_chromium import HOW_TO_GET_ONE, find_chromium  # noqa: E402
from browser.pages import SCREEN, open_notebook  # noqa: E402
from browser.servers import Server  # noqa: E402

VALUES, SEEDS, EPOCHS, FRAMES = 41, 5, 200, 100
WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128, 512)

NOTEBOOK = f"""
from regviz.lab import Lab
from regviz.lab.compare import sweep

sweep.Sweep.over = classmethod(  # the page's sweep, at the length that is measured
    lambda cls, field, base, second="": cls(
        field, sweep.usual_values(field)[-{VALUES}:], tuple(range({SEEDS})), {EPOCHS}
    )
)
Lab(play=False)
"""

BY_CODE = f"""
import sys, tempfile, time
from pathlib import Path
from regviz.lab import Lab
from regviz.lab.compare.presets import START

lab = Lab(START.replace(hidden=(16, 16)), play=False)
for _ in range({FRAMES} - 1):
    lab.session.epoch()
    lab.session.snapshot()
with tempfile.TemporaryDirectory() as folder:
    start, busy = time.perf_counter(), time.process_time()
    (path,) = lab.save(Path(folder) / "run.gif", seconds={FRAMES} / 20, fps=20)
    print(time.perf_counter() - start, time.process_time() - busy)
    sys.stdout.flush()
    Path(sys.argv[1]).write_bytes(path.read_bytes())
"""

GRIDS = f"""
import json, time
from regviz import Config
from regviz.lab.compare.chance import ChanceRun
from regviz.lab.compare.helper import helper
from regviz.lab.compare.lanes import DEFAULT_LANES
from regviz.lab.compare.sweep import Sweep, SweepRun

def measured(run):
    start, busy, first = time.perf_counter(), time.process_time(), None
    while not run.done:
        if not run.work(0.01):
            time.sleep(0.005)
        if first is None and run.grid.look:
            first = time.perf_counter() - start
    return first, time.perf_counter() - start, time.process_time() - busy

flipped = Config(data="digits", n_train=300, noise=0.0, label_noise=0.3, batch_size=25, hidden=(64,))
first, seeds, seeds_busy = measured(ChanceRun(Config(), DEFAULT_LANES, executor=helper()))
widths = Sweep("width", {WIDTHS}, tuple(range({SEEDS})), {EPOCHS})
_, descent, descent_busy = measured(SweepRun(flipped, widths, helper()))
print(json.dumps({{
    "first band": first, "seeds": seeds, "seeds, processor": seeds_busy,
    "double descent": descent, "double descent, processor": descent_busy,
}}))
"""

WATCH = """() => {
  const seen = window.seen = {};
  const look = () => {
    const text = [".rv-labels", ".rv-said"].map((part) => document.querySelector(part)?.textContent).join(" ");
    const epoch = text.match(/epoch (\\d+) of EPOCHS/);
    if (epoch && Number(epoch[1]) > 0) seen.first ??= performance.now();
    if (/EPOCHS epochs done/.test(text)) seen.done ??= performance.now();
    if (/ancelled at epoch/.test(text)) seen.cancelled ??= performance.now();
    requestAnimationFrame(look);
  };
  look();
}""".replace("EPOCHS", str(EPOCHS))

QUIET, PATIENCE = 15.0, 120.0
"""Percent of the processors that others may use when a measurement begins, and seconds that it waits for that."""

LIMITS = {
    "first curve": 1.0,
    "sweep": 5.5,
    "cancel": 0.3,
    "first band": 1.0,
    "seeds": 6.0,
    "double descent": 25.0,
    "GIF by the page": 5.0,
    "GIF by lab.save": 5.0,
}
"""Seconds that each may take."""


def quiet() -> None:
    """Wait until nobody else works on this machine, for a while at most."""
    until = time.monotonic() + PATIENCE
    while psutil.cpu_percent(2.0) > QUIET and time.monotonic() < until:
        pass


def processor(server: Server) -> float:
    """Seconds of a processor that the kernels have used."""
    return float(sum(sum(kernel.cpu_times()[:2]) for kernel in server.kernels()))


def page_of(browser: Browser, server: Server, query: str = "theme=light") -> Page:
    """The lab in a fresh page, held, all painted."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True).new_page()
    page.set_default_timeout(120_000)
    open_notebook(page, server.url, "0.ipynb", query)
    page.wait_for_function(f"Number(document.querySelector('{SCREEN}')?.dataset.frame ?? 0) >= 1")
    page.wait_for_timeout(1500)
    return page


def press(page: Page, name: str) -> float:
    """Press a button; the page's time in seconds just before."""
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled()  # a sweep's picture says that it is done a moment before its buttons do
    return float(button.evaluate("button => { const now = performance.now(); button.click(); return now; }")) / 1000


def seen(page: Page, what: str) -> float:
    """The page's time in seconds when `what` was first to be read."""
    page.wait_for_function(f"window.seen.{what}")
    return float(page.evaluate(f"window.seen.{what}")) / 1000


def sweep(browser: Browser, server: Server) -> dict[str, float]:
    """Seconds to the first curve, to the end of a sweep, and from Cancel to its end."""
    page = page_of(browser, server)
    press(page, "Sweep")
    page.locator(".rv-drawer").get_by_label("Sweep over").select_option(label="L2 strength λ")
    page.evaluate(WATCH)
    quiet()
    busy, start = processor(server), press(page, "Run sweep")
    found = {"first curve": seen(page, "first") - start}
    found["first curve, processor"] = processor(server) - busy
    found |= {"sweep": seen(page, "done") - start, "sweep, processor": processor(server) - busy}
    page.evaluate("window.seen = {}")
    page.evaluate(WATCH)
    press(page, "Run sweep")
    seen(page, "first")
    page.wait_for_timeout(700)
    start = press(page, "Cancel")
    found["cancel"] = seen(page, "cancelled") - start
    leave(page)
    page.context.close()
    return found


def film(browser: Browser, server: Server) -> dict[str, float]:
    """Seconds from the press of a button to the GIF's arrival among the downloads."""
    page = page_of(browser, server, "theme=light&hidden=16-16")  # of larger ones a visitor's lab keeps fewer epochs
    page.keyboard.press("Tab")
    for epoch in range(FRAMES - 1):
        page.keyboard.press("e")
        page.wait_for_function(f"Number(document.querySelector('{SCREEN}').dataset.epoch) >= {epoch + 1}")
    press(page, "Take away")
    page.get_by_label("as", exact=True).select_option(label="GIF")
    quiet()
    busy = processor(server)
    with page.expect_download() as download:
        start = press(page, "Make film")
    took = float(page.evaluate("performance.now()")) / 1000 - start
    busy = processor(server) - busy
    check(Path(download.value.path()).read_bytes())
    leave(page)
    page.context.close()
    return {"GIF by the page": took, "GIF by the page, processor": busy}


def by_code(folder: Path) -> dict[str, float]:
    """Seconds of `lab.save` in a process of its own."""
    file = folder / "run.gif"
    quiet()
    said = subprocess.run([sys.executable, "-c", BY_CODE, str(file)], capture_output=True, text=True, check=True)
    check(file.read_bytes())
    took, busy = map(float, said.stdout.split())
    return {"GIF by lab.save": took, "GIF by lab.save, processor": busy}


def grids() -> dict[str, float]:
    """Seconds of many seeds and of a sweep over widths, in a process of its own with a helper beside it."""
    quiet()
    said = subprocess.run([sys.executable, "-c", GRIDS], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(said.stdout)
    return found


def check(content: bytes) -> None:
    """It is a film of about as many frames as were asked for."""
    with Image.open(io.BytesIO(content)) as image:
        frames = getattr(image, "n_frames", 1)
    assert 0.9 * FRAMES <= frames <= FRAMES, f"the GIF has {frames} frames"


def report(runs: list[dict[str, float]]) -> str:
    """The medians as a page of Markdown."""
    packages = ("numpy", "matplotlib", "ipywidgets", "voila", "pillow")
    lines = [
        "# How long does one wait?",
        "",
        f"Medians of {len(runs)} runs, and the worst, in seconds. Browser, server and kernel share one machine with",
        f"{os.cpu_count()} cores. `busy` is the kernel's time on a processor, nearly the wait where nobody else works;",
        f"here the load was {median(run['load'] for run in runs):.1f}. Written by `make bench-work`.",
        "",
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in packages) + ".",
        "",
        "| what | median | worst | busy | may take |",
        "|---|---|---|---|---|",
    ]
    words = {
        "first curve": f"sweep of {VALUES} λ × {SEEDS} seeds, {EPOCHS} epochs on moons: first curve painted",
        "sweep": "the same: done and painted",
        "cancel": "the same: Cancel pressed, until the page says so",
        "first band": "20 seeds × 4 lanes × 150 epochs on moons, by code: first band",
        "seeds": "the same: done",
        "double descent": f"sweep of {len(WIDTHS)} widths × {SEEDS} seeds, {EPOCHS} epochs on digits, by code",
        "GIF by the page": f"GIF of {FRAMES} frames of four pictures: the page's button, until it is downloaded",
        "GIF by lab.save": "the same by `lab.save`",
    }
    for name, limit in LIMITS.items():
        times = [run[name] for run in runs if name in run]
        if times:
            spent = [run[f"{name}, processor"] for run in runs if f"{name}, processor" in run]
            busy = f"{median(spent):.2f}" if spent else ""
            lines.append(f"| {words[name]} | {median(times):.2f} | {max(times):.2f} | {busy} | {limit:g} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure everything several times, print the medians, and write them down."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=5, help="how often (default: 5)")
    options.add_argument("--dry", action="store_true", help="print only, write nothing")
    given = options.parse_args()
    runs: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="regviz-bench-") as name, sync_playwright() as playwright:
        if not (chromium := find_chromium(playwright)):
            print(HOW_TO_GET_ONE)
            return 1
        folder = Path(name)
        (folder / "source").mkdir()
        (folder / "voila").mkdir()
        kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
        notebook.cells.append(nbformat.v4.new_code_cell(NOTEBOOK))
        nbformat.write(notebook, folder / "source" / "0.ipynb")
        with Server("app", folder / "source", folder / "voila") as server:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
            for _ in range(given.runs):
                runs.append(sweep(browser, server) | grids() | film(browser, server) | by_code(folder))
                runs[-1]["load"] = round(os.getloadavg()[0], 1)
                print(json.dumps(runs[-1]), flush=True)
            browser.close()
    text = report(runs)
    print(text)
    if not given.dry:
        (HERE / "work.md").write_text(text, encoding="utf-8")
        (HERE / "work.json").write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
