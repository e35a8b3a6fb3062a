"""The judges of what is read off units, weights and inputs (see `judging`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from checker.judging import Networks, chosen, coming, judge, never
from checker.reckoning import Reckoned


@judge
def most_hurt(networks: Networks, slack: float, first: str, second: str, after: int, times: float) -> str:
    found = {name: networks[name].worst_unit[0] for name in (first, second)}
    if never([networks[name] for name in found], after):
        return ""
    strong, weak = sorted(found, key=found.__getitem__)
    return weak if found[weak] >= times * found[strong] + 0.002 + slack else "same"


@judge
def ensemble_of(networks: Networks, slack: float, lane: str, after: int, margin: float) -> str:
    if never([networks[lane]], after):
        return ""
    _, average, full = networks[lane].masked
    return "full" if average >= margin * full + slack else "average" if full >= margin * average + slack else "same"


@judge
def zeros_of(networks: Networks, slack: float, first: str, second: str, after: int, many: float) -> str:
    its = [networks[name] for name in (first, second)]
    if never(its, after):
        return ""
    one, other = (one.zeros / one.size >= many for one in its)
    return "both" if one and other else "first" if one else "second" if other else "neither"


@judge
def near_zero(networks: Networks, slack: float, after: int, within: float, many: float) -> str:
    found = [name for name, its in networks.items() if its.near_zero(within) >= many + slack]
    return "" if coming(networks.values(), after) else " + ".join(found) or "none"


@judge
def hurt_by_pruning(
    networks: Networks, slack: float, share: float, after: int, least: float, among: Sequence[str]
) -> str:
    if coming(networks.values(), after):
        return ""
    of = chosen(networks, among)
    return " + ".join(n for n, its in of.items() if its.score() - its.score_without(share) >= least + slack) or "nobody"


def kept_copies(its: Reckoned, named: str) -> list[int]:
    """The places of the inputs whose names begin so, and that have a weight."""
    return [place for place in its.named(named) if its.input_weight[place] > 0]


@judge
def copies_kept(networks: Networks, slack: float, lane: str, named: str, after: int) -> str:
    kept, all_of = kept_copies(networks[lane], named), networks[lane].named(named)
    return "" if coming(networks.values(), after) else "all" if kept == all_of else "some" if kept else "none"


@judge
def same_copies(networks: Networks, slack: float, named: str, after: int) -> str:
    kinds = {tuple(kept_copies(its, named)) for its in networks.values()}
    return "" if coming(networks.values(), after) else "same" if len(kinds) == 1 else "different"


@judge
def selecting(networks: Networks, slack: float, after: int) -> str:
    found = []
    for name, its in networks.items():
        live, informative = its.input_weight > 0, its.split.informative
        if informative is None:
            return ""
        found += [name] if live[informative].any() and not live[~informative].any() else []
    return "" if coming(networks.values(), after) else " + ".join(found) or "none"


@judge
def inputs_kept(networks: Networks, slack: float, lane: str) -> str:
    its, informative = networks[lane], networks[lane].split.informative
    live = its.input_weight > 0
    if informative is None:
        return ""
    return "selects" if live[informative].mean() >= 0.8 and live[~informative].mean() <= 0.2 else ""


def distance(one: Reckoned, other: Reckoned) -> float:
    """How far two networks' answers are apart, as a root mean square; of a regression in units of its targets' sd."""
    unit = float(one.split.y_val.std()) if one.regression else 1.0
    return float(np.sqrt(((one.answers("val") - other.answers("val")) ** 2).mean())) / unit


@judge
def most_like(networks: Networks, slack: float, lane: str, others: Sequence[str], after: int, times: float) -> str:
    away = {name: distance(networks[lane], networks[name]) for name in others}
    near, then = sorted(away, key=away.__getitem__)[:2]
    if never([networks[lane], *(networks[name] for name in others)], after):
        return ""
    return near if away[then] >= times * away[near] * (1 + slack) else "neither"
