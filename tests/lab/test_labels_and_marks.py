"""Films at full speed, frame by frame: no label stands on another, late, or beside another curve's mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from regviz import Config
from regviz.lab.canvas.stage import Stage
from regviz.lab.compare.session import Session
from regviz.lab.look.theme import look
from regviz.lab.panels import PANELS, SHIPPED, made
from regviz.lab.panels.loss import LossPanel
from regviz.lab.panels.parts.base import Panel
from seen import Reader, marks_of

FRAMES, SECONDS = 250, 5.0
WIDTH, HEIGHT = 640, 400
NOISY = Config(n_train=50, label_noise=0.2, noise=0.3, batch_size=25, hidden=(32, 32), lr=0.01, seed=4)
CONFIG = NOISY.replace(l1=1e-3, l2=1e-3, dropout=0.5)


class Film:
    """A stage with one picture while its session trains as fast as it can; `turns` are what a person does at frames."""

    def __init__(self, panel: Panel, ratio: float = 1.0, scale: float = 1.0, config: Config = CONFIG) -> None:
        self.session = Session(config)
        self.now, self.ratio = 0.0, ratio
        self.panel = panel
        self.stage = Stage([panel])
        self.stage.clock = lambda: self.now
        self.reader = Reader(
            self.stage.lay_out(WIDTH, HEIGHT, ratio, look("light", scale), self.session.lanes, self.session.snapshot())
        )

    def frames(self, count: int = FRAMES) -> Iterator[int]:
        """The numbers of the frames, each of them read. An epoch takes two steps, a frame one to four."""
        for frame in range(count):
            self.now += SECONDS / FRAMES
            self.session.trainer.advance(steps=1 + frame % 4)
            self.session.trained += 1
            if frame == count // 2:
                self.session.change(l1=0.05, lr=0.05)
            self.reader.follow(self.stage.draw(self.session.snapshot(), self.session.scene()))
            yield frame

    @property
    def late(self) -> Any:
        return self.reader.late(self.panel, HEIGHT, self.ratio)


LONG = ("loss", "parts", "gradients", "shrink")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == "loss" else pytest.mark.slow) for name in sorted(SHIPPED)]
)
def test_in_a_film_no_label_is_late_or_stands_on_another(name: str) -> None:
    film = Film(PANELS[name]())
    for frame in film.frames(FRAMES if name in LONG else 60):
        assert not film.late, f"frame {frame}"
        assert not film.reader.overlaps(), f"frame {frame}"


VIEWS = ("loss~log", "loss~score", "loss~last50", "loss~log~last50", "loss~score~last200")


@pytest.mark.parametrize("view", [VIEWS[0], *(pytest.param(view, marks=pytest.mark.slow) for view in VIEWS[1:])])
def test_in_a_film_of_any_view_of_the_loss_labels_stand_clear_and_beside_their_marks(view: str) -> None:
    film, turned = Film(made(view)), 0
    lanes = film.session.lanes
    for frame in film.frames(120):
        assert not film.late, f"frame {frame}"
        assert not film.reader.overlaps(), f"frame {frame}"
        for lane, label, key in zip(lanes, film.panel.labels, film.panel.keys, strict=True):
            (x,), (y,) = key.get_data()
            across, up = film.stage.figure.transFigure.inverted().transform(film.panel.plot.transData.transform((x, y)))
            assert abs(up - label.get_position()[1]) * HEIGHT < 0.6, f"frame {frame}: {lane.name}"
            assert 0 < (label.get_position()[0] - across) * WIDTH < 14, f"frame {frame}: {lane.name}"
        turned += any(re.search("λ .*→ 0.05, .* → 0.05", text[2]) for text in film.reader.texts.values())
    assert turned > 20


@pytest.mark.parametrize(("ratio", "scale"), [(1.0, 1.0), pytest.param(2.0, 1.5, marks=pytest.mark.slow)])
def test_beside_a_name_of_the_loss_picture_is_its_own_mark_and_no_other(ratio: float, scale: float) -> None:
    film = Film(LossPanel(), ratio, scale)
    colors = [film.panel.look.lane(i) for i in range(len(film.session.lanes))]
    for frame in film.frames():
        marks = list(marks_of(film.panel, HEIGHT, ratio))
        for lane, color in zip(film.session.lanes, colors, strict=True):
            (label,) = (text for text in film.reader.texts.values() if text[3] == color and lane.name in text[2])
            x, y, size = label[0], label[1], label[4]
            beside = [mark for mark in marks if x - 1.1 * size < mark.x < x + 2 and abs(mark.y - y) < 0.5 * size]
            assert [mark.color for mark in beside] == [color], f"frame {frame}: {lane.name}"
            assert abs(beside[0].y - y) < 0.6, f"frame {frame}: {lane.name}"


def test_the_bar_of_the_gap_stands_clear_of_every_mark() -> None:
    memorizing = {"label_noise": 0.4, "noise": 0.5, "lr": 0.03, "hidden": (64, 64), "l1": 1e-4, "l2": 1e-4}
    film = Film(LossPanel(), config=CONFIG.replace(**memorizing, patience=20, start_epoch=40))
    bars = 0
    for frame in film.frames(120):
        bar = film.panel.bracket
        marks = [mark for mark in marks_of(film.panel, HEIGHT, 1.0) if mark.radius > 2.5]  # its own ends have 2.5
        for x, _ in bar.get_transform().transform(list(zip(*bar.get_data(), strict=True))):
            bars += 1
            half = bar.get_markersize() / 2
            assert all(abs(mark.x - x) > mark.radius + half for mark in marks), f"frame {frame}"
    assert bars > 200
    assert film.session.snapshot().models[2].stopped_epoch is not None  # filled marks have been there too
