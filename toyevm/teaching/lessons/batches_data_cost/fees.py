"""What a batch of transfers pays to L1, as calldata and in blobs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from toyevm.forks import BPO2
from toyevm.rollups.costs import USABLE_BYTES, DataCost, FeeScenario, blob_cost, blobs_for, calldata_cost
from toyevm.units import GWEI

BYTES = 80  # of a signed transfer in a batch, compressed; see the table of encodings

BATCHES = (1, 10, 100, 200, 400, 600, 800, 1_000, 1_500, 2_000, 3_000, 5_000)
FEES = {
    "1 wei": 1, "0.001 gwei": GWEI // 1000, "0.01 gwei": GWEI // 100, "0.1 gwei": GWEI // 10, "0.5 gwei": GWEI // 2,
    "1 gwei": GWEI, "2 gwei": 2 * GWEI, "5 gwei": 5 * GWEI, "10 gwei": 10 * GWEI, "20 gwei": 20 * GWEI,
    "50 gwei": 50 * GWEI, "100 gwei": 100 * GWEI, "500 gwei": 500 * GWEI,
}  # fmt: skip


@dataclass(frozen=True)
class BatchBill:
    """One batch of transfers, and the prices of the day.

    Attributes:
        transfers: how many stand in the batch.
        base_fee: of a unit of gas, in wei.
        blob_fee: of a unit of blob gas, in wei.
    """

    transfers: int = 100
    base_fee: int = GWEI
    blob_fee: int = GWEI

    @property
    def size(self) -> int:
        """In bytes, none of them zero."""
        return BYTES * self.transfers

    @property
    def blobs(self) -> int:
        return blobs_for(self.size)

    @property
    def share(self) -> float:
        """How much of its blobs the batch fills."""
        return self.size / (self.blobs * USABLE_BYTES)

    @cached_property
    def calldata(self) -> DataCost:
        return calldata_cost(b"\1" * self.size, self.transfers, self._prices)

    @cached_property
    def in_blobs(self) -> DataCost:
        return blob_cost(self.size, self.transfers, self._prices)

    @property
    def calldata_wins(self) -> bool:
        return self.calldata.wei < self.in_blobs.wei

    @property
    def _prices(self) -> FeeScenario:
        return FeeScenario("sliders", BPO2, self.base_fee, self.blob_fee, "chosen with the sliders")


def in_gwei(wei: float) -> str:
    """Return an amount in gwei, with as many digits as matter.

    >>> in_gwei(3_200_000_000_000), in_gwei(1_500_000)
    ('3,200', '0.0015')
    """
    amount = wei / GWEI
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:.3g}"


def words_of(bill: BatchBill) -> list[str]:
    """Return what the sliders show, in words."""
    costs = {"calldata": bill.calldata.wei, "blobs": bill.in_blobs.wei}
    way = "calldata" if bill.calldata_wins else "blobs"
    blobs = f"{bill.blobs} blob{'s' * (bill.blobs > 1)}"
    return [
        f"batch     {bill.transfers:,} transfers of {BYTES} bytes: {bill.size:,} bytes, {bill.share:.1%} of {blobs}",
        f"prices    gas {in_gwei(bill.base_fee)} gwei, blob gas {in_gwei(bill.blob_fee)} gwei",
        f"calldata  {in_gwei(bill.calldata.wei)} gwei, {in_gwei(bill.calldata.per_transfer)} for each transfer",
        f"blobs     {in_gwei(bill.in_blobs.wei)} gwei, {in_gwei(bill.in_blobs.per_transfer)} for each transfer",
        f"cheaper   {way}, {max(costs.values()) / min(costs.values()):,.1f} times",
    ]
