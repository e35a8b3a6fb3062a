"""One picture to many followers: the same bytes for all, fewer for the slow, the whole for the late."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np

import fake_time
from fake_follower import Drawn
from regviz.lab.canvas.encode import runs
from regviz.lab.serve.hall.composed import Composed, unpacked
from regviz.lab.serve.hall.fan import BEAT, FASTEST, LARGE, MISSED, SIGN, Fan, Follower, framed, sent


class Line:
    """A follower's line: takes frames, and may hold them back."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.beats = 0
        self.held = False

    def put(self, frame: bytes) -> None:
        if frame == SIGN:
            self.beats += 1
        else:
            self.frames.append(frame)

    def busy(self) -> bool:
        return self.held

    @property
    def headers(self) -> list[dict[str, Any]]:
        return [unpacked(content_of(frame))[0] for frame in self.frames]

    @property
    def drawn(self) -> Drawn:
        """What the frames draw, of which none may be missing."""
        drawn, newest = Drawn(), -1
        for frame in self.frames:
            header, body = unpacked(content_of(frame))
            assert "whole" in header or header["after"] == newest
            newest = header["frame"]
            drawn.take(header, body)
        return drawn


def content_of(frame: bytes) -> bytes:
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]


class Source:
    """A kernel whose picture changes by one pixel with each frame."""

    def __init__(self) -> None:
        self.picture = Composed()
        self.fan = Fan(self.picture)
        self.number = 0
        self.rng = np.random.default_rng(0)
        self.page = Drawn()

    def frame(self, whole: bool = False) -> None:
        self.number += 1
        header: dict[str, Any] = {"frame": self.number, "views": ["v"], "after": [self.number - 1]}
        size = (40, 30)
        if whole:
            header |= {"whole": [*size, 1]}
        flips = self.rng.integers(0, 2**32, size[0] * size[1] if whole else 1, np.uint32)
        x, y, w, h = (0, 0, *size) if whole else (*self.rng.integers(0, 30, 2).tolist(), 1, 1)
        values, lengths = runs(flips)
        header |= {"rectangles": [[x, y, w, h]], "runs": len(values), "epoch": self.number}
        body = values.tobytes() + lengths.tobytes()
        self.page.take(header, body)
        self.picture.take(json.loads(json.dumps(header)), body, "v")
        self.fan.wake()

    async def play(self, seconds: float, rate: float = 50) -> None:
        for _ in range(round(seconds * rate)):
            self.frame()
            await asyncio.sleep(1 / rate)

    def join(self, line: Line) -> Follower:
        follower = Follower(line, clock=asyncio.get_running_loop().time)
        self.fan.join(follower)
        return follower


async def answering(follower: Follower, line: Line, after: float = 0.02) -> None:
    """Answer five times a second, some seconds after a frame has come."""
    await asyncio.sleep(after)
    while True:
        if line.frames:
            follower.painted(follower.number)
        await asyncio.sleep(0.2)


def hall(scene: Callable[[Source], Awaitable[None]]) -> None:
    async def play() -> None:
        source = Source()
        source.frame(whole=True)
        await scene(source)
        source.fan.stop()

    fake_time.run(play())


def test_a_late_follower_gets_the_whole_picture_at_once_and_differences_from_then_on() -> None:
    async def scene(source: Source) -> None:
        early, late = Line(), Line()
        first = source.join(early)
        task = asyncio.create_task(answering(first, early))
        await source.play(1)
        second = source.join(late)
        other = asyncio.create_task(answering(second, late))
        assert ["whole" in header for header in late.headers] == [True]
        await source.play(1)
        await asyncio.sleep(0.2)
        assert sum("whole" in header for header in late.headers) == 1
        for line in (early, late):
            np.testing.assert_array_equal(line.drawn.pixels, source.page.pixels)
        task.cancel()
        other.cancel()

    hall(scene)


def test_the_more_follow_the_fewer_frames_each_gets_and_all_get_the_same_bytes() -> None:
    rates: dict[int, float] = {}

    async def scene(source: Source) -> None:
        for count in (1, 50, 200, 1000):
            lines = [Line() for _ in range(count)]
            followers = [source.join(line) for line in lines]
            tasks = [asyncio.create_task(answering(*pair)) for pair in zip(followers, lines, strict=True)]
            await source.play(4)
            rates[count] = len(lines[0].frames) / 4
            assert len({id(line.frames[3]) for line in lines}) == 1  # encoded once
            for follower, task in zip(followers, tasks, strict=True):
                source.fan.leave(follower)
                task.cancel()

    hall(scene)
    assert rates[1] > 0.9 * FASTEST
    assert rates[50] >= 20
    assert rates[200] >= 10
    assert rates[1000] >= 4.5


def test_one_who_never_answers_is_sent_a_second_s_frames_and_no_more_and_nobody_else_waits() -> None:
    async def scene(source: Source) -> None:
        deaf, quick = Line(), Line()
        source.join(deaf)
        task = asyncio.create_task(answering(source.join(quick), quick))
        await source.play(2)
        sent = len(deaf.frames)
        assert sent < 2 * FASTEST
        await source.play(20)
        assert len(deaf.frames) == sent
        assert len(quick.frames) > 20 * 0.9 * FASTEST
        task.cancel()

    hall(scene)


def test_who_has_missed_few_differences_gets_these_and_who_has_missed_more_the_whole() -> None:
    async def scene(source: Source) -> None:
        line, other = Line(), Line()
        follower = source.join(line)
        task = asyncio.create_task(answering(source.join(other), other))
        await source.play(0.1)
        follower.painted(follower.number)

        async def held_back(frames: int) -> list[dict[str, Any]]:
            """What it is sent once its line takes something again, after so many frames."""
            line.held, began = True, source.picture.number
            while source.picture.number < began + frames:
                await source.play(0.02)
            before, line.held = len(line.frames), False
            follower.painted(follower.number)
            source.fan.catch_up(follower)
            follower.painted(follower.number)
            return line.headers[before:]

        for frames in (1, 2, MISSED):
            sent = await held_back(frames)
            assert len(sent) == frames
            assert not any("whole" in header for header in sent)
            np.testing.assert_array_equal(line.drawn.pixels, other.drawn.pixels)
        assert ["whole" in header for header in await held_back(MISSED + 1)] == [True]
        assert {id(frame) for frame in line.frames[-MISSED - 1 : -1]} <= {id(frame) for frame in other.frames}
        follower._window = 3  # of a slow line
        assert ["whole" in header for header in await held_back(MISSED)] == [True]
        source.frame(whole=True)
        await asyncio.sleep(0.3)
        follower.painted(follower.number)
        source.fan.catch_up(follower)
        assert "whole" in line.headers[-1]
        np.testing.assert_array_equal(line.drawn.pixels, source.page.pixels)
        task.cancel()

    hall(scene)


def test_what_the_system_holds_back_is_not_added_to() -> None:
    async def scene(source: Source) -> None:
        line = Line()
        follower = source.join(line)
        line.held = True
        await source.play(2)
        assert len(line.frames) == 1
        line.held = False
        follower.painted(follower.number)
        source.fan.catch_up(follower)
        assert "whole" in line.headers[1]
        np.testing.assert_array_equal(line.drawn.pixels, source.page.pixels)

    hall(scene)


def test_a_slow_follower_gets_fewer_frames_and_never_old_ones() -> None:
    """Its line carries three frames a second: what is on the way never grows, and what it has is the newest then."""

    async def scene(source: Source) -> None:
        line = Line()
        follower = source.join(line)
        behind: list[int] = []
        arrived = 0
        for second in range(20):
            for _ in range(3):
                await source.play(1 / 3)
                if arrived < len(line.frames):
                    arrived += 1
                    number = line.headers[arrived - 1]["frame"]
                    if second > 5:
                        behind.append(source.picture.number - number)
                    follower.painted(number)
                    source.fan.catch_up(follower)
        assert max(behind) <= 2 * FASTEST  # two seconds at worst, and no more however long it lasts
        assert len(line.frames) - arrived <= 4
        line.drawn  # noqa: B018  (no difference from a picture that it does not have)

    hall(scene)


def test_whole_pictures_are_rare_however_many_need_one_and_all_get_the_newest() -> None:
    async def scene(source: Source) -> None:
        made: list[int] = []
        whole = source.picture.whole
        source.picture.whole = lambda: made.append(source.picture.number) or whole()  # type: ignore[method-assign, func-returns-value]
        lines = [Line() for _ in range(60)]
        followers = []
        for line in lines:
            followers.append(source.join(line))
            await source.play(0.02)
        await source.play(1)  # nobody answers
        made.clear()
        for follower in followers:
            follower.painted(follower.number)
            source.fan.catch_up(follower)
            await source.play(0.02)
        await source.play(0.5)
        assert 4 <= len(made) <= 10  # in 1.7 s, for sixty
        for follower in followers:
            follower.painted(follower.number)
            source.fan.catch_up(follower)
        await asyncio.sleep(0.5)
        for line in lines:
            np.testing.assert_array_equal(line.drawn.pixels, source.page.pixels)

    hall(scene)


def test_before_a_large_message_stands_how_many_bytes_are_on_the_way() -> None:
    assert sent(b"x" * (LARGE - 1)) == framed(b"x" * (LARGE - 1))
    for size in (LARGE, 65_535, 65_536, 300_000):
        message = sent(b"x" * size)
        assert message[0] == 0x81  # a text
        end = 2 + message[1]
        assert json.loads(message[2:end]) == {"kind": "coming", "bytes": size}
        assert message[end:] == framed(b"x" * size)


def test_nothing_new_no_frame_but_a_sign_of_life() -> None:
    async def scene(source: Source) -> None:
        line = Line()
        source.join(line)
        await asyncio.sleep(0.5)
        sent = len(line.frames)
        await asyncio.sleep(10 * BEAT)
        assert len(line.frames) == sent == 1
        assert 8 <= line.beats <= 10

    hall(scene)


def test_who_joins_after_a_while_without_anybody_gets_the_present_picture() -> None:
    async def scene(source: Source) -> None:
        await source.play(3)
        line = Line()
        source.join(line)
        np.testing.assert_array_equal(line.drawn.pixels, source.page.pixels)

    hall(scene)


def test_a_new_picture_reaches_everybody_as_a_whole() -> None:
    async def scene(source: Source) -> None:
        line = Line()
        task = asyncio.create_task(answering(source.join(line), line))
        await source.play(0.5)
        source.frame(whole=True)
        await source.play(0.5)
        await asyncio.sleep(0.2)
        assert sum("whole" in header for header in line.headers) == 2
        np.testing.assert_array_equal(line.drawn.pixels, source.page.pixels)
        task.cancel()

    hall(scene)


def test_frames_of_every_length_are_framed_as_the_standard_says() -> None:
    for size in (0, 125, 126, 65_535, 65_536):
        frame = framed(bytes(size))
        assert frame[0] == 0x82
        assert len(content_of(frame)) == size
        if frame[1] == 126:
            assert int.from_bytes(frame[2:4], "big") == size
        elif frame[1] == 127:
            assert int.from_bytes(frame[2:10], "big") == size
