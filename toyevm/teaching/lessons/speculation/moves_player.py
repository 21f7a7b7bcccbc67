"""The player of lesson 05: payments in halves and single steps, under rules."""

from __future__ import annotations

from toyevm.simulation.interleaver import Rules
from toyevm.teaching.kit.interleaving.player import InterleavingPlayer
from toyevm.teaching.kit.interleaving.scene import free_of_gas, watched
from toyevm.workloads.transfers import read_payments


def player_of(
    payments: str, rules: Rules, schedule: str = "", tip: int = 0, *, to_the_end: bool = False
) -> InterleavingPlayer:
    """Return a player of payments, in halves and single steps; with a tip (wei a unit of gas), the producer is shown.

    Args:
        to_the_end: whether to play the moves that the schedule leaves out, in the order of the block.

    Raises:
        InputError: payments or a schedule that cannot be read, or ipywidgets is not installed.
    """
    read = read_payments(payments)
    workload = free_of_gas(read, tip)
    titles, people = list(map(str, read)), watched(workload, producer=tip > 0)
    player = InterleavingPlayer(workload.pre, workload.block, titles, people, schedule, rules=rules, single_steps=True)
    while to_the_end and player.result.missing:
        player.play(" ".join([player.schedule, *map(str, player.result.missing)]))
    return player
