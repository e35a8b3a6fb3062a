"""What a definition reads of the module around it, and whether its source says all that it is."""

from __future__ import annotations
import __future__

import ast
import dis
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import numpy as np

FLAGS = __future__.annotations.compiler_flag
"""Annotations are not evaluated, as in the program."""


OPERATIONS = ("BINARY_OP", "COMPARE_OP", "UNARY_NEGATIVE", "LOAD_SMALL_INT")


class NoSource(Exception):
    """Something whose source cannot be had, and why."""


class Source(NamedTuple):
    """The text of a definition, and where it stands: its file and its first line there."""

    text: str
    file: str
    first: int


def globals_read(text: str) -> set[str]:
    """Return the names that a definition looks up in its module, or among what is built in. Raises NoSource for code
    that cannot stand alone.
    """
    tree = _parsed(text)
    if any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree)):
        raise NoSource("it imports from the package that it is in, which a program is not")
    return {name for name in _looked_up(compile(tree, "", "exec", FLAGS)) if not _is_dunder(name)}


def _looked_up(code: CodeType) -> Iterator[str]:
    """Names that code, or the functions and classes in it, take from outside: the compiler has told scopes apart.

    A class body looks among its own names first, so that those count that it has not bound by then.
    """
    bound = set[str]()
    for instruction in dis.get_instructions(code):
        if instruction.opname == "STORE_NAME":
            bound.add(instruction.argval)
        elif instruction.opname == "LOAD_GLOBAL" or (
            instruction.opname in ("LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS") and instruction.argval not in bound
        ):
            yield instruction.argval
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _looked_up(part)


def check_alone(thing: Any, source: Source, space: dict[str, Any]) -> None:
    """Raise NoSource unless the source of a class or function, with the names of its module (`space`), is all of it.

    What its functions see of a function around them is not in the source, nor is what was changed afterwards.
    """
    for function in _functions(thing):
        for name in function.__code__.co_freevars:
            if name != "__class__":
                raise NoSource(f"{thing.__name__} refers to {name}, which is not at the top of its module")
    (node,) = _parsed(source.text).body
    if not isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        return  # a lambda, which is no definition
    decorated, node.decorator_list = bool(node.decorator_list), []
    found: dict[str, Any] = dict(space)
    try:
        exec(compile(ast.Module([node], []), source.file, "exec", FLAGS), found)
    except Exception as error:
        raise NoSource(f"its source cannot be run at the top of its module ({error})") from None
    twin = found[node.name]
    if isinstance(thing, type):
        for name in _changed(thing, twin, decorated=decorated):
            raise NoSource(f"{thing.__name__}.{name} is not what its source says, as where it was set afterwards")
        for name, function in vars(thing).items():
            if isinstance(function, FunctionType) and not _stands_in(function, vars(twin).get(name), source):
                raise NoSource(f"{thing.__name__}.{name} is a function from elsewhere, set afterwards")
    elif not _alike(inspect.unwrap(thing), twin):
        raise NoSource(f"{thing.__name__} is not what its source says by now")


def _stands_in(function: FunctionType, twin: Any, source: Source) -> bool:
    """Whether a function of a class stands where its twin, made of the source, says; one of a decorator has no twin."""
    if not isinstance(twin, FunctionType):
        return True
    code, line = function.__code__, twin.__code__.co_firstlineno
    return (code.co_filename, code.co_firstlineno) == (source.file, source.first + line - 1)


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError:
        raise NoSource("its source is a part of a longer statement") from None


def _attributes(cls: type) -> dict[str, Any]:
    """What a class has, but for what evaluates its annotations: the program does not."""
    return {name: value for name, value in vars(cls).items() if not name.startswith("__annotate")}


def _functions(thing: Any) -> Iterator[FunctionType]:
    for part in _attributes(thing).values() if isinstance(thing, type) else (thing,):
        for function in (getattr(part, "__func__", part), *(getattr(part, name, None) for name in ("fget", "fset"))):
            if isinstance(function := inspect.unwrap(function), FunctionType):
                yield function


def _changed(cls: type, written: type, *, decorated: bool) -> Iterator[str]:
    """Attributes of a class that are others in the class that its source makes; a decorator may have added some."""
    mine, its = _attributes(cls), _attributes(written)
    for name, value in mine.items():
        if _is_dunder(name) and not isinstance(value, FunctionType):
            continue
        if name not in its:
            if not decorated:
                yield name
        elif not _alike(value, its[name]):
            yield name
    yield from (name for name in its if name not in mine and not _is_dunder(name))


def _alike(one: Any, other: Any) -> bool:
    """Whether two values are the same: functions by their code, and what cannot be compared by its type."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, FunctionType):
        defaults = (one.__defaults__, one.__kwdefaults__), (other.__defaults__, other.__kwdefaults__)
        return _alike_code(one.__code__, other.__code__) and _alike(*defaults)
    if isinstance(one, (staticmethod, classmethod)):
        return _alike(one.__func__, other.__func__)
    if isinstance(one, property):
        return all(_alike(getattr(one, name), getattr(other, name)) for name in ("fget", "fset", "fdel"))
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, str):  # the source of what was indented is not
        return inspect.cleandoc(one) == inspect.cleandoc(str(other))
    if isinstance(one, type) or not any("__eq__" in vars(base) for base in type(one).__mro__[:-1]):
        return True
    return bool(np.all(one == other)) or bool(np.all((one != one) & (other != other)))  # NaN is not equal to NaN


def _alike_code(one: CodeType, other: CodeType) -> bool:
    """Whether two functions have the same names, constants and operations. Their bytes may differ: a method is called
    otherwise where its module imports what it is of.
    """
    pairs = list(zip(one.co_consts, other.co_consts, strict=False))
    return (
        (one.co_names, one.co_varnames, len(one.co_consts)) == (other.co_names, other.co_varnames, len(other.co_consts))
        and _operations(one) == _operations(other)
        and all(_alike_code(a, b) for a, b in pairs if isinstance(a, CodeType) and isinstance(b, CodeType))
        and all(_alike(a, b) for a, b in pairs if not isinstance(a, CodeType))
    )


def _operations(code: CodeType) -> list[tuple[str, int | None]]:
    return [(step.opname, step.arg) for step in dis.get_instructions(code) if step.opname in OPERATIONS]


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
