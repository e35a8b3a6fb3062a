"""Reads all that a lesson's page says at one moment, against numbers worked out from the networks' weights.

* the observation, the sentence below the picture and every cell of the table (`reading`, `observations`, `headlines`):
  a sentence that nobody can read is a fault, an empty one after the verdict too;
* the verdict, against what the numbers say (`judging`): that it names what was chosen and what was found, the first
  time that this was clear, and "By epoch …" as soon as they have said something else for as long as the page waits;
  the judgement of the reason; the note of a break that asks nothing; how many labels are flipped;
* the networks: one that diverged, lost all its weights or gives all points one answer is dead, and must be said to be.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from checker import headlines, observations, observations_of_weights
from checker.judging import judged, settings
from checker.reading import Seen, read
from checker.reckoning import Reckoned, common_epoch
from lessons import lesson_lab
from regviz.lab import Lane
from regviz.lab.lessons.evidence import After, OfSets
from regviz.lab.lessons.question import ANY
from regviz.lab.lessons.reply import LOOKS
from regviz.lab.look.theme import look
from regviz.lab.page import report

READERS = headlines, observations, observations_of_weights
"""What can be read: to import them enters it."""

RIGHT = ("Right, and", "Your reason is right")


class Witness:
    """Somebody who reads the page of the lesson `name`, or of `lab`.

    read    how many sentences were read, by kind, and "numbers": how many numbers and comparisons were worked out
    faults  what is wrong, each with where it was
    """

    def __init__(self, name: str, lab: Any = None) -> None:
        self.name = name
        self.lab: Any = lesson_lab(name) if lab is None else lab
        self.guide, self.session = self.lab.guide, self.lab.session
        self.read: Counter[str] = Counter()
        self.faults: list[str] = []
        self.where = "main"
        self.elsewhere = False
        """Whether the networks train on other data than the question was asked of."""
        self._said: list[set[str]] = []
        """What the numbers allow, at every look since the networks began."""
        self._found: dict[str, tuple[str, int]] = {}
        """What the current questions came to, and at which epoch."""

    def see(self) -> None:
        """Read all that the page says now."""
        guide, session = self.guide, self.session
        if guide.waits:
            return
        snapshot = session.trainer.snapshot()
        by = common_epoch(snapshot.models)
        networks = {lane.name: Reckoned(m, by) for lane, m in zip(session.lanes, snapshot.models, strict=True)}
        attempt = guide.lesson.breaks[guide.broken] if guide.broken >= 0 else None
        observe = attempt.observe if attempt is not None and attempt.observe is not None else guide.lesson.observe
        sets = self._sets() if isinstance(observe, OfSets) else {}
        seen = Seen(session.lanes, networks, sets, _all_settings(observe))
        for lane, one in networks.items():
            told = float(one.history["val_loss"][one.model.row])
            sound = (
                one.dead == "diverged"
                or one.model.step % max(1, one.model.epoch)
                or abs(one.loss() - told) <= (1e-3 * abs(told) + 1e-5)
            )
            self._expect(bool(sound), f"the history of {lane!r} says {told}, its weights {one.loss()}")
        for kind, text in (("observation", guide.observation), ("headline", report.sentence(snapshot, session.lanes))):
            if not text.strip():
                self._expect(not guide.verdict or not snapshot.step, f"the {kind} is empty")
                continue
            if "cannot be observed here" in text and not self.elsewhere:
                self._expect(False, text)
                continue
            numbers, wrong = read(text, seen, kind)
            self.read[f"{kind}s"] += 1
            self.read["numbers"] += numbers
            self._note(wrong)
            self._note(headlines.left_out(text, seen) if kind == "headline" else [])
        count, wrong = headlines.table_faults(
            report.headings(snapshot), report.table(snapshot, session.lanes, look("light", 1.0)), seen
        )
        self.read["cells"] += count
        self._note(wrong)
        self._labels(networks)
        self._dead(networks)
        if self.elsewhere:
            self._of_other_data(attempt)
            return
        outcomes = judged(observe, networks, sets=sets or None) if _whole(observe, sets) else {""}
        if (
            guide.verdict
            and isinstance(observe, After)
            and observe.weights
            and any(one.ahead for one in networks.values())
        ):
            outcomes |= {guide.found}  # weights of different epochs take nothing back
        if attempt is None or attempt.question is not None:
            self._verdict(outcomes)
        else:
            self._expect(guide.note in map(attempt.note, outcomes), f"the note is {guide.note!r} of {outcomes}")

    def see_these(self, lanes: Sequence[Lane], networks: dict[str, Reckoned]) -> None:
        """Read the observation and the verdict of a question that is asked of other networks than the lanes'."""
        observe = self.guide.question.observe
        numbers, wrong = read(self.guide.observation, Seen(lanes, networks, {}, _all_settings(observe)), "observation")
        self.read["observations"] += 1
        self.read["numbers"] += numbers
        self._note(wrong)
        self._verdict(judged(observe, networks))

    def _sets(self) -> dict[str, list[Reckoned]]:
        """The networks of all training sets, by lane, if they train with the present settings."""
        view = None if self.session.chance is None else self.session.chance.view()
        if view is None or view.older(self.session.trainer.configs) or len(view.snapshots) < 2:
            return {}
        return {
            lane.name: [Reckoned(its.models[place]) for its in view.snapshots]
            for place, lane in enumerate(self.session.lanes)
        }

    def _labels(self, networks: dict[str, Reckoned]) -> None:
        said = self.guide.disclosed
        wrong = {(int(one.split.flipped.sum()), len(one.split.y_train)) for one in networks.values()}
        told = {
            (int(a.replace(",", "")), int(b.replace(",", ""))) for a, b in re.findall(r"([\d,]+) of ([\d,]+)", said)
        }
        right = not told and said.startswith("All") if all(not a for a, _ in wrong) else told == wrong
        self.read["disclosures"] += 1
        self._expect(right, f"{wrong} labels are flipped: {said!r}")

    def _dead(self, networks: dict[str, Reckoned]) -> None:
        for lane, one in networks.items():
            why = one.dead
            if not why or (one.model.epoch < 10 and why == "gives all points one answer"):
                continue
            self.read["dead lanes"] += 1
            said = re.search(f"“{re.escape(lane)}” (gives every point|diverged)", self.guide.observation)
            self._expect(said is not None, f"{lane!r} {why}, in silence: {self.guide.observation!r}")

    def _verdict(self, outcomes: set[str]) -> None:
        guide, choices = self.guide, self.guide.choices
        label, epoch = guide.question.label, self._epoch()
        self._said.append(outcomes)
        if not guide.verdict:
            self._expect("" in outcomes, f"the numbers say {outcomes}, and there is no verdict")
            return
        self.read["verdicts"] += 1
        found = guide.found
        if label not in self._found:
            self._found[label] = found, epoch
            self._expect(found in outcomes, f"the verdict is {found!r}, and the numbers say {outcomes}")
        first, at = self._found[label]
        self._expect(found == first, f"the verdict was {first!r} and is {found!r}")
        said, by, then = guide.verdict.partition(" By epoch ")
        end = (
            ", and the numbers agree."
            if guide.chosen == found
            else f". The numbers say “{choices[found]}”."
            if found in choices
            else ". The numbers fit none of the answers."
        )
        self._expect(said == f"You predicted “{choices[guide.chosen]}”{end}", f"{said!r} of {found!r}")
        recent = self._said[-LOOKS:]
        if by:
            number, _, words = then.partition(" ")
            now = next((its for its, text in choices.items() if words == f"they say “{text}”."), "")
            self._expect(int(number) == epoch, f"{then!r} at epoch {epoch}")
            known = "" if "clear" in words else now or guide.turned
            self._expect(any(known in its for its in recent), f"{then!r}, and the numbers say {recent}")
            was = bool(known) or any(found in its for its in self._said)
            self._expect(was, f"{then!r}, and with these networks it never was clear")
            self._expect(found not in outcomes or len(outcomes) > 1, f"they say {found!r} again: {guide.verdict!r}")
        elif epoch > at and len(recent) == LOOKS and len(self._said) > LOOKS:
            settled = all(its == recent[0] and len(its) == 1 for its in recent)
            was = recent[0] != {""} or any(found in its for its in self._said)
            self._expect(
                not settled or not was or found in recent[0], f"they say {recent[0]} by now: {guide.verdict!r}"
            )
        because, judgement = guide.question.because, guide.judged
        judges = because is not None and bool(guide.argued) and found == because.of
        self._expect(bool(judgement) == judges, f"the reason {guide.argued!r} for {found!r} is judged {judgement!r}")
        if judges and because is not None:
            self._expect(judgement.startswith(RIGHT) == (guide.argued == because.right), f"{judgement!r}")

    def _of_other_data(self, attempt: Any) -> None:
        """What is said of data of which nobody has asked: no verdict, and none taken back; and that they are others."""
        guide = self.guide
        if attempt is not None and attempt.question is None:
            self._expect(guide.note == attempt.note(ANY), f"of other data it notes {guide.note!r}")
            return
        told = "Changed since the question was asked: data set" in guide.observation
        self._expect(told, f"in silence other data: {guide.observation!r}")
        first = self._found.get(guide.question.label, ("", 0))[0]
        self._expect(guide.found == first, f"of other data the verdict is {guide.found!r}, and was {first!r}")
        self._expect(" By epoch " not in guide.verdict, f"of other data it says {guide.verdict!r}")

    def _epoch(self) -> int:
        """The epoch of the networks that the question looks at."""
        if self.guide.question.sweeps:
            return int(self.session.sweep.view().epoch)
        sets = self._sets() if isinstance(self.guide.question.observe, OfSets) else {}
        return common_epoch(
            [one.model for its in sets.values() for one in its] or self.session.trainer.snapshot().models
        )

    def _expect(self, right: bool, otherwise: str) -> None:
        if not right:
            self._note([otherwise])

    def _note(self, wrong: list[str]) -> None:
        self.faults += [f"{self.name} · {self.where} · seed {self.session.base.seed}: {fault}" for fault in wrong]


def _all_settings(observe: Any) -> dict[str, Any]:
    """The settings of evidence, and of all that stands beside it."""
    kind, given = settings(observe)
    if kind != "beside":
        return given
    return {name: value for one in (*given["others"], given["first"]) for name, value in _all_settings(one).items()}


def _whole(observe: Any, sets: dict[str, list[Reckoned]]) -> bool:
    """Whether there is what a judge needs."""
    return not isinstance(observe, OfSets) or bool(sets)
