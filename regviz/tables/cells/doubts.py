"""What texts look like that were read as texts: dates or numbers in a form that is not known."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .months import month_of

FEWEST, MOST_OTHERS = 2, 0.1
"""Different texts at least that are told by, and the share of them that may look otherwise."""

TOKENS = re.compile(r"\d+|[^\W\d_]+")
ERA = re.compile(r"(?:令和|平成|昭和|[RHS])\d{1,2}[年.]\d{1,2}[月.]\d{1,2}日?")
PLAIN_PAIR = re.compile(r"[<>≤≥]?\s?\d+\s?[-–/:x×]\s?\d+|\d+\+\d+")
"""Ranges, ratios, scores: two numbers that are a text for good reason."""

NUMBER = re.compile(r"\d(?:[\d.,·' ]*\d)?")
WORDS = 14
"""Letters around a number at most."""


def looks_like(texts: Sequence[str]) -> tuple[str, str]:
    """Return what most of `texts` look like, "dates" or "numbers", and one of them; ("", "") for neither."""
    if len(texts) < FEWEST:
        return "", ""
    for kind, like in (("dates", _like_a_date), ("numbers", _like_a_number)):
        found = [text for text in texts if like(text)]
        if len(texts) - len(found) <= MOST_OTHERS * len(texts):
            if kind == "numbers" and len({_shape(text) for text in found}) > max(2, len(found) // 2):
                continue
            return kind, found[0]
    return "", ""


def _like_a_date(text: str) -> bool:
    """Whether a text has a year, and a month by its name or one or two numbers that may be day and month."""
    if ERA.fullmatch(text):
        return True
    tokens = TOKENS.findall(text)
    years = [token for token in tokens if len(token) == 4 and token.isascii() and token[:2] in ("19", "20")]
    named = any(month_of(token) for token in tokens if not token.isdecimal())
    small = [token for token in tokens if token.isdecimal() and len(token) <= 3 and int(token) <= 366]
    letters = sum(len(token) for token in tokens if not token.isdecimal() and not month_of(token))
    if named and (small or years) and letters <= WORDS:
        return True
    return len(years) == 1 and text.startswith(years[0]) and len(small) >= 1 and letters <= 3 and len(tokens) <= 7


def _like_a_number(text: str) -> bool:
    """Whether a text is a number with something around it, which has a decimal sign, groups, or two digits."""
    numbers = NUMBER.findall(text)
    letters = sum(sign.isalpha() for sign in text)
    if not numbers or PLAIN_PAIR.fullmatch(text) or letters > WORDS or re.search(r"[^\W\d_]\d", text):
        return False
    start = re.match(r"[^\w\s]{0,3}\s?(?:[^\W\d_]{1,4}\.?\s)?\d", text)
    return start is not None and (len(numbers[0]) > 1 or any(len(number) > 2 for number in numbers))


def _shape(text: str) -> str:
    return NUMBER.sub("0", text)


SEVERAL = re.compile(r"[^;|,]{1,40}(?:\s?([;|,])\s?[^;|,]{1,40})(?:\s?\1\s?[^;|,]{1,40})*")


def several_answers(texts: Sequence[str]) -> tuple[str, list[str]]:
    """Return a text that holds several answers, such as "R;Python", and the answers of all `texts`; ("", []) for none.

    All answers are short words, at least one stands in several texts, and one stands alone or they change their places.
    """
    split = {text: [part.strip() for part in re.split("[;|,]", text)] for text in texts}
    joined = [text for text in texts if len(split[text]) > 1 and SEVERAL.fullmatch(text)]
    if len(joined) < 2 or any(len(parts) > 1 and text not in joined for text, parts in split.items()):
        return "", []
    answers = sorted({part for parts in split.values() for part in parts})
    several = [answer for answer in answers if sum(answer in parts for parts in split.values()) > 1]
    known = {part for text in joined for part in split[text]}
    alone = any(len(parts) == 1 and parts[0] in known for parts in split.values())
    return (joined[0], answers) if several and alone and len(answers) < len(texts) + 2 else ("", [])
