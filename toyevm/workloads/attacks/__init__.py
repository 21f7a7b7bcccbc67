"""The registry of attacks on applications, each with its defence: `ATTACKS` lists them by name.

An attack is signed transactions against real contracts; calling it plays them, and returns a balance sheet. A folder
holds one: contracts that only it needs (the attacker's, and those that lack the defence), and `attack.py`.
"""

from __future__ import annotations

from toyevm.workloads.attacks.base import Attack, AttackScene, BalanceSheet, play
from toyevm.workloads.attacks.oracle import attack as oracle

__all__ = ["ATTACKS", "Attack", "AttackScene", "BalanceSheet", "play"]

ALL: tuple[Attack, ...] = (oracle.ATTACK,)
ATTACKS: dict[str, Attack] = {one.name: one for one in ALL}
