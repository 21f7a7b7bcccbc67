"""The disputes of lesson 11 are real: their rounds, their end, and what becomes of them when somebody is kept out."""

from __future__ import annotations

import pytest

from toyevm.rollups.one_step.witness import check_step, make_witness
from toyevm.rollups.optimistic.game import CLOCK, DAY
from toyevm.teaching.kit.bisection.eight_steps import context, honest
from toyevm.teaching.lessons.optimistic_rollup.answers_step import PATHS, witness_parts
from toyevm.teaching.lessons.optimistic_rollup.disputes import BEFORE, CHALLENGER, PROPOSER, million, race
from toyevm.teaching.lessons.optimistic_rollup.links import WORD, link
from toyevm.teaching.lessons.optimistic_rollup.outputs import COUNT, Batch, chain_of, output
from toyevm.teaching.lessons.optimistic_rollup.studies import one_step_on_l1, past_the_sequencer, three_ways
from toyevm.teaching.lessons.optimistic_rollup.waiting import CASES, NEVER, SAFE, STOLEN, kept_out


def test_a_million_steps_take_twenty_rounds_and_one_step() -> None:
    count, dispute = million()
    assert 2**19 < count <= 2**20
    assert dispute.rounds == 20
    assert not dispute.game.is_defended
    assert dispute.won[CHALLENGER] == -dispute.won[PROPOSER] > 0


def test_the_race_is_convicted_at_the_read_that_came_too_early() -> None:
    case = race()
    assert not case.dispute.game.is_defended
    assert case.dispute.rounds == 6 + 10
    assert case.steps[case.at].opcode.name == case.conviction.step.name == "SLOAD"
    early, there = case.conviction.was_read, case.conviction.is_there
    assert (early, there) == (case.values[0][1], case.values[1][1])
    assert [tx for tx, _ in case.values] == [None, 1, case.tx]
    assert case.steps[case.at].stack_after[-1] == there


def test_the_backend_with_the_race_agrees_with_the_sequential_order_before_the_race() -> None:
    case = race()
    same = [a.hash == b.hash for a, b in zip(case.trace.states, case.posted.states, strict=True)]
    assert same.index(False) == case.tx + BEFORE + 1


@pytest.mark.parametrize(("name", "outcome"), list(zip(CASES, (SAFE, STOLEN, STOLEN, SAFE), strict=True)))
def test_each_case_of_censorship_ends_as_the_lesson_says(name: str, outcome: str) -> None:
    assert kept_out(CASES[name]).outcome == outcome


@pytest.mark.parametrize(("days", "outcome"), [(3.0, SAFE), (3.4, SAFE), (3.5, STOLEN), (3.6, STOLEN)])
def test_who_is_kept_out_for_the_whole_clock_loses(days: float, outcome: str) -> None:
    assert kept_out((int(days * DAY),)).outcome == outcome
    assert CLOCK == 3.5 * DAY


def test_after_twelve_hours_the_queue_cannot_be_left_out() -> None:
    first, second, third, last = past_the_sequencer().split("\n")
    assert first.endswith("L1 accepts it")
    assert second.endswith("L1 refuses it: something is overdue")
    assert third.endswith("L1 accepts it")
    assert last.endswith("L1 pays Bob 3 ether")


def test_only_a_proof_always_makes_nobody_wait() -> None:
    head, game, asked, always = three_ways().split("\n")
    assert "at worst" in head
    assert "3.5 days" in game
    assert "7.0 days" in game
    assert "4.5 days" in asked
    assert "days" not in always
    assert "0.00 ether" in always


def test_without_a_challenger_the_false_claim_stands() -> None:
    kept = kept_out((NEVER,))
    assert (kept.outcome, kept.moves) == (STOLEN, 0)


def test_the_parts_that_the_lesson_asks_for_are_those_that_the_real_witness_opens() -> None:
    assert witness_parts(["counters", "code", "top", "second"]).status.value == "right"
    for name in PATHS:
        others = [each for each in ("counters", "code", "top", "second") if each != name]
        assert witness_parts(others if len(others) == 3 else [*others, name]).status.value == "wrong"


def test_a_changed_witness_is_refused() -> None:
    state = honest()[3]
    assert check_step(state.hash, make_witness(state.node, context()), context()) == honest()[4].hash
    assert one_step_on_l1().endswith("refused: its parts do not lead to the hash of state 3")


def test_a_number_that_is_no_word_is_another_stack() -> None:
    below = bytes(32)
    assert len({link(4, below), link(4 + WORD, below), link(4 - WORD, below)}) == 3


@pytest.mark.parametrize("at", range(1, COUNT + 1))
def test_a_chain_keeps_every_lie_to_the_end_and_finds_its_transaction(at: int) -> None:
    weak, good = Batch({at: 100}), Batch({at: 100}, chained=True)
    assert weak.is_disputed == (at == COUNT)
    assert good.is_disputed
    assert good.convicted_at == at - 1
    assert weak.paid == (0 if at == COUNT else 100)


@pytest.mark.parametrize(
    ("lies", "paid", "told"),
    [
        ({3: 100}, 100, []),
        ({0: 100}, 0, ["the burn in state 0"]),
        ({0: 60, 3: 40}, 40, ["the burn in state 0"]),
        ({0: 60, 3: 100}, 100, ["the burn in state 0"]),
        (dict.fromkeys(range(1, 8), 100), 100, ["700 ether in all, and the escrow has 100"]),
        ({3: 60, 5: 60, 7: 40}, 100, ["160 ether in all, and the escrow has 100"]),
        ({3: 101}, 0, ["101 ether in all, and the escrow has 100"]),
    ],
)
def test_the_bridge_pays_burns_of_the_batch_while_the_escrow_lasts(
    lies: dict[int, int], paid: int, told: list[str]
) -> None:
    batch = Batch(lies)
    _, ending, *words = batch.lines
    assert batch.paid == paid
    assert ending.endswith(f"The bridge pays Mallory {paid} ether")
    assert [part in line for part, line in zip(told, words, strict=True)] == [True] * len(told)


def test_a_chain_changes_nothing_before_a_lie() -> None:
    true = chain_of([output(at) for at in range(COUNT + 1)])
    false = chain_of([output(at, 5 * (at == 6)) for at in range(COUNT + 1)])
    assert [a == b for a, b in zip(true, false, strict=True)] == [True] * 6 + [False] * 3
