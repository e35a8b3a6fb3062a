"""Followers of one playing lab: how often and how soon each gets the picture, and what the others pay for it.

The lecturer's page and the followers are clients of the protocol, in two processes beside the server: as many browsers
would take the machine for themselves. Run as a program, this file is the followers' process.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import psutil

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.shares import share  # noqa: E402
from browser.servers import Server  # noqa: E402
from hall_clients import FollowerPage, Lecturer, newcomer  # noqa: E402
from wire_client import Wire  # noqa: E402

MOST, LONGEST = 500, 900.0
"""Followers, and seconds: more would say nothing about a hall."""

LATE_EVERY, TURN_EVERY = 5.0, 2.0
"""Seconds between two who come late, and between two turns of a slider."""


def measure(server: Server, count: int, seconds: float) -> dict[str, Any]:
    """Play a lab for `count` followers and one that never reads. Raises ValueError beyond what is allowed."""
    if not (1 <= count <= MOST and 1 <= seconds <= LONGEST):
        raise ValueError(f"followers may be 1 to {MOST}, and seconds 1 to {LONGEST:g}; given are {count}, {seconds}")
    return asyncio.run(_measure(server, count, seconds))


async def _measure(server: Server, count: int, seconds: float) -> dict[str, Any]:
    process = psutil.Process(server.process.pid)
    lecturer = await Lecturer(server.url).arrive()
    await lecturer.present()
    alone = await _lecturing(lecturer, 5.0)
    before = process.memory_info().rss
    arguments = [sys.executable, __file__, server.url, lecturer.room["code"], str(count), str(seconds)]
    followers = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE)
    await lecturer.until(lambda: lecturer.count.get("followers", 0) >= count, 60)
    memory: list[int] = []

    async def watch() -> None:
        while True:
            memory.append(process.memory_info().rss)
            await asyncio.sleep(1)

    busy, started, watching = process.cpu_times(), time.monotonic(), asyncio.create_task(watch())
    late = asyncio.create_task(_late(lecturer, seconds))
    told = await _lecturing(lecturer, seconds)
    watching.cancel()
    spent, took = process.cpu_times(), time.monotonic() - started
    said, _ = await followers.communicate()
    result = {
        "followers": count,
        "seconds": seconds,
        **json.loads(said),
        "late": await late,
        "lecturer": told,
        "lecturer alone": alone,
        "server": {
            "before": before,
            "first half": median(memory[: len(memory) // 2 or 1]),
            "second half": median(memory[len(memory) // 2 :]),
            "most": max(memory),
            "busy": (spent.user + spent.system - busy.user - busy.system) / took,
        },
    }
    lecturer.tell(kind="end")
    await lecturer.leave()
    await Wire.close_all()
    return result


async def _lecturing(lecturer: Lecturer, seconds: float) -> dict[str, float]:
    """Turn a slider again and again: frames per second, and seconds to the frame that shows a turn."""
    frames, started = lecturer.frames, time.monotonic()
    lecturer.turns.clear()
    place = 20
    while (left := seconds - (time.monotonic() - started)) > 0:
        await asyncio.sleep(min(TURN_EVERY, left))
        place = 20 + (place - 19) % 10
        await lecturer.turn(place)
    rate = (lecturer.frames - frames) / (time.monotonic() - started)
    turns = lecturer.turns
    return {"rate": rate, "turn p50": share(turns, 0.5), "turn p95": share(turns, 0.95), "turn worst": max(turns)}


async def _late(lecturer: Lecturer, seconds: float) -> list[float]:
    """Seconds until those who come late have a whole picture."""
    found: list[float] = []
    for _ in range(int(seconds / LATE_EVERY)):
        await asyncio.sleep(LATE_EVERY)
        page = await FollowerPage(lecturer.url, lecturer.room["code"]).arrive()
        while not page.first and await page.read():
            pass
        found.append(page.first)
        page.wire.close()
    return found


async def follow(url: str, code: str, count: int, seconds: float) -> dict[str, Any]:
    """`count` followers for some seconds, and one that never reads."""
    deaf = await FollowerPage(url, code, paints=False).arrive()
    deaf.wire.writer.transport.pause_reading()  # type: ignore[attr-defined]
    pages = [await newcomer(url, code) for _ in range(count)]
    tasks = [asyncio.create_task(page.follow()) for page in pages]
    await asyncio.sleep(3)  # all of them have come, and their rates are found
    for page in pages:
        page.frames = page.bytes = page.wholes = 0
        page.ages.clear()
    started, busy = time.monotonic(), time.process_time()
    await asyncio.sleep(seconds - 3)
    took = time.monotonic() - started
    spent = (time.process_time() - busy) / took
    lost = sum(task.done() for task in tasks)
    rates = [page.frames / took for page in pages]
    ages = [age for page in pages for age in page.ages]
    for task in tasks:
        task.cancel()
    await Wire.close_all()
    return {
        "rate median": median(rates),
        "rate least": min(rates),
        "age p50": share(ages, 0.5),
        "age p95": share(ages, 0.95),
        "lost": lost,
        "busy": spent,
        "broken": sum(page.broken for page in pages),
        "wholes": sum(page.wholes for page in pages) / count,
        "bytes a second": sum(page.bytes for page in pages) / count / took,
        "bytes a frame": sum(page.bytes for page in pages) / max(sum(page.frames for page in pages), 1),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(follow(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))))
