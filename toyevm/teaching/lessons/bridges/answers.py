"""What lesson 14 says to what a student tries: for each turn, a function from any value at all to a reply."""

from __future__ import annotations

from collections.abc import Mapping

from toyevm.teaching.lab.turns import Turn
from toyevm.teaching.lessons.bridges.answers_bridge import patch, rob
from toyevm.teaching.lessons.bridges.answers_graph import equally_long, fallen
from toyevm.teaching.lessons.bridges.answers_messages import deliver, least_wait, order_in_a_circle
from toyevm.teaching.lessons.bridges.answers_swap import deadlines
from toyevm.teaching.lessons.bridges.answers_trust import freezes

TURNS: Mapping[str, Turn] = {
    "wait": least_wait,
    "deliver": deliver,
    "rob-bridge": rob,
    "patch": patch,
    "fallen": fallen,
    "equally-long": equally_long,
    "deadlines": deadlines,
    "freezes": freezes,
    "circle": order_in_a_circle,
}
