"""Labels on the page at full speed: none stands on another, and each of the loss picture stands beside its own mark."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from browser.chromium import Motion
from browser.lab_page import wait_until
from browser.pages import SCREEN, open_playground
from browser.servers import Server

WATCH = """async ([selector, seconds]) => {
  // At each refresh of `seconds`: the texts that stand on each other, and the names of the loss picture beside which
  // there is no pixel of their lane's colour. A text's ink is the middle of its line, 0.72 of its size high.
  const canvas = document.querySelector(selector);
  const app = canvas.closest(".rv-app");
  const context = canvas.getContext("2d");
  const labels = canvas.parentElement.querySelector(".rv-labels");
  const lanes = [0, 1, 2, 3].map((i) => getComputedStyle(app).getPropertyValue(`--rv-lane-${i}`).trim());
  const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const names = ["none", "L1", "L2", "dropout"];
  const found = { frames: 0, named: 0, overlaps: [], foreign: [] };
  const until = performance.now() + 1000 * seconds;
  let last = "";
  while (performance.now() < until || found.frames <= 20) { // a slow or crowded machine shows few in a second
    await new Promise((done) => requestAnimationFrame(done));
    if (canvas.dataset.frame === last) continue;
    last = canvas.dataset.frame;
    found.frames += 1;
    const ground = canvas.getBoundingClientRect();
    const ratio = canvas.width / ground.width;
    const loss = [...labels.children].find((span) => span.textContent === "Loss").getBoundingClientRect();
    const texts = [...labels.children].filter((span) => span.textContent).map((span) => {
      const { left, right, top, bottom } = span.getBoundingClientRect();
      const size = parseFloat(span.style.fontSize);
      const middle = (top + bottom) / 2;
      return { words: span.textContent, left, right, size, top: middle - 0.36 * size, bottom: middle + 0.36 * size };
    });
    texts.forEach((a, i) => texts.slice(i + 1).forEach((b) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 1) found.overlaps.push([canvas.dataset.epoch, a.words, b.words]);
    }));
    for (const { words, left, top, bottom, size } of texts) {
      const lane = names.findIndex((name) => words.startsWith(`${name} `) && / \\d+\\.\\d/.test(words));
      const itsColumn = left > loss.left + 60 && left < loss.left + ground.width / 2;
      if (lane < 0 || !itsColumn || top < loss.bottom + 20 || bottom > ground.top + ground.height / 2) continue;
      const x = Math.round((left - ground.left - 0.665 * size) * ratio);
      const y = Math.round(((top + bottom) / 2 - ground.top) * ratio);
      const { data } = context.getImageData(x, y, 1, 1);
      const away = Math.max(...rgb(lanes[lane]).map((value, k) => Math.abs(value - data[k])));
      found.named += 1;
      if (away > 24) found.foreign.push([canvas.dataset.epoch, words, [...data].join()]);
    }
  }
  return found;
}"""


@pytest.fixture(scope="module")
def motion() -> Motion:
    """All frames: these tests are about them."""
    return "no-preference"


@pytest.mark.parametrize("view", ["loss", "loss~log", "loss~score~last50"])
def test_at_full_speed_labels_stand_clear_of_each_other_and_beside_their_own_marks(
    view: str, page: Page, voila: Server
) -> None:
    open_playground(page, voila.url, f"speed=max&n_train=50&label_noise=0.3&panels={view},weights,fit,mask")
    wait_until(page, "Number(data.epoch) >= 2", 60)
    title = "Accuracy in %" if "score" in view else "Loss"
    found: dict[str, Any] = page.evaluate(WATCH.replace('"Loss"', f'"{title}"'), [SCREEN, 5])
    assert found["frames"] > 20
    assert found["named"] == 4 * found["frames"]
    assert found["overlaps"] == []
    assert found["foreign"] == []
