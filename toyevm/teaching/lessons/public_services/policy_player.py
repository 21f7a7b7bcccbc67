"""The policy explorer: a menu for each demand, and which designs are left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.lessons.public_services.policy import QUESTIONS, Advice, advise
from toyevm.teaching.lessons.public_services.policy_view import show_policy


class PolicyExplorer(Player):
    """Choose who reads, writes, deletes, trusts and corrects, and see which designs are left.

    `set(trust="no single office")` does the same by a call; `advice` is what is shown.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the policy explorer", "advise works without it"

    @property
    def advice(self) -> Advice:
        return advise(**{name: control.value for name, control in self._named.items()})

    @property
    def picture(self) -> Picture:
        return show_policy(self.advice)

    def _controls(self) -> Sequence[Sequence[Any]]:
        make = self._widgets
        wide, style = make.Layout(width="400px"), {"description_width": "170px"}
        menus = []
        for name, question in QUESTIONS.items():
            options = [(answer, answer) for answer in question.answers]
            menu = make.Dropdown(options=options, description=question.words, layout=wide, style=style)
            menus.append(self._control(name, menu))
        return [menus[:2], menus[2:4], menus[4:]]
