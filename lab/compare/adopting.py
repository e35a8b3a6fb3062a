"""What is adopted of a sweep: values for the knobs, and a lane that has them where none would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from regviz.language import joined, tr

from .lanes import MOST_LANES, TECHNIQUES, Lane, title_of


@dataclass(frozen=True, slots=True)
class Adopted:
    """What follows from adopting values: the `lane` to be added, None for none, and what is to be `said` of it."""

    lane: Lane | None = None
    said: str = ""


def adopted(lanes: Sequence[Lane], fields: Mapping[str, Any]) -> Adopted:
    """Return what lets one see the network with the values `fields` of the knobs among `lanes`.

    The techniques that are on in it need a lane that takes all of them from the knobs: where there is none, a new one.
    """
    swept = [name for name in TECHNIQUES if name in fields]
    on = tuple(name for name in swept if fields[name] != TECHNIQUES[name])
    taken = [{name for name in lane.uses if name not in lane.fixed} for lane in lanes]
    if not on:
        seen = not swept or any(uses & {*swept} for uses in taken)
        return (
            Adopted() if seen else Adopted(said=tr("The best is without {techniques}, as all lanes are.", **_of(swept)))
        )
    if any(uses >= {*on} for uses in taken):
        return Adopted()
    if len(lanes) >= MOST_LANES:
        full = tr(
            "No lane takes {techniques} from the knobs, and there are {most} lanes already. Under “Lanes”, tick "
            "{techniques} in one of them.",
            most=MOST_LANES,
            **_of(on),
        )
        return Adopted(said=full)
    lane = Lane(" + ".join(tr(title_of(name)) for name in on), on)
    said = tr("No lane took {techniques} from the knobs, so “{lane}” was added.", lane=lane.name, **_of(on))
    return Adopted(lane, said)


def _of(techniques: Sequence[str]) -> dict[str, str]:
    return {"techniques": joined([tr(title_of(name)) for name in techniques])}
