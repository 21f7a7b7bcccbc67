"""Lesson 05: attempts, aborts and retries on virtual cores."""

from __future__ import annotations

from toyevm.teaching.lessons.speculation.attempts_view import show_attempts, show_reads
from toyevm.teaching.lessons.speculation.moves_player import player_of
from toyevm.teaching.lessons.speculation.studies import root_after, run, run_locked

__all__ = ["player_of", "root_after", "run", "run_locked", "show_attempts", "show_reads"]
