"""What lesson 14 says to the deadlines of a swap: it is played for every moment in which Ann may claim."""

from __future__ import annotations

from typing import Any

from toyevm.teaching.lab.turns import Reply, is_blank, missing, read_number, read_pair, right, wrong
from toyevm.teaching.lessons.bridges.studies import gains, swap_of

FIRST_CLAIM, REACTION = 4, 3  # blocks: Ann's earliest claim, Bob's reaction
LEAST = (10, 6)  # blocks: the earliest safe ends of Ann's lock and of Bob's


def deadlines(answer: Any) -> Reply:
    """Judge with which blocks Ann's lock and Bob's lock end."""
    expected = "a pair of whole numbers, such as (8, 8)"
    if is_blank(answer):
        return missing(f"{expected}: Ann's lock, Bob's lock.")
    ann, bob = (read_number(each, 1, 60, "a block") for each in read_pair(answer, expected))
    if bob < LEAST[1]:
        return _bob_too_short(ann, bob)
    for shown in (FIRST_CLAIM, bob - 2):
        outcome = swap_of(ann, bob, shown)
        if outcome.words != "swapped":
            return _ann_too_short(ann, bob, shown)
    times = f"{FIRST_CLAIM}" if bob == LEAST[1] else f"{FIRST_CLAIM}, or after block {bob - 2}"
    played = f"Ann claims after block {times}: {gains(swap_of(ann, bob, FIRST_CLAIM))}"
    if (ann, bob) != LEAST:
        late = "Bob's lock" if bob > LEAST[1] else "Ann's lock"
        least = f"Ann's earliest claim is in block {FIRST_CLAIM + 1}" if bob > LEAST[1] else "Count from Bob's end"
        text = f"Safe. But whoever is left alone waits until their lock ends. {least}: how early may {late} end?"
        return wrong("longer-than-needed", text, played)
    return right("Each has time, even in the worst case. What can either of them gain by stopping halfway?", played)


def _bob_too_short(ann: int, bob: int) -> Reply:
    outcome = swap_of(ann, bob, FIRST_CLAIM)
    shown = f"Ann sends her claim after block {FIRST_CLAIM}; Bob's lock ends with block {bob}\n{gains(outcome)}"
    lost = "She loses 30" if outcome.words == "Ann has lost" else "Nothing is swapped"
    text = (
        f"Ann's claim is in block {FIRST_CLAIM + 1}: too late, but the secret is public. {lost}. "
        "With which block may Bob's lock end at the earliest?"
    )
    return wrong("ann-has-no-time", text, shown)


def _ann_too_short(ann: int, bob: int, shown: int) -> Reply:
    in_block = shown + 1
    sent = in_block + REACTION
    words = (
        f"Ann sends her claim after block {shown}: it is in block {in_block}\n"
        f"Bob sends a claim after block {sent}: Ann's lock ends with block {ann}\n{gains(swap_of(ann, bob, shown))}"
    )
    if ann < bob:
        steps = [(in_block, f"claims Bob's 20 in block {in_block}"), (ann, f"may take her 30 back from block {ann} on")]
        order = ", and ".join(words for _, words in sorted(steps))
        text = f"Ann {order}. Bob's claim would be in block {sent + 1}. Whose lock must end later?"
        return wrong("the-wrong-way-round", text, words)
    if ann == bob:
        text = "Both end together, and Ann claims in the last moment. How much time has Bob then?"
        return wrong("equal-is-fair", text, words)
    text = (
        f"Between the ends are {ann - bob} blocks. Bob reads the secret in block {in_block} and needs {REACTION} more. "
        "In which block is Bob's claim?"
    )
    return wrong("too-little-between", text, words)
