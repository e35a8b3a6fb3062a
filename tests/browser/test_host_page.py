"""The lab's page in pages of other programs, made up here: whose address, whose keys, and what of the kernel."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from regviz.lab.page.screen import Screen

NOTEBOOK = "http://127.0.0.1:9/lab/tree/a/b.ipynb"

# One lab as anywidget mounts it: a module of its own, a model, and an element that is attached later. What the lab says
# is in `labs[i].said`; `hear` hands it a message of the kernel.
MOUNT = """async ([source, shadow]) => {
  window.labs ??= [];
  const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const lab = { said: [], values: { mode: "light", query: "", description: "charts" }, heard: {} };
  const signal = () => {
    const all = [];
    const emit = (status) => all.forEach((act) => act(null, status));
    return { connect: (act) => all.push(act), disconnect() {}, emit };
  };
  lab.kernel = { status: "idle", connectionStatus: "connected" };
  for (const name of ["statusChanged", "connectionStatusChanged"]) lab.kernel[name] = signal();
  const model = {
    get: (name) => lab.values[name], on: (name, act) => { lab.heard[name] = act; }, off() {},
    send: (message) => {
      if (lab.cut) throw new Error("Cannot send");
      lab.said.push(message);
      if (message.kind === "link") lab.hear({ kind: "link", view: message.view, query: lab.query ?? "" });
    },
    widget_manager: (lab.manager = { kernel: lab.kernel }),
  };
  lab.hear = (message) => lab.heard["msg:custom"](message, []);
  lab.set = (name, value) => { lab.values[name] = value; lab.heard[`change:${name}`](); };
  lab.el = document.createElement("div");
  module.default.render({ model, el: lab.el });
  const host = document.createElement("div");
  host.className = shadow ? "" : "rv-app";
  document.body.append(host);
  const knob = document.createElement("input");
  knob.type = "text";
  const button = document.createElement("button");
  button.textContent = "Play";
  const link = document.createElement("button");
  link.className = "rv-copy-link";
  link.textContent = "Copy link";
  host.append(knob, button, link);
  if (shadow) {
    const root = host.attachShadow({ mode: "open" });
    root.innerHTML = `<style>${shadow}</style>`;
    root.append(lab.el);
  } else host.append(lab.el);
  lab.host = host;
  window.labs.push(lab);
  lab.frame = (more = {}) => lab.hear({ kind: "frame", frame: 1, views: [lab.said[0].view], whole: [400, 300, 1],
    state: "playing", rectangles: null, images: [], texts: {}, ...more });
}"""

# What Lumino does with a key: it asks in the document's capture phase whether the key is meant for somebody else.
HOST_KEYS = """() => {
  window.hostHeard = [];
  document.addEventListener("keydown", (event) => {
    if (!event.target.closest?.("[data-lm-suppress-shortcuts]")) window.hostHeard.push(event.key);
  }, true);
}"""


def stand(page: Page, url: str = NOTEBOOK, *, settings: Any = None, body: str = "", labs: int = 1) -> None:
    """A page of another program at `url`, with so many labs on it."""
    config = (
        ""
        if settings is None
        else f'<script id="jupyter-config-data" type="application/json">{json.dumps(settings)}</script>'
    )
    html = f"<!doctype html><html><head>{config}<style>{Screen._css}</style></head><body {body}></body></html>"
    page.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(url)
    page.evaluate(HOST_KEYS)
    for _ in range(labs):
        page.evaluate(MOUNT, [str(Screen._esm), ""])
    page.wait_for_function(f"labs.length === {labs} && labs.every(lab => lab.said.length)")
    page.wait_for_function("labs.every(lab => lab.host.dataset.mode)")


def stop_time(page: Page) -> None:
    """Let the page's installed clock move only when it is told to, however long a step of the test takes."""
    page.clock.pause_at(page.evaluate("Date.now() + 3_600_000"))


def said(page: Page, kind: str, lab: int = 0) -> list[dict[str, Any]]:
    """What a lab has said of this kind."""
    found: list[dict[str, Any]] = page.evaluate("([i, kind]) => labs[i].said.filter(m => m.kind === kind)", [lab, kind])
    return found


def commands(page: Page, lab: int = 0) -> list[str]:
    """The commands of the keys that a lab obeyed."""
    return [message["command"] for message in said(page, "key", lab)]


def test_the_address_of_another_program_is_neither_read_nor_written(page: Page) -> None:
    stand(page, f"{NOTEBOOK}?kernel_name=python3&l2=0.03")
    assert said(page, "ready")[0]["search"] == ""
    page.evaluate("labs[0].set('query', 'l2=0.5')")
    assert page.url.endswith("?kernel_name=python3&l2=0.03")


def test_the_address_of_a_page_of_voila_is_the_labs(page: Page) -> None:
    stand(page, "http://127.0.0.1:9/voila/render/a.ipynb?l2=0.03&theme=dark", body='data-voila="voila"')
    assert said(page, "ready")[0]["search"] == "?l2=0.03&theme=dark"
    page.evaluate("labs[0].set('query', 'l2=0.5')")
    assert page.url.endswith("/voila/render/a.ipynb?l2=0.5&theme=dark")


def test_a_kernel_that_is_gone_is_not_asked_to_connect_again(page: Page) -> None:
    stand(page, "http://127.0.0.1:9/voila/render/a.ipynb", body='data-voila="voila"')
    page.evaluate("""() => {
      labs[0].again = 0;
      labs[0].kernel.reconnect = () => {
        if (labs[0].kernel.isDisposed) throw new Error("Kernel connection is disposed");
        labs[0].again += 1;
        return Promise.resolve();
      };
    }""")
    for gone in (False, True):
        page.evaluate("gone => { labs[0].kernel.isDisposed = gone; }", gone)
        page.evaluate("dispatchEvent(new Event('regviz:reconnect'))")
    assert page.evaluate("labs[0].again") == 1


@pytest.mark.parametrize(
    ("path", "settings", "body", "expected"),
    [
        ("/lab/tree/a/b.ipynb", {"baseUrl": "/"}, "", "/voila/render/a/b.ipynb"),
        ("/lab/workspaces/w/tree/b.ipynb", {"baseUrl": "/"}, "", "/voila/render/b.ipynb"),
        ("/x/doc/tree/b.ipynb", {"baseUrl": "/x/"}, "", "/x/voila/render/b.ipynb"),
        ("/notebooks/a/b.ipynb?factory=Notebook", {"baseUrl": "/"}, "", "/voila/render/a/b.ipynb"),
        ("/x/notebooks/b.ipynb", {"baseUrl": "/x/"}, "", "/x/voila/render/b.ipynb"),
        ("/nbclassic/notebooks/b.ipynb", None, 'data-base-url="/"', "/voila/render/b.ipynb"),
        ("/x/nbclassic/notebooks/b.ipynb", None, 'data-base-url="/x/"', "/x/voila/render/b.ipynb"),
        (
            "/user/ann/lab/tree/b.ipynb",
            {"baseUrl": "/user/ann/", "hubPrefix": "/hub/", "hubUser": "ann"},
            "",
            "/hub/user-redirect/voila/render/b.ipynb",
        ),
        (
            "/jh/user/ann/notebooks/b.ipynb",
            {"baseUrl": "/jh/user/ann/", "hubPrefix": "/jh/hub/"},
            "",
            "/jh/hub/user-redirect/voila/render/b.ipynb",
        ),
        ("/voila/render/b.ipynb?l2=1", None, 'data-voila="voila" data-base-url="/voila/"', "/voila/render/b.ipynb"),
    ],
)
def test_a_copied_link_leads_to_the_page_of_the_notebook(
    page: Page, path: str, settings: Any, body: str, expected: str
) -> None:
    stand(page, f"http://127.0.0.1:9{path}", settings=settings, body=body)
    page.evaluate("labs[0].values.query = 'l2=0.25'")  # a moment ago
    page.evaluate("labs[0].query = 'l2=0.5'")
    page.get_by_role("button", name="Copy link").click()
    button = page.locator(".rv-copy-link")
    expect(button).to_have_attribute("data-copied", f"http://127.0.0.1:9{expected}?l2=0.5")


def test_a_link_names_the_notebook_of_the_widget_whatever_is_in_front(page: Page) -> None:
    stand(page, "http://127.0.0.1:9/lab/workspaces/auto-0", settings={"baseUrl": "/"})
    page.evaluate("labs[0].manager.context = { path: 'RTC:my work/ä b.ipynb' }")
    page.evaluate("document.querySelector('.rv-copy-link').click()")
    button = page.locator(".rv-copy-link")
    expect(button).to_have_attribute("data-copied", "http://127.0.0.1:9/voila/render/my%20work/%C3%A4%20b.ipynb")


def test_where_no_link_can_be_told_none_is_offered(page: Page) -> None:
    stand(page, "http://127.0.0.1:9/index.html?id=7&swVersion=4")
    expect(page.locator(".rv-copy-link")).to_be_hidden()


def test_shortcuts_that_the_lab_does_not_use_reach_the_host(page: Page) -> None:
    stand(page)
    for focus in (".rv-picture", "button:text('Play')", ".rv-app > input"):
        page.locator(focus).focus()
        page.evaluate("hostHeard.length = 0")
        for key in ("Control+s", "Shift+Enter", "Control+Shift+c", "Alt+Enter", "Control+Enter", "F2"):
            page.keyboard.press(key)
        heard = [key.lower() for key in page.evaluate("hostHeard") if key not in ("Control", "Shift", "Alt")]
        assert heard == ["s", "enter", "c", "enter", "enter", "f2"]
    assert commands(page) == []


def test_keys_of_the_lab_are_not_the_hosts(page: Page) -> None:
    stand(page)
    page.locator(".rv-picture").focus()
    for key in (" ", "ArrowRight", "e", "r", "p", "3"):
        page.keyboard.press(key)
    assert commands(page) == ["play", "step", "epoch", "reset", "projector", "lane"]
    page.locator(".rv-app > input").focus()
    for key in ("d", "d", "x", "Enter", "Backspace"):
        page.keyboard.press(key)
    assert page.evaluate("hostHeard") == []
    assert len(commands(page)) == 6


def test_of_two_labs_one_obeys_a_key_that_is_pressed_nowhere_the_one_that_was_touched_last(page: Page) -> None:
    stand(page, labs=2)
    page.keyboard.press("r")
    assert sorted([commands(page, 0), commands(page, 1)]) == [[], ["reset"]]
    for lab in (1, 0, 1):
        page.evaluate("labs.forEach(lab => lab.said.length = 0)")
        page.locator(".rv-picture").nth(lab).click()
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press(" ")
        page.keyboard.press("e")
        assert commands(page, lab) == ["play", "epoch"]
        assert commands(page, 1 - lab) == []


def test_a_lab_that_has_the_focus_obeys_and_no_other(page: Page) -> None:
    stand(page, labs=2)
    for lab in (0, 1):
        page.evaluate("labs.forEach(lab => lab.said.length = 0)")
        page.locator(".rv-picture").nth(lab).focus()
        page.keyboard.press("r")
        assert commands(page, lab) == ["reset"]
        assert commands(page, 1 - lab) == []


def test_a_lab_that_is_gone_no_longer_takes_the_keys(page: Page) -> None:
    stand(page, labs=2)
    page.locator(".rv-picture").nth(0).click()
    page.evaluate("labs[0].host.remove()")
    page.keyboard.press("r")
    assert commands(page, 1) == ["reset"]


def expect_sentence(page: Page, words: str) -> None:
    """What is said over the picture; nothing for no words."""
    box = page.locator(".rv-kernel")
    if words:
        expect(box).to_be_visible()
        expect(box).to_contain_text(words)
    else:
        expect(box).to_be_hidden()


def test_a_lab_that_plays_and_is_silent_says_that_the_kernel_is_busy_until_it_moves_again(page: Page) -> None:
    page.clock.install()
    stand(page)
    stop_time(page)
    page.evaluate("labs[0].frame()")
    page.clock.run_for(1000)
    expect_sentence(page, "")
    page.clock.run_for(1500)
    expect_sentence(page, "busy, perhaps with another cell")
    page.evaluate("labs[0].frame()")
    expect_sentence(page, "")


def test_a_paused_lab_says_that_the_kernel_is_busy_only_if_the_kernel_says_so(page: Page) -> None:
    page.clock.install()
    stand(page)
    stop_time(page)
    page.evaluate("labs[0].frame({ state: 'paused' })")
    page.clock.run_for(5000)
    expect_sentence(page, "")
    page.evaluate("labs[0].kernel.statusChanged.emit('busy')")
    page.clock.run_for(2500)
    expect_sentence(page, "busy, perhaps with another cell")
    page.evaluate("labs[0].kernel.statusChanged.emit('idle')")
    page.clock.run_for(600)
    expect_sentence(page, "")


def test_a_lost_line_is_said_and_taken_back(page: Page) -> None:
    page.clock.install()
    stand(page)
    stop_time(page)
    page.evaluate("labs[0].frame()")
    page.evaluate("labs[0].kernel.connectionStatus = 'connecting'")
    page.clock.run_for(2500)
    expect_sentence(page, "connection to the kernel is lost")
    page.evaluate("labs[0].frame()")
    expect_sentence(page, "")


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("labs[0].kernel.statusChanged.emit('restarting')", "was restarted"),
        ("labs[0].kernel.statusChanged.emit('autorestarting')", "was restarted"),
        ("labs[0].kernel.statusChanged.emit('dead')", "has stopped"),
        ("labs[0].cut = true; labs[0].el.querySelector('.rv-pin').click()", "was restarted"),
    ],
)
def test_the_end_of_the_kernel_is_said_for_good_and_nothing_can_be_pressed_any_more(
    page: Page, act: str, words: str
) -> None:
    page.clock.install()
    stand(page)
    stop_time(page)
    page.evaluate("labs[0].frame()")
    page.evaluate(act)
    expect_sentence(page, words)
    assert page.evaluate("labs[0].el.querySelector('.rv-timeline').inert")
    page.evaluate("labs[0].kernel.statusChanged.emit('idle')")
    page.clock.run_for(3000)
    expect_sentence(page, words)


def test_before_its_first_frame_the_page_shows_its_own_background(page: Page) -> None:
    stand(page)
    canvas = page.locator("canvas")
    expect(canvas).to_be_hidden()
    page.evaluate("labs[0].frame()")
    expect(canvas).to_be_visible()


def test_while_an_edge_is_dragged_the_picture_is_cut_off_and_only_the_size_that_stays_is_told(page: Page) -> None:
    page.clock.install()
    stand(page)
    page.evaluate("labs[0].frame()")
    page.wait_for_function("document.querySelector('canvas').dataset.frame === '1'")
    page.evaluate(
        "() => new ResizeObserver(([{ contentRect }]) => { window.seen = contentRect.width; }).observe(labs[0].host)"
    )
    stop_time(page)
    before = len(said(page, "resize"))
    for width in (390, 330, 250, 300):
        page.evaluate("width => { labs[0].host.style.width = `${width}px`; }", width)
        page.wait_for_function("width => window.seen === width", arg=width)
    assert len(said(page, "resize")) == before
    shown, room = page.evaluate(
        "['canvas', '.rv-picture'].map((part) => document.querySelector(part).getBoundingClientRect().width)"
    )
    assert shown == 400  # not squeezed: its labels would stand beside their marks
    assert room <= 300
    page.clock.run_for(1000)
    (last,) = said(page, "resize")[before:]
    assert last["width"] == int(room)


def test_a_view_takes_only_what_is_meant_for_it(page: Page) -> None:
    stand(page, labs=2)
    page.evaluate("labs[0].frame()")
    page.evaluate("labs[0].hear({ kind: 'frame', frame: 9, views: ['another'], whole: [900, 700, 1] })")
    page.evaluate("labs[0].frame({ frame: 2 })")
    page.wait_for_function("labs[0].el.querySelector('canvas').dataset.frame === '2'")
    assert page.evaluate("labs[0].el.querySelector('canvas').width") == 400
    page.evaluate("labs[0].hear({ kind: 'who', view: 'another' })")
    assert len(said(page, "ready")) == 1
    page.evaluate("labs[0].hear({ kind: 'who', view: labs[0].said[0].view })")
    first, second = said(page, "ready")
    assert first == second


def test_in_a_shadow_root_the_picture_has_its_style_and_its_keys(page: Page) -> None:
    stand(page)
    page.evaluate(MOUNT, [str(Screen._esm), str(Screen._css)])
    page.wait_for_function("labs[1].said.length && labs[1].el.dataset.mode")
    page.evaluate("labs[1].frame({ texts: { t0: [50, 60, 'Loss', '#000000', 13, 'bold', 'left', 'top', 0] } })")
    page.wait_for_function("labs[1].el.querySelector('.rv-labels span')")
    style = page.evaluate(
        """() => {
          const span = labs[1].el.querySelector('.rv-labels span');
          const { position, fontFamily } = getComputedStyle(span);
          const [box, stand] = [span, labs[1].el.querySelector('.rv-picture')].map((e) => e.getBoundingClientRect());
          return { position, fontFamily, x: box.x - stand.x, y: box.y - stand.y };
        }"""
    )
    assert style["position"] == "absolute"
    assert "Arial" in style["fontFamily"]
    assert abs(style["x"] - 50) < 1
    assert 50 < style["y"] < 61
    page.evaluate("labs[1].el.querySelector('.rv-picture').focus()")
    page.keyboard.press("e")
    assert commands(page, 1) == ["epoch"]
    assert commands(page, 0) == []


def test_a_view_that_missed_a_frame_asks_for_a_whole_picture_and_paints_no_difference_from_another_one(
    page: Page,
) -> None:
    stand(page)
    page.evaluate("labs[0].frame({ frame: 5, after: [0] })")
    page.wait_for_function("document.querySelector('canvas').dataset.frame === '5'")
    page.evaluate("labs[0].frame({ frame: 7, after: [5], whole: undefined, step: 7 })")
    page.wait_for_function("document.querySelector('canvas').dataset.step === '7'")
    page.evaluate("labs[0].frame({ frame: 9, after: [8], whole: undefined, step: 9 })")  # 8 never came
    page.evaluate("labs[0].frame({ frame: 10, after: [9], whole: undefined, step: 10 })")
    assert len(said(page, "lost")) == 1
    assert page.locator("canvas").get_attribute("data-step") == "7"
    page.evaluate("labs[0].frame({ frame: 11, after: [10], step: 11 })")
    page.wait_for_function("document.querySelector('canvas').dataset.step === '11'")
    page.evaluate("labs[0].frame({ frame: 12, after: [11], whole: undefined, step: 12 })")
    page.wait_for_function("document.querySelector('canvas').dataset.step === '12'")
    assert len(said(page, "lost")) == 1
