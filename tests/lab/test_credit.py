"""The rule that no more frames are under way than the line can carry."""

from __future__ import annotations

from regviz.lab.screen import Credit


def fill(credit: Credit, now: float, first: int = 1) -> int:
    """Send as long as there is credit; returns the last frame's number."""
    frame = first - 1
    while credit.left:
        frame += 1
        credit.sent(frame, now)
    return frame


def test_without_acknowledgements_sending_stops() -> None:
    credit = Credit()
    assert fill(credit, 0.0) == credit.window <= 12
    assert not credit.left


def test_an_acknowledgement_frees_its_frame_and_all_before_it() -> None:
    credit = Credit()
    last = fill(credit, 0.0)
    credit.painted(last - 1, 0.05)
    assert credit.left
    credit.sent(last + 1, 0.05)
    credit.painted(last + 1, 0.1)
    assert fill(credit, 0.1, last + 2) - (last + 1) == credit.window


def test_a_long_line_gets_a_wide_window_and_a_quick_one_a_narrow_window() -> None:
    def window_at(delay: float) -> int:
        credit = Credit()
        now = 0.0
        for frame in range(1, 101):
            credit.sent(frame, now)
            now += delay
            credit.painted(frame, now)
        return credit.window

    assert window_at(0.005) == 2
    assert window_at(0.005) < window_at(0.05) < window_at(0.15)
    assert window_at(3.0) == 12


def test_an_acknowledgement_of_an_unknown_frame_changes_nothing() -> None:
    credit = Credit()
    before = credit.window
    credit.painted(999, 1.0)
    assert credit.window == before
    assert credit.left
