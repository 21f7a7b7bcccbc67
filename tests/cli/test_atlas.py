"""`toyevm atlas`: the right numbers under the right names, no gap from the design unexplained, a figure that agrees."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Command
from tests.support.pictures import axes_of
from toyevm.bench import atlas
from toyevm.bench.atlas import hottest, measure_block
from toyevm.bench.atlas_chart import atlas_chart, describe_atlas
from toyevm.contracts import load_contract, mapping_slot
from toyevm.types import Field, Location
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.applications.election.workload import ELECTION
from toyevm.workloads.location_names import LocationNames
from toyevm.workloads.planned_blocks import address_named
from toyevm.workloads.tokens import TOKEN
from toyevm.workloads.transfers import block_of, mixed, read_payments

SAMPLE = ("erc20-mint", "erc20-sharded", "mixed")  # as in the sketch, far from it, not in it
SMALL = ["--count", "20", "--seeds", "3"]


@pytest.fixture
def pair(toyevm: Command) -> dict[str, Any]:
    report = toyevm.succeeds("atlas", "--json", *SMALL, "--only", "nft-counter", "--only", "land")
    return {row["name"]: row for row in report["rows"]}


def test_the_counter_and_its_absence_are_told_apart(pair: dict[str, Any]) -> None:
    counter, land = pair["nft-counter"], pair["land"]
    assert (counter["storage"]["pairs"], counter["storage"]["count"], counter["storage"]["hot"]) == (
        1.0, 1.0, "market: fees",
    )  # fmt: skip
    assert (land["storage"]["pairs"], land["storage"]["count"], land["storage"]["hot"]) == (0.0, 20.0, None)
    assert counter["transactions"] == land["transactions"] == 20
    assert land["all"]["cores"] == pytest.approx(10, rel=0.1)  # 20 sales on 16 cores: two rounds


def test_every_definition_is_in_the_report(pair: dict[str, Any]) -> None:
    definitions = pair["land"]["definitions"]
    assert len({(each["lens"], each["unit"]) for each in definitions}) == len(definitions) == 32
    speedups = {each["lens"]: each["speedup"] for each in definitions if each["unit"] == "count"}
    assert speedups["locations, without fees, storage only, read after write"] == 20
    assert speedups["accounts, without fees, storage only, read after write"] == 1


def test_work_over_span_equals_the_figure_by_hand() -> None:
    row = measure_block(block_of(read_payments("A>S, B>S, C>D, D>E, F>G")))
    assert row["transactions"] == 5
    assert (row["storage"]["pairs"], row["storage"]["count"]) == (0.0, 5.0)
    assert (row["all"]["pairs"], row["all"]["count"], row["all"]["gas"]) == (0.2, 2.5, 2.5)
    assert row["all"]["hot"] in ("S's balance", "D's balance")


def test_the_figure_is_the_median_over_the_seeds(toyevm: Command) -> None:
    seeds = [measure_block(APPLICATIONS["erc20-zipf"](20, seed=seed))["all"]["count"] for seed in range(3)]
    assert len(set(seeds)) > 1
    (row,) = toyevm.succeeds("atlas", "--json", *SMALL, "--only", "erc20-zipf")["rows"]
    assert row["all"]["count"] == sorted(seeds)[1]


def gaps_are_explained(rows: list[dict[str, Any]]) -> bool:
    """Whether each block of 200 says how far it is from the sketch, and why; make sure that a gap is one."""
    for row in rows:
        ideal = APPLICATIONS[row["name"]].ideal
        assert row["transactions"] == 200
        assert bool(row["ideal"]) == bool(ideal)
        if ideal:
            assert (abs(row["storage"]["count"] / ideal.speedup - 1) > 0.2) == ("speedup" in row["deviation"])
    return all(bool(row["deviation"]) == bool(row["why"]) for row in rows if row["ideal"])


def test_the_atlas_has_a_row_for_each_application(toyevm: Command) -> None:
    report = toyevm.succeeds("atlas", "--json", "--seeds", "1", "--count", "2")
    assert [row["name"] for row in report["rows"]] == list(APPLICATIONS)


def test_a_gap_is_explained_and_the_figure_is_the_same_each_time(toyevm: Command, tmp_path: Path) -> None:
    plot, again = tmp_path / "atlas.svg", tmp_path / "again.svg"
    only = [word for name in SAMPLE for word in ("--only", name)]
    report = toyevm.succeeds("atlas", "--json", "--seeds", "1", "--plot", plot, *only)
    assert {row["name"] for row in report["rows"]} == set(SAMPLE)
    assert {bool(row.get("deviation")) for row in report["rows"]} == {True, False}
    assert gaps_are_explained(report["rows"])
    atlas_chart(report["rows"]).save(again)
    assert plot.read_bytes() == again.read_bytes()


@pytest.mark.whole
def test_every_gap_of_the_atlas_is_explained(toyevm: Command) -> None:
    report = toyevm.succeeds("atlas", "--json")
    assert len(report["rows"]) == len(APPLICATIONS)
    assert gaps_are_explained(report["rows"])


def test_an_unexplained_gap_fails_the_command(toyevm: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = APPLICATIONS["erc20-mint"]
    assert plain.ideal is not None
    monkeypatch.setitem(atlas.APPLICATIONS, "erc20-mint", replace(plain, ideal=replace(plain.ideal, speedup=1.5)))
    answer = toyevm.on_terminal("atlas", "--seeds", "1", "--only", "erc20-mint")
    assert answer.code == 1
    assert "NOT EXPLAINED" in answer.out
    why = replace(plain.ideal, speedup=1.5, deviation="the sketch had two counters")
    monkeypatch.setitem(atlas.APPLICATIONS, "erc20-mint", replace(plain, ideal=why))
    answer = toyevm.on_terminal("atlas", "--seeds", "1", "--only", "erc20-mint")
    assert (answer.code, "-33% from the design: the sketch had two counters" in answer.out) == (0, True)


@pytest.mark.data
def test_a_real_block_has_its_row(toyevm: Command, toyevm_data: Path) -> None:
    path = toyevm_data / "mainnet" / "19933122.json.xz"
    report = toyevm.succeeds("atlas", "--json", "--seeds", "1", "--count", "2", "--only", "land", path)
    row = report["rows"][1]
    assert (row["name"], row["kind"], row["transactions"], row["ideal"]) == ("19933122", "real block", 45, None)
    assert 1 < row["all"]["gas"] <= row["all"]["count"] * 2
    assert row["all"]["cores"] <= 16


def test_bad_options_and_files_are_refused(toyevm: Command, tmp_path: Path) -> None:
    assert "unknown application 'nobody'" in toyevm.refuses("atlas", "--only", "nobody")
    assert ".svg" in toyevm.refuses("atlas", "--plot", "atlas.gif")
    assert "nowhere" in toyevm.refuses("atlas", "--plot", tmp_path / "nowhere" / "atlas.svg")
    assert "no-block.json" in toyevm.refuses("atlas", "--only", "land", "--count", "2", tmp_path / "no-block.json")


def test_the_figure_and_its_text_say_the_same(pair: dict[str, Any]) -> None:
    rows = list(pair.values())
    chart = atlas_chart(rows)
    assert chart.text == describe_atlas(rows)
    assert chart.alt.startswith("speedup that conflicts allow")
    (axes,) = axes_of(chart)
    drawn = {text.get_text() for text in (*axes.texts, *axes.get_yticklabels())}
    for row in rows:
        for words in (row["name"], f"{row['storage']['count']:.1f}×", f"{row['all']['cores']:.1f}×", hottest(row)):
            assert words in chart.text
            assert words in drawn


# Names of places


def test_a_place_is_named_after_its_accounts_and_variables() -> None:
    token = load_contract("erc20")
    workload = mixed(4, to_shop=4, token=True)
    name = LocationNames(workload)
    (shop,) = (address for address, who in workload.names.items() if who == "shop")
    balance = Location(TOKEN, mapping_slot(token.slots["balanceOf"], shop))
    assert name(balance) == "token: balanceOf[shop]"
    assert name(Location(TOKEN, token.slots["totalSupply"])) == "token: totalSupply"
    assert name(Location(TOKEN, Field.CODE)) == "token's code"
    assert name(Location(shop, Field.NONCE)) == "shop's nonce"
    assert name(Location(TOKEN, balance.key + 64)) == workload.location_name(Location(TOKEN, balance.key + 64))
    assert name(Location(b"\x99" * 20, 7)) == f"0x{'99' * 20}'s slot 0x7"


def test_an_element_of_an_array_in_a_mapping_has_its_number() -> None:
    election = load_contract("election_sharded")
    workload = APPLICATIONS["election-sharded"](4, users=4)
    first = mapping_slot(election.slots["tallyShards"], 1)
    assert LocationNames(workload)(Location(ELECTION, first + 5)) == "election: tallyShards[1][5]"
    voter = mapping_slot(election.slots["commitmentOf"], address_named("user 3"))
    assert LocationNames(workload)(Location(ELECTION, voter)) == "election: commitmentOf[user 3]"
