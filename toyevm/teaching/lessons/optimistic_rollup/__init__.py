"""Lesson 11: an optimistic rollup, and a dispute down to the one wrong step."""

from __future__ import annotations

from toyevm.teaching.lessons.optimistic_rollup.bisection_player import BisectionGame
from toyevm.teaching.lessons.optimistic_rollup.bisection_view import show_bisection
from toyevm.teaching.lessons.optimistic_rollup.eight import eight_steps

__all__ = ["BisectionGame", "eight_steps", "show_bisection"]
