"""Two contracts that pay whoever proves the book: one binds only the balances, the other the whole claim."""

from __future__ import annotations

from typing import NamedTuple

from toyevm.rollups.zk.air import Air
from toyevm.rollups.zk.stark import ProofCheck, prove, verify
from toyevm.teaching.lessons.zk_rollup.book import ROWS, SMALL, book, book_air


class Claim(NamedTuple):
    """What a prover says to L1: the balances after the payments, and who gets the fee for the proof."""

    ann: int
    bob: int
    receiver: str


def claim_air(claim: Claim, bound: bool) -> Air:
    """Return the AIR of a claim; if `bound`, the transcript begins with the receiver, too."""
    return book_air((claim.ann, claim.bob), label=f"book, fee to {claim.receiver}" if bound else "book")


def prove_claim(claim: Claim, bound: bool = False) -> bytes:
    """Return a proof of a true claim."""
    return prove(claim_air(claim, bound), book().trace, SMALL)


def l1_says(claim: Claim, proof: bytes, bound: bool = False) -> ProofCheck:
    """Return what L1 says to a claim and a proof."""
    return verify(claim_air(claim, bound), ROWS, proof, SMALL)


ANN_LAST, BOB_LAST = map(int, book().trace[-1, :2])
claim = Claim(ANN_LAST, BOB_LAST, "Pia")  # the lesson's: Pia has proven it
