"""The one error a person meets: a value that cannot be used, and one that can."""

from __future__ import annotations


class ConfigError(ValueError):
    """An impossible value of a Config field: which field, what was given, what is allowed, what would work.

    `suggestion` is a value of that field (or a field's name, when the field itself is unknown) that would be accepted.
    """

    def __init__(self, field: str, value: object, allowed: str, suggestion: object) -> None:
        super().__init__(field, value, allowed, suggestion)
        self.field = field
        self.value = value
        self.allowed = allowed
        self.suggestion = suggestion

    def __str__(self) -> str:
        given = repr(self.value)
        if len(given) > 80:
            given = given[:77] + "..."
        return f"{self.field}={given} is not possible: {self.allowed}. Try {self.suggestion!r}."
