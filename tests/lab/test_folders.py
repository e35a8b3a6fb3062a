"""Both commands where the home folder cannot be written: in a container, on a class's machines."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from jupyter_client import BlockingKernelClient

from regviz.lab.serve import folders
from regviz.lab.serve.folders import can_write, usual_folders, writable_folders

SAID = re.compile(r"Nothing can be written to (.*): until this ends, settings and caches are in (\S+)")

NAMES = (*folders.SEARCHED, *folders.SEARCHED.values(), "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR")
VARIABLES = (*NAMES, "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")

IN_THE_BACKGROUND = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
"""Starts a command as a script's `&` does: deaf to Ctrl-C, unless it says otherwise."""


@pytest.fixture
def no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder below a file, which nobody can make, not even root."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "file").touch()
    home = tmp_path / "file" / "home"
    monkeypatch.setenv("HOME", str(home))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))  # for the commands, should one have to be killed
    return home


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    """A folder with a notebook that prints the kernel's folders, and one whose second cell fails."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    where = (
        "import os\nimport matplotlib\nfrom IPython.paths import get_ipython_dir\n"
        "print('writes to', os.environ['HOME'], matplotlib.get_cachedir(), get_ipython_dir(), sep='|')"
    )
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name, sources in {"where": [where], "broken": ["1 + 1", "1 / 0"]}.items():
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        book = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(book, folder / f"{name}.ipynb")
    return folder


class Command:
    """A running `regviz app` or `regviz lab`: what it has said so far, line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []

    def read_until(self, start: str) -> str:
        """The rest of the first line that begins with `start`."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            if line.startswith(start):
                return line.removeprefix(start).strip()
        raise AssertionError(f"it ended and never said {start!r}: {self.said}")

    def end(self) -> list[str]:
        """Stop it as Ctrl-C does, and return all that it has said. Its exit code must be 0."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.stdout is not None
        self.said += self.process.stdout.read().splitlines()
        assert self.process.wait(timeout=20) == 0
        return self.said


@contextmanager
def running(command: str, notebooks: Path, start: Sequence[str] = ()) -> Iterator[Command]:
    arguments = [sys.executable, "-m", "regviz.lab.serve.cli", command, str(notebooks), "--no-browser", "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "VOILA"))}
    process = subprocess.Popen(
        [*start, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        cwd=notebooks,
    )
    try:
        yield Command(process)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def page(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as reply:
        return str(reply.read().decode())


@pytest.mark.parametrize(
    ("place", "writable"), [("", True), ("new/and/deep", True), ("file", False), ("file/below", False)]
)
def test_a_folder_can_be_written_if_it_or_what_it_would_be_made_in_can(
    tmp_path: Path, place: str, writable: bool
) -> None:
    (tmp_path / "file").touch()
    assert can_write(tmp_path / place) is writable
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_a_folder_of_somebody_else_s_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda place, mode: Path(place) != tmp_path)  # Root may write everywhere.
    assert not can_write(tmp_path)
    assert not can_write(tmp_path / "below")


def test_a_home_that_can_be_written_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    before = dict(os.environ)
    with writable_folders():
        assert dict(os.environ) == before
    assert capsys.readouterr().out == ""


def test_temporary_folders_stand_in_until_the_end(no_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = dict(os.environ)
    assert not any(can_write(place) for place in usual_folders().values())
    with writable_folders():
        said = SAID.fullmatch(capsys.readouterr().out.strip())
        assert said
        assert said[1] == str(no_home)
        temporary = Path(said[2])
        places = usual_folders()
        assert all(place.parent == temporary and can_write(place) for place in places.values()), places
        assert os.environ["HOME"] == str(no_home)
    assert dict(os.environ) == before
    assert not temporary.exists()


def test_only_what_cannot_be_written_is_replaced(
    no_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    with writable_folders():
        assert os.environ["IPYTHONDIR"] == str(tmp_path / "ipython")
        assert os.environ["MPLCONFIGDIR"] != str(no_home / ".config" / "matplotlib")
    assert os.environ["IPYTHONDIR"] == str(tmp_path / "ipython")


def test_kernels_and_settings_of_a_read_only_home_are_still_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    data, settings = home / ".local" / "share" / "jupyter", home / ".jupyter"
    data.mkdir(parents=True)
    settings.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("JUPYTER_PATH", "another")
    real = os.access
    monkeypatch.setattr(os, "access", lambda place, mode: not Path(place).is_relative_to(home) and real(place, mode))
    with writable_folders():
        assert os.environ["JUPYTER_PATH"].split(os.pathsep) == ["another", str(data)]
        assert os.environ["JUPYTER_CONFIG_PATH"] == str(settings)
    assert os.environ["JUPYTER_PATH"] == "another"
    assert "JUPYTER_CONFIG_PATH" not in os.environ


def test_a_user_without_any_home_gets_a_temporary_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    monkeypatch.delenv("HOME", raising=False)
    with writable_folders():
        assert can_write(Path(os.environ["HOME"]))
    assert "HOME" not in os.environ


def test_no_folder_at_all_is_one_sentence(no_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(folders, "TemporaryDirectory", refuse)
    with pytest.raises(SystemExit, match="Neither the home folder nor a temporary one"), writable_folders():
        pass


@pytest.mark.slow
def test_app_runs_notebooks_without_a_home_and_reports_their_errors(no_home: Path, notebooks: Path) -> None:
    with running("app", notebooks) as app:
        url = app.read_until("regviz is at ")
        shown = page(f"{url}voila/render/where.ipynb")
        folder = Path(SAID.fullmatch(app.said[0])[2])  # type: ignore[index]
        assert f"writes to|{no_home}|{folder}/mplconfigdir|{folder}/ipythondir" in shown
        assert "Cell 2 of this notebook has failed." in page(f"{url}voila/render/broken.ipynb")
        said = app.end()
    assert said[1:] == [
        f"regviz is at {url}",
        "Ctrl-C stops it.",
        "broken.ipynb, cell 2: ZeroDivisionError: division by zero",
    ]
    assert not folder.exists()


@pytest.mark.slow
def test_lab_runs_a_kernel_without_a_home_and_ends_in_the_background(no_home: Path, notebooks: Path) -> None:
    with running("lab", notebooks, IN_THE_BACKGROUND) as lab:
        url = lab.read_until("regviz lab is at ")
        folder = Path(SAID.fullmatch(lab.said[0])[2])  # type: ignore[index]
        assert "JupyterLab" in page(url)
        address, token = re.fullmatch(r"(http://[^/]+)/lab.*\?token=(\w+)", url).groups()  # type: ignore[union-attr]
        request = urllib.request.Request(
            f"{address}/api/kernels", method="POST", data=b"{}", headers={"Authorization": f"token {token}"}
        )
        with urllib.request.urlopen(request, timeout=60) as reply:
            kernel = json.loads(reply.read())["id"]
        answer = ask(
            folder / "jupyter_runtime_dir" / f"kernel-{kernel}.json", "__import__('matplotlib').get_cachedir()"
        )
        assert answer == repr(f"{folder}/mplconfigdir")
        said = lab.end()
    assert [line for line in said if line.startswith("Traceback") or "Error" in line] == []
    assert "Ctrl-C stops it." in said
    assert not folder.exists()


def ask(connection: Path, expression: str) -> str:
    """What the kernel of this connection file answers to an expression."""
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels(hb=False)  # A kernel that is slow to start would count as dead.
    try:
        client.wait_for_ready(timeout=120)
        reply = client.execute("", user_expressions={"answer": expression}, reply=True, timeout=60)
        return str(reply["content"]["user_expressions"]["answer"]["data"]["text/plain"])
    finally:
        client.stop_channels()
