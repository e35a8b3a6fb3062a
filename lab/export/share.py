"""The state of the lab as a link, and back. A link that is partly wrong still works, and says what it ignored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from urllib.parse import parse_qsl, urlencode

from regviz import Config
from regviz.config import FIELDS, parse
from regviz.data.custom import NAME, SHIPPED
from regviz.errors import ArgumentError, ConfigError, ImpossibleValue
from regviz.language import en, tr
from regviz.older import migrated
from regviz.optim.penalties import PENALTIES

from ..compare.knobs import for_data
from ..compare.lanes import (
    DEFAULT_LANES,
    MOST_LANES,
    Lane,
    one_for_all,
    usual_lanes,
    values_of,
    values_text,
    with_older_penalty,
)
from ..compare.pace import USUAL_SPEED, checked_speed
from ..compare.presets import START
from ..compare.sketch import NAME as DRAWN
from ..look.arrangement import MOST_PICTURES
from ..panels import PANELS, present_name
from .arguments import checked_language, checked_spellings

IGNORED = frozenset({"theme", "token", "seat"})
"""Fields of a link that are the page's or the server's business."""

LONGEST_LINK = 16_000
"""Characters of a link at most: there is room for eight lanes with the longest names, each sign of which may take
twelve."""

BETWEEN = "~"
"""What stands between the four parts of a lane."""


@dataclass(slots=True)
class Wish:
    """What a link asks for. `notes` are sentences about what of it could not be had.

    `lanes` and `panels` are None where the link leaves them as they are.
    """

    config: Config = START
    lanes: tuple[Lane, ...] | None = None
    panels: tuple[str, ...] | None = None
    play: bool = True
    speed: str = USUAL_SPEED
    notes: list[str] = field(default_factory=list)


def read_link(search: str, start: Config = START) -> Wish:
    """Return the query string of a page (with or without "?") as a wish; never raises for what a person may have
    typed.
    """
    wish = Wish(start)
    if len(search) > LONGEST_LINK:
        wish.notes.append(tr("The link is longer than {most} characters and was not read.", most=LONGEST_LINK))
        return wish
    texts: dict[str, str] = {}
    lanes: list[Lane] = []
    for name, text in parse_qsl(search.removeprefix("?"), keep_blank_values=True):
        try:
            if name in WORDS:
                said = WORDS[name](text)
                if name == "lane":
                    lanes.append(said)
                elif name != "lang":  # the page is in it already
                    setattr(wish, name, said)
            elif name not in IGNORED:
                texts[name] = text
        except ImpossibleValue as error:
            wish.notes.append(_note(error))
    values: dict[str, Any] = {}
    for name, text in migrated(texts).items():
        try:
            values[name] = one_for_all(name, parse(name, text))
        except ConfigError as error:
            wish.notes.append(_needs_table(text) if name == "data" and _is_own(text) else _note(error))
    if values.get("data", start.data) != start.data:
        wish.config = for_data(start, values["data"])
    try:
        wish.config = wish.config.replace(**values)
    except ConfigError:  # each value is possible, but not together: take them one by one
        for name, value in values.items():
            try:
                wish.config = wish.config.replace(**{name: value})
            except ConfigError as error:
                wish.notes.append(_note(error))
    wish.lanes = _possible(lanes, texts, wish)
    return wish


def _possible(lanes: Sequence[Lane], texts: Mapping[str, str], wish: Wish) -> tuple[Lane, ...] | None:
    """The lanes of a link that are possible with its other values; None if they are those of the start."""
    usual = usual_lanes()
    older = with_older_penalty(lanes or usual, texts)
    if not lanes and older == usual:
        return None
    found = []
    for lane in older:
        try:
            lane.config(wish.config)
        except ConfigError as error:
            wish.notes.append(_note(error))
        else:
            found.append(lane)
    if len(found) > MOST_LANES:
        wish.notes.append(tr("The link has {n} lanes; the first {most} are shown.", n=len(found), most=MOST_LANES))
    return tuple(found[:MOST_LANES]) or None


def write_link(
    config: Config,
    playing: bool = True,
    speed: str = USUAL_SPEED,
    start: Config = START,
    lanes: Sequence[Lane] | None = None,
    panels: Sequence[str] | None = None,
) -> str:
    """Return the query string that `read_link` turns back into the same state; empty for the state the lab starts in.

    Lanes and pictures are written only where they are given: leave out those that the lab starts with anyway.
    """
    usual = start if config.data == start.data else for_data(start, config.data)
    query = {
        name: kind.write(getattr(config, name))
        for name, kind in FIELDS.items()
        if (name == "data" and config.data != start.data) or getattr(config, name) != getattr(usual, name)
    }
    if not playing:
        query["play"] = "0"
    if speed != USUAL_SPEED:
        query["speed"] = speed
    pairs = list(query.items())
    if panels is not None:
        pairs.append(("panels", ",".join(panels)))
    pairs += [("lane", _lane_text(lane)) for lane in lanes or ()]
    return urlencode(pairs)


def _lane_text(lane: Lane) -> str:
    """A lane in a link: name, techniques, own values and colour, with `BETWEEN` between them.

    Parts that are empty at the end are left out, unless the name has that sign: then there are all four.
    """
    values = values_text(lane.fixed).replace(", ", ";")
    text = BETWEEN.join([lane.name, ".".join(lane.uses), values, lane.color or ""])
    return text if BETWEEN in lane.name else text.rstrip(BETWEEN)


def _lane(text: str) -> Lane:
    name, uses, own, color = (*text.rsplit(BETWEEN, 3), "", "", "")[:4]
    techniques = tuple(use for use in uses.split(".") if use)
    values = values_of(own)
    try:
        return Lane(name, techniques, values, color or None)
    except ArgumentError as error:
        allowed, suggestion = tr("a lane is name~techniques~own values~colour"), _lane_text(DEFAULT_LANES[1])
        raise ArgumentError(
            "lane", text, tr("{rule}: {wrong}", rule=allowed, wrong=error.allowed), suggestion
        ) from None


def _panels(text: str) -> tuple[str, ...]:
    try:
        return checked_spellings(list(dict.fromkeys(map(present_name, text.split(",")))))
    except ArgumentError:
        said = en("allowed are up to {most} of {names}, with commas between them")
        allowed = tr(said, most=MOST_PICTURES, names=", ".join(PANELS))
        raise ArgumentError("panels", text, allowed, "loss,weights") from None


def _yes_or_no(text: str) -> bool:
    if text not in ("0", "1"):
        raise ArgumentError("play", text, tr("allowed is 0 (hold) or 1 (play)"), "0")
    return text == "1"


WORDS: dict[str, Callable[[str], Any]] = {
    "play": _yes_or_no,
    "speed": checked_speed,
    "panels": _panels,
    "lane": _lane,
    "lang": checked_language,
}
"""What a link says besides Config fields, and how each is read; no penalty may be called so."""

PENALTIES.reserve({*WORDS, *IGNORED})


ALIKE = 0.75
"""How like a shipped name a typo is, as difflib measures it: "moon" and "digit" are, "two_kinds" is no "twins"."""


def _is_own(name: str) -> bool:
    """Whether `name` may be that of a table which someone added; one that is nearly a shipped name is rather a typo."""
    return NAME.fullmatch(name) is not None and not get_close_matches(name, SHIPPED, 1, ALIKE)


def _needs_table(name: str) -> str:
    drawn = en(
        "Ignored from the link: data={name} needs drawn points that a link cannot carry. Try the experiment's file "
        "instead: it has drawn points, and is opened under Take away."
    )
    table = en(
        "Ignored from the link: data={name} needs a table that a link cannot carry. Try the experiment's file "
        "instead: it has the table, and is opened under Take away."
    )
    return tr(drawn if name.startswith(DRAWN) else table, name=repr(name))


def _note(error: ImpossibleValue) -> str:
    return tr("Ignored from the link: {error}", error=error)
