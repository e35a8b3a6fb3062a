"""Notebooks in a Voilà that is not ours: our template is found where the package installs it, and asks nobody."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.lab_page import wait_for_address, wait_until
from browser.pages import SCREEN
from browser.servers import NOTEBOOKS, ROOT

TEMPLATE = ROOT / "lab" / "serve" / "voila" / "templates" / "regviz"


def install(prefix: Path) -> list[Path]:
    """Put the data files of pyproject.toml below `prefix`, as pip does; returns the sources."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    sources = []
    for place, patterns in project["tool"]["setuptools"]["data-files"].items():
        (prefix / place).mkdir(parents=True)
        for pattern in patterns:
            for source in ROOT.glob(pattern):
                sources.append(source)
                shutil.copy(source, prefix / place)
    return sources


def test_every_file_of_the_template_is_installed(tmp_path: Path) -> None:
    sources = install(tmp_path)
    assert {path for path in TEMPLATE.rglob("*") if path.is_file()} <= set(sources)
    installed = tmp_path / "share" / "jupyter" / "voila" / "templates" / "regviz"
    for path in TEMPLATE.rglob("*"):
        assert (installed / path.relative_to(TEMPLATE)).exists()


@pytest.fixture
def plain_voila(tmp_path: Path) -> Iterator[str]:
    """`voila playground.ipynb`; its address."""
    install(tmp_path / "prefix")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "JPY", "VOILA"))
    }
    environment["JUPYTER_PATH"] = str(tmp_path / "prefix" / "share" / "jupyter")
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        environment[name] = str(tmp_path / name.lower())
    notebook = shutil.copy(NOTEBOOKS / "playground.ipynb", tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]  # where somebody else has it by then, Voilà takes another
    command = [sys.executable, "-m", "voila", str(notebook), "--no-browser", f"--port={port}"]
    log_file = tmp_path / "voila.log"
    with log_file.open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=tmp_path, env=environment)
    try:
        deadline = time.monotonic() + 120
        while not (found := re.search(r"http://[\w.]+:(\d+)/", log_file.read_text(encoding="utf-8"))):
            assert process.poll() is None, log_file.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, "Voilà has not said where it is"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{found[1]}/"
    finally:
        process.terminate()
        process.wait(30)


def test_plain_voila_shows_a_notebook_in_our_template_and_asks_no_other_machine(page: Page, plain_voila: str) -> None:
    page.goto(f"{plain_voila}?l2=0.02", timeout=120_000)
    page.wait_for_selector(SCREEN, timeout=120_000)
    wait_until(page, "Number(data.epoch) >= 2", 120)
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("#lost")).to_have_count(1)
    wait_for_address(page, "asked.get('l2') === '0.02'")
