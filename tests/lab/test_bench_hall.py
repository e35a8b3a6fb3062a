"""`make bench-hall` measures what it says, within its bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import hall, hall_followers, hall_strain, hall_visitors
from benchmarks.shares import share
from browser.servers import NOTEBOOKS, Server


def test_shares_are_those_of_the_sorted_values() -> None:
    assert [share([3.0, 1.0, 2.0, 4.0], part) for part in (0.0, 0.5, 0.95, 1.0)] == [1, 3, 4, 4]


@pytest.mark.parametrize(("count", "seconds"), [(0, 10), (501, 10), (5, 901), (5, 0)])
def test_more_than_a_hall_is_not_measured(count: int, seconds: float) -> None:
    with pytest.raises(ValueError, match="followers may be 1 to 500, and seconds 1 to 900"):
        hall_followers.measure(None, count, seconds)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="voters may be 1 to 500, and seconds 1 to 60"):
        hall_strain.measure(None, count, seconds)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_small_hall_is_measured_and_reported(tmp_path: Path) -> None:
    with Server("app", NOTEBOOKS, tmp_path) as server:
        found = hall_followers.measure(server, 3, 8)
        found["strain"] = hall_strain.measure(server, 5, 1)
    assert (found["lost"], found["broken"]) == (0, 0)
    assert found["rate least"] > 0
    assert found["late"][0] > 0
    text = hall.report({"Followers": [found]}, 1.0)
    assert "**3 followers, 8 s:** frames/s each, median" in text
    assert "| 5 votes at once: all counted after, s | " in text
    assert found["strain"]["rate alone"] > 0


@pytest.mark.parametrize(("count", "within", "seconds"), [(0, 1, 10), (101, 1, 10), (5, -1, 10), (5, 1, 901)])
def test_more_visitors_than_a_machine_holds_are_not_measured(count: int, within: float, seconds: float) -> None:
    with pytest.raises(ValueError, match="visitors may be 1 to 100"):
        hall_visitors.measure(None, count, within, seconds)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_few_visitors_are_measured_and_reported(tmp_path: Path) -> None:
    with Server("app", NOTEBOOKS, tmp_path, ["--max-sessions", "2"]) as server:
        playing = hall_visitors.measure(server, 2, 1, 4)
        server.wait_for_kernels(0, 60)
        loads = hall_visitors.loads(server, 2)
        frames = hall_visitors.frames(server, 1)
        server.wait_for_kernels(0, 60)
        abandoned = hall_visitors.abandon(server, 2)
    assert playing["rate least"] > 0
    assert playing["pss"] > 1e6
    assert (abandoned["kernels"], abandoned["gallery"]) == (0, 200)
    assert abandoned["files"] <= 0
    text = hall.report(
        {"Visitors": {"playing": [playing], "loads": loads, "frames": frames, "abandoned": abandoned}}, 1.0
    )
    assert "**2 visitors within 1 s:** first frame, p50 / worst, s" in text
    assert frames["frames"] == len(hall_visitors.FRAMES)
    assert f"| {frames['frames']} malformed or huge frames: until one has ended its socket, worst, ms |" in text
    assert "| kernels left after 2 abandoned visits | 0 | 0 |" in text


def test_the_ratio_of_first_frames_is_reported() -> None:
    found = {"lab cold": 2.6, "slider cold": 2.0, "lab warm": 1.5, "slider warm": 2.0, "first visit": 1.43e6}
    text = hall.report({"Pages": found}, 1.0)
    assert "| their ratio | 1.30 | ≤ 1.3 |" in text
    assert "| first visit over the wire, MB | 1.43 | ≤ 1.8 |" in text
