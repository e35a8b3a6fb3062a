"""A function's docstring begins with a verb, and says in one form what it may raise ("Raises ConfigError for …")."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import regviz
from regviz import lab

RAISES = re.compile(r"\b[Rr]aises?\s+(?:what `|(?:\w+\.)*[A-Z]\w+)")
SILENT = {"NotImplementedError", "HTTPError"}
"""What only says that a class has left something out, and what is an answer to a browser."""

VERBS = """
    accept add aim allow answer ask be begin bring build call change check choose close collect compare compute connect
    count cut do draw drop end erase expect fill find fit follow forget fork frame free give go hand hang have hear hold
    ignore import interrupt keep know leave let listen log look make map mark measure move name note open order pass
    pause pick place point predict prepare print put raise read refuse remember remove reserve return reveal run say
    send serve set shade shorten show smooth speak stand start store strike sweep switch take tell threshold tick trace
    train try turn undo update wait wake warm write yield
"""
"""What docstrings begin with. A new one may join them."""

ATTRIBUTES = {"property", "cached_property", "setter"}
"""Decorators of methods that are read like attributes: their docstrings say what they are."""

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


def everywhere(package: object, look: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """What `look` finds in the sources of a package, by file."""
    folder = Path(str(getattr(package, "__file__", ""))).parent
    return {path.name: lines for path in sorted(folder.rglob("*.py")) if (lines := look(path.read_text("utf-8")))}


def verbless(source: str) -> list[str]:
    """The public functions of a module whose docstrings begin with something else than a verb."""
    found = []
    for function, _ in public(ast.parse(source)):
        said = ast.get_docstring(function) or ""
        decorators = {ast.unparse(decorator).split(".")[-1] for decorator in function.decorator_list}
        if said and function.name != "__init__" and not decorators & ATTRIBUTES:
            first = said.split()[0].rstrip(".,:")
            if not first.istitle() or first.lower() not in VERBS.split():
                found.append(f"{function.name}, line {function.lineno}: {said.splitlines()[0]}")
    return found


@pytest.mark.parametrize("package", [regviz, lab], ids=["regviz", "lab"])
def test_a_public_function_s_docstring_begins_with_a_verb(package: object) -> None:
    assert everywhere(package, verbless) == {}


def test_a_docstring_without_a_verb_is_found() -> None:
    noun = 'class A:\n    def f(self):\n        """The number of units."""\n'
    assert verbless(noun) == ["f, line 2: The number of units."]
    assert verbless(noun.replace("The", "Return the")) == []
    assert verbless(noun.replace("    def f", "    @cached_property\n    def f")) == []
    assert verbless(noun.replace("def f", "def _f")) == []


@pytest.mark.parametrize("package", [regviz, lab], ids=["regviz", "lab"])
def test_a_public_function_says_what_it_raises(package: object) -> None:
    assert everywhere(package, silent) == {}


def test_a_function_that_keeps_quiet_is_found() -> None:
    quiet = 'def f():\n    """Do."""\n    raise ValueError("x")\n'
    assert silent(quiet) == ["f, line 1"]
    assert silent(quiet.replace("Do.", "Do. Raises ValueError for everything.")) == []
    assert silent(quiet.replace("ValueError", "tornado.web.HTTPError")) == []
    assert silent(quiet.replace("def f", "def _f")) == []
