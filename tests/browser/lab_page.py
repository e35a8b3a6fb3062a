"""What a test reads off the lab's page, and the knobs it turns, as a person would."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from browser.pages import SCREEN, until
from regviz.lab.look.theme import DARK, LIGHT

PIXELS = """(selector) => {
  const canvas = document.querySelector(selector);
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [canvas.width, canvas.height, btoa(Array.from({length: Math.ceil(data.length / 8192)}, (_, i) =>
    String.fromCharCode(...data.subarray(8192 * i, 8192 * (i + 1)))).join(""))];
}"""


SETTLE = """async (selector) => {
  const refresh = () => new Promise((done) => requestAnimationFrame(done));
  await refresh(); // what was done to the page has been laid out,
  await refresh(); // and whoever observes its size has been told
  const word = Math.random().toString(36).slice(2);
  document.querySelector(selector).dispatchEvent(new CustomEvent("settle", { detail: word }));
  return word;
}"""


NOTE = """([selector, attribute]) => {
  const part = document.querySelector(selector);
  const noted = [];
  const name = "noted" + Math.random().toString(36).slice(2);
  window[name] = noted;
  const note = () => noted.push(attribute ? part.getAttribute(attribute) : part.textContent);
  const what = attribute ? { attributeFilter: [attribute] } : { childList: true, characterData: true, subtree: true };
  new MutationObserver(note).observe(part, what);
  return name;
}"""


def facts(page: Page) -> dict[str, str]:
    """What the canvas says of itself: frame, step, epoch, change, state."""
    found: dict[str, str] = page.locator(SCREEN).evaluate("canvas => ({...canvas.dataset})")
    return found


def number(page: Page, name: str) -> int:
    """One of the canvas' numbers."""
    return int(facts(page)[name])


def wait_until(page: Page, condition: str, timeout: float = 60) -> None:
    """Wait until a JavaScript `condition` on the canvas' `data` holds."""
    try:
        until(
            page,
            f"() => {{ const data = document.querySelector('{SCREEN}').dataset; return {condition}; }}",
            timeout=1000 * timeout,
        )
    except PlaywrightTimeoutError:
        raise AssertionError(f"{timeout:g} s passed and not {condition}; the page says {facts(page)}") from None


def wait_until_painted(page: Page) -> None:
    """Wait until the lab, which trains nothing now, has heard what was done and has painted all it has to show."""
    for _ in range(2):  # a widget sends its newest value only when the one before it has been dealt with
        word = page.evaluate(SETTLE, SCREEN)
        wait_until(page, f"data.settled === '{word}'")


def wait_for_label(page: Page, start: str, there: bool = True) -> None:
    """Wait until a text that starts so stands (or stands no more) on the picture."""
    until(
        page,
        """([start, there]) => [...document.querySelectorAll('.rv-labels span')]
             .some(span => span.textContent.startsWith(start)) === there""",
        arg=[start, there],
    )


def note(page: Page, selector: str, attribute: str = "") -> Callable[[], list[str]]:
    """Note from now on each text of a part, or each value of its `attribute`, however short it stands.

    What is returned reads them, while the page stays.
    """
    name = page.evaluate(NOTE, [selector, attribute])

    def noted() -> list[str]:
        found: list[str] = page.evaluate("name => window[name]", name)
        return found

    return noted


def wait_for_address(page: Page, condition: str) -> None:
    """Wait until a JavaScript `condition` on the address' query `asked` holds: it follows the lab a moment later."""
    until(page, f"() => {{ const asked = new URLSearchParams(location.search); return {condition}; }}")


def labels(page: Page) -> list[str]:
    """Every text that stands on the picture."""
    found: list[str] = page.evaluate("[...document.querySelectorAll('.rv-labels span')].map(span => span.textContent)")
    return found


def table(page: Page) -> dict[str, dict[str, str]]:
    """The table below the picture: lane → column → text."""
    head, rows = page.evaluate(
        """[...document.querySelectorAll('.rv-table thead, .rv-table tbody')].map(part =>
             [...part.rows].map(row => [...row.cells].map(cell => cell.textContent)))"""
    )
    return {row[0]: dict(zip(head[0], row, strict=True)) for row in rows}


def pixels(page: Page) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The canvas' pixels `(height, width, 4)`."""
    import base64

    width, height, data = page.evaluate(PIXELS, SCREEN)
    return np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)


def dark_share(page: Page) -> float:
    """Share of dark (dropped) cells among the mask's cells, read off the screen."""
    look = DARK if page.locator(".rv-app").get_attribute("data-mode") == "dark" else LIGHT
    colors = [np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) for color in (look.dropped, look.kept)]
    screen = pixels(page)[..., :3].astype(int)
    dropped, kept = (int((np.abs(screen - color).max(axis=2) <= 2).sum()) for color in colors)
    return dropped / (dropped + kept)


def slider(page: Page, label: str) -> Locator:
    """A slider's handle, found by its accessible name."""
    return page.get_by_role("slider", name=label, exact=True)


def turn(page: Page, label: str, key: str, times: int = 1) -> None:
    """Turn a slider by the keyboard."""
    slider(page, label).focus()
    for _ in range(times):
        page.keyboard.press(key)


def drag(page: Page, label: str, share: float) -> None:
    """Drag a slider's handle to a share of its track."""
    handle = slider(page, label)
    handle.scroll_into_view_if_needed()
    box, track = handle.bounding_box(), page.locator(".slider").filter(has=handle).bounding_box()
    assert box is not None
    assert track is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(track["x"] + share * track["width"], track["y"] + track["height"] / 2, steps=8)
    page.mouse.up()


def fill(page: Page, label: str, text: str) -> None:
    """Type into a field and leave it."""
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")
    field.blur()


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a list."""
    page.get_by_label(label, exact=True).select_option(label=option)


def press(page: Page, name: str) -> None:
    """Press a button."""
    page.get_by_role("button", name=name, exact=True).click()


def notice(page: Page) -> Locator:
    """The box with sentences about what could not be done."""
    return page.locator(".rv-notice")


def percent(text: str) -> float:
    """The share that "82 %" says."""
    match = re.search(r"([\d.]+)\s*%", text)
    assert match, text
    return float(match[1]) / 100


def expect_playing(page: Page) -> None:
    """The lab trains."""
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    before = number(page, "step")
    wait_until(page, f"Number(data.step) > {before}")
