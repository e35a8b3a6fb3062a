"""What a function may raise stands in its docstring, in one form: "Raises ConfigError for …"."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import regviz
from regviz import lab

RAISES = re.compile(r"\b[Rr]aises?\s+(?:what `|(?:\w+\.)*[A-Z]\w+)")
SILENT = {"NotImplementedError", "HTTPError"}
"""What only says that a class has left something out, and what is an answer to a browser."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def public(tree: ast.AST, owner: ast.ClassDef | None = None) -> Iterator[tuple[Function, ast.ClassDef | None]]:
    """The public functions and methods of a module, each with its class; not what stands inside of a function."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public(node, node)
        elif isinstance(node, Function) and (not node.name.startswith("_") or node.name == "__init__"):
            yield node, owner


def raised(function: Function) -> set[str]:
    """The names of what a function itself raises; "" for what it passes on or has another function make."""
    names = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and node.exc is not None:
            made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            names.add(made.attr if isinstance(made, ast.Attribute) else ast.unparse(made))
    return names


def silent(source: str) -> list[str]:
    """The public functions of a module that raise something and do not say so."""
    found = []
    for function, owner in public(ast.parse(source)):
        said = ast.get_docstring(function) or ""
        inherits = not said and owner is not None  # a method without words has those of its base or protocol
        if function.name == "__init__" and owner is not None:
            said += ast.get_docstring(owner) or ""
        if raised(function) - SILENT and not inherits and not RAISES.search(said):
            found.append(f"{function.name}, line {function.lineno}")
    return found


@pytest.mark.parametrize("package", [regviz, lab], ids=["regviz", "lab"])
def test_a_public_function_says_what_it_raises(package: object) -> None:
    folder = Path(str(getattr(package, "__file__", ""))).parent
    found = {path.name: names for path in sorted(folder.rglob("*.py")) if (names := silent(path.read_text("utf-8")))}
    assert found == {}


def test_a_function_that_keeps_quiet_is_found() -> None:
    quiet = 'def f():\n    """Do."""\n    raise ValueError("x")\n'
    assert silent(quiet) == ["f, line 1"]
    assert silent(quiet.replace("Do.", "Do. Raises ValueError for everything.")) == []
    assert silent(quiet.replace("ValueError", "tornado.web.HTTPError")) == []
    assert silent(quiet.replace("def f", "def _f")) == []
