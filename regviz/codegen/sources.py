"""The source of custom members (penalties, optimizers, activations), with all that it refers to."""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import sys
import textwrap
from collections.abc import Iterable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from ..config import FIELDS, Config
from ..errors import ConfigError
from ..members import custom_members
from ..optim.penalties import FromFunctions, Penalty
from .scopes import NoSource, Source, check_alone, globals_read

WAY_OUT = "define it at the top of a module or of a notebook's cell, as a class that refers to nothing but imports"


def preamble(configs: Iterable[Config]) -> str:
    """Return the imports of a program, and what it must define and add before it can name the Configs.

    Raises ConfigError, by the field and with a way out, for a member that a program cannot contain.
    """
    found, added = Sources(), dict[str, None]()
    for kind, name, member, field, value in custom_members(configs):
        try:
            added[found.adding(kind, name, member)] = None
        except NoSource as error:
            allowed = f"a program cannot contain this {kind}: {error}; {WAY_OUT}"
            raise ConfigError(field, value, allowed, FIELDS[field].default) from None
    imports = "\n".join(sorted(found.imports))
    if not added:
        return f"{imports}\n"
    return "\n".join(["from __future__ import annotations", "", imports, *found.blocks.values(), "", *added, ""])


OWN_NAMES = ("config", "run", "base", "lanes", "runs", "name", "column", "_")
"""What programs bind before or while networks train or answer. A member's global of that name would be another one."""


class Sources:
    """Import lines, and blocks of code by the name that each defines, in an order in which they can be run."""

    def __init__(self) -> None:
        self.imports = {"import regviz as rv"}
        self.blocks: dict[str, str] = {}
        self._meant: dict[str, Any] = {"rv": sys.modules["regviz"], **{name: None for name in OWN_NAMES}}

    def adding(self, kind: str, name: str, member: Any) -> str:
        """Return the line that adds a custom member, once all that it needs is among `imports` and `blocks`.

        Raises NoSource if its class alone does not make it.
        """
        if isinstance(member, FromFunctions):
            given = [member.f, member.slope, *([member.prox] if member.prox is not None else [])]
            return f"rv.add_penalty({', '.join([repr(name).replace(chr(39), chr(34)), *map(self.name, given)])})"
        if isinstance(member, Penalty):
            if vars(member):
                raise NoSource(f"it was made with {', '.join(vars(member))}, which its class does not know")
            return f"rv.add_penalty({self.name(type(member))})"
        return f"rv.add_{kind}({self.name(member)})"

    def name(self, thing: Any) -> str:
        """Return the name of a class or function in the program. Raises NoSource for what has none, as a lambda."""
        name = str(getattr(thing, "__name__", ""))
        if not isinstance(thing, (type, FunctionType, np.ufunc)) or not name.isidentifier():
            raise NoSource(f"{name or thing!r} has no name by which it can be defined")
        self._mean(name, thing)
        if isinstance(thing, np.ufunc):
            self.imports.add(f"from numpy import {name}")
        elif name not in self.blocks:
            self._define(name, thing)
        return name

    def _mean(self, name: str, thing: Any) -> None:
        """Have `name` mean one thing in the whole program. Raises NoSource if it means another one already."""
        meant = self._meant.setdefault(name, thing)
        if name in OWN_NAMES:
            raise NoSource(f"it refers to {name}, which programs use themselves")
        if meant is not thing and not (type(meant) is type(thing) and _is_constant(thing) and meant == thing):
            raise NoSource(f"two different things are called {name}")

    def _define(self, name: str, thing: Any) -> None:
        self.blocks[name] = ""  # two that refer to each other end here
        found, its = source(thing), inspect.unwrap(thing)
        space = its.__globals__ if isinstance(its, FunctionType) else vars(sys.modules[its.__module__])
        check_alone(thing, found, space)
        for other in sorted(globals_read(found.text) - {name}):
            if other in space:
                self._provide(other, space[other], its.__module__)
            elif not hasattr(builtins, other):
                raise NoSource(f"{name} refers to {other}, which is not at the top of its module")
        del self.blocks[name]  # behind all that it needs
        self.blocks[name] = f"\n\n{found.text.rstrip()}"

    def _provide(self, name: str, value: Any, module: str) -> None:
        """See to it that `name` means `value` in the program too."""
        self._mean(name, value)
        if isinstance(value, ModuleType):
            alias = "" if value.__name__ == name else f" as {name}"
            self.imports.add(f"import {value.__name__}{alias}")
        elif _is_constant(value):
            self.blocks.setdefault(name, f"\n{name} = {value!r}")
        elif getattr(value, "__module__", None) in (module, "__main__") and hasattr(value, "__name__"):
            if name not in self.blocks:
                self._define(name, value)
        elif (origin := _importable(value)) is not None:
            alias = "" if value.__name__ == name else f" as {name}"
            self.imports.add(f"from {origin} import {value.__name__}{alias}")
        else:
            raise NoSource(f"it refers to {name}, a {type(value).__name__}, which cannot be written down")


def _is_constant(value: Any) -> bool:
    """Whether a value is written down by what Python shows of it: an infinite one is not."""
    if not isinstance(value, (bool, int, float, str, tuple, type(None))):
        return False
    try:
        return bool(ast.literal_eval(repr(value)) == value)
    except (ValueError, SyntaxError):
        return False


def source(thing: Any) -> Source:
    """Return the source of a class or function, also of one from a notebook's cell. Raises NoSource."""
    try:
        if isinstance(thing, type) and (found := _class_source(thing)) is not None:
            return found
        lines, first = inspect.getsourcelines(thing)
        return Source(textwrap.dedent("".join(lines)), inspect.getsourcefile(thing) or "", first)
    except (OSError, TypeError, SyntaxError, IndentationError):
        raise NoSource(f"the source of {thing.__name__} cannot be had, as in a bare Python prompt") from None


def _class_source(cls: type) -> Source | None:
    """By way of a method, which knows its file: `inspect` does not find the classes of notebooks before Python 3.13."""
    for part in vars(cls).values():
        code = getattr(getattr(part, "__func__", part), "__code__", None)
        if code is None:
            continue
        lines = linecache.getlines(code.co_filename)
        for node in ast.walk(ast.parse("".join(lines))):
            if isinstance(node, ast.ClassDef) and node.name == cls.__name__ and node.end_lineno is not None:
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                if first <= code.co_firstlineno <= node.end_lineno:
                    return Source(textwrap.dedent("".join(lines[first - 1 : node.end_lineno])), code.co_filename, first)
    return None


def _importable(value: Any) -> str | None:
    """The module that `value` can be imported from, by its own name."""
    name = getattr(value, "__name__", None)
    for module in (getattr(value, "__module__", None), "numpy" if isinstance(value, np.ufunc) else None):
        if module in sys.modules and name is not None and getattr(sys.modules[module], name, None) is value:
            return str(module)
    return None
