"""The `regviz` command without a browser: its words, its ports, its folders, its end."""

from __future__ import annotations

import errno
import ipaddress
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pytest

import regviz.lab
from lessons import FOLDER
from regviz.lab.serve import cli, listening
from regviz.lab.serve.pages.assets import version
from regviz.lab.serve.pages.pages import CHAPTERS, chapters, entries
from regviz.lab.serve.server import tornado_settings
from regviz.lab.serve.settings import Settings


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    """A folder with two notebooks, one of them in a folder, and a checkpoint that is no notebook."""
    folder = tmp_path / "notebooks"
    for name, metadata in (
        ("playground", {"title": "Play", "description": "A sentence."}),
        ("a/02-ridge_and-lasso", {}),
        (".ipynb_checkpoints/playground-checkpoint", {}),
    ):
        file = folder / f"{name}.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))
    return folder


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "regviz.lab.serve.cli", *arguments]
    env = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=env, check=False)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--help"], ["app", "lab"]),
        (["app", "--help"], ["--port", "--host", "--no-browser", "--max-sessions", "8866"]),
        (["lab", "--help"], ["--port", "--host", "--no-browser", "8888"]),
    ],
)
def test_help_names_every_option(arguments: list[str], words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        cli.main(arguments)
    text = capsys.readouterr().out
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize("arguments", [["--port", "http"], ["--port", "65536"], ["--max-sessions", "0"]])
def test_an_impossible_number_is_answered_with_one_that_works(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["app", *arguments])
    assert "such as" in capsys.readouterr().err


def test_missing_package_is_answered_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "find_spec", lambda name: None)
    assert cli.main(["app", "--no-browser"]) == 1
    assert 'pip install "regviz[app]"' in capsys.readouterr().err


def test_a_taken_port_gives_way_to_the_next_free_one(taken_port: int) -> None:
    (found,) = listening.listen("127.0.0.1", taken_port)
    with found:
        assert taken_port < listening.port_of([found]) < taken_port + 50


def test_a_port_that_was_found_is_kept_until_its_server_accepts() -> None:
    first = listening.listen("localhost", 0)
    port = listening.port_of(first)
    second = listening.listen("localhost", port)
    with ExitStack() as stack:
        for each in (*first, *second):
            stack.enter_context(each)
        assert {its.getsockname()[1] for its in first} == {port}
        assert {its.getsockname()[1] for its in second} == {listening.port_of(second)}
        assert listening.port_of(second) > port
        with socket.create_connection(("127.0.0.1", port)):  # who comes early waits
            pass


@pytest.mark.slow
@pytest.mark.parametrize("command", ["app", "lab"])
def test_servers_that_start_at_once_each_have_a_port_of_their_own(command: str, notebooks: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = str(listener.getsockname()[1])
    line = [sys.executable, "-m", "regviz.lab.serve.cli", command, str(notebooks), "--no-browser", "--port", port]
    processes = [subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    try:
        found = []
        for process in processes:
            assert process.stdout is not None
            said = process.stdout.readline()
            said = process.stdout.readline() if said.startswith(f"Port {port} is taken") else said
            match = re.fullmatch(r"regviz (?:lab )?is at (http://127\.0\.0\.1:(\d+)/\S*)\n", said)
            assert match, said
            found.append(match[2])
            with urllib.request.urlopen(match[1], timeout=30) as page:
                assert page.status == 200
        assert len(set(found)) == 3
        assert port in found
        for process in processes:
            process.send_signal(signal.SIGINT)
        assert not any("Traceback" in process.communicate(timeout=30)[1] for process in processes)
        assert [process.returncode for process in processes] == [0, 0, 0]
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def test_no_port_above_the_last_one_is_tried(taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_: object) -> int:
        raise OSError(errno.EADDRINUSE, "taken")

    monkeypatch.setattr(listening, "_listen", taken)
    with pytest.raises(SystemExit, match="No port from 65530 to 65535 is free on localhost"):
        listening.listen("localhost", 65530)


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("no-such-host.invalid", "The host 'no-such-host.invalid' cannot be resolved. Give an address of this machine"),
        ("a..b", "The host 'a..b' cannot be resolved"),
        ("192.0.2.1", "192.0.2.1 is not an address of this machine. Give one that is, such as 127.0.0.1"),
    ],
)
def test_a_wrong_host_is_said_to_be_wrong(host: str, sentence: str, notebooks: Path) -> None:
    with pytest.raises(SystemExit, match=re.escape(sentence)):
        cli.main(["app", str(notebooks), "--host", host, "--port", "0", "--no-browser"])


def test_a_reserved_port_is_answered_with_one_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    def reserved(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(listening, "_listen", reserved)
    with pytest.raises(SystemExit, match="Port 80 is reserved for the system; give one from 1024 on"):
        listening.listen("127.0.0.1", 80)


@pytest.mark.parametrize(("host", "local"), [("0.0.0.0", "127.0.0.1"), ("", "127.0.0.1"), ("::", "[::1]")])
def test_others_are_told_an_address_and_not_a_name(
    host: str, local: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address = "2001:db8::7" if host == "::" else "192.0.2.7"
    monkeypatch.setattr(cli, "outward_address", lambda host: address)
    cli._announce("regviz is at", host, 80, 80, "/", browser=False)
    first, second, _ = capsys.readouterr().out.splitlines()
    assert first == f"regviz is at http://{local}:80/"
    assert second == f"and for others at http://{'[2001:db8::7]' if host == '::' else address}:80/"


def test_a_machine_without_a_network_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable(self: socket.socket, address: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    cli._announce("regviz is at", "0.0.0.0", 80, 80, "/", browser=False)
    assert "for nobody else: this machine is on no network" in capsys.readouterr().out


def test_the_outward_address_is_numeric_and_of_this_machine() -> None:
    if address := listening.outward_address("0.0.0.0"):
        assert ipaddress.ip_address(address)
        for each in listening.listen(address, 0):
            with each:
                assert each.getsockname()[1] > 0


def test_gallery_entries_have_titles_and_order_and_leave_out_checkpoints(notebooks: Path) -> None:
    found = [(entry.path, entry.title, entry.description) for entry in entries(notebooks)]
    assert found == [
        ("playground.ipynb", "Play", "A sentence."),
        ("a/02-ridge_and-lasso.ipynb", "Ridge and lasso", ""),
    ]


def test_notebooks_that_are_odd_take_nothing_away_from_the_gallery(notebooks: Path) -> None:
    before = [entry.path for entry in entries(notebooks)]
    for name, metadata in (("none", None), ("list", []), ("text", "x")):
        (notebooks / f"{name}.ipynb").write_text(json.dumps({"metadata": metadata}))
    with suppress(OSError):  # a system whose names are all Unicode takes none
        Path(os.fsdecode(os.fsencode(notebooks) + b"/\xdcbung.ipynb")).write_text("{}")
    assert {entry.path for entry in entries(notebooks)} == {*before, "none.ipynb", "list.ipynb", "text.ipynb"}


def test_the_version_of_files_passes_over_links_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    before = version([str(tmp_path)])
    (tmp_path / "gone.js").symlink_to(tmp_path / "nowhere.js")
    assert version([str(tmp_path)]) == before


def test_a_folder_that_may_not_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(self: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "is_file", forbidden)
    with pytest.raises(SystemExit, match="/locked may not be read"):
        cli.notebooks_to_serve(Path("/locked"))


@pytest.mark.parametrize("finds", [re.match, re.fullmatch])
def test_the_origins_that_are_named_are_let_in_and_none_that_begins_like_them(finds: Any, tmp_path: Path) -> None:
    settings = Settings(tmp_path, origins=("https://a.example.org", "https://b.example.org"))
    pattern = tornado_settings(settings)["allow_origin_pat"]
    assert all(finds(pattern, origin) for origin in settings.origins)
    for origin in ("https://a.example.org.evil.com", "https://b.example.orgs", "https://axexample.org"):
        assert not finds(pattern, origin)


def test_the_course_stands_in_chapters_and_what_names_none_or_others_around_it(notebooks: Path) -> None:
    for name, its in (
        ("9", {"chapter": "Penalties", "lesson": "nine", "minutes": 7, "before": "8"}),
        ("8", {"chapter": "My own"}),
        ("7", {"chapter": "Overfitting and chance", "minutes": "long"}),
        ("6", "nonsense"),
        ("5", {"chapter": "Penalties"}),
        ("4", {"chapter": "Penalties", "place": "first"}),
        ("3", {"chapter": "Penalties", "place": 12}),
        ("2", {"chapter": "Penalties", "place": 13}),
        ("1", {"chapter": "Penalties", "place": 3}),
    ):
        (notebooks / f"{name}.ipynb").write_text(json.dumps({"metadata": {"title": name, "regviz": its}}))
    (notebooks / "four.ipynb").write_text("[]")
    found = [(chapter.title, [entry.title for entry in chapter.entries]) for chapter in chapters(notebooks)]
    assert found == [
        ("", ["Play", "6", "Ridge and lasso", "Four"]),
        ("Overfitting and chance", ["7"]),
        ("Penalties", ["1", "3", "2", "4", "5", "9"]),
        ("My own", ["8"]),
    ]
    nine = next(entry for entry in entries(notebooks) if entry.title == "9")
    assert (nine.lesson, nine.minutes, nine.before, nine.still) == ("nine", 7, "8", "")
    assert next(entry for entry in entries(notebooks) if entry.title == "7").minutes == 0
    (notebooks / "stills").mkdir()
    for look in ("light", "dark"):
        assert next(entry for entry in entries(notebooks) if entry.title == "9").still == ""
        (notebooks / "stills" / f"9-{look}.png").touch()
    assert next(entry for entry in entries(notebooks) if entry.title == "9").still == "stills/9-{look}.png"


def test_the_course_s_chapters_are_the_five_in_their_order() -> None:
    found = chapters(FOLDER)
    assert [chapter.title for chapter in found] == ["", *CHAPTERS]
    assert [entry.title for entry in found[0].entries] == ["Playground"]
    assert all(entry.minutes and entry.lesson and entry.still for chapter in found[1:] for entry in chapter.entries)


def test_a_folder_without_notebooks_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=re.escape(f"There is no notebook in {tmp_path}.")):
        cli.notebooks_to_serve(tmp_path)


def test_a_file_and_a_missing_folder_are_told_apart_from_an_empty_one(notebooks: Path) -> None:
    with pytest.raises(SystemExit, match=re.escape(f"is a file. Give the folder that it is in: {notebooks}")):
        cli.notebooks_to_serve(notebooks / "playground.ipynb")
    with pytest.raises(SystemExit, match=re.escape(f"There is no folder {notebooks / 'missing'}.")):
        cli.notebooks_to_serve(notebooks / "missing")


def test_installed_notebooks_are_copied_before_they_are_edited(
    notebooks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "LAB", notebooks.parent)  # As in a wheel: the notebooks are inside the package.
    desk = tmp_path / "desk"
    desk.mkdir()
    monkeypatch.chdir(desk)
    copy = cli.notebooks_to_edit(None)
    assert copy == desk / "regviz-notebooks"
    assert (copy / "playground.ipynb").exists()
    (copy / "playground.ipynb").write_text("mine")
    assert (cli.notebooks_to_edit(None) / "playground.ipynb").read_text() == "mine"


def test_notebooks_that_cannot_be_copied_are_one_sentence(
    notebooks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("Permission denied")

    monkeypatch.setattr(cli, "LAB", notebooks.parent)
    monkeypatch.setattr(cli.shutil, "copytree", refuse)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=r"cannot be copied to .*regviz-notebooks. Start where you can write"):
        cli.notebooks_to_edit(None)


@pytest.mark.slow
def test_app_says_where_it_is_once_it_listens_and_ctrl_c_ends_it_quietly(notebooks: Path, taken_port: int) -> None:
    command = [
        sys.executable,
        "-m",
        "regviz.lab.serve.cli",
        "app",
        str(notebooks),
        "--no-browser",
        "--port",
        str(taken_port),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        notice, link = process.stdout.readline(), process.stdout.readline()
        assert notice.startswith(f"Port {taken_port} is taken")
        match = re.fullmatch(r"regviz is at (http://127\.0\.0\.1:\d+/)\n", link)
        assert match, link
        with urllib.request.urlopen(match[1], timeout=10) as page:
            assert b"A sentence." in page.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        assert process.stdout.read() == "Ctrl-C stops it.\n"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_kernels_of_the_server_get_one_thread_and_no_echo(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in cli.KERNEL_ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setattr(cli, "find_spec", lambda name: None)
    cli.main(["app"])
    assert os.environ["JUPYTER_WIDGETS_ECHO"] == "0"
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    assert os.environ["OMP_NUM_THREADS"] == "3"  # A person's own setting stands.


STARTED = """
import sys
from regviz.lab.serve import cli
def stop(*_):
    raise SystemExit
cli.notebooks_to_serve = cli.notebooks_to_edit = stop  # what is asked once everything is imported
try:
    cli.main([sys.argv[1]])
except SystemExit:
    print([name in sys.modules for name in ("jsonschema", "lark", "rfc3987_syntax")])
"""


@pytest.mark.slow
@pytest.mark.parametrize("command", ["app", "lab"])
def test_a_server_starts_without_compiling_grammars_that_no_schema_of_jupyter_s_asks_for(command: str) -> None:
    """They were three quarters of its imports. Nothing is hidden for longer than that."""
    found = subprocess.run([sys.executable, "-c", STARTED, command], capture_output=True, text=True, check=True)
    assert found.stdout == "[True, False, False]\n"


@pytest.mark.parametrize("missing", ["ipywidgets", "matplotlib", "anywidget"])
def test_the_command_line_needs_nothing_of_the_lab(missing: str) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None\nfrom regviz.lab.serve.cli import main\nmain(['--help'])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "app" in found.stdout


def test_an_unknown_name_of_the_lab_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Laboratory"):
        _ = regviz.lab.Laboratory
