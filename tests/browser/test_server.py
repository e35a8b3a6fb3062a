"""`regviz app` as a visitor meets it: nothing off the server, friendly pages, no kernel left behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browser.chromium import Watch, hide_tab, leave, show_tab
from browser.pages import open_notebook
from browser.servers import Server

SLIDER = "import ipywidgets\nipywidgets.VBox([ipywidgets.IntSlider(description='strength'), ipywidgets.Label('ready')])"

SLOW = "import os, time\nwhile not os.path.exists('go'):\n    time.sleep(0.05)\nprint('gone')"
"""A cell that runs until there is a file `go` beside its notebook."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two seats and notebooks of its own."""
    folder = tmp_path_factory.mktemp("source")
    write(folder / "playground.ipynb", SLIDER, title="A slider", description="Something to turn.")
    write(folder / "lessons" / "02-broken.ipynb", "1 / 0", title="Broken")
    write(folder / "lessons" / "01-first-steps.ipynb", "# $\\lambda$", kind="markdown")
    write(folder / "lessons" / "03-quiet.ipynb", "x = 1")
    write(folder / "lessons" / "04-slow.ipynb", SLOW)
    with Server("app", folder, tmp_path_factory.mktemp("small"), ["--max-sessions", "2"]) as server:
        yield server


@pytest.fixture(autouse=True)
def _everyone_leaves(small: Server) -> Iterator[None]:
    yield
    small.wait_for_kernels(0)


def write(path: Path, source: str, kind: str = "code", **metadata: str) -> None:
    cell = nbformat.v4.new_code_cell(source) if kind == "code" else nbformat.v4.new_markdown_cell(source)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.parent.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel, **metadata}), path)


def open_slider(page: Page, server: Server, query: str = "") -> None:
    open_notebook(page, server.url, "playground.ipynb", query)
    expect(page.get_by_text("ready", exact=True)).to_be_visible(timeout=30_000)


def test_gallery_lists_notebooks_with_title_and_sentence_and_opens_them(page: Page, small: Server) -> None:
    page.goto(small.url + "?theme=dark")
    links = page.locator(".gallery a")
    titles = ["A slider", "First steps", "Broken", "Quiet", "Slow"]
    assert [text.split("\n")[0].strip() for text in links.all_inner_texts()] == titles
    expect(links.first).to_contain_text("Something to turn.")
    links.first.click()
    expect(page.get_by_text("ready", exact=True)).to_be_visible(timeout=30_000)
    assert page.title() == "A slider"
    assert "theme=dark" in page.url


def test_notebook_page_has_no_source_no_prompt_and_no_starting_notice_left(page: Page, small: Server) -> None:
    open_slider(page, small)
    expect(page.locator("#starting")).to_be_hidden()
    expect(page.locator("#lost")).to_be_hidden()
    assert "ipywidgets.VBox" not in page.content()
    assert page.locator(".jp-InputPrompt:visible, .jp-OutputPrompt:visible").count() == 0


@pytest.mark.parametrize(("system", "asked", "light"), [("dark", "", "false"), ("light", "theme=dark", "false")])
def test_page_is_dark_when_the_system_or_the_link_says_so(
    page: Page, small: Server, system: str, asked: str, light: str
) -> None:
    page.emulate_media(color_scheme=system)  # type: ignore[arg-type]
    open_slider(page, small, asked)
    assert page.locator("body").get_attribute("data-jp-theme-light") == light
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 24, 29)"
    if not asked:
        page.emulate_media(color_scheme="light")
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "true")


def test_formulas_are_set_without_another_server(page: Page, small: Server) -> None:
    open_notebook(page, small.url, "lessons/01-first-steps.ipynb")
    expect(page.locator("mjx-container")).to_be_visible(timeout=30_000)
    expect(page.locator("#starting")).to_be_hidden()
    expect(page.locator("#empty")).to_be_hidden()


def test_a_notebook_without_output_says_so(page: Page, small: Server) -> None:
    open_notebook(page, small.url, "lessons/03-quiet.ipynb")
    expect(page.locator("#empty")).to_contain_text("This notebook shows nothing")
    expect(page.locator("#starting")).to_be_hidden()


def test_patience_is_asked_for_while_cells_still_run(page: Page, small: Server) -> None:
    # Eight seconds pass sooner.
    page.add_init_script("const later = setTimeout; window.setTimeout = (f, ms) => later(f, ms === 8000 ? 200 : ms)")
    page.goto(small.address("/voila/render/lessons/04-slow.ipynb"), wait_until="commit")
    expect(page.get_by_text("Starting the lab")).to_be_visible(timeout=30_000)
    expect(page.locator("#starting .patience")).to_be_visible()
    (small.notebooks / "lessons" / "go").touch()
    expect(page.get_by_text("gone")).to_be_visible(timeout=30_000)
    expect(page.locator("#starting")).to_be_hidden()


def test_closing_a_page_opened_by_a_deep_link_ends_its_kernel(context: BrowserContext, small: Server) -> None:
    page = context.new_page()
    open_slider(page, small)
    small.wait_for_kernels(1)
    leave(page)
    small.wait_for_kernels(0, timeout=10)


def test_a_page_that_is_left_while_it_loads_ends_its_kernel(context: BrowserContext, small: Server) -> None:
    page = context.new_page()
    page.route("**/voila.js", lambda route: None)  # it never comes
    with page.expect_websocket(lambda socket: "/api/here/" in socket.url):
        page.goto(small.address("/voila/render/lessons/03-quiet.ipynb"), wait_until="commit")
    expect(page.locator("#jupyter-config-data")).to_be_attached()
    leave(page)
    small.wait_for_kernels(0)


def test_a_page_that_vanishes_without_goodbye_ends_its_kernel(context: BrowserContext, small: Server) -> None:
    context.add_init_script("navigator.sendBeacon = () => true")
    page = context.new_page()
    open_slider(page, small)
    small.wait_for_kernels(1)
    leave(page)
    small.wait_for_kernels(0, timeout=30)


def test_reload_leaves_one_kernel(page: Page, small: Server) -> None:
    open_slider(page, small)
    page.reload()
    expect(page.get_by_text("ready", exact=True)).to_be_visible(timeout=30_000)
    small.wait_for_kernels(1, timeout=10)


LATE = """const soon = window.setTimeout;
window.setTimeout = (act, after, ...more) => soon(act, after === 100 ? 3000 : after, ...more);"""
"""What a slow machine does to whoever looks every 100 ms for two seconds: of these looks there is only the first."""


def test_a_page_that_was_busy_when_its_widgets_came_shows_them(page: Page, small: Server) -> None:
    page.add_init_script(LATE)
    open_slider(page, small)


def test_a_dead_kernel_is_announced_and_reload_brings_a_new_one(page: Page, small: Server) -> None:
    open_slider(page, small)
    (kernel,) = small.wait_for_kernels(1)
    kernel.kill()
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#lost")).to_contain_text("process has ended")
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_text("ready", exact=True)).to_be_visible(timeout=30_000)
    expect(page.locator("#lost")).to_be_hidden()


def test_a_message_that_claims_endless_parts_ends_its_own_socket_and_nobody_waits(
    page: Page, small: Server, watch: Watch
) -> None:
    open_slider(page, small)
    code, waited = page.evaluate(
        """async () => {
          const kernel = JSON.parse(document.querySelector("#jupyter-config-data").textContent).kernelId;
          const origin = location.origin.replace(/^http/, "ws");
          const address = `${origin}/api/kernels/${kernel}/channels?session_id=stranger`;
          const socket = new WebSocket(address, ["v1.kernel.websocket.jupyter.org"]);
          await new Promise((open) => { socket.onopen = open; });
          const closed = new Promise((done) => { socket.onclose = (event) => done(event.code); });
          socket.send(new Uint8Array(64).fill(255));
          const asked = performance.now();
          await (await fetch("/")).text();
          return [await closed, performance.now() - asked];
        }"""
    )
    assert code == 1007
    assert waited < 30_000  # without the check the server counted for ever
    assert "A visitor's message was refused: it claims 18446744073709551615 parts" in small.log
    slider = page.get_by_role("slider").first  # the visitor beside it goes on
    slider.press("ArrowRight")
    expect(page.get_by_text("ready", exact=True)).to_be_visible()


def test_pages_that_come_and_go_leave_no_file_of_the_server_open(context: BrowserContext, small: Server) -> None:
    def visit() -> int:
        page = context.new_page()
        open_slider(page, small)
        leave(page)
        small.wait_for_kernels(0)
        return files()

    def files() -> int:
        return int(psutil.Process(small.process.pid).num_fds())

    visit()  # what the first one opens may stay: caches, a thread's pipe
    before = visit()
    for _ in range(3):
        visit()
    deadline = time.monotonic() + 30  # the server hears of a kernel's end after the process is gone
    while files() > before + 2:  # four more for each of them, before
        assert time.monotonic() < deadline, f"{files()} files are open instead of {before}"
        time.sleep(0.1)


def test_a_visitor_beyond_the_seats_reads_that_it_is_full(context: BrowserContext, small: Server) -> None:
    first, second, third = (context.new_page() for _ in range(3))
    open_slider(first, small)
    open_slider(second, small)
    reply = third.goto(small.address("/voila/render/playground.ipynb"))
    assert reply is not None
    assert reply.status == 503
    expect(third.get_by_role("heading")).to_have_text("Every seat is taken")
    expect(third.locator("#place")).to_have_text("You are number 1 of 1.")
    fourth = context.new_page()
    fourth.goto(small.address("/voila/render/playground.ipynb", "theme=dark"))
    expect(fourth.locator("#place")).to_have_text("You are number 2 of 2.")
    leave(first)
    expect(third.get_by_text("ready", exact=True)).to_be_visible(timeout=30_000)
    assert "seat" not in third.url
    expect(fourth.locator("#place")).to_have_text("You are number 1 of 1.")
    leave(second)
    expect(fourth.get_by_text("ready", exact=True)).to_be_visible(timeout=30_000)
    assert fourth.url.endswith("?theme=dark")


def test_reload_back_and_forward_keep_the_place_of_each_page_that_waits(context: BrowserContext, small: Server) -> None:
    seated, other, third, fourth = (context.new_page() for _ in range(4))
    open_slider(seated, small)
    open_slider(other, small)
    for page in (third, fourth):
        page.goto(small.url)
        page.goto(small.address("/voila/render/playground.ipynb", "theme=dark#here"))
    expect(fourth.locator("#place")).to_have_text("You are number 2 of 2.")
    for page in (third, fourth):
        page.reload()
    expect(third.locator("#place")).to_have_text("You are number 1 of 2.")
    third.go_back()
    expect(third.locator(".gallery")).to_be_visible()
    third.go_forward()
    expect(third.locator("#place")).to_have_text("You are number 1 of 2.")
    third.goto(small.url)
    third.locator(".gallery a").first.click()  # not in this page's history
    expect(third.locator("#place")).to_have_text("You are number 1 of 2.")
    expect(fourth.locator("#place")).to_have_text("You are number 2 of 2.")
    leave(seated)
    expect(third.get_by_text("ready", exact=True)).to_be_visible(timeout=30_000)
    expect(fourth.locator("#place")).to_have_text("You are number 1 of 1.")
    leave(other)
    expect(fourth.get_by_text("ready", exact=True)).to_be_visible(timeout=30_000)
    assert fourth.url.endswith("?theme=dark#here")


@pytest.mark.parametrize(
    ("path", "status"),
    [("/voila/render/missing.ipynb", 404), ("/voila/render/../../etc/passwd", 404), ("/nowhere", 404)],
)
def test_a_wrong_address_is_met_with_a_way_back(page: Page, small: Server, path: str, status: int) -> None:
    reply = page.goto(small.address(path))
    assert reply is not None
    assert reply.status == status
    assert "Traceback" not in page.content()
    page.get_by_role("link", name="All notebooks").click()
    expect(page.locator(".gallery")).to_be_visible()


def test_an_error_in_a_notebook_shows_no_traceback(page: Page, small: Server) -> None:
    open_notebook(page, small.url, "lessons/02-broken.ipynb")
    expect(page.get_by_text("of this notebook has failed. Reload the page")).to_be_visible(timeout=30_000)
    expect(page.locator("#starting")).to_be_hidden()
    assert "ZeroDivisionError" not in page.content()


def test_notebook_files_and_the_contents_api_are_not_served(page: Page, small: Server) -> None:
    for path in (
        "/voila/files/playground.ipynb",
        "/voila/api/contents",
        "/voila/tree",
        "/api/kernels",
        "/api/contents",
    ):
        assert page.request.get(small.address(path)).status in (403, 404), path


def test_a_hidden_tab_knows_that_it_is_hidden(real_tab: Page, small: Server) -> None:
    """Proof of the helpers: what the lab's own tests of hidden tabs rely on."""
    open_slider(real_tab, small)
    frames = "new Promise(done => { let n = 0; requestAnimationFrame(function f() { n++; requestAnimationFrame(f) });"
    frames += " setTimeout(() => done(n), 500) })"
    six = "new Promise(done => { let n = 0; requestAnimationFrame(function f() {"
    six += " if (++n > 5) done(); else requestAnimationFrame(f) }) })"
    real_tab.evaluate(six)
    hide_tab(real_tab)
    assert real_tab.evaluate("document.visibilityState") == "hidden"
    assert real_tab.evaluate(frames) == 0
    show_tab(real_tab)
    real_tab.evaluate(six)


def test_watch_catches_requests_to_other_machines_and_errors(context: BrowserContext, watch: Watch) -> None:
    page = context.new_page()
    page.set_content("<img src='https://cdn.example.org/x.png'>")
    with context.expect_event("weberror"):
        page.evaluate("setTimeout(() => { throw Error('ouch') })")
    assert watch.strangers == ["https://cdn.example.org/x.png"]
    assert len(watch.errors) == 1
    watch.strangers.clear()
    watch.errors.clear()
