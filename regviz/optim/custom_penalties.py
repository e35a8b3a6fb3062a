"""Custom penalties: checked, then members like any other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from ..differences import asked
from ..errors import ArgumentError
from .check_penalty import check
from .penalties import L2, PENALTIES, FromFunctions, Penalty

if TYPE_CHECKING:
    from ..arrays import Array

Given = TypeVar("Given", bound=str | Penalty | type[Penalty])


def add_penalty(
    penalty: Given,
    value: Callable[[Array], Array] | None = None,
    slope: Callable[[Array], Array] | None = None,
    prox: Callable[[Array, Array], Array] | None = None,
) -> Given:
    """Add a custom penalty to this process: from then on its name is a field of Config, which holds its λ.

    penalty        a subclass of `Penalty` or an instance of one; or a name, followed by functions
    value, slope   f and f′: elementwise, from an array of weights to an array of the same shape
    prox           prox(w, t): argmin over u of ½(u − w)² + t·f(u), elementwise, if exact zeros are wanted

    Biases are not penalized, and the history's penalty contains its value. Adding another of the same name replaces it.
    Returns `penalty`, so this can decorate a class. Raises ArgumentError for anything else and for an impossible name,
    for values that are not finite or of another shape, for a value or a gradient that is not λ times what it is for
    λ = 1 or that depends on other weights, for a gradient that is not that of the value, for a `prox` that is not the
    argmin, and for equations that cannot be recorded (see `nn.trace`); TypeError if a name comes without functions.
    """
    if isinstance(penalty, str):
        PENALTIES.check_name(penalty)
        member: Penalty = FromFunctions(penalty, *functions(value, slope), prox)
    else:
        if not (isinstance(penalty, Penalty) or (isinstance(penalty, type) and issubclass(penalty, Penalty))):
            allowed = "allowed is a subclass of regviz.Penalty, an instance of one, or a name and its functions"
            raise ArgumentError("penalty", penalty, allowed, L2)
        with asked("penalty", "a class is one that is made without arguments, or give an instance of it", "Mine(0.1)"):
            member = penalty() if isinstance(penalty, type) else penalty
        PENALTIES.check_name(member.name)
        if not member.title:  # of an instance that names itself
            object.__setattr__(member, "title", member.name)
    check(member)
    PENALTIES.add(member.name, member)
    return penalty


def functions(value: Any, slope: Any) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """Return the two that a penalty by name needs. Raises TypeError if one is missing."""
    for what, function in (("value", value), ("slope", slope)):
        if not callable(function):
            raise TypeError(f"add_penalty(name, value, slope) needs {what}, a function; or give a subclass of Penalty")
    return value, slope
