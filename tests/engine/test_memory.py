"""A step makes nothing: what it needs was made before. What nobody needs any more goes back."""

import gc
import subprocess
import sys
import tracemalloc
import weakref

import pytest

import regviz as rv
from regviz.memory import give_back

pytestmark = pytest.mark.slow

SMALL = rv.Config(n_train=32, hidden=(8, 8), batch_size=32)


@pytest.mark.parametrize(
    ("config", "steps"),
    [
        (SMALL.replace(optimizer="momentum", l2=1e-3, dropout=0.5), 10_000),
        (SMALL.replace(l1=1e-3, batchnorm=True, max_norm=3.0, activation="gelu"), 2_000),
    ],
)
def test_thousands_of_steps_leave_memory_as_it_was(config, steps):
    stack = rv.Stack([config, config.replace(seed=1)])
    for _ in range(200):  # buffers for every size of batch, and for the masks, are made at the first use
        stack.step()
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(100):
            stack.step()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        for _ in range(steps):
            stack.step()
        gc.collect()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 2_000  # an array of one number in each step would be 200,000 bytes or more
    assert peak - before < 100_000  # the masks' random bits, drawn for 64 steps at a time, are the largest


def test_a_penalty_that_is_off_takes_no_memory_for_each_weight_of_each_layer():
    config = rv.Config(n_train=32, hidden=(64,) * 8, batch_size=32)
    rv.Stack([config])  # what is loaded at the first use
    tracemalloc.start()
    try:
        stack = rv.Stack([config])
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken < 25 * stack.w.nbytes  # 58 when each penalty had a matrix of layers × weights


def test_what_only_a_cycle_keeps_is_given_back() -> None:
    class Node:
        other: object

    one, another = Node(), Node()
    one.other, another.other = another, one
    gone = weakref.ref(one)
    gc.disable()  # by itself the collector may come at any time
    try:
        del one, another
        assert gone() is not None
        give_back()
    finally:
        gc.enable()
    assert gone() is None


def test_names_that_were_looked_up_in_a_type_are_given_back() -> None:
    """Python remembers where in a type it has found what, and with it the name, even one that was made at run time."""
    names = [f"no_such_name_{number}" for number in range(3000)]
    free = sys.getrefcount(names[0])
    for name in names:
        getattr(int, name, None)
    del name
    held = [sys.getrefcount(names[k]) > free for k in range(len(names))]
    assert sum(held) > 300
    give_back()
    assert not any(sys.getrefcount(names[k]) > free for k in range(len(names)))


LEFT_ALONE = """
import gc, weakref
from regviz.memory import freeze, keep_little
freeze()
keep_little()
class Node: pass
node = Node()
node.itself = node
gc.collect()  # it has grown old
gone = weakref.ref(node)
del node
kept = [[] for _ in range(10_000)]  # usually garbage of that age is looked for after 70,000
print(gone() is None)
"""


def test_in_a_server_old_garbage_does_not_lie_about_for_long() -> None:
    """In a process of its own: what is set lasts for as long as the process."""
    said = subprocess.run([sys.executable, "-c", LEFT_ALONE], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "True"
