"""The bisection game: be the challenger, against a proposer of the lesson's or against a second player."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from toyevm.teaching.kit.bisection.eight_steps import STEPS
from toyevm.teaching.kit.bisection.model import AGREE, DISAGREE, Bisection, read_answers
from toyevm.teaching.kit.bisection.proposers import PROPOSERS, SECOND, claims_of
from toyevm.teaching.kit.bisection.view import show_bisection
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player


class BisectionGame(Player):
    """Dispute a claim about eight steps.

    Whatever a button does, a call does too: `play("agree disagree")`, `set(proposer="player 2", lies_from=6)`. Of two
    players, one says from which state on the claims are false, and hands over: then the slider is gone.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the bisection game", "show_bisection works without it"

    def __init__(self) -> None:
        self._answers: tuple[str, ...] = ()
        self._against, self._is_handed = ("", 0), False
        super().__init__()

    @property
    def game(self) -> Bisection:
        """The dispute as it stands."""
        proposer, lies_from = str(self._named["proposer"].value), int(self._named["lies_from"].value)
        return Bisection(proposer, claims_of(proposer, lies_from), self._answers)

    @property
    def answers(self) -> str:
        """What was answered, in order."""
        return " ".join(self._answers)

    @property
    def picture(self) -> Picture:
        return show_bisection(self.game)

    def play(self, answers: str) -> None:
        """Answer from the beginning.

        Raises:
            InputError: an answer that cannot be read, or one too many; what was shown stays.
        """
        game = self.game
        self._answers = Bisection(game.name, game.claims, read_answers(answers)).answers
        self._show()

    def _controls(self) -> Sequence[Sequence[Any]]:
        make = self._widgets
        names = [(name, name) for name in (*PROPOSERS, SECOND)]
        style = {"button_width": "80px", "description_width": "70px"}
        choice = make.ToggleButtons(
            options=names, description="proposer", style=style, layout=make.Layout(width="620px")
        )
        lies = make.IntSlider(
            value=1, min=1, max=STEPS, description="lies from state", style={"description_width": "110px"}
        )
        self._over = self._button("hand over", "hide the slider from the challenger", self._hand_over)
        says = [self._button(word, f"to the state in the middle: {word}", partial(self._add, word))
                for word in (AGREE, DISAGREE)]  # fmt: skip
        self._field = self._text("answers", FORM, "420px", lambda: self.answers, self.play)
        again = self._button("start again", "no answers", partial(self.play, ""))
        self._slider = self._control("lies_from", lies)
        return [[self._control("proposer", choice)], [self._slider, self._over], [*says, again, self._field]]

    def _hand_over(self) -> None:
        self._is_handed = True
        self._show()

    def _add(self, answer: str) -> None:
        self.play(f"{self.answers} {answer}")

    def _show(self) -> None:
        against = (str(self._named["proposer"].value), int(self._named["lies_from"].value))
        if against != self._against:
            self._is_handed = self._is_handed and against[0] == self._against[0]
            self._against, self._answers = against, ()
        for control in (self._slider, self._over):
            control.layout.display = None if against[0] == SECOND and not self._is_handed else "none"
        self._field.value = self.answers
        super()._show()


FORM = "agree disagree"
