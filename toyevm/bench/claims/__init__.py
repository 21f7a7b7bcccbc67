"""An audit of sentences that the press and vendors write: each is run in cases, and the cases give the verdict."""

from __future__ import annotations

from toyevm.bench.claims.base import ClaimCase, ClaimEvidence, PopularClaim, Ruled, audit
from toyevm.bench.claims.execution import EXECUTION
from toyevm.bench.claims.layers import LAYERS
from toyevm.bench.claims.public import PUBLIC
from toyevm.errors import InputError

__all__ = ["CLAIMS", "ClaimCase", "ClaimEvidence", "PopularClaim", "Ruled", "audit", "claim_named"]

CLAIMS: dict[str, PopularClaim] = {claim.id: claim for claim in (*LAYERS, *EXECUTION, *PUBLIC)}


def claim_named(name: str) -> PopularClaim:
    """Return a claim.

    Raises:
        InputError: there is none of this name.
    """
    if name not in CLAIMS:
        raise InputError(f"unknown claim {name!r}", "claims", " | ".join(CLAIMS))
    return CLAIMS[name]
