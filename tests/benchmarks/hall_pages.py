"""The first frame of a lab's page beside a one-slider page of plain Voilà, in turn, in one browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import nbformat
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from browser.chromium import ARGUMENTS, chromium, leave  # noqa: E402
from browser.servers import NOTEBOOKS, Server  # noqa: E402

SLIDER = "import ipywidgets\nipywidgets.IntSlider(description='strength')"

MOVES = "Number(document.querySelector('canvas[data-frame]')?.dataset.frame) >= 1"

WAIT = 120_000


@contextmanager
def one_slider(folder: Path) -> Iterator[str]:
    """Plain `voila` with a notebook of one slider; its address."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SLIDER)], metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / "slider.ipynb")
    usual = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "JPY", "VOILA"))}
    own = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = {**usual, **{name: str(folder / name.lower()) for name in own}}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "voila", "slider.ipynb", "--no-browser", f"--port={port}"]
    log = folder / "voila.log"
    with log.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, cwd=folder, env=environment)
    try:
        deadline = time.monotonic() + 120
        while f":{port}/" not in log.read_text(encoding="utf-8"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text(encoding="utf-8"))
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(30)


def measure(folder: Path, rounds: int) -> dict[str, Any]:
    """Open each page `rounds` times by a new browser (cold) and once more by the same one (warm): seconds, kB."""
    ours, peer = folder / "ours", folder / "peer"
    ours.mkdir()
    peer.mkdir()
    found: dict[str, list[float]] = {f"{name} {how}": [] for name in ("lab", "slider") for how in ("cold", "warm")}
    with sync_playwright() as playwright, Server("app", NOTEBOOKS, ours) as server, one_slider(peer) as slider:
        browser = playwright.chromium.launch(executable_path=chromium(playwright), args=list(ARGUMENTS))
        pages = {"lab": server.address("/voila/render/playground.ipynb"), "slider": slider}
        weight = 0.0
        for turn in range(rounds + 1):
            for name in ("lab", "slider") if turn % 2 else ("slider", "lab"):
                cold, warm, sent = visit(browser, pages[name], name == "lab")
                if turn:  # the first round only wakes all of them
                    found[f"{name} cold"].append(cold)
                    found[f"{name} warm"].append(warm)
                if name == "lab":
                    weight = sent
    return {
        "rounds": rounds,
        "first visit": weight,
        **{name: median(seconds) for name, seconds in found.items()},
        "all": found,
    }


def visit(browser: Browser, url: str, lab: bool) -> tuple[float, float, float]:
    """Seconds to what moves, by a new browser and once more, and the bytes that came first, as they were sent."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, device_scale_factor=1)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sent: list[float] = []
    session.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    cold = seconds(page, url, lab)
    weight = sum(sent)
    page.goto("about:blank")
    warm = seconds(page, url, lab)
    leave(page)
    context.close()
    return cold, warm, weight


def seconds(page: Page, url: str, lab: bool) -> float:
    """Seconds until a lab has drawn its first frame, or until there is a slider."""
    started = time.monotonic()
    page.goto(url, wait_until="commit", timeout=WAIT)
    if lab:
        page.wait_for_function(MOVES, polling=20, timeout=WAIT)
    else:
        page.locator(".noUi-handle").first.wait_for(timeout=WAIT)
    return time.monotonic() - started
