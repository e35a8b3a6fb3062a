"""Forked kernels: they are kernels like any other, end with their server, and are started plainly if need be."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager

from regviz.lab.serve.forking import Zygote, zygote

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere kernels are started plainly"),
]

WHERE = """
import os, json, ipywidgets, comm
slider = ipywidgets.IntSlider()
targets = sorted(comm.get_comm_manager().targets)
mark, other = os.environ["MARK"], os.environ.get("OTHER")
print(json.dumps([os.getppid(), os.getcwd(), mark, other, targets, slider.comm is None]))
"""


@pytest.fixture(scope="module")
def source() -> Iterator[Zygote]:
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
        source._process.pid,
        str(tmp_path),
        "mine",
        None,
        ["jupyter.widget", "jupyter.widget.control"],
        False,
    ]


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


def test_what_is_no_request_is_passed_over(source: Zygote) -> None:
    asyncio.run(source._warm())
    for nonsense in (b"", b"nonsense\n", b"{}"):
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.connect(str(source.socket))
            stranger.sendall(nonsense)
    assert with_kernel(lambda manager: printed(manager, "print(6 * 7)")).strip() == "42"


def test_a_kernel_s_end_is_silent_whatever_it_has_left(source: Zygote, capfd: pytest.CaptureFixture[str]) -> None:
    async def scene(manager: AsyncKernelManager) -> None:
        broken = "import sys\nclass Broken:\n    def flush(self): raise ValueError\nsys.stdout.flush = Broken().flush"
        await printed(manager, f"print()\n{broken}")
        client = manager.client()
        client.start_channels()
        client.shutdown()  # it ends by itself, and runs all that is left to run
        client.stop_channels()
        async with asyncio.timeout(30):
            while await manager.is_alive():
                await asyncio.sleep(0.02)

    with_kernel(scene)
    said = capfd.readouterr().err
    assert "Traceback" not in said


def test_one_who_gives_up_asking_costs_the_others_nothing(source: Zygote) -> None:
    asyncio.run(source._warm())
    request = json.dumps({"argv": ["-f", "/nowhere/none.json"], "env": dict(os.environ), "cwd": "/"}).encode() + b"\n"
    for _ in range(5):
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(str(source.socket))
            asking.sendall(request)
    assert with_kernel(lambda manager: printed(manager, "print(6 * 7)")).strip() == "42"


def test_kernels_end_with_the_process_that_forked_them() -> None:
    with zygote() as own:
        assert own is not None

        async def scene(manager: AsyncKernelManager) -> None:
            await printed(manager, "print()")
            assert parent_of(manager) == own._process.pid
            own.stop()
            async with asyncio.timeout(30):
                while await manager.is_alive():
                    await asyncio.sleep(0.05)

        with_kernel(scene)


def test_without_the_process_that_forks_kernels_start_plainly_and_that_is_said_once(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with zygote() as own:
        assert own is not None
        own._process.kill()
        own._process.wait()
        for _ in range(2):

            async def scene(manager: AsyncKernelManager) -> str:
                assert parent_of(manager) == os.getpid()
                return await printed(manager, "print(6 * 7)")

            assert with_kernel(scene).strip() == "42"
    assert capfd.readouterr().err.count("Kernels are started one by one") == 1


def test_where_processes_cannot_be_watched_by_a_descriptor_none_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pidfd_open")
    with zygote() as none:
        assert none is None
