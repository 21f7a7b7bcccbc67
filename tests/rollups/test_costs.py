"""What L1 charges for data: beside the executable specification, the figures of the schedules, and real headers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.chain import GAS_PER_BLOB
from toyevm.errors import InputError
from toyevm.forks import BPO1, BPO2, CANCUN, OSAKA, PRAGUE, SHANGHAI, Fork
from toyevm.rollups.costs import (
    SCENARIOS,
    USABLE_BYTES,
    FeeScenario,
    blob_cost,
    blobs_for,
    break_even_size,
    calldata_cost,
    data_limited_tps,
    excess_for,
    price_factor,
    reserve_price,
    tokens_of,
    walk_price,
)
from toyevm.transactions import Transaction
from toyevm.transition import intrinsic_gas
from toyevm.types import ZERO_ADDRESS
from toyevm.units import GWEI
from toyevm.workloads.mainnet import load_block

BLOB_FORKS = (CANCUN, PRAGUE, OSAKA, BPO1, BPO2)
FEES = FeeScenario("test", PRAGUE, base_fee=GWEI, blob_fee=GWEI, source="made up")


def walk_by_specification(fork: Fork, counts: list[int], excess: int, base_fee: int) -> list[tuple[int, int]]:
    """Return excess and price in every block by the executable specification."""
    pytest.importorskip("ethereum", reason="EELS is not installed: pip install 'toyevm[bench]'")
    from ethereum_types.numeric import U64, Uint

    gas, walked = import_module(f"ethereum.forks.{fork.name.lower()}.vm.gas"), []
    for blobs in counts:
        walked.append((excess, int(gas.calculate_blob_gas_price(U64(excess)))))
        parent = object.__new__(gas.Header)  # it reads three fields of the twenty
        values = {"excess_blob_gas": U64(excess), "blob_gas_used": U64(blobs * GAS_PER_BLOB)}
        for name, value in (values | {"base_fee_per_gas": Uint(base_fee)}).items():
            object.__setattr__(parent, name, value)
        excess = int(gas.calculate_excess_blob_gas(parent))
    return walked


@pytest.mark.parametrize("fork", BLOB_FORKS, ids=str)
@given(data=st.data())
def test_the_price_walks_as_in_the_specification(fork: Fork, data: st.DataObject) -> None:
    counts = data.draw(st.lists(st.integers(0, fork.blobs.maximum), max_size=40))
    excess = data.draw(st.integers(0, 30 * fork.blobs.base_fee_update_fraction))
    base_fee = data.draw(st.integers(0, 300 * GWEI))
    walked = walk_price(fork, counts, excess=excess, base_fee=base_fee)
    assert [(each.excess, each.price) for each in walked] == walk_by_specification(fork, counts, excess, base_fee)


@pytest.mark.parametrize(
    ("fork", "full", "empty"),
    [(CANCUN, "1.125", "1.125"), (PRAGUE, "1.082", "1.170"), (BPO1, "1.082", "1.170"), (BPO2, "1.082", "1.170")],
    ids=str,
)
def test_full_and_empty_blocks_move_the_price_by_the_factors_of_the_schedule(fork: Fork, full: str, empty: str) -> None:
    assert f"{price_factor(fork, fork.blobs.maximum):.3f}" == full
    assert f"{1 / price_factor(fork, 0):.3f}" == empty
    high = 40 * fork.blobs.base_fee_update_fraction  # a price at which rounding does not show
    up = walk_price(fork, [fork.blobs.maximum] * 2, excess=high)
    down = walk_price(fork, [0, 0], excess=high)
    assert f"{up[1].price / up[0].price:.3f}" == full
    assert f"{down[0].price / down[1].price:.3f}" == empty


@pytest.mark.parametrize("fork", BLOB_FORKS, ids=str)
def test_blocks_on_target_leave_the_price(fork: Fork) -> None:
    assert price_factor(fork, fork.blobs.target) == 1.0
    walked = walk_price(fork, [fork.blobs.target] * 20, excess=10 * fork.blobs.base_fee_update_fraction)
    assert len({each.price for each in walked}) == 1


@pytest.mark.parametrize("fork", BLOB_FORKS, ids=str)
@given(price=st.integers(1, 10**15))
def test_a_walk_can_begin_at_any_price(fork: Fork, price: int) -> None:
    excess = excess_for(fork, price)
    assert walk_price(fork, [0], excess=excess)[0].price >= price
    assert excess == 0 or walk_price(fork, [0], excess=excess - 1)[0].price < price


@pytest.mark.parametrize("fork", [OSAKA, BPO1, BPO2], ids=str)
def test_below_the_reserve_an_empty_block_holds_the_price_and_a_full_one_raises_it_as_ever(fork: Fork) -> None:
    base_fee, excess = 16 * 10**15, 30 * fork.blobs.base_fee_update_fraction
    assert walk_price(fork, [0], excess=excess)[0].price < reserve_price(fork, base_fee)
    held = walk_price(fork, [0] * 50, excess=excess, base_fee=base_fee)
    assert {each.excess for each in held} == {excess}
    raised = walk_price(fork, [fork.blobs.maximum] * 2, excess=excess, base_fee=base_fee)
    factor = price_factor(fork, fork.blobs.maximum, below_reserve=True)
    assert math.isclose(raised[1].price / raised[0].price, factor, rel_tol=1e-9)
    assert factor == pytest.approx(price_factor(fork, fork.blobs.maximum))


@pytest.mark.parametrize("fork", [OSAKA, BPO1, BPO2], ids=str)
def test_the_reserve_is_no_floor_that_the_price_is_lifted_to(fork: Fork) -> None:
    walked = walk_price(fork, [0, 0], excess=20 * fork.blobs.base_fee_update_fraction, base_fee=10**20)
    assert walked[1].price == walked[0].price < reserve_price(fork, 10**20)


@pytest.mark.parametrize("fork", [CANCUN, PRAGUE], ids=str)
def test_before_osaka_the_price_of_gas_does_not_matter_to_blobs(fork: Fork) -> None:
    counts = [0, fork.blobs.maximum, 1]
    assert reserve_price(fork, GWEI) == 0
    assert walk_price(fork, counts, excess=10**8) == walk_price(fork, counts, excess=10**8, base_fee=10**20)
    assert price_factor(fork, 0, below_reserve=True) == price_factor(fork, 0)


@pytest.mark.parametrize(("fork", "count"), [(CANCUN, 7), (PRAGUE, 10), (BPO2, 22), (BPO2, -1), (SHANGHAI, 0)])
def test_more_blobs_than_a_block_may_carry_are_refused(fork: Fork, count: int) -> None:
    with pytest.raises(InputError, match="blobs"):
        walk_price(fork, [count])


def test_from_the_least_price_full_blocks_reach_a_gwei_in_35_or_53_minutes() -> None:
    slots = {fork: next(each.slot for each in walk_price(fork, [fork.blobs.maximum] * 400) if each.price >= GWEI)
             for fork in (CANCUN, PRAGUE, BPO1, BPO2)}  # fmt: skip
    assert slots == {CANCUN: 176, PRAGUE: 264, BPO1: 264, BPO2: 264}


@given(data=st.binary(max_size=3_000))
def test_calldata_costs_what_a_transaction_of_it_pays(data: bytes) -> None:
    paid = max(intrinsic_gas(PRAGUE, Transaction(to=ZERO_ADDRESS, data=data)))
    assert calldata_cost(data, 1, FEES).wei == paid * GWEI == (21_000 + 10 * tokens_of(data)) * GWEI


def test_a_byte_of_calldata_costs_16_or_4_gas_and_since_prague_40_or_10() -> None:
    def gas(fork: Fork, data: bytes) -> int:
        return calldata_cost(data, 1, FeeScenario("", fork, 1, 1, "")).wei - 21_000

    assert [gas(fork, byte * 100) for fork in (CANCUN, PRAGUE) for byte in (b"\1", b"\0")] == [1_600, 400, 4_000, 1_000]


def test_calldata_beyond_the_cap_goes_into_several_transactions() -> None:
    fees = FeeScenario("", OSAKA, 1, 1, "")
    most = (2**24 - 21_000) // 40
    assert [calldata_cost(bytes([1]) * size, 1, fees).transactions for size in (0, most, most + 1)] == [1, 1, 2]
    cost = calldata_cost(bytes([1]) * 1_090_000, 10_000, fees)
    assert (cost.transactions, cost.wei) == (3, 43_600_000 + 3 * 21_000)
    assert cost.per_transfer == cost.wei / 10_000


def test_a_blob_is_paid_whole() -> None:
    assert [blobs_for(size) for size in (0, 1, USABLE_BYTES, USABLE_BYTES + 1)] == [1, 1, 1, 2]
    assert blob_cost(1, 1, FEES).wei == blob_cost(USABLE_BYTES, 1, FEES).wei == (21_000 + GAS_PER_BLOB) * GWEI


def test_a_transaction_carries_as_many_blobs_as_its_fork_allows() -> None:
    counts = {fork: blob_cost(7 * USABLE_BYTES, 1, FeeScenario("", fork, 1, 1, "")).transactions for fork in BLOB_FORKS}
    assert counts == {CANCUN: 2, PRAGUE: 1, OSAKA: 2, BPO1: 2, BPO2: 2}


@given(
    fork=st.sampled_from([CANCUN, PRAGUE]), base_fee=st.integers(1, 200), blob_fee=st.integers(1, 200_000),
    zeros=st.sampled_from([Fraction(0), Fraction(1, 4), Fraction(1)]),
)  # fmt: skip
def test_at_the_break_even_size_the_cheaper_way_changes(
    fork: Fork, base_fee: int, blob_fee: int, zeros: Fraction
) -> None:
    fees = FeeScenario("", fork, base_fee, blob_fee, "")
    size = break_even_size(fees, zeros=zeros)

    def blob_is_cheaper(size: int) -> bool:
        empty = int(size * zeros)
        data = bytes(empty) + bytes([1]) * (size - empty)
        return blob_cost(size, 1, fees).wei < calldata_cost(data, 1, fees).wei

    if size is None:
        assert not blob_is_cheaper(USABLE_BYTES)
    else:
        assert not blob_is_cheaper(max(0, size - 4))
        assert blob_is_cheaper(min(USABLE_BYTES, size + 4))


def test_the_data_allows_so_many_transfers_a_second() -> None:
    assert [round(data_limited_tps(109, blobs)) for blobs in (3, 6, 10, 14)] == [301, 601, 1_002, 1_403]


@pytest.mark.data
@pytest.mark.parametrize(("name", "number"), [("first day", 19_426_587), ("quiet", 19_929_064)])
def test_a_scenario_of_mainnet_has_the_prices_of_its_block(toyevm_data, name: str, number: int) -> None:
    block = load_block(toyevm_data / "mainnet" / f"{number}.json.xz")
    fees, header = SCENARIOS[name], block.expected
    assert fees.base_fee == header.base_fee_per_gas
    assert fees.blob_fee == walk_price(fees.fork, [0], excess=header.excess_blob_gas)[0].price
    assert f"{number:,}" in fees.source


def test_every_scenario_says_where_its_prices_come_from() -> None:
    assert all(fees.source.startswith(("mainnet block ", "the press, ", "made up: ")) for fees in SCENARIOS.values())
    fees = SCENARIOS["reserve"]
    assert fees.blob_fee == reserve_price(fees.fork, fees.base_fee)
    assert fees.fork is BPO2


def test_the_full_scenario_is_13_minutes_of_full_blocks_away_from_its_reserve() -> None:
    fees = SCENARIOS["full"]
    rise = fees.blob_fee / reserve_price(fees.fork, fees.base_fee)
    slots = math.log(rise) / math.log(price_factor(fees.fork, fees.fork.blobs.maximum))
    assert round(slots * 12 / 60) == 13


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: data_limited_tps(0, 3), "0 bytes of a transfer (expected more than 0)"),
        (lambda: calldata_cost(b"", 0, FEES), "0 transfers (expected more than 0)"),
        (lambda: blob_cost(100, 0, FEES), "0 transfers (expected more than 0)"),
        (lambda: replace(FEES, base_fee=0), "0 wei for a unit of gas (expected more than 0)"),
        (lambda: replace(FEES, blob_fee=0), "0 wei for a unit of blob gas (expected more than 0)"),
        (lambda: break_even_size(FEES, zeros=Fraction(4, 3)), "a share of 4/3 zero bytes (expected 0 to 1)"),
    ],
)
def test_what_nothing_can_be_divided_by_is_refused(ask: Callable[[], object], words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)):
        ask()
