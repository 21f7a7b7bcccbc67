"""The list of read and write sets is what a student derives dependencies from, so it must not leave any out."""

from __future__ import annotations

from toyevm.backends import BACKENDS, RunConfig
from toyevm.results import BlockResult
from toyevm.teaching.lessons.the_machine.sets_text import describe_sets, ether, name_of, waits_for
from toyevm.workloads.transfers import block_of, read_payments
from toyevm.workloads.workload import Workload


def executed(text: str) -> tuple[Workload, BlockResult]:
    workload = block_of(read_payments(text))
    backend = BACKENDS.named("sequential")
    return workload, backend.execute_block(workload.pre, workload.block, RunConfig(workload.chain)).result


def test_a_dependency_is_marked_with_the_transaction_it_comes_from() -> None:
    workload, outcome = executed("Ann>Bob, Cleo>Dan, Bob>Eve")
    rows = describe_sets(workload, outcome.results).split("\n")
    (marked,) = (row for row in rows if "<-" in row)
    assert marked.strip().startswith("Bob's balance")
    assert marked.endswith("<- from transaction 0")
    assert rows.index(marked) > rows.index("transaction 2")
    assert [waits_for(result) for result in outcome.results] == [(), (), (0,)]


def test_every_location_is_listed() -> None:
    workload, outcome = executed("Ann>Bob, Cleo>Bob")
    for result, told in zip(outcome.results, describe_sets(workload, outcome.results).split("\ntransaction ")):
        for location in {*result.read_set, *result.write_set}:
            assert name_of(workload, location) in told


def test_balances_are_in_ether_and_exact() -> None:
    workload, outcome = executed("Ann>Bob")
    (row,) = (row for row in describe_sets(workload, outcome.results).split("\n") if "Bob's balance" in row)
    (change,) = (value for spot, value in outcome.results[0].write_set.items() if name_of(workload, spot) in row)
    assert isinstance(change, int)
    assert row.endswith(f" -> {ether(change)} ether")
    assert [ether(wei) for wei in (1, 10**17, 1_234 * 10**18)] == ["0.000000000000000001", "0.1", "1,234"]


def test_titles_stand_in_place_of_the_index() -> None:
    workload, outcome = executed("Ann>Bob")
    assert describe_sets(workload, outcome.results, ["Ann pays Bob"]).startswith("Ann pays Bob\n  Ann's")
