"""Presses a lesson's buttons in random orders, and reads all that it says against the numbers of the networks.

After each press and each look, `Presser.faults` names

* a held question that shows or trains anything,
* an observation of other networks than those there are: it must begin with what the evidence says of a snapshot taken
  anew, and each loss and accuracy in it that has a name ("validation loss 0.41") must be one of some lane's, in the
  newest epoch, in the best one, or in that of the weights it kept,
* a verdict that does not name what was chosen, or not what the numbers said; and one that is silent although the
  evidence has said something else at as many looks as the page waits for,
* a reason that is judged wrongly, or beside an outcome that it does not explain,
* flipped labels that are not the number that is disclosed,
* a dead lane in silence: one that gives every validation point the same answer, has lost all its weights or has
  diverged, and is not said to,
* Back that leaves knobs, lanes, pictures or the question as the break had them.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.random import Generator

from regviz.lab.lessons.reply import LOOKS
from regviz.training.snapshot import ModelSnapshot

NAMED = re.compile(r"(validation|training) loss (\d+\.\d\d)", re.IGNORECASE)
"""Losses that an observation names."""

AT = {"validation": "val_loss", "training": "train_loss"}


class Presser:
    """Somebody who presses the buttons of `lab`'s lesson; `choose` draws what is pressed."""

    def __init__(self, lab: Any, choose: Generator) -> None:
        self.lab, self.guide, self.session, self.choose = lab, lab.guide, lab.session, choose
        self.said: list[str] = []
        """The outcomes at all looks since the question was asked."""
        self.guide.take_answer(next(iter(self.guide.choices)))
        self._say_why()
        self.start = self.session.base, self.session.lanes

    def press(self, epochs: int) -> tuple[str, list[str]]:
        """Press a button, answer what is asked, train for some epochs three times; its label, and what was wrong."""
        guide, breaks = self.guide, self.guide.lesson.breaks
        trains = [index for index, attempt in enumerate(breaks) if not attempt.sweep]
        buttons = [*trains, *[-1] * (2 if guide.broken >= 0 else 0)]
        button = int(self.choose.choice(buttons))
        self.said = []
        if button < 0:
            guide.go_back()
            wrong = self._after_back()
        else:
            guide.try_break(button)
            wrong = self.faults()
        if guide.holds:
            guide.take_answer(str(self.choose.choice(list(guide.choices))))
        self._say_why()
        for _ in range(3):
            self.session.trainer.advance(epochs=epochs)
            self.session.trained += 1
            guide.look()
            wrong += self.faults(looked=True)
        return ("Back" if button < 0 else breaks[button].label), wrong

    def _say_why(self) -> None:
        """Choose a reason, or none, if one is asked why."""
        because = self.guide.question.because
        if because is not None and self.guide.phase == "because":
            self.guide.take_reason(str(self.choose.choice(["", *because.reasons])))

    def faults(self, looked: bool = False) -> list[str]:
        """What is wrong with what the lesson says now; `looked`: it has just looked at the networks."""
        guide, session = self.guide, self.session
        if guide.holds:
            shown = guide.observation or guide.verdict or guide.phase != "ask" or session.playing
            return [f"the held question {guide.question.text!r} shows or trains something"] if shown else []
        snapshot = session.trainer.snapshot()
        if not looked:
            return []
        attempt = guide.lesson.breaks[guide.broken] if guide.broken >= 0 else None
        asks = attempt is None or attempt.question is not None
        observe = attempt.observe if attempt is not None and attempt.observe is not None else guide.lesson.observe
        finding = observe(snapshot, session.lanes)
        self.said.append(finding.outcome)
        wrong = []
        if not guide.observation.startswith(finding.text):
            wrong.append(f"{guide.observation!r} is not of these networks: {finding.text!r}")
        for name, number in NAMED.findall(guide.observation):
            if not any(abs(value - float(number)) < 0.0051 for value in _measured(snapshot.models, AT[name.lower()])):
                wrong.append(f"no lane has a {name} loss of {number}: {guide.observation!r}")
        if asks:
            wrong += self._verdict()
        wrong += [
            f"{lane.name!r} is dead in silence: {guide.observation!r}"
            for lane, model in zip(session.lanes, snapshot.models, strict=True)
            if _dead(model)
            and not re.search(f"“{re.escape(lane.name)}” (gives every point|diverged)", guide.observation)
        ]
        flipped = int(snapshot.models[0].split.flipped.sum())
        if not guide.disclosed.startswith(f"{flipped:,} of" if flipped else "All"):
            wrong.append(f"{flipped} labels are flipped: {guide.disclosed!r}")
        return wrong

    def _verdict(self) -> list[str]:
        guide, choices = self.guide, self.guide.choices
        if not guide.verdict:
            settled = next(filter(None, self.said), "")
            return [f"the numbers have said {settled!r}, and there is no verdict"] if settled else []
        wrong = []
        if f"You predicted “{choices[guide.chosen]}”" not in guide.verdict:
            wrong.append(f"{guide.verdict!r} does not name {guide.chosen!r}")
        if ("the numbers agree." in guide.verdict) != (guide.found == guide.chosen):
            wrong.append(f"{guide.verdict!r} does not say what was found, {guide.found!r}")
        because, judged = guide.question.because, guide.judged
        judges = because is not None and bool(guide.argued) and guide.found == because.of
        if bool(judged) != judges:
            wrong.append(f"the reason {guide.argued!r} for {guide.found!r} is judged {judged!r}")
        elif judges and judged.startswith(("Right, and", "Your reason is right")) != (guide.argued == because.right):
            wrong.append(f"the reason {guide.argued!r} is judged {judged!r}")
        clear = guide.found in self.said
        recent = set(self.said[-LOOKS:])
        other = clear and len(self.said) > LOOKS and len(recent) == 1 and recent != {guide.found}
        if other and "By epoch" not in guide.verdict:
            wrong.append(f"the numbers say {recent} by now: {guide.verdict!r}")
        if "By epoch" in guide.verdict and self.said[-1] == guide.found:
            wrong.append(f"the numbers say {guide.found!r} again: {guide.verdict!r}")
        return wrong

    def _after_back(self) -> list[str]:
        lab, session = self.lab, self.session
        wrong = []
        if (session.base, session.lanes) != self.start:
            wrong.append("Back left other knobs or lanes")
        if lab.pictures.names != lab.pictures.own[: None if self.guide.explained else 1]:
            wrong.append("Back left other pictures")
        if self.guide.holds or self.guide.asked["label"]:
            wrong.append("Back left the question of the break")
        return wrong


def _measured(models: tuple[ModelSnapshot, ...], column: str) -> set[float]:
    """The lanes' measurements that may be named: of the newest and the best epoch, and of the weights kept."""
    found: set[float] = set()
    for model in models:
        values = model.history[column]
        rows = {-1, model.row, int(np.nanargmin(model.history["val_loss"]))}
        found |= {float(values[row]) for row in rows}
    return found


def _dead(model: ModelSnapshot) -> bool:
    """Whether a network has ended, or learns and says nothing after ten epochs."""
    if model.state == "diverged" or model.zero_fraction == 1:
        return True
    answers = model.predict(model.split.X_val[:200])
    return model.epoch >= 10 and float(np.ptp(answers, axis=0).max()) < 0.005
