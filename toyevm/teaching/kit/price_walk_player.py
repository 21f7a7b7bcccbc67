"""The blob market to play with: how many blobs are wanted, then how many, and at what price of gas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.kit.price_walk import BlobDemand
from toyevm.teaching.kit.price_walk_view import show_price_walk
from toyevm.units import GWEI

MOST_WANTED = 24
STARTS = {"1 wei": 1, "0.01 gwei": GWEI // 100, "1 gwei": GWEI, "100 gwei": 100 * GWEI}
GAS = {"0.1 gwei": GWEI // 10, "1 gwei": GWEI, "10 gwei": 10 * GWEI, "100 gwei": 100 * GWEI}


class PriceWalk(Player):
    """Choose what is wanted; read the price of blob gas over 40 minutes, by the rules of four forks.

    `set(first=21, then=3, start="1 gwei", gas="1 gwei")` moves the sliders; `text` says what is shown.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the blob market", "show_price_walk works without it"

    @property
    def demand(self) -> BlobDemand:
        first, then, start, gas = (int(control.value) for control in self._sliders)
        return BlobDemand(first, then, base_fee=gas, start=start)

    @property
    def picture(self) -> Picture:
        return show_price_walk(self.demand)

    def _controls(self) -> Sequence[Sequence[Any]]:
        make, now = self._widgets, BlobDemand()
        layout, style = make.Layout(width="440px"), {"description_width": "110px"}
        wanted = {"first": ("blobs wanted", now.first), "then": ("from block 100", now.then)}
        prices = {"start": ("blob gas at first", STARTS, now.start), "gas": ("price of gas", GAS, now.base_fee)}
        counts = [
            self._control(name, make.IntSlider(
                value=value, min=0, max=MOST_WANTED, description=words, layout=layout, style=style))
            for name, (words, value) in wanted.items()
        ]  # fmt: skip
        choices = [
            self._control(name, make.SelectionSlider(
                options=list(options.items()), value=value, description=words, layout=layout, style=style))
            for name, (words, options, value) in prices.items()
        ]  # fmt: skip
        self._sliders = [*counts, *choices]
        return [counts, choices]
