"""The market for unique tokens, before and after a change of a few lines, and which lines these are."""

from __future__ import annotations

from difflib import unified_diff

from toyevm.contracts import contract_source
from toyevm.teaching.lessons.conflicts.studies import Study, study
from toyevm.workloads.applications import APPLICATIONS


def study_market(sales: int = 100) -> tuple[Study, Study]:
    """Return a block of sales before the change, and the same sales after it, for study."""
    return study(APPLICATIONS["nft-counter"](sales)), study(APPLICATIONS["nft"](sales))


def market_changes() -> str:
    """Return the lines that are taken out of the market (-), and those that are put in (+)."""
    before, after = (
        contract_source(name).partition("ROYALTY:")[2].splitlines() for name in ("nft_market_counter", "nft_market")
    )
    rows = unified_diff(before, after, n=0, lineterm="")
    return "\n".join(row for row in rows if row[0] in "+-" and row[1] not in "+-")
