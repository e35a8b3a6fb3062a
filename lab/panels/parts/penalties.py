"""A lane's penalties as pictures need them: which it has, and what they do to the weights of one layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from regviz.language import tr
from regviz.optim.penalties import PENALTIES, Penalty, strengths
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.lanes import Lane


def penalties_of(lane: Lane, model: ModelSnapshot) -> tuple[str, ...]:
    """Return the names of the penalties that a lane has, or would have if its slider were turned up."""
    return tuple(
        name for name in PENALTIES if name in lane.uses or name in lane.fixed or any(strengths_of(model, name))
    )


def penalized(lanes: Sequence[Lane], snapshot: Snapshot) -> list[int]:
    """Return the places of the lanes that have a penalty."""
    return [i for i, (lane, model) in enumerate(zip(lanes, snapshot.models, strict=True)) if penalties_of(lane, model)]


def strengths_of(model: ModelSnapshot, name: str) -> tuple[float, ...]:
    """Compute λ of the penalty `name` for each Dense layer."""
    return strengths(model.config, name, len(model.weights))


@dataclass(frozen=True, slots=True)
class Terms:
    """The penalties of one layer by name, each with its λ (above 0), and whether training takes proximal steps.

    The total is Σ λ·f(w) over weights and Σ λ·f(group) over groups, in the order of the registry.
    """

    lams: Mapping[str, float] = field(default_factory=dict)
    proximal: bool = True
    members: tuple[tuple[Penalty, float], ...] = field(init=False, compare=False)
    """The penalties themselves, with their λ."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", tuple((PENALTIES[name], lam) for name, lam in self.lams.items()))

    @classmethod
    def of(cls, model: ModelSnapshot, layer: int | None = 0) -> Terms:
        """Return what pulls at the weights of a layer of `model`; for None with the largest λ of all layers."""
        lams = {name: strengths_of(model, name) for name in PENALTIES}
        picked = {name: max(each) if layer is None else each[layer] for name, each in lams.items()}
        return cls({name: lam for name, lam in picked.items() if lam > 0}, model.config.penalty_rule == "proximal")

    def or_would(self, lane: Lane, model: ModelSnapshot) -> Terms:
        """Return these, or while all λ are 0 those that the lane would have: each of its penalties with λ = 1."""
        return self if self.lams else Terms(dict.fromkeys(penalties_of(lane, model), 1.0), self.proximal)

    @property
    def grouped(self) -> bool:
        """True if one of them acts on groups of weights."""
        return any(member.groups for member, _ in self.members)

    @property
    def steps(self) -> tuple[list[tuple[Penalty, float]], list[tuple[Penalty, float]]]:
        """Those whose gradient training follows, and those whose proximal step it takes after that."""
        taken = [pair for pair in self.members if self.proximal and pair[0].prox is not None]
        return [pair for pair in self.members if pair not in taken], taken


def plain_formula(member: Penalty) -> str:
    """Return a penalty's formula without λ: "Σ|w|"."""
    return member.formula.removeprefix("λ·")


def formulas(members: Sequence[Penalty]) -> str:
    """Return the formulas of several penalties: "λ·Σ|w| or λ·Σw²"."""
    said = list(dict.fromkeys(member.formula for member in members))
    if len(said) < 2:
        return "".join(said)
    return tr("{first} or {last}", first=", ".join(said[:-1]), last=said[-1])
