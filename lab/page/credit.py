"""How fast frames may follow each other, from how long those that were painted took to get there."""

from __future__ import annotations

from collections import deque

FRAMES_PER_SECOND = 50
"""Frames are aimed at this rate. What it leaves of the processor keeps the answer to a turn short: at 60, where
kernel, server and browser share two cores, every turn waited for frames under way."""

ANSWER_EVERY = 0.25
"""Seconds between two acknowledgements of the page. Each of them makes the kernel busy for a moment, and JupyterLab
draws its toolbars anew and fetches the page's icon from the server whenever a kernel becomes busy or idle: with an
acknowledgement for every frame that was a third of all the work, and turns were answered in twice the time."""

ANSWER_SELDOM = 0.5
"""The same in a full house, where frames are few and each acknowledgement costs as much as a tenth of one."""

SLOWEST = 2.0
"""Most seconds between two frames, however slow the line."""

FIRST = 4
"""Frames under way before the page has answered at all."""

MOST = 24
"""Most frames under way, however long the line: what goes out in half a second."""


class Credit:
    """The time between two frames, and how many of them may be under way.

    The shortest time that a frame took lately, with some allowance for its jitter, is the line's own; whatever frames
    take longer, they stand in a queue. Frames follow each other faster while less than one of them waits, and slower
    when more do (the queue of TCP Vegas, Brakmo & Peterson 1995, with the pace turned instead of the window, because
    the page answers rarely): a queue would not bring one frame more, but make every turn of a knob late.
    """

    def __init__(self) -> None:
        self.interval = 1 / FRAMES_PER_SECOND
        """Seconds from one frame to the next."""
        self.answer_every = ANSWER_EVERY
        """Seconds between two acknowledgements, as the page was asked for them."""
        self._under_way: dict[int, float] = {}
        self._delays: deque[float] = deque(maxlen=120)
        self._usual = 0.0
        self._answered = 0.0

    def reset(self) -> None:
        """Forget frames under way (the page has lost them, or is a new one)."""
        self._under_way.clear()

    @property
    def waiting_since(self) -> float | None:
        """When the oldest frame under way was sent; None if there is none."""
        return next(iter(self._under_way.values()), None)

    @property
    def _own(self) -> float:
        """Seconds that the line takes for itself."""
        return 1.5 * min(self._delays, default=0.0) + 0.01

    @property
    def most(self) -> int:
        """Most frames that may be under way: as many as go out until the page's next answer is due, and two."""
        if not self._delays:
            return FIRST
        return min(2 + int((self.answer_every + 2 * self._own) / self.interval), MOST)

    def left(self, out_of_turn: bool = False) -> bool:
        """Return True if one more frame may be sent; `out_of_turn` allows one beyond the most."""
        return len(self._under_way) < self.most + out_of_turn

    def sent(self, frame: int, now: float) -> None:
        """Count `frame` as under way."""
        self._under_way[frame] = now

    def painted(self, frame: int, now: float, held: float = 0.0) -> None:
        """Note that `frame`, and with it every earlier one, was painted `held` seconds before the page said so."""
        since = self._under_way.get(frame)
        done = [self._under_way.pop(number) for number in list(self._under_way) if number <= frame]
        if since is not None:
            delay = max(now - held - since, 1e-3)
            self._delays.append(delay)
            self._usual = delay if not self._usual else 0.6 * self._usual + 0.4 * delay
            self._keep_pace((now - max(self._answered, done[0])) / len(done))
        self._answered = now

    def _keep_pace(self, pace: float) -> None:
        """Go on faster or slower; `pace` is the seconds per frame that the page has just kept."""
        waiting = (self._usual - self._own) / self.interval
        if waiting < 0.7:
            self.interval = max(0.9 * self.interval, 1 / FRAMES_PER_SECOND)
        elif waiting > 1.3:
            self.interval = min(max(1.15 * self.interval, 1.1 * pace), SLOWEST)
