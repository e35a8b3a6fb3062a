"""What is said above and below the network's graph, in words of several lengths."""

from __future__ import annotations

from collections.abc import Sequence


def subtitles(kind: str, tracing: bool, masks: bool) -> list[str]:
    """What is drawn: units of a `kind` of pictures ("" for none), or the trace of a point; `masks` if some dropped."""
    if tracing:
        return [
            "fill: what each unit says to this point; edges: what weights carry (w·a); blue above 0, orange below",
            "fill: what units say to this point, edges: w·a; blue: above 0, orange: below",
            "fill: what units say, edges: w·a; blue: above 0",
            "fill: units' answers, edges: w·a",
        ]
    pale = "pale: dropped" if masks else ""
    if kind:
        where = {"plane": "over the plane", "line": "along the input", "groups": "by class, a row each"}[kind]
        signs = "; blue above 0, orange below" if kind != "groups" else ""
        more = pale and f"; {pale}"
        return [
            f"in each unit: what it answers {where}, on its own scale{signs}; edges: weights{more}",
            f"in each unit: what it answers {where}, on its own scale{signs}{more}",
            f"units: answers {where}, own scales{signs}{more}",
            f"units: answers {where}, own scales{more}",
            f"units: answers {where}",
            "units: their answers",
        ]
    return [
        f"edges: blue positive, orange negative, none at exactly 0{'; pale: dropped in this step' if pale else ''}",
        f"blue: positive, orange: negative, none: exactly 0{pale and ', ' + pale}",
        f"blue: positive, orange: negative{pale and ', ' + pale}",
        "blue: positive, orange: negative",
        "blue: w > 0, orange: w < 0",
    ]


def invitations(hidden: Sequence[int], shown: Sequence[int], cut: bool, dead: int, remove: bool) -> list[str]:
    """What a click does, below a graph that shows `shown` units of `hidden` layers' widths; `dead` of all.

    `cut` if the counts below the columns do not say of how many they are.
    """
    if not hidden:
        return ["a linear model: inputs and outputs only"]
    act = "click a unit to remove it" if remove else "click a unit to see it large"
    texts = [act]
    if cut:
        texts = [f"{max(shown)} of {max(hidden)} units shown; {act}"]
    if dead:
        units = sum(hidden)
        told = f"{dead} of {units} units {'is' if dead == 1 else 'are'} dead (dashed)"
        texts = [*(f"{told}; {text}" for text in texts), f"{dead} dead (dashed); {act}", told, f"{dead} dead"]
    return texts
