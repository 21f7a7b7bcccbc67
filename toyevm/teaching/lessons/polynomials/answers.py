"""What lesson 12 says to what a student tries: for each turn, a function from any value at all to a reply."""

from __future__ import annotations

from collections.abc import Mapping

from toyevm.teaching.lab.turns import Turn
from toyevm.teaching.lessons.polynomials.answers_points import hide_a_lie, three_quarters, through_points
from toyevm.teaching.lessons.polynomials.answers_proof import fold_function, forge, query_places, steps_broken

TURNS: Mapping[str, Turn] = {
    "three-quarters": three_quarters,
    "through": through_points,
    "hide": hide_a_lie,
    "steps": steps_broken,
    "forge": forge,
    "fold": fold_function,
    "query": query_places,
}
