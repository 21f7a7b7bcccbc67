"""What lesson 17 says to what a student tries: for each turn, a function from any value at all to a reply."""

from __future__ import annotations

from collections.abc import Mapping

from toyevm.teaching.lab.turns import Turn
from toyevm.teaching.lessons.energy_and_claims.answers_claims import experiment, whom
from toyevm.teaching.lessons.energy_and_claims.answers_energy import hashes, joules, wasteful
from toyevm.teaching.lessons.energy_and_claims.answers_hints import lie, meeting

TURNS: Mapping[str, Turn] = {
    "hashes": hashes,
    "wasteful": wasteful,
    "joules": joules,
    "meet": meeting,
    "lie": lie,
    "experiment": experiment,
    "whom": whom,
}
