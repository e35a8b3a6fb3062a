"""`import regviz` loads what is asked for, and nothing before."""

import subprocess
import sys

import pytest


def printed(program):
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return found.stdout.split()


def test_import_alone_loads_no_numpy():
    assert printed("import sys, regviz; print('numpy' in sys.modules, 'dataclasses' in sys.modules)") == [
        "False",
        "False",
    ]


def test_config_and_trainer_load_nothing_that_training_can_do_without():
    """Probes, files, executors and drawings come when they are asked for, and so do the slow modules that they need."""
    slow = ["numpy.typing", "numpy.random", "concurrent.futures", "csv", "json", "zipfile", "sklearn"]
    late = [
        "probes",
        "files",
        "executors",
        "run",
        "own",
        "shapes",
        "estimator",
        "codegen",
        "data.drawing",
        "training.parked",
    ]
    names = [*slow, *(f"regviz.{name}" for name in late)]
    program = f"""
import sys
import numpy
before = set(sys.modules)
import regviz
regviz.Config, regviz.Trainer
print(*sorted(set({names}) & (set(sys.modules) - before)), "and nothing else")
"""
    assert " ".join(printed(program)) == "and nothing else"


@pytest.mark.slow
def test_every_name_is_there_by_attribute_by_from_and_in_dir():
    program = """
import regviz
names = [*regviz.__all__, "RegvizClassifier", "RegvizRegressor"]
print(set(regviz.__all__) <= set(dir(regviz)))
for name in names:
    space = {}
    exec(f"from regviz import {name}", space)
    print(space[name] is getattr(regviz, name))
"""
    assert set(printed(program)) == {"True"}


@pytest.mark.slow
def test_fit_stays_the_function_whatever_is_imported_first():
    for first in ("regviz.training.trainer", "regviz.fit", "regviz.estimator"):
        assert printed(f"import {first}, regviz; regviz.Trainer; print(callable(regviz.fit))") == ["True"]


def test_a_name_that_does_not_exist_is_an_attribute_error():
    program = """
import regviz
try:
    regviz.Nonsense
except AttributeError as error:
    print("Nonsense" in str(error))
"""
    assert printed(program) == ["True"]
