"""The readers of what a lesson observes in units, weights, inputs and answers, one for each sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.judging_of_weights import distance, kept_copies
from checker.reading import Claim, Seen, named, pairs, reads
from checker.reckoning import best_of, chosen_by, same_points

Found = Iterator[Claim]


@reads(
    r"Deleting its most important unit costs “(LANE)” N points of accuracy \(layer N\), “(LANE)” N points \(layer "
    r"N\)\. Validation losses: N and N\."
)
def most_hurt(m: re.Match[str], seen: Seen) -> Found:
    weak, cost, layer, strong, its_cost, its_layer, loss, its_loss = m.groups()
    one, other = seen.networks[weak], seen.networks[strong]
    yield "the first loses more", one.worst_unit[0] >= other.worst_unit[0] - 1e-9
    yield cost, 100 * one.worst_unit[0]
    yield its_cost, 100 * other.worst_unit[0]
    yield layer, one.worst_unit[1]
    yield its_layer, other.worst_unit[1]
    yield loss, one.loss()
    yield its_loss, other.loss()


@reads(
    r"Epoch N, validation loss of “(LANE)”: one sub-network alone N, the average of N N, the full network N, right "
    r"on P\."
)
def ensemble(m: re.Match[str], seen: Seen) -> Found:
    epoch, name, alone, count, average, full, right = m.groups()
    its = seen.networks[name]
    yield epoch, its.epoch
    yield count, 20
    yield from zip((alone, average, full), its.masked, strict=True)
    yield right, its.score()


@reads(r"(LANE): (?:none of N weights is exactly 0|N of N weights (?:is|are) exactly 0 \(P\))\.")
def zeros(m: re.Match[str], seen: Seen) -> Found:
    name, size_if_none, count, size, share = m.groups()
    its = seen.networks[name]
    yield size_if_none or size, its.size
    yield count or "0", its.zeros
    yield share or "0\u00a0%", its.zeros / its.size


@reads(r"Weights within N of 0: ((?:“LANE” P(?:, )?)+)\. Validation losses: ((?:N(?:, )?)+)\.")
def near_zero(m: re.Match[str], seen: Seen) -> Found:
    shares, _, losses = m[0].partition("Validation losses")
    for name, share in pairs(shares, "“(LANE)” P", named(seen)):
        yield share, seen.networks[name].near_zero(float(m[1]))
    for (loss,), its in zip(pairs(losses.rstrip("."), "N", named(seen)), seen.networks.values(), strict=True):
        yield loss, its.loss()


@reads(r"Epoch N\. Validation accuracy without the P smallest weights: ((?:“LANE” P, N points lost(?:; )?)+)\.")
def pruning(m: re.Match[str], seen: Seen) -> Found:
    yield m[1], seen.epoch
    share = float(m[2].removesuffix("\u00a0%")) / 100
    for name, right, lost in pairs(m[0], "“(LANE)” P, N points lost", named(seen)):
        its = seen.networks[name]
        yield right, its.score_without(share)
        yield lost, 100 * (its.score() - its.score_without(share))


KEEPS = r"“(LANE)” keeps N of the N copies(?:, the smallest with P of the largest one's weight)?"


@reads(rf"(?:{KEEPS}(?:; )?)+\.")
def copies(m: re.Match[str], seen: Seen) -> Found:
    for name, count, all_of, share in pairs(m[0], KEEPS, named(seen)):
        its, named_so = seen.networks[name], seen.given["named"]
        places = its.named(named_so)
        yield count, len(kept_copies(its, named_so))
        yield all_of, len(places)
        yield "told of one that keeps them all", (share is not None) == (len(kept_copies(its, named_so)) == len(places))
        if share is not None:
            yield share, float(its.input_weight[places].min() / its.input_weight[places].max())


@reads(r"(?:“LANE” keeps (?:none|\w+ \d+(?:, \w+ \d+)*)(?:; )?)+\.")
def which_copies(m: re.Match[str], seen: Seen) -> Found:
    for name, said in pairs(m[0], r"“(LANE)” keeps (none|\w+ \d+(?:, \w+ \d+)*)", named(seen)):
        its = seen.networks[name]
        kept = [its.split.feature_names[place] for place in kept_copies(its, seen.given["named"])]
        yield said, said == (", ".join(kept) or "none")


@reads(
    r"(LANE) listens to N of the N inputs that matter and to N of the N that do not; P of the first layer's Σ\|w\| is "
    r"on those that matter\. Its validation accuracy is P\."
)
def inputs(m: re.Match[str], seen: Seen) -> Found:
    its = seen.networks[m[1]]
    weight, informative = its.input_weight, its.split.informative
    live = weight > 0
    values = live[informative].sum(), informative.sum(), live[~informative].sum(), (~informative).sum()
    yield from zip(m.groups()[1:], (*values, float(weight[informative].sum()), its.score()), strict=True)


@reads(r"(LANE) listens to N of N inputs?\. Its validation accuracy is P\.")
def all_inputs(m: re.Match[str], seen: Seen) -> Found:
    its = seen.networks[m[1]]
    yield from zip(m.groups()[1:], ((its.input_weight > 0).sum(), its.input_weight.size, its.score()), strict=True)


FIRST = r"“(LANE)” keeps N of the N inputs that say nothing and N of the N others"
SELECTED = r"“(LANE)” keeps N and N"


@reads(rf"Epoch N: {FIRST}(?:; {SELECTED})*\. Validation losses: (?:N(?:, )?)+\.")
def selected(m: re.Match[str], seen: Seen) -> Found:
    informative = next(iter(seen.networks.values())).split.informative
    assert informative is not None
    kept, _, losses = m[0].partition("Validation losses: ")
    name, idle, all_idle, others, all_others = pairs(kept, FIRST, named(seen))[0]
    yield m[1], seen.epoch
    yield from zip((all_idle, all_others), ((~informative).sum(), informative.sum()), strict=True)
    found = [(name, idle, others), *pairs(kept, SELECTED, named(seen))]
    yield "of every lane", [lane for lane, *_ in found] == [lane.name for lane in seen.lanes]
    for name, idle, others in found:
        live = seen.networks[name].input_weight > 0
        yield idle, live[~informative].sum()
        yield others, live[informative].sum()
    for (loss,), its in zip(pairs(losses.rstrip("."), "N", named(seen)), seen.networks.values(), strict=True):
        yield loss, its.loss()


PAIR = r"“(LANE)” P, “(LANE)” P \(Σw² before the last layer N and N\)"


@reads(rf"Epoch N\. Validation accuracy, as medians of five epochs: (?:{PAIR}(?:; )?)+\.")
def gained(m: re.Match[str], seen: Seen) -> Found:
    yield m[1], seen.epoch
    for first, right, second, its_right, square, its_square in pairs(m[0], PAIR, named(seen)):
        for name, share, length in ((first, right, square), (second, its_right, its_square)):
            its = seen.networks[name]
            yield share, its.median("val_score")
            yield length, sum(float((W**2).sum()) for W in its.weights[:-1])


@reads(
    r"Epoch N, N validation points for each team\. On average its choice is right on P of the team's own points and P "
    r"of all others, a difference of N percentage points\. Teams choose N of N networks\."
)
def chosen(m: re.Match[str], seen: Seen) -> Found:
    epoch, count, own, new, difference, taken, all_of = m.groups()
    yield epoch, seen.epoch
    yield count, seen.given["count"]
    its_own, its_new, its_taken = chosen_by(list(seen.networks.values()), int(count))
    yield own, its_own
    yield new, its_new
    yield difference, 100 * (its_own - its_new)
    yield taken, its_taken
    yield all_of, len(seen.lanes)


@reads(
    r"Epoch N, N validation points for each team\. The best of all N networks is right on P of the team's own points "
    r"and P of all others, a difference of N percentage points\. The best of any N of them: P and P, a difference of "
    r"N\."
)
def luck(m: re.Match[str], seen: Seen) -> Found:
    epoch, count, all_of, own, new, difference, fewer, *of_fewer = m.groups()
    yield epoch, seen.epoch
    yield count, seen.given["count"]
    yield fewer, seen.given["fewer"]
    its = [one for one in seen.networks.values() if one.dead != "diverged"]
    yield all_of, len(its)
    its_own, its_new, _ = chosen_by(its, int(count))
    yield from ((own, its_own), (new, its_new), (difference, 100 * (its_own - its_new)))
    its_own, its_new = best_of(its, int(count), int(fewer))
    yield from zip(of_fewer, (its_own, its_new, 100 * (its_own - its_new)), strict=True)


@reads(r"Epoch N: to choose by N validation points takes more than the N that there are\.")
def too_few_to_choose(m: re.Match[str], seen: Seen) -> Found:
    points = len(next(iter(seen.networks.values())).split.y_val)
    yield from zip(m.groups(), (seen.epoch, seen.given["count"], points), strict=True)
    yield "too few", seen.given["count"] >= points


@reads(r"Epoch N: all networks have diverged, so there is none to choose\.")
def none_to_choose(m: re.Match[str], seen: Seen) -> Found:
    yield m[1], seen.epoch
    yield "all diverged", all(its.dead == "diverged" for its in seen.networks.values())


@reads(r"Epoch N: there (?:is|are) N networks? to choose from, and not more than N\.")
def few_to_choose(m: re.Match[str], seen: Seen) -> Found:
    sound = sum(its.dead != "diverged" for its in seen.networks.values())
    yield from zip(m.groups(), (seen.epoch, sound, seen.given["fewer"]), strict=True)
    yield "not more", sound <= seen.given["fewer"]


AWAY = r"N from those of “(LANE)”"


@reads(rf"Epoch N: the answers of “(LANE)” are (?:{AWAY}(?:, )?)+\. Validation losses: (?:N(?:, )?)+\.")
def likeness(m: re.Match[str], seen: Seen) -> Found:
    yield m[1], seen.epoch
    one, found = seen.networks[m[2]], pairs(m[0], AWAY, named(seen))
    for away, name in found:
        yield away, distance(one, seen.networks[name])
    losses = [one.loss(), *(seen.networks[name].loss() for _, name in found)]
    for (loss,), value in zip(pairs(m[0].partition("losses: ")[2], "N", named(seen)), losses, strict=True):
        yield loss, value


@reads(r"Epoch N: the networks have different validation points, so that nobody can choose among them\.")
def other_points(m: re.Match[str], seen: Seen) -> Found:
    yield m[1], seen.epoch
    yield "different validation points", not same_points(list(seen.networks.values()))
