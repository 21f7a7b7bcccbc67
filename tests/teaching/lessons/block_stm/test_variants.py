"""What the rules of lesson 06 are for: without one, a run is longer or wrong; with both, it never is."""

from __future__ import annotations

import pytest

from toyevm.teaching.lab.turns import take_turn
from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lessons.block_stm.situations import SITUATIONS, next_task
from toyevm.teaching.lessons.block_stm.studies import by_chance, executions, in_turn, outdated
from toyevm.teaching.lessons.block_stm.tables import ENTRIES, entry_below, entry_of
from toyevm.teaching.lessons.block_stm.variants import complete, without_estimates, without_new_locations

MOVES = "0 0 1 1 0 1 1 1 1 0 1 0 1"
SEEDS = range(100)


def test_what_an_abort_removes_lets_two_more_executions_go_to_waste() -> None:
    assert [executions(in_turn(stm, MOVES)).total() for stm in (without_estimates, complete)] == [7, 5]


@pytest.mark.parametrize("stm", [complete, without_estimates])
def test_marks_decide_how_much_is_executed_and_never_the_result(stm: object) -> None:
    runs = [by_chance(stm, seed) for seed in SEEDS]  # type: ignore[arg-type]
    assert [run.wrong or run.unfinished or outdated(run) for run in runs if run.wrong or outdated(run)] == []


def test_without_the_rule_on_new_locations_some_order_is_wrong_and_someone_is_outdated() -> None:
    runs = [by_chance(without_new_locations, seed) for seed in SEEDS]
    wrong = [run for run in runs if run.wrong]
    assert len(wrong) >= 20
    assert all(outdated(run) for run in wrong)


def test_a_removed_entry_is_called_removed_and_a_marked_one_marked() -> None:
    texts = [in_turn(stm, MOVES) for stm in (without_estimates, complete)]
    kept = [[event.holds for event in run.events if event.action.value == "suspect"] for run in texts]
    assert not any(kept[0])
    assert all(kept[1])


def test_the_scheduler_itself_answers_the_four_situations() -> None:
    assert [next_task(name) for name in SITUATIONS] == ["validate B", "execute C", "validate C", "nothing"]


def test_an_entry_is_that_of_the_highest_writer_below_whatever_names_it() -> None:
    assert [entry_below(reader) for reader in "ABCDEF"] == ["before", "A.0", "A.0", "C.1", "C.1", "E.0"]
    assert {entry_of(each) for each in ("a.0", " A ", 105, "105")} == {"A.0"}
    assert entry_of("100") == "before"
    assert [entry_of(each) for each in ("B.0", 7, None, 1.5)] == [None] * 4
    assert list(ENTRIES) == ["A.0", "C.1", "E.0"]


@pytest.mark.parametrize("seed", range(40))
def test_every_order_by_chance_is_told_what_it_did(seed: int) -> None:
    run = by_chance(without_new_locations, seed)
    reply = take_turn("06-block-stm", "break-it", run.moves)
    assert (reply.status is Status.RIGHT) == bool(run.wrong)
    if not run.wrong:
        assert reply.belief in ("writes-in-time", "repaired-by-chance", "one-after-the-other")
        assert reply.text.endswith("?")
