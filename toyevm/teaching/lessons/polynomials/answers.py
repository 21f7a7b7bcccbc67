"""What lesson 12 says to what a student tries: for each turn, a function from any value at all to a reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toyevm.teaching.lab.turns import Reply, Turn, missing
from toyevm.teaching.lessons.polynomials.answers_odds import odds_of_challenges
from toyevm.teaching.lessons.polynomials.answers_points import hide_a_lie, three_quarters, through_points
from toyevm.teaching.lessons.polynomials.answers_proof import fold_function, forge, query_places, steps_broken
from toyevm.teaching.lessons.polynomials.extension_player import ExtensionPlayer
from toyevm.teaching.lessons.polynomials.field import interpolate
from toyevm.teaching.lessons.polynomials.machine import ROWS


def lie_hidden(answer: Any) -> Reply:
    """Judge a polynomial, or the rows as they were left in the player."""
    if isinstance(answer, ExtensionPlayer):
        if answer.rows == ROWS:
            return missing("a polynomial, what `through({...})` returns; or move a row above.")
        return hide_a_lie(interpolate(answer.rows))
    return hide_a_lie(answer)


TURNS: Mapping[str, Turn] = {
    "three-quarters": three_quarters,
    "through": through_points,
    "hide": lie_hidden,
    "steps": steps_broken,
    "forge": forge,
    "fold": fold_function,
    "query": query_places,
    "odds": odds_of_challenges,
}
