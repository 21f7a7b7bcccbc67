"""A sidechain's contracts on an L1 with five validators, for the tests: stakes of 45, 24, 15, 10 and 6 wei."""

from __future__ import annotations

from toyevm.rollups.l1 import L1
from toyevm.rollups.sidechain.root_contracts import KEEPER, RootContracts
from toyevm.rollups.sidechain.validators import Validator, validator_set
from toyevm.rollups.sidechain.votes import SignedVote, Vote, sign_vote
from toyevm.workloads.wallets import wallet

STAKES = {"Pia": 45, "Quinn": 24, "Ravi": 15, "Sam": 10, "Tess": 6}
VALIDATORS = validator_set(STAKES)
MEMBERS = {member.name: member for member in VALIDATORS.members} | {"Mallory": Validator("Mallory", 1)}
ANN, BOB = wallet("Ann"), wallet("Bob")
VOTE = Vote("checkpoint", 1, 4, b"\xaa" * 32)


def new_contracts(threshold: tuple[int, int] = (2, 3), delay: int = 0) -> RootContracts:
    """Return the contracts on an L1 of their own."""
    people = [KEEPER, ANN, BOB, *(member.wallet for member in MEMBERS.values())]
    return RootContracts(L1(people), VALIDATORS, threshold=threshold, delay=delay)


def signed(contracts: RootContracts, *names: str, vote: Vote = VOTE) -> SignedVote:
    """Return a vote with the signatures of these people."""
    return sign_vote(vote, contracts.domain, [MEMBERS[name] for name in names])
