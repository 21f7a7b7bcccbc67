"""Lesson 09: what a layer leaves on L1: how many bytes, at what price, and whether they are there."""

from __future__ import annotations

from toyevm.teaching.lessons.batches_data_cost.bytes_view import show_bytes
from toyevm.teaching.lessons.batches_data_cost.fees_player import FeeSliders
from toyevm.teaching.lessons.batches_data_cost.fire import after_the_fire
from toyevm.teaching.lessons.batches_data_cost.real_layer import derive_again
from toyevm.teaching.lessons.batches_data_cost.sampling_player import SamplingGrid
from toyevm.teaching.lessons.batches_data_cost.studies import half_withheld, two_ways

__all__ = [
    "FeeSliders",
    "SamplingGrid",
    "after_the_fire",
    "derive_again",
    "half_withheld",
    "show_bytes",
    "two_ways",
]
