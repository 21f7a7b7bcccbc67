"""Lesson 06: Block-STM by hand, with a rule left out and complete."""

from __future__ import annotations

from toyevm.teaching.lessons.block_stm.lanes_player import player_of
from toyevm.teaching.lessons.block_stm.studies import (
    by_chance,
    executions,
    in_turn,
    list_events,
    misleading_run,
    root_of,
    run,
    run_machine,
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
    "root_of",
    "run",
    "run_machine",
    "without_estimates",
    "without_new_locations",
]
