"""Months that are written with a dot, as "01.2019" or "2019.01": read as numbers, October would be January."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from .date_forms import EPOCH

FEW = 3
"""Different texts that are all months, by which a column is told to be one of months."""

MONTH_FIRST = re.compile(r"0?(?P<month>0[1-9]|1[0-2])\.(?P<year>(?:19|20)\d\d)", re.ASCII)
"""Also "001.2019", as accounting programs count."""

YEAR_FIRST = re.compile(r"(?P<year>(?:19|20)\d\d)\.(?P<month>0[1-9]|1[0-2])", re.ASCII)


def months(texts: Sequence[str]) -> dict[str, float]:
    """Return the first day of each month as days since 1970, if all of `texts` are months, else {}."""
    for form in (MONTH_FIRST, YEAR_FIRST):
        if all(map(form.fullmatch, texts)) and len(set(texts)) >= FEW:
            found = [match for text in texts if (match := form.fullmatch(text))]
            return {one[0]: float(date(int(one["year"]), int(one["month"]), 1).toordinal() - EPOCH) for one in found}
    return {}
