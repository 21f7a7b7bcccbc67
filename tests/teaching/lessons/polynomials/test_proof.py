"""The whole proof of eight rows: a forged quotient is accepted without folds, and refused with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from toyevm.teaching.lessons.polynomials import studies
from toyevm.teaching.lessons.polynomials.field import P
from toyevm.teaching.lessons.polynomials.fri import FALSE_ROWS, places
from toyevm.teaching.lessons.polynomials.machine import ROWS, extended, quotient_values, run
from toyevm.teaching.lessons.polynomials.proof import FOLDS, Opening, Proof, prove, tries_to_guess, verify


def proof_of(rows: Sequence[int], queries: int = 8) -> Proof:
    return prove(rows, quotient_values(extended(rows)), queries)


def reason(proof: Proof) -> str:
    return verify(proof).reason or "accepted"


def test_the_true_rows_are_accepted_by_both_verifiers() -> None:
    assert verify(proof_of(ROWS)).valid
    assert verify(proof_of(ROWS), folds=False).valid


def test_the_forged_quotient_is_accepted_without_folds_and_refused_with_them() -> None:
    forged = proof_of(FALSE_ROWS)
    assert verify(forged, folds=False).valid
    assert reason(forged) == "fri final polynomial: its values are not the folded ones"


def test_the_first_verifier_accepts_every_false_last_row_and_the_whole_one_only_what_a_challenge_hides() -> None:
    """A false step adds k / (x - p) to the quotient; a fold makes k (p + beta) / (x^2 - p^2) of it: 0 if beta = -p."""
    lucky = 0
    for last in set(range(P)) - {ROWS[-1]}:
        proof = proof_of((*ROWS[:-1], last))
        assert verify(proof, folds=False).valid
        lucky += verify(proof).valid
    assert lucky == 4
    assert f"the whole one {lucky}" in studies.every_claim()


@pytest.mark.parametrize("start", [4, 50, 94])
def test_rows_that_begin_with_another_number_are_refused(start: int) -> None:
    """The transition constraint holds; the boundary constraint on row 0 does not."""
    proof = proof_of(run(start))
    assert verify(proof, folds=False).valid
    assert "fri final" in reason(proof)


def test_a_proof_of_another_claim_is_refused() -> None:
    assert not verify(replace(proof_of(ROWS), claim=27)).valid


@pytest.mark.parametrize("which", range(1 + FOLDS))
def test_a_value_that_is_not_the_committed_one_is_refused(which: int) -> None:
    proof = proof_of(ROWS)
    opening = proof.openings[which]
    place = min(opening.values)
    changed = Opening(opening.values | {place: (opening.values[place] + 1) % P}, opening.hashes)
    openings = (*proof.openings[:which], changed, *proof.openings[which + 1 :])
    what = "trace rows" if which == 0 else f"fri layer {which - 1}"
    assert reason(replace(proof, openings=openings)) == f"{what}: the opened values are not the committed ones"


def test_a_quotient_that_does_not_fit_the_rows_is_refused_by_both() -> None:
    proof = prove(ROWS, [0] * 32)
    assert "constraints: they do not hold at place" in reason(proof)
    assert not verify(proof, folds=False).valid


def test_another_list_after_the_first_fold_is_refused() -> None:
    proof = prove(ROWS, quotient_values(extended(ROWS)), instead=[0] * 32)
    assert reason(proof) == "fri layer 1: the folded values are not the committed ones"


def test_missing_roots_are_refused() -> None:
    proof = proof_of(ROWS)
    assert reason(replace(proof, openings=proof.openings[:-1])) == "roots: too few or too many"


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"claim": 256}, "values"), ({"claim": -1}, "values"), ({"claim": 97}, "values"), ({"claim": 2.0}, "values"),
        ({"final": 10**9}, "values"), ({"final": None}, "values"), ({"roots": ()}, "roots"), ({"roots": None}, "roots"),
        ({"openings": ()}, "roots"), ({"openings": (1, 2, 3, 4)}, "openings"), ({"roots": ("", "", "", "")}, "hashes"),
        ({"roots": (b"",) * 4}, "hashes"),
    ],
)  # fmt: skip
def test_a_proof_with_an_unreadable_field_is_refused_in_a_line(changed: dict[str, object], what: str) -> None:
    for folds in (False, True):
        check = verify(replace(proof_of(ROWS), **changed), folds=folds)  # type: ignore[arg-type]
        assert not check.valid
        assert str(check.reason).startswith(f"{what}: ")


@pytest.mark.parametrize("value", [-1, 97, 2**32, 2**99, True, None, "3"])
@pytest.mark.parametrize("which", range(1 + FOLDS))
def test_an_opened_value_that_is_no_number_of_the_field_is_refused(value: object, which: int) -> None:
    proof = proof_of(ROWS)
    opening = proof.openings[which]
    values = opening.values | {min(opening.values): value}
    openings = [*proof.openings]
    openings[which] = Opening(values, opening.hashes)  # type: ignore[arg-type]
    assert reason(replace(proof, openings=tuple(openings))) == "values: one that is no whole number from 0 to 96"


@pytest.mark.parametrize(
    "opening",
    [Opening(None, ()), Opening([1], ()), Opening({}, None), Opening({1: 2}, (3,)), Opening({1: 2}, ()),
     Opening({-1: 2}, ()), Opening({"a": 2}, ())],  # type: ignore[arg-type, dict-item]
)  # fmt: skip
def test_an_opening_of_another_form_is_refused_in_a_line(opening: Opening) -> None:
    proof = proof_of(ROWS)
    assert ": " in reason(replace(proof, openings=(opening, *proof.openings[1:])))


def test_each_query_multiplies_the_tries_of_a_liar_by_about_four() -> None:
    tries = [sum(tries_to_guess(queries, seed) for seed in range(20)) / 20 for queries in (1, 2, 3)]
    assert all(2 < after / before < 8 for before, after in pairwise(tries))


def test_what_a_student_forges_is_judged_and_what_is_missing_is_made() -> None:
    assert "made for you" in studies.verdicts(None)
    assert "made for you" in studies.verdicts(lambda c, z: None)
    assert "made for you" in studies.verdicts(lambda c, z: c / z)
    assert studies.verdicts(lambda c, z: [a * pow(b, -1, P) for a, b in zip(c, z, strict=True)]).count("accepts") == 3
    assert studies.verdicts(lambda c, z: [0] * 32).count("refuses: constraints") == 2


def test_a_pair_of_places_is_opened_in_each_list() -> None:
    assert [len({*pair}) for pair in places(21)] == [2] * FOLDS
