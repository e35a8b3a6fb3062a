"""The source in a regviz program: names mean what they mean where a class was written, or the program is refused."""

import linecache
import subprocess
import sys
from itertools import count
from types import ModuleType

import numpy as np
import pytest

import regviz as rv
from regviz.codegen import program

CONFIG = rv.Config(n_train=30, hidden=(4,), epochs=3)
NUMBERS = count()


@pytest.fixture
def written():
    """A function that makes a module of a text."""
    names = []

    def write(text):
        name = f"written_{next(NUMBERS)}"
        module = sys.modules[name] = ModuleType(name)
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        exec(compile(text, name, "exec"), vars(module))
        names.append(name)
        return module

    yield write
    for name in names:
        del sys.modules[name], linecache.cache[name]


IMPORTS = "import numpy as np\nimport regviz as rv\n"

SQUARE = """
class Mine(rv.Penalty):
    name = "mine"
{more}
    def value(self, w, lam):
        return lam * {f}

    def gradient(self, w, lam):
        return lam * {slope}
"""

TANH = """
class Mine(rv.Activation):
    name = "mine"
{more}
    def f(self, z):
{body}

    def slope(self, z, y):
        return {slope}
"""


def penalty(before="", more="", f="w**2", slope="2 * w"):
    return IMPORTS + before + SQUARE.format(more=more, f=f, slope=slope)


def activation(before="", more="", body="return np.tanh(z)", slope="1 - y * y"):
    indented = "\n".join(f"        {line}" for line in body.splitlines())
    return IMPORTS + before + TANH.format(more=more, body=indented, slope=slope)


PROX = """
    def prox(self, w, t):
        return w / (1 + 2 * t)
"""
SEVERAL = """
def away(a):
    return np.tanh(a)
try:
    import numpy as n, math
except ImportError as problem:
    raise ValueError(str(problem))
with np.errstate(all="ignore") as state:
    for k in range(1):
        shapes = [part for part in z.shape if (size := part)]
match shapes:
    case [first, *rest]:
        chosen = first, rest, size, state, k
return away(n.asarray(z) if False else z)"""

PENALTIES = {
    "a global beside an argument of another method": penalty("t = 3.0\n", PROX, "w**2 * t / 3.0", "2 * w * t / 3.0"),
    "a global beside an argument of a function": penalty(
        "w = 2.0\ndef twice(x):\n    return w * x\n", "", "w**2", "twice(w)"
    ),
    "a class attribute made of a global of its name": penalty(
        "scale = 2.0\n", "    scale = scale\n", "self.scale * w**2", "2 * self.scale * w"
    ),
    "a global that a class attribute is made of": penalty(
        "scale = 2.0\n", "    double = scale + scale\n", "self.double * w**2", "2 * self.double * w"
    ),
    "a decorator": penalty("def same(cls):\n    return cls\n").replace("class Mine", "@same\nclass Mine"),
    "annotations of things that a program has not": penalty(
        "from collections import abc\n", "    made: abc.Sized = ()\n"
    ),
}

ACTIVATIONS = {
    "a global beside a class attribute": activation(
        "beta = 2.0\n", "    beta = 1.0\n", "return np.tanh(beta * z)", "beta * (1 - y * y)"
    ),
    "names that a method binds in every way": activation("", "", SEVERAL.strip()),
    "a base class": activation(
        "class Base(rv.Activation):\n    k = 1.0\n\n    def f(self, z):\n        return np.tanh(self.k * z)\n"
    )
    .replace("(rv.Activation):\n    name", "(Base):\n    name\n".rstrip() + "")
    .replace("return np.tanh(z)", "return super().f(z)"),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", [*PENALTIES, *ACTIVATIONS])
def test_a_program_computes_what_its_run_computes_with(what, written, tmp_path):
    if what in PENALTIES:
        rv.add_penalty(written(PENALTIES[what]).Mine)
        config = CONFIG.replace(mine=0.1)
    else:
        rv.add_activation(written(ACTIVATIONS[what]).Mine)
        config = CONFIG.replace(activation="mine")
    (run,) = rv.fit([config])
    path = tmp_path / "program.py"
    path.write_text(program(config), encoding="utf-8")
    found = subprocess.run(
        [sys.executable, "-W", "error", str(path)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    said = dict(line.rsplit(maxsplit=1) for line in found.stdout.splitlines())
    assert said["train_loss"] == f"{run.history['train_loss'][-1]:.6g}"
    assert said["test loss"] == f"{run.test_loss:.6g}"


def refused(module, said, made=None):
    rv.add_penalty(made or module.Mine)
    with pytest.raises(rv.ConfigError, match=f"^mine=.*{said}"):
        program(CONFIG.replace(mine=0.1))


IN_A_FUNCTION = """
delta = 0.1

def make(delta):
    class Mine(rv.Penalty):
        name = "mine"
{more}
        def value(self, w, lam):
            return lam * w**2 * {f}

        def gradient(self, w, lam):
            return lam * 2 * w * {f}

    return Mine
"""


@pytest.mark.parametrize(
    ("more", "f", "said"),
    [
        ("", "delta", "Mine refers to delta, which is not at the top of its module"),
        ("        k = delta\n", "self.k", r"Mine\.k is not what its source says"),
        ("        k = other\n", "self.k", "name 'other' is not defined"),
    ],
)
def test_what_a_class_has_of_the_function_around_it_is_not_taken_from_the_module(more, f, said, written):
    text = IMPORTS + IN_A_FUNCTION.format(more=more, f=f)
    module = written(text.replace("def make(delta):", "def make(delta, other=0.5):"))
    refused(module, said, module.make(0.5))


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ("Mine.k = 2.0\n", r"Mine\.k is not what its source says"),
        ("Mine.fresh = 2.0\n", r"Mine\.fresh is not what its source says"),
        ("Mine.gradient = lambda self, w, lam: lam * 2 * w * self.k\n", r"Mine\.gradient is "),
        ("del Mine.spare\n", r"Mine\.spare is not what its source says"),
    ],
)
def test_what_was_set_after_a_class_was_written_is_not_in_its_source(after, said, written):
    module = written(penalty("", "    k = 1.0\n    spare = 0\n", "w**2 * self.k", "2 * w * self.k") + after)
    refused(module, said)


@pytest.mark.parametrize("name", ["config", "run", "rv"])
def test_a_global_that_the_program_binds_itself_is_not_overwritten(name, written):
    before = f"import regviz\n{name} = 3.0\n"
    text = penalty(before, "", f"w**2 * {name}", f"2 * w * {name}").replace("rv.Penalty", "regviz.Penalty")
    refused(written(text), f"two different things are called {name}|refers to {name}, which programs use")


def test_what_was_set_on_a_base_class_is_missed_there(written):
    base = f"class Base(rv.Penalty):\n    k = 2.0\n{PROX}\nBase.k = 1.0\n"
    text = penalty(base, "", "w**2 * self.k", "2 * w * self.k").replace("Mine(rv.Penalty)", "Mine(Base)")
    refused(written(text), r"Base\.k is not what its source says")


def test_a_source_that_was_edited_since_is_not_what_trained(written):
    module = written(penalty("", "", "w**2", "2 * w"))
    text = penalty("", "", "w**3", "3 * w**2")
    linecache.cache[module.__name__] = (len(text), None, text.splitlines(keepends=True), module.__name__)
    refused(module, r"Mine\.(value|gradient) is not what its source says")


@pytest.mark.parametrize("target", ["regviz", "torch"])
@pytest.mark.parametrize("title", [r"\xi", 'a "quoted" one', 'ends with "', "two\nlines", "C:\\"])
def test_a_title_of_any_letters_leaves_a_program_that_says_it(title, target, written):
    more = f"    title = {title!r}\n    torch = '(W**2).sum()'\n    torch_prox = 'W /= 1 + 2 * t'\n{PROX}"
    rv.add_penalty(written(penalty("", more)).Mine)
    code = compile(program(CONFIG.replace(mine=0.1), target), "program", "exec")
    assert " ".join(title.split()) in code.co_consts[0]


def test_a_class_that_is_indented_where_it_is_written_is_in_the_program_as_it_is():
    @rv.add_penalty
    class Pinball(rv.Penalty):
        """λΣh(w).

        The source of this is not indented in the program.
        """

        name = "pinball"
        over: float = 0.25

        def value(self, w, lam):
            """Return λh(w).

            More of it where w > 0.
            """
            return lam * np.where(w > 0, w, -self.over * w)

        def gradient(self, w, lam):
            return lam * np.where(w > 0, 1.0, -self.over)

    text = program(CONFIG.replace(pinball=0.01))
    assert "\nclass Pinball(rv.Penalty):\n" in text
    assert "pinball 0.01" in text.splitlines()[0]
