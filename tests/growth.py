"""How much a visitor's lab grows by the largest things that its page may ask for. Prints megabytes by name, as JSON.

Run as a program, in a process of its own: what a process has once taken tells nothing of the next message.
"""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_time
from fake_page import Page
from regviz.errors import ConfigError
from regviz.lab import Lab
from regviz.lab.compare import bounds
from regviz.lab.compare.guest import GUEST
from regviz.lab.controls.data_desk import DataDesk
from regviz.lab.controls.files import PART
from regviz.lab.controls.weighing import GUEST_FILE, weight


def memory(what: str) -> float:
    """Megabytes of this process: "VmRSS" what it has, "VmHWM" what it had at most."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) / 1000


def widest(lab: Lab, layers: int, **fields: Any) -> dict[str, Any]:
    """The widest networks of so many layers that a visitor may have."""
    low, high, configs = 1, 1024, lab.session.trainer.configs
    while low < high:
        middle = (low + high + 1) // 2
        try:
            bounds.check([config.replace(hidden=(middle,) * layers, **fields) for config in configs])
            low = middle
        except ConfigError:
            high = middle - 1
    return {"hidden": (low,) * layers, **fields}


def table() -> bytes:
    """As large a table as a visitor may bring, of the shortest cells."""
    rows = b"".join(b"%d,%d,%d,%s\n" % (i % 97, i % 89, i % 83, b"ab"[i % 2 : i % 2 + 1]) for i in range(9999))
    times = next(times for times in range(1, 1000) if weight((times + 1) * rows) > GUEST_FILE)
    return b"x,y,z,class\n" + times * rows


async def measure(found: dict[str, float]) -> None:
    """Find the growth by each message."""
    lab = Lab()
    lab.player.keep_time(fake_time.clock())
    page = Page(lab)
    page.arrive(search="", view="x")
    await page.until(lambda: bool(page.frames), 60)

    async def grow(name: str, act: Callable[[], Any], done: Callable[[], bool]) -> None:
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")  # forget the most that there was
        before = memory("VmRSS")
        act()
        await page.until(done, 600)
        found[name] = memory("VmHWM") - before
        page.frames.clear()

    def wide(width: float) -> bool:
        return any(frame.get("whole", [0])[0] == width for frame in page.frames)

    largest = {"width": 10_000, "room": 10_000, "ratio": 10}
    await grow("resize", lambda: page.say("resize", view="x", **largest), lambda: wide(10_000))
    await grow("another view", lambda: page.arrive(view="y", **{**largest, "width": 9_999}), lambda: wide(9_999))
    for view in ("x", "y"):
        page.say("resize", view=view, width=800, room=600, ratio=1)
    await page.until(lambda: wide(800))
    lab.session.play()
    for name, fields in (
        ("hidden", widest(lab, 2)),
        ("n_train", widest(lab, 2, n_train=10_000, batch_size=10_000)),
    ):
        await grow(name, lambda fields=fields: lab.session.change(**fields), lambda: lab.session.trained > 3)
    lab.session.change(hidden=(8,), n_train=100)
    lab.session.pause()
    content, desk = table(), lab.workbench._data()
    assert isinstance(desk, DataDesk)
    desk._apart = lambda act: act()  # here and now, not on a thread: seconds are fake ones
    starts = range(0, len(content), PART)

    def send() -> None:
        for place, start in enumerate(starts):
            message = {"kind": "part", "key": "k", "name": "a.csv", "place": place, "of": len(starts)}
            desk._handle_custom_msg(message, [content[start : start + PART]])

    await grow("upload", send, lambda: desk._table is not None)
    lab.player.stop()


if __name__ == "__main__":
    os.environ[GUEST] = "1"
    grown: dict[str, float] = {}
    fake_time.run(measure(grown))
    print(json.dumps(grown))
