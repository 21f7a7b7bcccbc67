"""Lesson 17: what a transaction takes in energy, what learned hints are worth, and what popular claims are worth."""

from __future__ import annotations

from toyevm.teaching.lessons.energy_and_claims.energy_player import EnergyPlayer
from toyevm.teaching.lessons.energy_and_claims.energy_view import layer_tornado, show_energy
from toyevm.teaching.lessons.energy_and_claims.predictions import look
from toyevm.teaching.lessons.energy_and_claims.studies import (
    claim_cases,
    counter_on_cores,
    course_table,
    hints_table,
    joules_table,
    mean_hashes,
)

__all__ = [
    "EnergyPlayer",
    "claim_cases",
    "counter_on_cores",
    "course_table",
    "hints_table",
    "joules_table",
    "layer_tornado",
    "look",
    "mean_hashes",
    "show_energy",
]
