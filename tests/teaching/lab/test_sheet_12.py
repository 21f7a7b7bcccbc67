"""What is right in sheet 12, found in another way: counted choices, products, coefficients, the verifier itself."""

from fractions import Fraction
from itertools import count
from math import comb
from typing import Any

from tests.teaching.lab.bank import REPOSITORY, read_lesson
from toyevm.teaching.lessons.polynomials.field import interpolate

SHEET = REPOSITORY / "solutions" / "12-polynomials"


def value(coefficients: list[int], x: int, p: int) -> int:
    return sum(each * pow(x, k, p) for k, each in enumerate(coefficients)) % p


def test_enough_points_are_those_that_no_choice_of_points_misses_often() -> None:
    """Of all sets of points, those among the n - 1 at which the two agree miss the difference."""
    for case in read_lesson(SHEET).marking.cases("enough"):
        coefficients, size, odds = case.given["args"]
        found = case.expect["value"]
        if coefficients - 1 >= size:
            assert found == -1, case.name
            continue
        missed = (Fraction(comb(coefficients - 1, drawn), comb(size, drawn)) for drawn in count())
        assert found == next(drawn for drawn, chance in enumerate(missed) if chance * odds < 1), case.name


def test_a_quotient_times_its_zeros_is_what_was_divided() -> None:
    for case in read_lesson(SHEET).marking.cases("divide"):
        f, zeros = case.given["args"]
        found = case.expect["value"]
        false = [zero for zero in zeros if value(f, zero, 31)]
        if false:
            assert found == false[0], case.name
            continue
        assert len(found) == len(f) - len(zeros), case.name
        for x in range(31):
            product = value(found, x, 31)
            for zero in zeros:
                product = product * (x - zero) % 31
            assert product == value(f, x, 31), (case.name, x)


def test_folded_rows_are_the_values_of_the_folded_coefficients() -> None:
    for case in read_lesson(SHEET).marking.cases("fold_rows"):
        rows, beta = case.given["args"]
        coefficients, folds = interpolate(rows), []
        first = list(coefficients)
        challenge = beta
        while len(coefficients) > 1:
            coefficients = [
                (even + challenge * odd) % 97 for even, odd in zip(coefficients[::2], coefficients[1::2], strict=True)
            ]
            w = pow(5, 96 // len(coefficients), 97)
            folds.append([value(coefficients, pow(w, k, 97), 97) for k in range(len(coefficients))])
            challenge = challenge**2 % 97
        assert case.expect["value"] == folds, case.name
        assert folds[-1] == [value(first, beta, 97)], case.name  # what the reflection asks for


def degree_below(names: dict[str, Any], values: list[int], coefficients: int) -> bool:
    squares = [x * x % 193 for x in names["POINTS"][:16]]
    known = dict(zip(squares[:coefficients], values[:coefficients], strict=True))
    return all(names["value_at"](x, known) == each for x, each in zip(squares, values, strict=True))


def test_the_early_list_is_accepted_and_has_a_coefficient_for_each_place() -> None:
    lesson = read_lesson(SHEET)
    names = lesson.names
    for case in lesson.marking.cases("early"):
        claimed, places, beta = case.given["args"]
        folded = case.expect["value"]
        assert names["verdict"](claimed, folded, places, beta) == "accepted", case.name
        assert degree_below(names, folded, len(set(places))), case.name
        honest = [names["fold_pair"](claimed[k], claimed[k + 16], names["POINTS"][k], beta) for k in range(16)]
        assert "more than 4" in names["verdict"](claimed, honest, places, beta), case.name


def test_the_same_list_is_refused_at_other_places() -> None:
    """Drawn after the commitment, the places are others: then the list of `early` is caught."""
    lesson = read_lesson(SHEET)
    names = lesson.names
    for case in lesson.marking.cases("early"):
        claimed, places, beta = case.given["args"]
        others = [k for k in range(16) if k not in places]
        assert "the fold at place" in names["verdict"](claimed, case.expect["value"], others, beta), case.name
