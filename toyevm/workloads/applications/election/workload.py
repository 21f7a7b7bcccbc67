"""An election with sealed votes: voters open what they committed to in earlier blocks.

`election` counts each candidate's votes in one variable, `election_sharded` in sixteen.
"""

from __future__ import annotations

from random import Random

from toyevm.contracts import load_contract
from toyevm.contracts.abi import encode_arguments
from toyevm.crypto import keccak256
from toyevm.types import Address
from toyevm.workloads.applications.base import Application, Ideal
from toyevm.workloads.planned_blocks import PlannedBlock, PlannedCall, account, address_named, entries, user, variables

ELECTION: Address = b"\x75" * 20


def reveal_votes(random: Random, count: int, users: int, *, contract: str, candidates: int = 2) -> PlannedBlock:
    """Return the reveals of votes that were sealed in earlier blocks: one for each of `count` voters."""
    election = load_contract(contract)
    sealed: dict[int | bytes, int] = {}
    calls = []
    for number in random.sample(range(max(users, count)), count):
        voter, candidate, secret = address_named(user(number)), random.randrange(candidates), random.randbytes(32)
        sealed[voter] = int.from_bytes(keccak256(encode_arguments(candidate, secret, voter)), "big")
        calls.append(PlannedCall(user(number), ELECTION, election.call_data("reveal", candidate, secret)))
    storage = variables(election, {"candidates": candidates, "commitEnd": 0, "revealEnd": 100})
    contract_account = account(election, storage | entries(election, "commitmentOf", sealed))
    return PlannedBlock(tuple(calls), {"election": (ELECTION, contract_account)})


APPLICATIONS = (
    Application(
        "election-plain",
        "Voters open their sealed votes for two candidates.",
        "tally of either candidate",
        reveal_votes,
        {"contract": "election"},
        Ideal(0.504, 1.8),
    ),
    Application(
        "election-sharded",
        "Voters open their sealed votes for two candidates, each counted in 16 places.",
        "the fullest of 32 shards of the tally",
        reveal_votes,
        {"contract": "election_sharded"},
        Ideal(
            0.124,
            5.9,
            "two candidates with 16 shards each are 32 counters, so one pair in 32 conflicts; 8 counters would give "
            "the sketch's figures",
        ),
    ),
)
