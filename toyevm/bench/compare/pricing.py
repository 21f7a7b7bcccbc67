"""What a transaction costs on L1, at the prices of three days; and how long until it is final there."""

from __future__ import annotations

import re

from toyevm.bench.compare.figures import TaggedFigure, assumed, simulated, weakest
from toyevm.bench.compare.settling import Traffic
from toyevm.chain import GAS_PER_BLOB
from toyevm.rollups.costs import SCENARIOS, USABLE_BYTES, FeeScenario
from toyevm.units import GWEI

SCENARIO_NAMES = ("quiet", "rush", "full")
SLOT = assumed(12, "s", "a slot of L1: Ethereum's consensus specification, phase 0, 2020")
FINAL = assumed(
    2 * 32 * 12, "s", "two epochs of 32 slots of 12 s, if nobody is offline: Ethereum's consensus specification, 2020"
)


def price_of(scenario: FeeScenario) -> TaggedFigure:
    """Return the price of gas that a scenario assumes."""
    return assumed(scenario.base_fee / GWEI, "gwei/gas", _dated(scenario))


def _dated(scenario: FeeScenario) -> str:
    is_dated = re.search(r"\b20\d\d\b", scenario.source)
    return scenario.source if is_dated else f"{scenario.source}, 2026, by the rules of {scenario.fork.name}"


def on_l1(gas: int, transactions: int) -> dict[str, TaggedFigure]:
    """Return, by scenario, what a transaction costs that L1 itself executes, in gwei."""
    used = simulated(gas / transactions, "gas/tx")
    return {
        name: weakest(used.value * price.value, "gwei/tx", used, price)
        for name in SCENARIO_NAMES
        for price in [price_of(SCENARIOS[name])]
    }


def as_calldata(traffic: Traffic, transactions: int) -> dict[str, TaggedFigure]:
    """Return, by scenario, what a transaction's share of the block costs as it was sent: its data as calldata."""
    return on_l1(traffic.gas, transactions)


def in_full_blobs(traffic: Traffic, transactions: int) -> dict[str, TaggedFigure]:
    """Return the same with the data in blobs that are full, so that many blocks share each.

    What is not data (storage, the check of a proof) costs the same as before.
    """
    rest = traffic.gas_without_data
    share = len(traffic.data) / USABLE_BYTES * GAS_PER_BLOB
    found = {}
    for name in SCENARIO_NAMES:
        scenario, price = SCENARIOS[name], price_of(SCENARIOS[name])
        gwei = (rest * scenario.base_fee + share * scenario.blob_fee) / GWEI / transactions
        found[name] = weakest(gwei, "gwei/tx", simulated(rest, "gas"), price)
    return found
