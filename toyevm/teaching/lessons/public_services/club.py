"""The club of Linden, a DAO: shares change hands around a proposal, and the real contract counts votes."""

from __future__ import annotations

from typing import NamedTuple

from toyevm.contracts import load_contract, mapping_slot
from toyevm.units import ETHER
from toyevm.workloads.applications.dao.workload import DAO, dao_account
from toyevm.workloads.attacks.base import AttackScene, CallsOfBlock, play
from toyevm.workloads.planned_blocks import PlannedCall, address_named

SHARES = {"Ann": 40, "Bob": 30, "Cem": 20, "Mallory": 5, "Dan": 0}  # before block 1
PROPOSAL_BLOCK = 1


class ShareMove(NamedTuple):
    """Shares that change hands."""

    block: int
    sender: str
    receiver: str
    shares: int


class Ballot(NamedTuple):
    """A vote, after all moves of its block."""

    block: int
    voter: str
    support: bool


MOVES = (ShareMove(1, "Bob", "Cem", 10), ShareMove(2, "Ann", "Mallory", 25), ShareMove(3, "Mallory", "Dan", 30))
VOTES = (Ballot(2, "Mallory", True), Ballot(3, "Dan", True), Ballot(3, "Ann", False), Ballot(3, "Cem", True))


def shares_at(who: str, block: int) -> int:
    """Return somebody's shares at the end of a block."""
    moves = [move for move in MOVES if move.block <= block]
    came = sum(move.shares for move in moves if move.receiver == who)
    return SHARES[who] + came - sum(move.shares for move in moves if move.sender == who)


class Count(NamedTuple):
    """Shares for and against."""

    for_it: int
    against: int


def counted_at(block: int | None) -> Count:
    """Count each vote with the shares of one block's end, or, with None, of the end of the vote's own block."""
    sides = [0, 0]
    for vote in VOTES:
        sides[not vote.support] += shares_at(vote.voter, vote.block if block is None else block)
    return Count(*sides)


class Played(NamedTuple):
    """What the real contract counted, and whom it refused."""

    counted: Count
    refused: dict[str, str]


def play_votes() -> Played:
    """Let the real DAO count."""
    dao = load_contract("dao")
    by_block: dict[int, list[PlannedCall]] = {1: [], 2: [], 3: []}
    by_block[PROPOSAL_BLOCK].append(
        PlannedCall("Mallory", DAO, dao.call_data("propose", address_named("Mallory"), ETHER, b""))
    )
    for move in MOVES:
        data = dao.call_data("transfer", address_named(move.receiver), move.shares * ETHER)
        by_block[move.block].append(PlannedCall(move.sender, DAO, data))
    for vote in VOTES:
        by_block[vote.block].append(PlannedCall(vote.voter, DAO, dao.call_data("vote", 0, int(vote.support))))
    shares = {address_named(who): amount * ETHER for who, amount in SHARES.items() if amount}
    sheet = play(
        AttackScene(
            blocks=tuple(CallsOfBlock(tuple(calls)) for calls in by_block.values()),
            contracts={"DAO": (DAO, dao_account(dao, shares, voting_period=5, treasury=ETHER))},
            assets={},
            people=tuple(SHARES),
        )
    )
    storage = sheet.worlds[-1].accounts[DAO].storage
    sides = [storage.get(mapping_slot(dao.slots[side], 0), 0) // ETHER for side in ("votesFor", "votesAgainst")]
    refused = {called.call.sender: called.reason for called in sheet.calls if not called.result.succeeded}
    return Played(Count(*sides), refused)
