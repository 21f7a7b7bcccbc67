"""What lesson 08 says to what a student tries: for each turn, a function from any value at all to a reply."""

from __future__ import annotations

from collections.abc import Mapping

from toyevm.teaching.lab.turns import Turn
from toyevm.teaching.lessons.real_cores.answers_cut import cut
from toyevm.teaching.lessons.real_cores.answers_report import cheat, honest
from toyevm.teaching.lessons.real_cores.answers_times import break_even, overhead, slower, tail

TURNS: Mapping[str, Turn] = {
    "overhead": overhead,
    "slower": slower,
    "cut": cut,
    "tail": tail,
    "cheat": cheat,
    "honest": honest,
    "break-even": break_even,
}
