"""The fee sliders: one batch, the prices of the day, and which way to L1 is cheaper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toyevm.rollups.costs import DataCost
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.lines_view import LINE, draw_lines
from toyevm.teaching.kit.palette import GAS_BAR, READ, WRITTEN
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.lessons.batches_data_cost.fees import BATCHES, FEES, BatchBill, in_gwei, words_of
from toyevm.units import GWEI

BARS, LONGEST = 330, WIDTH - 330 - 150


def show_bill(bill: BatchBill) -> Picture:
    """Return what one transfer of the batch costs both ways, as bars and in words."""
    words = words_of(bill)
    ways = (("calldata", bill.calldata, WRITTEN), ("blobs", bill.in_blobs, GAS_BAR))
    most = max(each.per_transfer for _, each, _ in ways)
    body = [svg.heading(MARGIN, 26, "gwei for each transfer")]
    for at, (name, cost, paint) in enumerate(ways):
        y = 42 + 36 * at
        body.append(svg.text(MARGIN, y + 18, f"{name}, {_transactions(cost)}"))
        length = LONGEST * cost.per_transfer / most
        body.append(svg.box(BARS - 90, y, max(length, 2), 26, paint, radius=2))
        body.append(svg.text(BARS - 84 + length, y + 18, in_gwei(cost.per_transfer), bold=True))
    top = 140
    body += draw_lines(words, top, "cheaper", WRITTEN if bill.calldata_wins else READ)
    return Picture(svg.figure(WIDTH, top + LINE * len(words), "; ".join(words), body), "\n".join(words))


def _transactions(cost: DataCost) -> str:
    return f"{cost.transactions} transaction{'s' * (cost.transactions > 1)}"


class FeeSliders(Player):
    """Choose the size of a batch and two prices; read what a transfer costs, as calldata and in blobs.

    `set(transfers=400, base_fee="1 gwei", blob_fee="20 gwei")` moves the sliders; `text` says what is shown.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the fee sliders", "show_bill works without it"

    @property
    def bill(self) -> BatchBill:
        return BatchBill(int(self._transfers.value), int(self._base_fee.value), int(self._blob_fee.value))

    @property
    def picture(self) -> Picture:
        return show_bill(self.bill)

    def _controls(self) -> Sequence[Sequence[Any]]:
        self._transfers = self._slider("transfers", {f"{count:,}": count for count in BATCHES}, 100)
        self._base_fee = self._slider("base_fee", FEES, GWEI)
        self._blob_fee = self._slider("blob_fee", FEES, GWEI // 10)
        return [[self._transfers, self._base_fee], [self._blob_fee]]

    def _slider(self, name: str, options: dict[str, int], value: int) -> Any:
        layout = self._widgets.Layout(width="440px")
        style = {"description_width": "70px"}
        made = self._widgets.SelectionSlider(
            options=list(options.items()), value=value, description=name.replace("_", " "), layout=layout, style=style
        )
        return self._control(name, made)
