"""`toyevm compare`: no figure without a tag, each read off what was run, and another run gives another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from toyevm.bench.compare import Tag, assumed, compare, is_right, measured, plain, pricing, settling, simulated, weakest
from toyevm.bench.compare.chart import compare_chart
from toyevm.bench.compare.executing import OneCore
from toyevm.bench.compare.table import WORKLOADS, executed_alone
from toyevm.bench.payment_batches import payment_batch
from toyevm.errors import InputError
from toyevm.rollups.base import ExecutedBlock
from toyevm.rollups.costs import SCENARIOS, tokens_of
from toyevm.rollups.optimistic.dispute_contract import DisputeTerms
from toyevm.rollups.settlements import SETTLEMENTS
from toyevm.rollups.sidechain.settlement import SidechainSettlement
from toyevm.rollups.zk_rollup.settlement import ZkRollupSettlement
from toyevm.units import GWEI

pytest.importorskip("numpy")
UNTAGGED = {"cores", "delaySeconds", "transactions", "gas", "seed", "virtualCores"}  # what was asked for, or counted


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return compare(transactions=20, cores=4)


@pytest.fixture(scope="module")
def executed() -> ExecutedBlock:
    return executed_alone(WORKLOADS["mixed"](20))


def test_what_is_assumed_needs_a_source_with_its_year() -> None:
    for source in ("", "the press", "block 12"):
        with pytest.raises(InputError, match="a source with its year"):
            assumed(1, "s", source)
    assert all(assumed(1, "s", price.source) for price in map(pricing.price_of, SCENARIOS.values()))


def test_what_is_computed_is_worth_no_more_than_its_parts() -> None:
    here, there, source = measured(1, "s"), simulated(1, "s"), assumed(1, "s", "somebody, 2020")
    assert weakest(2, "s", here, here).tag is Tag.MEASURED
    assert weakest(2, "s", here, there).tag is Tag.SIMULATED
    assert weakest(2, "s", source, here).tag is Tag.ASSUMED
    assert weakest(2, "s", there, source).source == "somebody, 2020"


def numbers_without_tag(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        if "tag" in value and "value" in value:
            return
        for key, each in value.items():
            yield from numbers_without_tag(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from numbers_without_tag(each, name)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and name not in UNTAGGED:
        yield name


def test_each_figure_of_a_row_has_its_tag(report: dict[str, Any]) -> None:
    rows = [*report["executing"], *report["settling"], report["scenarios"]]
    assert list(numbers_without_tag(plain(rows))) == []
    assert list(numbers_without_tag([{"rate": 7}])) == ["rate"]


def test_every_result_is_that_of_the_sequential_backend(report: dict[str, Any]) -> None:
    assert is_right(report)
    for part in ("executing", "settling"):
        wrong = report | {part: [*report[part][:-1], report[part][-1] | {"equal": False}]}
        assert not is_right(wrong)


def test_a_settlement_that_cannot_have_the_block_says_so(report: dict[str, Any]) -> None:
    rows = {row["system"]: row for row in report["settling"]}
    assert [name for name, row in rows.items() if row["instead"]] == ["zk"]
    assert rows["zk"]["instead"] == "20 plain payments, since the block is refused: transaction 0: calls a contract"


def test_bytes_and_gas_are_those_on_l1(executed: ExecutedBlock) -> None:
    settlement = SidechainSettlement()
    submission = settlement.submit(executed)
    entry = submission.contracts.l1.entries[-1]
    (tx,), (result,) = entry.sealed.transactions, entry.results
    found = settling.settle(SidechainSettlement(), executed)
    assert found.right
    assert found.traffic.data == tx.data
    assert found.traffic.gas == result.gas_used
    assert found.traffic.gas_without_data == result.gas_used - 4 * tokens_of(tx.data)  # the floor does not bind


def test_the_floor_under_calldata_does_not_hide_what_a_proof_costs() -> None:
    traffic = settling.settle(ZkRollupSettlement(), executed_alone(payment_batch(4).workload)).traffic
    assert traffic.gas == 21_000 + 10 * tokens_of(traffic.data)  # the floor binds
    assert 21_000 < traffic.gas_without_data < 21_000 + 6 * tokens_of(traffic.data)


def test_prices_are_those_of_the_scenario(report: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    row = report["settling"][0]
    quiet = SCENARIOS["quiet"]
    assert row["costs"]["quiet"].value == pytest.approx(row["gas"].value * quiet.base_fee / GWEI)
    traffic = settling.Traffic(bytes(1_000), 121_000, 100_000, 0)
    before = pricing.in_full_blobs(traffic, 10)["quiet"].value
    monkeypatch.setitem(SCENARIOS, "quiet", replace(quiet, base_fee=2 * quiet.base_fee))
    assert pricing.in_full_blobs(traffic, 10)["quiet"].value == pytest.approx(2 * before)
    monkeypatch.setitem(SCENARIOS, "quiet", replace(quiet, blob_fee=10**12))
    assert pricing.in_full_blobs(traffic, 10)["quiet"].value > before


def test_delays_are_read_off_the_clock_of_l1(
    report: dict[str, Any], executed: ExecutedBlock, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {row["system"]: row["delay"].value for row in report["settling"]}
    assert found["optimistic_rollup"] > DisputeTerms.clock > found["sidechain"] == 0
    hour = 3_600
    monkeypatch.setattr(
        "toyevm.rollups.optimistic.settlement.DisputeTerms",
        lambda root, first: DisputeTerms(root, first, clock=hour, extension=60),
    )
    optimistic = next(one for one in SETTLEMENTS if one.name == "optimistic_rollup")
    assert hour <= settling.settle(optimistic.found(), executed).traffic.seconds < 2 * hour


def test_a_dispute_goes_down_to_one_step_and_the_honest_root_stands(report: dict[str, Any]) -> None:
    (row,) = (row for row in report["settling"] if row["dispute"])
    assert row["dispute"]["defended"].value == 1
    assert row["dispute"]["rounds"].value > 5
    assert row["dispute"]["bonds"].value > 0
    assert row["dispute"]["seconds"].value > row["delay"].value


def test_rates_are_those_of_one_core_by_virtual_time() -> None:
    one = OneCore(seconds=0.5, makespan=1_000, transactions=100)
    assert one.rate.value == 200
    assert one.rate_in(250).value == 800
    assert (one.rate.tag, one.rate_in(250).tag) == (Tag.MEASURED, Tag.SIMULATED)


def test_more_cores_give_other_rates(report: dict[str, Any]) -> None:
    by_name = {row["system"]: row["speedup"].value for row in report["executing"]}
    assert by_name["sequential"] == 1
    assert by_name["block_stm"] > 1.5
    two = compare("payments", transactions=4, cores=1)
    assert max(row["speedup"].value for row in two["executing"]) <= 1.01


def test_the_chart_says_in_words_what_it_draws(report: dict[str, Any]) -> None:
    chart = compare_chart(report)
    for row in report["executing"]:
        assert f"{row['system']}: {row['rate']}" in chart.text
    for row in report["settling"]:
        assert f"final after {row['hard']}" in chart.text
    assert all(name in chart.text for name in report["scenarios"])
