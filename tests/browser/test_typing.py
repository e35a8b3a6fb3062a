"""What one types into the knobs: beside a slider, into a field of numbers, and what is refused."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.lab_page import fill, notice, press, slider, wait_for_address, wait_until_painted
from browser.pages import open_playground
from browser.servers import Server


@pytest.fixture
def resting(page: Page, voila: Server) -> Page:
    """The playground before anything trains."""
    open_playground(page, voila.url, "play=0")
    return page


def readout(page: Page, label: str) -> Locator:
    """The number beside a slider."""
    return page.get_by_role("textbox", name=f"{label}, typed", exact=True)


def type_beside(page: Page, label: str, text: str) -> None:
    """Click a slider's number, type another one and press Enter."""
    number = readout(page, label)
    number.click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("label", "text", "shown", "field", "value"),
    [
        ("L1 strength λ", "0.02", "0.02", "l1", "0.02"),
        ("L1 strength λ", "0,02", "0.02", "l1", "0.02"),
        ("Learning rate", "3e-3", "0.003", "lr", "0.003"),
        ("Dropout rate p", "33,3 %", "0.333", "dropout", "0.333"),
    ],
)
def test_a_number_typed_beside_a_slider_turns_the_knob(
    resting: Page, label: str, text: str, shown: str, field: str, value: str
) -> None:
    type_beside(resting, label, text)
    expect(slider(resting, label)).to_have_attribute("aria-valuetext", shown)
    expect(readout(resting, label)).to_have_text(shown)
    wait_for_address(resting, f"asked.get('{field}') === '{value}'")
    expect(notice(resting)).to_be_hidden()


def test_an_impossible_number_beside_a_slider_is_refused_and_the_true_one_stands_there(resting: Page) -> None:
    page, label = resting, "L1 strength λ"
    before = readout(page, label).inner_text()
    for wrong in ("-3", "much"):
        type_beside(page, label, wrong)
        expect(notice(page)).to_contain_text(f"{label}: “{wrong}” is not possible: allowed is")
        expect(readout(page, label)).to_have_text(before)
        expect(slider(page, label)).to_have_attribute("aria-valuetext", before)
    readout(page, label).click()
    page.keyboard.type("7")
    page.keyboard.press("Escape")  # taken back
    page.keyboard.press("Tab")
    wait_until_painted(page)
    expect(readout(page, label)).to_have_text(before)


def test_the_focus_goes_to_the_list_once_a_lane_was_given_a_value_of_its_own(resting: Page) -> None:
    page = resting
    press(page, "Lanes")
    row = page.locator(".rv-lane-row").nth(1)
    row.get_by_label("own value", exact=True).select_option(label="Learning rate")
    add = row.get_by_role("button", name="Add", exact=True)
    expect(add).to_be_enabled()
    add.press("Enter")
    own = row.get_by_role("textbox", name="Learning rate, typed", exact=True)
    expect(own).to_be_visible()
    expect(row.get_by_label("own value", exact=True)).to_be_focused()


def test_a_number_typed_beside_a_lane_s_own_slider_is_that_lane_s(resting: Page) -> None:
    page = resting
    press(page, "Lanes")
    row = page.locator(".rv-lane-row").nth(1)
    row.get_by_label("own value", exact=True).select_option(label="Learning rate")
    row.get_by_role("button", name="Add", exact=True).click()
    expect(row.get_by_label("own value", exact=True)).to_be_focused()
    wait_for_address(page, "asked.getAll('lane')[1] === 'L1~l1~lr=0.005'")  # and the row has been drawn with it
    wait_until_painted(page)
    own = row.get_by_role("textbox", name="Learning rate, typed", exact=True)
    for text, shown in (("0,03", "0.03"), ("much", "0.03"), ("4e-3", "0.004")):
        expect(own).to_be_visible()
        own.click()
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(own).to_have_text(shown)
        wait_for_address(page, f"asked.getAll('lane')[1] === 'L1~l1~lr={shown}' && asked.get('lr') === null")


def test_no_knob_is_titled_by_nothing_and_a_number_is_one_that_keys_move(resting: Page) -> None:
    told = resting.locator(".rv-side .rv-knob").evaluate_all(
        "all => all.map((knob) => [knob, ...knob.querySelectorAll('*')].map((part) => part.title).filter(Boolean))"
    )
    assert len(told) > 25
    assert not any({"null", "undefined"} & set(titles) for titles in told)
    for name in ("Noise", "Training points", "Batch size"):
        expect(resting.get_by_role("spinbutton", name=name, exact=True)).to_be_visible()


def test_a_decimal_comma_an_exponent_and_a_share_in_percent_are_read_as_they_are_meant(
    page: Page, voila: Server
) -> None:
    open_playground(page, voila.url, "play=0&lang=de")

    def type_over(label: str, text: str) -> None:
        field = page.get_by_label(label, exact=True)
        field.click()
        page.keyboard.press("Control+A")
        page.keyboard.type(text)  # key by key: a field may swallow some
        page.keyboard.press("Enter")

    for label, text, field, value in (
        ("Rauschen", "0,35", "noise", "0.35"),
        ("Rauschen", "15 %", "noise", "0.15"),
        ("Trainingspunkte", "1,2e2", "n_train", "120"),
    ):
        type_over(label, text)
        wait_for_address(page, f"asked.get('{field}') === '{value}'")
        expect(page.get_by_label(label, exact=True)).to_have_value(value)
        expect(notice(page)).to_be_hidden()
    type_over("Trainingspunkte", "3,5")
    expect(notice(page)).to_contain_text("Trainingspunkte: „3,5“ ist nicht möglich: erlaubt ist eine ganze Zahl")
    wait_for_address(page, "asked.get('n_train') === '120'")


def test_the_arrow_keys_move_a_number_by_its_step(resting: Page) -> None:
    page = resting
    field = page.get_by_label("Noise", exact=True)
    fill(page, "Noise", "0,4")
    expect(field).to_have_value("0.4")
    field.press("ArrowUp")
    field.press("ArrowUp")
    expect(field).to_have_value("0.5")
    wait_for_address(page, "asked.get('noise') === '0.5'")
    field.press("ArrowDown")
    wait_for_address(page, "asked.get('noise') === '0.45'")
    expect(field).to_be_focused()


def test_a_refused_value_is_marked_and_gives_way_to_the_true_one_with_its_notice(resting: Page) -> None:
    page = resting
    for label, wrong in (("Batch size", "-5"), ("Hidden layers", "2000"), ("Noise", "50")):
        field = page.get_by_label(label, exact=True)
        true = field.input_value()
        for end in ("Dismiss", "Reset"):
            fill(page, label, wrong)
            expect(notice(page)).to_contain_text(f"{label}: “{wrong}”")
            expect(field).to_have_value(wrong)  # what was typed is not lost
            expect(field).to_have_attribute("aria-invalid", "true")
            press(page, end)
            expect(notice(page)).to_be_hidden()
            expect(field).to_have_value(true)
            expect(field).not_to_have_attribute("aria-invalid", "true")
