"""What lesson 16 says to what a student tries: for each turn, a function from any value at all to a reply."""

from __future__ import annotations

from collections.abc import Mapping

from toyevm.teaching.lab.turns import Turn
from toyevm.teaching.lessons.public_services.answers_hiding import patient, salt, seal
from toyevm.teaching.lessons.public_services.answers_town import layout, noticed, one_answer, rob_bank, votes

TURNS: Mapping[str, Turn] = {
    "patient": patient,
    "salt": salt,
    "seal": seal,
    "noticed": noticed,
    "votes": votes,
    "rob-bank": rob_bank,
    "layout": layout,
    "one-answer": one_answer,
}
