"""Lesson 01: what it runs, and what a transaction read and wrote, beside the stepper of the kit."""

from __future__ import annotations

from toyevm.teaching.lessons.the_machine.runs import OnlyThese, load_four, run_alone, steps_of
from toyevm.teaching.lessons.the_machine.sets_text import describe_sets, name_of, waits_for

__all__ = ["OnlyThese", "describe_sets", "load_four", "name_of", "run_alone", "steps_of", "waits_for"]
