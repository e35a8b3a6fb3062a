"""Your data in the browser: tables are chosen, dropped, pasted and typed, and what is shown of them is right."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.chromium import Watch, leave
from browser.defects import violations
from browser.lab_page import expect_playing, number, press
from browser.pages import open_playground, until
from browser.servers import Server
from browser.test_takeaway import PASSENGERS, downloaded
from engine.tables.made import Made, made
from regviz.tables import TableError, read_table

SEEDS = range(40)

TYPED = "size,colour,age,kind\n" + "".join(
    f"{k % 7},{'red' if k % 3 else 'blue'},{k % 5},{'ab'[k % 2]}\n" for k in range(40)
)

SHOWN = """() => {
  const desk = document.querySelector(".rv-desk");
  const text = (part) => part?.textContent ?? "";
  const heads = [...desk.querySelectorAll("th")];
  return {
    name: desk.dataset.name,
    size: text(desk.querySelector(".rv-desk-size")),
    refusal: text(desk.querySelector(".rv-desk-refusal")),
    columns: heads.map((head) => ({
      name: text(head.querySelector("b")),
      kind: head.querySelectorAll("select")[0].value,
      role: head.querySelectorAll("select")[1].value,
      range: text(head.querySelector(".rv-desk-range")),
      bars: head.querySelectorAll("rect").length,
      gaps: text(head.querySelector(".rv-desk-gaps")),
    })),
    rows: [...desk.querySelectorAll("tbody tr")].map((row) => [...row.cells].map(text)),
  };
}"""

DROP = """async ([name, text]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], name));
  const place = document.querySelector(".rv-picture");
  const taken = (type) => {
    const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: files });
    place.dispatchEvent(event);
    return event.defaultPrevented;
  };
  // Whoever listens is a widget of its own, and may begin after the picture's first frame.
  for (let n = 0; n < 1000 && !taken("dragover"); n++) await new Promise(requestAnimationFrame);
  for (const type of ["dragover", "drop"]) {
    if (!taken(type)) throw new Error(`the browser itself would take the ${type}`);
  }
}"""


@pytest.fixture
def desk(page: Page, voila: Server) -> Page:
    """The playground, held, with the desk open."""
    open_playground(page, voila.url, "play=0")
    press(page, "Your data")
    expect(page.locator(".rv-desk")).to_be_visible()
    return page


def bring(page: Page, name: str, content: bytes) -> dict[str, Any]:
    """Choose a file and return what is shown of it."""
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator(".rv-desk input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    until(
        page,
        """name => { const { name: now, state } = document.querySelector(".rv-desk").dataset;
                     return now === name && state !== "reading"; }""",
        arg=name,
    )
    found: dict[str, Any] = page.evaluate(SHOWN)
    return found


def wrong(table: Made, shown: dict[str, Any]) -> str:
    """What of a table is not shown as it was meant; "" if all of it is."""
    if not shown["size"].startswith(f"{table.traits['rows']} rows"):
        return f"{shown['size']!r} {shown['refusal']!r}"
    if len(shown["columns"]) != len(table.columns) + table.extra:
        return f"columns {[column['name'] for column in shown['columns']]}"
    for place, (meant, column) in enumerate(zip(table.columns, shown["columns"], strict=False)):
        cells = [cell.strip() for cell in meant.cells[:8]]
        if meant.name and column["name"] != meant.name:
            return f"{column['name']!r} for {meant.name!r}"
        if [" ".join(row[place].split()) for row in shown["rows"]] != [" ".join(cell.split()) for cell in cells]:
            return f"{meant.name!r}: {[row[place] for row in shown['rows']]} for {cells}"
        gaps = sum(value is None for value in meant.values)
        if column["gaps"] != ("no gaps" if not gaps else f"{gaps} gap{'s' * (gaps > 1)}"):
            return f"{meant.name!r}: {column['gaps']!r} for {gaps}"
        if column["kind"] == "number":
            there = [value for value in meant.values if value is not None]
            ends = [f"{end:.6g}".replace("-", "−") for end in (np.min(there), np.max(there))]
            if column["range"].split(" … ") != list(dict.fromkeys(ends)):
                return f"{meant.name!r}: {column['range']!r} for {ends}"
        elif column["kind"] != "empty" and column["bars"] < min(2, len(set(meant.values) - {None})):
            return f"{meant.name!r} ({column['kind']}): {column['bars']} bars"
        if column["role"] == "target" and meant is not table.target:
            return f"the target is {meant.name!r}"
    return ""


@pytest.mark.timeout(900)
def test_forty_tables_of_forty_kinds_are_shown_as_they_were_meant(desk: Page) -> None:
    mistakes = {}
    for seed in SEEDS:
        table = made(seed)
        shown = bring(desk, f"made {seed}.csv", table.content)
        try:
            read_table(table.content)
        except TableError:
            assert shown["refusal"].endswith("."), seed
            continue
        if found := wrong(table, shown):
            mistakes[seed] = (found, table.traits)
    assert not mistakes


def test_a_column_of_texts_is_called_so(desk: Page) -> None:
    rows = (f"{k % 7},remark {k},{'ab'[k % 2]}" for k in range(40))
    bring(desk, "remarks.csv", "\n".join(["size,remark,kind", *rows]).encode())
    expect(desk.get_by_label("Kind of remark").locator("option:checked")).to_have_text("text")


def test_a_file_dropped_on_a_picture_is_looked_at_and_trains_when_asked(page: Page, voila: Server) -> None:
    open_playground(page, voila.url)
    page.evaluate(DROP, ["dropped things.csv", TYPED])
    expect(page.locator(".rv-desk-size")).to_have_text("40 rows, 4 inputs, 2 classes")
    expect(page.get_by_role("button", name="Your data", exact=True)).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".rv-knob-data select")).to_have_value("two moons")
    press(page, "Train on it")
    expect(page.locator(".rv-knob-data select")).to_have_value("dropped things")
    expect_playing(page)


def test_a_table_is_pasted(desk: Page, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.evaluate("text => navigator.clipboard.writeText(text)", TYPED.replace(",", "\t"))
    desk.get_by_text("Paste or type a table").click()
    desk.get_by_label("A table, pasted or typed").focus()
    desk.keyboard.press("Control+V")
    expect(desk.locator(".rv-desk-size")).to_have_text("40 rows, 4 inputs, 2 classes")
    expect(desk.get_by_role("list", name="What was done to the table")).to_contain_text("with tabs between them")


def test_a_table_is_typed_and_no_key_of_it_reaches_the_lab(desk: Page) -> None:
    desk.get_by_text("Paste or type a table").click()
    area = desk.get_by_label("A table, pasted or typed")
    look = desk.get_by_role("button", name="Look at it")
    expect(look).to_be_disabled()
    area.press_sequentially("rep,e\n" + "".join(f"{k},{k % 2}\n" for k in range(14)))
    look.click()
    expect(desk.locator(".rv-desk-size")).to_have_text("14 rows, 1 input, 2 classes")
    expect(desk.locator(".rv-app[data-projector]")).to_have_count(0)  # P
    assert number(desk, "step") == 0  # E


def test_roles_are_changed_by_the_keyboard_and_what_is_impossible_is_said(desk: Page) -> None:
    bring(desk, "t.csv", TYPED.encode())
    role = desk.get_by_label("Role of size", exact=True)
    role.focus()
    desk.keyboard.press("ArrowUp")  # from Input to Target
    expect(desk.locator(".rv-desk-size")).to_contain_text("40 rows, 5 inputs")
    role = desk.get_by_label("Role of size", exact=True)
    expect(role).to_have_value("target")
    expect(role).to_be_focused()
    for name in ("age", "kind"):
        desk.get_by_label(f"Role of {name}", exact=True).select_option("out")
    desk.get_by_label("Role of colour", exact=True).select_option("out")
    refusal = desk.locator(".rv-desk-refusal")
    expect(refusal).to_contain_text("There is no column left for the inputs. Take one back by its role")
    expect(desk.get_by_role("button", name="Train on it")).to_be_disabled()
    desk.get_by_label("Role of age", exact=True).select_option("input")
    expect(refusal).to_be_empty()
    expect(desk.get_by_role("button", name="Train on it")).to_be_enabled()


def test_a_refusal_names_the_line_and_the_way_out_repairs_it(desk: Page) -> None:
    bring(desk, "short.csv", (TYPED + "1,2\n1,red,2,a\n").encode())
    refusal = desk.get_by_role("alert").filter(has_text="Line 42 has 2 cells, the others have 4.")
    expect(refusal).to_be_visible()
    desk.get_by_label("Lines that do not fit").select_option("skipped")
    expect(desk.locator(".rv-desk-size")).to_have_text("41 rows, 4 inputs, 2 classes")


def test_a_table_goes_away_with_the_experiment_and_comes_back_in_another_session(
    desk: Page, browser: Browser, watch: Watch, voila: Server
) -> None:
    bring(desk, "passengers.csv", PASSENGERS.read_bytes())
    desk.get_by_label("Gaps", exact=True).select_option("flag")
    expect(desk.locator(".rv-desk-size")).to_have_text("200 rows, 10 inputs, 2 classes")
    press(desk, "Train on it")
    expect(desk.locator(".rv-knob-data select")).to_have_value("passengers")
    press(desk, "Take away")
    _, content = downloaded(desk, "JSON")
    assert len(json.loads(content)["data"][0]["table"]["rows"]) == 200
    context = browser.new_context()
    watch.over(context)
    other = context.new_page()
    open_playground(other, voila.url, "play=0&data=passengers")
    expect(other.locator(".rv-notice")).to_contain_text("data='passengers' needs a table that a link cannot carry")
    press(other, "Take away")
    with other.expect_file_chooser() as chooser:
        press(other, "Choose a file…")
    chooser.value.set_files({"name": "mine.json", "mimeType": "application/json", "buffer": content})
    expect(other.locator(".rv-knob-data select")).to_have_value("passengers")
    leave(other)
    context.close()


def test_a_reloaded_page_has_kept_its_table_and_trains_on_it_when_asked(desk: Page) -> None:
    bring(desk, "two kinds.csv", TYPED.encode())
    desk.get_by_label("Role of age", exact=True).select_option("out")
    expect(desk.locator(".rv-desk-size")).to_have_text("40 rows, 3 inputs, 2 classes")
    press(desk, "Train on it")
    expect(desk.locator(".rv-knob-data select")).to_have_value("two kinds")
    until(desk, "location.search.includes('data=two') && sessionStorage.getItem('regviz-table')")
    desk.reload()
    expect(desk.locator(".rv-desk-size")).to_have_text("40 rows, 3 inputs, 2 classes")
    expect(desk.get_by_label("Role of age", exact=True)).to_have_value("out")
    for place in (".rv-notice", ".rv-desk-said"):
        expect(desk.locator(place)).to_contain_text("This tab has kept your table two kinds.csv.")
    expect(desk.locator(".rv-knob-data select")).to_have_value("two moons")
    press(desk, "Train on it")
    expect(desk.locator(".rv-knob-data select")).to_have_value("two kinds")
    until(desk, "location.search.includes('data=two')")
    other = desk.context.new_page()
    other.goto(desk.url)  # a link does not carry it
    expect(other.locator(".rv-notice")).to_contain_text("needs a table that a link cannot carry")
    expect(other.locator(".rv-desk")).to_have_count(0)
    leave(other)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_preview_is_read_by_everyone_and_fits_a_phone(
    browser: Browser, watch: Watch, voila: Server, look: str
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        color_scheme=look,  # type: ignore[arg-type]
    )
    watch.over(context)
    page = context.new_page()
    open_playground(page, voila.url, "play=0")
    page.get_by_role("button", name="Your data", exact=True).tap()
    bring(page, "passengers.csv", PASSENGERS.read_bytes())
    assert violations(page) == []
    beyond = page.evaluate(
        """[...document.querySelectorAll('.rv-desk *')].filter((part) => {
             const box = part.getBoundingClientRect();
             const out = box.width > 1 && (box.right > innerWidth + 1 || box.left < -1);
             return out && !part.closest('.rv-desk-scroll table');
           }).map((part) => part.outerHTML.slice(0, 120))"""
    )
    assert beyond == []
    assert page.evaluate("(box => box.scrollWidth > box.clientWidth)(document.querySelector('.rv-desk-scroll'))")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    leave(page)
    context.close()
