"""What a page does about its line to the lab, with a clock and a server that a test makes up."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page

from browser.chromium import Watch
from browser.pages import until
from browser.servers import ROOT

ALIVE = ROOT / "lab/serve/voila/templates/regviz/static/alive.js"

HOST = "127.0.0.1:9"
"""Where nobody listens; the test answers."""

MARKUP = f"""<!doctype html><div id="lost" hidden><p></p><button></button></div>
<script id="jupyter-config-data" type="application/json">{json.dumps({"kernelId": "k", "baseUrl": "/"})}</script>"""

START = """() => {
  window.regviz = { tr: (text) => text };
  window.again = window.ticks = window.slept = window.later = 0;
  window.away = false;
  addEventListener("regviz:reconnect", () => { again += 1; });
  const [clock, watch] = [Date.now, performance.now.bind(performance)];
  Date.now = () => clock() + slept;
  performance.now = () => watch() + later;
  Object.defineProperty(document, "hidden", { get: () => away });
}"""


@pytest.fixture
def stand(page: Page) -> Page:
    """A page whose live connection is open, and whose server answers."""
    page.route_web_socket("**/*", lambda line: None)
    page.route("**/*", lambda route: route.fulfill(body=MARKUP, content_type="text/html"))
    page.goto(f"http://{HOST}/voila/render/a.ipynb")
    page.evaluate(START)
    page.add_script_tag(path=ALIVE)
    page.evaluate("setInterval(() => { ticks += 1; }, 1000)")
    page.evaluate(f"() => new Promise((done) => {{ new WebSocket('ws://{HOST}/api/kernels/k').onopen = done; }})")
    return page


def test_a_laptop_that_slept_connects_again_and_a_hidden_tab_does_not(stand: Page) -> None:
    stand.evaluate("away = true; slept += 60_000; ticks = 0")  # when browsers call a hidden tab's timers
    until(stand, "ticks > 1")  # after the page's own look at the clock
    assert stand.evaluate("again") == 0
    stand.evaluate("away = false; slept += 60_000")
    until(stand, "again === 1")


def test_what_a_connection_that_was_ended_still_waits_for_is_no_fault_of_the_page(stand: Page, watch: Watch) -> None:
    reject, throw = "Promise.reject(new Error(message))", "setTimeout(() => { throw new Error(message); })"
    ended = "Kernel connection is disposed"
    with stand.expect_event("pageerror") as first:
        for way, message in ((reject, ended), (throw, ended), (throw, "something else")):
            stand.evaluate(f"message => {{ {way}; }}", message)
    assert first.value.message == "something else"
    watch.errors.clear()


def test_a_lab_that_is_silent_while_its_server_answers_may_have_a_dead_line(stand: Page) -> None:
    stand.evaluate("dispatchEvent(new CustomEvent('regviz:silent', { detail: true }))")
    stand.wait_for_selector("#lost[data-fault=hung]")
    assert stand.evaluate("again") == 0  # it may be busy
    stand.evaluate("later += 16_000")
    until(stand, "again === 1")
    stand.evaluate("dispatchEvent(new CustomEvent('regviz:silent', { detail: false }))")
    stand.wait_for_selector("#lost", state="hidden")
