"""A hall of a real server: present, follow, vote, come late, be slow, be rude."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from browser.servers import NOTEBOOKS, Server
from fake_follower import Drawn
from hall_clients import FollowerPage, Lecturer, browser, newcomer
from regviz.lab.serve.hall.codes import WRONG
from regviz.lab.serve.hall.following import MOST_TABS, TABS
from regviz.lab.serve.hall.presenting import GIVEN_UP
from regviz.lab.serve.hall.room import ENDED, UNKNOWN
from wire_client import CLOSE, Wire, fetch, fetch_bytes, say_goodbye

LESSON = {"name": "l2", "question": "Which?", "choices": [["none", "Without"], ["L2", "With"], ["same", "Neither"]]}


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`regviz app` on the project's notebooks."""
    parents = ["--frame-ancestors", "https://course.example.org"]
    with Server("app", NOTEBOOKS, tmp_path_factory.mktemp("hall"), parents) as server:
        yield server


def in_a_hall(served: Server, scene: Callable[[Lecturer], Awaitable[None]], **state: Any) -> None:
    """Play `scene` with a lab that plays and is presented."""

    async def play() -> None:
        lecturer = await Lecturer(served.url).arrive()
        try:
            await lecturer.present(**state)
            async with asyncio.timeout(120):
                await scene(lecturer)
        finally:
            await lecturer.leave()
            await Wire.close_all()

    asyncio.run(play())


async def follow(lecturer: Lecturer, **how: Any) -> FollowerPage:
    return await FollowerPage(lecturer.url, lecturer.room["code"], **how).arrive()


async def voter(lecturer: Lecturer) -> FollowerPage:
    """A follower with a browser of its own."""
    return await newcomer(lecturer.url, lecturer.room["code"])


async def until(page: FollowerPage, condition: Callable[[], bool]) -> None:
    while not condition():
        assert await page.read(), f"closed with {page.wire.code}"
        if page.paints and page.frames:
            page.answer()


def test_a_follower_sees_the_picture_the_numbers_and_the_sentence_and_then_what_moves(served: Server) -> None:
    async def scene(lecturer: Lecturer) -> None:
        early = await follow(lecturer)
        early.keeps = True
        await until(early, lambda: early.frames >= 8)
        late = await follow(lecturer)
        late.keeps = True
        await until(late, lambda: late.frames >= 8)
        newest = late.kept[-1][0]["frame"]
        await until(early, lambda: early.kept[-1][0]["frame"] >= newest)
        assert (late.wholes, late.broken, early.broken) == (1, 0, 0)
        pictures = []
        for page in (early, late):
            drawn = Drawn()
            for header, body in page.kept:
                if header["frame"] <= newest:
                    drawn.take(header, body)
            pictures.append(drawn)
            assert drawn.pixels.shape == (pictures[0].pixels.shape)
            assert [row["cells"][0] for row in drawn.facts["table"]] == ["none", "L1 0.001", "L2 0.001", "dropout 0.5"]
            assert {place[4] for place in drawn.facts["places"]} > {"Loss", "Fit"}
            assert drawn.facts["epoch"] > 0
            assert drawn.pixels.any()
        np.testing.assert_array_equal(pictures[0].pixels, pictures[1].pixels)
        assert early.hall["title"] == "Playground"
        await lecturer.until(lambda: lecturer.count.get("followers") == 2)
        early.wire.close()
        await lecturer.until(lambda: lecturer.count.get("followers") == 1)

    in_a_hall(served, scene)


def test_two_hundred_votes_within_seconds_are_all_counted_once_each(served: Server) -> None:
    async def scene(lecturer: Lecturer) -> None:
        pages = [await voter(lecturer) for _ in range(200)]
        hearing = [asyncio.create_task(page.follow()) for page in pages]
        again = await follow(lecturer, cookie=pages[0].cookie)  # another tab of the first one
        hearing.append(asyncio.create_task(again.follow()))
        for i, page in enumerate(pages):
            page.vote(2)
            page.vote(i % 2)  # changes its mind
        await lecturer.until(lambda: all(page.place == i % 2 for i, page in enumerate(pages)), 60)
        again.vote(1)
        await lecturer.until(lambda: lecturer.count.get("answered") == 200 and again.place == 1, 60)
        assert lecturer.count["poll"]["counts"] == []
        lecturer.tell(kind="reveal")
        await lecturer.until(lambda: not lecturer.count["poll"]["open"])
        assert lecturer.count["poll"]["counts"] == [[99, 101, 0]]
        await lecturer.until(lambda: all(page.hall["poll"]["counts"] == [[99, 101, 0]] for page in pages))
        pages[3].vote(0)
        lecturer.tell(kind="csv")
        await lecturer.until(lambda: any(said["kind"] == "csv" for said in lecturer.told))
        text = next(said["text"] for said in lecturer.told if said["kind"] == "csv")
        assert [text.count(word) for word in (",Without", ",With\n")] == [99, 101]
        name = base64.b64decode(pages[0].cookie.split("|")[-2].split(":")[1]).decode().split()[0]
        assert len(name) == 32
        assert name not in text
        lecturer.tell(kind="again")
        await lecturer.until(lambda: pages[5].hall["poll"]["round"] == 2)
        pages[5].vote(2)
        await lecturer.until(lambda: lecturer.count["answered"] == 1)
        for task in hearing:
            task.cancel()
        for page in [*pages, again]:
            page.wire.close()

    in_a_hall(served, scene, lesson=LESSON)


def test_a_follower_that_never_reads_is_let_go_of_and_nobody_waits_for_it(served: Server) -> None:
    async def scene(lecturer: Lecturer) -> None:
        deaf = await follow(lecturer, paints=False)
        deaf.wire.writer.transport.pause_reading()  # type: ignore[attr-defined]
        page = await follow(lecturer)
        await until(page, lambda: page.frames >= 60)
        assert page.broken == 0
        deaf.wire.writer.transport.resume_reading()  # type: ignore[attr-defined]
        deaf.wire.close()
        page.wire.close()

    in_a_hall(served, scene)


def test_a_reload_keeps_the_room_and_the_end_is_told(served: Server) -> None:
    async def scene(lecturer: Lecturer) -> None:
        page = await follow(lecturer)
        await until(page, lambda: page.frames >= 2)
        again = await Lecturer(served.url, query="theme=dark").arrive()
        try:
            opened = await again.present(lecturer.room["token"])
            assert opened["code"] == lecturer.room["code"]
            await lecturer.until(lambda: lecturer.told[-1]["kind"] == "taken")
            wholes = page.wholes
            await until(page, lambda: page.wholes > wholes)  # the other kernel's picture
            seen = page.frames
            await until(page, lambda: page.frames > seen + 3)
            assert page.broken == 0
            lecturer.tell(kind="end")  # it has no say any more
            again.stage.writer.transport.abort()
            await until(page, lambda: page.hall["away"] == "cut")
            await again.present(opened["token"])
            await until(page, lambda: not page.hall["away"])
            again.stage.send(GIVEN_UP.to_bytes(2, "big"), CLOSE)
            await until(page, lambda: page.hall["away"] == "cut")
            await again.present(opened["token"])
            again.stage.send((1001).to_bytes(2, "big"), CLOSE)
            await until(page, lambda: page.hall["away"] == "left")
            await again.present(opened["token"])
            await until(page, lambda: not page.hall["away"])
            seen = page.frames
            await until(page, lambda: page.frames > seen + 3)
            await say_goodbye(again.url, again.kernel, again.cookie)
            await until(page, lambda: page.hall["away"] == "lab")
            again.tell(kind="end")
            while await page.read():
                pass
            assert page.wire.code == ENDED
            await again.until(lambda: again.told[-1]["kind"] == "ended")
            late = await follow(lecturer)
            while await late.read():
                pass
            assert late.wire.code == UNKNOWN
        finally:
            await again.leave()

    in_a_hall(served, scene)


def test_the_pages_of_a_hall_need_no_kernel_and_say_what_is_wrong(served: Server) -> None:
    async def scene(lecturer: Lecturer) -> None:
        url, code, kernels = lecturer.url, lecturer.room["code"], len(served.kernels())
        status, headers, text = await fetch(url, f"/follow/{code.lower()}")
        assert status == 200
        assert "kernelId" not in text
        (cookie,) = (line for line in headers["set-cookie"] if line.startswith("regviz-voter-"))
        # "Strict" would keep it from who comes by a link in a mail: another one, and a second voice.
        assert {"HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
        policy = headers["content-security-policy"][0]
        assert "default-src 'none'" in policy
        assert policy.endswith("; frame-ancestors 'self' https://course.example.org")
        assert len(headers["content-security-policy"]) == 1
        reply = await fetch_bytes(url, f"/follow/{code}", headers={"Accept-Encoding": "br, gzip"})
        head, _, body = reply.partition(b"\r\n\r\n")
        assert b"Content-Encoding: gzip" in head
        assert gzip.decompress(body).decode() == text
        assert len(body) < len(text) / 3
        _, headers, _ = await fetch(url, f"/follow/{code}", cookie.split(";")[0])
        assert not any("regviz-voter" in line for line in headers.get("set-cookie", ()))
        status, headers, text = await fetch(
            url, f"/follow/{code}", method="HEAD"
        )  # what a messenger asks for a preview
        assert (status, text) == (200, "")
        status, headers, _ = await fetch(url, f"/follow/{code}/copy")
        assert (status, headers["location"]) == (302, ["/voila/render/playground.ipynb?l1=0.01"])
        status, headers, text = await fetch(url, f"/follow/{code}?lang=de")
        assert (status, headers["content-language"]) == (200, ["de"])
        assert f'href="/follow/{code}/copy?lang=de">Eigene Kopie</a>' in text
        status, headers, _ = await fetch(url, f"/follow/{code}/copy?lang=de")
        assert headers["location"] == ["/voila/render/playground.ipynb?l1=0.01&lang=de"]
        status, headers, _ = await fetch(url, f"/follow?code={code}&lang=es")
        assert headers["location"] == [f"/follow/{code}?lang=es"]
        status, headers, _ = await fetch(url, f"/follow?code={code[:3].lower()}%20{code[3:]}")
        assert (status, headers["location"]) == (302, [f"/follow/{code}"])
        for path in ("/follow/XXXXXX", "/follow/XXXXXX/copy"):
            status, _, text = await fetch(url, path)
            assert status == 404
            assert "There is no lecture XXXXXX" in text
        status, _, text = await fetch(url, "/follow")
        assert status == 200
        assert "Follow a lecture" in text
        assert len(served.kernels()) == kernels

    in_a_hall(served, scene)


async def refused_page(url: str) -> str:
    """The page of who has tried too many codes."""
    while (found := await fetch(url, "/follow/ZZZZZZ"))[0] != 429:
        pass
    return found[2]


def test_who_tries_codes_is_not_looked_up_any_more_and_who_is_in_stays(served: Server) -> None:
    async def scene(lecturer: Lecturer) -> None:
        url, code = lecturer.url, lecturer.room["code"]
        known = await browser(url, code)
        seen = [(await fetch(url, f"/follow/ZZZZ{'BCDFGHJKLMNP'[i % 12]}Z"))[0] for i in range(int(WRONG[0]) + 20)]
        assert seen[:30] == [404] * 30
        assert seen[-1] == 429
        found = await refused_page(url)
        assert "Too many wrong codes came from your network." in found
        assert (await fetch(url, f"/follow/{code}", known))[0] == 200
        page = await follow(lecturer, cookie=known)
        await until(page, lambda: page.frames > 0)
        # The QR code's link is too long to be tried.
        assert (await fetch(url, f"/follow/{code}BBBBBB"))[0] == 404
        refused = ""
        while not refused:  # until then a second has passed, which is worth half a code
            await refused_page(url)
            try:
                (await follow(lecturer)).wire.close()
            except ConnectionError as error:
                refused = str(error)
        assert "429" in refused
        while (await fetch(url, f"/follow/{code}"))[0] == 429:  # it opens again by itself
            await asyncio.sleep(0.1)

    in_a_hall(served, scene)


def test_one_browser_follows_in_a_few_tabs_and_a_made_up_one_has_no_vote(served: Server) -> None:
    async def scene(lecturer: Lecturer) -> None:
        cookie = await browser(lecturer.url, lecturer.room["code"])
        tabs = [await follow(lecturer, cookie=cookie) for _ in range(MOST_TABS)]
        more = await follow(lecturer, cookie=cookie)
        while await more.read():
            pass
        assert more.wire.code == TABS
        tabs[0].wire.close()
        forged = await follow(lecturer, cookie=cookie[:-1] + ("0" if cookie[-1] != "0" else "1"))
        await until(forged, lambda: bool(forged.hall))
        forged.vote(1)
        tabs[1].vote(1)
        await until(tabs[1], lambda: tabs[1].place == 1)
        await lecturer.until(lambda: lecturer.count.get("answered") == 1)
        assert forged.place == -1

    in_a_hall(served, scene, lesson=LESSON)


NONSENSE: tuple[str | bytes, ...] = (
    "no JSON",
    "[]",
    "3",
    "null",
    "{}",
    '{"painted": "x"}',
    '{"painted": -1e99}',
    '{"painted": 99999999999999999999}',
    '{"vote": [0]}',
    '{"vote": true}',
    '{"vote": -5}',
    "[" * 900,
    b"\x00\xff",
)


def test_a_follower_s_nonsense_stops_nothing(served: Server) -> None:
    async def scene(lecturer: Lecturer) -> None:
        await follow(lecturer)  # who is never alone need not have the picture sent anew
        for message in NONSENSE:
            page = await voter(lecturer)
            page.wire.send(message)
            frames = page.frames
            await until(page, lambda page=page, frames=frames: page.frames > frames + 3)  # type: ignore[misc]
            page.vote(1)
            await until(page, lambda page=page: page.place == 1)  # type: ignore[misc]
            page.wire.close()

    in_a_hall(served, scene, lesson=LESSON)
    assert "Traceback" not in served.log


def test_who_says_too_much_or_too_long_is_hung_up_on(served: Server) -> None:
    async def scene(lecturer: Lecturer) -> None:
        for rude in (["{}"] * 500, ["x" * 5_000]):
            page = await follow(lecturer)
            for message in rude:
                page.wire.send(message)
            while await page.read():
                pass
            assert page.wire.code in (1008, 1009)
        page = await follow(lecturer)
        await until(page, lambda: page.frames > 3)
        page.wire.close()

    in_a_hall(served, scene)


def test_only_a_page_with_a_seat_opens_a_room_and_only_its_own_server_s(served: Server) -> None:
    async def scene() -> None:
        url = served.url.rstrip("/")
        stranger = await Wire.open(url, "/present")
        for kernel in ("", "x", "0" * 36, 5, None):
            stranger.send(json.dumps({"kind": "open", "kernel": kernel, "view": "v", "token": "", "base": url}))
            said = await stranger.read()
            assert isinstance(said, str)
            assert json.loads(said)["kind"] == "refused"
        stranger.send(json.dumps({"kind": "reveal"}))
        stranger.send(json.dumps({"kind": "end"}))
        stranger.close()
        with pytest.raises(ConnectionError, match="403"):
            await Wire.open(url, "/present", origin="http://evil.example")
        await Wire.close_all()

    asyncio.run(scene())
    assert "Traceback" not in served.log


def test_where_lecturers_have_a_password_nobody_else_presents_and_everybody_follows(tmp_path: Path) -> None:
    async def scene(url: str) -> None:
        lecturer = await Lecturer(url).arrive()
        refused = [await lecturer.present(), await lecturer.present(password="guess")]
        assert [(said["kind"], said["login"]) for said in refused] == [("refused", True)] * 2
        assert refused[0]["sentence"] == "Presenting on this server takes the lecturers' password."
        said = await lecturer.present(lang="es")
        assert said["sentence"] == "Para presentar en este servidor hace falta la contraseña de docentes."
        said = await lecturer.present(password="chalk", lang="de", query="lang=de")
        assert said["kind"] == "open"
        assert said["link"] == f"{url}/follow/{said['code']}?lang=de"
        page = await follow(lecturer)
        await until(page, lambda: page.frames >= 2)
        assert (await fetch(url, f"/follow/{lecturer.room['code']}"))[0] == 200
        await lecturer.leave()
        await Wire.close_all()

    with Server("app", NOTEBOOKS, tmp_path, ["--lecturer-password", "chalk"]) as server:
        asyncio.run(scene(server.url.rstrip("/")))


def test_the_folder_of_the_pages_is_in_the_package() -> None:
    import regviz.lab.serve as serve

    folder = Path(next(iter(serve.__path__)))
    for name in (
        "hall/follow.js",
        "hall/follow_line.js",
        "hall/follow.css",
        "voila/templates/regviz/follow.html",
        "voila/templates/regviz/hall.html",
    ):
        assert (folder / name).is_file()
