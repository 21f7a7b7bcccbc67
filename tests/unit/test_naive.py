"""An executor that is wrong on purpose must be wrong exactly when its schedule is."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.analysis.dependencies import Hazard, dependency_graph
from toyevm.backends import BACKENDS, RunConfig
from toyevm.backends.naive import Half, Play, letter, play, read_schedule
from toyevm.errors import InputError
from toyevm.types import Location
from toyevm.widgets.interleaving_view import balances
from toyevm.workloads.transfers import PRODUCER, Payment, Workload, block_of, read_payments

SHOP = "Ann>Shop 5, Bob>Shop 7, Cleo>Dan 2"


def free(text: str) -> Workload:
    return block_of(read_payments(text), base_fee=0, tip=0)


def played(text: str, schedule: str) -> tuple[Play, dict[Location, str]]:
    workload = free(text)
    return play(workload.pre, workload.block, schedule), balances(workload.names, [PRODUCER])


def off(text: str, schedule: str) -> dict[str, int]:
    """Who has how many ether too much."""
    result, names = played(text, schedule)
    return {
        names[place]: (int(has) - int(should)) // 10**18 for place, (has, should) in result.wrong(list(names)).items()
    }


def test_a_lost_update_must_lose_the_money_of_the_one_who_wrote_first() -> None:
    assert off(SHOP, "A1 B1 A2 B2 C1 C2") == {"Shop": -5}
    assert off(SHOP, "A1 B1 B2 A2 C1 C2") == {"Shop": -7}


def test_what_shares_nothing_may_overlap() -> None:
    assert off(SHOP, "A1 C1 A2 B1 C2 B2") == {}


def test_a_forgotten_expense_must_make_money() -> None:
    assert off("Ann>Shop 5, Shop>Dan 9", "A1 B1 B2 A2") == {"Shop": 9}


def interleavings(count: int) -> st.SearchStrategy[str]:
    def ordered(order: list[int]) -> str:
        seen: set[int] = set()
        halves = []
        for tx_index in order:
            halves.append(str(Half(tx_index, 2 if tx_index in seen else 1)))
            seen.add(tx_index)
        return " ".join(halves)

    return st.permutations([i for i in range(count) for _ in "12"]).map(ordered)


# Nobody pays twice: a second payment by the same person is refused while the first has not been written.
blocks = st.permutations(["Ann", "Bob", "Cleo", "Dan"]).flatmap(
    lambda payers: st.tuples(
        *(st.builds(Payment, st.just(p), st.sampled_from(["Ann", "Bob", "Shop"])) for p in payers[:3])
    )
)


@given(blocks, interleavings(3))
def test_a_schedule_that_keeps_all_hazards_in_order_is_never_wrong(made: tuple[Payment, ...], schedule: str) -> None:
    """Oracle: serializability. If for each hazard the earlier one writes before the later one runs, all is well."""
    workload = block_of(made, base_fee=0, tip=0)
    results = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, RunConfig()).results
    graph = dependency_graph(results, PRODUCER, Hazard)
    order = schedule.split()
    keeps = all(
        order.index(f"{letter(before)}2") < order.index(f"{letter(after)}1") for before, after, *_ in graph.dependencies
    )
    result = play(workload.pre, workload.block, schedule)
    watched = list(balances(workload.names))
    assert result.is_complete
    if keeps:
        assert result.post.root == result.expected.root
    assert (result.post.root == result.expected.root) == (result.wrong(watched) == {})


def test_one_after_the_other_must_be_what_the_sequential_backend_does() -> None:
    workload = block_of(read_payments(SHOP))  # with fees
    outcome = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, RunConfig())
    result = play(workload.pre, workload.block, "A1 A2 B1 B2 C1 C2")
    assert result.post.root == result.expected.root == workload.pre.apply(outcome.diff).root


def test_the_beginning_of_a_schedule_must_say_what_is_still_to_come() -> None:
    result, _ = played(SHOP, "A1 C1 A2")
    assert [str(half) for half in result.missing] == ["B1", "B2", "C2"]
    assert not result.is_complete
    assert played(SHOP, "")[0].post == result.pre


@pytest.mark.parametrize(
    ("schedule", "message"),
    [("A1 D1", "'D1' is no half"), ("A3", "'A3' is no half"), ("hello", "'HELLO' is no half"),
     ("A1 A1", "A1 occurs twice"), ("A2", "A2 comes before A1")],
)  # fmt: skip
def test_a_schedule_that_cannot_be_read_must_name_the_word(schedule: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_schedule(schedule, 3)


def test_a_transaction_that_may_not_run_yet_must_be_refused_by_name() -> None:
    with pytest.raises(InputError, match="B1 is refused here: nonce-too-high"):
        played("Ann>Bob, Ann>Cleo", "A1 B1")


def test_a_block_without_transactions_has_no_schedule() -> None:
    workload = free("Ann>Bob")
    with pytest.raises(InputError, match="0 transactions"):
        play(workload.pre, replace(workload.block, transactions=()), "")


def test_commas_and_small_letters_are_understood() -> None:
    halves = ["a1", "b1", "a2", "b2"]
    random.Random(1).shuffle(halves)
    assert read_schedule("a1, b1,a2  b2", 2) == (Half(0, 1), Half(1, 1), Half(0, 2), Half(1, 2))
