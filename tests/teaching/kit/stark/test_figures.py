"""The figures of a STARK say the same in words, for any AIR: the smallest one, and payments."""

from __future__ import annotations

import re
from functools import cache
from html import unescape

import pytest

from toyevm.errors import InputError
from toyevm.rollups.zk.air import broken_constraints
from toyevm.rollups.zk.field import GENERATOR, P
from toyevm.rollups.zk.ntt import domain
from toyevm.rollups.zk.stark import StarkParameters, verify
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.stark.changed_cell import ChangedCell
from toyevm.teaching.kit.stark.extension_view import show_column
from toyevm.teaching.kit.stark.named_table import NamedTable, fibonacci, signed
from toyevm.teaching.kit.stark.rules_player import RulesPlayer
from toyevm.teaching.kit.stark.rules_view import show_rules
from toyevm.teaching.kit.stark.tamper_player import TamperPlayer
from toyevm.teaching.kit.stark.tamper_view import show_tampering
from toyevm.teaching.kit.stark.tampering import Proven, proof_of
from toyevm.teaching.kit.stark.trace_view import show_trace
from toyevm.teaching.lessons.zk_rollup.book import book
from toyevm.teaching.lessons.zk_rollup.studies import payment_table

QUICK = StarkParameters(blowup=4, queries=10, grinding=8, arity=2, final=2)
TABLES = {"fibonacci": fibonacci, "book": book, "payments": payment_table}


@cache
def table(name: str) -> NamedTable:
    return TABLES[name]()


@cache
def proven(name: str) -> Proven:
    return proof_of(table(name), QUICK)


def numbers(words: str) -> set[str]:
    return set(re.findall(r"\d+", words))


def drawn(picture: Picture) -> str:
    return unescape(" ".join(re.findall(r">([^<]+)</text>", picture.svg)))


@pytest.mark.parametrize("name", TABLES)
def test_every_number_of_a_trace_is_in_its_words(name: str) -> None:
    picture = show_trace(table(name))
    assert numbers(drawn(picture).replace("not 0", "")) <= numbers(picture.text)
    assert len(picture.svg) < 40_000  # a notebook stores it


@pytest.mark.parametrize("name", TABLES)
def test_a_true_table_has_no_residues(name: str) -> None:
    true = table(name)
    assert broken_constraints(true.air, true.trace) == []
    assert not any(map(any, true.residues().values()))


@pytest.mark.parametrize(
    ("name", "column", "row"),
    [
        ("fibonacci", "b", 3),
        ("fibonacci", "a", 0),
        ("book", "ann", 4),
        ("book", "amount bit 2", 6),
        ("payments", "root", 9),
    ],
)
def test_a_map_counts_what_the_engine_finds_broken(name: str, column: str, row: int) -> None:
    change = ChangedCell(table(name), row, column, 1)
    false = change.false
    found = broken_constraints(false.air, false.trace)
    assert change.broken == len(found) > 0
    by_family: dict[str, set[int]] = {}
    for kind, at, which in found:
        by_family.setdefault("public" if kind == "boundary" else false.families[which], set()).add(at)
    for family, counts in false.residues().items():
        assert {at for at, count in enumerate(counts) if count} == by_family.get(family, set())
    picture = show_rules(change)
    assert f"{change.broken} value" in picture.text


def test_the_last_row_begins_no_step() -> None:
    change = ChangedCell(book(), 7, "amount", 3)
    assert change.broken == 0
    assert "all rules hold" in show_rules(change).text


@pytest.mark.parametrize("name", ["fibonacci", "book"])
def test_a_column_is_extended_to_the_polynomial_through_its_rows(name: str) -> None:
    true = table(name)
    column = true.columns[0]
    lines = show_column(true, column).text.split("\n")
    rows, word = ([int(value) for value in line.split()[1:]] for line in lines[1:3])
    assert all(0 <= value < P for value in word)  # as the axis has it, and the rules
    assert rows == true.trace[:, 0].tolist()
    size = len(rows)
    points = [pow(int(domain(size)[1]), k, P) for k in range(size)]
    for place, x in enumerate(domain(4 * size, GENERATOR).tolist()):
        assert word[place] == lagrange(points, rows, x)


def lagrange(points: list[int], values: list[int], x: int) -> int:
    total = 0
    for j, value in enumerate(values):
        above = below = 1
        for k, point in enumerate(points):
            if k != j:
                above, below = above * (x - point) % P, below * (points[j] - point) % P
        total += value * above * pow(below, -1, P)
    return total % P


@pytest.mark.parametrize("name", ["fibonacci", "book", "payments"])
def test_the_parts_of_a_proof_are_all_of_it(name: str) -> None:
    one = proven(name)
    assert verify(one.air, one.size, one.proof, one.parameters).valid
    assert [begin for _, begin, _ in one.parts] == [0, *(end for _, _, end in one.parts[:-1])]
    assert one.parts[-1][2] == len(one.proof)
    names = [what for what, _, _ in one.parts]
    assert len(set(names)) == len(names)
    assert one.answer() == "accepted"


@pytest.mark.parametrize("name", ["fibonacci", "book"])
def test_a_flipped_bit_is_refused_by_the_check_that_the_verifier_names(name: str) -> None:
    one = proven(name)
    for what, begin, end in one.parts:
        for place in {begin, (begin + end) // 2, end - 1}:
            flipped = one.proof[:place] + bytes([one.proof[place] ^ 1]) + one.proof[place + 1 :]
            check = verify(one.air, one.size, flipped, one.parameters)
            assert not check.valid
            picture = show_tampering(one, place)
            assert picture.text.endswith(f"first to say no: {check.reason}")
            assert re.search(rf"> {what} +{begin} to {end - 1}  ", picture.text)
            assert numbers(drawn(picture)) <= numbers(picture.text)


def test_players_do_by_a_call_what_their_controls_do() -> None:
    rules = RulesPlayer(book())
    rules.set(column="bob", row=4, add=1)
    assert rules.text.startswith("row 4, bob: 37 becomes 38: 2 values are not 0")
    assert rules.change.broken == 2
    tamper = TamperPlayer(proven("book"))
    assert tamper.text.endswith("the verifier: accepted")
    tamper.set(byte=3)
    assert tamper.text.endswith("first to say no: constraints: they do not hold outside the domain")
    tamper.set(-1)
    assert tamper.place is None


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(InputError, match="ann"):
        book().changed(0, "cleo", 1)
    with pytest.raises(InputError, match="0 to 7"):
        book().changed(8, "ann", 1)
    with pytest.raises(InputError, match="ann"):
        show_column(book(), "cleo")
    with pytest.raises(InputError, match="no byte"):
        proven("book").part_of(len(proven("book").proof))
    with pytest.raises(InputError, match="byte"):
        TamperPlayer(proven("book")).set(byte=10**6)


@pytest.mark.parametrize(("value", "words"), [(0, "0"), (P - 1, "-1"), (P // 2, str(P // 2))])
def test_numbers_just_below_p_are_small_negative_ones(value: int, words: str) -> None:
    assert signed(value) == words


def test_a_changed_bit_is_drawn_inside_its_narrow_cell() -> None:
    picture = show_rules(ChangedCell(book(), 0, "ann bit 32", -20)).svg
    assert set(re.findall(r'font-size="(\d+)"[^>]*>(-19|40)<', picture)) == {("13", "40"), ("10", "-19")}
