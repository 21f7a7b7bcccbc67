import dataclasses
from fractions import Fraction
from math import floor, log2

import pytest

from tests.rollups.zk import soundcalc
from toyevm.rollups.zk import fibonacci, security
from toyevm.rollups.zk.extension import DEGREE
from toyevm.rollups.zk.field import P
from toyevm.rollups.zk.fri import fri_shape
from toyevm.rollups.zk.security import JOHNSON, RANDOM, SECURITY_SETS, TOY, UNIQUE
from toyevm.rollups.zk.stark import StarkParameters

PAYMENTS = dataclasses.replace(fibonacci.fibonacci_square(8, 3), width=356, degree=3, transition_count=500)
CONSTRAINTS = PAYMENTS.transition_count + len(PAYMENTS.boundary)
SIZES = [2048, 32768]  # the rows of 64 and of 1,024 transfers
SUM_OF_WORDS = 720  # what is opened of 356 columns at z and the next point, and of a quotient's 8


def circuit(rows: int, parameters: StarkParameters, extension: int = DEGREE) -> soundcalc.Circuit:
    folds = fri_shape(rows, parameters.blowup, parameters.arity, parameters.final).folds
    return soundcalc.Circuit(
        rows,
        parameters.blowup,
        parameters.queries,
        extension,
        folds,
        PAYMENTS.degree,
        CONSTRAINTS,
        parameters.grinding,
    )


def floors(
    rows: int, parameters: StarkParameters, assumption: security.Assumption, extension: int = DEGREE
) -> dict[str, int]:
    """Return our bits under soundcalc's names, without the hash, which it does not count."""
    found = security.rounds(PAYMENTS, rows, parameters, assumption, P**extension)
    del found["hash"]
    names = {"constraints": "ALI", "outside the domain": "DEEP", "queries": "query phase"}
    names |= {f"fold {k}": f"commit round {k + 1}" for k in range(9)}
    bits = {names.get(name, name): floor(value) for name, value in found.items()}
    return bits | {"total": min(bits.values())}


@pytest.mark.parametrize("extension", [4, 5])
@pytest.mark.parametrize("rows", [64, *SIZES])
@pytest.mark.parametrize("name", SECURITY_SETS)
def test_each_round_has_the_bits_of_soundcalc(name: str, rows: int, extension: int) -> None:
    parameters = SECURITY_SETS[name].parameters
    theirs, rate = circuit(rows, parameters, extension), 1 / parameters.blowup
    unique = security.unique_decoding(rate, P**extension)
    assert floors(rows, parameters, unique, extension) == soundcalc.floors(theirs, soundcalc.unique(theirs))
    for m in (3, 40, 60, 100):
        regime = soundcalc.johnson(theirs, theirs.root / m)
        ours = floors(rows, parameters, security.johnson(rate, P**extension, m), extension)
        assert ours == soundcalc.floors(theirs, regime), m


# What soundcalc (commit 809896f) printed for F^4, 102 queries, a batch with independent factors: its floors. Of the
# folds at 2,048 rows 110 was noted; its formula gives 111: a fold by k has (k - 1) / k of the batch's error.
@pytest.mark.parametrize(("rows", "batching", "fold", "outside"), [(2048, 111, 111, 110), (32768, 107, 107, 106)])
def test_unique_decoding_in_degree_four_has_the_floors_that_soundcalc_printed(
    rows: int, batching: int, fold: int, outside: int
) -> None:
    parameters = SECURITY_SETS["unique"].parameters
    found = floors(rows, parameters, security.unique_decoding(1 / 8, P**4), 4)
    printed = {"batching": batching, "DEEP": outside, "query phase": 100, "total": 100}
    assert {name: found[name] for name in printed} == printed
    assert found["commit round 1"] == fold


@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.parametrize(("name", "m"), [("proven", 60), ("small", 40)])
def test_both_sets_of_degree_five_have_the_total_of_soundcalc(name: str, rows: int, m: int) -> None:
    parameters = SECURITY_SETS[name].parameters
    assert floors(rows, parameters, security.johnson(1 / parameters.blowup, m=m))["total"] == 100
    bits, assumption = security.security_level(PAYMENTS, rows, SECURITY_SETS[name])
    assert bits > 101.8  # a higher m gives a query more, and a batch less
    assert assumption.startswith(JOHNSON)


def test_the_gap_that_soundcalc_takes_by_default_gives_the_small_set_a_bit_less() -> None:
    theirs = circuit(32768, SECURITY_SETS["small"].parameters)
    assert soundcalc.floors(theirs, soundcalc.johnson(theirs))["total"] == 99
    assert soundcalc.floors(theirs, soundcalc.johnson(theirs, theirs.root / 74))["total"] == 101


def test_powers_of_one_factor_cap_a_thousand_transfers_in_degree_four() -> None:
    assumption = security.unique_decoding(1 / 8, P**4)
    batching = security.rounds(PAYMENTS, 32768, SECURITY_SETS["unique"].parameters, assumption, P**4)["batching"]
    assert security.by_powers(batching, SUM_OF_WORDS) == pytest.approx(97.7, abs=0.05)
    theirs = circuit(32768, SECURITY_SETS["unique"].parameters, 4)
    assert soundcalc.floors(theirs, soundcalc.unique(theirs), SUM_OF_WORDS)["batching"] == 97


@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.parametrize("name", ["proven", "small"])
def test_johnson_fails_in_degree_four(name: str, rows: int) -> None:
    parameters = SECURITY_SETS[name].parameters
    theirs = circuit(rows, parameters, 4)
    assert 69 <= soundcalc.floors(theirs, soundcalc.johnson(theirs))["total"] <= 81
    assert floors(rows, parameters, security.johnson(1 / parameters.blowup, P**4, 60), 4)["total"] <= 81


def test_the_conjecture_and_the_proven_bits_beside_it() -> None:
    parameters = StarkParameters(blowup=8, queries=28)
    table = security.security_table(PAYMENTS, 2048, parameters, P**4)
    unique, johnson, conjectured = (bits["queries"] for bits in table.values())
    assert (floor(unique), floor(johnson)) == (39, 57)
    assert conjectured == pytest.approx(98.6, abs=0.05)
    in_five = security.security_table(PAYMENTS, 2048, parameters)
    assert [floor(bits["minimum"]) for bits in in_five.values()] == [39, 57, 98]


@pytest.mark.parametrize("rows", [512, *SIZES])
@pytest.mark.parametrize("name", SECURITY_SETS)
def test_each_set_has_a_hundred_bits_under_its_own_assumption(name: str, rows: int) -> None:
    bits, assumption = security.security_level(PAYMENTS, rows, SECURITY_SETS[name])
    assert 100 <= bits < 103
    assert assumption.startswith(SECURITY_SETS[name].assumption)
    fewer = dataclasses.replace(SECURITY_SETS[name].parameters, queries=SECURITY_SETS[name].parameters.queries - 2)
    less = security.SecuritySet(fewer, SECURITY_SETS[name].assumption)
    assert security.security_level(PAYMENTS, rows, less)[0] < bits


def test_the_default_is_the_proven_set() -> None:
    assert SECURITY_SETS["proven"].parameters == StarkParameters()
    assert {name: one.assumption for name, one in SECURITY_SETS.items()} == {
        "proven": JOHNSON,
        "small": JOHNSON,
        "unique": UNIQUE,
        "conjectured": RANDOM,
    }


def test_fifty_queries_at_a_quarter_are_33_or_48_or_a_hundred_bits() -> None:
    found = {one: security.query_bits(50, 1 / 4, one) for one in (UNIQUE, JOHNSON, RANDOM, TOY)}
    assert (floor(found[UNIQUE]), floor(found[JOHNSON]), found[TOY]) == (33, 48, 100)
    assert 98 < found[RANDOM] < 100
    assert not any(TOY in name for name in security.security_table(PAYMENTS, 2048, StarkParameters()))
    with pytest.raises(KeyError):
        security.query_bits(50, 1 / 4, "hope")


@pytest.mark.parametrize(
    ("blowup", "unique", "johnson", "conjecture"), [(4, 0.678, 1.0, 1.960), (8, 0.830, 1.5, 2.949)]
)
def test_a_query_has_the_bits_of_its_rate(blowup: int, unique: float, johnson: float, conjecture: float) -> None:
    rate = 1 / blowup
    radii = [
        security.unique_decoding(rate).radius,
        security.johnson(rate, m=10**6).radius,
        security.random_words(rate, P**4).radius,
    ]
    assert [-log2(1 - radius) for radius in radii] == pytest.approx([unique, johnson, conjecture], abs=0.003)


def test_random_words_go_up_to_the_capacity_of_list_decoding() -> None:
    """1 - rate is the q-ary entropy at the radius, computed here as it is defined."""
    for rate in (1 / 4, 1 / 8):
        x, log_q = security.random_words(rate).radius, log2(P**DEGREE)
        shares = [(x, log2(P**DEGREE - 1)), (-x, log2(x)), (x - 1, log2(1 - x))]
        assert sum(a * b for a, b in shares) / log_q == pytest.approx(1 - rate, abs=1e-9)


def test_each_round_can_be_the_weakest() -> None:
    few = security.proven_bits(PAYMENTS, 2048, StarkParameters(queries=10))[0]
    assert few < 26
    many = StarkParameters(blowup=8, queries=200)
    in_four = security.rounds(PAYMENTS, 32768, many, security.johnson(1 / 8, P**4, 40), P**4)
    assert min(in_four, key=in_four.__getitem__) == "batching"
    unique = security.security_table(PAYMENTS, 2048, many)[UNIQUE]
    assert unique["minimum"] == unique["hash"] == 128


def test_work_counts_for_the_queries_only() -> None:
    hard, free = (security.security_table(PAYMENTS, 2048, StarkParameters(grinding=bits))[UNIQUE] for bits in (20, 0))
    assert {name for name in hard if hard[name] != free[name]} == {"queries", "minimum"}
    assert hard["queries"] - free["queries"] == pytest.approx(20)


def test_the_text_has_a_row_a_round_and_the_minimum_last() -> None:
    parameters = SECURITY_SETS["proven"].parameters
    head, *lines = security.security_text(PAYMENTS, 2048, parameters).splitlines()
    table = security.security_table(PAYMENTS, 2048, parameters)
    assert head.split("  ")[0] == "bits"
    assert [name for name in table if name not in head] == []
    unique = list(table[UNIQUE].values())
    rows = [line for line in lines if not line.startswith("-")]
    assert [float(line[20:].split()[-3]) for line in rows] == pytest.approx(unique, abs=0.051)
    assert rows[-1].startswith("minimum")
    assert len({len(line) for line in [head, *lines]}) == 1
    assert "queries, work of 16" in rows[-3]


def test_the_oracle_floors_exactly() -> None:
    whole = soundcalc.Circuit(64, 4, 100, 5, (8,))
    regime = (Fraction(1, 2), Fraction(1), Fraction(0), Fraction(1))
    assert soundcalc.floors(whole, regime)["query phase"] == 116
    assert soundcalc.floors(whole, regime)["batching"] == floor(log2(P**5))
