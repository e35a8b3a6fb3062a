"""What is raised when something cannot be used. Each class says what kind of thing it was; all are ValueErrors."""

from __future__ import annotations

from .language import en, tr


class RegvizError(ValueError):
    """Base of all errors that regviz raises by a name of its own."""


class ImpossibleValue(RegvizError):
    """A value that cannot be used: where it was given, what it was, what is allowed, and what would work.

    `allowed` is a clause in the present language, what is around it is said when someone reads it.

    `field` is the name of the Config field or of the argument. `suggestion` is a value that would be accepted there, or
    a name when the name itself is unknown.
    """

    def __init__(self, field: str, value: object, allowed: str, suggestion: object) -> None:
        super().__init__(field, value, allowed, suggestion)
        self.field = field
        self.value = value
        self.allowed = allowed
        self.suggestion = suggestion

    def __str__(self) -> str:
        given = " ".join(repr(self.value).splitlines())
        if len(given) > 80:
            given = given[:77] + "..."
        said = en("{field}={value} is not possible: {allowed}. Try {suggestion}.")
        works = self.suggestion
        way = f"{works.__module__}.{works.__qualname__}" if isinstance(works, type) else repr(works)
        return tr(said, field=self.field, value=given, allowed=self.allowed, suggestion=way)


class ConfigError(ImpossibleValue):
    """An impossible value of a Config field, or a field that does not exist."""


class ArgumentError(ImpossibleValue):
    """An impossible argument of a function or method."""


class DataError(ConfigError):
    """A table that cannot be used: what is wrong (`value`), what is needed (`allowed`), what to do (`suggestion`), each
    in the present language."""

    def __str__(self) -> str:
        wrong = str(self.value)
        if wrong.split(" ")[0] != self.field and " = " not in wrong:  # what names an argument is no first word
            wrong = f"{wrong[:1].upper()}{wrong[1:]}"
        return tr("{wrong}: {needed}. Try {way}.", wrong=wrong, needed=self.allowed, way=self.suggestion)


class FileError(ImpossibleValue):
    """A file that cannot be read or written: it is not there, is damaged, of a newer version, or something else."""


class RunFileError(FileError):
    """A file that cannot be read as a Run: `value` is its path, `allowed` says what is wrong with it."""

    def __str__(self) -> str:
        return f"{self.value} {self.allowed}"
