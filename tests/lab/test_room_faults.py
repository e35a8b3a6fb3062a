"""Rooms that lose something: the lecturer's page, its line, its lab, memory, or followers that read nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tornado.iostream import StreamBufferFullError

import fake_time
from fake_hall import Page, frame, join, server
from regviz.lab.serve.hall.following import FollowSocket
from regviz.lab.serve.hall.presenting import MOST_UNREAD
from regviz.lab.serve.hall.room import CROWDED_EVERY, EXPIRED, Refused
from regviz.lab.serve.hall.rooms import GRACE, MOST_ROOMS, PATIENCE, Rooms, Tap
from regviz.lab.serve.kernels.kernels import CappedKernelManager

LESSON = {"name": "l2", "question": "Which?", "choices": [["none", "Without"], ["L2", "With"]]}

Taps = dict[str, Tap]


def test_a_page_that_falls_silent_is_told_of_within_five_seconds_and_has_the_time_of_its_kernel() -> None:
    async def scene(rooms: Rooms, taps: Taps) -> None:
        page = Page()
        room = page.opens(rooms)
        _, desk = join(room)
        await asyncio.sleep(20)
        assert not desk.hall["stands"]  # a page that answers may say nothing else for long
        assert not desk.hall["away"]
        page.answers = False
        await asyncio.sleep(5)
        assert desk.hall["stands"]
        assert not page.hung_up
        page.answers = True  # it was busy
        await asyncio.sleep(3)
        assert not desk.hall["stands"]
        page.answers = False
        await asyncio.sleep(13)
        assert (desk.hall["away"], desk.hall["stands"]) == ("cut", False)
        assert page.hung_up
        await asyncio.sleep(0.9 * PATIENCE)
        again = Page()
        assert again.opens(rooms, token=room.token) is room
        await asyncio.sleep(1)
        assert not desk.hall["away"]
        again.answers = False
        await asyncio.sleep(PATIENCE + 20)
        assert desk.closed == EXPIRED
        assert len(rooms) == 0

    server(scene)
    assert CappedKernelManager.patience.default_value == PATIENCE


def test_a_lab_that_plays_and_sends_nothing_is_told_of_and_a_paused_or_hidden_one_is_not() -> None:
    async def scene(rooms: Rooms, taps: Taps) -> None:
        page = Page()
        room = page.opens(rooms)
        _, desk = join(room)
        hear = taps["k"]
        hear(frame(1, (40, 30), state="playing"))
        for number in range(2, 12):
            await asyncio.sleep(1)
            hear(frame(number, epoch=number))
        assert all(not hall["stands"] for hall in desk.halls)
        await asyncio.sleep(5)
        assert desk.hall["stands"]
        hear(frame(12, epoch=12))
        await asyncio.sleep(0.3)
        assert not desk.hall["stands"]
        room.say({"hidden": True})
        await asyncio.sleep(10)
        assert not desk.hall["stands"]
        room.say({"hidden": False})
        await asyncio.sleep(2)
        assert not desk.hall["stands"]  # it has only just come back
        hear(frame(13, state="paused"))
        await asyncio.sleep(10)
        assert not desk.hall["stands"]

    server(scene)


def test_a_server_that_was_held_up_itself_cuts_nobody_off() -> None:
    async def scene(rooms: Rooms, taps: Taps) -> None:
        page = Page()
        room = page.opens(rooms)
        await asyncio.sleep(3)
        fake_time.clock().now += 30
        await asyncio.sleep(3)
        assert (room.presenter, page.hung_up) == (page, False)

    server(scene)


def test_a_page_has_one_room_and_those_that_it_leaves_behind_make_room_for_others() -> None:
    async def scene(rooms: Rooms, taps: Taps) -> None:
        page, another = Page(), Page()
        kept = page.opens(rooms, "first")
        join(kept)
        for i in range(3 * MOST_ROOMS):
            page.opens(rooms, f"k{i}")
        assert len(rooms) == MOST_ROOMS
        assert list(taps) == [f"k{3 * MOST_ROOMS - 1}"]
        assert rooms.find(kept.code) is kept  # somebody follows it
        assert another.opens(rooms, "another").presenter is another
        await asyncio.sleep(GRACE + 1)
        assert len(rooms) == 2

    server(scene)


def test_rooms_whose_labs_have_ended_forget_their_pictures_and_end_while_their_pages_stay_open() -> None:
    running = {f"k{i}" for i in range(MOST_ROOMS)}

    async def scene(rooms: Rooms, taps: Taps) -> None:
        pages = [Page() for _ in running]
        opened = [page.opens(rooms, f"k{i}") for i, page in enumerate(pages)]
        _, desk = join(opened[0])
        taps["k0"](frame(1, (40, 30)))
        assert opened[0].fan.picture.pixels == 1200
        with pytest.raises(Refused):
            Page().opens(rooms, "another")
        running.clear()
        await asyncio.sleep(2)
        assert desk.hall["away"] == "lab"
        assert opened[0].fan.picture.pixels == 0
        assert taps == {}
        running.add("new")
        pages[0].opens(rooms, "new", token=opened[0].token)
        await asyncio.sleep(1)
        assert not desk.hall["away"]
        await asyncio.sleep(GRACE)
        assert len(rooms) == 1
        assert pages[1].last("ended")
        assert all(message["kind"] != "ended" for message in pages[0].told)

    server(scene, runs=running.__contains__)


def test_nothing_is_composed_while_nobody_follows_and_who_comes_first_has_a_whole_picture_sent() -> None:
    async def scene(rooms: Rooms, taps: Taps) -> None:
        page = Page()
        room = page.opens(rooms)
        taps["k"](frame(1, (40, 30)))
        assert room.fan.picture.pixels == 0
        assert page.told == []
        for number in (2, 3):  # one who leaves at once, and the next one
            follower, desk = join(room)
            await asyncio.sleep(0.1)
            if number == 2:
                room.leave(follower)
                taps["k"](frame(number, (40, 30)))
        await asyncio.sleep(0.5)
        assert [message["kind"] for message in page.told].count("whole") == 2
        taps["k"](frame(3, (40, 30)))
        await asyncio.sleep(0.1)
        assert desk.frames == 1
        room.leave(next(iter(room.desks)))
        assert room.fan.picture.pixels == 0

    server(scene)


def test_the_pictures_of_all_rooms_are_bounded_and_who_has_none_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regviz.lab.serve.hall.rooms.MOST_PIXELS", 3_000)

    async def scene(rooms: Rooms, taps: Taps) -> None:
        pages = [Page() for _ in range(4)]
        opened = [page.opens(rooms, f"k{i}") for i, page in enumerate(pages)]
        pairs = [join(room) for room in opened]
        for i in range(4):
            taps[f"k{i}"](frame(1, (20, 20) if i == 0 else (40, 30)))
        await asyncio.sleep(1)
        assert [desk.hall["crowded"] for _, desk in pairs] == [False, False, False, True]
        asked = len(pages[3].told)
        for number in range(2, 50):
            taps["k3"](frame(number))
        assert len(pages[3].told) == asked  # its frames need not be asked for anew, fifty times a second
        opened[1].leave(pairs[1][0])
        await asyncio.sleep(CROWDED_EVERY + 1)
        assert len(pages[3].told) > asked
        taps["k3"](frame(50, (40, 30)))
        await asyncio.sleep(0.5)
        assert not pairs[3][1].hall["crowded"]

    server(scene)


def test_announcements_are_few_and_one_who_does_not_read_has_none_of_them_waiting() -> None:
    async def scene(rooms: Rooms, taps: Taps) -> None:
        room = Page().opens(rooms)
        room.say({"lesson": LESSON})
        (deaf, held), (_, desk) = join(room, "a"), join(room, "b")
        await asyncio.sleep(1)
        for each in (held, desk):
            each.texts.clear()
        held.held = True
        for i in range(40):  # two seconds of a page that says twenty new things in each
            room.say({"title": f"{i}"})
            room.vote(deaf, i % 2)
            await asyncio.sleep(0.05)
        assert held.texts == []
        assert len(desk.halls) <= 10
        await asyncio.sleep(0.5)
        assert desk.hall["title"] == "39"
        held.held = False
        await asyncio.sleep(0.5)
        assert [hall["title"] for hall in held.halls] == ["39"]  # the latest, and no other
        held.held = True
        room.say({"title": "new"})
        held.held = False
        room.painted(deaf, 0)
        assert held.hall["title"] == "new"  # whoever answers has room again

    server(scene)


def test_a_question_in_other_words_keeps_its_votes_and_one_with_other_choices_does_not() -> None:
    async def scene(rooms: Rooms, taps: Taps) -> None:
        room = Page().opens(rooms)
        room.say({"lesson": LESSON})
        follower, _ = join(room)
        room.vote(follower, 1)
        room.say({"lesson": {**LESSON, "choices": [["none", "Ohne"], ["L2", "Mit"]]}, "lang": "de"})
        assert room.poll is not None
        assert (room.poll.answered, room.poll.rows()) == (1, [["Mit"]])
        room.say({"lesson": {**LESSON, "choices": [["none", "Ohne"], ["L1", "Mit"]]}})
        assert room.poll.answered == 0

    server(scene)


class Stream:
    """A stream that takes so many bytes and sends none."""

    def __init__(self) -> None:
        self.held, self.closed = 0, False

    def write(self, data: bytes) -> None:
        if self.held + len(data) > MOST_UNREAD:
            raise StreamBufferFullError
        self.held += len(data)

    def close(self) -> None:
        self.closed = True


class Connection:
    """A websocket's protocol on such a stream."""

    def __init__(self) -> None:
        self.stream = Stream()

    def is_closing(self) -> bool:
        return self.stream.closed

    def write_message(self, message: str, binary: bool = False) -> Any:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.stream.write(message.encode())
        future.set_result(None)
        return future


def test_a_page_for_which_too_much_waits_is_hung_up_on(capsys: pytest.CaptureFixture[str]) -> None:
    async def play() -> None:
        texts, frames = FollowSocket.__new__(FollowSocket), FollowSocket.__new__(FollowSocket)
        for socket, send in (
            (texts, lambda: texts.tell_text("x" * 500_000)),
            (frames, lambda: frames.put(bytes(500_000))),
        ):
            connection = Connection()
            socket.ws_connection = connection  # type: ignore[assignment]
            for _ in range(MOST_UNREAD // 500_000):
                send()
            assert not connection.stream.closed
            send()
            assert connection.stream.closed
            assert "was cut off" in capsys.readouterr().err

    asyncio.run(play())
