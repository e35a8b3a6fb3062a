"""The pins in constraints.txt can be installed on every Python that pyproject.toml names.

A resolution from the metadata of what is installed here, without a network: it starts at `regviz[test]` and follows
every requirement, its markers evaluated for the Python in question. Only wheels cannot be looked up this way.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MINORS = sorted(
    Version(classifier.rsplit(" ", 1)[1])
    for classifier in PROJECT["classifiers"]
    if re.fullmatch(r"Programming Language :: Python :: 3\.\d+", classifier)
)
# The first release of each minor version, and that of Debian 12.
PYTHONS = [*(f"{minor}.0" for minor in MINORS), "3.11.2"]

LINE = re.compile(r"([\w.-]+)==(\S+)")


def read_pins() -> dict[str, Version]:
    """Version by canonical name."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    matches = [LINE.fullmatch(line) for line in lines if line and not line.startswith("#")]
    assert all(matches), "every line pins one exact version"
    return {canonicalize_name(match[1]): Version(match[2]) for match in matches if match}


PINS = read_pins()


def markers(python: str) -> dict[str, str]:
    """The environment of CPython `python` on Linux, as markers see it."""
    return {
        "implementation_name": "cpython",
        "implementation_version": python,
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "python_full_version": python,
        "python_version": python.rpartition(".")[0],
        "sys_platform": "linux",
        "platform_system": "Linux",
    }


@cache
def installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def project_requirements(extra: str) -> list[str]:
    return [*PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] if extra else [])]


def requirements(name: str, extra: str, python: str) -> list[Requirement]:
    """What `name[extra]` asks for on `python`. pyproject.toml speaks for regviz: its metadata may be older."""
    found = installed(name)
    texts = project_requirements(extra) if name == "regviz" else (found.requires or []) if found else []
    asked = map(Requirement, texts)
    environment = {**markers(python), "extra": extra}
    return [one for one in asked if one.marker is None or one.marker.evaluate(environment)]


@cache
def resolve(python: str) -> tuple[set[str], list[str]]:
    """The packages of `regviz[test]` on `python`, and what is wrong with their pins."""
    waiting, seen, problems = [("regviz", "test")], set(), []
    while waiting:
        name, extra = here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        for wanted in requirements(name, extra, python):
            other = canonicalize_name(wanted.name)
            waiting += [(other, part) for part in ("", *wanted.extras)]
            if other == "regviz":
                continue
            if other not in PINS:
                problems.append(f"{name} needs {wanted}, which is not pinned")
            elif not wanted.specifier.contains(PINS[other], prereleases=True):
                problems.append(f"{name} needs {wanted}, which is pinned to {PINS[other]}")
    return {name for name, _ in seen} - {"regviz"}, problems


def test_the_readme_promises_the_pythons_of_the_classifiers_without_a_gap() -> None:
    oldest, newest = MINORS[0], MINORS[-1]
    assert PROJECT["requires-python"] == f">={oldest}"
    assert [minor.minor for minor in MINORS] == list(range(oldest.minor, newest.minor + 1))
    assert f"Python {oldest} to {newest}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_what_is_installed_here_is_what_is_pinned() -> None:
    """Otherwise the metadata below would be that of other versions; `make test` installs the pinned ones."""
    found = {name: Version(one.version) for name in PINS if (one := installed(name))}
    assert found == {name: PINS[name] for name in found}
    assert len(found) > 0.9 * len(PINS)


@pytest.mark.parametrize("python", PYTHONS)
def test_every_pinned_version_can_be_installed_on(python: str) -> None:
    refused = {
        f"{name}=={PINS[name]} requires Python {asked}"
        for name in PINS
        if (one := installed(name)) and (asked := one.metadata.get("Requires-Python"))
        if not SpecifierSet(asked).contains(python)
    }
    assert refused == set()


@pytest.mark.parametrize("python", PYTHONS)
def test_every_requirement_is_pinned_and_met_on(python: str) -> None:
    packages, problems = resolve(python)
    assert problems == []
    assert packages <= PINS.keys()
    assert len(packages) > 100


def test_no_pin_is_left_over() -> None:
    needed = set().union(*(resolve(python)[0] for python in PYTHONS))
    assert {name for name in PINS if installed(name)} - needed == set()
