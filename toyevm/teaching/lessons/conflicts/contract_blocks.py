"""Blocks of calls to real contracts, and how the market's second version differs from its first.

They have names here that say nothing about what slows them down: students bet on that.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import unified_diff

from toyevm.contracts import contract_source
from toyevm.teaching.lessons.conflicts.studies import Study, study
from toyevm.workloads.applications import APPLICATIONS

CONTRACTS: Mapping[str, str] = {
    "erc20-uniform": "erc20-uniform",
    "erc20-zipf": "erc20-zipf",
    "amm": "amm-swap",
    "nft, version 1": "nft-counter",
    "nft, version 2": "nft",
}


def study_contracts(calls: int = 100) -> dict[str, Study]:
    """Return a block of calls to each contract, for study."""
    return {name: study(APPLICATIONS[workload](calls)) for name, workload in CONTRACTS.items()}


def market_changes() -> str:
    """Return the lines that version 2 of the market takes out of version 1 (-), and those that it adds (+)."""
    before, after = (
        contract_source(name).partition("ROYALTY:")[2].splitlines() for name in ("nft_market_counter", "nft_market")
    )
    rows = unified_diff(before, after, n=0, lineterm="")
    return "\n".join(row for row in rows if row[0] in "+-" and row[1] not in "+-")
