"""Hints of whatever form: refused in one line, or of no consequence for the result."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.backends.cases import INCREMENT, case, sent
from tests.backends.judge import differences, oracle_of, outcome_of
from tests.support.worlds import CONTRACT, NOBODY, contract
from toyevm import rlp
from toyevm.backends import BACKENDS, Hints, Locks, RunConfig, hints_for
from toyevm.errors import InputError
from toyevm.simulation.run import Run
from toyevm.types import Field, Location

BLOCK = case("four", {CONTRACT: contract(INCREMENT)}, sent(0), sent(1), sent(0, 1, to=NOBODY, value=1), sent(2))
ORACLE = oracle_of(BLOCK)
assert isinstance(ORACLE, Run)
HONEST = hints_for(BLOCK.pre, BLOCK.block, BLOCK.chain, ORACLE.result.results)
FOLLOWERS = {each.hint_kind: each for each in BACKENDS}
LIST = HONEST.block_access_list or b""

NUMBERS = st.one_of(
    st.integers(-2, 5), st.integers(), st.sampled_from([2**32, 2**256, -(2**70), True, False, 10**400]), st.floats()
)
JUNK = st.one_of(NUMBERS, st.none(), st.text(max_size=3), st.binary(max_size=21), st.just(object()))
PIECES = st.one_of(JUNK, st.tuples(NUMBERS, NUMBERS), st.tuples(NUMBERS, NUMBERS, NUMBERS), st.lists(JUNK, max_size=3))
ADDRESSES = st.one_of(st.sampled_from([CONTRACT, NOBODY]), st.binary(min_size=18, max_size=21), JUNK)
KEYS = st.one_of(st.sampled_from(list(Field)), NUMBERS, JUNK)
LOCATIONS = st.builds(Location, ADDRESSES, KEYS)
SETS = st.one_of(
    st.frozensets(LOCATIONS, max_size=3), st.sets(LOCATIONS, max_size=2), st.frozensets(JUNK, max_size=2), PIECES
)
ENTRIES = st.one_of(st.tuples(ADDRESSES, st.one_of(PIECES, st.lists(KEYS, max_size=3).map(tuple))), PIECES)
CLAIMS: dict[str, st.SearchStrategy[Any]] = {
    "locks": st.one_of(st.builds(Locks, SETS, SETS), st.tuples(SETS, SETS), PIECES),
    "edges": st.one_of(st.tuples(NUMBERS, NUMBERS), PIECES),
    "access_lists": st.one_of(st.lists(ENTRIES, max_size=3).map(tuple), PIECES),
}
PLACES = st.builds(
    Location,
    st.one_of(st.sampled_from([CONTRACT, NOBODY]), st.binary(min_size=20, max_size=20)),
    st.one_of(st.sampled_from(list(Field)), st.integers(0, 2), st.integers(0, 2**256 - 1)),
)
SLOTS = st.lists(st.integers(0, 3), max_size=3).map(tuple)
WELL_FORMED: dict[str, st.SearchStrategy[Any]] = {  # true only by chance
    "locks": st.builds(Locks, st.frozensets(PLACES, max_size=4), st.frozensets(PLACES, max_size=4)),
    "edges": st.tuples(st.integers(-2, 6), st.integers(-2, 6)),
    "access_lists": st.lists(st.tuples(st.sampled_from([CONTRACT, NOBODY]), SLOTS), max_size=4).map(tuple),
}
WRONG: dict[str, list[tuple[Any, str]]] = {  # and where it is said to be
    "locks": [
        ("ab", "hint locks:"),
        ((Locks(), (frozenset(), frozenset())), "hint locks[1]:"),
        ((Locks(3.5),), "hint locks[0]:"),  # type: ignore[arg-type]
        ((Locks(frozenset([(CONTRACT, 0)])),), "hint locks[0]:"),  # type: ignore[list-item]
        ((Locks(frozenset([Location(b"short", 0)])),), "hint locks[0]:"),
        ((Locks(frozenset([Location(CONTRACT, -9)])),), "hint locks[0]:"),
        ((Locks(frozenset([Location(CONTRACT, 2**256)])),), "hint locks[0]:"),
    ],
    "edges": [
        ([(0, 1)], "hint edges:"),
        (7, "hint edges:"),
        (((0, 1), (0, 1, 2)), "hint edges[1]: (0, 1, 2) (expected two numbers of transactions)"),
        (((0, 1.0),), "hint edges[0]: (0, 1.0)"),
        ((("0", "1"),), "hint edges[0]:"),
        (([0, 1],), "hint edges[0]:"),
        ((None,), "hint edges[0]:"),
    ],
    "access_lists": [
        ({}, "hint access_lists:"),
        (((CONTRACT, (0,)),), "hint access_lists[0]:"),
        (((), ((CONTRACT[1:], ()),)), "hint access_lists[1]:"),
        ((((CONTRACT, (-1,)),),), "hint access_lists[0]:"),
        ((((CONTRACT, (2**256,)),),), "hint access_lists[0]:"),
        ((((CONTRACT, [0]),),), "hint access_lists[0]:"),
        ((((CONTRACT,),),), "hint access_lists[0]:"),
        ((((CONTRACT, (), ()),),), "hint access_lists[0]:"),
    ],
}


def test_every_kind_of_hint_is_tried_here() -> None:
    assert set(FOLLOWERS) == {None, *CLAIMS, "block_access_list"}
    assert set(WRONG) == set(CLAIMS)


def run(kind: str, hints: Hints) -> Run:
    """Return what the backend that asks for this kind makes of it: the right result."""
    outcome = outcome_of(FOLLOWERS[kind], BLOCK, RunConfig(BLOCK.chain, 3, 1, hints=hints))
    assert differences(BLOCK, outcome, ORACLE) == []
    assert isinstance(outcome, Run)
    return outcome


@pytest.mark.parametrize(("kind", "claim", "says"), [(kind, *each) for kind, wrong in WRONG.items() for each in wrong])
def test_a_hint_of_the_wrong_form_is_refused_where_it_is_wrong(kind: str, claim: Any, says: str) -> None:
    with pytest.raises(InputError) as refused:
        Hints(**{kind: claim})
    assert str(refused.value).startswith(says)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 160


@pytest.mark.parametrize("kind", CLAIMS)
def test_a_hint_of_any_form_is_refused_or_changes_nothing_but_time(kind: str) -> None:
    refused, followed = [], []

    @settings(max_examples=150)
    @given(st.one_of(*[st.lists(each[kind], max_size=6).map(tuple) for each in (WELL_FORMED, CLAIMS)], PIECES))
    @example(getattr(HONEST, kind))
    @example(getattr(HONEST, kind)[::-1] * 2)
    def holds(claims: Any) -> None:
        try:
            hints = Hints(**{kind: claims})
        except InputError as error:
            refused.append(error)
            return
        assert hints.byte_sizes[kind] > 0 if claims is not None else not hints.byte_sizes
        followed.append(run(kind, hints))

    holds()
    assert all(error.where.startswith(f"hint {kind}") for error in refused)
    assert len(refused) > 10
    assert len(followed) > 10


def test_numbers_that_no_transaction_has_are_passed_over() -> None:
    edges = ((-1, 1), (1, 1), (2, 1), (0, 4), (0, 10**400), (-5, -3))
    assert run("edges", Hints(edges=edges)).spans == run("edges", Hints(edges=())).spans


def nested(depth: int) -> bytes:
    """Return the encoding of a list in a list in a list."""
    found = b"\xc0"
    for _ in range(depth):
        length = len(found).to_bytes((len(found).bit_length() + 7) // 8, "big")
        found = (bytes([0xC0 + len(found)]) if len(found) < 56 else bytes([0xF7 + len(length)]) + length) + found
    return found


def spoil(place: int, byte: int) -> bytes:
    place %= len(LIST)
    return LIST[:place] + bytes([byte]) + LIST[place + 1 :]


RLP = st.recursive(
    st.one_of(st.binary(max_size=40), st.just(CONTRACT), st.integers(0, 2**257)),
    lambda items: st.lists(items, max_size=6),
    max_leaves=20,
).map(rlp.encode)


@settings(max_examples=150)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.builds(spoil, st.integers(0), st.integers(0, 255)),
        st.integers(0, len(LIST)).map(lambda size: LIST[:size]),
        RLP,
    )
)
@example(b"")
@example(b"\xc0")
@example(b"\xff" * 9)
@example(nested(3_000))
def test_bytes_that_are_no_list_are_named_and_change_nothing_but_time(encoded: bytes) -> None:
    done: Any = run("block_access_list", Hints(block_access_list=encoded))
    assert (not done.lies) == (encoded == LIST)
    assert all("\n" not in str(lie) for lie in done.lies)


@pytest.mark.parametrize("claim", [3.5, "0xc0", (1, 2), [], object()])
def test_what_is_no_bytes_is_no_list(claim: Any) -> None:
    done: Any = run("block_access_list", Hints(block_access_list=claim))
    assert "malformed" in str(done.lies[0])


@pytest.mark.parametrize("hints", [[], (), "all", 0])
def test_what_are_no_hints_is_refused_before_the_run(hints: Any) -> None:
    with pytest.raises(InputError, match=r"hints: .* \(expected Hints, or None\)"):
        RunConfig(hints=hints)


def test_a_float_is_no_field_of_a_location() -> None:
    with pytest.raises(InputError, match=r"hint locks\[0\]"):
        Hints(locks=(Locks(frozenset({Location(CONTRACT, -1.0)})),))  # type: ignore[arg-type]
