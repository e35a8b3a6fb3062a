"""A lab ends when its cell has made another one and nobody sees it, and gives its memory back."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

import pytest
from ipywidgets.widgets.widget import _instances

import fake_time
from fake_page import SMALL, Page
from fake_shell import Shell
from fake_shell import shell as shell
from regviz.lab import Lab
from regviz.lab.page.views import AWAY


def made() -> tuple[Lab, Page]:
    """A lab whose seconds are fake ones, and its page."""
    lab = Lab(SMALL)
    lab.player.keep_time(fake_time.clock())
    return lab, Page(lab)


def ended(lab: Lab) -> bool:
    return lab.comm is None and lab.screen.comm is None


@pytest.mark.slow
def test_a_closed_lab_leaves_no_widget_and_no_object_behind() -> None:
    async def scene() -> weakref.ref[Lab]:
        lab, page = made()
        page.arrive()
        await page.until(lambda: len(page.frames) > 3)
        for button in lab.workbench.drawers.buttons.values():
            button.value = True
        await asyncio.sleep(0.1)
        lab.workbench.drawers.buttons["Lanes"].value = True
        (editor,) = lab.workbench.drawers.box.children
        editor.add.click()
        await page.until(lambda: len(lab.session.lanes) == 5)
        editor.rows.children[-1].children[-2].click()
        await page.until(lambda: len(lab.session.lanes) == 4)
        lab.close()
        lab.close()
        await asyncio.sleep(0.5)
        assert lab.player._task is not None
        assert lab.player._task.done()
        return weakref.ref(lab)

    gc.collect()
    before = set(_instances)
    lab: list[Any] = []

    async def play() -> None:
        lab.append(await scene())

    fake_time.run(play())
    gc.collect()
    assert set(_instances) <= before
    assert lab[0]() is None


def test_a_cell_that_is_run_again_ends_the_lab_that_it_made_before(shell: Shell) -> None:
    async def scene() -> None:
        shell.run("a")
        first, page = made()
        shell.user_ns |= {"_oh": {3: first}, "_3": first, "_": first}
        shell.user_ns_hidden |= {"_3": first, "__": first}
        page.arrive(view="output")
        await page.until(lambda: len(page.frames) > 3)
        shell.run("a")
        second, _ = made()
        page.say("gone", view="output")  # the host has cleared the output
        await asyncio.sleep(0.1)
        assert ended(first)
        assert not ended(second)
        assert first not in [*shell.user_ns.values(), *shell.user_ns_hidden.values()]
        assert shell.user_ns["_oh"] == {}
        second.close()

    fake_time.run(scene())


@pytest.mark.slow
def test_a_lab_that_is_shown_elsewhere_goes_on_until_it_is_no_longer(shell: Shell) -> None:
    async def scene() -> None:
        shell.run("a")
        first, page = made()
        page.arrive(view="output")
        page.arrive(view="beside", width=500)
        page.arrive(view="hidden", on=False)
        await page.until(lambda: len(page.seen_by("beside")) > 3)
        shell.run("a")
        second, _ = made()
        page.say("gone", view="output")
        for _ in range(5):
            await asyncio.sleep(AWAY / 3)
            page.say("alive", view="beside")
        page.say("gone", view="beside")
        await asyncio.sleep(5 * AWAY)
        assert not ended(first)
        page.say("visible", view="hidden", on=True)
        before = len(page.seen_by("hidden"))
        await page.until(lambda: len(page.seen_by("hidden")) > before + 3)
        page.say("gone", view="hidden")
        await asyncio.sleep(0.1)
        assert ended(first)
        second.close()

    fake_time.run(scene())


@pytest.mark.slow
def test_a_page_that_went_without_a_word_keeps_no_lab(shell: Shell) -> None:
    async def scene() -> None:
        shell.run("a")
        first, page = made()
        page.arrive()
        await page.until(lambda: len(page.frames) > 3)
        page.paints = False
        shell.run("a")
        second, _ = made()
        await asyncio.sleep(0.9 * AWAY)
        assert not ended(first)
        await asyncio.sleep(1.5 * AWAY)
        assert ended(first)
        second.close()

    fake_time.run(scene())


def test_labs_of_other_cells_and_of_the_same_run_go_on(shell: Shell) -> None:
    async def scene() -> None:
        shell.run("a")
        labs = [Lab(SMALL), Lab(SMALL)]
        shell.run("b")
        labs.append(Lab(SMALL))
        shell.run("a", kind="comm_msg")  # a button of the page was pressed: no cell runs
        labs.append(Lab(SMALL))
        shell.cell = None
        labs.append(Lab(SMALL))
        assert not any(map(ended, labs))
        shell.run("a")
        labs.append(Lab(SMALL))
        assert [ended(lab) for lab in labs] == [True, True, False, False, False, False]
        for lab in labs:
            lab.close()

    fake_time.run(scene())


def test_where_cells_have_no_id_they_are_known_by_their_code(shell: Shell) -> None:
    async def scene() -> None:
        shell.run("", code="Lab()")
        first = Lab(SMALL)
        shell.run("", code="lab = Lab()")
        other = Lab(SMALL)
        shell.run("", code="Lab()")
        second = Lab(SMALL)
        assert [ended(lab) for lab in (first, other, second)] == [True, False, False]
        for lab in (other, second):
            lab.close()

    fake_time.run(scene())
