"""`toyevm bench blockstm`: one point fitted, the others predicted; what the command is told wrongly."""

from __future__ import annotations

import pytest

from tests.support.command import Command
from toyevm.bench import blockstm
from toyevm.bench.blockstm import FITTED, PREDICTED, Setting, random_transfers, run_bench_blockstm


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a size that a test has time for."""
    points = (Setting(8, 200, 6.0, "is", 200), Setting(8, 2, 0.7, "at least", 20))
    monkeypatch.setattr(blockstm, "FITTED", points[0])
    monkeypatch.setattr(blockstm, "PREDICTED", points[1:])
    monkeypatch.setattr(blockstm, "SIZES", (50, 100))
    monkeypatch.setattr(blockstm, "FEE_BLOCK", 30)


@pytest.mark.usefixtures("short")
def test_the_fitted_point_is_met_and_the_others_are_predicted_with_it(toyevm: Command) -> None:
    report = toyevm.succeeds("bench", "blockstm", "--json")
    fitted, predicted = report["rows"]
    assert (fitted["threads"], fitted["accounts"], fitted["fitted"], predicted["fitted"]) == (8, 200, True, False)
    assert abs(fitted["error"]) < 0.03
    assert predicted["error"] == predicted["speedup"] / predicted["published"] - 1
    assert report["environment"]["costs"]["contention"] > 0
    assert report["environment"]["rootPart"] == 0.455  # Erigon on one thread; in parallel it is 0.474
    assert fitted["whole"] == pytest.approx(1 / (0.455 + 0.545 / fitted["speedup"]))
    assert fitted["whole"] < fitted["speedup"]
    assert [row["transactions"] for row in report["growth"]] == [50, 100]


@pytest.mark.usefixtures("short")
def test_the_table_says_what_is_simulated_and_what_is_measured(toyevm: Command) -> None:
    answer = toyevm.on_terminal("bench", "blockstm")
    assert answer.code == 0
    assert "fitted" in answer.out
    assert "(simulated)" in answer.out
    assert "(measured)" in answer.out
    assert "state root takes 45.5% of one core's time" in " ".join(answer.out.split())


def test_lazy_fees_are_five_times_as_fast_as_fees_that_are_read() -> None:
    report = {row["backend"]: row for row in blockstm._fees(60, 16, lambda name: None)}
    assert report["block_stm_lazy"]["speedup"] >= 5 * report["block_stm_naive"]["speedup"]


def test_only_one_point_is_fitted_and_it_is_the_one_of_sixteen_threads() -> None:
    assert (FITTED.threads, FITTED.accounts) == (16, 10_000)
    assert len(PREDICTED) == 5


def test_a_block_has_room_for_all_its_payments() -> None:
    block = random_transfers(40, 7).block
    assert len(block.transactions) == 40
    assert block.header.gas_limit >= 40 * 21_000


def test_progress_is_told_as_often_as_it_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    run_bench_blockstm(told.append, scale=100)
    assert len(told) == blockstm.count_pieces()


def test_other_options_are_refused(toyevm: Command) -> None:
    assert "only --json" in toyevm.refuses("bench", "blockstm", "--cores", "3")
    assert "only --json" in toyevm.refuses("bench", "blockstm", "--only", "x")
