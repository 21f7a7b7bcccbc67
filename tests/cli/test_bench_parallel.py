"""`toyevm bench parallel`: every backend, and what the command is told wrongly."""

from __future__ import annotations

import pytest

from tests.support.command import Command
from toyevm.backends import BACKENDS
from toyevm.bench import judged_block

FOLLOWERS = {backend.name for backend in BACKENDS if backend.hint_kind}


def test_every_backend_is_measured_on_every_chosen_workload(toyevm: Command) -> None:
    options = ["--only", "payments-to-one-shop", "--only", "payments-to-many", "--cores", "2", "--cores", "8"]
    report = toyevm.succeeds("bench", "parallel", "--json", *options)
    assert set(report) == {"environment", "rows"}
    rows = {(row["workload"], row["backend"], row["hints"], row["cores"]): row for row in report["rows"]}
    assert len(rows) == len(report["rows"]) == 2 * (1 + 2 * (len(BACKENDS.strategies) - 1 + len(FOLLOWERS)))
    assert all(row["equal"] for row in report["rows"])
    assert rows["payments-to-many", "optimistic", None, 8]["speedup"] > 7
    assert rows["payments-to-one-shop", "optimistic", None, 8]["speedup"] < 1
    for name in FOLLOWERS:
        told, alone = (rows["payments-to-one-shop", name, hints, 8] for hints in ("honest", "dry run"))
        assert told["hintBytes"] > 0 == alone["hintBytes"]
        assert (told["aborts"], told["dryRuns"], alone["dryRuns"]) == (0, 0, 100)


def test_the_table_says_that_time_is_simulated(toyevm: Command) -> None:
    answer = toyevm.on_terminal("bench", "parallel", "--only", "payments-to-many", "--cores", "4")
    assert answer.code == 0
    assert "Simulated time" in answer.out
    assert all(backend.name in answer.out for backend in BACKENDS.strategies)


def test_a_wrong_run_fails_the_command(toyevm: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judged_block, "compare_results", lambda result, oracle: ["diff"])
    assert toyevm("bench", "parallel", "--only", "payments-to-many", "--cores", "1").code == 1


def test_bad_arguments_are_refused(toyevm: Command) -> None:
    assert "nobody" in toyevm.refuses("bench", "parallel", "--only", "nobody")
    assert "cores" in toyevm.refuses("bench", "parallel", "--cores", "0")
    assert "options" in toyevm.refuses("bench", "parallel", "--repeats", "3")
    assert "--cores" in toyevm.refuses("bench", "vm", "--cores", "3")
