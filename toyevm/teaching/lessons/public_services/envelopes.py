"""Sealed votes: a hash that a voter can open in one way only, and that nobody else can use."""

from __future__ import annotations

from typing import NamedTuple

from toyevm.contracts import load_contract
from toyevm.contracts.abi import encode_arguments
from toyevm.crypto import keccak256
from toyevm.errors import InputError
from toyevm.state import Account
from toyevm.types import Hash32
from toyevm.workloads.applications.election.workload import ELECTION
from toyevm.workloads.attacks.base import AttackScene, CallsOfBlock, play
from toyevm.workloads.planned_blocks import PlannedCall, account, address_named, entries

CANDIDATES = 2
COMMIT_END, REVEAL_END = 1, 9  # blocks


def hash_of(*words: int | bytes | str) -> Hash32:
    """Return the hash of numbers, bytes and names of people, one word each, in this order.

    Raises:
        InputError: something else, or nothing.
    """
    if not words or not all(type(word) in (int, bytes, str) for word in words):
        raise InputError(f"hash_of{words!r}", expected="numbers, bytes or names")
    return keccak256(encode_arguments(*(address_named(word) if isinstance(word, str) else word for word in words)))


class Opened(NamedTuple):
    """What the real contract says when two voters open their envelopes, and its tally."""

    ann: str
    mallory: str
    tally: tuple[int, ...]


def copied_vote() -> Opened:
    """Let Mallory put Ann's envelope on chain as her own, and open it after Ann has shown what is in it."""
    election, secret = load_contract("election"), 4_711
    sealed = hash_of(1, secret, "Ann")
    commits = [PlannedCall(who, ELECTION, election.call_data("commit", sealed)) for who in ("Ann", "Mallory")]
    reveal = election.call_data("reveal", 1, secret.to_bytes(32, "big"))
    reveals = [PlannedCall(who, ELECTION, reveal) for who in ("Ann", "Mallory")]
    slots = election.slots
    storage = {slots["candidates"]: CANDIDATES, slots["commitEnd"]: COMMIT_END, slots["revealEnd"]: REVEAL_END}
    storage |= entries(election, "mayCommit", {address_named(who): 1 for who in ("Ann", "Mallory")})
    contract: Account = account(election, storage)
    sheet = play(
        AttackScene(
            blocks=(CallsOfBlock(tuple(commits)), CallsOfBlock(tuple(reveals))),
            contracts={"election": (ELECTION, contract)},
            assets={},
            people=("Ann", "Mallory"),
        )
    )
    said = [called.reason or "counted" for called in sheet.calls[2:]]
    counted = [called.result.succeeded for called in sheet.calls[2:]]
    return Opened(said[0], said[1], (0, sum(counted)))
