"""What lesson 10 says to what a student tries: for each turn, a function from any value at all to a reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toyevm.teaching.kit.two_chains_player import TwoChainsPlayer
from toyevm.teaching.lab.turns import Reply, Turn
from toyevm.teaching.lessons.sidechain.answers_bridge import exit_key, unbacked
from toyevm.teaching.lessons.sidechain.answers_proofs import path_of_block, root_function
from toyevm.teaching.lessons.sidechain.answers_stake import (
    two_thieves,
    what_a_group_can_do,
    what_measures_do,
    what_slashing_repairs,
)
from toyevm.teaching.lessons.sidechain.answers_town import steal, withdraw
from toyevm.teaching.lessons.sidechain.signers_player import SignerSwitches


def thieves_chosen(answer: Any) -> Reply:
    """Judge names, or the switches as they stand."""
    return two_thieves(answer.colluding if isinstance(answer, SignerSwitches) else answer)


def moves_made(answer: Any) -> Reply:
    """Judge moves, or those that were played."""
    return unbacked(answer.moves if isinstance(answer, TwoChainsPlayer) else answer)


TURNS: Mapping[str, Turn] = {
    "path": path_of_block,
    "root": root_function,
    "withdraw": withdraw,
    "two-thieves": thieves_chosen,
    "what-it-can": what_a_group_can_do,
    "steal": steal,
    "measures": what_measures_do,
    "slashing": what_slashing_repairs,
    "unbacked": moves_made,
    "exit-key": exit_key,
}
