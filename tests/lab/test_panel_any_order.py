"""Whatever a person does, in whatever order, no picture ends the lab: none raises, and none warns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest

from regviz import Config
from regviz.lab.canvas.stage import Stage
from regviz.lab.compare.chance import ChanceRun
from regviz.lab.compare.lanes import Lane
from regviz.lab.compare.session import Session
from regviz.lab.compare.sketch import Sketch
from regviz.lab.compare.sweep import Sweep, SweepRun
from regviz.lab.look.theme import look
from regviz.lab.panels import PANELS, made

LANES = (
    Lane("none"),
    Lane("L1", ("l1",)),
    Lane("L2", ("l2",)),
    Lane("dropout", ("dropout",)),
    Lane("linear", ("l1", "dropout"), {"hidden": ()}),
    Lane("deep", ("l2", "dropout"), {"hidden": (4, 4, 4)}),
    Lane("wide", ("group_lasso",), {"hidden": (70,), "max_norm": 1.0}),
    Lane("zeros", ("l1",), {"init": "zeros"}),
    Lane("zeros too", fixed={"init": "zeros"}),
    Lane("diverges", ("l2",), {"lr": 1000.0, "optimizer": "sgd"}),
    Lane("stops", ("l1",), {"patience": 2, "lr": 0.05}),
    Lane("stays", fixed={"patience": 2, "lr": 0.05, "restore_best": False}),
    Lane("few points", fixed={"n_train": 10}),
    Lane("no noise", fixed={"noise": 0.0}),
    Lane("BatchNorm", ("l2",), {"batchnorm": True}),
)
FIELDS: dict[str, Sequence[Any]] = {
    "hidden": ((), (3,), (8,), (16, 4), (3, 3, 3), (70,)),
    "init": ("zeros", "he"),
    "decoys": (0, 3),
    "noise": (0.0, 0.3),
    "label_noise": (0.0, 0.2),
    "n_train": (10, 40),
    "seed": (0, 1),
    "l1": (0.0, 1.0),
    "l2": (0.1, 50.0),
    "dropout": (0.0, 0.9),
    "max_norm": (None, 0.5),
    "lr": (0.001, 100.0),
}
DATA = ("moons", "circles", "blobs", "wine", "sine", "hills", "diabetes")
SWEEPS: Sequence[dict[str, Sequence[float]]] = (
    {"l1": (0, 0.01)},
    {"lr": (0.01, 1000.0)},
    {"l2": (0, 0.1), "dropout": (0, 0.5)},
    {"n_train": (5, 9)},
    {"width": (1, 4)},
)
VIEWS = {
    "loss": ("loss", "loss~last50", "loss~score~last50"),
    "fit": ("fit", "fit~draw"),
    "network": ("network~remove",),
}
BASE = Config(n_train=40, hidden=(8,), batch_size=20, lr=0.02, l1=0.01, l2=0.01, group_lasso=0.01, dropout=0.5)
OFTEN = ("train", "other data", "turn", "other lanes", "stroke", "pin", "sweep", "seeds")
"""What changes most of what pictures show, done three times as often as the rest."""

AT_ONCE = 3
"""Sequences that `make quick` plays, each before a third of all pictures."""


class Person:
    """One who does `Random` things before some pictures; `did` is what was done so far."""

    def __init__(self, seed: int) -> None:
        self.random, self.did = Random(seed), list[str]()
        names = Random(seed // AT_ONCE).sample(list(PANELS), len(PANELS))[seed % AT_ONCE :: AT_ONCE]
        views = [self.random.choice(VIEWS.get(name, (name,))) for name in names]
        lanes = self.some(LANES, 4)
        self.session = Session(BASE.replace(data=self.random.choice(DATA)), lanes)
        self.sketch, self.stage = Sketch(self.session), Stage([made(view) for view in views])
        self.did.append(f"{', '.join(views)} of {', '.join(lane.name for lane in lanes)} on {self.session.base.data}")
        self.whole = True
        self.acts: dict[str, Callable[[], object]] = {
            "train": lambda: self.session.trainer.advance(epochs=self.random.choice((1, 90))),
            "other data": lambda: self.session.change(data=self.random.choice(DATA)),
            "turn": self.turn,
            "other lanes": lambda: self.session.set_lanes(self.some(LANES, 4)),
            "stroke": self.stroke,
            "pin": self.session.pin,
            "sweep": self.sweep,
            "seeds": self.seeds,
            "choose": lambda: self.session.choose(self.random.randrange(4)),
            "trace": lambda: self.session.trace(self.random.randrange(30)),
            "look back": lambda: self.session.look_back(self.random.uniform(0, 4)),
            "click": self.click,
        }

    def some(self, of: Sequence[Any], most: int) -> list[Any]:
        return self.random.sample(list(of), self.random.randint(1, most))

    def turn(self) -> None:
        field = self.random.choice(list(FIELDS))
        value = self.random.choice(FIELDS[field])
        self.did[-1] += f" {field}={value}"
        self.session.change(**{field: value})

    def stroke(self) -> None:
        drawing, (x0, x1, y0, y1) = self.sketch.drawing, self.sketch.drawing.window
        act = self.random.choice(("add", "flip", "erase", "empty", "undo"))
        self.did[-1] += f" {act}"
        if act == "empty":
            self.sketch.empty()
        elif act == "undo":
            self.sketch.undo()
        for point in self.random.sample(drawing.ids.tolist(), min(len(drawing), self.random.choice((1, 20)))):
            if act == "add":
                x, y = self.random.uniform(x0, x1), self.random.uniform(y0, y1)
                self.sketch.add(2**20 + self.random.randrange(2**20), x, y, 0)
            elif act == "flip":
                self.sketch.flip(point)
            elif act == "erase":
                self.sketch.erase(point)

    def sweep(self) -> None:
        values = self.random.choice(SWEEPS)
        self.did[-1] += f" {values}"
        run = SweepRun(self.session.base, Sweep.through(values, self.session.base, seeds=1, epochs=2))
        self.session.start_sweep(run)
        self.work(run)

    def seeds(self) -> None:
        run = ChanceRun(self.session.base, self.session.lanes, seeds=2, epochs=2)
        self.session.start_chance(run)
        self.work(run)
        self.whole = True

    def work(self, run: Any) -> None:
        """Train it to its end, or only begin with it."""
        for _ in range(self.random.choice((1, 1000))):
            run.work(0.01)

    def click(self) -> None:
        for panel in self.stage.listening:
            places = list(panel.targets())
            for x, y in self.random.sample(places, min(len(places), 2)):
                answer = self.stage.pointer("click", panel.place.left + x, panel.place.top + y)
                self.session.change(**answer.change)

    def act(self) -> None:
        """Do one thing, or be refused, and look at the pictures as the lab would show them then."""
        session = self.session
        possible = [name for name in (*self.acts, *OFTEN, *OFTEN) if name != "stroke" or not self.sketch.refusal]
        name = self.random.choice(possible)
        self.did.append(name)
        before = session.trainer, session.pinned, session.lanes, self.seen_classes
        try:
            self.acts[name]()
        except ValueError:
            self.did[-1] += " (refused)"
        self.whole |= before != (session.trainer, session.pinned, session.lanes, self.seen_classes)
        self.show()

    @property
    def seen_classes(self) -> Any:
        """What of a drawing has all pictures built anew."""
        return None if self.sketch.refusal else (self.sketch.drawing.class_names, self.sketch.drawing.window)

    def show(self) -> None:
        snapshot, scene = self.session.snapshot(), self.session.scene()
        if self.whole:
            self.stage.lay_out(720, 480, 1.0, look("light"), self.session.lanes, snapshot, scene)
            self.whole = False
        for _ in range(self.random.choice((2, 1000))):
            for panel in self.stage.panels:
                panel.scene = scene
                panel.draw(snapshot)
            if not any(panel.behind for panel in self.stage.panels):
                break
        self.stage.draw(snapshot, scene)


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=() if seed < AT_ONCE else pytest.mark.slow) for seed in range(4 * AT_ONCE)]
)
def test_no_picture_ends_the_lab_whatever_was_done_before(seed: int) -> None:
    person = Person(seed)
    try:
        person.show()
        for _ in range(6 if seed < AT_ONCE else 14):
            person.act()
    except Exception as error:
        raise AssertionError(f"it broke after: {'; '.join(person.did)}") from error
