"""An executor that is wrong on purpose must be wrong exactly when its schedule is."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.analysis.dependencies import Hazard, dependency_graph
from toyevm.backends import BACKENDS, RunConfig
from toyevm.errors import InputError
from toyevm.simulation.interleaver import NO_RULES, Play, Rules, all_plays, play
from toyevm.simulation.notation import Move, letter, read_schedule
from toyevm.teaching.kit.interleaving.scene import balances
from toyevm.types import Field, Location
from toyevm.workloads.transfers import Payment, block_of, read_payments
from toyevm.workloads.workload import PRODUCER, Workload

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


def test_a_lost_update_loses_the_money_of_the_one_who_wrote_first() -> None:
    assert off(SHOP, "A1 B1 A2 B2 C1 C2") == {"Shop": -5}
    assert off(SHOP, "A1 B1 B2 A2 C1 C2") == {"Shop": -7}


def test_what_shares_nothing_may_overlap() -> None:
    assert off(SHOP, "A1 C1 A2 B1 C2 B2") == {}


def test_a_forgotten_expense_makes_money() -> None:
    assert off("Ann>Shop 5, Shop>Dan 9", "A1 B1 B2 A2") == {"Shop": 9}


def interleavings(count: int) -> st.SearchStrategy[str]:
    def ordered(order: list[int]) -> str:
        seen: set[int] = set()
        halves = []
        for tx_index in order:
            halves.append(str(Move(tx_index, "2" if tx_index in seen else "1")))
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
    results = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, RunConfig()).result.results
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


def test_one_after_the_other_equals_sequential() -> None:
    workload = block_of(read_payments(SHOP))  # with fees
    outcome = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, RunConfig()).result
    result = play(workload.pre, workload.block, "A1 A2 B1 B2 C1 C2")
    assert result.post.root == result.expected.root == workload.pre.apply(outcome.diff).root


def test_the_beginning_of_a_schedule_says_what_is_still_to_come() -> None:
    result, _ = played(SHOP, "A1 C1 A2")
    assert [str(half) for half in result.missing] == ["B1", "B2", "C2"]
    assert not result.is_complete
    assert played(SHOP, "")[0].post == result.pre


@pytest.mark.parametrize(
    ("schedule", "message"),
    [("A1 D1", "'D1' is no half"), ("A3", "'A3' is no half"), ("hello", "'HELLO' is no half"),
     ("A1 A1", "A1 occurs twice"), ("A2", "A2 comes before A1"), ("A1 A2 A2", "A2 occurs twice"),
     ("Aw", "Aw comes before Ar"), ("A1 Ar", "Ar is one too many: A has nothing left to read"),
     ("A1 A2 Aw", "Aw is one too many: A has nothing left to write")],
)  # fmt: skip
def test_a_schedule_that_cannot_be_played_is_refused_with_the_word(schedule: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        played(SHOP, schedule)


@pytest.mark.parametrize("schedule", ["A1 B1 A2 B1", "A1 B1 A2 Br"])
def test_who_has_run_is_told_when_it_is_checked(schedule: str) -> None:
    workload = free(SHOP)
    with pytest.raises(InputError, match="only when B wants to write is it checked"):
        play(workload.pre, workload.block, schedule, rules=Rules(validates=True))
    with pytest.raises(InputError, match=r"too many|each half of B once"):
        play(workload.pre, workload.block, schedule)


def test_a_transaction_that_may_not_run_yet_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="B1 is refused here: nonce-too-high"):
        played("Ann>Bob, Ann>Cleo", "A1 B1")


def test_a_block_without_transactions_is_refused() -> None:
    workload = free("Ann>Bob")
    with pytest.raises(InputError, match="0 transactions"):
        play(workload.pre, replace(workload.block, transactions=()), "")


def test_commas_and_small_letters_are_understood() -> None:
    halves = ["a1", "b1", "a2", "b2"]
    random.Random(1).shuffle(halves)
    assert read_schedule("a1, b1,a2  b2", 2) == (Move(0, "1"), Move(1, "1"), Move(0, "2"), Move(1, "2"))


# --- single steps, and the two rules


def plays(text: str, rules: Rules, single: bool = True) -> list[Play]:
    workload = free(text)
    stops = balances(workload.names, [PRODUCER]) if single else ()
    return list(all_plays(workload.pre, workload.block, rules=rules, stops=stops))


def count_wrong(found: list[Play]) -> int:
    return sum(play.post.root != play.expected.root for play in found)


TWO = "Ann>Shop 5, Bob>Shop 7"
BOTH = Rules(validates=True, in_order=True)


def test_single_steps_are_counted_right() -> None:
    """Two transactions of four steps each: 8! / (4! 4!) ways; in halves 4! / (2! 2!)."""
    assert len(plays(TWO, NO_RULES)) == 70
    assert len(plays(TWO, NO_RULES, single=False)) == 6
    assert len({each.schedule for each in plays(TWO, Rules(validates=True))}) == 70


@pytest.mark.parametrize(("rules", "wrong"), [(NO_RULES, 60), (Rules(validates=True), 40), (Rules(in_order=True), 10)])
def test_one_rule_alone_is_not_enough(rules: Rules, wrong: int) -> None:
    assert count_wrong(plays(TWO, rules)) == wrong


@pytest.mark.parametrize("text", [TWO, "Ann>Bob 5, Bob>Ann 3", "Ann>Bob, Cleo>Dan"])
def test_two_rules_leave_no_way_to_be_wrong(text: str) -> None:
    found = plays(text, BOTH)
    assert len(found) == 15
    assert count_wrong(found) == 0


@pytest.mark.parametrize("text", [SHOP, "Ann>Bob 5, Bob>Cleo 7, Cleo>Ann 2", "Ann>Shop 9, Shop>Dan 50, Dan>Ann 7"])
def test_two_rules_are_enough_for_three(text: str) -> None:
    found = plays(text, BOTH, single=False)
    assert count_wrong(found) == 0
    assert any(play.aborts for play in found)
    assert count_wrong(plays(text, NO_RULES, single=False)) > 0


def test_a_torn_payment_changes_the_total_and_whole_halves_do_not() -> None:
    workload = free("Ann>Bob 5, Bob>Ann 3")
    names = balances(workload.names, [PRODUCER])
    halves = plays("Ann>Bob 5, Bob>Ann 3", NO_RULES, single=False)
    assert {sum(int(each.post.read(place).value) for place in names) for each in halves} == {200 * 10**18}
    torn = play(workload.pre, workload.block, "A1 Aw B1 B2 Aw", stops=names)
    assert sum(int(torn.post.read(place).value) for place in names) != 200 * 10**18


def test_an_aborted_transaction_begins_again_and_leaves_no_trace() -> None:
    workload = free(TWO)
    result = play(workload.pre, workload.block, "A1 B1 A2 B2", rules=BOTH)
    last = result.events[-1]
    assert [balances(workload.names)[place] for place in last.stale] == ["Shop"]
    assert (last.incarnation, last.wrote, result.aborts) == (0, {}, 1)
    assert [str(move) for move in result.missing] == ["B1", "B2"]
    again = play(workload.pre, workload.block, "A1 B1 A2 B2 B1 B2", rules=BOTH)
    assert again.events[-1].incarnation == 1
    assert again.post.root == again.expected.root


def test_who_may_not_write_yet_is_told_whom_they_wait_for() -> None:
    workload = free(TWO)
    with pytest.raises(InputError, match="B2 must wait for A2"):
        play(workload.pre, workload.block, "A1 B1 B2", rules=BOTH)


@pytest.mark.parametrize(
    ("schedule", "message"),
    [("Ar Aw", "Aw comes before Ar "), ("Aw", "Aw comes before Ar Ar "), ("Ar Ar Br Br Aw Bw", "Bw must wait for Aw "),
     ("Br Br Bw", "Bw must wait for Ar Ar Aw Aw "), ("A1 B1 A2 Bw Bw", "B was aborted; it must read again .Br Br."),
     ("A1 B1 A2 Bw Br Bw", "it must read again .Br."), ("A1 B1 A2 B2 B2", "it must read again .B1.")],
)  # fmt: skip
def test_who_speaks_in_steps_is_answered_in_steps(schedule: str, message: str) -> None:
    workload = free(TWO)
    with pytest.raises(InputError, match=message):
        play(workload.pre, workload.block, schedule, rules=BOTH, stops=balances(workload.names, [PRODUCER]))


@pytest.mark.parametrize("played_so_far", ["", "Ar", "Ar Br Ar", "Ar Ar Br Aw", "A1 B1 A2 Bw", "A1 A2", "A1 A2 B1 B2"])
def test_the_steps_still_to_come_are_just_those_that_complete_it(played_so_far: str) -> None:
    workload = free(TWO)
    names = balances(workload.names, [PRODUCER])
    rules = BOTH if "Bw" in played_so_far else NO_RULES  # in that one B is aborted
    begun = play(workload.pre, workload.block, played_so_far, rules=rules, stops=names)
    for rest in (begun.missing_steps[:-1], begun.missing_steps):
        moves = f"{played_so_far} {' '.join(map(str, rest))}"
        ended = play(workload.pre, workload.block, moves, rules=rules, stops=names)
        assert ended.is_complete == (rest == begun.missing_steps)


def test_halves_do_what_single_steps_have_left() -> None:
    workload = free(TWO)
    names = balances(workload.names, [PRODUCER])
    whole = play(workload.pre, workload.block, "A1 A2 B1 B2", stops=names)
    mixed = play(workload.pre, workload.block, "Ar A1 Aw A2 Br Br Bw B2", stops=names)
    assert mixed.post.root == whole.post.root
    assert [str(move) for move in play(workload.pre, workload.block, "Ar", stops=names).next_steps] == ["Ar", "Br"]


def test_a_fee_in_a_slot_is_lost_and_a_fee_aside_is_not() -> None:
    workload = block_of(read_payments("Ann>Bob 5, Cleo>Dan 7"), base_fee=0, tip=10**15)
    fee = Location(PRODUCER, Field.BALANCE)
    slot = play(workload.pre, workload.block, "A1 B1 A2 B2", rules=Rules(fee_slot=True))
    aside = play(workload.pre, workload.block, "A1 B1 A2 B2")
    assert slot.wrong([fee]) == {fee: (21 * 10**18, 42 * 10**18)}
    assert aside.post.root == aside.expected.root
    serial = play(workload.pre, workload.block, "A1 A2 B1 B2", rules=Rules(fee_slot=True))
    assert serial.post.root == serial.expected.root


@pytest.mark.parametrize("count", [0, 27])
def test_a_schedule_has_a_letter_for_each_transaction(count: int) -> None:
    with pytest.raises(InputError, match=f"schedule: {count} transactions .expected 1 to 26"):
        read_schedule("A1", count)
