"""Kernels that are forked instead of started: half the memory, and a page that is there sooner."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from ..saying import say
from .environment import for_kernels

WARM_WITHIN = 20.0
"""Seconds after its start until which visitors wait for the zygote to be ready; then kernels are started plainly until
it is."""

ANSWER_WITHIN = 30.0
"""Seconds for the answer to a request."""

MOST_STARTS = 3
"""How often it is started while the server runs: what ends it three times would do so again."""

LAUNCHER = "ipykernel_launcher"

FRUGAL = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
"""One thread, and one heap instead of one for each thread: a forked process shares what it has not changed."""


class StartedAnew(OSError):
    """The process has ended, and another one is on its way; this request is lost."""


class NotForked(OSError):
    """The system gives no further process now; those that there are live on."""


class Zygote:
    """The process that forks kernels (`zygote`). While it is `running`, `ForkProvisioner` uses it.

    One that has forked kernels before and ends is started anew, `MOST_STARTS` times in all; its kernels end with it.
    """

    running: ClassVar[Zygote | None] = None

    def __init__(self, passed: Iterable[str] = ()) -> None:
        self._env = {**for_kernels(os.environ, passed), **FRUGAL}
        # One request and its answer at a time, on a thread that waits for nothing else and that nothing else waits for:
        # the loop's own threads read the files of pages.
        self._thread = ThreadPoolExecutor(1, "zygote")
        self._complained = False
        self._starts = 0
        self._start()

    def _start(self) -> None:
        self._channel, theirs = socket.socketpair()
        self._lines = self._channel.makefile("rb")
        self._warm = False
        self._warm_by = time.monotonic() + WARM_WITHIN
        self._starts += 1
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "regviz.lab.serve.kernels.zygote", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=self._env,
                start_new_session=True,  # Ctrl-C is for the server
            )

    async def fork(self, argv: list[str], env: dict[str, str], cwd: str) -> int:
        """Fork a kernel and return its process id. Raises OSError if that is not to be had (yet)."""
        request = json.dumps({"argv": argv, "env": env, "cwd": cwd}).encode()
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._fork, request)

    def _fork(self, request: bytes) -> int:
        if not self._warm:
            says = select.poll()  # `select` knows no more than 1,024 files
            says.register(self._channel, select.POLLIN)
            if not says.poll(1000 * max(self._warm_by - time.monotonic(), 0.0)):  # it may come later
                raise TimeoutError("the process that forks kernels is not ready yet")
            self._answer()
            self._warm = True
            self._channel.settimeout(ANSWER_WITHIN)
        try:
            self._channel.sendall(request + b"\n")
            pid = int(self._answer())
        except TimeoutError:
            self._begin_anew("does not answer")  # or its answer would be taken for the next one
        except OSError:
            self._begin_anew("has ended")
        if pid < 0:
            raise NotForked(f"The system gives no process for another kernel ({os.strerror(-pid)}).")
        return pid

    def _begin_anew(self, why: str) -> NoReturn:
        """Start another process, if that was not done too often. Raises OSError for the request that is lost."""
        self.process.kill()
        self._close()
        if self._starts >= MOST_STARTS:
            raise OSError(f"the process that forks kernels {why}")
        self._start()
        raise StartedAnew(f"The process that forks kernels {why}; another one is started.")

    def _answer(self) -> bytes:
        line = self._lines.readline()
        if not line:
            raise OSError("the process that forks kernels has ended")
        return line

    def complain(self, error: Exception) -> None:
        """Say that a kernel is started plainly: once if all are from now on, and each time that this one ends it."""
        if isinstance(error, (StartedAnew, NotForked)):
            say(str(error), "fork")
        elif not self._complained:
            self._complained = True
            reason = str(error) or type(error).__name__
            say(f"Kernels are started one by one ({reason}): pages come later.", "fork")

    def stop(self) -> None:
        """End it, and with it its kernels."""
        self._starts = MOST_STARTS
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._close()

    def _close(self) -> None:
        with suppress(OSError):  # it has ended already
            self._channel.shutdown(socket.SHUT_RDWR)
        self._lines.close()
        self._channel.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def zygote(passed: Iterable[str] = ()) -> Iterator[Zygote | None]:
    """Have a zygote meanwhile, where processes can be forked and watched by a descriptor (Linux); else None.

    It knows no more of the environment than kernels do; `passed` names variables besides the usual ones.
    """
    if not hasattr(os, "pidfd_open"):
        yield None
        return
    before, mine = Zygote.running, Zygote(passed)
    Zygote.running = mine
    try:
        yield mine
    finally:
        Zygote.running = before
        mine.stop()


class Forked:
    """A forked kernel, as far as `LocalProvisioner` needs a `subprocess.Popen`; nobody hears its exit code."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._descriptor = os.pidfd_open(pid)
        self._ends = select.poll()
        self._ends.register(self._descriptor, select.POLLIN)

    def poll(self) -> int | None:
        """Return 0 if it has ended, else None."""
        return self._wait(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended. Raises subprocess.TimeoutExpired after `timeout` seconds."""
        if self._wait(None if timeout is None else int(1000 * timeout)) is None:
            raise subprocess.TimeoutExpired(f"kernel {self.pid}", timeout or 0.0)
        return 0

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._descriptor, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _wait(self, milliseconds: int | None) -> int | None:
        if self.returncode is None and self._ends.poll(milliseconds):
            self.returncode = 0
            os.close(self._descriptor)
        return self.returncode


class ForkProvisioner(LocalProvisioner):
    """Jupyter's way to a local kernel, but from the zygote where there is one."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork the kernel that `cmd` would start; start it plainly if that is not to be had."""
        source = Zygote.running
        if source is None or LAUNCHER not in cmd or cmd[0] != sys.executable:
            return await super().launch_kernel(cmd, **kwargs)
        argv = cmd[cmd.index(LAUNCHER) + 1 :]
        env = {**FRUGAL, **(kwargs.get("env") or os.environ)}  # what its libraries have read already
        cwd = str(kwargs.get("cwd") or Path.cwd())
        try:
            process = Forked(await source.fork(argv, env, cwd))
        except OSError as error:
            source.complain(error)
            return await super().launch_kernel(cmd, **kwargs)
        self.process: Any = process
        self.pid = self.pgid = process.pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info
