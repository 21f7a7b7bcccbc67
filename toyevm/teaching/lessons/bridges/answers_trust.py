"""What lesson 14 says to attacks on a zk-rollup without its defences: each that is named, or left out, is run."""

from __future__ import annotations

from typing import Any

from toyevm.teaching.lab.turns import Reply, missing, read_list, read_one_of, right, wrong
from toyevm.teaching.lessons.bridges.trust_matrix import NONE, VERDICTS, attack_on, verdict_of

SYSTEM, FREEZE = "zk", ("withheld data", "censorship")
ATTACKS = tuple(attack for attack in VERDICTS if verdict_of(attack, SYSTEM) != NONE)


def freezes(answer: Any) -> Reply:
    """Judge which attacks freeze a zk-rollup that lacks the defence."""
    form = 'names of attacks, such as ["replay"]'
    if answer is None:
        return missing(f"a list of {form}.")
    named = [read_one_of(each, ATTACKS, "an attack") for each in read_list(answer, form, 20)]
    if not named:
        return missing("the names.")
    for attack in named:
        if attack not in FREEZE:
            text = f"Without its defence, {attack} is a theft: somebody has gained. In which attacks does nobody gain?"
            return wrong("a-theft-freezes", text, attack_on(attack, SYSTEM))
    if FREEZE[0] not in named:
        text = "Nobody gains if data is withheld, and nobody is robbed. But what can Ann no longer show?"
        return wrong("data-can-be-missed", text, attack_on(FREEZE[0], SYSTEM))
    if FREEZE[1] not in named:
        text = "Nobody gains if Ann is left out of every batch. But can she use her ether?"
        return wrong("left-out-is-harmless", text, attack_on(FREEZE[1], SYSTEM))
    shown = "\n\n".join(attack_on(attack, SYSTEM) for attack in FREEZE)
    text = "Proof, signatures, queue and notes stop thieves; data and a way in stop a freeze."
    return right(f"{text} Which does a validium lack?", shown)
