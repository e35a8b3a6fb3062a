"""`regviz sheet`: lessons as pages to print, each read off its notebook."""

from __future__ import annotations

import argparse
import ast
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..app import Lab

CUT_SHORT = "Stopped. Only the sheets that are named above are written."


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `regviz sheet`."""
    command.add_argument("lessons", nargs="+", metavar="NAME", help="a notebook, such as 03_l1_l2")
    command.add_argument("--answers", action="store_true", help="with answers, for the teacher (all networks train)")
    command.add_argument("--notebooks", type=Path, metavar="FOLDER", help="of notebooks (default: regviz's own)")
    command.add_argument("--to", type=Path, default=Path(), metavar="FOLDER", help="where the pages go (default: here)")


def write(names: Sequence[str], folder: Path, to: Path, *, answers: bool) -> list[Path]:
    """Write the sheet of each lesson in `folder` into the folder `to`; returns the files.

    Raises SystemExit for a notebook that is not there or shows no lesson, and for a folder that cannot be written.
    """
    if not to.is_dir():  # before all networks are trained for it
        raise SystemExit(f"The pages cannot be written: there is no folder {to}. Name another one with --to.")
    files = []
    for notebook in [found(name, folder) for name in names]:
        lab = shown(notebook)
        try:
            page = lab.sheet(answers=answers)
        except ValueError as error:
            raise SystemExit(f"{notebook.name}: {error}") from None
        finally:
            lab.close()
        file = to / f"{notebook.stem}-{'answers' if answers else 'sheet'}.html"
        try:
            file.write_text(page, encoding="utf-8")
        except OSError as error:
            raise SystemExit(f"{file} cannot be written: {error.strerror}. Name a folder with --to.") from None
        files.append(file)
        print(file, flush=True)
    return files


def found(name: str, folder: Path) -> Path:
    """Return the notebook called `name` in `folder`. Raises SystemExit, naming those that are, for another."""
    notebook = folder / f"{name.removesuffix('.ipynb')}.ipynb"
    if not notebook.is_file():
        names = ", ".join(sorted(path.stem for path in folder.glob("*.ipynb")))
        raise SystemExit(f"There is no notebook {name} in {folder}. There are: {names}")
    return notebook


def shown(notebook: Path) -> Lab:
    """Return the lab that a notebook's last line shows. Raises SystemExit for a notebook that shows none, and for a
    file that is no notebook.
    """
    from ..app import Lab

    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        code = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    except OSError as error:
        raise SystemExit(f"{notebook.name} cannot be read: {error.strerror}.") from None
    except (ValueError, LookupError, TypeError, RecursionError):  # no UTF-8, no JSON, or JSON of something else
        raise SystemExit(f"{notebook.name} is no notebook. Give one that JupyterLab opens.") from None
    names: dict[str, Any] = {"__name__": "__main__"}
    lab = None
    try:
        tree = ast.parse(code, notebook.name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, notebook.name, "exec"), names)
        if isinstance(last, ast.Expr):
            lab = eval(compile(ast.Expression(last.value), notebook.name, "eval"), names)
    except (Exception, SystemExit) as error:  # whatever a person's notebook raises
        raise SystemExit(f"{notebook.name} cannot be run: {type(error).__name__}: {error}") from None
    if not isinstance(lab, Lab):
        raise SystemExit(f"{notebook.name} shows no lab in its last line.")
    return lab
