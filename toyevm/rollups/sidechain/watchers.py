"""Watchers: who collects what validators sign, and shows L1 when somebody has signed two roots for one range.

Milestones count as evidence too, so whoever helps to run the sidechain has signed its true blocks. What they cannot
show: a lie about blocks of which the liar has signed nothing else. There is one vote then, and L1 cannot tell a lie.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from toyevm.rollups.sidechain.sidechain import Sidechain
from toyevm.rollups.sidechain.votes import SignedVote, VoteDomain, VoteRefused, signer_of
from toyevm.types import Address


class Evidence(NamedTuple):
    """Two votes about one range with different roots, each with the signature of one and the same signer alone."""

    signer: Address
    one: SignedVote
    other: SignedVote


def find_evidence(signed: Sequence[SignedVote], domain: VoteDomain) -> list[Evidence]:
    """Return evidence against everybody who has signed two roots for one range, once each, as they come."""
    signatures = [_by_signer(each, domain) for each in signed]
    found: dict[Address, Evidence] = {}
    for (one, ours), (other, theirs) in combinations(zip(signed, signatures, strict=True), 2):
        if one.vote.conflicts_with(other.vote):
            for signer in sorted(ours.keys() & theirs.keys() - found.keys()):
                votes = SignedVote(one.vote, (ours[signer],)), SignedVote(other.vote, (theirs[signer],))
                found[signer] = Evidence(signer, *votes)
    return list(found.values())


def _by_signer(signed: SignedVote, domain: VoteDomain) -> Mapping[Address, bytes]:
    found = {}
    for signature in signed.signatures:
        try:
            found[signer_of(signed.vote, domain, signature)] = signature
        except VoteRefused:
            continue
    return found


def slash_liars(side: Sidechain) -> int:
    """Bring all evidence there is before L1, and return the stake that is burned by it, in wei."""
    before = side.contracts.total
    for evidence in find_evidence(side.signed, side.contracts.domain):
        side.contracts.slash(evidence.one, evidence.other)
    return before - side.contracts.total
