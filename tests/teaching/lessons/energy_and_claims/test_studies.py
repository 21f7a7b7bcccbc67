"""Lesson 17's studies: waiting and repeated work are told apart, and the last turn's answers follow from the table."""

from __future__ import annotations

import pytest

from toyevm.bench.compare import compare
from toyevm.errors import InputError
from toyevm.teaching.lessons.energy_and_claims.settings import BLOCKS, CORES, WAITING, energy_in

pytest.importorskip("numpy")


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("cores", CORES)
def test_in_order_one_core_works_and_the_others_wait(block: str, cores: int) -> None:
    run = energy_in(block, "in order", cores)
    assert (run.busy, run.idle) == (pytest.approx(1), pytest.approx((cores - 1) * WAITING))


def test_only_conflicts_make_work_of_the_same_block() -> None:
    assert energy_in("strangers", "optimistic", 16).busy < 1.05
    assert energy_in("one counter", "optimistic", 16).busy > 10


@pytest.mark.parametrize("odd", [("a", "in order", 1), ("strangers", "b", 1), ("strangers", "in order", 3)])
def test_what_the_lesson_does_not_have_is_refused(odd: tuple[str, str, int]) -> None:
    with pytest.raises(InputError, match="expected"):
        energy_in(*odd)


def test_the_last_turn_is_answered_by_the_table() -> None:
    report = compare()
    rows = {row["system"]: row for row in report["settling"]}
    on_l1 = report["executing"][0]
    cost = {name: row["costs"]["quiet"].value for name, row in rows.items()}
    assert rows["zk"]["instead"]
    assert on_l1["hard"].value < 3_600 < rows["optimistic_rollup"]["hard"].value < 7 * 86_400
    assert min(cost, key=lambda name: cost[name]) == "sidechain"
    assert cost["optimistic_rollup"] < on_l1["costs"]["quiet"].value < cost["zk"]
