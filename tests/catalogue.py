"""The catalogues of sentences: what the packages say is gathered, and merged by Babel into what was translated before.

`make words` writes regviz/locale/*/LC_MESSAGES/regviz.po and .mo anew; `python tests/catalogue.py --check` only says
what would change.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from regviz.lab.look.style import texts
from regviz.language import CATALOGUES, DOMAIN, LANGUAGES, SOURCE
from words import sentences
from words.authored import of_notebook

ROOT = Path(__file__).resolve().parents[1]

KEYWORDS = {"tr": 1, "en": 1, "ntr": 2}
"""The calls that say something, and how many of their first arguments do."""

HEADERS = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")


class Sentences(Catalog):
    """A catalogue whose header says what programs need, and nothing that changes by itself (dates, Babel's version)."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:  # type: ignore[override]
        """The header's lines."""
        return [(field, value) for field, value in self._get_mime_headers() if field in HEADERS]


def files() -> list[Path]:
    """All that may say something: the modules of both packages, scripts and templates of pages, and the notebooks."""
    kinds = (".py", ".js", ".html", ".j2")
    found = [path for folder in ("regviz", "lab") for path in (ROOT / folder).rglob("*") if path.suffix in kinds]
    return sorted([*found, *(ROOT / "notebooks").glob("*.ipynb")])


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def of_file(path: Path) -> Iterator[str | tuple[str, str]]:
    """The texts of a file, plurals as pairs. A picture's own first line is what the menu says of it.

    Babel's own readers miss calls inside of f-strings, and lose their way in scripts with markup.
    """
    if path.suffix == ".ipynb":
        yield from of_notebook(path)
        return
    code = path.read_text(encoding="utf-8")
    if path.suffix != ".py":  # as the page finds them
        yield from ((one, many) if many else one for one, many in texts(code))
        return
    pictures = name(path).startswith("lab/panels/")
    if not (pictures or sentences.says(code)):  # most of the engine, and reading it takes a while
        return
    calls = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            said = [part.value for part in node.args[: KEYWORDS[node.func.id]] if isinstance(part, ast.Constant)]
            if len(said) == KEYWORDS[node.func.id]:
                calls.append((node.lineno, node.col_offset, said))
        if isinstance(node, ast.ClassDef) and pictures and _is_picture(node) and (about := ast.get_docstring(node)):
            calls.append((node.lineno, 0, [about.splitlines()[0]]))
    for _, _, said in sorted(calls):
        yield said[0] if len(said) == 1 else (said[0], said[1])


def _is_picture(node: ast.ClassDef) -> bool:
    targets = [part.target for part in node.body if isinstance(part, ast.AnnAssign) and part.value is not None]
    return any(isinstance(target, ast.Name) and target.id == "name" for target in targets)


def template() -> Catalog:
    """Everything that is said, each with the files that say it."""
    catalog = Sentences(domain=DOMAIN, charset="utf-8")
    for path in files():
        for text in of_file(path):
            catalog.add(text, locations=[(name(path), 0)])
    return catalog


def place(language: str, suffix: str = ".po") -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}{suffix}"


def committed(language: str) -> Catalog:
    """The catalogue of a language as it is in the repository."""
    with place(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def merged(language: str, said: Catalog) -> Catalog:
    """The catalogue of a language with all that is `said` now, and nothing else; what is new has no translation yet."""
    fresh = Sentences(locale=language, domain=DOMAIN, charset="utf-8", fuzzy=False)
    known = committed(language) if place(language).is_file() else fresh
    for message in said:
        if message.id:
            before = known.get(message.id)
            string = before.string if before is not None and _alike(before.id, message.id) else None
            fresh.add(message.id, string, locations=message.locations)
    fresh.header_comment = f"# {LANGUAGES[language]} of regviz. `make words` brings it up to date."
    return fresh


def _alike(one: object, other: object) -> bool:
    return isinstance(one, str) == isinstance(other, str)


def po(catalog: Catalog) -> bytes:
    """A catalogue as text. Places have no line numbers: they would change with every other change."""
    into = BytesIO()
    write_po(into, catalog, width=110, include_lineno=False, sort_by_file=True, ignore_obsolete=True)
    return into.getvalue()


def mo(catalog: Catalog) -> bytes:
    """A catalogue as programs read it."""
    into = BytesIO()
    write_mo(into, catalog)
    return into.getvalue()


def main() -> None:
    said = template()
    print(f"{len(said)} sentences")
    for language in LANGUAGES:
        if language == SOURCE:
            continue
        catalog = merged(language, said)
        files = {place(language): po(catalog), place(language, ".mo"): mo(catalog)}
        changed = [file.name for file, content in files.items() if not file.is_file() or file.read_bytes() != content]
        lacks = sum(1 for message in catalog if message.id and not is_translated(message.string))
        print(
            f"{language}: {lacks} without a translation; {'changed: ' + ', '.join(changed) if changed else 'as it was'}"
        )
        if "--check" not in sys.argv:
            for file, content in files.items():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)


def is_translated(string: object) -> bool:
    """Whether all forms of a text are there."""
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


if __name__ == "__main__":
    main()
