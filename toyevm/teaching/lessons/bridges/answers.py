"""What lesson 14 says to what a student tries: for each turn, a function from any value at all to a reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toyevm.teaching.kit.two_chains_player import TwoChainsPlayer
from toyevm.teaching.lab.turns import Reply, Turn
from toyevm.teaching.lessons.bridges.answers_bridge import patch, rob
from toyevm.teaching.lessons.bridges.answers_messages import deliver, fallen, least_wait, order_in_a_circle
from toyevm.teaching.lessons.bridges.answers_swap import deadlines
from toyevm.teaching.lessons.bridges.answers_trust import freezes


def wait_chosen(answer: Any) -> Reply:
    """Judge a number of blocks, or the wait of the widget."""
    return least_wait(answer.model.wait if isinstance(answer, TwoChainsPlayer) else answer)


TURNS: Mapping[str, Turn] = {
    "wait": wait_chosen,
    "deliver": deliver,
    "rob-bridge": rob,
    "patch": patch,
    "fallen": fallen,
    "deadlines": deadlines,
    "freezes": freezes,
    "circle": order_in_a_circle,
}
