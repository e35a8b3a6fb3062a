"""What a person asks for: done in the player's loop, and what cannot be done is said in the page."""

from __future__ import annotations

from collections.abc import Callable

from regviz.language import en, tr

from ..page.player import Player
from .typed import refusal

NO_MEMORY = en("There is not enough memory for this, and nothing was changed. Try smaller layers or fewer points.")

Act = Callable[[], None]


class Requests:
    """The way of everything a person does to the networks and pictures of `player`; `follow` is called after it."""

    def __init__(self, player: Player, follow: Act) -> None:
        self._player, self._follow = player, follow
        self.call, self.later = player.call, player.later

    def ask(self, act: Act) -> None:
        """Do what was asked for in the player's loop; from any thread (see `do`)."""

        def do() -> None:
            self.do(act)

        self.call(do)

    def do(self, *acts: Act) -> bool:
        """Do what was asked for, one act after the other; what cannot be done is said in the page, and nothing else
        happens. True if all could be done.

        Only within the loop. An act raises ValueError for what cannot be done.
        """
        session = self._player.session
        trainer = session.trainer
        refused: list[str] = []
        for act in acts:
            try:
                act()
            except ValueError as error:  # all that regviz raises are
                refused.append(refusal(error))
            except MemoryError:
                refused.append(tr(NO_MEMORY))
        self.say(" ".join(dict.fromkeys(refused)))
        if session.trainer is not trainer:
            self._player.redraw()
        self._follow()
        return not refused

    def say(self, text: str) -> None:
        """Show a notice in the page, none for an empty text."""
        self._player.notice = text

    def redraw(self) -> None:
        """Build all pictures anew: other lanes or pictures are to be seen."""
        self._player.redraw()
        self._player.wake()
        self._follow()
