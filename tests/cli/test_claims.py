"""`toyevm claims` runs experiments and prints what is left of each sentence."""

from __future__ import annotations

import pytest

from tests.support.command import Command

pytest.importorskip("numpy")


def test_a_row_has_the_sentence_the_verdict_and_its_cases(toyevm: Command) -> None:
    (row,) = toyevm.succeeds("claims", "hash-anonymous")
    assert row["sentence"] == "A hash on the chain is anonymous."
    assert row["ruled"] == "true if"
    assert [case["holds"] for case in row["cases"]] == [True, False]
    assert row["cases"][1]["figures"]["patients found"]["tag"] == "simulated"


def test_on_a_terminal_they_are_sentences(toyevm: Command) -> None:
    answer = toyevm.on_terminal("claims", "bridges-move", "two-confirmations")
    assert '"Bridges move tokens from one chain to another."  FALSE' in " ".join(answer.out.split(" "))
    assert "fails if a reorg takes back 3 blocks" in " ".join(answer.out.split())
    assert max(map(len, answer.out.splitlines())) <= 80


def test_what_is_no_claim_is_one_line(toyevm: Command) -> None:
    assert "unknown claim 'moon'" in toyevm.refuses("claims", "moon")
