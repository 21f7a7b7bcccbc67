"""Lesson 06: Block-STM by hand, with a rule left out and complete."""

from __future__ import annotations

from toyevm.teaching.lessons.block_stm.studies import (
    by_chance,
    executions,
    in_turn,
    list_events,
    misleading_run,
    player_of,
    run,
)
from toyevm.teaching.lessons.block_stm.variants import complete, without_estimates, without_new_locations

__all__ = [
    "by_chance",
    "complete",
    "executions",
    "in_turn",
    "list_events",
    "misleading_run",
    "player_of",
    "run",
    "without_estimates",
    "without_new_locations",
]
