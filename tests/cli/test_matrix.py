"""`toyevm matrix` runs attacks, and prints a row for each."""

from __future__ import annotations

from tests.support.command import Command
from toyevm.rollups.matrix import CELLS


def test_a_row_has_what_there_was_and_what_is_left(toyevm: Command) -> None:
    (row,) = toyevm.succeeds("matrix", "--attack", "L1 reorg", "--system", "data on L1", "--without-defence")
    assert row["outcome"] == "stolen"
    assert not row["defended"]
    assert int(row["after"]["Eve"]) > int(row["before"]["Eve"]) == 1_000 * 10**18


def test_without_options_all_cells_are_run(toyevm: Command) -> None:
    rows = toyevm.succeeds("matrix")
    assert len(rows) == len(CELLS)
    assert all(row["defended"] == (row["defence"] is not None) for row in rows)


def test_on_a_terminal_it_is_a_table(toyevm: Command) -> None:
    answer = toyevm.on_terminal("matrix", "--system", "data on L1")
    assert "delayed" in answer.out
    assert "the defence is that nodes of L2 go back with L1" in " ".join(answer.out.split())
    assert max(map(len, answer.out.splitlines())) <= 80


def test_what_there_is_not_is_refused(toyevm: Command) -> None:
    assert "--attack: unknown: 'fire'" in toyevm.refuses("matrix", "--attack", "fire")
