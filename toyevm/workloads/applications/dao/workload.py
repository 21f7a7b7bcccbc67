"""A DAO: members vote on proposals, each with the shares of a block that is past.

`dao` adds up each side of a proposal in one variable, `dao_sharded` in sixteen.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from toyevm.contracts import Contract, load_contract, mapping_slot
from toyevm.state import Account
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.applications.base import Application, Ideal
from toyevm.workloads.planned_blocks import (
    PlannedBlock,
    PlannedCall,
    account,
    address_named,
    pick,
    user,
    variables,
    word_named,
)

DAO: Address = b"\xc8" * 20
SHARDS = 16
DELAY = 2 * 24 * 3600  # of the timelock, in seconds
SO_FAR = 10**6 * ETHER  # votes in each place of the tally before the block; also the quorum


def vote_proposals(random: Random, count: int, users: int, *, contract: str, proposals: int = 1) -> PlannedBlock:
    """Return the votes of `count` members, each for or against one of several proposals."""
    dao = load_contract(contract)
    shares: dict[Address, int] = {}
    calls = []
    for number in random.sample(range(max(users, count)), count):
        proposal, support = pick(random, proposals), random.random() < 0.5
        shares[address_named(user(number))] = random.randint(1, 1_000) * ETHER
        calls.append(PlannedCall(user(number), DAO, dao.call_data("vote", proposal, int(support))))
    return PlannedBlock(tuple(calls), {"DAO": (DAO, dao_account(dao, shares, proposals))}, (user(0),))


def dao_account(
    dao: Contract,
    shares: Mapping[Address, int],
    proposals: int = 0,
    *,
    voting_period: int = 100,
    delay: int = DELAY,
    treasury: int = 0,
) -> Account:
    """Return a DAO whose members have had their shares since block 0, and in which proposals of then are voted on.

    Args:
        voting_period: in blocks.
        delay: of the timelock, in seconds.
        treasury: in wei.
    """
    slots = dao.slots
    rules = {"quorum": SO_FAR, "threshold": ETHER, "votingPeriod": voting_period, "delay": delay}
    storage = variables(dao, rules | {"proposalCount": proposals})
    for member, amount in shares.items():
        storage[mapping_slot(slots["checkpointCount"], member)] = 1
        first = mapping_slot(mapping_slot(slots["checkpoints"], member), 0)
        storage |= dict(zip(range(first, first + 2), (0, amount), strict=True))  # fromBlock, shares
    for proposal in range(proposals):
        first = mapping_slot(slots["proposals"], proposal)
        action = int.from_bytes(b"\xac" * 32)  # nobody executes it here, so any hash does
        proposer_to_vote_end = (word_named(user(0)), action, 0, 100)
        storage |= dict(zip(range(first, first + 4), proposer_to_vote_end, strict=True))
        storage |= dict.fromkeys(_tally_slots(dao, proposal), SO_FAR)
    return account(dao, storage, treasury)


def _tally_slots(dao: Contract, proposal: int) -> list[int]:
    slots = dao.slots
    if "votesFor" in slots:
        return [mapping_slot(slots[side], proposal) for side in ("votesFor", "votesAgainst")]
    sides = [mapping_slot(slots[side], proposal) for side in ("forShards", "againstShards")]
    return [first + shard for first in sides for shard in range(SHARDS)]


APPLICATIONS = (
    Application(
        "dao-vote",
        "Members vote on one proposal.",
        "votesFor or votesAgainst of the proposal",
        vote_proposals,
        {"contract": "dao"},
        Ideal(0.498, 2.0),
    ),
    Application(
        "dao-vote-ten",
        "Members vote on ten proposals, each on one.",
        "votesFor or votesAgainst of the most popular proposal",
        vote_proposals,
        {"contract": "dao", "proposals": 10},
        Ideal(0.048, 13.5),
    ),
    Application(
        "dao-vote-sharded",
        "Members vote on one proposal, each side counted in 16 places.",
        "the fullest of 32 shards of the tally",
        vote_proposals,
        {"contract": "dao_sharded"},
    ),
)
