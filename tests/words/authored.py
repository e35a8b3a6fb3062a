"""What notebooks say: the arguments of their lessons, and what they tell the gallery."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from regviz.lab.lessons.authored import one_line
from words.sentences import WORD

TOLD = ("title", "description")
TOLD_TO_THE_GALLERY = ("chapter", "before")
"""Metadata that the gallery shows."""

ARGUMENTS: dict[str, tuple[str, ...]] = {
    "Lab": ("title",),
    "Lesson": ("claim", "question", "choices", "explain", "later"),
    "Break": ("label", "question", "choices", "explain", "later", "notes"),
    "Because": ("right", "wrong"),
}
"""What is said of a call's arguments; a break's label is its first one."""

WITH_KEYS = {"wrong"}
"""Arguments whose keys are said, too: those of the others name outcomes."""


def of_notebook(path: Path) -> Iterator[str]:
    """The texts of a notebook as the catalogues have them. Raises ValueError for one that is put together by code."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    metadata = notebook["metadata"]
    more = metadata.get("regviz", {})
    texts = [metadata.get(key, "") for key in TOLD] + [more.get(key, "") for key in TOLD_TO_THE_GALLERY]
    for cell in notebook["cells"]:
        texts += of_program("".join(cell["source"]))
    yield from (said for text in texts if WORD.search(said := one_line(text)))


def of_program(code: str) -> Iterator[str]:
    """The texts of a notebook's cell, as they stand there, in their order."""
    tree = ast.parse(code)
    names = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        kind = call.func.id  # type: ignore[attr-defined]
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if kind == "Break" and call.args:
            given["label"] = call.args[0]
        for argument in ARGUMENTS.get(kind, ()):
            if argument in given:
                yield from _texts(given[argument], names, keys=argument in WITH_KEYS)


def _texts(node: ast.expr, names: Mapping[str, ast.expr], keys: bool) -> Iterator[str]:
    if isinstance(node, ast.Name) and node.id in names:
        node = names[node.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Dict) and None not in node.keys:
        for key, value in zip(node.keys, node.values, strict=True):
            if keys and key is not None:
                yield from _texts(key, names, keys)
            yield from _texts(value, names, keys)
    else:
        raise ValueError(f"line {node.lineno}: {ast.unparse(node)} is no text that a catalogue can have")
