"""What a lesson's questions come to in many seeds: its own networks, all seeds as one stack, long after the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from regviz import Config, Trainer
from regviz.lab import Break, Lane
from regviz.lab.compare.chance import reseeded
from regviz.lab.compare.sweep import SweepRun
from regviz.lab.lessons.evidence import Evidence, OfSets, open_until
from regviz.lab.lessons.question import Question
from regviz.lab.lessons.sweeping import networks as networks_of
from regviz.lab.lessons.sweeping import sweep_of
from regviz.training.snapshot import Snapshot

EVERY, LIMIT = 10, 320
"""A question is looked at every so many epochs (the page does so every eight), and must be clear by the limit."""

LONG, LOOKS = 10, 12
"""How many times as long as the verdict took it is looked at afterwards, and how often."""


@dataclass
class Told:
    """What one seed's numbers said: at which epoch they were clear, and the outcomes afterwards, by epoch."""

    seed: int
    outcome: str = ""
    epoch: int = 0
    since: dict[int, str] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        """Whether they never said anything else."""
        return all(outcome == self.outcome for outcome in self.since.values())

    @property
    def turned(self) -> set[str]:
        """What else they came to say."""
        return set(self.since.values()) - {self.outcome}


def questions(lab: Any) -> Iterator[tuple[int, Question]]:
    """The questions of a lesson with their places: −1 is its own, others are its breaks'."""
    lesson = lab.guide.lesson
    for index in range(-1, len(lesson.breaks)):
        asks = lesson.asks(index)
        if asks is not None:
            yield index, asks


def setting(lab: Any, index: int) -> tuple[Config, Sequence[Lane]]:
    """The knobs and the lanes with which the question at `index` is asked."""
    if index >= 0:
        lab.guide.try_break(index)
    base, lanes = lab.session.base, lab.session.lanes
    if index >= 0:
        lab.guide.go_back()
    return base, lanes


def networks(observe: Evidence, base: Config, lanes: Sequence[Lane], seed: int) -> list[Config]:
    """What `observe` looks at in a seed: the lanes' networks, or those of as many training sets as it asks for.

    No two seeds share a training set.
    """
    sets = observe.sets.count if isinstance(observe, OfSets) else 1
    seeds = range(seed * sets, (seed + 1) * sets) if sets > 1 else (seed,)
    return [reseeded(lane.config(base), its - base.seed) for its in seeds for lane in lanes]


def swept(base: Config, attempt: Break) -> Told:
    """What a question comes to whose networks are those of a sweep: it is asked at its end, and not again."""
    run = SweepRun(base, sweep_of(attempt, base))
    while not run.done:
        run.work(1.0)
    finding = attempt.observe(*networks_of(run.view()))
    return Told(base.seed, finding.outcome, run.view().epoch)


def told(lab: Any, index: int, seeds: Sequence[int], long: int = LONG) -> list[Told]:
    """What the question at `index` comes to in each seed, and what becomes of it until `long` times its epoch."""
    lesson = lab.guide.lesson
    question = lesson.asks(index)
    base, lanes = setting(lab, index)
    attempt = lesson.breaks[index] if index >= 0 else None
    if attempt is not None and attempt.sweep:
        return [swept(base.replace(seed=seed), attempt) for seed in seeds]
    if isinstance(question.observe, OfSets):
        long = 1  # its networks train no longer than until they are looked at
    of_each = [networks(question.observe, base, lanes, seed) for seed in seeds]
    configs, count = [config for its in of_each for config in its], len(of_each[0])
    if attempt is not None and attempt.first:
        start = base.replace(**attempt.first)
        trainer = Trainer([lane.config(start.replace(seed=seed)) for seed in seeds for lane in lanes])
        trainer.advance(epochs=attempt.epochs)
        for row, config in enumerate(configs):
            trainer.set(row, **{name: getattr(config, name) for name in attempt.first})
    else:
        trainer = Trainer(configs)
    found = [Told(seed) for seed in seeds]

    silent = open_until(question.observe)  # to look may cost more than to train: ablation asks every unit

    def look(only: Sequence[Told]) -> Iterator[tuple[Told, str]]:
        snapshot = trainer.snapshot()
        for row, one in enumerate(found):
            if one in only:
                its = Snapshot(snapshot.step, snapshot.models[row * count : (row + 1) * count])
                yield one, question.observe(its, lanes).outcome

    while not all(one.outcome for one in found) and (now := max(trainer.epochs)) < LIMIT and not trainer.done:
        trainer.advance(epochs=min(EVERY, silent - now) if now < silent else EVERY)  # the page looks at the very epoch
        early = max(trainer.epochs) < silent and not trainer.done
        for one, outcome in look([one for one in found[: 1 if early else None] if not one.outcome]):
            one.outcome, one.epoch = outcome, max(trainer.epochs)
    last = max(one.epoch for one in found) * long
    for k in range(1, LOOKS + 1):
        target = round(last * (k / LOOKS) ** 2)
        if long > 1 and target > max(trainer.epochs) and not trainer.done:
            trainer.advance(epochs=target - max(trainer.epochs))
            now = max(trainer.epochs)
            for one, outcome in look([one for one in found if one.outcome and now <= long * one.epoch]):
                one.since[now] = outcome
    return found
