"""The rule that no more frames are under way than the line can carry."""

from __future__ import annotations

from regviz.lab.screen import Credit


def fill(credit: Credit, now: float, first: int = 1) -> int:
    """Send as long as there is credit; returns the last frame's number."""
    frame = first - 1
    while credit.left():
        frame += 1
        credit.sent(frame, now)
    return frame


def carry(line: float, each: float, frames: int = 600) -> tuple[Credit, float]:
    """A line that takes `line` seconds and a page that paints a frame in `each`; with it, the last frame's delay."""
    credit, now, frame, free = Credit(), 0.0, 0, 0.0
    under_way: list[tuple[float, int, float]] = []
    delay = 0.0
    for _ in range(frames):
        while credit.left():
            frame += 1
            free = max(free, now + line) + each
            credit.sent(frame, now)
            under_way.append((free, frame, now))
        done, number, since = under_way.pop(0)
        now = max(now, done)
        delay = now - since
        credit.painted(number, now)
    return credit, delay


def test_without_acknowledgements_sending_stops() -> None:
    credit = Credit()
    assert fill(credit, 0.0) == credit.window <= 12
    assert not credit.left()
    assert credit.left(out_of_turn=True)
    credit.sent(99, 0.0)
    assert not credit.left(out_of_turn=True)


def test_an_acknowledgement_frees_its_frame_and_all_before_it() -> None:
    credit = Credit()
    last = fill(credit, 0.0)
    credit.painted(last - 1, 0.05)
    assert credit.left()
    credit.sent(last + 1, 0.05)
    credit.painted(last + 1, 0.1)
    assert fill(credit, 0.1, last + 2) - (last + 1) == credit.window


def test_a_slow_page_gets_no_queue_of_frames() -> None:
    credit, delay = carry(line=0.01, each=0.1)
    assert credit.window <= 3
    assert delay < 0.32


def test_a_long_line_is_filled() -> None:
    credit, _ = carry(line=0.15, each=1 / 60)
    assert credit.window >= 8
    short, _ = carry(line=0.01, each=1 / 60)
    assert short.window <= 4


def test_an_acknowledgement_of_an_unknown_frame_changes_nothing() -> None:
    credit = Credit()
    before = credit.window
    credit.painted(999, 1.0)
    assert credit.window == before
    assert credit.left()
