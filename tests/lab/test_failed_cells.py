"""A cell that fails on the way to a page, or takes its process with it: the page says so in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.servers import Server
from visitor import Visitor

CELLS = {"dies": "print('<b>first</b>')\nimport os\nos._exit(3)", "fails": "1 / 0"}
"""`dies` looks like a process that the system ends because its memory is too little."""

SAID = {
    "dies": {
        "en": "The process of this lab ended while it started. Reload the page.",
        "de": "Der Prozess dieses Labors wurde beim Start beendet. Bitte die Seite neu laden.",
        "es": "El proceso de este laboratorio terminó mientras arrancaba. Recargue la página.",
    },
    "fails": {
        "en": "Cell 1 of this notebook has failed. Reload the page to try again.",
        "de": "Zelle 1 dieses Notebooks ist gescheitert. Zum Wiederholen die Seite neu laden.",
    },
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("notebooks")
    for name, code in CELLS.items():
        cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None, "source": code}
        kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
        metadata = {"kernelspec": kernel, "voila": {"template": "regviz"}}
        content = {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        (folder / f"{name}.ipynb").write_text(json.dumps(content), encoding="utf-8")
    with Server("app", folder, tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.mark.slow
@pytest.mark.parametrize(("name", "language"), [(name, language) for name, its in SAID.items() for language in its])
def test_a_cell_that_could_not_be_run_is_told_in_the_reader_s_language(
    name: str, language: str, server: Server
) -> None:
    with Visitor(server.url) as visitor:
        visitor.always["Accept-Language"] = language
        visitor.open(f"{name}.ipynb")
        assert visitor.status == 200
        assert f"<pre>{SAID[name][language]}</pre>" in visitor.text
        assert not any(word in visitor.text for word in ("VoilaConfiguration", "An exception occurred", "ZeroDivision"))
        assert ("window.regviz.fail('died')" in visitor.text) == (name == "dies")
    assert "Traceback" not in server.log
