"""What lesson 13 says to how attacks on the data of a layer end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toyevm.teaching.lab.turns import Reply, is_blank, malformed, missing, read_list, read_one_of, right, wrong
from toyevm.teaching.lessons.zk_rollup.studies import attacks_on_data, ends_of_attacks

WORDS = ("safe", "frozen", "stolen")
FORM = 'four words, such as ["safe", "frozen", "stolen", "safe"]'
BELIEFS: Mapping[tuple[int, str], tuple[str, str]] = {
    (0, "frozen"): ("data-burns-too", "its payments stand on L1. Who can compute the balances from them?"),
    (0, "stolen"): ("a-fire-steals", "burnt machines write no payment. Who would have got the ether?"),
    (1, "frozen"): ("refused-is-frozen", "L1 says no to this batch. Which root holds then?"),
    (1, "stolen"): ("signers-make-roots", "all have signed, but L1 checks the proof, too. Which root does it prove?"),
    (2, "safe"): ("valid-is-available", "the batch is true. From what can Ann compute the path to her balance?"),
    (2, "stolen"): ("withheld-is-taken", "the batch is true, so its root is right. Who would own too much?"),
    (3, "safe"): ("proof-has-signatures", "the AIR has no rule for signatures. Who looks at them here?"),
    (3, "frozen"): ("two-can-only-hide", "the batch is accepted. Who has Ann's ether under the new root?"),
}  # fmt: skip


def data_attacks(answer: Any) -> Reply:
    """Judge how each of the attacks ends."""
    if is_blank(answer):
        return missing(f"{FORM}.")
    said, stories = read_list(answer, FORM, 99), attacks_on_data().split("\n")
    if len(said) != len(stories):
        return malformed(f"There are {len(stories)} attacks. Which of your {len(said)} words belongs to which?")
    ends, shown = ends_of_attacks(), []
    for at, one in enumerate(said):
        if one is None:
            return missing(f"a word for attack {at + 1}." + (f" Right so far: {at}." if at else ""))
        word = read_one_of(one, WORDS, f"attack {at + 1}")
        shown.append(f"{stories[at]}: {word}")
        if word != ends[at]:
            belief, text = BELIEFS[at, word]
            return wrong(belief, f"Attack {at + 1}, {word}: {text}", "\n".join(shown))
    return right(
        "The engine has run all four. Which of the two losses would not happen if the AIR checked signatures?",
        "\n".join(shown),
    )
