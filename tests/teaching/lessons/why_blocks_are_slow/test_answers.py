"""The messages of lesson 00 are true of whatever a student tries: every schedule of three payments, and many blocks."""

from __future__ import annotations

from itertools import permutations, product
from random import Random

import pytest

from toyevm.backends import BACKENDS, RunConfig
from toyevm.simulation.interleaver import all_plays
from toyevm.teaching.kit.interleaving.scene import balances
from toyevm.teaching.lab.turns import Reply, take_turn
from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lessons.why_blocks_are_slow import balances_read, run_network
from toyevm.teaching.lessons.why_blocks_are_slow.answers import THREE
from toyevm.workloads.transfers import block_of, mixed, read_payments

BLOCK = block_of(read_payments(THREE), base_fee=0, tip=0)
WATCHED = list(balances(BLOCK.names, without=[BLOCK.block.header.coinbase]))
PLAYS = list(all_plays(BLOCK.pre, BLOCK.block))


def told(turn: str, answer: object) -> Reply:
    return take_turn("00-why-blocks-are-slow", turn, answer)


def test_every_schedule_that_loses_money_is_right_and_names_the_write_that_did_it() -> None:
    assert len(PLAYS) == 90
    for played in PLAYS:
        reply = told("lost-update", played.schedule)
        loses = bool(played.wrong(WATCHED))
        assert (reply.status is Status.RIGHT) == loses, played.schedule
        assert ("writes Shop" in reply.text and "by then" in reply.text) == loses
        assert reply.text.endswith("?")


def test_a_safe_overlap_has_right_balances_and_c1_between_two_halves() -> None:
    for played in PLAYS:
        halves = played.schedule.split()
        inside = any(halves.index(f"{x}1") < halves.index("C1") < halves.index(f"{x}2") for x in "AB")
        reply, safe = told("safe-overlap", played.schedule), not played.wrong(WATCHED)
        assert (reply.status is Status.RIGHT) == (inside and safe), played.schedule
        if reply.status is Status.WRONG:
            assert ("that part is right" in reply.text) == (inside and not safe)
            assert ("Every balance is right" in reply.text) == safe


def test_the_units_are_right_in_one_way_only() -> None:
    right = [units for units in product(range(5), repeat=2) if told("units", list(units)).status is Status.RIGHT]
    assert right == [(2, 3)]


def test_six_payments_are_right_when_each_person_pays_and_is_paid_once_and_all_wait() -> None:
    random, people = Random(0), ["Ann", "Bob", "Cleo", "Dan", "Eve", "Fay"]
    for order in random.sample(list(permutations(range(6))), 60):
        ring = [(people[i], people[(i + 1) % 6]) for i in order]
        reply = told("chain", ", ".join(f"{payer}>{payee}" for payer, payee in ring))
        waits = all(set(ring[i]) & set(ring[i - 1]) for i in range(1, 6))
        assert (reply.status is Status.RIGHT) == waits, ring
        if not waits:  # the first that does not wait for the one before is named
            at = next(i for i in range(1, 6) if not set(ring[i]) & set(ring[i - 1]))
            assert f"payment {at} (" in reply.text.lower().replace("payments", "")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (("Ann>Shop 5, Shop>Dan 9", "A1 B1 A2 B2"), "These payments can make money"),
        (("Ann>Shop 5, Bob>Shop 7", "A1 B1 A2 B2"), "No schedule of these payments makes money"),
        (("Ann>Bob 60, Ann>Cleo 60", "A1 A2 B1 B2"), "Ann has 40 ether when it is their turn"),
        (("Ann>Bob 5, Ann>Cleo 6", "A1 B1 A2 B2"), "Payments of one payer are numbered"),
        (("Ann>Bob 500, Bob>Cleo 1", "A1 A2 B1 B2"), "amounts below 100"),
        (("Ann>Bob 5 Bob>Cleo 1", "A1 A2 B1 B2"), "a comma between two payments"),
        (("Ann>Bob 5, Bob>Cleo 1", "A1 A2 B1"), "B2 still to come"),
        (("Ann>Bob 5, Bob>Cleo 1", "Ar A2 B1 B2"), "'AR' is no half"),
    ],
)
def test_a_thief_is_told_what_their_own_payments_do(answer: tuple[str, str], said: str) -> None:
    assert said in told("mint", answer).text


def test_no_message_has_wei_or_a_code_name_of_a_refusal() -> None:
    for schedule in ("A1 B1 A2 B2", "B1 A1 A2 B2", "B1 B2 A1 A2"):
        for payments in ("Ann>Bob 60, Ann>Cleo 60", "Ann>Bob 5, Ann>Cleo 6", "Ann>Bob 60, Bob>Cleo 99"):
            text = told("mint", (payments, schedule)).text
            assert "nonce" not in text
            assert "insufficient" not in text
            assert "000000" not in text


def test_every_number_for_the_mixed_block_gets_its_own_speedup() -> None:
    for number in (*range(8), 10, 25, 50, 75, 96, 100):
        reply = told("half-speed", number)
        assert (reply.status is Status.RIGHT) == (number == 4)
        assert f"{number:>3} to the shop" in reply.shown
        assert number == 4 or "  4 to the shop" not in reply.shown


def test_nobody_is_told_that_a_payer_is_only_paid() -> None:
    pays = told("chain", "Ann>Bob, Bob>Cleo, Cleo>Bob, Dan>Eve, Eve>Fay, Fay>Gus").text
    assert "Bob also pays." in pays
    assert "only paid" not in pays


def test_what_a_payment_reads_is_told_with_the_transaction_that_wrote_it() -> None:
    workload = block_of(read_payments("Ann>Shop 5, Bob>Shop 7"), base_fee=0, tip=0)
    run = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, RunConfig(workload.chain))
    first, second = (list(balances_read(workload, result)) for result in run.result.results)
    assert ("Shop's balance", 100, 105, None) in first
    assert ("Shop's balance", 105, 112, 0) in second
    assert ("Bob's balance", 100, 93, None) in second


def test_a_network_repeats_the_work_and_agrees() -> None:
    alone, eight = (run_network(mixed(10, to_shop=3), computers) for computers in (1, 8))
    assert eight.gas_each == alone.gas_each == alone.gas_in_all
    assert eight.gas_in_all == 8 * alone.gas_in_all
    assert eight.differing == 0
