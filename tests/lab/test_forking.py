"""Forked kernels: they are kernels like any other, end with their server, and are started plainly if need be."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.manager import AsyncKernelManager

from regviz.data import real
from regviz.lab.serve.kernels import forking, real_data
from regviz.lab.serve.kernels import zygote as zygote_module
from regviz.lab.serve.kernels.forking import NotForked, StartedAnew, Zygote, zygote
from regviz.lab.serve.kernels.sparing import SparingApp, options

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere kernels are started plainly"),
]

WHERE = """
import os, sys, json, ipywidgets, comm
slider = ipywidgets.IntSlider()
targets = sorted(comm.get_comm_manager().targets)
mark, other = os.environ["MARK"], os.environ.get("OTHER")
shell = get_ipython()
lists = len(sys.modules) > 500, shell.kernel._kernel_modules, hasattr(shell, "_sys_modules_keys")
print(json.dumps([os.getppid(), os.getcwd(), mark, other, targets, slider.comm is None, lists]))
"""


@pytest.fixture(scope="module", autouse=True)
def a_busy_machine_is_waited_for() -> Iterator[None]:
    """No zygote is too late here."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(forking, "WARM_WITHIN", 300.0)
        yield


@pytest.fixture(scope="module")
def source(a_busy_machine_is_waited_for: None) -> Iterator[Zygote]:
    """A warm zygote."""
    with zygote() as running:
        assert running is not None
        yield running


def manager_of_forked() -> AsyncKernelManager:
    """Manages a kernel that goes the way of those of `regviz app`."""
    manager = AsyncKernelManager(kernel_name="python3")
    assert manager.kernel_spec is not None
    manager.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": "regviz-fork"}
    return manager


def with_kernel(scene: Callable[[AsyncKernelManager], Awaitable[Any]], **start: Any) -> Any:
    """Play `scene` with such a kernel, and end it."""

    async def play() -> Any:
        manager = manager_of_forked()
        await manager.start_kernel(**start)
        try:
            return await scene(manager)
        finally:
            await manager.shutdown_kernel(now=True)

    return asyncio.run(play())


async def printed(manager: AsyncKernelManager, code: str) -> str:
    """What the kernel prints when it runs `code`."""
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        client.execute(code)
        while True:
            message = await client.get_iopub_msg(timeout=60)
            if message["msg_type"] == "stream":
                return str(message["content"]["text"])
            assert message["msg_type"] != "error", message["content"]
    finally:
        client.stop_channels()


def parent_of(manager: AsyncKernelManager) -> int:
    provisioner: Any = manager.provisioner
    return psutil.Process(provisioner.pid).ppid()


def test_a_forked_kernel_has_its_own_folder_and_environment_and_speaks_with_widgets(
    source: Zygote, tmp_path: Path
) -> None:
    env = {**{name: value for name, value in os.environ.items() if name != "OTHER"}, "MARK": "mine"}
    said = json.loads(with_kernel(lambda manager: printed(manager, WHERE), env=env, cwd=str(tmp_path)))
    assert said == [
        source.process.pid,
        str(tmp_path),
        "mine",
        None,
        ["jupyter.widget", "jupyter.widget.control"],
        False,
        [True, [], False],  # whoever keeps a list of all modules has touched every one, and copied its memory
    ]


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["-f", "/a/kernel-1.json"],
        ["-f", "/a/k.json", "--IPKernelApp.log_level=ERROR", "--HistoryManager.enabled=False", "--Session.key=b'='"],
    ],
)
def test_the_server_s_options_are_read_as_jupyter_reads_them(argv: list[str]) -> None:
    usual, sparing = IPKernelApp(), SparingApp()
    usual.parse_command_line(argv)
    sparing.parse_command_line(argv)
    assert sparing.cli_config == usual.cli_config == options(argv)
    assert (sparing.argv, sparing.extra_args) == (usual.argv, usual.extra_args)
    assert sparing.connection_file == usual.connection_file
    assert sparing.log_level == usual.log_level


@pytest.mark.parametrize("argv", [["--debug"], ["-f"], ["-f=x.json"], ["--log-level=10"], ["notebook.py", "--a.b=1"]])
def test_options_that_the_server_does_not_write_are_read_in_the_usual_way(argv: list[str]) -> None:
    assert options(argv) is None


def test_two_kernels_do_not_share_what_they_do(source: Zygote) -> None:
    async def scene(first: AsyncKernelManager) -> str:
        await printed(first, "import regviz as rv; rv.MARK = 1; print()")
        second = manager_of_forked()
        await second.start_kernel()
        try:
            return await printed(second, "import regviz as rv; print(hasattr(rv, 'MARK'))")
        finally:
            await second.shutdown_kernel(now=True)

    assert with_kernel(scene).strip() == "False"


def test_a_forked_kernel_that_is_killed_counts_as_dead_and_leaves_no_zombie(source: Zygote) -> None:
    async def scene(manager: AsyncKernelManager) -> None:
        assert await manager.is_alive()
        provisioner: Any = manager.provisioner
        pid = provisioner.pid
        psutil.Process(pid).kill()
        async with asyncio.timeout(30):
            while await manager.is_alive():
                await asyncio.sleep(0.02)
            while psutil.pid_exists(pid):
                await asyncio.sleep(0.02)

    with_kernel(scene)


def test_a_kernel_s_end_is_silent_whatever_it_has_left(source: Zygote, capfd: pytest.CaptureFixture[str]) -> None:
    async def scene(manager: AsyncKernelManager) -> None:
        await printed(manager, "import sys\nsys.__stdout__.close()\nprint()")
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
            client.shutdown()  # it ends by itself, runs all that is left to run, and its reply may be lost with it
            async with asyncio.timeout(60):
                while await manager.is_alive():
                    await asyncio.sleep(0.02)
        finally:
            client.stop_channels()

    with_kernel(scene)
    assert "Traceback" not in capfd.readouterr().err


def test_one_who_gives_up_waiting_costs_the_others_nothing(source: Zygote) -> None:
    async def scene(manager: AsyncKernelManager) -> str:
        for _ in range(5):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await source.fork(["-f", "/nowhere/none.json"], dict(os.environ), "/")
        return await printed(manager, "print(6 * 7)")

    assert with_kernel(scene).strip() == "42"
    assert with_kernel(lambda manager: printed(manager, "print(6 * 7)")).strip() == "42"


def test_kernels_are_forked_wherever_the_temporary_folder_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of a socket in a folder has 107 bytes at most."""
    deep = tmp_path / ("deep" * 40)
    deep.mkdir()
    monkeypatch.setenv("TMPDIR", str(deep))
    with zygote() as own:
        assert own is not None

        async def scene(manager: AsyncKernelManager) -> None:
            await printed(manager, "print()")
            assert parent_of(manager) == own.process.pid

        with_kernel(scene)


def test_a_zygote_that_is_late_is_used_once_it_is_ready_and_one_that_does_not_answer_is_given_up(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(forking, "WARM_WITHIN", 0.0)
    with zygote() as own:
        assert own is not None

        async def ask() -> None:
            with pytest.raises(TimeoutError, match="not ready yet"):
                await own.fork([], {}, "/")

        asyncio.run(ask())
        assert select.select([own._channel], [], [], 300)[0]  # it is ready now

        async def forked(manager: AsyncKernelManager) -> None:
            await printed(manager, "print()")
            assert parent_of(manager) == own.process.pid

        with_kernel(forked)
        own.process.send_signal(signal.SIGSTOP)
        own._channel.settimeout(0.1)

        async def scene(manager: AsyncKernelManager) -> str:
            assert parent_of(manager) == os.getpid()
            return await printed(manager, "print(6 * 7)")

        assert with_kernel(scene).strip() == "42"
    assert "does not answer" in capfd.readouterr().err


def test_kernels_end_with_the_process_that_forked_them() -> None:
    with zygote() as own:
        assert own is not None

        async def scene(manager: AsyncKernelManager) -> None:
            await printed(manager, "print()")
            assert parent_of(manager) == own.process.pid
            own.stop()
            async with asyncio.timeout(30):
                while await manager.is_alive():
                    await asyncio.sleep(0.05)

        with_kernel(scene)


def test_a_process_that_forks_and_ends_is_started_anew_some_times_and_then_kernels_start_plainly(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forking, "MOST_STARTS", 2)

    async def fork_one(source: Zygote) -> int:
        return await source.fork(["-f", "/nowhere/none.json"], dict(os.environ), "/")

    async def scene(manager: AsyncKernelManager) -> None:
        assert parent_of(manager) == os.getpid()
        assert (await printed(manager, "print(6 * 7)")).strip() == "42"

    with zygote() as own:
        assert own is not None
        first = own.process
        assert asyncio.run(fork_one(own)) > 0
        first.kill()
        first.wait()
        with pytest.raises(StartedAnew) as said_of_it:
            asyncio.run(fork_one(own))
        own.complain(said_of_it.value)
        second = own.process
        assert asyncio.run(fork_one(own)) > 0
        assert second is not first
        second.kill()
        second.wait()
        with_kernel(scene)
        with pytest.raises(OSError, match="has ended"):
            asyncio.run(fork_one(own))
        assert own.process is second
    said = capfd.readouterr().err
    assert said.count("The process that forks kernels has ended; another one is started.") == 1
    assert said.count("Kernels are started one by one (the process that forks kernels has ended)") == 1


def test_a_fork_that_the_system_refuses_costs_that_visitor_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused() -> int:
        raise BlockingIOError(errno.EAGAIN, "no more processes")

    ours, theirs = socket.socketpair()
    with ours, theirs:
        with monkeypatch.context() as patched:
            patched.setattr("os.fork", refused)
            ours.sendall(b"{}\n{}\n")
            ours.shutdown(socket.SHUT_WR)
            zygote_module.serve(theirs)  # it goes on, and its kernels with it
        answers = ours.recv(100)
    assert answers == b"-%d\n" % errno.EAGAIN * 2
    source = Zygote.__new__(Zygote)
    source._warm = True
    source._channel, theirs = socket.socketpair()
    with source._channel, theirs, source._channel.makefile("rb") as source._lines:
        theirs.sendall(answers[:4] + b"42\n")
        with pytest.raises(NotForked) as said:
            source._fork(b"{}")
        assert source._fork(b"{}") == 42
    source.complain(said.value)
    assert "The system gives no process for another kernel" in capsys.readouterr().err


def test_a_process_that_is_not_ready_keeps_no_thread_from_the_files_of_pages() -> None:
    async def scene(source: Zygote) -> bytes:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        waiting = [asyncio.create_task(source.fork([], {}, "/")) for _ in range(6)]
        await asyncio.sleep(0)
        found = await asyncio.to_thread(Path(__file__).read_bytes)
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        return found

    source = Zygote()
    source.process.send_signal(signal.SIGSTOP)  # never ready
    try:
        assert asyncio.run(scene(source))
    finally:
        source.process.kill()
        source.stop()


def test_where_processes_cannot_be_watched_by_a_descriptor_none_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pidfd_open")
    with zygote() as none:
        assert none is None


def test_forked_kernels_share_the_real_data_and_need_no_scikit_learn(source: Zygote) -> None:
    code = (
        "import sys; from regviz import Config; from regviz.data import load; load(Config(data='digits', n_train=99)); "
        "print('sklearn' in sys.modules)"
    )
    deadline = time.monotonic() + 120
    while with_kernel(lambda manager: printed(manager, code)).strip() != "False":  # the first ones may be too early
        assert time.monotonic() < deadline


@pytest.mark.parametrize(
    ("read", "kept"), [(real_data.READ, real.NAMES), ("raise SystemExit(1)", ()), ("print('no pickle')", ())]
)
def test_real_data_that_cannot_be_read_are_no_matter_of_the_zygote(
    read: str, kept: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real, "_kept", {})
    monkeypatch.setattr(real_data, "READ", read)
    with real_data.Reading() as reading:
        while not reading.take():
            time.sleep(0.02)
        assert reading.take()
    assert tuple(real._kept) == kept


def test_a_server_that_is_stopped_at_once_waits_for_no_data() -> None:
    with real_data.Reading() as reading:
        pass
    assert reading._process.returncode is not None
    assert reading.take()
