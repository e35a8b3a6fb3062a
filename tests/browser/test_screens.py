"""Every notebook at every size: nothing sticks out, is cut, scrolls inside the lab or stands on something else."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.defects import below_the_fold, cut_options, defects
from browser.lab_page import wait_until_painted
from browser.pages import SCREEN, open_notebook, until
from browser.screens import NAMES, SIZES, come_to_the_end, give_an_answer, open_lab, show, wear
from browser.servers import Server
from browser.test_lessons import remember

pytestmark = pytest.mark.timeout(900)  # seconds; all sizes, looks and moments of a lesson, on a slow machine

LESSONS = [name for name in NAMES if name != "playground"]


def seen(page: Page, *sizes: str) -> list[str]:
    """What is wrong at each of some sizes, the page being resized."""
    wrong = []
    for size in sizes:
        show(page, SIZES[size])
        wrong += [f"{size}: {line}" for line in defects(page)]
    return wrong


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_fits_a_laptop_a_desk_and_a_phone_and_a_lesson_is_one_screen(
    page: Page, voila: Server, name: str
) -> None:
    page.set_viewport_size(SIZES["1280x720"])
    open_lab(page, voila, name)
    wrong = [f"at first: {line}" for line in [*defects(page), *seen(page, "390x844")]]
    if name != "playground":
        give_an_answer(page)
        wait_until_painted(page)
        wrong += [f"because: {line}" for line in [*defects(page), *seen(page, "1280x720"), *below_the_fold(page)]]
        show(page, SIZES["390x844"])
    come_to_the_end(page, name)  # on a phone
    wrong += seen(page, "390x844", "1920x1080", "1280x720")
    if name != "playground":
        assert below_the_fold(page) == []
    wear(page, "projector")
    assert [*wrong, *(f"projector: {line}" for line in defects(page))] == []


def test_the_playground_fits_in_the_longest_words(page: Page, voila: Server) -> None:
    page.set_viewport_size(SIZES["1280x720"])
    open_notebook(page, voila.url, "playground.ipynb", "play=0&lang=de")
    page.wait_for_selector(f"{SCREEN}:not([data-frame='0'])", timeout=60_000)
    wait_until_painted(page)
    assert "Validierungs\u00adverlust" in page.locator(".rv-table th").all_text_contents()
    assert cut_options(page) == []
    wrong = [*defects(page), *seen(page, "390x844")]
    assert cut_options(page) == []
    page.keyboard.press("?")
    wrong += [f"keys: {line}" for line in defects(page)]
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    expect(page.locator(".rv-app")).to_have_attribute("data-projector", "")
    wait_until_painted(page)
    assert [*wrong, *(f"projector: {line}" for line in defects(page))] == []


def test_a_lesson_in_jupyterlab_fits_too(page: Page, jupyterlab: Server) -> None:
    open_lab(page, jupyterlab, "08_when_to_use", "jupyterlab")
    assert seen(page, *SIZES) == []


def test_the_table_of_a_lesson_is_folded_on_a_low_page_and_opens(page: Page, voila: Server) -> None:
    page.set_viewport_size(SIZES["1280x720"])
    open_lab(page, voila, "03_l1_l2")
    table, numbers = page.locator(".rv-table"), page.get_by_role("button", name="Numbers")
    assert not table.is_visible()
    assert numbers.get_attribute("aria-expanded") == "false"
    numbers.click()
    assert table.is_visible()
    assert numbers.get_attribute("aria-expanded") == "true"
    assert defects(page) == []
    show(page, SIZES["1920x1080"])
    assert table.is_visible()


def test_on_a_phone_play_stays_in_sight_and_a_lesson_is_read_from_top_to_bottom(page: Page, voila: Server) -> None:
    remember(page, "l1_l2", "first")
    open_lab(page, voila, "03_l1_l2")
    show(page, SIZES["390x844"])
    order = [".rv-play", ".rv-predict", ".rv-observe", ".rv-picture", ".rv-timeline", ".rv-main > .rv-controls"]
    tops = [page.locator(name).evaluate("part => part.getBoundingClientRect().top") for name in order]
    assert tops == sorted(tops)
    assert tops[0] < 200
    page.mouse.move(200, 500)
    page.mouse.wheel(0, 900)
    until(page, "document.querySelector('.rv-predict').getBoundingClientRect().bottom < 0")
    box = page.locator(".rv-play").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 20


def test_what_is_wrong_would_be_found(page: Page, voila: Server) -> None:
    open_lab(page, voila, "01_overfitting")
    assert defects(page) == []
    page.evaluate(
        """() => {
          // A copy of the labels: a frame that comes late writes into the lab's own.
          const labels = document.querySelector(".rv-labels").cloneNode(true);
          document.querySelector(".rv-labels").replaceWith(labels);
          const main = document.querySelector(".rv-main");
          const first = [...labels.children].find((label) => label.textContent === "Loss");
          const twin = first.cloneNode(true);
          twin.textContent = "twin";
          labels.append(twin);
          const out = first.cloneNode(true);
          out.textContent = "out";
          out.style.transform = "translate(-40px, 60px)";
          labels.append(out);
          main.insertAdjacentHTML("beforeend", `
            <div style="width: 3000px; height: 5px">wide</div>
            <div style="height: 20px; overflow: auto"><p style="height: 90px">scrolls</p></div>
            <p style="width: 30px; overflow: hidden; white-space: nowrap">a text that is cut</p>`);
        }"""
    )
    kinds = {line.split(":")[0] for line in defects(page)}
    assert kinds >= {"beyond the edge", "scroll bar", "cut text", "labels overlap", "label outside"}
