"""The rule that frames come as fast as the page can follow, and no faster."""

from __future__ import annotations

from regviz.lab.page.credit import ANSWER_EVERY, FRAMES_PER_SECOND, Credit

TICK = 0.001


def fill(credit: Credit, now: float, first: int = 1) -> int:
    """Send as long as there is credit; returns the last frame's number."""
    frame = first - 1
    while credit.left():
        frame += 1
        credit.sent(frame, now)
    return frame


def carry(line: float, each: float, seconds: float = 20) -> tuple[float, float]:
    """A line of `line` seconds and a page that paints a frame in `each` and answers as ours does.

    Returns frames per second and the longest time from sending to painting, both of the second half.
    """
    credit, frame, free, due, answer = Credit(), 0, 0.0, 0.0, float("inf")
    under_way: list[tuple[float, int, float]] = []
    painted: list[tuple[float, float]] = []
    newest = 0
    for tick in range(round(seconds / TICK)):
        now = tick * TICK
        while under_way and under_way[0][0] <= now:
            done, newest, since = under_way.pop(0)
            painted.append((done, done - since))
            answer = min(answer, now + (ANSWER_EVERY if newest > 1 else 0))
        if now >= answer:
            credit.painted(newest, now, now - painted[-1][0])
            answer = float("inf")
        if credit.left() and now >= due:
            frame += 1
            credit.sent(frame, now)
            due = now + credit.interval
            free = max(free, now + line) + each
            under_way.append((free, frame, now))
    late = [delay for done, delay in painted if done > seconds / 2]
    return len(late) / (seconds / 2), max(late)


def test_without_answers_sending_stops() -> None:
    credit = Credit()
    last = fill(credit, 0.0)
    assert 1 < last <= 6
    assert credit.left(out_of_turn=True)
    credit.sent(last + 1, 0.0)
    assert not credit.left(out_of_turn=True)


def test_an_answer_frees_its_frame_and_all_before_it() -> None:
    credit = Credit()
    last = fill(credit, 0.0)
    credit.painted(last - 1, 0.05)
    assert credit.left()
    assert fill(credit, 0.05, last + 1) - (last - 1) == credit.most


def test_a_fast_page_gets_every_frame() -> None:
    rate, delay = carry(line=0.01, each=0.005)
    assert rate > 0.98 * FRAMES_PER_SECOND
    assert delay < 0.02


def test_a_slow_page_gets_no_queue_of_frames() -> None:
    rate, delay = carry(line=0.01, each=0.1)
    assert 6 < rate <= 10
    assert delay < 0.7


def test_a_page_that_is_nearly_fast_enough_is_used_well() -> None:
    rate, _ = carry(line=0.01, each=1 / 40)
    assert rate > 30


def test_a_long_line_is_filled() -> None:
    rate, delay = carry(line=0.2, each=0.005)
    assert rate > 0.98 * FRAMES_PER_SECOND
    assert delay < 0.22


def test_time_that_the_page_held_its_answer_back_is_not_the_lines() -> None:
    at_once, later = Credit(), Credit()
    for number in range(1, 40):
        sent = 0.3 * number
        for credit in (at_once, later):
            credit.sent(number, sent)
        at_once.painted(number, sent + 0.02)
        later.painted(number, sent + 0.27, held=0.25)
    assert abs(later.interval - at_once.interval) < 1e-12
    assert later.most == at_once.most


def test_a_page_that_answers_seldom_may_have_more_frames_under_way() -> None:
    often, seldom = Credit(), Credit()
    seldom.answer_every = 2 * often.answer_every
    for credit in (often, seldom):
        credit.sent(1, 0.0)
        credit.painted(1, 0.02)
        credit.interval = 1 / 8
    assert (often.most, seldom.most) == (4, 6)


def test_a_pace_that_was_lost_is_found_again() -> None:
    credit = Credit()
    now = 0.0
    number = 0
    for delay in (0.02,) * 5 + (0.6,) * 5:
        number, now = number + 1, now + 0.7
        credit.sent(number, now - delay)
        credit.painted(number, now)
    assert credit.interval > 2 / FRAMES_PER_SECOND
    for _ in range(60):
        number, now = number + 1, now + 0.25
        credit.sent(number, now - 0.02)
        credit.painted(number, now)
    assert credit.interval == 1 / FRAMES_PER_SECOND


def test_an_answer_about_an_unknown_frame_changes_nothing() -> None:
    credit = Credit()
    before = credit.most, credit.interval
    credit.painted(999, 1.0)
    assert (credit.most, credit.interval) == before
    assert credit.left()
