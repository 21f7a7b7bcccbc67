"""Lesson 00: one slider for the cores, and computers that all execute a block, and blocks under growing load."""

from __future__ import annotations

from toyevm.teaching.lessons.why_blocks_are_slow.cores_player import CoresSlider
from toyevm.teaching.lessons.why_blocks_are_slow.load import ROOM, LoadRow, run_load
from toyevm.teaching.lessons.why_blocks_are_slow.load_view import show_load
from toyevm.teaching.lessons.why_blocks_are_slow.network import NetworkRun, run_network

__all__ = ["ROOM", "CoresSlider", "LoadRow", "NetworkRun", "run_load", "run_network", "show_load"]
