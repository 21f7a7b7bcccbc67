"""What lesson 15 says to what a student tries: for each turn, a function from any value at all to a reply."""

from __future__ import annotations

from collections.abc import Mapping

from toyevm.teaching.lab.turns import Turn
from toyevm.teaching.lessons.applications.answers_drop import drop
from toyevm.teaching.lessons.applications.answers_mix import four_times
from toyevm.teaching.lessons.applications.answers_order import least, sandwiched
from toyevm.teaching.lessons.applications.answers_pool import kept, liquidated, third_swap
from toyevm.teaching.lessons.applications.answers_withdraw import withdraw

TURNS: Mapping[str, Turn] = {
    "four-times": four_times,
    "drop": drop,
    "third-swap": third_swap,
    "kept": kept,
    "sandwich": sandwiched,
    "least": least,
    "withdraw": withdraw,
    "liquidate": liquidated,
}
