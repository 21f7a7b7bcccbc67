"""What goes into an estimate: published figures as ranges, with source and year; choices of ours; measurements.

Where the sources disagree, both are in the range. Published figures were read as excerpts, not as whole reports. A
choice is an order of magnitude to compute with, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from toyevm.backends import BACKENDS
from toyevm.bench.compare.executing import on_one_core
from toyevm.bench.judged_block import JudgedBlock
from toyevm.errors import InputError
from toyevm.workloads.applications import APPLICATIONS

CHOICE = "a choice of this course, an order of magnitude, 2026"
_CCRI = "CCRI, The Merge, September 2022"


@dataclass(frozen=True)
class EnergyInput:
    """A number that is only known to lie between two others.

    Raises:
        InputError: no range of positive numbers.
    """

    name: str
    low: float
    high: float
    unit: str
    source: str

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.high < float("inf"):
            raise InputError(f"{self.low} to {self.high}", self.name, "a range of positive numbers")

    @property
    def middle(self) -> float:
        """The geometric mean: of two guesses that differ by a factor, neither counts more."""
        return sqrt(self.low * self.high)


INPUTS = {
    each.name: each
    for each in (
        EnergyInput("energy by proof of work", 23, 94, "TWh a year",
                    f"Ethereum before the Merge: {_CCRI} (23); press reports of October 2022 (94)"),
        EnergyInput("energy by proof of stake", 0.0026, 0.0075, "TWh a year",
                    f"Ethereum after the Merge: {_CCRI} (2.6 GWh); Cambridge, CCAF, December 2023 (7.5 GWh)"),
        EnergyInput("L1 transactions", 1.0e6, 2.5e6, "a day",
                    "seven-day averages of Ethereum: 1.87 million on 31 December 2025, near 2.5 million in January "
                    "2026 (The Block, as quoted by the press), a record; at the low end " + CHOICE),
        EnergyInput("L1 transactions before the Merge", 1.0e6, 1.61e6, "a day",
                    "seven-day averages of Ethereum: a record of 1.61 million in May 2021 (The Block, as quoted by the "
                    "press); at the low end " + CHOICE),
        EnergyInput("nodes", 5_000, 14_072, "computers",
                    "at the high end those that Cambridge counted, December 2023; at the low end " + CHOICE),
        EnergyInput("a core", 3, 15, "W", "power of a busy core; " + CHOICE),
        EnergyInput("layer's servers", 1_000, 20_000, "W", "sequencer, provers, nodes and their cooling; " + CHOICE),
        EnergyInput("layer's transactions", 5, 100, "a second", CHOICE),
        EnergyInput("layer's nodes", 10, 1_000, "computers", CHOICE),
        EnergyInput("layer's share of an L1 transaction", 0.28, 9.5, "of one",
                    "gas on L1 of a rollup's transaction against the same one on L1, data as calldata: `toyevm "
                    "compare`, December 2026, of an optimistic rollup, `--transactions 200` (low), and of 40 proven "
                    "payments, `--workload ether` (high); large batches in blobs take less, and are not measured"),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """Seconds of the processor on this computer, for a transaction of the course block.

    Attributes:
        execute: to execute it once, compiled and warm.
        prove: to prove a payment, in a batch of 64; 0 where numpy is not installed.
        executions: how often Block-STM runs a transaction on 16 virtual cores (simulated): aborts are run again.
    """

    execute: float
    prove: float
    executions: float


def measure_inputs() -> Measured:
    """Measure what an estimate needs."""
    judged = JudgedBlock.of(APPLICATIONS["mixed"](40))
    one = on_one_core(judged)
    stm = judged.figures(BACKENDS.named("block_stm"), 16, with_hints=False)
    return Measured(one.seconds / one.transactions, _prove(64), stm["executionsPerTransaction"])


def _prove(payments: int) -> float:
    try:
        from toyevm.bench.stark import measure_payments

        return float(measure_payments(payments, 1)["cpuSeconds"]["prove"]) / payments
    except ImportError:
        return 0.0
