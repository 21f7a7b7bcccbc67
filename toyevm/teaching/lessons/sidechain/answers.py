"""What lesson 10 says to what a student tries: for each turn, a function from any value at all to a reply."""

from __future__ import annotations

from collections.abc import Mapping

from toyevm.teaching.lab.turns import Turn
from toyevm.teaching.lessons.sidechain.answers_bridge import exit_key, unbacked
from toyevm.teaching.lessons.sidechain.answers_proofs import path_of_block, root_function
from toyevm.teaching.lessons.sidechain.answers_stake import (
    two_thieves,
    what_a_group_can_do,
    what_measures_do,
    what_slashing_repairs,
)
from toyevm.teaching.lessons.sidechain.answers_town import steal, withdraw

TURNS: Mapping[str, Turn] = {
    "path": path_of_block,
    "root": root_function,
    "withdraw": withdraw,
    "two-thieves": two_thieves,
    "what-it-can": what_a_group_can_do,
    "steal": steal,
    "measures": what_measures_do,
    "slashing": what_slashing_repairs,
    "unbacked": unbacked,
    "exit-key": exit_key,
}
