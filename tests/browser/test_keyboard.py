"""By the keyboard alone: no mouse, nothing clicked or focused by a script, and one sees where one is.

`test_lessons.py` visits every lesson so, too.
"""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from browser.keys import HERE, STOPS, tab_to
from browser.lab_page import labels, number, wait_for_address, wait_until, wait_until_painted
from browser.pages import SCREEN, open_playground, until
from browser.servers import Server
from browser.test_lessons import AT_MOST, in_words, open_lesson, remember


def announced(page: Page) -> str:
    """What the picture with the focus said last."""
    return page.locator(".rv-cursors [role=status]").inner_text()


def expect_announced(page: Page, pattern: str) -> None:
    expect(page.locator(".rv-cursors [role=status]")).to_have_text(re.compile(pattern, re.DOTALL))


def test_the_lesson_on_lambda_from_prediction_to_adopting_the_best_value(page: Page, voila: Server) -> None:
    lesson = open_lesson(page, voila, "04_lambda", "play=0")

    tab_to(page, "λ = 0.001")
    page.keyboard.press("Enter")
    expect(lesson.get_by_role("group", name="because …")).to_be_focused()  # the button that was pressed is gone
    assert page.evaluate(HERE)["ring"] >= 2
    tab_to(page, "what fits the training data best also fits new data best")
    page.keyboard.press("Enter")
    expect(lesson.locator(".rv-answer")).to_be_focused()
    assert page.evaluate(HERE)["ring"] >= 2
    page.keyboard.press("Space")
    wait_until(page, "data.state === 'playing'")
    said = re.compile(
        "^You predicted “λ = 0.001”.*Right answer, but for another reason. Another one than λ = 0.001 fits"
    )
    expect(lesson.get_by_role("status")).to_have_text(said, timeout=1000 * AT_MOST)
    page.keyboard.press("Space")
    wait_until(page, "data.state === 'paused'")

    tab_to(page, "Sweep λ")
    page.keyboard.press("Enter")
    expect(lesson.get_by_role("button", name="Sweep λ", exact=True)).to_have_attribute("aria-pressed", "true")
    ask = lesson.get_by_role("button", name="Show the test loss", exact=True)
    expect(ask).to_be_visible(timeout=60_000)
    best = in_words(page, r"The lowest mean validation loss is \d\.\d\d, at λ = (\d\.\d+)\.")[0]

    wait_until_painted(page)  # the lesson tells that the sweep has ended before the picture shows its last values

    tab_to(page, "Loss against λ of L2: .*")
    expect_announced(page, r"^λ .*validation \d\.\d\d .*Enter to take this value$")
    at_best = announced(page)
    assert f"λ {best:g}" in at_best
    page.keyboard.press("ArrowRight")
    until(page, "text => document.querySelector('.rv-cursors p').innerText !== text", arg=at_best)
    assert "λ " in announced(page)
    mark = page.locator(".rv-cursors i")
    expect(mark).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect_announced(page, re.escape(at_best.split("\n")[0]))
    change = number(page, "change")
    page.keyboard.press("Enter")
    expect_announced(page, "this value is taken$")
    wait_until(page, f"Number(data.change) > {change}")
    wait_for_address(page, f"asked.get('l2') === '{best:g}'")

    tab_to(page, "Show the test loss", back=True)
    page.keyboard.press("Enter")
    observation = lesson.locator(".rv-observation")
    expect(observation).to_contain_text(re.compile(r"Test loss at λ = \S+, asked once, at the end: \d\.\d\d"))
    expect(observation).to_be_focused()
    expect(mark).to_be_hidden()
    tab_to(page, "Back")
    page.keyboard.press("Space")
    expect(lesson.get_by_role("button", name="Sweep λ", exact=True)).to_have_attribute("aria-pressed", "false")


def test_a_unit_is_removed_and_brought_back_and_a_part_is_moved(page: Page, voila: Server) -> None:
    open_playground(page, voila.url, "play=0&panels=network~remove,blocks&hidden=6-6&dropout=0.5")
    tab_to(page, "Network.*")
    expect_announced(page, "^hidden layer 1, unit")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect_announced(page, r"removed \(Enter: bring back\)")
    until(page, "[...document.querySelectorAll('.rv-labels span')].every(s => !/click a unit/.test(s.textContent))")
    page.keyboard.press("Enter")
    expect_announced(page, r"^(?!.*removed)")
    for key in ("Home", "ArrowRight", "Enter"):  # the words of the head line: a click shows units large from now on
        page.keyboard.press(key)
    expect_announced(page, "^a chosen unit is shown large")
    until(page, "!location.search.includes('remove')")
    page.keyboard.press("ArrowDown")
    expect_announced(page, "^(hidden|output)")
    page.keyboard.press("ArrowLeft")
    expect_announced(page, "^hidden layer")
    wait_until_painted(page)
    before = page.locator(SCREEN).evaluate("canvas => canvas.toDataURL()")
    page.keyboard.press("Enter")
    expect_announced(page, "shown large; Enter or Escape: back$")
    until(page, "[...document.querySelectorAll('.rv-labels span')].some(s => /^bias/.test(s.textContent))")
    page.keyboard.press("Escape")
    expect_announced(page, "^the whole network$")
    wait_until_painted(page)
    assert page.locator(SCREEN).evaluate("canvas => canvas.toDataURL()") == before  # nothing of the unit is left
    tab_to(page, ".*[Pp]arts.*|.*[Ll]ayer.*|.*block.*")
    page.keyboard.press("ArrowRight")
    expect_announced(page, "Enter: move it after")
    page.keyboard.press("Enter")
    wait_for_address(page, "asked.has('order')")


def test_keys_that_the_whole_page_knows_go_on_working_beside_the_cursor(page: Page, voila: Server) -> None:
    open_playground(page, voila.url, "play=0&panels=network,loss")
    tab_to(page, "Network.*")
    before = number(page, "step")
    page.keyboard.press("ArrowRight")  # the cursor's here
    wait_until_painted(page)
    assert number(page, "step") == before
    page.keyboard.press("Space")
    wait_until(page, "data.state === 'playing'")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("in a picture, what a click does")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    assert "Network" in page.evaluate(HERE)["name"]
    tab_to(page, "Live charts.*", back=True)
    page.keyboard.press("Space")
    wait_until(page, "data.state === 'paused'")
    before = number(page, "step")
    page.keyboard.press("ArrowRight")
    wait_until(page, f"Number(data.step) === {before + 1}")


def test_tab_goes_from_the_head_line_over_the_lesson_to_the_pictures_the_timeline_and_the_knobs(
    page: Page, voila: Server
) -> None:
    for first, picture in (("λ = 0", "Loss"), ("Answer again", "Loss against")):
        lesson = open_lesson(page, voila, "04_lambda", "play=0")  # before the answer, and after all of it
        expect(lesson.locator(".rv-ask")).to_be_visible(visible=first == "λ = 0")
        wait_until_painted(page)
        names = []
        for _ in range(STOPS):
            page.keyboard.press("Tab")
            here = page.evaluate(HERE)
            if names and not here["inside"]:
                break
            if here["inside"]:
                names.append(here["name"])
        wanted = ["Copy link", first, "Live charts", picture, "Look back", "Data set"]
        places = [next(k for k, name in enumerate(names) if name.startswith(start)) for start in wanted]
        assert places == sorted(places), names
        assert len(names) == len(set(names)), names
        remember(page, "lambda", "light")


def test_the_pictures_say_what_they_are_called(page: Page, voila: Server) -> None:
    remember(page, "lambda", "light")
    lesson = open_lesson(page, voila, "04_lambda", "play=0")
    expect(lesson.locator(".rv-explain")).to_be_visible()
    wait_until_painted(page)  # all pictures of somebody who knows the answer
    stops = page.locator(".rv-cursors [tabindex]")
    for stop in stops.all():
        name = (stop.get_attribute("aria-label") or "").split(":")[0]
        assert name in labels(page), name
