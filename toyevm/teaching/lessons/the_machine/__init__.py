"""Lesson 01: what it runs, and what a transaction read and wrote, beside the stepper of the kit."""

from __future__ import annotations

from toyevm.teaching.lessons.the_machine.calls_view import show_budget, show_calls
from toyevm.teaching.lessons.the_machine.runs import OnlyThese, call_in_turn, load_four, run_alone, steps_of
from toyevm.teaching.lessons.the_machine.sets_text import describe_receipts, describe_sets, name_of, waits_for

__all__ = [
    "OnlyThese", "call_in_turn", "describe_receipts", "describe_sets", "load_four", "name_of", "run_alone",
    "show_budget", "show_calls", "steps_of", "waits_for",
]  # fmt: skip
