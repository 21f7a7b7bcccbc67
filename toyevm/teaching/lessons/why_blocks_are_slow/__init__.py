"""Lesson 00: a slider for the cores, a player for halves, computers that all execute a block, and blocks under load."""

from __future__ import annotations

from toyevm.teaching.lessons.why_blocks_are_slow.cores_player import CoresSlider
from toyevm.teaching.lessons.why_blocks_are_slow.load import ROOM, LoadRow, run_load
from toyevm.teaching.lessons.why_blocks_are_slow.load_view import show_load
from toyevm.teaching.lessons.why_blocks_are_slow.network import NetworkRun, run_network
from toyevm.teaching.lessons.why_blocks_are_slow.payments import balances_read, job_of_block
from toyevm.teaching.lessons.why_blocks_are_slow.schedule_player import player_of

__all__ = [
    "ROOM",
    "CoresSlider",
    "LoadRow",
    "NetworkRun",
    "balances_read",
    "job_of_block",
    "player_of",
    "run_load",
    "run_network",
    "show_load",
]
