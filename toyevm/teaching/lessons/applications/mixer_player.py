"""The workload mixer: who uses which application how often, in which design; and how far the block goes in parallel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.lessons.applications.mix_profile import CROWDS, DESIGNS, MIXED, MixProfile, profile_of_mix
from toyevm.teaching.lessons.applications.mix_view import show_profile

MOST = 10  # shares of one application, on a slider
START = {"payments": 6, "swaps": 2, "drop": 2}


class WorkloadMixer(Player):
    """Mix a block of 60 transactions.

    Whatever a control does, a call does too: `set(swaps=3, drop=0, crowd="a few busy", design="spread")`.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the workload mixer", "show_mix works without it"

    @property
    def shares(self) -> dict[str, int]:
        """The shares now, by application."""
        return {name: int(self._named[name].value) for name in MIXED}

    @property
    def crowd(self) -> str:
        """Who is popular now."""
        return str(self._named["crowd"].value)

    @property
    def design(self) -> str:
        """The design of the contracts that have two."""
        return str(self._named["design"].value)

    @property
    def profile(self) -> MixProfile:
        """The profile of the block as it is mixed now; without calls, if no share is above 0."""
        if not any(self.shares.values()):
            return MixProfile((), 0, self.crowd, self.design)
        return profile_of_mix(self.shares, self.crowd, self.design)

    @property
    def picture(self) -> Picture:
        return show_profile(self.profile)

    def mix(self, **shares: int) -> None:
        """Set the shares of these applications, and of all others to 0."""
        self.set(**shares)
        self.set(**{name: 0 for name in MIXED if name not in shares})

    def _controls(self) -> Sequence[Sequence[Any]]:
        make = self._widgets
        layout, style = make.Layout(width="300px"), {"description_width": "80px"}
        sliders = [
            self._control(name, make.IntSlider(
                value=START.get(name, 0), min=0, max=MOST, description=name, layout=layout, style=style,
                continuous_update=False))
            for name in MIXED
        ]  # fmt: skip
        choices = [
            self._control(name, make.ToggleButtons(
                options=[(words, words) for words in options], description=name,
                layout=make.Layout(width=width), style={"button_width": "104px", "description_width": "60px"}))
            for name, options, width in (("crowd", tuple(CROWDS), "520px"), ("design", DESIGNS, "300px"))
        ]  # fmt: skip
        return [sliders[:3], sliders[3:], choices]
