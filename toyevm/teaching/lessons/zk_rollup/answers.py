"""What lesson 13 says to what a student tries: for each turn, a function from any value at all to a reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toyevm.teaching.kit.stark.rules_player import RulesPlayer
from toyevm.teaching.lab.turns import Reply, Turn
from toyevm.teaching.lessons.zk_rollup.answers_bits import bits_of_queries
from toyevm.teaching.lessons.zk_rollup.answers_data import data_attacks
from toyevm.teaching.lessons.zk_rollup.answers_proof import different_checks, steal_the_fee, unnoticed
from toyevm.teaching.lessons.zk_rollup.answers_rules import free_cell, rob_bob, rule_with_a_condition


def cell_changed(answer: Any) -> Reply:
    """Judge a cell, or the one that was changed in the player."""
    return free_cell(answer.change if isinstance(answer, RulesPlayer) else answer)


TURNS: Mapping[str, Turn] = {
    "rule": rule_with_a_condition,
    "free-cell": cell_changed,
    "checks": different_checks,
    "rob": rob_bob,
    "fee": steal_the_fee,
    "bits": bits_of_queries,
    "data-attacks": data_attacks,
    "unnoticed": unnoticed,
}
