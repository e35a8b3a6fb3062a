"""Rooms: who may open one, how long it waits, and who hears what."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tornado.routing import PathMatches, ReversibleRuleRouter, Rule
from tornado.web import HTTPError

from fake_hall import HEAD, Page, custom, join, server
from regviz.lab.serve.access.tries import MOST_KNOWN
from regviz.lab.serve.hall.codes import WRONG, Codes, sure_letters
from regviz.lab.serve.hall.following import hall, own_copy, page_files
from regviz.lab.serve.hall.presenting import MOST_CHOICES, STATE, follow_link, qr_code
from regviz.lab.serve.hall.room import EXPIRED, MOST_FOLLOWERS, MOST_POLLS, Refused
from regviz.lab.serve.hall.rooms import GRACE, LENGTH, LETTERS, MOST_ROOMS, Rooms, Tap, normal
from regviz.lab.serve.settings import Settings
from regviz.language import LANGUAGES

LESSON = {"name": "l2", "question": "Which?", "choices": [["none", "Without"], ["L2", "With"]]}


def test_a_code_has_six_letters_that_cannot_be_mistaken_and_is_found_however_it_is_typed() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        codes = [rooms.open(f"k{i}", "v", Page()).code for i in range(50)]
        assert len(set(codes)) == 50
        assert all(len(code) == LENGTH and set(code) <= set(LETTERS) for code in codes)
        assert not set(LETTERS) & set("AEIOUYL01258")
        assert len(LETTERS) ** LENGTH > 4e7
        typed = f" {codes[0][:3].lower()}-{codes[0][3:]} "
        found = rooms.find(typed)
        assert found is not None
        assert found.code == codes[0]
        assert rooms.find("") is None
        assert rooms.find("<script>") is None
        assert len(normal("x" * 10**6)) <= 2 * LENGTH

    server(scene)


def test_a_kernel_has_one_room_and_there_are_not_more_than_may_be() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        first, second = Page(), Page()
        room = rooms.open("k", "v", first)
        assert rooms.open("k", "w", second) is room
        assert first.last("taken")
        assert (room.view, room.presenter) == ("w", second)
        for i in range(MOST_ROOMS - 1):
            rooms.open(f"k{i}", "v", Page())
        with pytest.raises(Refused, match=str(MOST_ROOMS)):
            rooms.open("another", "v", Page())
        rooms.end(room)
        assert rooms.open("another", "v", Page()).code != room.code
        assert "k" not in taps
        assert len(taps) == MOST_ROOMS

    server(scene)


def test_a_reload_takes_the_room_up_again_with_another_kernel_and_nobody_is_lost() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        before, after = Page(), Page()
        room = before.opens(rooms, "old")
        _, desk = join(room)
        assert not desk.hall["away"]
        rooms.away(room, before)
        await asyncio.sleep(1)
        assert desk.hall["away"] == "left"
        assert taps == {}
        await asyncio.sleep(0.9 * GRACE)
        assert after.opens(rooms, "new", "w", room.token) is room
        await asyncio.sleep(1)
        assert not desk.hall["away"]
        assert list(taps) == ["new"]
        await asyncio.sleep(2 * GRACE)
        assert rooms.find(room.code) is room
        assert desk.closed == 0
        rooms.away(room, before)  # the old page's socket is closed late
        await asyncio.sleep(2 * GRACE)
        assert rooms.find(room.code) is room

    server(scene)


def test_a_lecturer_who_does_not_come_back_ends_the_room_and_followers_are_told() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        page = Page()
        room = rooms.open("k", "v", page)
        _, desk = join(room)
        rooms.away(room, page)
        await asyncio.sleep(1.1 * GRACE)
        assert rooms.find(room.code) is None
        assert desk.closed == EXPIRED
        assert rooms.of_token(room.token) is None
        assert (len(rooms), rooms.followers) == (0, 0)

    server(scene)


def test_followers_of_a_room_are_bounded_and_counted_for_the_lecturer() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        page = Page()
        room = rooms.open("k", "v", page)
        pairs = [join(room, str(i)) for i in range(MOST_FOLLOWERS)]
        with pytest.raises(Refused, match="full"):
            join(room)
        await asyncio.sleep(0.5)
        assert page.last("count")["followers"] == MOST_FOLLOWERS == rooms.followers
        assert sum(message["kind"] == "count" for message in page.told) == 1  # not one for each of them
        room.leave(pairs[0][0])
        room.leave(pairs[0][0])
        await asyncio.sleep(0.5)
        assert page.last("count")["followers"] == MOST_FOLLOWERS - 1
        join(room)

    server(scene)


def test_votes_are_counted_for_the_lecturer_and_told_to_nobody_else_before_they_are_revealed() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        page = Page()
        room = rooms.open("k", "v", page)
        room.say({"lesson": LESSON})
        (one, desk), (other, _) = join(room, "a"), join(room, "b")
        nameless, its = join(room, "")
        room.vote(one, 0)
        room.vote(one, 1)
        room.vote(other, 1)
        room.vote(nameless, 0)
        assert desk.texts[-1] == {"kind": "vote", "place": 1, "voter": True}
        assert its.texts[-1] == {"kind": "vote", "place": -1, "voter": False}
        await asyncio.sleep(0.5)
        assert (page.last("count")["answered"], page.last("count")["poll"]["counts"]) == (2, [])
        assert all(not hall["poll"]["counts"] for hall in desk.halls)
        room.reveal()
        assert desk.hall["poll"] == {"round": 1, "open": False, "more": True, "counts": [[0, 2]]}
        await asyncio.sleep(0.5)
        room.again()
        assert desk.hall["poll"]["open"]
        assert desk.texts[-1]["place"] == -1  # there is a new question
        second, its_desk = join(room, "a")  # another tab of the same browser
        room.vote(second, 0)
        room.vote(one, 0)
        await asyncio.sleep(0.5)
        room.reveal()
        assert its_desk.hall["poll"]["counts"] == [[0, 2], [1, 0]]

    server(scene)


def test_a_browser_is_counted_once_in_however_many_tabs_it_follows_and_stays_in_a_vote_that_it_has_cast() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        page = Page()
        room = rooms.open("k", "v", page)
        room.say({"lesson": LESSON})

        async def counted() -> tuple[int, int, int]:
            await asyncio.sleep(0.5)
            count = page.last("count")
            return count["followers"], count["answered"], count["asked"]

        followers = [join(room, name)[0] for name in ("a", "a", "b", "c", "d", "", "")]
        assert await counted() == (6, 0, 4)  # pages without cookies may be of two people, who have no vote
        for follower in followers[:4]:
            room.vote(follower, 0)
        assert await counted() == (6, 3, 4)
        for follower in followers[:4]:
            room.leave(follower)
        assert await counted() == (3, 3, 4)
        room.reveal()
        room.again()
        assert await counted() == (3, 0, 1)  # another vote is asked of those who are there

    server(scene)


def test_an_answer_is_marked_in_all_tabs_of_its_browser_and_in_no_other_s() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        room = rooms.open("k", "v", Page())
        room.say({"lesson": LESSON})
        (first, its), (second, other_tab), (_, another) = join(room, "a"), join(room, "a"), join(room, "b")
        (nameless, unheard), (_, stranger) = join(room, ""), join(room, "")
        room.vote(first, 0)
        assert [desk.texts[-1].get("place") for desk in (its, other_tab, another)] == [0, 0, -1]
        its.held = True
        room.vote(second, 1)
        its.held = False
        await asyncio.sleep(0.5)  # a tab that does not read is told once it does
        assert [desk.texts[-1].get("place") for desk in (its, other_tab, another)] == [1, 1, -1]
        told = len(stranger.texts)
        room.vote(nameless, 1)
        assert unheard.texts[-1] == {"kind": "vote", "place": -1, "voter": False}
        assert len(stranger.texts) == told  # who has no name is not the next one without

    server(scene)


def test_a_room_goes_along_to_the_next_lesson_and_back_with_the_votes_of_each() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        room = rooms.open("k", "v", Page())
        room.say({"lesson": LESSON})
        follower, desk = join(room)
        room.vote(follower, 1)
        await asyncio.sleep(0.5)
        room.say({"lesson": {**LESSON, "name": "xor"}})
        assert desk.hall["lesson"]["name"] == "xor"
        assert desk.texts[-1] == {"kind": "vote", "place": -1, "voter": True}  # its answer was to another question
        assert room.poll is not None
        assert room.poll.answered == 0
        room.say({"lesson": LESSON})
        assert room.poll.answered == 1
        room.say({"lesson": None})
        assert room.poll is None
        room.vote(follower, 0)
        room.reveal()
        for i in range(3 * MOST_POLLS):
            room.say({"lesson": {**LESSON, "name": str(i)}})
        assert len(room.polls) == MOST_POLLS

    server(scene)


def test_a_vote_ends_when_the_answer_is_told_be_it_of_the_lesson_or_of_a_break() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        room = rooms.open("k", "v", Page())
        follower, desk = join(room)
        for lesson in (LESSON, {**LESSON, "name": "l2: a break"}):
            room.say({"lesson": lesson, "outcome": ""})
            room.vote(follower, 0)
            room.say({"outcome": "L2", "turned": None})
            room.vote(follower, 1)
            await asyncio.sleep(0.5)
            assert (desk.hall["outcome"], desk.hall["poll"]["open"], desk.hall["poll"]["counts"]) == ("L2", False, [])
            assert room.poll is not None
            assert room.poll.of("a") == 0
            room.reveal()
            room.again()
            room.say({"turned": {"outcome": "none", "epoch": 677}})
            room.vote(follower, 1)
            await asyncio.sleep(0.5)
            assert desk.hall["poll"]["open"]
            assert room.poll.of("a") == 1
            assert desk.hall["turned"] == {"outcome": "none", "epoch": 677}

    server(scene)


def test_a_vote_counts_for_the_question_that_its_voter_has_seen_and_for_no_other() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        room = rooms.open("k", "v", Page())
        room.say({"lesson": LESSON})
        follower, desk = join(room)
        for of in (["xor", 1], ["l2", 2], "l2", 3, []):  # the lecturer has gone on while a thumb was on its way
            room.vote(follower, 1, of)
            assert desk.texts[-1]["place"] == -1
        room.vote(follower, 1, ["l2", 1])
        assert desk.texts[-1]["place"] == 1
        assert room.poll is not None
        assert room.poll.answered == 1

    server(scene)


def test_questions_that_nobody_has_answered_make_room_before_those_that_somebody_has() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        room = rooms.open("k", "v", Page())
        follower, _ = join(room)
        for i in range(3 * MOST_POLLS):
            room.say({"lesson": {**LESSON, "name": str(i)}})
            if i < 2:
                room.vote(follower, i)
        assert list(room.polls)[:2] == ["0", "1"]
        assert len(room.polls) == MOST_POLLS

    server(scene)


def test_a_kernel_s_messages_that_are_no_frames_or_lie_stop_nothing_and_a_whole_picture_is_asked_for() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        page = Page()
        room = page.opens(rooms)
        join(room)
        await asyncio.sleep(1)
        page.told.clear()
        hear = taps["k"]
        for parts in (
            [b'{"msg_type": "status"}', b"{}", b"{}", b"{}"],
            [HEAD, b"{}", b"{}", b"no JSON"],
            [HEAD],
            [HEAD, b"{}", b"{}", b"[]"],
            [HEAD, b"{}", b"{}", b'{"data": {"method": "update", "state": {}}}'],
            custom(kind="hint"),
            custom(kind="frame"),
            custom(kind="frame", views=3),
            custom(kind="frame", views=["another"], after=[0], frame=1),
        ):
            hear(parts)
        assert page.told == []
        for _ in range(20):
            hear(custom(kind="frame", views=["v"], after=[7], frame=8))
        assert page.told == [{"kind": "whole"}]  # once, though twenty frames came to nothing
        await asyncio.sleep(2)
        assert len(page.told) == 2  # and once more, since none has come
        assert not room.fan.picture.ready

    server(scene)


@pytest.mark.parametrize(
    ("base", "host", "link", "reach"),
    [
        ("https://hall.example/hub/", "0.0.0.0", "https://hall.example/hub/follow/X", True),
        ("http://192.0.2.7:8866/", "0.0.0.0", "http://192.0.2.7:8866/follow/X", True),
        ("http://127.0.0.1:8866/", "127.0.0.1", "http://127.0.0.1:8866/follow/X", False),
        ("http://localhost:8866/", "localhost", "http://localhost:8866/follow/X", False),
    ],
)
def test_the_link_is_the_server_as_the_lecturer_knows_it(base: str, host: str, link: str, reach: bool) -> None:
    assert follow_link(base, "X", host) == (link, reach)


def test_the_link_of_a_lecturer_at_the_server_s_own_machine_is_one_that_others_reach(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("regviz.lab.serve.hall.presenting.outward_address", lambda host: "192.0.2.7")
    assert follow_link("http://127.0.0.1:8866/a/?b#c", "X", "0.0.0.0") == ("http://192.0.2.7:8866/a/follow/X", True)
    monkeypatch.setattr("regviz.lab.serve.hall.presenting.outward_address", lambda host: "2001:db8::7")
    assert follow_link("http://[::1]:8866/", "X", "::") == ("http://[2001:db8::7]:8866/follow/X", True)
    monkeypatch.setattr("regviz.lab.serve.hall.presenting.outward_address", lambda host: None)
    assert follow_link("http://127.0.0.1:8866/", "X", "0.0.0.0") == ("http://127.0.0.1:8866/follow/X", False)


def test_the_qr_code_is_a_picture_dark_on_light() -> None:
    code = qr_code("http://192.0.2.7:8866/follow/BCDFGH")
    assert code.startswith("<svg")
    assert "#fff" in code
    assert "script" not in code


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("voila/render/playground.ipynb?l1=0.1", "voila/render/playground.ipynb?l1=0.1"),
        ("", ""),
        ("//evil.example/voila/render/x", ""),
        ("https://evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("voila/render/../../x", ""),
        ("voila/render/%2e%2e/%2E./x", ""),
        ("voila/render/.%2e\\x", ""),
        ("voila/render/%5cevil", ""),
        ("voila/%72ender/x", ""),
        ("voila/render/a%20b.ipynb?l1=..", "voila/render/a%20b.ipynb?l1=.."),
        ("voila/render/\\evil", ""),
        ("files/x", ""),
    ],
)
def test_a_copy_of_one_s_own_never_leads_off_the_server(asked: str, leads: str) -> None:
    assert own_copy(asked) == leads


def test_a_copy_is_in_the_language_of_its_reader_not_in_the_lecturer_s() -> None:
    asked = "voila/render/playground.ipynb?l1=0.1&lang=de"
    assert own_copy(asked) == "voila/render/playground.ipynb?l1=0.1"
    assert own_copy(asked, "?lang=es") == "voila/render/playground.ipynb?l1=0.1&lang=es"
    assert own_copy("voila/render/playground.ipynb", "?lang=es") == "voila/render/playground.ipynb?lang=es"
    assert own_copy("", "?lang=es") == "?lang=es"


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("title", "x", "x" * 201),
        ("hidden", True, 1),
        ("copy", "x", None),
        ("lesson", LESSON, {**LESSON, "more": 1}),
        ("lesson", None, {**LESSON, "choices": [["a", "b"]]}),
        ("lesson", None, {**LESSON, "choices": [["a", "b"]] * (MOST_CHOICES + 1)}),
        ("lesson", None, {**LESSON, "choices": [["a", "b"], ["a", 3]]}),
        ("lesson", None, {**LESSON, "question": "x" * 20_001}),
        ("lesson", None, []),
        ("outcome", "L2", ["L2"]),
        ("turned", {"outcome": "L2", "epoch": 677}, {"outcome": "L2", "epoch": 6.5}),
        ("turned", None, {"outcome": "L2", "epoch": -1}),
        ("turned", None, {"outcome": ["L2"], "epoch": 1}),
        ("turned", None, {"outcome": "x" * 101, "epoch": 1}),
        ("turned", None, {"outcome": "L2"}),
        ("observation", "x", "x" * 2_001),
        ("lang", "de", "xx"),
        ("lang", "en", ["de"]),
    ],
)
def test_what_a_page_says_of_itself_is_checked(name: str, good: Any, bad: Any) -> None:
    assert STATE[name](good)
    assert not STATE[name](bad)


def browser(address: str = "192.0.2.1", cookie: str = "") -> Any:
    """A request with a cookie whose signature holds."""
    return SimpleNamespace(
        request=SimpleNamespace(remote_ip=address),
        settings={"regviz": Settings(Path())},
        get_signed_cookie=lambda name: cookie.encode() or None,
    )


def test_wrong_codes_are_counted_for_their_address_and_right_ones_are_not() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        room = rooms.open("k", "v", Page())
        codes = Codes(rooms, lambda: 0.0)
        for _ in range(500):
            assert codes.find(browser(), f"{room.code[:3].lower()} {room.code[3:]}") is room
        for _ in range(int(WRONG[0])):
            assert codes.find(browser(), "AAAAAA") is None
        for code in ("AAAAAA", room.code, room.code + "AA"):
            with pytest.raises(HTTPError, match="429"):
                codes.find(browser(), code)
        assert codes.find(browser("192.0.2.2"), room.code) is room
        # Who is in stays, also when the lecture is over; and who has the long link comes in.
        assert codes.find(browser(cookie=f"name {room.code}"), room.code) is room
        assert codes.find(browser(cookie="name BBBBBB"), "BBBBBB") is None
        assert codes.find(browser(), room.code + sure_letters(room)) is room
        assert codes.find(browser(), room.code + "AAAAAA") is None
        with pytest.raises(HTTPError, match="429"):
            codes.find(browser(cookie="name BBBBBB"), room.code)

    server(scene)


def test_the_odds_that_are_written_down_are_those_of_the_bounds() -> None:
    codes, hours = len(LETTERS) ** LENGTH, 2 * 3600
    one, everybody = WRONG[0] + hours * WRONG[1], WRONG[2] + hours * WRONG[3] + 2 * MOST_KNOWN
    assert (codes, one, everybody) == (47_045_881, 3_640, 46_400)
    assert (round(codes / one, -3), round(codes / everybody, -2)) == (13_000, 1_000)


def test_the_page_may_run_its_own_script_and_ask_its_own_server_and_nothing_else() -> None:
    for chosen in LANGUAGES:
        script, _, policy = page_files(chosen)
        assert f'const LANG = "{chosen}";' in script
        assert "</script" not in script
        known = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"default-src 'none'; script-src 'sha256-{known}'; style-src" in policy


def test_what_is_said_while_the_lecture_ends_is_dropped() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        room = rooms.open("k", "v", Page())
        room.say({"lesson": LESSON})
        follower, _ = join(room, "a")
        rooms.end(room)
        room.vote(follower, 0)
        room.painted(follower, 1)

    server(scene)


def test_a_code_that_is_typed_into_an_address_as_it_is_shown_leads_to_the_room() -> None:
    async def scene(rooms: Rooms, taps: dict[str, Tap]) -> None:
        router = ReversibleRuleRouter([Rule(PathMatches(path), kind) for path, kind, _ in hall(rooms, "here", {})])
        for typed in ("BCD%20FGH", "BCD-FGH", "BCDFGH", "bcd%20fgh/copy", "bcd%20fgh/socket"):
            request: Any = SimpleNamespace(path=f"/follow/{typed}")
            found = next(filter(None, (rule.matcher.match(request) for rule in router.rules)), None)
            assert found is not None, typed
            assert normal(found["path_args"][0].decode()) == "BCDFGH"

    server(scene)


def test_a_copy_that_is_no_address_leads_to_the_gallery() -> None:
    assert own_copy("//[") == ""
