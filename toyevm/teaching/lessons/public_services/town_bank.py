"""The bank of Linden's club after an upgrade that moved its variables: Mallory's calls, on the real contracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from toyevm.contracts import load_contract
from toyevm.units import ETHER
from toyevm.workloads.applications.proxy.workload import PROXY
from toyevm.workloads.attacks.base import CallsOfBlock, play
from toyevm.workloads.attacks.storage_clash.attack import DEPOSITS, scene
from toyevm.workloads.planned_blocks import PlannedCall, address_named

FIRST = ("owner", "depositOf")
SECOND = ("guardian", "paused", "owner", "depositOf")  # the careless upgrade
BANK_CALLS = {
    "initialize": "makes the caller `owner`, if `owner` is 0",
    "appoint": "only for `owner`: makes the caller `guardian`",
    "setPaused": "only for `guardian`: stops `withdraw`",
    "withdraw": "pays 60 ether of the caller's deposit",
    "rescue": "only for `owner`: sends all ether to the caller",
}
EVERYTHING = sum(DEPOSITS.values()) // ETHER


class Robbery(NamedTuple):
    """What Mallory's calls did."""

    calls: tuple[tuple[str, str], ...]  # each with why it was refused, "" if it was done
    ether: int  # that she has more than before


def rob(names: Sequence[str]) -> Robbery:
    """Play Mallory's calls after the upgrade, in this order; each is for herself, and `withdraw` asks for 60 ether."""
    bank, mallory = load_contract("bank_reordered"), address_named("Mallory")
    arguments: dict[str, tuple[int | bytes, ...]] = {
        "initialize": (mallory,),
        "appoint": (mallory,),
        "setPaused": (1,),
        "withdraw": (60 * ETHER,),
        "rescue": (mallory,),
    }
    calls = tuple(PlannedCall("Mallory", PROXY, bank.call_data(name, *arguments[name])) for name in names)
    attack = scene(defended=False)
    sheet = play(replace(attack, blocks=(attack.blocks[0], CallsOfBlock(calls))))
    said = ((name, _refusal(called.reason)) for name, called in zip(names, sheet.calls[1:], strict=True))
    return Robbery(tuple(said), sheet.change("Mallory", "ether") // ETHER)


def _refusal(reason: str) -> str:
    return "reverts: no such deposit" if reason == "revert" else reason


def found_in(slot: int, name: str) -> str:
    """Return what a variable of a new version finds in a slot that the first version has filled."""
    if name == "depositOf":  # a mapping's entries lie at hashes of its slot's number; the slot itself stays 0
        return "all deposits" if slot == FIRST.index("depositOf") else "no deposit"
    return "the owner's address" if slot == FIRST.index("owner") else "0"


def slots_table(order: Sequence[str]) -> str:
    """Return, slot by slot, which variable of a new version is there, and what it finds."""
    rows = [f"{slot:<5} {name:<13} {found_in(slot, name)}" for slot, name in enumerate(order)]
    return "\n".join([f"{'slot':<5} {'variable':<13} finds", *rows])
