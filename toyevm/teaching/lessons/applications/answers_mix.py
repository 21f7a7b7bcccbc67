"""What lesson 15 says to a speedup and to a mix: the block is made, and its chains are shown."""

from __future__ import annotations

from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, malformed, missing, repeat, right, wrong
from toyevm.teaching.lessons.applications.mix_profile import MIXED, MixProfile, profile_of_mix

SWAPS, CALLS, GOAL = 6, 60, 4.0
NEAR = 0.05  # of a speedup


def tenth(answer: Any) -> Reply:
    """Judge the best speedup of a block with 54 payments that meet nobody, and 6 swaps in one pool."""
    if answer is None:
        return missing("a number, such as 3.")
    if isinstance(answer, bool) or not isinstance(answer, (int, float)) or not 0 < answer <= 1_000:
        return malformed(f"{repeat(answer)} is no speedup. How many times as fast as one core is the block?")
    span = CALLS / answer
    shown = f"your speedup: {CALLS} transactions in {span:.3g} units"
    if abs(answer - CALLS / SWAPS) <= NEAR:
        profile = profile_of_mix({"payments": 9, "swaps": 1})
        text = "Six swaps are a chain of 6, and all payments fit beside it. What changes with 5 % swaps?"
        return right(text, "\n".join(profile.lines))
    return _other_speedup(float(answer), span, shown)


def _other_speedup(answer: float, span: float, shown: str) -> Reply:
    if abs(answer - SWAPS) <= NEAR:
        text = f"{SWAPS} is how long the chain is. And how many transactions are done in that time?"
        return wrong("the-chain-itself", text, shown)
    if abs(answer - (CALLS - SWAPS) / SWAPS) <= NEAR:
        text = "You divide the payments by the chain. One core must do the swaps, too. How many transactions are there?"
        return wrong("swaps-left-out", text, shown)
    if answer <= 1 + NEAR:
        text = "Then even the payments would run one after the other. Which slot does a payment share with a swap?"
        return wrong("one-chain-stops-all", text, shown)
    if answer >= CALLS - NEAR:
        text = "Then all 60 run in one unit. Six of them are swaps in one pool: what does the second one read?"
        return wrong("few-do-not-matter", text, shown)
    if span < SWAPS and answer >= 50:
        text = (
            "That is near the average: most have speedup 60, a few have 1. The block ends with its *last* transaction. "
            "When is that?"
        )
        return wrong("average-of-speedups", text, shown)
    if span < SWAPS:
        text = f"Your block ends after {span:.3g} units. The swaps wait for each other. How long do six of them take?"
        return wrong("shorter-than-the-chain", text, shown)
    text = f"Your block takes {span:.3g} units. After how many are all six swaps done, and what is left to do then?"
    return wrong("longer-than-the-chain", text, shown)


def four_times(answer: Any) -> Reply:
    """Judge a mix without payments, in the design with one sum, that is to be four times as fast."""
    if answer is None:
        return missing('shares by name, such as {"swaps": 1, "drop": 1}, or `mixer`.')
    profile = _read_mix(answer)
    shown = "\n".join(profile.lines)
    if "payments" in [row.name for row in profile.rows]:
        text = "Quinn does not speak of payments. Can the others do it without them?"
        return wrong("payments-are-needed", text, shown)
    if profile.design != "one sum":
        return wrong("another-design", "Quinn means the design *one sum*. Which mix is fast without a redesign?", shown)
    if profile.speedup < GOAL:
        return _too_slow(profile, shown)
    text = "Each is a chain, and the chains run side by side. How fast could a mix of these five be at most?"
    return right(text, shown)


def _read_mix(answer: Any) -> MixProfile:
    """Return the profile of a mix, given as shares by name or as the mixer that a student has set."""
    mixed = getattr(answer, "profile", None)
    if isinstance(mixed, MixProfile) and mixed.rows:
        return mixed
    if not isinstance(answer, dict):
        expected = 'shares by name, such as {"swaps": 1, "drop": 1}, or `mixer` with some'
        raise InputError(repeat(answer), expected=expected)
    return profile_of_mix(answer)


def _too_slow(profile: MixProfile, shown: str) -> Reply:
    longest = max(profile.rows, key=lambda row: row.chain)
    if len(profile.rows) == 1:
        text = f"{longest.name} alone is one chain of {longest.calls}. What could run beside it?"
        return wrong("serial-stays-serial", text, shown)
    if len(profile.rows) < GOAL:
        text = (
            f"Of {len(MIXED) - 1} applications you take {len(profile.rows)}. They make {len(profile.rows)} chains, and "
            f"the speedup is {profile.speedup:.1f}. What could a further one change?"
        )
        return wrong("too-few-chains", text, shown)
    text = (
        f"{longest.name} has {longest.calls} of the {profile.calls} calls, and they are one chain. "
        "How many may it have, if the block is to be 4 times as fast?"
    )
    return wrong("one-chain-is-too-long", text, shown)
