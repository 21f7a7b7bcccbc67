"""The fee sliders: one batch, the prices of the day, and which way to L1 is cheaper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toyevm.forks import BPO2
from toyevm.rollups.costs import DataCost
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import GAS_BAR, LEFT, NORMAL, WRITTEN
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.lessons.batches_data_cost.fees import BYTES, BatchBill, in_gwei
from toyevm.units import GWEI

BATCHES = (1, 10, 100, 200, 400, 600, 800, 1_000, 1_500, 2_000, 3_000, 5_000)
FEES = {
    "1 wei": 1, "0.001 gwei": GWEI // 1000, "0.01 gwei": GWEI // 100, "0.1 gwei": GWEI // 10, "0.5 gwei": GWEI // 2,
    "1 gwei": GWEI, "2 gwei": 2 * GWEI, "5 gwei": 5 * GWEI, "10 gwei": 10 * GWEI, "20 gwei": 20 * GWEI,
    "50 gwei": 50 * GWEI, "100 gwei": 100 * GWEI, "500 gwei": 500 * GWEI,
}  # fmt: skip
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
    for at, line in enumerate(words):
        if line.startswith("cheaper"):
            paint = NORMAL if bill.calldata_wins else LEFT
            body.append(svg.box(MARGIN - 6, top + 22 * at - 15, WIDTH - 2 * MARGIN + 12, 20, paint, radius=2))
        body.append(svg.text(MARGIN, top + 22 * at, line, mono=True))
    return Picture(svg.figure(WIDTH, top + 22 * len(words), "; ".join(words), body), "\n".join(words))


def _transactions(cost: DataCost) -> str:
    return f"{cost.transactions} transaction{'s' * (cost.transactions > 1)}"


def words_of(bill: BatchBill) -> list[str]:
    """Return what the sliders show, in words."""
    cheaper, way = bill.in_blobs.wei / bill.calldata.wei, "blobs"
    if bill.calldata_wins:
        way = "calldata"
    else:
        cheaper = 1 / cheaper
    blobs = f"{bill.blobs} blob{'s' * (bill.blobs > 1)}"
    return [
        f"batch     {bill.transfers:,} transfers of {BYTES} bytes: {bill.size:,} bytes, {bill.share:.1%} of {blobs}",
        f"prices    gas {in_gwei(bill.base_fee)} gwei, blob gas {in_gwei(bill.blob_fee)} gwei (rules of {BPO2.name})",
        f"calldata  {in_gwei(bill.calldata.wei)} gwei, {in_gwei(bill.calldata.per_transfer)} for each transfer",
        f"blobs     {in_gwei(bill.in_blobs.wei)} gwei, {in_gwei(bill.in_blobs.per_transfer)} for each transfer",
        f"cheaper   {way}, {cheaper:,.1f} times",
    ]


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
