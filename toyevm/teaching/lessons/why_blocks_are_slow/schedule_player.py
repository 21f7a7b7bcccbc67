"""The player of lesson 00: payments in halves."""

from __future__ import annotations

from toyevm.teaching.kit.interleaving.player import InterleavingPlayer
from toyevm.teaching.kit.interleaving.scene import free_of_gas, watched
from toyevm.workloads.transfers import read_payments


def player_of(text: str, schedule: str = "") -> InterleavingPlayer:
    """Return a player for the halves of some payments; gas is free, so that balances change by the payments alone."""
    payments = read_payments(text)
    workload = free_of_gas(payments)
    return InterleavingPlayer(workload.pre, workload.block, tuple(map(str, payments)), watched(workload), schedule)
