"""A recording of equations: every play gives, bit for bit, what the same equations give at once."""

import gc
import math
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regviz.memory import LINE
from regviz.nn.trace import Recording, Traced, plain, traced, traced_inputs

RNG = np.random.default_rng(5)


def fresh(shape=(3, 8), dtype="float64"):
    return RNG.standard_normal(shape).astype(dtype)


def record(equation, *arrays):
    """A recording of `equation` on traced copies of `arrays`, those copies, and what it gave."""
    copies = [traced(array.copy()) for array in arrays]
    with Recording() as recording:
        found = equation(*copies)
    return recording, copies, found


def assert_replay_is_eager(equation, *shapes, dtype="float64", plays=3):
    """Record on some numbers, then play on others; results and operands must be those of plain arrays."""
    first = [fresh(shape, dtype) for shape in shapes]
    recording, copies, found = record(equation, *first)
    for k in range(plays):
        arrays = first if k == 0 else [fresh(shape, dtype) for shape in shapes]
        if k > 0:
            for copy, array in zip(copies, arrays, strict=True):
                plain(copy)[...] = array
            recording.play()
        eager = [array.copy() for array in arrays]
        expected = equation(*eager)
        if expected is not None:
            np.testing.assert_array_equal(plain(found), expected)
            assert plain(found).dtype == np.asarray(expected).dtype
        for copy, array in zip(copies, eager, strict=True):
            np.testing.assert_array_equal(plain(copy), array)


def descend(w, g):
    w -= 0.1 * (g + 2 * w)


def by_views(w, g):
    w[:, 1:3] += g[:, :2]
    w[0] *= 2
    w[..., -1] = 1.0
    w[1, 2] = -w[1, 3]
    w.T[4] -= g.mT[0]


def by_masks(w, g):
    w[g > 0] = 0
    np.copyto(w, g, where=w < -1)


EQUATIONS = {
    "arithmetic": lambda w, g: (1 - w) * g / (3 + np.abs(w)) - -g,
    "powers": lambda w, g: w**2 + abs(g) ** 0.5 + np.abs(w) ** 3 + (2 + w * w) ** -1,
    "comparisons": lambda w, g: (w > 0) * g + (g <= 0.5) * 2.0 + (w != g) + (w == w),
    "logic": lambda w, g: (w > 0) & ~(g > 0) | (w < -1),
    "functions": lambda w, g: np.tanh(w) * np.exp(-np.abs(g)) + np.sign(w) + np.sqrt(g * g) + np.log1p(w * w),
    "extremes": lambda w, g: np.maximum(w, 0) + np.minimum(g, w) + np.maximum(0.5, g),
    "where": lambda w, g: np.where(w > 0, w, 0.1 * g),
    "clip": lambda w, g: w - np.clip(w, -0.3, 0.3) + g.clip(-1, 1) + np.clip(w, None, np.abs(g)),
    "sums": lambda w, g: np.sum(w * g, axis=1, keepdims=True) + w.sum(axis=0) + np.sum(g) + w.sum(axis=(0, 1)),
    "means": lambda w, g: np.mean(w, axis=1, keepdims=True) * g.mean(axis=0) + np.mean(w) + w.mean(axis=-1)[:, None],
    "most": lambda w, g: np.max(w, axis=1, keepdims=True) + g.min(axis=0) + np.amax(w) + w.max(),
    "any and all": lambda w, g: np.any(w > 1, axis=1, keepdims=True) | (g > 0).all(axis=0) | np.all(w > -9),
    "norm": lambda w, g: w / (1 + np.linalg.norm(g, axis=-1, keepdims=True)),
    "variance": lambda w, g: np.var(w, axis=1, keepdims=True) + np.std(g),
    "views": lambda w, g: w[:, ::-1] + g.T.T + w[..., None][:, :, 0] + g.reshape(8, 3).transpose(1, 0) + w[-1],
    "view functions": lambda w, g: np.transpose(np.expand_dims(w, 0))[..., 0].T + np.moveaxis(g.swapaxes(0, 1), 1, 0),
    "reshape that copies": lambda w, g: w.T.reshape(3, 8) + np.ravel(g.T).reshape(3, 8),
    "products": lambda w, g: w @ g.mT @ w + np.matmul(w, g.T).sum() + np.dot(w, g.T) @ g,
    "vecdot": lambda w, g: w * np.vecdot(w, g)[:, None] + np.vecdot(w, g, axis=0),
    "made anew": lambda w, g: np.zeros_like(w) + np.full_like(g, 2) * np.ones_like(w) + np.broadcast_to(g[0], (3, 8)),
    "any function": lambda w, g: np.sort(w, axis=1) + np.cumsum(g, axis=0) + np.concatenate([w[:1], g[1:]]),
    "take": lambda w, g: w[:, [0, 0, 1, 2, 3, 4, 5, 6]] + np.take(g, [1, 0, 2], axis=0),
    "several results": lambda w, g: np.divmod(w, 0.7)[0] + np.linalg.qr(g.T)[0].T,
    "accumulate and outer": lambda w, g: np.add.accumulate(w, axis=1) + np.multiply.outer(w[:, 0], g[0]),
    "where of a ufunc": lambda w, g: np.add(w, g, out=np.zeros_like(w) + 0 * w, where=w > 0),
    "astype": lambda w, g: (w > 0).astype(w.dtype) * g + w.copy(),
    "descend": descend,
    "by views": by_views,
    "by masks": by_masks,
    "into out": lambda w, g: np.add(w, g, out=w) * np.sum(g, axis=1, keepdims=True, out=g[:, :1] * 0),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", EQUATIONS)
def test_every_play_is_what_the_equations_give_at_once(name, dtype):
    assert_replay_is_eager(EQUATIONS[name], (3, 8), (3, 8), dtype=dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("M", [1, 3])
@pytest.mark.parametrize(("out", "into", "n"), [(4, 5, 6), (1, 5, 6), (4, 1, 6), (4, 5, 1), (1, 1, 1)])
def test_products_of_stacks_are_those_of_matmul_whatever_their_strides(M, out, into, n, dtype):
    def layer(W, x, dz):
        dW = dz @ x.mT
        dx = W[:, :, :-1].mT @ dz
        return (W @ x).sum() + dW.sum() + dx.sum() + (dz @ np.ones((n, 1), dtype)).sum()

    assert_replay_is_eager(layer, (M, out, into + 1), (M, into + 1, n), (M, out, n), dtype=dtype)
    assert_replay_is_eager(lambda A, B: A.mT @ B.mT, (M, into, out), (M, n, into), dtype=dtype)


def test_one_matrix_is_multiplied_by_dot_which_costs_less_and_several_by_matmul():
    for M, product in ((1, np.ndarray.dot), (2, np.matmul)):
        recording, *_ = record(lambda A, B: A @ B, fresh((M, 4, 5)), fresh((M, 5, 6)))
        assert [function for function, _ in recording.calls] == [product]


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_play_of_any_equations_is_what_they_give_at_once(data):
    """Random straight-line programs, in which results are held, dropped, changed in place and seen through views."""
    unary = [np.tanh, np.negative, np.abs, lambda a: a**2, lambda a: a[:, ::-1], lambda a: a.T.reshape(3, 4), np.copy]
    unary += [lambda a: a.sum(axis=1, keepdims=True) + np.zeros((3, 4)), lambda a: 0.5 * a, lambda a: a - 1]
    binary = [np.add, np.subtract, np.multiply, np.maximum, lambda a, b: a + b * a, lambda a, b: (a > b) * b]
    steps = data.draw(
        st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)), max_size=25)
    )

    def program(*names):
        values = [*names, names[0] + 0, names[1] * 1, names[0] - names[1]]
        for kind, a, b, target in steps:
            if kind < len(unary):
                values[target] = unary[kind](values[a])
            elif kind < len(unary) + len(binary):
                values[target] = binary[kind - len(unary)](values[a], values[b])
            elif kind % 4 == 0:
                values[a] += 0.5 * values[b]
            elif kind % 4 == 1:
                values[a][:, 1:] = values[b][:, :-1] * 1
            elif kind % 4 == 2:
                values[a][...] = values[b]
            else:
                values[a][...] = np.tanh(values[b]) * values[a]
            values = [np.clip(value, -4, 4) if k == target and k > 2 else value for k, value in enumerate(values)]
        return sum(values[1:], values[0])

    assert_replay_is_eager(program, (3, 4), (3, 4), (3, 4))


def test_numbers_and_constants_cost_nothing_per_play():
    lam, w, g = np.full((3, 8), 0.1), traced(fresh()), traced(fresh())
    with Recording() as recording:
        w -= np.sqrt(2) * (2 * lam + lam**2) * g
    assert [function for function, _ in recording.calls] == [np.multiply, np.subtract]


def test_numbers_take_the_dtype_of_what_they_meet():
    recording, _, found = record(lambda w: np.sqrt(2 / np.pi) * w + np.float64(0.1) + 1, fresh(dtype="float32"))
    assert {x.dtype for _, operands in recording.calls for x in operands} == {np.dtype("float32")}
    assert plain(found).dtype == "float32"


def test_an_array_of_another_dtype_is_converted_by_a_call_of_its_own():
    recording, *_ = record(lambda w: (w > 0) * w, fresh(dtype="float32"))
    assert [function for function, _ in recording.calls] == [np.greater, np.copyto, np.multiply]


def test_a_plain_array_is_read_at_every_play():
    factor, w = np.full((3, 8), 2.0), fresh()
    recording, (copy,), found = record(lambda w: factor * w, w)
    factor[:] = 3
    recording.play()
    np.testing.assert_array_equal(plain(found), 3 * plain(copy))


def memory_of(recording):
    return {x.ctypes.data for _, operands in recording.calls for x in operands if isinstance(x, np.ndarray) and x.ndim}


def test_buffers_are_used_again_when_nobody_holds_their_result():
    def long(w):
        for _ in range(20):
            w = np.tanh(w * 1.5 - 0.5 * w)
        return w

    recording, *_ = record(long, fresh())
    assert len(recording.calls) == 80
    assert len(memory_of(recording)) <= 4  # w, what is held from round to round, and two for a difference


def test_a_chain_works_in_place():
    recording, (w,), found = record(lambda w: np.sqrt(np.exp(np.tanh(w) + 1) * 2), fresh())
    assert memory_of(recording) == {plain(w).ctypes.data, plain(found).ctypes.data}


def test_what_is_assigned_is_written_there_at_once():
    def equations(w, g, dW):
        dW[...] = w @ g.mT
        w[...] = w * 0.9 + g[:, 1:]
        w[:, :2] = g[:, :2] * 2

    recording, *_ = record(equations, fresh((1, 3, 8)), fresh((1, 4, 8)), fresh((1, 3, 4)))
    assert [function for function, _ in recording.calls] == [np.ndarray.dot, np.multiply, np.add, np.multiply]
    assert_replay_is_eager(equations, (1, 3, 8), (1, 4, 8), (1, 3, 4))


def test_what_is_written_down_elsewhere_and_used_there_is_written_there_at_once():
    def equations(w, memory):
        d = np.tanh(w) * 2
        memory[...] = d
        return np.exp(memory)

    recording, *_ = record(equations, fresh(), fresh())
    assert [function for function, _ in recording.calls] == [np.tanh, np.multiply, np.exp]
    assert_replay_is_eager(equations, (3, 4), (3, 4))


def test_a_copy_stays_where_its_source_is_read_again_or_its_target_was_read_in_between():
    def read_again(w, memory):
        d = np.tanh(w)
        memory[...] = d
        memory *= 2
        return d + memory

    def read_between(w, memory):
        d = np.tanh(w)
        before = np.exp(memory)
        memory[...] = d
        return before + memory

    for equations in (read_again, read_between):
        assert np.copyto in [function for function, _ in record(equations, fresh(), fresh())[0].calls]
        assert_replay_is_eager(equations, (3, 4), (3, 4))


def test_one_column_with_gaps_is_gone_over_as_a_vector():
    def equations(w, W):
        W[..., 1:2] = w * 2

    recording, *_ = record(equations, fresh((1, 5, 1)), fresh((1, 5, 3)))
    (_, operands), *_ = recording.calls
    assert [np.shape(x) for x in operands] == [(5,), (), (5,)]
    assert_replay_is_eager(equations, (1, 5, 1), (1, 5, 3))


def test_arrays_without_gaps_are_gone_over_as_vectors_and_others_as_they_are():
    def equations(w, W, memory):
        memory[...] = w
        W[:, :2] = w * 2

    recording, *_ = record(equations, fresh((3, 2, 4)), fresh((3, 3, 4)), fresh((3, 2, 4)))
    shapes = {function: [np.shape(x) for x in operands] for function, operands in recording.calls}
    assert shapes == {np.copyto: [(24,), (24,)], np.multiply: [(3, 2, 4), (), (3, 2, 4)]}
    assert_replay_is_eager(equations, (3, 2, 4), (3, 3, 4), (3, 2, 4))


def test_a_column_and_a_row_are_spread_before_they_meet_an_array():
    def equations(w, column, row):
        return w * column - row

    recording, *_ = record(equations, fresh((2, 3, 8)), fresh((2, 3, 1)), fresh((2, 1, 8)))
    assert [function for function, _ in recording.calls] == [np.copyto, np.multiply, np.copyto, np.subtract]
    assert_replay_is_eager(equations, (2, 3, 8), (2, 3, 1), (2, 1, 8))


def test_buffers_start_at_a_cache_line():
    recording, (w, g), found = record(lambda w, g: np.tanh(w) * g - w, fresh((3, 7)), fresh((3, 7)))
    memories = memory_of(recording) - {plain(w).ctypes.data, plain(g).ctypes.data}
    assert plain(found).ctypes.data in memories
    assert {memory % LINE for memory in memories} == {0}


def test_what_is_held_keeps_its_memory():
    def equations(w, g):
        held = w * g
        seen = (w + g)[:, :2]  # a view holds its array
        for _ in range(5):
            w = np.tanh(w) * g
        return (w + held)[:, :2] + seen

    assert_replay_is_eager(equations, (3, 8), (3, 8))


def test_a_result_that_is_held_has_new_numbers_after_every_play():
    recording, (w,), found = record(lambda w: 2 * w, fresh())
    plain(w)[...] = 7
    recording.play()
    np.testing.assert_array_equal(plain(found), 14)


def test_recordings_share_no_memory():
    one, *_ = record(lambda w: np.tanh(w) + 1, fresh())
    gc.collect()
    two, *_ = record(lambda w: np.tanh(w) + 1, fresh())
    assert not memory_of(one) & memory_of(two)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_recording_on_other_inputs_reads_those(dtype):
    samples, w = fresh((4, 12, 5), dtype), traced(np.zeros((1, 3, 4), dtype))
    batches = [samples[:1, :, a : a + 4].transpose(0, 2, 1) for a in (0, 1)] + [samples[3:, :, :4].transpose(0, 2, 1)]
    targets = [fresh((1, 3, 12), dtype) for _ in batches]

    def equations(w, x, y):
        w += (y - x.sum(axis=1, keepdims=True)) @ x.mT[:, ::1] + y[..., 0][..., None] * x[0, 0, 0] + (x > 0)[:, 0, :4]

    first = Recording(batches[0], targets[0])
    with first:
        equations(w, *traced_inputs(first))
    others = [first, *(first.on(x, y) for x, y in zip(batches[1:], targets[1:], strict=True))]
    expected = np.zeros_like(plain(w))
    equations(expected, batches[0], targets[0])
    for _ in range(2):
        for recording, x, y in zip(others, batches, targets, strict=True):
            samples += 0.1
            recording.play()
            equations(expected, x, y)
            np.testing.assert_array_equal(plain(w), expected)
    with pytest.raises(ValueError, match="not for"):
        first.on(batches[0][:, :, :3], targets[0])


@pytest.mark.parametrize(
    "branch",
    [
        lambda w: w if w.sum() > 0 else -w,
        lambda w: w * float(w[0, 0]),
        lambda w: w[int(w[0, 0])],
        lambda w: [row for row in w],
        lambda w: math.sqrt(w[0, 0]) * w,
        lambda w: max(w, 0),
        lambda w: np.asarray(w) * 2,
        lambda w: 0 in w,
        lambda w: w if np.allclose(w, 0) else 2 * w,
    ],
)
def test_what_depends_on_a_number_s_value_is_refused(branch):
    with pytest.raises(TypeError, match=r"traced array|same in every play"):
        record(branch, fresh())


def test_items_picked_by_a_mask_are_refused_since_their_number_may_change():
    with pytest.raises(TypeError, match=r"np\.where"):
        record(lambda w: w[w > 0], fresh())


@pytest.mark.parametrize(
    "write",
    [
        lambda total, w: np.add(total, w, out=total),
        lambda total, w: total.__iadd__(w),
        lambda total, w: np.copyto(total, w),
        lambda total, w: total.__setitem__(0, w[0]),
        lambda total, w: np.sum(w, axis=1, keepdims=True, out=total[:, :1]),
    ],
)
def test_writing_into_an_array_that_is_not_traced_is_refused(write):
    with pytest.raises(TypeError, match="traced"):
        record(lambda w: write(np.zeros((3, 8)), w), fresh())


def test_only_arrays_are_traced():
    for thing in (1.0, [1.0], np.float64(1), traced(fresh())):
        with pytest.raises(TypeError, match="only an array"):
            traced(thing)


def test_shapes_and_settings_may_be_asked_for():
    def equation(w):
        assert w.shape == np.shape(w) == (3, 8)
        assert (w.ndim, np.ndim(w), w.size, np.size(w), len(w), w.dtype) == (2, 2, 24, 24, 3, np.float64)
        return w * 2 if w.ndim == 2 else w

    assert_replay_is_eager(equation, (3, 8))


def test_without_a_recording_traced_arrays_are_as_good_as_plain_ones():
    w = traced(np.arange(6.0).reshape(2, 3))
    assert isinstance(w + 1, np.ndarray)
    w += 1
    w[0, 0] = 9
    np.add(w, 1, out=w)
    assert (w.sum(), float(w[0, 0]), bool(w[0, 1] > 0), [len(row) for row in w]) == (35, 10, True, [3, 3])
    np.testing.assert_array_equal(w, [[10, 3, 4], [5, 6, 5 + 2]])
    assert isinstance(w, Traced)


def test_a_recording_inside_another_leaves_that_one_alone():
    w, v = traced(fresh()), traced(fresh())
    with Recording() as outer:
        w *= 2
        with Recording() as inner:
            v *= 3
        w += v
    assert [f for f, _ in outer.calls] == [np.multiply, np.add]
    assert [f for f, _ in inner.calls] == [np.multiply]


def test_an_error_ends_the_recording():
    with pytest.raises(ZeroDivisionError), Recording():
        1 / 0  # noqa: B018
    assert isinstance(traced(fresh()) + 1, np.ndarray)


def test_a_complete_recording_is_not_recorded_into_again():
    recording, *_ = record(lambda w: w + 1, fresh())
    with pytest.raises(RuntimeError, match="another one"), recording:
        pass


def test_each_thread_has_its_own_recording():
    w, found = traced(fresh()), []
    with Recording() as recording:
        thread = threading.Thread(target=lambda: found.append(w + 1))
        thread.start()
        thread.join()
    assert isinstance(found[0], np.ndarray)
    assert recording.calls == []
