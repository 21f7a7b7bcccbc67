"""The field, the machine and the folds of lesson 12 are what the lesson says in words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.errors import InputError
from toyevm.teaching.lessons.polynomials import fri, studies
from toyevm.teaching.lessons.polynomials.extension_player import ExtensionPlayer
from toyevm.teaching.lessons.polynomials.field import (
    GENERATOR,
    P,
    domain,
    extend,
    interpolate,
    inverse,
    length,
    root_of_unity,
    value,
)
from toyevm.teaching.lessons.polynomials.fold_view import show_folds
from toyevm.teaching.lessons.polynomials.machine import POINTS, ROWS, ZEROS, H, broken_steps, extended, quotient_values

EIGHT = st.lists(st.integers(0, P - 1), min_size=8, max_size=8)


def test_each_number_but_zero_has_an_inverse() -> None:
    assert [a * inverse(a) % P for a in range(1, P)] == [1] * 96
    assert inverse(0) == 0


@pytest.mark.parametrize("size", [1, 2, 4, 8, 16, 32])
def test_a_domain_has_as_many_points_as_asked_for_and_two_cosets_share_none(size: int) -> None:
    assert len(set(domain(size))) == len(set(domain(size, GENERATOR))) == size
    assert not set(domain(size)) & set(domain(size, GENERATOR))


@pytest.mark.parametrize("size", [0, 3, 64, True, "8"])
def test_a_domain_of_another_size_is_refused(size: object) -> None:
    with pytest.raises(InputError, match="points"):
        root_of_unity(size)  # type: ignore[arg-type]


@given(EIGHT, st.sampled_from([1, GENERATOR]))
def test_interpolation_undoes_evaluation(coefficients: list[int], shift: int) -> None:
    assert interpolate(extend(coefficients, 1, shift), shift) == coefficients


@given(EIGHT, EIGHT)
def test_two_different_polynomials_agree_on_at_most_seven_points(a: list[int], b: list[int]) -> None:
    same = sum(value(a, x) == value(b, x) for x in range(P))
    assert same == P if a == b else same <= 7


def test_one_false_row_changes_all_points() -> None:
    player = ExtensionPlayer()
    player.set(row3=18)
    assert player.text.endswith("row 3 changed: 0 of 32 points as before")


def test_the_zeros_are_zero_where_a_step_begins_and_at_no_point_of_a_codeword() -> None:
    assert not set(H) & set(POINTS)
    assert 0 not in ZEROS


@given(EIGHT)
def test_the_quotient_is_a_polynomial_of_eight_coefficients_exactly_if_all_steps_are_right(rows: Sequence[int]) -> None:
    assert (length(interpolate(quotient_values(extended(rows)), GENERATOR)) <= 8) == (not broken_steps(rows))


def test_the_true_quotient_has_eight_coefficients_and_folds_to_one() -> None:
    word = quotient_values(extended(ROWS))
    assert length(interpolate(word, GENERATOR)) == 8
    assert len(set(fri.fold_down(word)[-1])) == 1
    assert len(set(fri.fold_down(quotient_values(extended(fri.FALSE_ROWS)))[-1])) > 1


@given(EIGHT, st.integers(0, P - 1))
def test_a_fold_by_values_is_a_fold_by_coefficients(coefficients: list[int], beta: int) -> None:
    word = extend(coefficients, 4, GENERATOR)
    folded = [(even + beta * odd) % P for even, odd in zip(coefficients[::2], coefficients[1::2], strict=True)]
    assert fri.fold_down(word, [beta])[1] == extend(folded, 4, GENERATOR**2)


@pytest.mark.parametrize("index", range(32))
def test_a_query_opens_a_point_and_its_negative_in_each_list(index: int) -> None:
    shift, size = GENERATOR, 32
    for left, right in fri.places(index):
        points = domain(size, shift)
        assert points[right] == P - points[left]
        shift, size = shift * shift % P, size // 2


def test_the_picture_of_the_folds_shows_the_opened_places_and_whether_the_last_values_are_equal() -> None:
    true, false = (str(show_folds(rows, 21)).split("\n")[-1] for rows in (ROWS, fri.FALSE_ROWS))
    assert true == "place 21 opens 5 and 21, then 5 and 13, then 1 and 5. The last 4 values are all equal"
    assert false.endswith("The last 4 values are not all equal")
    with pytest.raises(InputError, match="a place from 0 to 31"):
        show_folds(ROWS, 32)


def test_the_false_quotient_repeats_four_coefficients_as_its_text_says() -> None:
    false = interpolate(quotient_values(extended(fri.FALSE_ROWS)), GENERATOR)
    assert false[8:28] == false[12:]
    assert [pow(H[6], k, P) == 1 for k in range(1, 5)] == [False, False, False, True]
    assert f"at {H[6]}, adds" in studies.quotients()


def test_the_words_below_the_folds_mark_what_is_opened_and_say_what_it_folds_to() -> None:
    lines = str(show_folds(fri.FALSE_ROWS, 3)).split("\n")
    assert lines[0].split()[1:] == [str(k) for k in range(32)]
    for k, (left, right) in enumerate(fri.places(3)):
        marks = lines[2 + 2 * k]
        shown, after = lines[1 + 2 * k], lines[3 + 2 * k]
        opened = [at // 3 for at in range(0, len(marks) - 11, 3) if marks[11 + at :].startswith("^^")]
        assert opened == [left, right]
        found = [
            line[11 + 3 * place : 13 + 3 * place].strip()
            for line, place in ((shown, left), (shown, right), (after, left))
        ]
        assert marks.endswith("  {}, {} -> {}: fits".format(*found))


def test_every_changed_copy_of_the_mixed_block_is_seen_at_one_point() -> None:
    assert "6,510 bytes" in studies.compare_copies()
    assert "40 of 40 differ" in studies.compare_copies()
