"""Who may know whom: notebooks → lab → pictures → engine → NumPy, and nothing asked of other machines."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

ENGINE = sorted((ROOT / "regviz").rglob("*.py"))
LAB = sorted((ROOT / "lab").rglob("*.py"))
PANELS = sorted((ROOT / "lab" / "panels").rglob("*.py"))
NOTEBOOKS = sorted(p for p in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
PAGES = sorted(p for p in (ROOT / "lab").rglob("*") if p.suffix in (".js", ".css", ".html", ".j2", ".svg"))

# The one kind of web address a page may carry: the names of XML languages.
NAMESPACES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink", "http://www.w3.org/1999/xhtml")

# numpy.random's module-level functions share one hidden state.
SEEDED = {"default_rng", "Generator", "SeedSequence", "BitGenerator", "PCG64", "Philox"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def offenders(paths: Iterable[Path], look: Callable[[Path], list[str]]) -> dict[str, list[str]]:
    """What a rule has to say against each file that breaks it."""
    return {name(path): found for path in paths if (found := look(path))}


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(text(path))))


def imports(path: Path) -> Iterator[str]:
    """Absolute names of the modules that a file imports anywhere, relative ones resolved."""
    folders = path.relative_to(ROOT).parts[:-1]
    package = ".".join(folders if folders[0] == "regviz" else ("regviz", *folders))
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def reaches(path: Path, *forbidden: str) -> list[str]:
    return sorted({m for m in imports(path) for f in forbidden if m == f or m.startswith(f"{f}.")})


def attributes(path: Path) -> Iterator[str]:
    """Every dotted name that a file uses."""
    return (ast.unparse(node) for node in nodes(path) if isinstance(node, ast.Attribute))


def test_every_kind_of_file_was_found() -> None:
    """A rule about no files would always hold."""
    for paths in (ENGINE, LAB, PANELS, NOTEBOOKS, PAGES):
        assert len(paths) >= 9


def test_engine_knows_nothing_that_draws_and_not_the_lab() -> None:
    forbidden = ("matplotlib", "ipywidgets", "anywidget", "IPython", "traitlets", "regviz.lab")
    assert offenders(ENGINE, lambda path: reaches(path, *forbidden)) == {}


def test_importing_the_engine_loads_numpy_and_nothing_that_draws_or_waits() -> None:
    heavy = ("matplotlib", "ipywidgets", "anywidget", "IPython", "sklearn", "scipy", "regviz.lab")
    code = f"import sys, regviz; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent)
    assert done.stdout.strip() == "[]"


def test_a_picture_knows_matplotlib_and_a_snapshot_only() -> None:
    rooms = ("app", "canvas", "compare.knobs", "compare.session", "controls", "lessons", "page.player", "page.screen")
    forbidden = (
        "regviz.training.trainer",
        "regviz.training.stack",
        "regviz.fit",
        "regviz.Trainer",
        "regviz.Stack",
        "regviz.fit",
    )
    widgets = ("ipywidgets", "anywidget", "traitlets", "IPython")
    closed = (*forbidden, *widgets, *(f"regviz.lab.{room}" for room in rooms))
    assert offenders(PANELS, lambda path: reaches(path, *closed)) == {}


def test_no_pyplot_no_rc_parameters_and_no_hidden_randomness() -> None:
    def found(path: Path) -> list[str]:
        used = list(attributes(path))
        hidden = [a for a in used if re.fullmatch(r"(np|numpy)\.random\.\w+", a) and a.rsplit(".", 1)[1] not in SEEDED]
        state = [a for a in used if a in ("matplotlib.rcParams", "mpl.rcParams", "plt.show")]
        return [*reaches(path, "matplotlib.pyplot", "pylab", "matplotlib.rcParams", "random"), *hidden, *state]

    assert offenders([*ENGINE, *LAB], found) == {}


def test_the_lab_uses_relative_imports_inside() -> None:
    """mypy checks it under its folder's name, where `regviz.lab` does not exist."""

    def absolute(path: Path) -> list[str]:
        named = [n.module for n in nodes(path) if isinstance(n, ast.ImportFrom) and n.level == 0 and n.module]
        return [module for module in named if module == "lab" or module.startswith(("lab.", "regviz.lab"))]

    assert offenders(LAB, absolute) == {}


def test_notebooks_are_thin_titled_and_carry_no_outputs() -> None:
    def found(path: Path) -> list[str]:
        notebook = json.loads(text(path))
        metadata = notebook["metadata"]
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        rules = {
            "no title": not metadata.get("title"),
            "no description": not metadata.get("description"),
            "another kernel": metadata["kernelspec"]["name"] != "python3",
            "widgets": "widgets" in metadata,
            "outputs": any(cell["outputs"] for cell in code),
            "executed": any(cell["execution_count"] is not None for cell in code),
        }
        return [rule for rule, broken in rules.items() if broken]

    assert offenders(NOTEBOOKS, found) == {}


def test_pages_ask_nothing_of_other_machines() -> None:
    def asked(path: Path) -> list[str]:
        page = text(path)
        for namespace in NAMESPACES:
            page = page.replace(namespace, "")
        addresses = re.findall(r"(?:https?:)?//(?:[\w-]+\.)+[a-z]{2,}[^\s\"')]*", page)
        return [*addresses, *re.findall(r"@import[^;]*", page)]

    assert offenders(PAGES, asked) == {}


def test_no_path_of_one_machine() -> None:
    pattern = r"(?<![\w.])/(?:home|root|Users|work|tmp|opt)/\w+"
    assert offenders([*ENGINE, *LAB, *NOTEBOOKS, *PAGES], lambda path: re.findall(pattern, text(path))) == {}


def test_every_package_is_installed() -> None:
    """A subpackage that pyproject.toml does not list would be missing from the wheel, not from a checkout."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(project["tool"]["setuptools"]["packages"])
    folders = {path.parent.relative_to(ROOT) for path in ENGINE + LAB}
    found = {".".join(f.parts) if f.parts[0] == "regviz" else ".".join(["regviz", *f.parts]) for f in folders}
    assert found - listed == set()


# -- rooms

ENGINE_FLOORS = (
    ("language",),
    ("errors", "arrays", "limits", "masked", "randomness", "spans", "words"),
    ("differences", "fields", "memory", "older"),
    ("registry",),
    ("field_table",),
    ("nn",),
    ("optim",),
    ("tables",),
    ("data", "specifications"),
    ("config",),
    ("training",),
    ("probes",),
    ("files",),
    ("run",),
    ("members", "executors"),
    ("fit",),
    ("codegen", "estimator_rows"),
    ("estimator",),
    ("",),
)
TABLE_FLOORS = (
    ("errors", "columns", "notes"),
    ("names",),
    ("how", "choices", "encoder", "parts"),
    ("cells",),
    ("judging",),
    ("lines",),
    ("files",),
    ("table",),
    ("record",),
    ("read",),
    ("",),
)
SERVE_FLOORS = (
    ("absent", "figures", "folders", "listening", "nodelay", "printing", "saying", "settings"),
    ("lab_server", "pages"),
    ("access",),
    ("hall",),
    ("connections",),
    ("kernels",),
    ("sessions", "sockets"),
    ("routes",),
    ("server", "doors"),
    ("cli",),
    ("",),
)
LAB_FLOORS = (
    ("look",),
    ("compare",),
    ("panels",),
    ("canvas",),
    ("lessons",),
    ("page", "export"),
    ("controls",),
    ("for_notebooks",),
    ("app",),
    ("",),
)
"""Rooms, lowest first: a module imports from lower floors and from its own room. "" is the package itself. The lab's
`serve` stands apart: it serves pages, and knows nothing of what is on them but how they are dressed, and how pixels
are written, because a hall gets them from it."""

SERVE_KNOWS = ("app", "look", "canvas.encode", "compare.guest")
"""The rooms and modules of the lab that `serve` may import; by the last a kernel knows whom it serves."""


def modules() -> dict[str, Path]:
    """Every module of both packages by its name."""
    found = {}
    for path in ENGINE + LAB:
        parts = path.relative_to(ROOT).with_suffix("").parts
        named = parts if parts[0] == "regviz" else ("regviz", *parts)
        found[".".join(named).removesuffix(".__init__")] = path
    return found


def graph() -> dict[str, set[str]]:
    """What each module imports of both packages: at its top, later, or for type checkers alone."""
    found = modules()
    edges: dict[str, set[str]] = {}
    for module, path in found.items():
        edges[module] = set()
        package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
        for node in nodes(path):
            if isinstance(node, ast.Import):
                edges[module] |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
                source = ".".join(filter(None, [base, node.module]))
                whole = {f"{source}.{alias.name}" for alias in node.names}
                edges[module] |= whole & set(found) if whole & set(found) else {source}
        edges[module] = (edges[module] & set(found)) - {module}
    return edges


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules each of which reaches all others of its group."""

    def reached(start: str) -> set[str]:
        seen, waiting = set[str](), [start]
        while waiting:
            new = edges[waiting.pop()] - seen
            seen |= new
            waiting += new
        return seen

    reach = {module: reached(module) for module in edges}
    groups = {frozenset({module, *(m for m in its if module in reach[m])}) for module, its in reach.items()}
    return sorted(sorted(group) for group in groups if len(group) > 1)


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(graph()) == []


def upward(package: str, floors: tuple[tuple[str, ...], ...]) -> list[str]:
    """Imports within a package that do not lead to a lower floor; the servers, on the roof, know `SERVE_KNOWS`."""
    place = {room: floor for floor, rooms in enumerate(floors) for room in rooms}

    def room(module: str) -> str:
        return module.removeprefix(package).lstrip(".").split(".")[0]

    inside = {module for module in modules() if f"{module}.".startswith(f"{package}.")}
    if package == "regviz":
        inside = {module for module in inside if not module.startswith("regviz.lab")}
    assert {room(module) for module in inside} - {"serve"} == set(place)
    return [
        f"{module} imports {other}"
        for module, its in sorted(graph().items())
        for other in sorted(its)
        if {module, other} <= inside and room(module) != room(other)
        if (
            not {room(other), other.removeprefix(f"{package}.")} & set(SERVE_KNOWS)
            if room(module) == "serve"
            else place.get(room(other), len(floors)) >= place[room(module)]
        )
    ]


def test_rooms_of_the_engine_import_downward_only() -> None:
    assert upward("regviz", ENGINE_FLOORS) == []


def test_rooms_for_tables_import_downward_only() -> None:
    assert upward("regviz.tables", TABLE_FLOORS) == []


def test_rooms_of_the_servers_import_downward_only() -> None:
    assert upward("regviz.lab.serve", SERVE_FLOORS) == []


def test_rooms_of_the_lab_import_downward_only() -> None:
    assert upward("regviz.lab", LAB_FLOORS) == []
