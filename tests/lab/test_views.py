"""A lab in several places at once: tabs, windows and outputs that come, hide, differ in size and fall silent."""

from __future__ import annotations

import asyncio

import pytest

import fake_time
from fake_page import SMALL, Page, on_a_page
from regviz import Config
from regviz.lab.page.credit import FRAMES_PER_SECOND
from regviz.lab.page.views import AWAY, SILENT


@pytest.mark.slow
def test_a_page_that_is_loaded_anew_gets_a_whole_picture_and_moves_each_of_twenty_times() -> None:
    async def scene(page: Page) -> None:
        for reload in range(20):
            page.stuck = {f"page {reload - 1}"}  # it is gone, and what was under way to it is never painted
            page.arrive(view=f"page {reload}")
            await page.until(lambda: len(page.seen_by(f"page {reload}")) > 10)  # noqa: B023
            assert "whole" in page.seen_by(f"page {reload}")[0]
        assert page.failures == []

    on_a_page(scene)


def test_a_page_whose_new_view_has_the_old_ones_name_is_alive_too() -> None:
    async def scene(page: Page) -> None:
        page.paints = False
        page.arrive()
        await page.until(lambda: len(page.frames) > 2)
        await asyncio.sleep(1)
        sent = len(page.frames)
        page.paints = True
        page.arrive()
        await page.until(lambda: len(page.frames) > sent + 10)
        assert "whole" in page.frames[sent]

    on_a_page(scene)


@pytest.mark.slow
def test_of_two_tabs_the_one_in_front_moves_in_whatever_order_they_say_so() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="one")
        page.arrive(view="two", on=False)
        tabs = ["one", "two"]
        for turn in range(20):
            back, front = tabs[turn % 2], tabs[1 - turn % 2]
            said = [(front, True), (back, False)]
            for name, on in said if turn % 4 < 2 else reversed(said):
                page.say("visible", view=name, on=on)
            before, behind = len(page.seen_by(front)), len(page.seen_by(back))
            trained = page.lab.session.trained
            await page.until(lambda: len(page.seen_by(front)) > before + 5)  # noqa: B023
            assert "whole" in page.seen_by(front)[before]
            assert page.lab.session.trained > trained
            assert len(page.seen_by(back)) <= behind + 1

    on_a_page(scene)


def test_two_views_of_one_size_get_the_same_frames() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="one")
        page.arrive(view="two")
        await page.until(lambda: len(page.frames) > 20)
        assert all(set(frame["views"]) == {"one", "two"} for frame in page.frames)

    on_a_page(scene)


@pytest.mark.slow
def test_two_views_have_each_their_own_size_and_both_move() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="wide", width=1000, room=700)
        page.arrive(view="half", width=500, ratio=2)
        await page.until(lambda: len(page.seen_by("wide")) > 10 and len(page.seen_by("half")) > 10)
        wide, half = page.seen_by("wide"), page.seen_by("half")
        assert wide[0]["whole"][::2] == [1000, 1]
        assert half[0]["whole"][::2] == [500, 2]
        assert not any("half" in frame["views"] for frame in wide)
        for frames in (wide, half):
            assert len([frame for frame in frames if "whole" in frame]) == 1
            assert {"table", "sentence", "colors"} <= {name for frame in frames for name in frame}

    on_a_page(scene)


@pytest.mark.slow
def test_when_one_of_two_sizes_is_hidden_the_other_goes_on_alone() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="wide", width=1000)
        page.arrive(view="half", width=500)
        await page.until(lambda: len(page.seen_by("wide")) > 3 and len(page.seen_by("half")) > 3)
        for hidden, shown in (("wide", "half"), ("half", "wide")):
            page.say("visible", view=shown, on=True)
            page.say("visible", view=hidden, on=False)
            await asyncio.sleep(0.1)
            before, behind = len(page.seen_by(shown)), len(page.seen_by(hidden))
            await page.until(lambda: len(page.seen_by(shown)) > before + 5)  # noqa: B023
            assert len(page.seen_by(hidden)) == behind

    on_a_page(scene)


@pytest.mark.slow
def test_a_view_that_has_gone_is_not_drawn_for() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="wide", width=1000)
        page.arrive(view="half", width=500)
        await page.until(lambda: len(page.seen_by("half")) > 3)
        page.say("gone", view="half")
        await asyncio.sleep(0.1)
        behind, before = len(page.seen_by("half")), len(page.seen_by("wide"))
        await page.until(lambda: len(page.seen_by("wide")) > before + 10)
        assert len(page.seen_by("half")) == behind
        assert [view.name for view in page.lab.screen.views] == ["wide"]

    on_a_page(scene)


@pytest.mark.slow
def test_a_view_that_falls_silent_does_not_hold_the_other_up_and_comes_back_with_a_whole_picture() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="one")
        page.arrive(view="two")
        await page.until(lambda: len(page.frames) > 20)
        page.stuck = {"two"}
        await asyncio.sleep(SILENT + 0.5)
        before, behind = len(page.seen_by("one")), len(page.seen_by("two"))
        await asyncio.sleep(2)
        assert len(page.seen_by("one")) - before > 0.8 * 2 * FRAMES_PER_SECOND
        assert len(page.seen_by("two")) == behind
        page.stuck = set()
        page.say("painted", view="two", frame=page.seen_by("two")[-1]["frame"], held=0)
        await page.until(lambda: len(page.seen_by("two")) > behind + 10)
        assert "whole" in page.seen_by("two")[behind]

    on_a_page(scene)


def test_a_view_that_nobody_knows_is_asked_who_it_is() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="one")
        await page.until(lambda: len(page.frames) > 3)
        page.say("alive", view="stranger")
        await page.until(lambda: bool(page.failures))
        assert page.failures == [{"kind": "who", "view": "stranger"}]
        page.arrive(view="stranger")
        await page.until(lambda: len(page.seen_by("stranger")) > 3)

    on_a_page(scene)


def test_what_is_chosen_in_one_view_is_seen_in_the_other() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="wide", width=1000, search="?play=0")
        page.arrive(view="half", width=500)
        await page.until(lambda: bool(page.seen_by("half")) and not page.lab.player._frame_wanted())
        own, copy = page.lab.player.showings
        for here, there in ((copy, own), (own, copy)):
            name, before = here.views[0].name, len(page.seen_by(there.views[0].name))
            killed = set(here.stage.panels[0].killed)
            for key in ("focus", "ArrowDown", "Enter"):
                page.say("cursor", view=name, picture="network", key=key)
            await page.until(lambda: here.stage.panels[0].killed != killed)  # noqa: B023
            await page.until(lambda: not page.lab.player._frame_wanted())
            assert there.stage.panels[0].killed == here.stage.panels[0].killed
            assert "whole" in page.seen_by(there.views[0].name)[before]
        answers = [answer["view"] for answer in page.failures if answer["kind"] == "cursor"]
        assert answers == [copy.views[0].name] * 3 + [own.views[0].name] * 3

    on_a_page(scene, config=Config(n_train=50, hidden=(8,), batch_size=25), panels=["network~remove"])


def test_a_point_that_is_picked_in_the_fit_is_traced_in_every_view() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="wide", width=1000, search="?play=0")
        page.arrive(view="half", width=500)
        await page.until(lambda: bool(page.seen_by("half")) and not page.lab.player._frame_wanted())
        session = page.lab.session
        for key in ("focus", "Enter"):
            page.say("cursor", view="half", picture="fit", key=key)
        await page.until(lambda: session.traced is not None)
        await page.until(lambda: not page.lab.player._frame_wanted())
        for showing in page.lab.player.showings:
            fit, network = showing.stage.panels
            assert fit.pick.shown == network.point == session.traced
        page.say("cursor", view="wide", picture="network", key="Escape")
        await page.until(lambda: session.traced is None)
        await page.until(lambda: not page.lab.player._frame_wanted())
        for showing in page.lab.player.showings:
            fit, network = showing.stage.panels
            assert (fit.pick.shown, network.point) == (None, None)

    on_a_page(scene, config=Config(n_train=50, hidden=(8,), batch_size=25), panels=["fit", "network"])


@pytest.mark.slow
def test_other_pictures_are_shown_in_every_view() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="wide", width=1000)
        page.arrive(view="half", width=500)
        await page.until(lambda: len(page.seen_by("wide")) > 3 and len(page.seen_by("half")) > 3)
        page.lab.show(["loss"])
        page.lab.player.set_projector(True)
        await asyncio.sleep(0.2)
        for showing in page.lab.player.showings:
            assert [panel.name for panel in showing.stage.panels] == ["loss"]
            assert showing.stage.shown[0].look.scale > 1

    on_a_page(scene, config=SMALL)


@pytest.mark.slow
def test_the_pace_is_that_of_the_slower_of_the_views_that_are_seen() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="quick")
        page.arrive(view="slow")
        await page.until(lambda: len(page.frames) > 3)
        quick, slow = page.lab.screen.views
        for view in (quick, slow):
            view.credit.painted = lambda *_, credit=view.credit: credit.reset()  # type: ignore[misc, method-assign]
        slow.credit.interval = 0.2
        await asyncio.sleep(0.3)
        before = len(page.frames)
        await asyncio.sleep(2)
        assert 8 <= len(page.frames) - before <= 12
        page.say("visible", view="slow", on=False)
        await asyncio.sleep(0.3)
        before = len(page.frames)
        await asyncio.sleep(2)
        assert len(page.frames) - before > 0.8 * 2 * FRAMES_PER_SECOND

    on_a_page(scene)


@pytest.mark.slow
def test_after_a_long_cell_the_pace_is_back_within_a_second() -> None:
    async def scene(page: Page) -> None:
        page.arrive()
        await page.until(lambda: len(page.frames) > 100)
        (view,) = page.lab.screen.views
        for _ in range(3):
            fake_time.clock().now += AWAY - 1  # nothing else could run: a cell below had the kernel
            await asyncio.sleep(0.2)
            before = len(page.frames)
            await asyncio.sleep(1)
            assert len(page.frames) - before > 0.8 * FRAMES_PER_SECOND
            assert view.credit.interval < 1.2 / FRAMES_PER_SECOND

    on_a_page(scene)


def test_every_frame_says_which_one_each_of_its_views_had_before() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="one")
        await page.until(lambda: len(page.frames) > 5)
        page.arrive(view="other", width=500)
        await page.until(lambda: len(page.seen_by("other")) > 5)
        for view in ("one", "other"):
            before = 0
            for frame in page.seen_by(view):
                assert frame["after"][frame["views"].index(view)] == before
                before = frame["frame"]

    on_a_page(scene)


@pytest.mark.slow
def test_a_view_that_is_alive_but_never_paints_what_was_sent_is_sent_a_whole_picture() -> None:
    """Its line was cut, and what was under way went down with it."""

    async def scene(page: Page) -> None:
        page.arrive()
        await page.until(lambda: len(page.frames) > 5)
        page.paints = False
        sent = len(page.frames)
        for _ in range(4):
            await asyncio.sleep(3)
            page.say("alive")
        assert any("whole" in frame for frame in page.frames[sent:])

    on_a_page(scene)
