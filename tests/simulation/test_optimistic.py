"""What haste costs, in attempts: figures worked out by hand on small blocks, bounds on large ones."""

from __future__ import annotations

import pytest

from tests.backends.cases import INCREMENT, Case, case, everybody, sent
from tests.backends.judge import differences, oracle_of
from tests.support.worlds import CONTRACT, ETHER, NOBODY, contract, signed
from toyevm.backends import BACKENDS, RunConfig
from toyevm.backends.optimistic import HASTE, ExpectedWrites, speculate_and_commit
from toyevm.backends.simulated import SimulatedBackend
from toyevm.crypto import address_of
from toyevm.simulation.costs import DEFAULT_COSTS, GAS_ALONE, CostModel
from toyevm.simulation.run import Run
from toyevm.state import Account
from toyevm.transactions import Transaction
from toyevm.types import Location

COUNTER = {CONTRACT: contract(INCREMENT)}
FIRST = 21_000 + 2_112 + 20_000  # counts from 0 to 1; an attempt that sees 0 takes as long
LATER = 21_000 + 2_112 + 2_900
ROOM = 30_000_000


def run(block: Case, cores: int, haste: int | None = None, costs: CostModel = DEFAULT_COSTS) -> Run:
    """Return a run of `optimistic_waiting`, or of the same strategy with some haste."""
    backend = BACKENDS.named("optimistic_waiting")
    if haste is not None:
        backend = SimulatedBackend("hasty", "", speculate_and_commit(haste))
    done = backend.execute_block(block.pre, block.block, RunConfig(block.chain, cores, costs=costs))
    assert differences(block, done, oracle_of(block)) == []
    return done


def nonces(count: int) -> Case:
    return case("nonces", {}, *[sent(0, i, to=NOBODY, gas_limit=21_000) for i in range(count)], gas_limit=ROOM)


def hot_slot(count: int) -> Case:
    """Return a block in which each transaction has a sender of its own, and all count in one slot."""
    keys = [(0xBEEF00 + number).to_bytes(32, "big") for number in range(count)]
    rich = {address_of(key): Account(balance=ETHER) for key in keys}
    return case("hot", COUNTER | rich, *[signed(key, gas_limit=60_000) for key in keys], gas_limit=ROOM)


def executions(done: Run) -> list[tuple[int, int, int, int, bool]]:
    return [
        (span.tx_index, span.incarnation, span.start, span.end, span.aborted)
        for span in done.spans
        if span.kind == "execute"
    ]


def test_a_transaction_that_waits_runs_again_when_its_blocker_is_committed() -> None:
    """Transaction 2 waits for 1, although 0 is committed long before."""
    one, two = FIRST + LATER, FIRST + 2 * LATER
    assert executions(run(case("three", COUNTER, *everybody(3)), 3, costs=GAS_ALONE)) == [
        (0, 0, 0, FIRST, False),
        (1, 0, 0, FIRST, True),
        (2, 0, 0, FIRST, True),
        (1, 1, FIRST, one, False),
        (2, 1, one, two, False),
    ]


def test_a_hasty_one_runs_again_at_once_and_the_block_takes_as_long() -> None:
    one, two = FIRST + LATER, FIRST + 2 * LATER
    assert executions(run(case("three", COUNTER, *everybody(3)), 3, haste=9, costs=GAS_ALONE)) == [
        (0, 0, 0, FIRST, False),
        (1, 0, 0, FIRST, True),
        (2, 0, 0, FIRST, True),
        (1, 1, FIRST, one, False),
        (2, 1, FIRST, one, True),
        (2, 2, one, two, False),
    ]


@pytest.mark.parametrize("cores", [1, 4, 64])
def test_the_nonces_of_one_sender_take_one_attempt_each(cores: int) -> None:
    assert run(nonces(400), cores).attempts == 400


def test_senders_take_turns_and_only_their_own_nonces_wait() -> None:
    block = case("two senders", {}, *[sent(i % 2, i // 2, to=bytes([99 + i]) * 20) for i in range(8)])
    assert [span[:4] for span in executions(run(block, 8, costs=GAS_ALONE))] == [
        (i, 0, i // 2 * 21_000, (i // 2 + 1) * 21_000) for i in range(8)
    ]


@pytest.mark.parametrize("cores", [4, 64, 256])
def test_a_hot_slot_takes_at_most_three_attempts_a_writer(cores: int) -> None:
    done = run(hot_slot(100), cores)
    assert 100 < done.attempts <= 3 * 100


@pytest.mark.parametrize("block", [nonces(100), hot_slot(100)], ids=str)
def test_haste_bounds_the_attempts(block: Case) -> None:
    """After its haste, a transaction waits for one blocker after the other; rarely for more than one."""
    taken = [run(block, 64, haste).attempts for haste in (0, 4, 8, 1_000)]
    assert taken == sorted(set(taken))
    assert all(attempts <= (haste + 3) * 100 for haste, attempts in zip((0, 4, 8), taken, strict=False))
    lesson = BACKENDS.named("optimistic").execute_block(block.pre, block.block, RunConfig(block.chain, 64))
    assert lesson.attempts <= (HASTE + 3) * 100


def test_who_meets_nobody_waits_for_nobody() -> None:
    apart = case("apart", {}, *[sent(i, to=bytes([0x70 + i]) * 20, value=1) for i in range(8)])
    assert executions(run(apart, 8, costs=GAS_ALONE)) == executions(run(apart, 8, haste=9, costs=GAS_ALONE))


def test_a_transaction_is_expected_to_write_where_its_last_attempt_did() -> None:
    here, there = Location(CONTRACT, 0), Location(CONTRACT, 1)
    expected = ExpectedWrites(everybody(5))
    expected.replace(1, [here])
    expected.replace(3, [here, there])
    assert [expected.last_writer(i, [here]) for i in range(5)] == [-1, -1, 1, 1, 3]
    expected.replace(3, [there])
    assert [expected.last_writer(4, [place]) for place in (here, there)] == [1, 3]
    expected.replace(3, [])
    assert expected.last_writer(4, [there]) == -1


def test_the_sender_s_transaction_before_is_expected_and_a_bad_signature_is_nobody_s() -> None:
    unsigned = Transaction(to=NOBODY)
    expected = ExpectedWrites([sent(0), sent(1), unsigned, sent(0, 1), unsigned, sent(0, 2)])
    assert [expected.last_writer(i, ()) for i in range(6)] == [-1, -1, -1, 0, -1, 3]
