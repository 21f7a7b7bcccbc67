"""Energy: the miner's odds, the estimate by hand, ranges with sources, and runs in which aborts cost."""

from __future__ import annotations

import re
from math import sqrt
from statistics import fmean

import pytest

from toyevm.bench.compare.figures import rounded
from toyevm.bench.energy import (
    INPUTS,
    MODELS,
    EnergyInput,
    Measured,
    energy_of,
    estimate,
    measure_inputs,
    mine,
    tornado,
)
from toyevm.bench.energy.model import tornado_chart
from toyevm.crypto import keccak256
from toyevm.errors import InputError
from toyevm.workloads.applications import APPLICATIONS

HERE = Measured(execute=1e-4, prove=4e-3, executions=1.1)


@pytest.mark.parametrize("bits", [0, 1, 5, 9])
def test_the_miner_finds_the_first_number_and_counts_its_hashes(bits: int) -> None:
    found = mine(b"header", bits)
    tried = [keccak256(b"header" + nonce.to_bytes(8, "big")) for nonce in range(found.hashes)]
    good = [int.from_bytes(each, "big") >> 256 - bits == 0 if bits else True for each in tried]
    assert good.index(True) == found.nonce == found.hashes - 1
    assert tried[-1] == found.hash


def test_each_bit_doubles_the_hashes_on_average() -> None:
    means = {bits: fmean(mine(bytes([number]), bits).hashes for number in range(200)) for bits in (4, 6, 8)}
    for bits, mean in means.items():
        assert 0.8 < mean / 2**bits < 1.25


@pytest.mark.parametrize("bits", [-1, 25, 1.0, True, None, "8"])
def test_what_is_no_difficulty_is_refused(bits: object) -> None:
    with pytest.raises(InputError, match="0 to 24"):
        mine(b"", bits)  # type: ignore[arg-type]


def test_every_input_has_a_range_and_a_dated_source() -> None:
    for each in INPUTS.values():
        assert re.search(r"\b20\d\d\b", each.source)
        assert each.low <= each.middle <= each.high
    with pytest.raises(InputError, match="a range of positive numbers"):
        EnergyInput("x", 2, 1, "W", "2026")


def test_an_allocation_is_energy_by_transactions() -> None:
    found = estimate("proof of stake", "allocation", HERE, {"energy by proof of stake": 0.0026, "L1 transactions": 1e6})
    assert found.low == found.middle == found.high == pytest.approx(0.0026e12 * 3_600 / 365e6)
    twice = estimate("proof of stake", "allocation", HERE, {"energy by proof of stake": 0.0026, "L1 transactions": 2e6})
    assert twice.middle == pytest.approx(found.middle / 2)  # nothing was saved


def test_one_transaction_more_takes_no_hash_more() -> None:
    work, stake = (estimate(system, "marginal", HERE).middle for system in ("proof of work", "proof of stake"))
    assert work == stake == pytest.approx(1e-4 * sqrt(3 * 15) * sqrt(5_000 * 14_072))
    assert estimate("proof of work", "allocation", HERE).low > 1e6 * work


def test_an_estimate_lies_between_its_ends_and_the_tornado_inside() -> None:
    for system, question in MODELS:
        found = estimate(system, question, HERE)
        assert found.low <= found.middle <= found.high
        swings = tornado(system, question, HERE)
        assert [swing.factor for swing in swings] == sorted((swing.factor for swing in swings), reverse=True)
        for swing in swings:
            assert found.low <= min(swing.at_low, swing.at_high) <= max(swing.at_low, swing.at_high) <= found.high


def test_the_chart_says_each_swing_in_words() -> None:
    chart = tornado_chart("layer", "allocation", HERE)
    assert all(
        f"{swing.name} (" in chart.text and f": {rounded(swing.at_low)} J" in chart.text
        for swing in tornado("layer", "allocation", HERE)
    )
    assert not re.search(r"\de[+-]\d", chart.text)


def test_what_there_is_no_model_of_is_refused() -> None:
    with pytest.raises(InputError, match="proof of work, allocation"):
        estimate("proof of space", "allocation", HERE)


def test_inputs_are_measured_here() -> None:
    found = measure_inputs()
    assert found.execute > 0
    assert 1 <= found.executions < 2


def test_aborts_cost_energy_and_waiting_does() -> None:
    hot, apart = APPLICATIONS["nft-counter"](20), APPLICATIONS["erc20-uniform"](20)
    alone = energy_of(hot, "sequential", 1)
    assert (alone.busy, alone.idle) == (pytest.approx(1), 0)
    beside = energy_of(hot, "sequential", 16, idle_share=0.5)
    assert (beside.busy, beside.idle) == (pytest.approx(1), pytest.approx(7.5))
    assert energy_of(hot, "optimistic", 8).busy > 3
    assert energy_of(apart, "optimistic", 8).busy < 1.2
    assert energy_of(hot, "block_stm", 8, idle_share=0).idle == 0
    assert energy_of(hot, "block_stm", 8, idle_share=1).idle > 2 * energy_of(hot, "block_stm", 8, idle_share=0.3).idle
    with pytest.raises(InputError, match="0 to 1"):
        energy_of(hot, "block_stm", 8, idle_share=2)
