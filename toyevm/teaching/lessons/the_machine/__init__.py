"""Lesson 01: what a transaction read and wrote, beside the stepper of the kit."""

from __future__ import annotations

from toyevm.teaching.lessons.the_machine.sets_view import describe_sets, place_of, waits_for

__all__ = ["describe_sets", "place_of", "waits_for"]
