"""A sample of the random messages between three layers, and guards taken away, each of which they miss."""

from __future__ import annotations

import pytest

from tests.rollups.interop.faults import MESSENGER_FAULTS, THEFTS, TOKEN_FAULTS, messenger_with, token_with
from tests.rollups.random_messages import ClusterLife, run
from toyevm.rollups.interop.validity import BlockRefusal

SAID = (
    "done", "fake origin", "for another chain", "relayed already", "to its own chain", "to a messenger",
    "not the messenger", "not from this token", "not from a messenger", "never sent", "not expired yet", "not expired",
    "refunded already",
)  # fmt: skip


def test_the_books_are_balanced_after_every_block() -> None:
    counts, wrong = run(1_000, seed=1)
    assert wrong == []
    assert counts["operations"] == 1_000
    assert counts["books"] > 200
    assert counts["books with something in flight"] > 150
    for words in SAID:
        assert counts[f"said: {words}"] > 0, words
    for refusal in BlockRefusal:
        assert counts[f"refused: {refusal}"] > 0, refusal
    for name in ("L1", "sidechain", "validium"):
        assert counts[f"reorg of {name}"] > 0, name


def test_the_same_number_gives_the_same_life() -> None:
    one, other = ClusterLife(3).live(120), ClusterLife(3).live(120)
    assert one.cluster.l1.head.hash == other.cluster.l1.head.hash
    assert one.cluster.chains() == other.cluster.chains()


@pytest.mark.parametrize("fault", MESSENGER_FAULTS)
def test_a_messenger_without_a_guard_is_found(fault: str) -> None:
    assert run(5_000, contracts=messenger_with(fault))[1]


@pytest.mark.parametrize("fault", TOKEN_FAULTS)
def test_a_token_without_a_guard_is_found(fault: str) -> None:
    assert run(5_000, contracts=token_with(fault))[1]


@pytest.mark.parametrize("refusal", THEFTS)
def test_a_rule_that_is_not_applied_is_found(refusal: BlockRefusal) -> None:
    assert run(5_000, ignoring=[refusal])[1]
