"""What is said above and below the network's graph, in words of several lengths."""

from __future__ import annotations

from collections.abc import Sequence

from regviz.language import ntr, tr


def subtitles(kind: str, tracing: bool, masks: bool) -> list[str]:
    """Return what is drawn: units of a `kind` of pictures ("" for none), or the trace of a point; `masks` if some
    dropped.
    """
    if tracing:
        return [
            tr("fill: what each unit says to this point; edges: what weights carry (w·a); blue above 0, orange below"),
            tr("fill: what units say to this point, edges: w·a; blue: above 0, orange: below"),
            tr("fill: what units say, edges: w·a; blue: above 0"),
            tr("fill: units' answers, edges: w·a"),
        ]
    pale = tr("pale: dropped") if masks else ""
    if kind:
        where = {"plane": tr("over the plane"), "line": tr("along the input"), "groups": tr("by class, a row each")}[
            kind
        ]
        signs = [tr("blue above 0, orange below")] if kind != "groups" else []
        more = [pale] if masks else []
        own = tr("in each unit: what it answers {where}, on its own scale", where=where)
        short = tr("units: answers {where}, own scales", where=where)
        return [
            "; ".join([own, *signs, tr("edges: weights"), *more]),
            "; ".join([own, *signs, *more]),
            "; ".join([short, *signs, *more]),
            "; ".join([short, *more]),
            tr("units: answers {where}", where=where),
            tr("units: their answers"),
        ]
    none = tr("edges: blue positive, orange negative, none at exactly 0")
    return [
        f"{none}; {tr('pale: dropped in this step')}" if pale else none,
        ", ".join(filter(None, [tr("blue: positive, orange: negative, none: exactly 0"), pale])),
        ", ".join(filter(None, [tr("blue: positive, orange: negative"), pale])),
        tr("blue: positive, orange: negative"),
        tr("blue: w > 0, orange: w < 0"),
    ]


def invitations(hidden: Sequence[int], shown: Sequence[int], cut: bool, dead: int, remove: bool) -> list[str]:
    """Return what a click does, below a graph that shows `shown` units of `hidden` layers' widths; `dead` of all.

    `cut` if the counts below the columns do not say of how many they are.
    """
    if not hidden:
        return [tr("a linear model: inputs and outputs only")]
    act = tr("click a unit to remove it") if remove else tr("click a unit to see it large")
    texts = [act]
    if cut:
        texts = [tr("{shown} of {all} units shown; {act}", shown=max(shown), all=max(hidden), act=act)]
    if dead:
        units = sum(hidden)
        told = ntr(
            "{n} of {units} units is dead (dashed)", "{n} of {units} units are dead (dashed)", dead, n=dead, units=units
        )
        texts = [
            *(f"{told}; {text}" for text in texts),
            tr("{dead} dead (dashed); {act}", dead=dead, act=act),
            told,
            tr("{dead} dead", dead=dead),
        ]
    return texts
