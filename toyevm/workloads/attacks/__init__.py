"""The registry of attacks on applications, each with its defence: `ATTACKS` lists them by name.

An attack is signed transactions against real contracts; calling it plays them, and returns a balance sheet. A folder
holds one: contracts that only it needs (the attacker's, and those that lack the defence), and `attack.py`.
"""

from __future__ import annotations

from toyevm.workloads.attacks.back_run import attack as back_run
from toyevm.workloads.attacks.base import Attack, AttackScene, BalanceSheet, play
from toyevm.workloads.attacks.borrowed_vote import attack as borrowed_vote
from toyevm.workloads.attacks.linked_record import attack as linked_record
from toyevm.workloads.attacks.no_timelock import attack as no_timelock
from toyevm.workloads.attacks.oracle import attack as oracle
from toyevm.workloads.attacks.reentrancy import attack as reentrancy
from toyevm.workloads.attacks.replayed_signature import attack as replayed_signature
from toyevm.workloads.attacks.sandwich import attack as sandwich
from toyevm.workloads.attacks.storage_clash import attack as storage_clash

__all__ = ["ATTACKS", "Attack", "AttackScene", "BalanceSheet", "play"]

ALL: tuple[Attack, ...] = (
    back_run.ATTACK,
    borrowed_vote.ATTACK,
    linked_record.ATTACK,
    no_timelock.ATTACK,
    oracle.ATTACK,
    reentrancy.ATTACK,
    replayed_signature.ATTACK,
    sandwich.ATTACK,
    storage_clash.ATTACK,
)
ATTACKS: dict[str, Attack] = {one.name: one for one in ALL}
