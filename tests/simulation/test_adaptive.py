"""When `adaptive` falls back and when it tries again, by hand; and what it keeps of the speed of one core."""

from __future__ import annotations

import pytest

from tests.backends.cases import CASES, Case, case, sent
from tests.backends.judge import differences, oracle_of, outcome_of
from tests.simulation.test_optimistic import COUNTER, FIRST, LATER, executions, hot_slot, nonces
from tests.support.worlds import CONTRACT, ETHER, signed
from toyevm import APPLICATIONS
from toyevm.backends import BACKENDS, RunConfig, adaptive
from toyevm.backends.adaptive import depth, share_of_one_sender
from toyevm.crypto import address_of
from toyevm.simulation.costs import DEFAULT_COSTS, GAS_ALONE, CostModel
from toyevm.simulation.metrics import measure
from toyevm.simulation.run import Run
from toyevm.state import Account
from toyevm.transactions import Transaction
from toyevm.workloads.workload import Workload

TRANSFER = 21_000


def run(block: Case | Workload, cores: int, costs: CostModel = DEFAULT_COSTS, backend: str = "adaptive") -> Run:
    done = BACKENDS.named(backend).execute_block(block.pre, block.block, RunConfig(block.chain, cores, costs=costs))
    if isinstance(block, Case):
        assert differences(block, done, oracle_of(block)) == []
    return done


def transfers(first: int, count: int) -> list[Transaction]:
    return [signed(_key(first + i), to=bytes([0x70 + i]) * 20, value=1, gas_limit=TRANSFER) for i in range(count)]


def _key(number: int) -> bytes:
    return (0xFEED00 + number).to_bytes(32, "big")


RICH = {address_of(_key(number)): Account(balance=ETHER) for number in range(20)}


def test_after_a_stretch_that_was_a_chain_one_core_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are tried on two cores, and the second is aborted once; four are left, which nobody tries."""
    monkeypatch.setattr(adaptive, "PER_CORE", 1)
    done = run(case("a chain", COUNTER, *[sent(i) for i in range(6)]), 2, GAS_ALONE)
    second = FIRST + LATER
    assert executions(done) == [
        (0, 0, 0, FIRST, False),
        (1, 0, 0, FIRST, True),
        (1, 1, FIRST, second, False),
        *[(i, 0, second + (i - 2) * LATER, second + (i - 1) * LATER, False) for i in range(2, 6)],
    ]
    assert {span.core for span in done.spans if span.tx_index > 1} == {0}


def test_a_block_that_opens_up_is_noticed_one_stretch_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """2 in a chain; then 4 sequentially, which turn out to be apart; then the last 5 on both cores."""
    monkeypatch.setattr(adaptive, "PER_CORE", 1)
    done = run(case("it opens up", COUNTER | RICH, sent(0), sent(1), *transfers(0, 9)), 2, GAS_ALONE)
    alone = FIRST + LATER
    together = alone + 4 * TRANSFER
    starts = {span.tx_index: span.start for span in done.spans if span.kind == "execute" and not span.aborted}
    assert [starts[i] for i in range(2, 6)] == [alone + i * TRANSFER for i in range(4)]
    assert [starts[i] for i in range(6, 11)] == [together + i // 2 * TRANSFER for i in range(5)]
    assert done.aborts == 1


CHAINS = {
    **{f"{count} nonces": nonces(count) for count in (2, 3, 17, 100)},
    **{f"{count} on one slot": hot_slot(count) for count in (2, 3, 17, 33, 100, 200)},
    **{name: APPLICATIONS[name](100) for name in ("erc20-mint", "amm-swap", "nft-counter", "land-counter")},
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_serial_chain_takes_hardly_longer_than_on_one_core(name: str) -> None:
    block = CHAINS[name]
    metrics = measure(run(block, 16), 16, block.block.header.coinbase, costs=DEFAULT_COSTS)
    assert metrics.speedup >= 0.95


def test_a_chain_of_nonces_is_not_tried() -> None:
    assert run(CHAINS["100 nonces"], 16).attempts == 100


@pytest.mark.parametrize("name", ["100 on one slot", "amm-swap"])
def test_a_serial_chain_takes_fewer_attempts_than_by_block_stm(name: str) -> None:
    ours, theirs = (run(CHAINS[name], 16, backend=backend).attempts for backend in ("adaptive", "block_stm"))
    assert ours <= 100 + 3 * 32  # what was tried is the first stretch
    assert theirs > 2.5 * ours


def test_a_block_without_conflicts_runs_in_parallel() -> None:
    block = APPLICATIONS["erc20-uniform"](100)
    numbers = [measure(run(block, 16, backend=name), 16).speedup for name in ("adaptive", "block_stm")]
    assert numbers[0] == pytest.approx(numbers[1], rel=0.05)
    assert numbers[0] > 10


@pytest.mark.parametrize("cores", [2, 3])
def test_small_stretches_of_every_block_equal_sequential(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a stretch ends in the middle of whatever a case is about, it comes out the same."""
    monkeypatch.setattr(adaptive, "PER_CORE", 1)
    cut = 0
    for block in CASES:
        for seed in (0, 1, 2):
            outcome = outcome_of(BACKENDS.named("adaptive"), block, RunConfig(block.chain, cores, seed))
            assert differences(block, outcome, oracle_of(block)) == [], block.name
        cut += len(block.block.transactions) > 2 * cores
    assert cut > 10


def test_depth_is_the_gas_of_the_longest_chain_over_all() -> None:
    chain = [sent(0), sent(1), sent(2)]
    results = run(case("half", COUNTER | RICH, *transfers(0, 2), *chain), 4).result.results
    path = FIRST + 2 * LATER
    assert depth(results, 0) == path / (path + 2 * TRANSFER)
    assert depth(results, 3) == 1.0  # what was before does not count
    assert depth(results[:2], 0) == 0.5
    assert depth((), 0) == 0.0


def test_one_core_speculates_on_nothing() -> None:
    done = run(case("a chain", COUNTER, *[sent(i) for i in range(6)]), 1)
    assert (done.attempts, done.aborts) == (6, 0)
    assert not any(span.kind == "validate" for span in done.spans)


def test_whoever_sent_most_is_counted_and_bad_signatures_are_not() -> None:
    assert share_of_one_sender([sent(0), sent(1), sent(0, 1), Transaction(to=CONTRACT)]) == 0.5
    assert share_of_one_sender([Transaction(to=CONTRACT)]) == 0.0
