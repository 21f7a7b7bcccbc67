"""The dial of every workload turns the right way, from few conflicts to many, and means what it says."""

from __future__ import annotations

from collections import Counter

import pytest

from toyevm.analysis.dependencies import dependency_graph, span
from toyevm.backends import BACKENDS, RunConfig
from toyevm.results import TxResult
from toyevm.workloads.contention import DIALS
from toyevm.workloads.workload import Workload

ALL = pytest.mark.parametrize("name", list(DIALS))
COUNT = 60


def results_of(workload: Workload) -> tuple[TxResult, ...]:
    run = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, RunConfig(workload.chain))
    return run.result.results


def longest_chain(name: str, contention: float) -> int:
    workload = DIALS[name](contention, COUNT, 1)
    return span(dependency_graph(results_of(workload), fee_recipient=workload.block.header.coinbase), lambda _: 1)


def receivers(name: str, contention: float) -> Counter[bytes | None]:
    return Counter(tx.to for tx in DIALS[name](contention, COUNT, 0).block.transactions)


@ALL
def test_more_contention_gives_longer_chains(name: str) -> None:
    chains = [longest_chain(name, contention) for contention in (0.0, 0.5, 1.0)]
    assert chains == sorted(chains)
    assert chains[0] <= 8  # of 60
    assert chains[2] >= 20


@ALL
@pytest.mark.parametrize("contention", [0.0, 0.3, 1.0])
def test_a_block_has_as_many_transactions_as_asked_and_none_fails(name: str, contention: float) -> None:
    for count in (1, 2, 30):
        results = results_of(DIALS[name](contention, count, 0))
        assert [result.succeeded for result in results] == [True] * count


@ALL
def test_the_same_numbers_give_the_same_block(name: str) -> None:
    assert DIALS[name](0.5, 20, 3).block == DIALS[name](0.5, 20, 3).block != DIALS[name](0.5, 20, 4).block


@pytest.mark.parametrize("name", [name for name, dial in DIALS.items() if dial.meaning.startswith("share of")])
def test_a_share_is_a_share(name: str) -> None:
    if name != "token":  # all call the token
        assert receivers(name, 0.5).most_common(1)[0][1] == COUNT // 2
        assert receivers(name, 1.0).most_common(1)[0][1] == COUNT
        assert receivers(name, 0.0).most_common(1)[0][1] == 1


def test_the_number_of_pools_is_what_the_meaning_says() -> None:
    assert [len(DIALS["amm"](c, 300, 0).pre.accounts.keys() & POOLS) for c in (0.0, 0.5, 1.0)] == [64, 8, 1]


POOLS = {bytes([0x80 + number]) * 20 for number in range(64)}


def test_the_number_of_gateways_is_what_the_meaning_says() -> None:
    for contention, count in ((0.0, 64), (0.5, 8), (1.0, 1)):
        block = DIALS["payments"](contention, 64, 0).block
        assert len({tx.sender for tx in block.transactions}) == count
