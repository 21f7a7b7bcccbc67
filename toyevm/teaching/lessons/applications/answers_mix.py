"""What lesson 15 says to a mix: the block is made, and its chains are shown."""

from __future__ import annotations

from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, missing, repeat, right, wrong
from toyevm.teaching.lessons.applications.mix_profile import MIXED, MixProfile, profile_of_mix

GOAL = 4.0


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
