"""A forked kernel's application, which touches little: each page of memory that it touches is a visitor's own.

Python counts references in the objects themselves. Whoever only lists all modules writes to a page for every one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import ipykernel.ipkernel
import IPython.core.shellapp
from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config
from traitlets.config.loader import DeferredConfigString

OPTION = re.compile(r"--([A-Za-z]\w*)\.([A-Za-z]\w*)=(.*)", re.DOTALL)
"""An option of a class, as Jupyter's server writes it."""


class SparingApp(IPKernelApp):
    """A kernel that starts without what costs memory of its own and that a visitor's page has no use for: 7 MB."""

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """Read the few options of Jupyter's server as they stand; any others in the usual way.

        That asks every class for every option it has.
        """
        found = options(argv or ())
        if found is None:
            super().parse_command_line(argv)  # type: ignore[no-untyped-call, unused-ignore]
            return
        self.argv, self.extra_args = list(argv or ()), []
        self.cli_config = found
        self.update_config(found)

    def init_kernel(self) -> None:
        """Make the kernel; it would keep the file name of every module for a debugger."""
        with no_modules_seen_by(ipykernel.ipkernel):
            super().init_kernel()

    def init_code(self) -> None:
        """Run what is to be run first; then it would keep the name of every module for `%reset --aggressive`."""
        with no_modules_seen_by(IPython.core.shellapp):
            super().init_code()
        vars(self.shell).pop("_sys_modules_keys", None)  # without it `%reset` says that it cannot


def options(argv: Sequence[str]) -> Config | None:
    """Return what `-f FILE --Class.option=value …` says; None if there is anything else in it."""
    found = Config()
    words = iter(argv)
    for word in words:
        if word == "-f" and (file := next(words, "")):
            found.IPKernelApp.connection_file = DeferredConfigString(file)
        elif match := OPTION.fullmatch(word):
            found[match[1]][match[2]] = DeferredConfigString(match[3])
        else:
            return None
    return found


class _Unlisted:
    """`sys` as it is, but for its list of modules."""

    modules: Mapping[str, ModuleType] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(sys, name, value)


@contextmanager
def no_modules_seen_by(module: ModuleType) -> Iterator[None]:
    """Let what is written in `module` see no modules in `sys.modules` meanwhile."""
    module.sys = _Unlisted()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        module.sys = sys  # type: ignore[attr-defined]
