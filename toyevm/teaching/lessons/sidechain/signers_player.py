"""The signer switches: five signers, each honest, silent or colluding, and what their stakes decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.lessons.sidechain.signers_view import show_signing
from toyevm.teaching.lessons.sidechain.stakes import COLLUDES, ROLES, UNEQUAL, Signing


class SignerSwitches(Player):
    """Choose what each signer does.

    Whatever a switch does, a call does too: `set(Pia="colludes", Tess="silent")`.

    Args:
        stakes: in ether, by name.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the signer switches", "show_signing works without it"

    def __init__(self, stakes: Mapping[str, int] = UNEQUAL) -> None:
        self._stakes = dict(stakes)
        super().__init__()

    @property
    def signing(self) -> Signing:
        """Who does what now."""
        return Signing(self._stakes, {name: str(switch.value) for name, switch in self._named.items()})

    @property
    def colluding(self) -> list[str]:
        """Who colludes now."""
        return [name for name, role in self.signing.roles.items() if role == COLLUDES]

    @property
    def picture(self) -> Picture:
        return show_signing(self.signing)

    def _controls(self) -> Sequence[Sequence[Any]]:
        make = self._widgets
        wide, narrow = make.Layout(width="440px"), {"description_width": "90px"}
        rows = []
        for name, stake in self._stakes.items():
            switch = make.ToggleButtons(
                options=[(role, role) for role in ROLES],
                description=f"{name} {stake}",
                layout=wide,
                style={"button_width": "90px", **narrow},
            )
            rows.append(self._control(name, switch))
        return [rows[:2], rows[2:4], rows[4:]]
