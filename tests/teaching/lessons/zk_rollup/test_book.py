"""The book of lesson 13: its rules say what they should, a lie needs one to be missing, and claims are bound or not."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toyevm.errors import InputError
from toyevm.rollups.zk.air import broken_constraints
from toyevm.rollups.zk.field import P
from toyevm.teaching.kit.stark.tampering import proof_of
from toyevm.teaching.lessons.zk_rollup.book import (
    AMOUNTS,
    ANN,
    BOB,
    COLUMNS,
    FAMILIES,
    ROWS,
    SMALL,
    book,
    book_air,
    book_proof,
    proven,
)
from toyevm.teaching.lessons.zk_rollup.cells import FieldCell, NamedCells, names_read
from toyevm.teaching.lessons.zk_rollup.claims import claim, l1_says, prove_claim
from toyevm.teaching.lessons.zk_rollup.rebuild import rebuilt

AMOUNT = "amount has these bits"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-40, 70), min_size=ROWS - 1, max_size=ROWS - 1))
def test_the_rules_hold_exactly_for_amounts_from_0_to_15_that_ann_has(amounts: list[int]) -> None:
    """The last balance is public, so nothing but its reader judges it."""
    table = book(amounts)
    before_the_last = [ANN - paid for paid in accumulate([0, *amounts[:-1]])]
    fine = all(0 <= amount < 16 for amount in amounts) and all(0 <= ann < 64 for ann in before_the_last)
    assert (broken_constraints(table.air, table.trace) == []) == fine
    assert proven(table).valid == fine


@pytest.mark.parametrize("left_out", FAMILIES)
def test_a_weakened_book_lacks_one_family_and_no_other(left_out: str) -> None:
    air = book_air((6, 54), [left_out])
    assert air.transition_count < book().air.transition_count
    assert [name for name in FAMILIES if name not in book(AMOUNTS, [left_out]).families] == [left_out]


def test_a_negative_amount_is_proven_where_it_is_not_tied_to_its_bits_and_refused_where_it_is() -> None:
    theft = book([-20, 0, 0, 0, 0, 0, 0], [AMOUNT])
    assert proven(theft).valid
    assert theft.trace[-1, :2].tolist() == [ANN + BOB, 0]
    assert proven(theft, book([-20, 0, 0, 0, 0, 0, 0]).air).reason == "constraints: they do not hold outside the domain"


def test_a_book_has_seven_amounts() -> None:
    with pytest.raises(InputError, match="7"):
        book([1, 2, 3])


def test_a_proof_gives_back_the_whole_trace() -> None:
    assert (rebuilt(book_proof()) == book().trace).all()  # type: ignore[union-attr]


def test_too_few_queries_do_not() -> None:
    few = proof_of(book(), type(SMALL)(SMALL.blowup, 4, 0, SMALL.arity, SMALL.final))
    assert few.answer() == "accepted"
    assert rebuilt(few) is None


def test_the_receiver_can_be_changed_where_the_transcript_does_not_begin_with_it() -> None:
    stolen = claim._replace(receiver="Mallory")
    assert l1_says(claim, prove_claim(claim)).valid
    assert l1_says(stolen, prove_claim(claim)).valid
    assert l1_says(claim, prove_claim(claim, bound=True), bound=True).valid
    assert not l1_says(stolen, prove_claim(claim, bound=True), bound=True).valid
    for false in (claim._replace(ann=7), claim._replace(bob=53)):
        assert not l1_says(false, prove_claim(claim)).valid


def test_cells_compute_as_the_field_does_and_know_nothing_else() -> None:
    seven, nine = FieldCell(7), FieldCell(9)
    assert (seven - nine).value == P - 2
    assert (3 - seven * 2 + -nine + 1 * seven**2).value == (3 - 14 - 9 + 49) % P
    assert repr(seven - nine) == "-2"
    questions: list[Callable[[], object]] = [
        lambda: bool(seven), lambda: seven == nine, lambda: seven < 1, lambda: seven / 2, lambda: seven % 2,
        lambda: seven + 0.5, lambda: seven**-1, lambda: abs(seven), lambda: range(seven),
    ]  # type: ignore[operator]  # fmt: skip
    for question in questions:
        with pytest.raises(InputError, match="only add, subtract and multiply"):
            question()


def test_columns_have_names() -> None:
    assert len(COLUMNS) == book().air.width == book().trace.shape[1]


def test_a_false_root_is_refused_before_a_path_is_compared_with_it() -> None:
    one = book_proof()
    assert one.part_of(0) == "roots"
    assert one.check_of(0) == "constraints"
    assert [one.check_of(begin) for what, begin, _ in one.parts if what == "trace rows"] == ["trace rows"]


def test_a_bit_is_named_by_what_it_is_worth() -> None:
    true = book()
    for name, column in zip(COLUMNS, true.trace.T.tolist(), strict=True):
        of, bit, worth = name.partition(" bit ")
        if bit:
            numbers = true.trace[:, COLUMNS.index(of)].tolist()
            assert column == [number // int(worth) % 2 for number in numbers]


def test_a_row_knows_which_of_its_cells_were_used() -> None:
    now, following = NamedCells(ann=FieldCell(1), bob=FieldCell(2)), NamedCells(ann=FieldCell(3))
    assert (now.ann - following.ann).value == P - 2
    assert names_read(now=now, following=following) == {"now.ann", "following.ann"}
    with pytest.raises(AttributeError, match="there are ann, bob"):
        _ = now.cleo
