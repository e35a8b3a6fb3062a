"""The language of what people read: English sentences are the source, a catalogue has each of them in another one.

`tr("{lane} stopped at epoch {epoch}.", lane=…, epoch=…)` says a whole sentence, `ntr("1 point", "{n} points", n)` one
that depends on a number. `en("Play")` marks a text that is made before the language is known, in a class or a constant:
it stays English, and is said by `tr` where it is shown. English loads no catalogue.

A process has one language, which `speak` sets; within `speaking`, a server's request has its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from typing import Any, Self

SOURCE = "en"
LANGUAGES = {SOURCE: "English", "de": "Deutsch", "es": "Español"}
"""Each by the name that its speakers give it."""

DOMAIN = "regviz"
CATALOGUES = Path(__file__).parent / "locale"

_of_process = [SOURCE]
_of_request: ContextVar[str | None] = ContextVar("language", default=None)


class Marked(str):
    """An English text that remembers what it was made of, so that `tr` says it in any language; see `en`."""

    __slots__ = ("fields", "text")
    text: str
    fields: dict[str, object]

    def __new__(cls, text: str, **fields: object) -> Self:
        """`text`, its places filled with `fields`; those that are Marked are said in the same language.

        What is Marked already and has no places yet may be given its `fields` here.
        """
        if isinstance(text, cls) and not fields:
            return text
        made = super().__new__(cls, text.format(**fields) if fields else text)
        made.text, made.fields = str(text), fields
        return made

    def __reduce__(self) -> Any:
        return _marked, (type(self), self.text, self.fields)


def _marked(cls: type[Marked], text: str, fields: dict[str, object]) -> Marked:
    return cls(text, **fields)


def tr(text: str, /, **fields: object) -> str:
    """Return `text` in the present language, its places {…} filled with `fields`; English where the catalogue lacks
    it.
    """
    if isinstance(text, Marked):
        told = {name: tr(field) if isinstance(field, Marked) else field for name, field in text.fields.items()}
        text, fields = text.text, {**told, **fields}
    found = _catalogue()
    said = text if found is None or not text else found.gettext(text)
    return said.format(**fields) if fields else said


def ntr(one: str, many: str, n: int, /, **fields: object) -> str:
    """Return the form that belongs to `n`, which {n} shows ("1,234") unless `fields` say how; else as `tr`."""
    found = _catalogue()
    said = (one if n == 1 else many) if found is None else found.ngettext(one, many, n)
    return said.format(**{"n": f"{n:,}", **fields})


def en(text: str, /, **fields: object) -> str:
    """Return `text` itself, its places filled with `fields`: a mark for the catalogue on what `tr` is given later."""
    return Marked(text, **fields)


def joined(parts: Sequence[str]) -> str:
    """Return parts as in a sentence: "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return tr("{first} and {last}", first=", ".join(parts[:-1]), last=parts[-1])


def language() -> str:
    """Return the present language, one of `LANGUAGES`."""
    return _of_request.get() or _of_process[0]


def speak(chosen: str) -> None:
    """Let the process speak a language from now on. Raises KeyError for one that is not among `LANGUAGES`."""
    _of_process[0] = _known(chosen)


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Speak a language in the present context alone. Raises KeyError for one that is not among `LANGUAGES`."""
    token = _of_request.set(_known(chosen))
    try:
        yield
    finally:
        _of_request.reset(token)


def catalogue(chosen: str) -> GNUTranslations | None:
    """Return all sentences in a language; None for English, and where no catalogue is installed."""
    return None if chosen == SOURCE else _read(chosen)


def asked(query: str, accepted: str = "", usual: str = SOURCE) -> str:
    """Return the language of a page: `lang=` in its query string, else the browser's first one that there is, else
    `usual`.

    `accepted` is the browser's Accept-Language header, such as "de-AT,de;q=0.9,en;q=0.8".
    """
    from urllib.parse import parse_qs  # not for those who only raise errors

    for text in parse_qs(query.removeprefix("?")).get("lang", ()):
        if (found := spelled(text)) is not None:
            return found
    ranked = []
    for place, part in enumerate(accepted.split(",")):
        tag, _, quality = part.partition(";q=")
        if (found := spelled(tag)) is not None and (weight := _weight(quality)) > 0:
            ranked.append((-weight, place, found))
    return min(ranked)[2] if ranked else usual


def of_environment(environment: Mapping[str, str]) -> str:
    """Return the language that a process is started for, by the page's request in its environment, else by
    REGVIZ_LANG.
    """
    usual = spelled(environment.get("REGVIZ_LANG", "")) or SOURCE
    return asked(environment.get("QUERY_STRING", ""), environment.get("HTTP_ACCEPT_LANGUAGE", ""), usual)


def spelled(tag: str) -> str | None:
    """Return the one of `LANGUAGES` that a tag such as "de-AT" or "DE" means; None for another one."""
    code = tag.strip().lower().replace("_", "-").split("-")[0]
    return code if code in LANGUAGES else None


def _catalogue() -> GNUTranslations | None:
    return catalogue(language())


@cache
def _read(chosen: str) -> GNUTranslations | None:
    file = CATALOGUES / chosen / "LC_MESSAGES" / f"{DOMAIN}.mo"
    if not file.is_file():
        return None
    with file.open("rb") as opened:
        return GNUTranslations(opened)


def _weight(quality: str) -> float:
    try:
        return float(quality) if quality.strip() else 1.0
    except ValueError:
        return 0.0


def _known(chosen: str) -> str:
    if chosen not in LANGUAGES:
        raise KeyError(chosen)
    return chosen
