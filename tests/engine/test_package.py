"""The package: what it exports and what it imports."""

import subprocess
import sys

import pytest

import regviz


def test_exported_names():
    assert sorted(regviz.__all__) == [
        "Activation",
        "ArgumentError",
        "Config",
        "ConfigError",
        "DATASETS",
        "DataError",
        "DatasetInfo",
        "Drawing",
        "FileError",
        "History",
        "LIVE_FIELDS",
        "ModelSnapshot",
        "Optimizer",
        "Penalty",
        "RegvizError",
        "Run",
        "Snapshot",
        "Split",
        "Stack",
        "Table",
        "TableError",
        "Trainer",
        "add_activation",
        "add_data",
        "add_drawing",
        "add_optimizer",
        "add_penalty",
        "add_table",
        "fit",
        "load",
        "parse",
        "probes",
        "read_drawing",
        "read_table",
        "remove_activation",
        "remove_data",
        "remove_optimizer",
        "remove_penalty",
    ]
    assert all(hasattr(regviz, name) for name in regviz.__all__)


def test_the_engine_imports_numpy_and_nothing_that_draws():
    program = """
import sys
before = set(sys.modules)  # what the interpreter's own start-up hooks loaded
import regviz
run, = regviz.fit([regviz.Config(n_train=20)], epochs=1)
run.test_loss, regviz.Config.from_query(run.config.to_query())
outside = {name.partition(".")[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)
outside -= {"cython_runtime"}  # no package: NumPy's own compiled modules register it
print(sorted(name for name in outside if not name.startswith("_")))
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "['numpy', 'regviz']"


@pytest.mark.slow
def test_scikit_learn_is_imported_only_for_its_own_data():
    program = """
import sys
import regviz
for name, info in regviz.DATASETS.items():
    config = regviz.Config(data=name)
    if info.generated:
        regviz.load(config)
print("sklearn" in sys.modules)
regviz.load(regviz.Config(data="wine"))
print("sklearn" in sys.modules)
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "True"]
