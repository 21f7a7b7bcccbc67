"""What lesson 11 says to what a student tries: for each turn, a function from any value at all to a reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toyevm.teaching.kit.bisection.player import BisectionGame
from toyevm.teaching.lab.turns import Reply, Turn
from toyevm.teaching.lessons.optimistic_rollup.answers_game import by_hand, disputed_step, judge_game, stacks
from toyevm.teaching.lessons.optimistic_rollup.answers_outputs import commitments, vanishing_lie
from toyevm.teaching.lessons.optimistic_rollup.answers_step import run_step, witness_parts
from toyevm.teaching.lessons.optimistic_rollup.answers_trust import break_even, raced, who_is_kept_out


def dispute_played(answer: Any) -> Reply:
    """Judge answers, or the game as it stands."""
    return judge_game(answer.game) if isinstance(answer, BisectionGame) else by_hand(answer)


TURNS: Mapping[str, Turn] = {
    "stacks": stacks,
    "by-hand": dispute_played,
    "first-wrong": disputed_step,
    "witness": witness_parts,
    "run-step": run_step,
    "raced": raced,
    "vanish": vanishing_lie,
    "chain": commitments,
    "kept-out": who_is_kept_out,
    "break-even": break_even,
}
