"""The loop between page and networks, with a page made of messages and a clock that no machine makes slow."""

from __future__ import annotations

import asyncio
import threading
from time import perf_counter
from typing import Any

import pytest

from fake_page import SMALL, Page, on_a_page
from regviz import ArgumentError, Config, Snapshot
from regviz.lab import Lab, Lane
from regviz.lab.compare.guest import GUEST
from regviz.lab.page.credit import SLOWEST
from regviz.lab.page.pressure import Pressure
from regviz.lab.panels import Panel, panel_class
from regviz.lab.panels.ablation import AblationPanel
from regviz.lab.panels.loss import LossPanel


def test_nothing_runs_before_the_page_is_ready() -> None:
    async def scene(page: Page) -> None:
        await asyncio.sleep(0.2)
        assert page.frames == []
        assert page.lab.session.trained == 0
        page.arrive()
        await page.until(lambda: page.lab.session.trained > 3 and len(page.frames) > 3)
        assert "whole" in page.frames[0]
        assert page.frames[0]["headings"][0] == "lane"

    on_a_page(scene)


def test_without_acknowledgements_frames_stop_but_training_goes_on() -> None:
    async def scene(page: Page) -> None:
        page.paints = False
        page.arrive()
        await page.until(lambda: page.lab.session.trained > 5)
        await asyncio.sleep(0.4)
        sent, trained = len(page.frames), page.lab.session.trained
        assert sent <= 12
        await asyncio.sleep(0.3)
        assert len(page.frames) == sent
        assert page.lab.session.trained > trained
        page.paints = True
        page.say("painted", frame=page.frames[-1]["frame"], held=0)
        await page.until(lambda: len(page.frames) > sent + 5)

    on_a_page(scene)


def test_in_a_full_house_training_has_a_turn_for_each_frame_and_waits_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GUEST, "1")
    monkeypatch.setattr(Pressure, "crowded", True)

    async def scene(page: Page) -> None:
        page.arrive()
        await page.until(lambda: page.lab.session.trained > 5 and len(page.frames) > 5)
        page.paints = False
        await page.until(lambda: page.lab.player._gives_way and not page.lab.player.showings.main._left())
        sent, trained = len(page.frames), page.lab.session.trained
        await asyncio.sleep(0.4)
        assert (len(page.frames), page.lab.session.trained) == (sent, trained)
        page.paints = True
        page.say("painted", frame=page.frames[-1]["frame"], held=0)
        await page.until(lambda: len(page.frames) > sent + 5 and page.lab.session.trained > trained + 5)

    on_a_page(scene)


def test_in_a_full_house_the_page_is_asked_to_answer_half_as_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GUEST, "1")
    monkeypatch.setattr(Pressure, "crowded", False)

    async def scene(page: Page) -> None:
        page.arrive()
        await page.until(lambda: len(page.frames) > 3)
        assert [frame["every"] for frame in page.frames if "every" in frame] == [250]
        monkeypatch.setattr(Pressure, "crowded", True)
        await page.until(lambda: page.frames[-1].get("every") == 500 or len(page.frames) > 500)
        assert [frame["every"] for frame in page.frames if "every" in frame] == [250, 500]
        assert all(view.credit.answer_every == 0.5 for view in page.lab.screen.views)

    on_a_page(scene)


def test_a_hidden_page_stops_training_and_drawing_and_gets_the_whole_picture_when_shown() -> None:
    async def scene(page: Page) -> None:
        page.arrive()
        await page.until(lambda: page.lab.session.trained > 3)
        page.say("visible", on=False)
        await asyncio.sleep(0.1)
        frames, trained = len(page.frames), page.lab.session.trained
        await asyncio.sleep(0.4)
        assert (len(page.frames), page.lab.session.trained) == (frames, trained)
        page.say("lost")  # a hall begins to follow it: what it shows is sent, once
        await page.until(lambda: len(page.frames) > frames)
        assert "whole" in page.frames[frames]
        frames, trained = frames + 1, page.lab.session.trained
        await asyncio.sleep(0.2)
        assert (len(page.frames), page.lab.session.trained) == (frames, trained)
        page.say("visible", on=True)
        await page.until(lambda: page.lab.session.trained > trained)
        await page.until(lambda: len(page.frames) > frames)
        assert "whole" in page.frames[frames]

    on_a_page(scene)


def test_a_page_that_falls_silent_is_trained_for_no_longer() -> None:
    async def scene(page: Page) -> None:
        page.arrive()
        await page.until(lambda: page.lab.session.trained > 3)
        page.paints = False
        await asyncio.sleep(0.1)
        (view,) = page.lab.screen.views
        view.last_word -= 60
        page.lab.player.wake()
        await asyncio.sleep(0.1)
        trained = page.lab.session.trained
        await asyncio.sleep(0.3)
        assert page.lab.session.trained == trained
        page.say("alive")
        await page.until(lambda: page.lab.session.trained > trained)

    on_a_page(scene)


def test_messages_from_another_thread_act_in_the_loop() -> None:
    async def scene(page: Page) -> None:
        page.arrive()
        await page.until(lambda: page.lab.session.trained > 3)
        loop_thread = threading.get_ident()
        acted_on: list[int] = []
        change = page.lab.session.change

        def noted(**values: Any) -> None:
            acted_on.append(threading.get_ident())
            change(**values)

        page.lab.session.change = noted  # type: ignore[method-assign]
        slider: Any = page.lab.controls.widgets["l1"]

        def turn() -> None:
            for value in (0.01, 0.1, 1.0):
                slider.value = value

        thread = threading.Thread(target=turn)
        thread.start()
        thread.join()
        await page.until(lambda: page.lab.session.base.l1 == 1.0)
        assert set(acted_on) == {loop_thread}
        await page.until(lambda: page.told("table")[1]["cells"][0] == "L1 1")
        assert slider.value == 1.0

    on_a_page(scene)


def test_a_turn_while_paused_is_shown_at_once() -> None:
    async def scene(page: Page) -> None:
        page.arrive(search="?play=0")
        await page.until(lambda: len(page.frames) >= 1)
        page.lab.controls.widgets["dropout"].value = 0.25
        await page.until(lambda: page.told("table")[3]["cells"][0] == "dropout 0.25", 1)
        assert page.lab.session.trained == 0
        assert page.told("state") == "paused"

    on_a_page(scene)


def test_the_page_is_told_once_all_that_it_did_has_been_shown() -> None:
    async def scene(page: Page) -> None:
        page.arrive(search="?play=0")
        await page.until(lambda: bool(page.frames))
        page.lab.controls.widgets["dropout"].value = 0.25
        page.say("settle", word="first")
        await page.until(lambda: bool(page.failures))
        assert page.failures == [{"kind": "settled", "view": "", "word": "first"}]
        assert page.told("table")[3]["cells"][0] == "dropout 0.25"
        assert not page.lab.player.stage.behind
        page.lab.transport.buttons["play"].click()
        page.say("settle", word="second")
        await page.until(lambda: page.lab.session.trained > 5)
        assert len(page.failures) == 1  # while it trains there is always more to show
        page.lab.transport.buttons["play"].click()
        await page.until(lambda: len(page.failures) == 2)
        assert page.told("state") == "paused"

    on_a_page(scene)


def test_the_player_tells_the_real_time_unless_it_is_given_another_clock() -> None:
    lab = Lab(SMALL)
    clocks = {part.clock for part in (lab.player, lab.session, lab.screen, lab.player.stage)}
    assert clocks == {perf_counter}


def test_a_paused_lab_sends_nothing() -> None:
    async def scene(page: Page) -> None:
        page.arrive(search="?play=0")
        await page.until(lambda: len(page.frames) >= 1)
        await asyncio.sleep(0.1)
        frames = len(page.frames)
        await asyncio.sleep(0.4)
        assert len(page.frames) == frames

    on_a_page(scene)


@pytest.mark.slow
def test_what_a_paused_picture_still_measures_does_not_wait_for_a_slow_line(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(page: Page) -> None:
        page.arrive(search="?play=0")
        await page.until(lambda: bool(page.frames) and not page.lab.player.stage.behind)
        (view,) = page.lab.screen.views
        view.credit.interval = SLOWEST
        started = page.lab.player.clock()
        page.lab.transport.buttons["step"].click()
        page.say("settle", word="measured")
        await page.until(lambda: bool(page.failures), 100)
        drawn = page.lab.player.stage.panels[0]
        assert isinstance(drawn, AblationPanel)
        assert [len(lost) for lost in drawn.found] == [200] * len(page.lab.session.lanes)
        findings = len(page.lab.session.lanes)  # each is a frame, which does wait for the line
        assert page.lab.player.clock() - started < (2 * findings + 1) * SLOWEST

    monkeypatch.setattr("regviz.lab.panels.ablation.WORK", 1)  # one unit at a time
    on_a_page(scene, config=Config(n_train=50, hidden=(200,), batch_size=25), panels=["ablation"])


def test_a_panel_that_fails_stops_the_lab_with_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    async def scene(page: Page) -> None:
        def fail(_: Any) -> None:
            raise RuntimeError("no ink")

        page.lab.player.stage.panels[0].draw = fail  # type: ignore[method-assign]
        page.arrive()
        await page.until(lambda: len(page.failures) == 1)
        assert "no ink" in page.failures[0]["notice"]
        assert "Reload" in page.failures[0]["notice"]
        assert not page.lab.session.playing

    on_a_page(scene)
    assert "no ink" in caplog.text


def test_the_keys_of_the_page_act() -> None:
    async def scene(page: Page) -> None:
        page.arrive()
        await page.until(lambda: page.lab.session.trained > 3)
        page.say("key", command="play")
        await page.until(lambda: page.told("state") == "paused")
        trained = page.lab.session.trained
        page.say("key", command="step")
        await page.until(lambda: page.lab.session.trained == trained + 1)
        page.say("key", command="reset")
        await page.until(lambda: page.told("step") == 0)
        page.say("key", command="nonsense")
        await asyncio.sleep(0.05)
        assert page.failures == []

    on_a_page(scene)


def test_the_button_and_the_link_follow_the_state() -> None:
    async def scene(page: Page) -> None:
        page.arrive(search="?seed=5")
        await page.until(lambda: page.lab.session.trained > 1)
        assert page.lab.transport.buttons["play"].description == "Pause"
        await page.until(lambda: "seed=5" in page.lab.screen.query)
        page.lab.controls.widgets["l2"].value = 0.1
        await page.until(lambda: "l2=0.1" in page.lab.screen.query)
        page.lab.transport.buttons["play"].click()
        await page.until(lambda: page.lab.transport.buttons["play"].description == "Play")
        await page.until(lambda: "play=0" in page.lab.screen.query)

    on_a_page(scene)


def test_whoever_asks_for_the_link_is_told_that_of_now() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="one")
        await page.until(lambda: len(page.frames) > 1)
        page.lab.requests.ask(lambda: page.lab.session.change(l2=0.25))
        page.say("link", view="one")
        await page.until(lambda: page.failures != [])
        (said,) = page.failures
        assert (said["kind"], said["view"]) == ("link", "one")
        assert "l2=0.25" in said["query"]

    on_a_page(scene)


def test_reduced_motion_lowers_the_frame_rate_not_the_training() -> None:
    async def scene(page: Page) -> None:
        page.arrive(reduced=True)
        await page.until(lambda: len(page.frames) > 1)
        frames, trained = len(page.frames), page.lab.session.trained
        await asyncio.sleep(1.0)
        assert len(page.frames) - frames <= 8
        assert page.lab.session.trained - trained > 15

    on_a_page(scene)


def test_a_lab_in_a_plain_script_is_no_error() -> None:
    lab = Lab(SMALL)
    assert not lab.session.playing


def test_an_unknown_panel_is_refused_with_the_way_out() -> None:
    with pytest.raises(ValueError, match=r"'map'.*allowed are .*loss"):
        Lab(SMALL, panels=["map"])


def test_what_a_link_asks_for_but_a_lane_cannot_be_is_ignored_with_a_note() -> None:
    async def scene(page: Page) -> None:
        page.arrive(search="?hidden=none&seed=7")
        await page.until(lambda: page.lab.session.trained > 1)
        assert page.failures == []
        assert "Ignored from the link" in page.told("notice")
        assert page.lab.session.base.hidden == SMALL.hidden

    on_a_page(scene, lanes=[Lane("none"), Lane("by layer", fixed={"l1": (0.0, 0.1)})])


def test_a_note_about_the_link_outlives_the_speed_that_the_link_asks_for() -> None:
    async def scene(page: Page) -> None:
        page.arrive(search="?speed=4×&colour=red")
        await page.until(lambda: page.lab.session.trained > 5)
        await page.until(lambda: page.told("notice"))
        assert page.lab.transport.speed.value == page.lab.session.speed == "4×"
        assert "colour" in page.lab.player.notice

    on_a_page(scene)


def test_a_sweep_that_cannot_be_is_refused_and_the_lab_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regviz.lab.compare.sweep_stacks.ROOM", 1000)

    async def scene(page: Page) -> None:
        page.arrive(search="?play=0")
        await page.until(lambda: bool(page.frames))
        drawers = page.lab.workbench.drawers
        drawers.buttons["Sweep"].value = True
        (desk,) = drawers.box.children
        desk.field.value = "l1"
        desk.run.click()
        await page.until(lambda: bool(page.told("notice")))
        assert "Hidden layers" in page.told("notice")
        assert page.failures == []
        assert page.lab.session.sweep is None

    on_a_page(scene)


@pytest.mark.slow
def test_the_link_and_the_knobs_follow_lanes_and_pictures() -> None:
    async def scene(page: Page) -> None:
        page.arrive()
        await page.until(lambda: page.lab.session.trained > 1)
        drawers = page.lab.workbench.drawers
        drawers.buttons["Lanes"].value = True
        (editor,) = drawers.box.children
        editor.rows.children[-1].children[-2].click()  # remove the lane with dropout
        await page.until(lambda: len(page.lab.session.lanes) == 3)
        await page.until(lambda: "lane=" in page.lab.screen.query)
        assert "rv-unused" in page.lab.controls.widgets["dropout"]._dom_classes
        page.lab.show(["loss", "network"])
        await page.until(lambda: "panels=loss" in page.lab.screen.query)

    on_a_page(scene)


def test_a_panel_of_ones_own_stays_when_other_pictures_are_chosen_beside_it() -> None:
    class OwnPanel(Panel):
        name = "own"

        def build(self, snapshot: Snapshot) -> None: ...

        def draw(self, snapshot: Snapshot) -> None: ...

    lab = Lab(SMALL, panels=["loss", OwnPanel])
    own = lab.player.stage.panels[1]
    lab.show(["own", "weights"])
    assert [panel.name for panel in lab.player.stage.panels] == ["own", "weights"]
    assert lab.player.stage.panels[0] is own
    lab.show(["weights"])
    lab.show(["own"])  # from now on its name is known, to links and the menu too
    assert type(lab.player.stage.panels[0]) is OwnPanel


def test_a_custom_picture_whose_name_no_link_could_say_is_refused_and_a_variant_takes_no_shipped_name() -> None:
    class Comma(Panel):
        name = "this, that"

    class Nameless(Panel): ...

    for kind in (Comma, Nameless):
        with pytest.raises(ArgumentError, match=rf"{kind.__name__}\.name.*letters, digits"):
            Lab(SMALL, panels=[kind])

    class Variant(AblationPanel): ...

    lab = Lab(SMALL, panels=[Variant])
    assert type(lab.player.stage.panels[0]) is Variant
    assert panel_class("ablation") is AblationPanel


@pytest.mark.slow
def test_training_goes_on_while_a_slider_is_dragged_faster_than_frames_are_drawn() -> None:
    async def scene(page: Page) -> None:
        page.arrive()
        await page.until(lambda: page.lab.session.trained > 5)
        lab = page.lab
        trained, hear = lab.session.trained, lab.player._hear

        def dragged() -> None:
            hear()
            lab.session.change(l2=1e-3 if lab.session.base.l2 != 1e-3 else 2e-3)

        lab.player._hear = dragged  # type: ignore[method-assign]  # a turn has come whenever the loop looks
        await asyncio.sleep(0.5)
        lab.player._hear = hear  # type: ignore[method-assign]
        assert lab.session.trained > trained + 10
        assert page.failures == []

    on_a_page(scene)


def test_a_link_with_a_lane_of_other_inputs_is_ignored_with_a_note() -> None:
    async def scene(page: Page) -> None:
        page.arrive(search="?lane=none&lane=w~~data=wine&play=0")
        await page.until(lambda: bool(page.told("notice")))
        assert page.failures == []
        assert "data" in page.told("notice")
        assert len(page.lab.session.lanes) == 4

    on_a_page(scene)


def test_keys_on_a_picture_that_is_being_built_anew_are_answered_in_their_order_once_it_stands() -> None:
    async def scene(page: Page) -> None:
        page.arrive(search="?play=0")
        await page.until(lambda: bool(page.frames))
        page.say("resize", width=700, room=900, ratio=1)
        for key in ("focus", "ArrowRight", "ArrowRight"):
            page.say("cursor", picture="ablation", key=key)
        await page.until(lambda: len(page.failures) >= 3)
        places = [answer["x"] for answer in page.failures if answer["kind"] == "cursor"]
        assert len(places) == 3
        assert places == sorted(set(places))

    on_a_page(scene, panels=["ablation"])


def test_going_away_from_a_picture_on_a_hidden_page_is_not_waited_for() -> None:
    async def scene(page: Page) -> None:
        page.arrive(search="?play=0")
        await page.until(lambda: bool(page.frames))
        page.say("visible", on=False)
        page.say("resize", width=700, room=900, ratio=1)
        page.say("cursor", picture="ablation", key="blur")
        calls: list[None] = []
        later = page.lab.player.later
        page.lab.player.later = lambda *given: (calls.append(None), later(*given))[1]  # type: ignore[method-assign]
        await asyncio.sleep(0.1)
        assert calls == []
        assert page.lab.player.calls == []

    on_a_page(scene, panels=["ablation"])


def test_a_notice_that_was_dismissed_is_said_again_and_does_not_come_back_by_itself() -> None:
    def told(page: Page) -> list[str]:
        return [frame["notice"] for frame in page.frames if "notice" in frame]

    async def scene(page: Page) -> None:
        page.arrive()
        await page.until(lambda: len(page.frames) > 2)

        def refuse() -> None:
            page.lab.requests.say("This cannot be.")

        page.lab.player.call(refuse)
        await page.until(lambda: told(page)[-1] == "This cannot be.")
        page.say("dismiss")
        await page.until(lambda: told(page)[-1] == "")
        page.lab.player.redraw()
        seen = len(page.frames)
        await page.until(lambda: any("whole" in frame for frame in page.frames[seen:]))
        assert told(page)[-1] == ""
        page.lab.player.call(refuse)
        await page.until(lambda: told(page)[-1] == "This cannot be.")

    on_a_page(scene)


def test_a_pointer_that_leaves_while_the_picture_is_built_or_with_its_page_leaves_no_reading_behind() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="one")
        player = page.lab.player
        await page.until(lambda: page.lab.session.trainer.common_epoch > 9)
        page.lab.session.pause()
        loss = next(panel for panel in player.stage.panels if isinstance(panel, LossPanel))
        x, _ = loss.plot.transData.transform((5, 0))  # at epoch 5, in pixels, which are CSS pixels here
        y = loss.place.top + loss.place.height / 2

        def over() -> bool:
            panel = next(panel for panel in player.stage.panels if isinstance(panel, LossPanel))
            return panel.at is not None

        for leave in ({"kind": "pointer", "what": "leave", "x": -1, "y": -1}, {"kind": "gone"}):
            page.arrive(view="one")
            await page.until(lambda: not player.showings.main.whole)
            page.say("pointer", view="one", what="move", x=float(x), y=y)
            await page.until(over)
            player.redraw()
            page.say(view="one", **leave)
            await page.until(lambda: not over())

    on_a_page(scene)


def test_what_stands_beside_the_pointer_is_told_to_each_view_and_again_after_the_keyboard() -> None:
    async def scene(page: Page) -> None:
        for view in ("one", "two"):
            page.arrive(view=view)
        player = page.lab.player
        await page.until(lambda: len(page.frames) > 2)
        loss = next(panel for panel in player.stage.panels if isinstance(panel, LossPanel))
        x, y = loss.targets()[0]
        at = {"what": "move", "x": x + loss.place.left, "y": y + loss.place.top}

        def hints(view: str) -> list[str]:
            return [said["text"] for said in page.failures if said["kind"] == "hint" and said["view"] == view]

        for view in ("one", "two"):
            page.say("pointer", view=view, **at)
            page.say("pointer", view=view, **at)
            await page.until(lambda view=view: len(hints(view)) == 1)  # type: ignore[misc]
        assert hints("one") == hints("two") != [""]
        page.say("cursor", view="one", picture="loss", key="focus")
        page.say("cursor", view="one", picture="loss", key="blur")
        page.say("pointer", view="one", **at)
        await page.until(lambda: len(hints("one")) == 2)
        assert len(hints("two")) == 1

    on_a_page(scene)


def test_the_look_that_a_person_chose_stands_until_the_page_has_another_one() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="one", dark=False)
        player = page.lab.player
        await page.until(lambda: len(page.frames) > 2)
        player.call(player.toggle_mode)
        await page.until(lambda: page.lab.screen.mode == "dark")
        page.arrive(view="two", dark=False)
        page.say("look", dark=False, view="one")
        await page.until(lambda: bool(page.seen_by("two")))
        assert page.lab.screen.mode == "dark"
        page.say("look", dark=True, view="one")
        page.say("look", dark=False, view="one")
        await page.until(lambda: page.lab.screen.mode == "light")

    on_a_page(scene)


def test_reduced_motion_is_heard_at_any_time() -> None:
    async def scene(page: Page) -> None:
        page.arrive(view="one")
        await page.until(lambda: len(page.frames) > 2)
        view = page.lab.screen.views.named("one")
        assert view is not None
        assert not view.reduced
        page.say("resize", view="one", width=800, room=900, ratio=1, reduced=True)
        await page.until(lambda: view.reduced)
        page.say("resize", view="one", width=700, room=900, ratio=1)  # a page of before says nothing of it
        await page.until(lambda: view.width == 700)
        assert view.reduced

    on_a_page(scene)
