"""Sealed votes: a hash that a voter can open in one way only, and that nobody else can use."""

from __future__ import annotations

from toyevm.contracts import load_contract
from toyevm.contracts.abi import encode_arguments
from toyevm.crypto import keccak256
from toyevm.errors import InputError
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
        raise InputError(f"hash_of{words!r}", expected="numbers, bytes or names, such as hash_of(a, b)")
    return keccak256(encode_arguments(*(address_named(word) if isinstance(word, str) else word for word in words)))


def copy_on_chain() -> str:
    """Let Mallory put Ann's envelope on chain as her own, and return what it says to Ann, then to her."""
    election, secret, both = load_contract("election"), 4_711, ("Ann", "Mallory")
    commit = election.call_data("commit", hash_of(1, secret, "Ann"))
    reveal = election.call_data("reveal", 1, secret.to_bytes(32, "big"))
    slots = election.slots
    storage = {slots["candidates"]: CANDIDATES, slots["commitEnd"]: COMMIT_END, slots["revealEnd"]: REVEAL_END}
    storage |= entries(election, "mayCommit", {address_named(who): 1 for who in both})
    blocks = [CallsOfBlock(tuple(PlannedCall(who, ELECTION, data) for who in both)) for data in (commit, reveal)]
    contract = account(election, storage)
    sheet = play(AttackScene(tuple(blocks), {"election": (ELECTION, contract)}, assets={}, people=both))
    ann, mallory = (called.reason or "counted" for called in sheet.calls[2:])
    return f"Ann opens hers: {ann}\nMallory opens the same: refused, {mallory}"
