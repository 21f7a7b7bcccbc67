"""The sampling grid and the fee sliders: the model against formulas, the picture against its words."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.errors import InputError
from toyevm.rollups.sampling import CELLS
from toyevm.teaching.lessons.batches_data_cost.bytes_view import show_bytes, sizes_by_encoding, sizes_by_part
from toyevm.teaching.lessons.batches_data_cost.fees import BatchBill
from toyevm.teaching.lessons.batches_data_cost.fees_player import FeeSliders
from toyevm.teaching.lessons.batches_data_cost.number_answers import EVEN, ODDS
from toyevm.teaching.lessons.batches_data_cost.sampling import (
    CLIENTS,
    Sampling,
    read_cells,
    rebuilt_from,
    write_cells,
)
from toyevm.teaching.lessons.batches_data_cost.sampling_player import SamplingGrid
from toyevm.teaching.lessons.batches_data_cost.studies import batch_of_mixed, mixed_block, two_ways
from toyevm.units import GWEI


@given(st.frozensets(st.integers(0, CELLS - 1)))
def test_cells_that_are_written_are_read_back(cells: frozenset[int]) -> None:
    assert read_cells(write_cells(cells)) == cells


@pytest.mark.parametrize("text", ["128", "5..3", "x", "1..", "..4", "-1", "1-3", "0..9999999999999999999999"])
def test_cells_that_there_are_not_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_cells(text)


@pytest.mark.parametrize("hidden", [0, 1, 63, 64, 65, 120, 128])
@pytest.mark.parametrize("samples", [1, 4, 8, 20])
def test_as_many_clients_are_fooled_as_the_odds_say(hidden: int, samples: int) -> None:
    sampling = Sampling(frozenset(range(hidden)), samples)
    chance = Fraction(comb(CELLS - hidden, samples), comb(CELLS, samples))
    assert sampling.miss_chance == pytest.approx(float(chance))
    sigma = (CLIENTS * float(chance) * (1 - float(chance))) ** 0.5
    assert abs(sampling.fooled - CLIENTS * float(chance)) <= 3 * sigma


def test_64_cells_are_enough_whichever_they_are_and_63_are_not() -> None:
    data = bytes(range(200))
    for hidden in ("0..63", "64..127", "0..31, 96..127"):
        assert rebuilt_from(data, read_cells(hidden)) == data
        assert not Sampling(read_cells(hidden)).is_lost
    assert rebuilt_from(data, read_cells("0..64")) is None
    assert Sampling(read_cells("0..64")).is_lost


def test_the_grid_hides_by_number_and_by_hand() -> None:
    grid = SamplingGrid()
    grid.set(hidden=65, samples=4)
    assert len(grid.hidden) == 65
    assert "LOST" in grid.text
    assert "asks for 4 sees" in grid.text
    grid.hide("0..63")
    assert grid.hidden == frozenset(range(64))
    with pytest.raises(InputError):
        grid.hide("0..200")
    assert "hidden    64 of 128 cells: 0..63" in grid.text


def test_what_is_hidden_by_hand_is_not_moved_by_the_slider_that_follows() -> None:
    grid = SamplingGrid("3..5")
    grid.hide("100..101, 7")
    assert grid.hidden == {7, 100, 101}


def test_the_break_even_batch_is_the_first_that_is_cheaper_in_a_blob() -> None:
    bills = [BatchBill(transfers, GWEI, 20 * GWEI) for transfers in range(1, 1_500)]
    assert next(bill.transfers for bill in bills if not bill.calldata_wins) == EVEN == 820


def test_the_bill_is_the_sum_of_its_parts() -> None:
    bill = BatchBill(400, 5 * GWEI, 2 * GWEI)
    assert bill.calldata.wei == (21_000 + 40 * 80 * 400) * 5 * GWEI
    assert bill.in_blobs.wei == 21_000 * 5 * GWEI + 131_072 * 2 * GWEI
    assert BatchBill(5_000).blobs == 4


def test_the_sliders_say_in_words_what_the_bars_show() -> None:
    fees = FeeSliders()
    fees.set(transfers=1_000, base_fee="1 gwei", blob_fee="100 gwei")
    assert fees.text.endswith("cheaper   calldata, 4.1 times")
    assert fees.bill == BatchBill(1_000, GWEI, 100 * GWEI)
    for number in ("3,221", "13,128"):
        assert number in fees.text
        assert number in fees.picture.svg


def test_two_samples_of_a_small_blob_are_counted_pair_by_pair() -> None:
    pairs = [(a, b) for a in range(8) for b in range(8) if a != b]
    assert sum(a < 3 and b < 3 for a, b in pairs) / len(pairs) == pytest.approx(ODDS)


def test_signatures_do_not_shrink_and_the_parts_make_up_the_whole() -> None:
    parts, whole = sizes_by_part(), sizes_by_encoding()
    before, after = parts["signature"]
    assert after >= before >= 64
    assert sum(before for before, _ in parts.values()) == pytest.approx(whole["columns"][0])
    for name, (before, after) in {**parts, **whole}.items():
        assert f"{before:.1f}" in show_bytes().text, name
        assert f"{before:.1f} → {after:.1f}" in show_bytes().svg


def test_the_mixed_block_is_smaller_as_a_batch_and_costs_l1_one_transaction() -> None:
    raw = sum(len(tx.data) for tx in mixed_block().block.transactions)
    assert raw > 0
    assert f"{len(batch_of_mixed()):,}" in two_ways()
    assert "21,000" in two_ways()
