"""What lesson 10 says about stake: who can halt, who can steal, what slashing takes, and what it gives back."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import (
    Reply,
    call,
    missing,
    read_list,
    read_number,
    read_one_of,
    read_pair,
    repeat,
    right,
    wrong,
)
from toyevm.teaching.lessons.sidechain.stakes import COLLUDES, HALTED, SIGNERS, STOLEN, UNEQUAL, Signing, least, power
from toyevm.teaching.lessons.sidechain.studies import MEASURES, measure_taken
from toyevm.teaching.lessons.sidechain.town import LOCKED

POWERS = ("nothing", "halt", "steal")
CASES = (
    (67, 100), (60, 100), (34, 100), (33, 100), (66, 99), (33, 99), (32, 99), (100, 100), (0, 7), (2, 3),
    (200, 300), (668, 1_000), (333, 1_000), (666_667, 1_000_000), (333_333, 1_000_000), (333_334, 1_000_000),
)  # fmt: skip
FINE = 300  # the total from which on a share in percent, rounded, is told from the share that it stands for
CHEAPEST = min(sum(group) for size in range(6) for group in combinations(UNEQUAL.values(), size)
               if sum(group) >= least(100))  # fmt: skip


def two_thieves(answer: Any) -> Reply:
    """Judge the smallest group that can steal: names."""
    if answer is None:
        return missing("names, or the switches as you left them.")
    group = [read_one_of(name, SIGNERS, "a signer") for name in read_list(answer, 'names, such as ["Sam"]', 5)]
    group = [name for name in SIGNERS if name in group]
    if not group:
        return missing("at least one signer who colludes.")
    signing = Signing(UNEQUAL, dict.fromkeys(group, COLLUDES))
    stake, shown = signing.stake_of(COLLUDES), "\n".join(signing.lines[2:])
    if signing.outcome == STOLEN and len(group) == 2:
        return right("Two of five. And which three of five can neither steal nor halt?", shown)
    if signing.outcome == STOLEN:
        return wrong("more-than-needed", f"{len(group)} signers with {stake} steal. Can fewer reach 67?", shown)
    if signing.outcome == HALTED:
        text = f"{stake} ether halt the sidechain, but do not forge a checkpoint. How much is missing to 67?"
        return wrong("halting-is-stealing", text, shown)
    text = f"{len(group)} signer{'s' * (len(group) > 1)} with {stake} ether in all. What does the contract add up?"
    return wrong("counts-heads", text, shown)


def what_a_group_can_do(answer: Any) -> Reply:
    """Judge a function from a group's stake and the total to what the group can do."""
    if answer is None:
        return missing("a function.")
    for at, (stake, total) in enumerate(CASES):
        said = call(answer, stake, total)
        if at == 0 and (said is None or said is ...):
            return missing("what `can` returns.")
        if not isinstance(said, str) or said != power(stake, total):
            return _not_power(stake, total, said)
    return right(
        "It passes all cases. A quarter of the stake can do nothing, a third can halt. Who would want to halt?",
        f"{len(CASES)} cases of {len(CASES)}",
    )


def _not_power(stake: int, total: int, said: Any) -> Reply:
    needed, others = least(total), total - stake
    shown = f"can({stake}, {total}): you return {repeat(said)}\nneeded {needed}, the group {stake}, all others {others}"
    if not isinstance(said, str) or said not in POWERS:
        return wrong("another-word", f"The three words are {', '.join(map(repr, POWERS))}. Which one fits here?", shown)
    if total >= FINE:
        percent = f"{stake} of {total} are {100 * stake / total:.6g} percent"
        text = f"All cases with a smaller total pass. {percent}. Does the rule ask for a percentage?"
        return wrong("rounds-the-share", text, shown)
    if said == "steal" and 3 * stake == 2 * total:
        text = f"{stake} of {total} is exactly two thirds. The contract asks for one ether more. Is that reached?"
        return wrong("not-one-more", text, shown)
    if said == "steal":
        text = f"With {stake} of {total} the contract refuses a checkpoint. How much does it ask for?"
        return wrong("the-majority-steals", text, shown)
    if said == "halt" and stake >= needed:
        return wrong(
            "never-steals", f"The group has {stake}, and a checkpoint needs {needed}. What can it sign alone?", shown
        )
    if said == "halt":
        text = f"All others have {others}, and a checkpoint needs {needed}. Can they go on without the group?"
        return wrong("halts-too-early", text, shown)
    if stake >= needed:
        return wrong(
            "nobody-steals", f"The group has {stake}, a checkpoint needs {needed}. What can it sign alone?", shown
        )
    text = f"All others together have {others}. Is that enough for a true checkpoint, which needs {needed}?"
    return wrong("halting-needs-a-majority", text, shown)


def what_measures_do(answer: Any) -> Reply:
    """Judge what becomes of the theft under each measure; all of them are run."""
    if answer is None:
        return missing("a dict with a word for each measure.")
    if not isinstance(answer, dict) or not all(key in MEASURES for key in map(str, answer)):
        raise InputError(repeat(answer), expected=f"a dict with the keys {', '.join(map(repr, MEASURES))}")
    rows: list[str] = []
    for at, name in enumerate(MEASURES):
        if answer.get(name) is None:
            return missing(f"a word for {name!r}." + (f" Right so far: {at}." if at else ""))
        told = read_one_of(answer[name], ("stolen", "halted", "safe"), f"what happens with {name!r}")
        run = measure_taken(name)
        rows.append(f"{name:<19} {run.outcome}: escrow {LOCKED} -> {run.escrow}")
        rows += [f"  {step:<18} {said}" for step, said in run.said]
        if told != run.outcome:
            return wrong(*_measure(name, told), "\n".join(rows))
    return right(
        "Only more honest stake keeps the ether there. Which of the others would help, if L1 could check a block?",
        "\n".join(rows),
    )


def _measure(name: str, told: str) -> tuple[str, str]:
    if name == "stake":
        if told == "stolen":
            return "stake-is-fixed", "With Uma, the total is 160. How much does a checkpoint need now?"
        return "not-stolen-is-safe", "The forged checkpoint is refused. Can the honest signers make a true one?"
    return {
        "wait": ("somebody-objects", "A week passes, and the bridge pays. Who could have stopped it, with which call?"),
        "slash": ("slashing-undoes", "Their stake is gone, but their checkpoint stands. Does slashing remove it?"),
        "post": ("available-is-valid", "Everybody can read the false block now. Which call of the contract reads it?"),
    }[name]


def what_slashing_repairs(answer: Any) -> Reply:
    """Judge from which escrow on the theft pays, and what the victim gets."""
    if answer is None:
        return missing("a pair: the ether in the escrow, and what Ann gets back, such as (1, 1).")
    first, second = read_pair(answer, "a pair of whole numbers, such as (1, 1)")
    mine, back = read_number(first, 0, 10**6, "ether"), read_number(second, 0, 10**6, "ether")
    shown = f"an escrow of {mine}: the thieves take {mine}, and lose {CHEAPEST}: {mine - CHEAPEST:+} ether"
    if mine < CHEAPEST:
        return wrong(
            "a-loss", f"With {mine} in the escrow they lose more than they take. From where on is it a gain?", shown
        )
    if mine == CHEAPEST:
        return wrong("even-is-a-gain", "They take what they lose. How much more makes it a gain?", shown)
    if mine > CHEAPEST + 1:
        text = f"They gain {mine - CHEAPEST} ether. Is there a smaller escrow with which they gain, too?"
        return wrong("all-the-stake", text, shown)
    if back:
        text = f"You say that Ann gets {back}. The stake goes to an address that nobody owns. What is left for her?"
        return wrong("slashing-pays-back", text, shown)
    text = f"So with {LOCKED} ether in the escrow the theft pays. What would a careful bridge do as its escrow grows?"
    return right(text, shown)
