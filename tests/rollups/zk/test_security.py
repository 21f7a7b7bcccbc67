import dataclasses
from math import floor

import pytest

from toyevm.rollups.zk import fibonacci, security
from toyevm.rollups.zk.air import Air
from toyevm.rollups.zk.field import P
from toyevm.rollups.zk.stark import StarkParameters

DEFAULT = StarkParameters()
PAYMENTS = dataclasses.replace(fibonacci.fibonacci_square(8, 3), width=356, degree=3, transition_count=500)


def payments(rows: int) -> Air:
    assert rows in (2048, 32768)
    return PAYMENTS


# The floors of soundcalc (ethereum/soundcalc, commit 809896f) for 64 and 1,024 transfers.
@pytest.mark.parametrize(("rows", "batching", "fold", "outside"), [(2048, 111, 110, 110), (32768, 107, 107, 106)])
def test_unique_decoding_in_degree_four_has_the_bits_of_soundcalc(
    rows: int, batching: int, fold: int, outside: int
) -> None:
    parameters = StarkParameters(blowup=8, queries=102)
    assumption = security.unique_decoding(1 / 8, P**4)
    found = security.rounds(payments(rows), rows, parameters, assumption, P**4)
    assert floor(found["batching"]) == batching
    assert floor(min(bits for name, bits in found.items() if name.startswith("fold"))) in (fold, fold + 1)
    assert floor(found["outside the domain"]) in (outside, outside + 1)
    assert floor(min(found.values())) == 100


@pytest.mark.parametrize("rows", [2048, 32768])
@pytest.mark.parametrize(("parameters", "m"), [(DEFAULT, 30), (StarkParameters(blowup=8, queries=58), 20)])
def test_the_default_and_the_small_parameters_have_a_hundred_proven_bits(
    rows: int, parameters: StarkParameters, m: int
) -> None:
    at_m = security.rounds(payments(rows), rows, parameters, security.johnson(1 / parameters.blowup, P**5, m))
    assert min(at_m.values()) == at_m["queries"] == pytest.approx(100.9, abs=0.06)
    bits, assumption = security.proven_bits(payments(rows), rows, parameters)
    assert bits > at_m["queries"]  # a higher m gives a query more, and a batch less
    assert assumption.startswith("Johnson")


@pytest.mark.parametrize(
    ("blowup", "unique", "johnson", "conjecture"), [(4, 0.678, 1.0, 1.960), (8, 0.830, 1.5, 2.949)]
)
def test_a_query_has_the_bits_of_its_rate(blowup: int, unique: float, johnson: float, conjecture: float) -> None:
    one = StarkParameters(blowup=blowup, queries=1, grinding=0)
    assumptions = [
        security.unique_decoding(1 / blowup, P**4),
        security.johnson(1 / blowup, P**4, 10**6),
        security.random_words(1 / blowup, P**4),
    ]
    found = [security.rounds(PAYMENTS, 2048, one, assumption)["queries"] for assumption in assumptions]
    assert found == pytest.approx([unique, johnson, conjecture], abs=0.003)


def test_fifty_queries_at_a_quarter_are_33_or_48_or_a_hundred_bits() -> None:
    fifty = StarkParameters(blowup=4, queries=50, grinding=0)
    table = security.security_table(PAYMENTS, 2048, fifty)
    (unique, johnson, conjecture) = (bits["minimum"] for bits in table.values())
    assert int(unique) == 33
    assert 48 <= johnson < 50
    assert 97 < conjecture <= 100


def test_each_round_can_be_the_weakest() -> None:
    few = security.proven_bits(PAYMENTS, 2048, StarkParameters(queries=10))[0]
    assert few < 26
    assumption = security.johnson(1 / 8, P**4, 20)
    johnson_in_four = security.rounds(payments(32768), 32768, StarkParameters(blowup=8, queries=200), assumption, P**4)
    assert min(johnson_in_four, key=lambda name: johnson_in_four[name]) == "batching"
    assert 69 <= johnson_in_four["batching"] <= 81
