"""Sweeps on other workers: whatever trains the networks, in whatever order, the Runs are the same."""

import math
import os
import pickle
import random
import signal
import sys
import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import regviz as rv
from regviz.executors import TRIES, completed

BASE = rv.Config(n_train=40, hidden=(8,), epochs=4, dtype="float64")
SWEEP = [
    *BASE.sweep(l1=[0, 1e-3], dropout=[0, 0.5], seed=range(4)),
    *BASE.replace(data="diabetes", hidden=(5, 4), epochs=3).sweep(l2=[0, 0.1], patience=[None, 1]),
    BASE.replace(optimizer="sgd", lr=1000),
]


@pytest.fixture(scope="module")
def serial():
    return rv.fit(SWEEP)


def pool(workers=2):
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


def assert_same(runs, others):
    """Bit for bit; pickles hold every number, name and order."""
    assert [run.config for run in runs] == [run.config for run in others]
    for run, other in zip(runs, others, strict=True):
        assert pickle.dumps(run) == pickle.dumps(other)


class Unreliable(Executor):
    """Loses the first `losses` of the stacks that it is given, in its own way; does the others at once."""

    def __init__(self, losses, way):
        self.losses, self.way, self.submitted = losses, way, 0

    def submit(self, function, *args):
        self.submitted += 1
        future = Future()
        if self.submitted > self.losses:
            future.set_result(function(*args))
        elif self.way == "cancelled":
            future.cancel()
            future.set_running_or_notify_cancel()
        else:
            future.set_exception(ConnectionError("the worker is gone"))
        return future


@pytest.mark.slow
def test_processes_return_what_this_process_does_also_in_another_order(serial):
    shuffled = random.Random(0).sample(range(len(SWEEP)), len(SWEEP))
    with pool() as executor:
        assert_same(rv.fit(SWEEP, executor=executor), serial)
        runs = rv.fit([SWEEP[index] for index in shuffled], executor=executor)
        assert executor.submit(abs, -1).result() == 1  # it stays open
    assert_same(runs, [serial[index] for index in shuffled])


def test_threads_return_what_one_thread_does(serial):
    with ThreadPoolExecutor(3) as executor:
        assert_same(rv.fit(SWEEP, executor=executor), serial)


def test_every_network_alone_is_itself_in_the_sweep(serial):
    for config, run in zip(SWEEP, serial, strict=True):
        assert_same(rv.fit([config]), [run])


def test_one_shape_is_cut_into_enough_stacks_for_several_workers():
    executor = Unreliable(0, None)
    rv.fit(BASE.replace(epochs=1).sweep(seed=range(200)), executor=executor)
    assert executor.submitted == 16
    rv.fit(BASE.replace(epochs=1).sweep(seed=range(20)), executor=executor)
    assert executor.submitted == 16 + 3  # but not into crumbs


def test_a_run_travels_small_and_whole():
    (run,) = rv.fit([rv.Config(data="digits", n_train=300, epochs=20, dropout=0.5)])
    numbers = sum(array.nbytes for array in (*run.weights, *run.biases, *run.history.values()))
    assert len(pickle.dumps(run)) < numbers + 3000  # the data alone have 900 kB
    there = pickle.loads(pickle.dumps(run))
    assert not any(array.flags.writeable for array in (*there.weights, *there.biases, *there.history.values()))
    X = rv.load(run.config).X_test
    np.testing.assert_array_equal(there.predict(X), run.predict(X))
    assert (there.test_loss, there.test_score) == (run.test_loss, run.test_score)


@pytest.mark.parametrize("way", ["cancelled", "raised"])
def test_a_stack_whose_worker_is_lost_is_tried_again(way, serial):
    executor = Unreliable(3, way)
    assert_same(rv.fit(SWEEP, executor=executor), serial)
    assert executor.submitted == 4 + 3  # 2 + 1 + 1 stacks by shape and length, three of them twice


def test_a_stack_that_is_lost_every_time_is_named():
    executor = Unreliable(10**6, "raised")
    message = r"4 networks lost their worker 3 times .*seed=1&.* and 1 more\. Train these alone"
    with pytest.raises(RuntimeError, match=message) as caught:
        rv.fit(BASE.sweep(seed=range(4)), executor=executor)
    assert executor.submitted == TRIES
    assert isinstance(caught.value.__cause__, ConnectionError)


def die():
    """End the process at once, as the system does to one that takes too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)


class Mortal(Executor):
    """A process pool of which a worker dies at the third stack.

    While it works: one that is killed in the middle of a result keeps the pool waiting for the rest of that for ever.
    """

    def __init__(self, workers):
        self.workers, self.submitted = workers, 0

    def submit(self, function, *args):
        self.submitted += 1
        return self.workers.submit(die) if self.submitted == 3 else self.workers.submit(function, *args)


@pytest.mark.slow
def test_a_process_pool_that_loses_a_worker_leaves_the_rest_to_this_process(serial):
    with pool() as workers:
        executor = Mortal(workers)
        with pytest.warns(RuntimeWarning, match=r"lost its workers .* are trained here"):
            runs = rv.fit(SWEEP, executor=executor)
    assert executor.submitted >= 3
    assert_same(runs, serial)


def test_an_executor_that_is_broken_from_the_start_leaves_everything_to_this_process(serial):
    class Broken(Executor):
        def submit(self, function, *args):
            raise BrokenExecutor("no worker came up")

    with pytest.warns(RuntimeWarning, match=f"no worker came up.: the {len(SWEEP)} networks that remain"):
        assert_same(rv.fit(SWEEP, executor=Broken()), serial)


class Unreadable(Exception):
    """An error that pickle takes and cannot make again."""

    def __init__(self, first, second):
        super().__init__(f"{first} {second}")


def unreadable(configs):
    raise Unreadable("lam", "is bad")


def locked(configs):
    error = ValueError("lam is bad")
    error.lock = threading.Lock()  # which pickle does not take
    raise error


@pytest.mark.parametrize("make", [ThreadPoolExecutor, pool])
@pytest.mark.parametrize(("train", "name"), [(unreadable, "Unreadable"), (locked, "ValueError")])
def test_an_error_that_cannot_travel_is_told_by_one_that_can_and_no_worker_is_lost(make, train, name):
    with make(1) as executor:
        with pytest.raises(RuntimeError, match=f"^{name}: lam is bad") as caught:
            list(completed(train, [[BASE]], executor))
        assert "in a worker:\nTraceback" in caught.value.__notes__[0]
        assert executor.submit(abs, -1).result() == 1


@pytest.mark.parametrize("make", [ThreadPoolExecutor, pool])
def test_an_error_of_the_training_comes_out_as_it_is_and_where_it_was(make):
    with make(1) as executor, pytest.raises(TypeError, match="must be real number") as caught:
        list(completed(math.sqrt, [[BASE]], executor))  # a training that fails
    assert "in a worker:\nTraceback" in caught.value.__notes__[0]


def test_an_executor_is_asked_for_and_the_way_to_it_is_shown():
    class Client:
        def get_executor(self): ...

    with pytest.raises(TypeError, match=r"Client, .* write client.get_executor\(\)"):
        rv.fit([BASE], executor=Client())
    with pytest.raises(TypeError, match=r"executor is of the type int; .* try ProcessPoolExecutor\(\)"):
        rv.fit([BASE], executor=4)


def test_ctrl_c_returns_what_is_finished_and_cancels_the_rest(serial):
    def press(done, total):
        seen.append((done, total))
        raise KeyboardInterrupt

    class Waiting(Executor):
        def submit(self, function, *args):
            futures.append(Future())
            if len(futures) in (2, 3):
                futures[-1].set_result(function(*args))
            return futures[-1]

    seen, futures, executor = [], [], Waiting()
    with pytest.warns(RuntimeWarning, match=r"interrupted: \d+ of 21 networks are finished"):
        runs = rv.fit(SWEEP, executor=executor, progress=press)
    assert seen == [(len(runs), 21)]
    assert 0 < len(runs) < 9
    expected = [run for run in serial if run.config in [run.config for run in runs]]
    assert_same(runs, expected)
    assert [future.cancelled() for future in futures] == [True, False, False, True]


@pytest.fixture
def ctrl_c():
    """Ctrl-C as at a terminal: a process started in the background inherits that SIGINT is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_a_real_ctrl_c_ends_the_wait_for_workers():
    class Slow(Executor):
        def submit(self, function, *args):
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
            return Future()

    with pytest.warns(RuntimeWarning, match="interrupted: 0 of 1 "):
        assert rv.fit([BASE], executor=Slow()) == []


def test_progress_counts_networks_up_to_all(serial):
    seen = []
    assert_same(rv.fit(SWEEP, progress=lambda done, total: seen.append((done, total))), serial)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert seen[-1] == (21, 21)
    assert {total for _, total in seen} == {21}


def test_progress_true_shows_a_bar_on_the_terminal(monkeypatch, capsys):
    for name in ("ipykernel.zmqshell", "tqdm.auto", "tqdm.autonotebook"):  # no notebook, whatever other tests import
        monkeypatch.delitem(sys.modules, name, raising=False)
    rv.fit([BASE, BASE.replace(hidden=(2,))], progress=True)
    assert "2/2" in capsys.readouterr().err
    rv.fit([BASE], progress=False)
    assert capsys.readouterr().err == ""


def test_a_missing_bar_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match=r'pip install "regviz\[scale\]"'):
        rv.fit([BASE], progress=True)
    with pytest.raises(TypeError, match="progress='yes' is not possible"):
        rv.fit([BASE], progress="yes")


@pytest.mark.slow
def test_a_sweep_of_1000_on_two_dask_workers_one_of_which_is_killed_is_complete_and_the_serial_one():
    from dask.distributed import Client, LocalCluster

    def kill_a_busy_worker(done, total):
        if not killed:
            busy = [address for address, stacks in client.processing().items() if stacks]
            killed.append(client.run(os.getpid, workers=busy[:1])[busy[0]])
            os.kill(killed[0], signal.SIGKILL)
            finished.append(done)

    sweep = BASE.replace(epochs=20).sweep(l2=[0, 1e-3, 0.1, 1], dropout=[0, 0.5], seed=range(125))
    killed, finished = [], []
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs="ERROR") as cluster,
        Client(cluster) as client,
    ):
        with pytest.raises(TypeError, match=r"write client.get_executor\(\)"):
            rv.fit([BASE], executor=client)
        runs = rv.fit(sweep, executor=client.get_executor(), progress=kill_a_busy_worker)
        assert finished[0] < len(sweep) == len(runs) == 1000
        assert killed[0] not in client.run(os.getpid).values()
        assert client.submit(abs, -1).result() == 1  # it stays open
    assert_same(runs, rv.fit(sweep))
