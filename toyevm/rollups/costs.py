"""What L1 charges for data: as calldata, gas a byte; in blobs, at a price of their own; and how much room there is.

What a transfer on L2 costs follows from how many bytes it takes in a batch, and from what a byte costs on L1. Calldata
is paid for byte by byte. A blob is paid for whole, full or not, and its price follows demand: the rule is that of
`toyevm.chain`, the numbers are those of the fork.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from toyevm.blocks import Header
from toyevm.chain import GAS_PER_BLOB, blob_base_fee, next_excess_blob_gas
from toyevm.errors import InputError
from toyevm.forks import BPO2, CANCUN, BlobSchedule, Fork
from toyevm.transactions import Transaction
from toyevm.transition import intrinsic_gas
from toyevm.types import ZERO_ADDRESS
from toyevm.units import GWEI

BLOB_BYTES = 4096 * 32  # 4,096 field elements of 32 bytes: what L1 keeps
USABLE_BYTES = 4096 * 31  # a field element holds every 31 bytes, but not every 32
SECONDS_PER_SLOT = 12


def blob_schedule(fork: Fork) -> BlobSchedule:
    """Return how many blobs a block of this fork may and should carry, or raise InputError where it has none."""
    if fork.blobs is None:
        raise InputError(f"{fork.name} has no blobs", expected="Cancun or later")
    return fork.blobs


# The price of blobs


@dataclass(frozen=True)
class SlotPrice:
    """One block on the walk of the price: how many blobs it carries, and what a unit of blob gas costs in it, in wei.

    `excess` is the running total of blob gas above the target that the price is computed from.
    """

    slot: int
    blobs: int
    excess: int
    price: int


def walk_price(
    fork: Fork, blob_counts: Sequence[int], *, excess: int = 0, base_fee: int = 0
) -> tuple[SlotPrice, ...]:  # fmt: skip
    """Return the price in every block, given how many blobs each carries; `excess` is that of the first.

    From Osaka on the price of gas matters too: `base_fee`, in wei, the same in all blocks (EIP-7918).

    >>> [each.price for each in walk_price(CANCUN, [6] * 25)][::6]
    [1, 2, 4, 8, 16]

    Raises:
        InputError: a fork without blobs, or more blobs than a block may carry.
    """
    schedule, prices = blob_schedule(fork), []
    for slot, blobs in enumerate(blob_counts):
        if not 0 <= blobs <= schedule.maximum:
            raise InputError(f"{blobs} blobs in slot {slot}", expected=f"0 to {schedule.maximum} under {fork.name}")
        prices.append(SlotPrice(slot, blobs, excess, blob_base_fee(schedule, excess)))
        header = Header(blob_gas_used=blobs * GAS_PER_BLOB, excess_blob_gas=excess, base_fee_per_gas=base_fee)
        excess = next_excess_blob_gas(fork, header)
    return tuple(prices)


def excess_for(fork: Fork, price: int) -> int:
    """Return the least excess at which blob gas costs `price` wei or more: where a walk from that price begins."""
    schedule = blob_schedule(fork)
    return bisect_left(range(100 * schedule.base_fee_update_fraction), price, key=partial(blob_base_fee, schedule))


def price_factor(fork: Fork, blobs: int, *, below_reserve: bool = False) -> float:
    """Return what one block with so many blobs multiplies the price by, but for rounding.

    Below the reserve price (EIP-7918) a fixed share of the blobs counts as above the target, so a full block raises the
    price as ever, and an empty one leaves it. That is a rule on the excess: it is no floor that the price jumps to.

    >>> f"{price_factor(CANCUN, 6):.3f} {price_factor(BPO2, 21):.4f} {1 / price_factor(BPO2, 0):.3f}"
    '1.125 1.0817 1.170'
    """
    schedule = blob_schedule(fork)
    target, most = schedule.target, schedule.maximum
    above = blobs * (most - target) / most if below_reserve and fork.blob_base_cost else blobs - target
    return math.exp(above * GAS_PER_BLOB / schedule.base_fee_update_fraction)


def reserve_price(fork: Fork, base_fee: int) -> int:
    """Return the price of blob gas, in wei, below which an empty block does not lower it any more: base_fee / 16.

    >>> reserve_price(BPO2, 16 * GWEI) == GWEI
    True
    """
    return fork.blob_base_cost * base_fee // GAS_PER_BLOB


# What a batch costs


def _check_positive(what: str, amount: float) -> None:
    if not amount > 0:
        raise InputError(f"{amount} {what}", expected="more than 0")


@dataclass(frozen=True)
class FeeScenario:
    """Prices to compute with: `base_fee` of gas and `blob_fee` of blob gas, both in wei, and where they come from.

    Raises:
        InputError: a price below 1 wei; no block of a real chain has one.
    """

    name: str
    fork: Fork
    base_fee: int
    blob_fee: int
    source: str

    def __post_init__(self) -> None:
        _check_positive("wei for a unit of gas", self.base_fee)
        _check_positive("wei for a unit of blob gas", self.blob_fee)


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        FeeScenario("first day", CANCUN, 61_952_457_264, 1, "mainnet block 19,426,587, 13 March 2024"),
        FeeScenario("quiet", CANCUN, 6_374_256_653, 1, "mainnet block 19,929,064, 23 May 2024"),
        FeeScenario(
            "rush", CANCUN, 37 * GWEI, 585 * GWEI, "the press, 27 March 2024: blobs at the peak, gas as quoted that day"
        ),
        FeeScenario("reserve", BPO2, GWEI // 2, GWEI // 32, "made up: gas at 0.5 gwei, blobs at their reserve price"),
        FeeScenario(
            "full",
            BPO2,
            2 * GWEI,
            20 * GWEI,
            "made up: gas at 2 gwei, and from the reserve price on 13 minutes of full blocks",
        ),
    )
}
"""Scenarios, not forecasts: real prices change by the minute, and by a factor of a billion over a month."""


@dataclass(frozen=True)
class DataCost:
    """What it costs to post a batch one way: `wei` in all, for `transfers` transfers in `transactions` of L1.

    Raises:
        InputError: no transfers to share it.
    """

    way: str
    wei: int
    transfers: int
    transactions: int

    def __post_init__(self) -> None:
        _check_positive("transfers", self.transfers)

    @property
    def per_transfer(self) -> float:
        """In wei."""
        return self.wei / self.transfers


def tokens_of(data: bytes) -> int:
    """Count calldata as gas does: one token a zero byte, four any other."""
    return 4 * len(data) - 3 * data.count(0)


def token_gas(fork: Fork) -> int:
    """Return the gas of a token in a transaction that only carries data: 4, and the floor of 10 from Prague (EIP-7623).

    So a byte other than zero costs 16 gas, or 40.
    """
    return max(fork.gas.calldata_zero, fork.gas.calldata_floor_token)


def calldata_cost(data: bytes, transfers: int, fees: FeeScenario) -> DataCost:
    """Return what the data costs as calldata of transactions that do nothing else.

    One transaction, or as few as the cap on a transaction's gas allows (from Osaka, 2**24).
    """
    fork = fees.fork
    base = fork.gas.transaction
    whole = max(intrinsic_gas(fork, Transaction(to=ZERO_ADDRESS, data=data)))
    room = (fork.transaction_gas_cap or whole) - base
    transactions = max(1, math.ceil((whole - base) / room)) if room else 1
    return DataCost("calldata", (whole + (transactions - 1) * base) * fees.base_fee, transfers, transactions)


def blobs_for(size: int) -> int:
    """Return how many blobs so many bytes take; one is the least."""
    return max(1, math.ceil(size / USABLE_BYTES))


def blob_cost(size: int, transfers: int, fees: FeeScenario) -> DataCost:
    """Return what the data costs in blobs, each paid whole, in as few transactions as may carry them."""
    blobs, schedule = blobs_for(size), blob_schedule(fees.fork)
    transactions = math.ceil(blobs / (fees.fork.max_blobs_per_transaction or schedule.maximum))
    gas = transactions * fees.fork.gas.transaction
    return DataCost("blobs", gas * fees.base_fee + blobs * GAS_PER_BLOB * fees.blob_fee, transfers, transactions)


def break_even_size(fees: FeeScenario, *, zeros: Fraction = Fraction(0)) -> int | None:
    """Return from how many bytes on a batch is cheaper in one blob than as calldata; None if never.

    `zeros` is the share of zero bytes. More blobs change nothing: the k-th pays off at k times that size.

    >>> break_even_size(SCENARIOS["rush"]), break_even_size(SCENARIOS["full"]), break_even_size(SCENARIOS["quiet"])
    (None, 32769, 1)

    Raises:
        InputError: the share is not from 0 to 1.
    """
    if not 0 <= zeros <= 1:
        raise InputError(f"a share of {zeros} zero bytes", expected="0 to 1")
    gas_per_byte = token_gas(fees.fork) * (4 - 3 * zeros)
    size = math.floor(GAS_PER_BLOB * fees.blob_fee / (gas_per_byte * fees.base_fee)) + 1
    return size if size <= USABLE_BYTES else None


# How much room there is


def data_limited_tps(bytes_per_transfer: float, blobs: int, *, blob_bytes: int = BLOB_BYTES) -> float:
    """Return how many transfers a second fit into so many blobs a block: bytes of blobs / bytes of a transfer / 12 s.

    It counts a blob as its 131,072 bytes, as is usual; with `blob_bytes=USABLE_BYTES` it is 3 % less.

    >>> round(data_limited_tps(109, 3)), round(data_limited_tps(109, 14))
    (301, 1403)
    >>> round(data_limited_tps(109, 14, blob_bytes=USABLE_BYTES))
    1359

    Raises:
        InputError: a transfer of no bytes.
    """
    _check_positive("bytes of a transfer", bytes_per_transfer)
    return blobs * blob_bytes / bytes_per_transfer / SECONDS_PER_SLOT
