"""What a hall strains its server with: all votes at once, and one who never reads what is sent.

All clients are in this process, since few frames are read here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

import psutil

from browser.servers import Server
from hall_clients import FollowerPage, Lecturer, newcomer
from wire_client import Wire

MOST, LONGEST = 500, 60.0
"""Voters, and seconds for which memory is looked at."""

FEW = 10
"""Followers who read beside the one who does not: enough to see whether they have to wait for it."""

LOOK_EVERY, SAY_EVERY = 0.25, 0.2
"""Seconds between two looks at the server's memory, and between two things that the lecturer's page says."""

LESSON = {"name": "l2", "question": "Which?", "choices": [["none", "Without"], ["L2", "With"], ["same", "Neither"]]}


def measure(server: Server, count: int, seconds: float) -> dict[str, Any]:
    """Have `count` people vote, and look for some seconds at the memory without and with one who never reads.

    Raises ValueError beyond what is allowed.
    """
    if not (1 <= count <= MOST and 1 <= seconds <= LONGEST):
        raise ValueError(f"voters may be 1 to {MOST}, and seconds 1 to {LONGEST:g}; given are {count}, {seconds}")
    return asyncio.run(_measure(server, count, seconds))


async def _measure(server: Server, count: int, seconds: float) -> dict[str, Any]:
    lecturer = await Lecturer(server.url).arrive()
    await lecturer.present(lesson=LESSON)
    counted = await _votes(lecturer, count)
    found = await _deaf(lecturer, psutil.Process(server.process.pid), seconds)
    lecturer.tell(kind="end")
    await lecturer.leave()
    await Wire.close_all()
    return {"voters": count, "counted": counted, **found}


async def _votes(lecturer: Lecturer, count: int) -> float:
    """Seconds from the first vote until the lecturer's page knows of all. Raises TimeoutError if some are lost."""
    pages = [await newcomer(lecturer.url, lecturer.room["code"]) for _ in range(count)]
    tasks = [asyncio.create_task(page.follow()) for page in pages]
    started = time.monotonic()
    for number, page in enumerate(pages):
        page.vote(number % 3)
    await lecturer.until(lambda: lecturer.count.get("answered") == count, 60)
    took = time.monotonic() - started
    await _leave(pages, tasks)
    await lecturer.until(lambda: lecturer.count.get("followers") == 0)
    return took


async def _deaf(lecturer: Lecturer, process: psutil.Process, seconds: float) -> dict[str, float]:
    """Memory (bytes) and frames per second of the others, without and with one who never reads.

    The lecturer's page says something long and new all the while, which everybody is told.
    """
    pages = [await FollowerPage(lecturer.url, lecturer.room["code"]).arrive() for _ in range(FEW)]
    tasks = [asyncio.create_task(page.follow()) for page in pages]
    talking = asyncio.create_task(_talk(lecturer))
    await asyncio.sleep(3)  # their rates are found
    found: dict[str, float] = {}
    for who in ("alone", "deaf"):
        if who == "deaf":
            deaf = await FollowerPage(lecturer.url, lecturer.room["code"], paints=False).arrive()
            deaf.wire.writer.transport.pause_reading()  # type: ignore[attr-defined]
        memory, started, before = [], time.monotonic(), [page.frames for page in pages]
        while time.monotonic() < started + seconds:
            await asyncio.sleep(LOOK_EVERY)
            memory.append(process.memory_info().rss)
        took = time.monotonic() - started
        found[f"memory {who}"] = median(memory)
        found[f"most {who}"] = max(memory)
        found[f"rate {who}"] = min(page.frames - old for page, old in zip(pages, before, strict=True)) / took
    talking.cancel()
    await _leave([*pages, deaf], tasks)
    return found


async def _talk(lecturer: Lecturer) -> None:
    number = 0
    while True:
        number += 1
        lecturer.tell(kind="state", lesson={**LESSON, "question": f"{number} {'x' * 19_000}"})
        await asyncio.sleep(SAY_EVERY)


async def _leave(pages: Sequence[FollowerPage], tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for page in pages:
        page.wire.close()
