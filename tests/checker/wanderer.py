"""Plays a whole lesson in a random order of its breaks, and reads all that its page says on the way.

A wanderer answers and gives reasons at random, trains each question until its verdict and some looks beyond, presses
Back (or, now and then, the next break at once), and turns to another seed in between. At every look a `Witness` reads
what the page says. After Back, knobs, lanes, pictures and question must be the lesson's, and the networks bit for bit
those of a fresh lab with that seed after as many steps. Now and then it changes the data set, before a verdict or after
it, to any kind of data: then the page has to say so, and takes nothing back.

Warnings count as errors.
"""

from __future__ import annotations

import re
import warnings
from math import lcm
from typing import Any

import numpy as np
from numpy.random import Generator

from checker.reading import holds
from checker.reckoning import Reckoned, common_epoch
from checker.witness import Witness
from regviz import Trainer
from regviz.data.datasets import DATASETS
from regviz.errors import ConfigError
from regviz.lab.compare.pace import steps_per_epoch
from regviz.lab.lessons.evidence import OfSets
from regviz.lab.lessons.reply import LOOKS
from regviz.lab.lessons.sweeping import networks

STOPS = (1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 85, 100, 120, 150, 200, 250, 300, 400, 500)
"""Epochs at which somebody may look."""

LOOKS_AT = 0.5
"""How many of them there is a look at."""

BEYOND, FURTHER, LONG = 4, 10, 0.25
"""Looks after the verdict (the page needs three to say that it has changed), epochs between them, and how often twice
the epochs of the verdict go by before."""

AFTER_A_LOOK = 4
"""Looks at a break that asks nothing."""

BACK, RESEED, AGAIN = 0.8, 0.3, 0.2
"""How often Back is pressed before the next break, another seed chosen after it, and the lesson's own question trained
again with that seed, to beyond its verdict."""


BY_STEPS = 0.4
"""How often training is told by steps: lanes with more or fewer batches in an epoch are at other epochs then."""

ELSEWHERE = 0.35
"""How often other data are chosen: while a question is open, after it, and after a break that asks nothing."""


class Wanderer(Witness):
    """Somebody who plays the lesson `name`; `choose` draws all that is chosen."""

    def __init__(self, name: str, choose: Generator, lab: Any = None) -> None:
        super().__init__(name, lab)
        self.choose, self.start = choose, (self.session.base, self.session.lanes)
        self.other = np.random.default_rng(choose.integers(2**32))
        """Draws the other data sets."""
        self.steps = self.other.spawn(1)[0]
        """Draws when training is told by steps, as the page does, and not by epochs."""

    def wander(self, breaks: int | None = None) -> None:
        """Answer the lesson's question, and then press every break once, or only so many of them."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self._ask()
            order = self.choose.permutation(len(self.guide.lesson.breaks))[:breaks]
            for index in order:
                if self.choose.random() < RESEED:
                    self._reseed()
                self.press(int(index))
                if self.choose.random() < BACK:
                    self.back()
            self.back()

    def press(self, index: int) -> None:
        """Press a break, answer what it asks, and train."""
        attempt = self.guide.lesson.breaks[index]
        self.where = attempt.label
        self._found.pop(attempt.label, None)
        self.guide.try_break(index)
        self._said, self.elsewhere = [], False
        if attempt.sweep:
            self._answer()
            self._sweep()
        elif attempt.question is not None:
            self._ask()
        else:
            for _ in range(AFTER_A_LOOK):
                self._train()
            if self.other.random() < ELSEWHERE:
                self._go_elsewhere()

    def back(self) -> None:
        """Press Back, if there is that button, and compare all there is with a fresh lab."""
        if self.guide.broken < 0:
            return
        self.guide.go_back()
        self._said, self.elsewhere = [], False
        self.where = f"Back from {self.where}"
        lab, session, guide = self.lab, self.session, self.guide
        base, lanes = self.start
        self._expect(session.base == base.replace(seed=session.base.seed), "other knobs")
        self._expect(session.lanes == lanes, "other lanes")
        self._expect(lab.pictures.names == lab.pictures.own[: None if guide.explained else 1], "other pictures")
        self._expect(not guide.asked["label"] and not guide.holds, "another question")
        fresh = Trainer([lane.config(base.replace(seed=session.base.seed)) for lane in lanes])
        now = session.trainer.snapshot()
        fresh.advance(steps=now.step)
        for lane, one, other in zip(lanes, now.models, fresh.snapshot().models, strict=True):
            alike = one.config == other.config and one.step == other.step
            alike = alike and all((a == b).all() for a, b in zip(one.weights, other.weights, strict=True))
            self._expect(alike, f"another network {lane.name!r} than a fresh lab after {now.step} steps")
        self.read["backs"] += 1
        self.where = "main"
        if self.choose.random() < AGAIN:
            self._reseed()
            self._train(self._found.get("", ("", 0))[1] + 1)
            for _ in range(LOOKS):
                self._train(FURTHER)

    # -- acts

    def _reseed(self) -> None:
        """Another seed, as its knob brings it."""
        self.session.change(seed=int(self.choose.integers(1000)))
        self._said = []

    def _ask(self) -> None:
        """Answer the current question, give a reason or none, and train until the verdict and beyond."""
        guide = self.guide
        self._answer()
        if self.other.random() < ELSEWHERE / 2:
            self._go_elsewhere()
            self._come_back()
        if isinstance(guide.question.observe, OfSets):
            self._train_sets()
        for _ in STOPS:
            if guide.verdict or self.session.trainer.done:
                break
            self._train()
        if self.choose.random() < LONG:
            self._train(max(self.session.trainer.epochs))
        for _ in range(BEYOND):
            self._train(FURTHER)
        if self.other.random() < ELSEWHERE:
            self._go_elsewhere()
            if guide.broken < 0 or self.other.random() < 0.5:
                self._come_back()

    def _go_elsewhere(self) -> None:
        """Choose another data set, of any kind, train on it and look; where a lane cannot train on it, say so."""
        session, before = self.session, self.session.base
        name = str(self.other.choice([its for its in DATASETS if its != before.data]))
        self._before, here, self.where = before, self.where, f"{self.where} on {name}"
        try:
            session.change(data=name)
        except ConfigError as error:
            self._expect(session.base == before and bool(str(error)), f"{error!r} has changed something")
            self.where = here
            return
        self.elsewhere = True
        for epochs in (1, 4, 30):
            self._train(epochs)
        self.read["other data"] += 1

    def _come_back(self) -> None:
        """Turn back the knobs that other data have turned."""
        if self.elsewhere:
            self.session.change(**self._before.to_dict())
            self.elsewhere, self.where, self._said = False, self.where.rpartition(" on ")[0], []

    def _answer(self) -> None:
        """Answer the current question, if it is held, and give a reason or none."""
        guide = self.guide
        if guide.holds:
            shown = guide.observation or guide.verdict or guide.phase != "ask" or self.session.playing
            shown = shown or (guide.question.sweeps and self.session.sweep is not None)
            self._expect(not shown, "the held question shows or trains something")
            guide.take_answer(str(self.choose.choice(list(guide.choices))))
        if guide.phase == "because":
            guide.take_reason(str(self.choose.choice(["", *guide.question.because.reasons])))

    def _train(self, epochs: int | None = None) -> None:
        """Train for some epochs, or to the next stop, and look."""
        trainer = self.session.trainer
        epoch = common_epoch(trainer.snapshot().models)
        stops = [stop for stop in STOPS if stop > epoch]
        while len(stops) > 1 and self.choose.random() > LOOKS_AT:
            del stops[0]
        later = stops[0] if stops else epoch + FURTHER
        further = later - epoch if epochs is None else epochs
        lengths = [steps_per_epoch(config) for config in trainer.configs]
        whole = lcm(*lengths)  # after so many steps every lane is at the end of an epoch
        if self.steps.random() < BY_STEPS and whole <= 4 * max(lengths):
            trainer.advance(steps=-(-further * max(lengths) // whole) * whole)
        else:
            trainer.advance(epochs=further)
        self._look()

    def _train_sets(self) -> None:
        """Train the networks of all training sets, with some looks on the way."""
        self._look()
        session, epoch = self.session, 0
        while session.chance is not None and not session.chance.done:
            session.work_sweep(0.1)
            if session.chance.view().epoch >= epoch + 20:
                epoch = session.chance.view().epoch
                self._look()
        self._look()

    def _look(self) -> None:
        self.session.trained += 1
        self.guide.look()
        self.see()

    def _sweep(self) -> None:
        """Train some of a sweep, and read where it stands; all of one that is asked about, and read its answer."""
        session, guide = self.session, self.guide
        asks = guide.broken >= 0 and guide.question.sweeps
        for slices in (1, 4, 16):
            for _ in range(slices):
                session.work_sweep(0.05)
            guide.look()
            view, text = session.sweep.view(), guide.observation
            if asks and view.done:
                break
            self.read["observations"] += 1
            if view.best is None:
                self._expect(text in ("The sweep has begun.", "") or "no best value" in text, f"{text!r} of a sweep")
                continue
            means = view.val_loss.mean(axis=1)
            numbers = [value for value in re.findall(r"(?:is|it is) (\d+\.\d+(?:e−\d+)?)", text)]
            values = [float(np.nanmin(means)), float(means[0]), float(means[-1])]
            self.read["numbers"] += len(values)
            right = len(numbers) >= 3 and all(map(holds, numbers, [*values, *map(float, numbers[3:])]))
            right = right and f"epoch {view.epoch} of {view.epochs}" in text and f"at {view.said(view.best)}" in text
            self._expect(right and view.best == int(np.nanargmin(means)), f"{text!r} of the losses {values}")
            self._expect("Changed since the sweep began" not in text, f"it was not: {text!r}")
        if not asks:
            if self.other.random() < ELSEWHERE:
                self._turn_beside_the_sweep()
            return
        while session.work_sweep(0.2):
            pass
        guide.look()
        snapshot, lanes = networks(session.sweep.view())
        self.see_these(lanes, {lane.name: Reckoned(m) for lane, m in zip(lanes, snapshot.models, strict=True)})

    def _turn_beside_the_sweep(self) -> None:
        """Choose other data while a sweep stands there, which keeps those that it began with, and says so."""
        session, name = self.session, str(self.other.choice([its for its in DATASETS if its != self.session.base.data]))
        try:
            session.change(data=name)
        except ConfigError:
            return
        self.guide.look()
        told = f"(Changed since the sweep began: data set {DATASETS[name].title}"
        self._expect(told in self.guide.observation, f"on {name} beside a sweep: {self.guide.observation!r}")
        self.read["other data"] += 1
