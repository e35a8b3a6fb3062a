"""Real servers for browser tests: the `regviz` command, started as a person would start it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import psutil

ROOT = Path(__file__).resolve().parents[2]

NOTEBOOKS = ROOT / "notebooks"


class Server:
    """A `regviz app` or `regviz lab` process. `url` is the link it printed; `folder` is where its files and log are."""

    def __init__(self, command: str, notebooks: Path, folder: Path, options: Sequence[str] = ()) -> None:
        self.folder = folder
        self.log_file = folder / f"{command}.log"
        # JupyterLab saves what it opens: it gets a copy.
        self.notebooks = folder / "notebooks"
        shutil.copytree(notebooks, self.notebooks, ignore=shutil.ignore_patterns(".*"))
        arguments = [
            sys.executable,
            "-m",
            "regviz.lab.serve.cli",
            command,
            str(self.notebooks),
            "--port",
            "0",
            "--no-browser",
        ]
        self._arguments = [*arguments, *options]
        self.url = ""

    def __enter__(self) -> Self:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "JPY", "VOILA"))
        }
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            environment[name] = str(self.folder / name.lower())
        for name in ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"):
            environment[name] = str(self.folder / name.lower())
        with self.log_file.open("w") as log:
            # The working directory is a neutral one: what is tested is the installed package.
            self.process = subprocess.Popen(
                self._arguments, stdout=log, stderr=subprocess.STDOUT, cwd=self.folder, env=environment
            )
        try:
            self.url = self._wait_for_link()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def stop(self) -> int:
        """Stop as Ctrl-C does, and return the exit code; whatever still runs after 20 s is killed."""
        children = self._descendants()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for child in children:
            if child.is_running():
                with suppress(psutil.NoSuchProcess):  # it may end by itself meanwhile
                    child.kill()
        return int(self.process.returncode)

    @property
    def log(self) -> str:
        """All that the server has printed."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    @property
    def token(self) -> str:
        """JupyterLab's token, empty for Voilà."""
        return parse_qs(urlsplit(self.url).query).get("token", [""])[0]

    def address(self, path: str, query: str = "") -> str:
        """The full address of `path` on this server, with the token if there is one."""
        parts = urlsplit(self.url)
        query = "&".join(filter(None, [query.lstrip("?"), f"token={self.token}" if self.token else ""]))
        return f"{parts.scheme}://{parts.netloc}{path}" + (f"?{query}" if query else "")

    def kernels(self) -> list[psutil.Process]:
        """The processes of the kernels that run now: those that were started, and those that a zygote forked."""
        processes = self._descendants()
        return [one for one in processes if "ipykernel_launcher" in _command_line(one) or _forked_by_zygote(one)]

    def wait_for_kernels(self, count: int, timeout: float = 30) -> list[psutil.Process]:
        """Wait until `count` kernels run. Raises AssertionError if they do not within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while len(kernels := self.kernels()) != count:
            assert time.monotonic() < deadline, f"{len(kernels)} kernels after {timeout} s instead of {count}"
            time.sleep(0.1)
        return kernels

    def wait_for_end(self, kernels: Sequence[psutil.Process], timeout: float = 30) -> None:
        """Wait until these kernels have ended. Raises AssertionError if one has not within `timeout` seconds."""
        _, alive = psutil.wait_procs(kernels, timeout)
        assert alive == [], f"{len(alive)} kernels still run after {timeout} s"

    def wait_for_rest(self, timeout: float = 30) -> None:
        """Wait until no kernel works. Raises AssertionError if one still does after `timeout` seconds.

        A lab that rests draws its picture for the saved notebook once, a second later.
        """
        deadline = time.monotonic() + timeout
        while self.kernels() and self.kernel_cpu(2.5) > 2:
            assert time.monotonic() < deadline, "a kernel still trains for nobody"

    def kernel_cpu(self, seconds: float = 2.0) -> float:
        """How busy the kernels are, in percent of one core, over `seconds` from now."""
        kernels = self.kernels()
        before, start = sum(map(_cpu_seconds, kernels)), time.monotonic()
        time.sleep(seconds)
        return 100 * (sum(map(_cpu_seconds, kernels)) - before) / (time.monotonic() - start)

    def wait_for_session(self, notebook: str, pages: int = 1, timeout: float = 120) -> None:
        """Wait until the kernel of a notebook in JupyterLab rests, with so many pages connected to it.

        Only the server knows: a notebook's own sign says "idle" before it has a kernel, too. Raises AssertionError if
        it has not come to that after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while not any(
            session["path"] == notebook
            and session["kernel"]["execution_state"] == "idle"
            and session["kernel"]["connections"] >= pages
            for session in self._ask("GET", "/api/sessions")
        ):
            assert time.monotonic() < deadline, f"no kernel for {pages} pages of {notebook} after {timeout} s"
            time.sleep(0.1)

    def end_sessions(self, timeout: float = 30) -> None:
        """End every notebook session of a JupyterLab, so that the next test starts afresh.

        A kernel that is being restarted cannot be ended: the server answers 500 until it has started. Raises
        AssertionError if sessions are left after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while sessions := self._ask("GET", "/api/sessions"):
            assert time.monotonic() < deadline, f"{len(sessions)} sessions cannot be ended"
            for session in sessions:
                try:
                    self._ask("DELETE", f"/api/sessions/{session['id']}")
                except urllib.error.HTTPError as error:
                    if error.code != 500:
                        raise
                    time.sleep(0.2)

    def _ask(self, method: str, path: str) -> Any:
        request = urllib.request.Request(
            self.address(path), method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=20) as reply:
            text = reply.read()
        return json.loads(text) if text else None

    def _wait_for_link(self, timeout: float = 60) -> str:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if match := re.search(r"^regviz (?:lab )?is at (\S+)$", self.log, re.MULTILINE):
                return match[1]
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with code {self.process.returncode}:\n{self.log}")
            time.sleep(0.05)
        raise TimeoutError(f"no link after {timeout} s:\n{self.log}")

    def _descendants(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []


def _forked_by_zygote(process: psutil.Process) -> bool:
    """Whether it is a copy of its parent, and that the process which forks kernels."""
    try:
        parent = process.parent()
    except psutil.Error:
        return False
    line = _command_line(process)
    return "regviz.lab.serve.kernels.zygote" in line and parent is not None and _command_line(parent) == line


def _command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)
