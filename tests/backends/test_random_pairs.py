"""Random blocks under random schedules; `python -m tests.backends.random_pairs` tries as many as one likes."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.backends.judge import oracle_of
from tests.backends.mutants import skip_validation
from tests.backends.random_blocks import random_case
from tests.backends.random_pairs import SETTLEMENTS, Tally, contents, main, try_block, try_blocks
from toyevm.backends import BACKENDS


def test_random_blocks_equal_sequential_and_provoke_conflicts_and_aborts() -> None:
    tally = try_blocks(range(40))
    pairs = tally.counts["pairs"]
    print(dict(sorted(tally.counts.items())))
    assert tally.differences == []
    assert tally.counts["with a conflict"] >= pairs / 2
    assert tally.counts["with an abort"] >= pairs / 5
    for backend in (one.name for one in BACKENDS if one.kind == "parallel"):
        assert tally.counts[f"with an abort in {backend}"] >= pairs / 10
    assert tally.counts["invalid block"] > 0
    assert tally.counts["settled"] == 40 * len(SETTLEMENTS) > 0
    assert tally.counts["runs"] == pairs * sum(one.kind == "parallel" for one in BACKENDS)


def test_random_blocks_hold_all_that_a_backend_may_stumble_over() -> None:
    found = Counter(what for case in map(random_case, range(200)) for what in contents(case, oracle_of(case)))
    wanted = [
        "the fees read",
        "a storage cleared",
        "a slot under a long key",
        "a delegation",
        "an access list",
        "blobs",
    ]
    wanted += ["a creation", "a failure", "a refund", "40 reads", "requests", "withdrawals", "a chain of its own"]
    assert [what for what in wanted if found[f"with {what}"] < 4] == []


def test_a_run_ends_at_the_first_difference_and_says_how_to_see_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["random_pairs", "--pairs", "400", "--seed", "7", "--jobs", "1"]
    monkeypatch.setattr(sys, "argv", [*command[:2], "4", *command[3:]])
    assert main() == 0
    capsys.readouterr()
    skip_validation(monkeypatch)
    monkeypatch.setattr(sys, "argv", command)
    assert main() == 1
    told = json.loads(capsys.readouterr().out)
    assert told["pairs"] < 400
    assert re.fullmatch(
        r"see it again: python -m tests.backends.random_pairs --seed \d+ --pairs 1", told["differences"][0]
    )


@given(st.integers(10**6, 2**40))
@settings(max_examples=25)
def test_every_backend_equals_sequential_on_a_random_block(seed: int) -> None:
    found: Tally = try_block(seed, schedules=1)
    assert found.differences == []
