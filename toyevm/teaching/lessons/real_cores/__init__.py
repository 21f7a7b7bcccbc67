"""Lesson 08: the same work on real cores, by the clock: what a task costs, what a model predicts."""

from __future__ import annotations

from toyevm.teaching.lessons.real_cores.grain_player import GrainSliders
from toyevm.teaching.lessons.real_cores.grain_view import show_grain
from toyevm.teaching.lessons.real_cores.live_view import BlockHere, grains_here, threads_here
from toyevm.teaching.lessons.real_cores.studies import (
    held_out,
    looks,
    recorded_blocks,
    recorded_grains,
    threads_bet,
    tiny_bet,
)

__all__ = [
    "BlockHere",
    "GrainSliders",
    "grains_here",
    "held_out",
    "looks",
    "recorded_blocks",
    "recorded_grains",
    "show_grain",
    "threads_bet",
    "threads_here",
    "tiny_bet",
]
