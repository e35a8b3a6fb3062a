"""A real kernel, in which one cell is run twenty times, seen by a page that is made of messages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from fake_page import READY

pytestmark = pytest.mark.slow

CELL = "from regviz.lab import Lab\nLab()"

MEMORY = """
import gc
import psutil
from ipywidgets.widgets.widget import _instances
for _ in range(3):
    gc.collect()
print(psutil.Process().memory_info().rss, sum(type(w).__name__ == "Lab" for w in _instances.values()), flush=True)
"""


@pytest.fixture
def kernel() -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel(startup_timeout=120)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run(client: BlockingKernelClient, code: str, cell: str) -> str:
    """Run a cell as JupyterLab does, which sends its id; returns the id of the request."""
    message = client.session.msg("execute_request", metadata={"cellId": cell})
    message["content"] = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
    message["content"] |= {"allow_stdin": False, "stop_on_error": True}
    client.shell_channel.send(message)
    return str(message["header"]["msg_id"])


def messages(client: BlockingKernelClient, seconds: float = 120) -> Iterator[dict[str, Any]]:
    """What the kernel publishes, for so many seconds at most."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield client.get_iopub_msg(timeout=seconds)
    raise AssertionError("the kernel did not say what was waited for")


def tell(client: BlockingKernelClient, comm: str, **content: Any) -> None:
    """A message of the page to the widget whose comm this is."""
    data = {"method": "custom", "content": content}
    client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": comm, "data": data}))


def show_lab(client: BlockingKernelClient, view: str) -> str:
    """Run the cell, look at its lab until some frames have come; returns the comm of its screen."""
    run(client, CELL, "a")
    comm, frames = "", 0
    for message in messages(client):
        content, kind = message["content"], message["header"]["msg_type"]
        assert kind != "error", content
        if kind == "comm_open" and "Live charts" in str(content["data"]["state"].get("description", "")):
            comm = content["comm_id"]
            tell(client, comm, **{**READY, "view": view})
        if kind == "comm_msg" and content["comm_id"] == comm:
            frames += content["data"].get("content", {}).get("kind") == "frame"
        if frames >= 3:
            return comm
    raise AssertionError


def memory(client: BlockingKernelClient) -> tuple[float, int]:
    """Megabytes that the kernel has, after garbage collection, and how many labs there are in it."""
    request = run(client, MEMORY, "b")
    for message in messages(client):
        if message["parent_header"].get("msg_id") == request and message["header"]["msg_type"] == "stream":
            size, labs = message["content"]["text"].split()
            return int(size) / 2**20, int(labs)
    raise AssertionError


def test_a_cell_run_twenty_times_takes_the_memory_of_a_few(kernel: BlockingKernelClient) -> None:
    comm = show_lab(kernel, "view 0")
    once, labs = memory(kernel)
    assert labs == 1
    for i in range(1, 20):
        before, comm = comm, show_lab(kernel, f"view {i}")
        tell(kernel, before, kind="gone", view=f"view {i - 1}")
    deadline = time.monotonic() + 30
    while memory(kernel)[1] > 1:  # the last goodbye is heard between two cells
        assert time.monotonic() < deadline, "the lab before the last one has not ended"
    now, _ = memory(kernel)
    assert now - once < 15, f"{once:.1f} MB after one run, {now:.1f} MB after twenty"
