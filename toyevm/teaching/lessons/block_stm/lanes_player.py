"""The player of lesson 06: four payments to one shop, on cores that move when they are told to."""

from __future__ import annotations

from toyevm.teaching.kit.threads.lanes import MakeSTM
from toyevm.teaching.kit.threads.player import ThreadsPlayer
from toyevm.teaching.lessons.block_stm.studies import by_hand
from toyevm.teaching.lessons.block_stm.variants import complete


def player_of(stm: MakeSTM = complete, moves: str = "") -> ThreadsPlayer:
    """Return a player of the same, after these moves.

    Raises:
        InputError: moves that cannot be made, or ipywidgets is not installed.
    """
    player = ThreadsPlayer(by_hand(stm))
    if moves:
        player.play(moves)
    return player
