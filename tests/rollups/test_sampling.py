"""The code: any 64 of 128 cells are the data. The odds: exact, counted, and those of other libraries' formulas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from math import inf, sqrt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toyevm.errors import InputError
from toyevm.rollups.sampling import (
    CELLS,
    ENOUGH,
    PRIME,
    count_misses,
    data_of,
    evaluate,
    extend,
    least_samples,
    miss_bound,
    miss_probability,
    nodes_to_recover,
    recover,
    recovery_probability,
)

DATA = Random(1).randbytes(200)


@given(coefficients=st.lists(st.integers(0, PRIME - 1), min_size=1, max_size=12), x=st.integers(0, PRIME - 1))
def test_interpolation_equals_horner(coefficients: list[int], x: int) -> None:
    def horner(at: int) -> int:
        value = 0
        for coefficient in coefficients:
            value = (value * at + coefficient) % PRIME
        return value

    points = Random(x).sample(range(PRIME), len(coefficients))
    assert evaluate({point: (horner(point),) for point in points}, x) == (horner(x),)


@settings(max_examples=10)
@given(data=st.binary(max_size=300), seed=st.integers(0, 2**32))
def test_any_64_cells_are_the_data(data: bytes, seed: int) -> None:
    cells = extend(data)
    assert len(cells) == CELLS
    chosen = Random(seed).sample(range(CELLS), ENOUGH)
    recovered = recover({place: cells[place] for place in chosen})
    assert recovered == cells
    assert data_of(recovered, len(data)) == data


@pytest.mark.parametrize("places", [range(64), range(64, 128), range(0, 128, 2)], ids=["data", "redundancy", "even"])
def test_all_data_or_all_redundancy_will_do(places: range) -> None:
    cells = extend(DATA)
    assert data_of(recover({place: cells[place] for place in places}), len(DATA)) == DATA


def test_the_data_itself_is_in_the_first_64_cells() -> None:
    assert bytes(cell[0] for cell in extend(DATA)[:ENOUGH]) == DATA[:ENOUGH]


def test_63_cells_say_nothing_about_the_rest() -> None:
    """A second polynomial of the right degree goes through 63 cells: whatever the 64th is."""
    cells = extend(DATA)
    known = {place: cells[place] for place in range(63)}
    with pytest.raises(InputError, match="63 cells"):
        recover(known)
    other = recover(known | {100: tuple((value + 1) % PRIME for value in cells[100])})
    assert other[:63] == cells[:63]
    assert other[63] != cells[63]


def test_a_cell_that_was_changed_does_not_fit_65_others() -> None:
    cells = dict(enumerate(extend(DATA)))
    for place in (0, 63, 64, 127):
        with pytest.raises(InputError, match="does not fit"):
            recover(cells | {place: tuple((value + 1) % PRIME for value in cells[place])})


@pytest.mark.parametrize(
    ("change", "words"),
    [({128: (1, 1, 1, 1)}, "no cell 128"), ({-1: (1, 1, 1, 1)}, "no cell -1"), ({5: (1,)}, "several lengths"),
     ({5: (PRIME, 0, 0, 0)}, "out of the field"), ({5: (-1, 0, 0, 0)}, "out of the field")],
)  # fmt: skip
def test_hostile_cells_are_refused_by_name(change: dict[int, tuple[int, ...]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        recover(dict(enumerate(extend(DATA))) | change)


def test_cells_that_hold_no_bytes_are_no_data() -> None:
    cells = recover(dict.fromkeys(range(64), (256,)))
    for size in (64, 65):
        with pytest.raises(InputError, match="no data"):
            data_of(cells, size)


def test_the_odds_of_8_samples_are_those_of_the_lesson() -> None:
    assert f"{float(miss_probability(128, 65, 8)):.2%}" == "0.27%"
    assert f"{float(Fraction(1, 2) ** 8):.2%}" == "0.39%"


@pytest.mark.parametrize("hidden", range(7))
@pytest.mark.parametrize("samples", range(7))
def test_the_odds_equal_those_of_counting_all_choices(hidden: int, samples: int) -> None:
    choices = list(combinations(range(6), samples))
    missed = sum(all(place >= hidden for place in choice) for choice in choices)
    assert miss_probability(6, hidden, samples) == Fraction(missed, len(choices))


@given(hidden=st.integers(64, 128), samples=st.integers(0, 128))
def test_with_replacement_the_odds_are_never_less(hidden: int, samples: int) -> None:
    assert miss_probability(128, hidden, samples) <= miss_bound(128, hidden, samples) <= Fraction(1, 2**samples)


@given(risk=st.fractions(0, 1), hidden=st.integers(1, 128))
def test_one_sample_less_would_be_too_risky(risk: Fraction, hidden: int) -> None:
    samples = least_samples(risk, 128, hidden)
    assert miss_probability(128, hidden, samples) <= risk
    assert samples == 0 or miss_probability(128, hidden, samples - 1) > risk


NO_SENSE: dict[str, Callable[[], object]] = {
    "more hidden than there are": lambda: miss_probability(128, 129, 8),
    "more samples than there are": lambda: miss_probability(128, 65, 129),
    "no cells": lambda: miss_bound(0, 0, 0),
    "more hidden, with replacement": lambda: miss_bound(128, 129, 8),
    "a risk below 0": lambda: least_samples(-1),
    "a risk that is no number": lambda: least_samples(float("nan")),
    "nothing hidden": lambda: least_samples(0.5, 128, 0),
    "no trials": lambda: count_misses(0, Random(1)),
    "nodes with more samples than cells": lambda: recovery_probability(3, samples=129),
    "more hidden from all nodes": lambda: recovery_probability(3, hidden=129),
    "nodes that ask for nothing": lambda: nodes_to_recover(Random(1), samples=0),
    "nodes that ask for more than there is": lambda: nodes_to_recover(Random(1), samples=129),
    "a size below 0": lambda: data_of(extend(DATA), -1),
    "data of three cells": lambda: data_of(extend(DATA)[:3], 3),
    "data of cells of several lengths": lambda: data_of([(1, 2), *extend(bytes(64))[1:]], 3),
}


@pytest.mark.parametrize("call", NO_SENSE.values(), ids=NO_SENSE)
def test_numbers_that_make_no_sense_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(InputError):
        call()


@pytest.mark.parametrize(("hidden", "misses"), [(0, 30), (121, 0), (128, 0)])
def test_where_every_trial_has_to_end_alike_there_is_no_deviation(hidden: int, misses: int) -> None:
    counted = count_misses(30, Random(1), hidden=hidden)
    assert (counted.misses, counted.sigmas) == (misses, 0)
    assert replace(counted, misses=7).sigmas in (inf, -inf)


def assert_within_3_sigma(trials: int, seed: int) -> None:
    for samples in (1, 2, 4, 8, 12):
        counted = count_misses(trials, Random(seed), samples=samples)
        assert abs(counted.sigmas) < 3, (samples, counted)


def test_the_counted_rate_is_within_3_sigma_of_the_exact_one() -> None:
    assert_within_3_sigma(20_000, seed=1)


@pytest.mark.whole
def test_the_rate_counted_a_million_times_is_within_3_sigma_of_the_exact_one() -> None:
    assert_within_3_sigma(1_000_000, seed=1)


def test_a_sampler_that_asks_again_for_one_cell_is_found_out_by_its_rate() -> None:
    """The check bites: with replacement 8 samples miss in 0.34 % of all cases, not in 0.27 %."""
    random, exact = Random(3), miss_probability()
    misses = sum(all(random.randrange(128) >= 65 for _ in range(8)) for _ in range(60_000))
    sigma = sqrt(60_000 * exact * (1 - exact))
    assert (misses - 60_000 * exact) / sigma > 3


def test_the_nodes_that_recover_the_data_are_as_many_as_exactly_expected() -> None:
    random, trials = Random(1), 4_000
    counts = [nodes_to_recover(random) for _ in range(trials)]
    for nodes in (9, 10, 11, 12):
        p = float(recovery_probability(nodes))
        share = sum(count <= nodes for count in counts) / trials
        assert abs(share - p) < 3 * sqrt(p * (1 - p) / trials)


@pytest.mark.parametrize("nodes", range(4))
@pytest.mark.parametrize("hidden", range(4))
@pytest.mark.parametrize("samples", [1, 2, 3])
def test_the_odds_of_recovery_equal_those_of_counting_all_choices(nodes: int, hidden: int, samples: int) -> None:
    outcomes = list(product(combinations(range(6), samples), repeat=nodes))
    recovered = sum(len({place for choice in each for place in choice if place >= hidden}) >= 3 for each in outcomes)
    exact = recovery_probability(nodes, cells=6, hidden=hidden, samples=samples)
    assert exact == Fraction(recovered, len(outcomes))


def test_who_hides_more_than_half_is_never_undone() -> None:
    assert recovery_probability(50, hidden=65) == 0
    assert recovery_probability(50, hidden=64) > 0
    assert recovery_probability(7) == 0  # 7 nodes hold 56 cells at most
