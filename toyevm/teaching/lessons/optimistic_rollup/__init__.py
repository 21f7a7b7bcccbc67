"""Lesson 11: an optimistic rollup, and a dispute down to the one wrong step."""

from __future__ import annotations

from toyevm.teaching.kit.named_tree import pair
from toyevm.teaching.lessons.optimistic_rollup.disputes import race_convicted
from toyevm.teaching.lessons.optimistic_rollup.links import link
from toyevm.teaching.lessons.optimistic_rollup.studies import (
    million_steps,
    one_step_on_l1,
    past_the_sequencer,
    race_stepper,
    three_ways,
)
from toyevm.teaching.lessons.optimistic_rollup.waiting import nobody_objects

__all__ = [
    "link", "million_steps", "nobody_objects", "one_step_on_l1", "pair", "past_the_sequencer", "race_convicted",
    "race_stepper", "three_ways",
]  # fmt: skip
