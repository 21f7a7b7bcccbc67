"""The matrix: what an attack comes to is read off balances, and taking a defence away changes it."""

from __future__ import annotations

from functools import cache

import pytest

from toyevm.errors import InputError
from toyevm.rollups.matrix import ATTACKS, CELLS, SYSTEMS, Damage, MatrixCell, MatrixVerdict, chosen_cells

WORST_FIRST = list(MatrixVerdict)
PROVEN = ("zk", "validium")


@cache
def damage(cell: MatrixCell, defended: bool) -> Damage:
    """Return what came of a cell, run once."""
    return cell.run(defended)


DEFENDED = [cell for cell in CELLS if cell.defence]


@pytest.mark.parametrize("cell", DEFENDED, ids=lambda cell: f"{cell.attack}, {cell.system}")
def test_without_its_defence_a_cell_becomes_worse(cell: MatrixCell) -> None:
    defended, bare = damage(cell, True).verdict, damage(cell, False).verdict
    assert WORST_FIRST.index(bare) < WORST_FIRST.index(defended)
    assert bare in (MatrixVerdict.STOLEN, MatrixVerdict.FROZEN)


@pytest.mark.parametrize("cell", [cell for cell in CELLS if not cell.defence], ids=lambda cell: cell.attack)
def test_where_there_is_no_defence_something_is_lost(cell: MatrixCell) -> None:
    assert damage(cell, True).verdict in (MatrixVerdict.STOLEN, MatrixVerdict.FROZEN)


@pytest.mark.parametrize("system", ["sidechain", "validium", "optimistic"])
def test_a_column_is_whole(system: str) -> None:
    assert [cell.attack for cell in chosen_cells(system=system)] == list(ATTACKS)


def test_the_zk_rollups_column_is_whole_but_for_collusion() -> None:
    assert [cell.attack for cell in chosen_cells(system="zk")] == [one for one in ATTACKS if one != "2/3 collusion"]


def test_an_optimistic_rollup_is_safe_or_late() -> None:
    cells = list(chosen_cells(system="optimistic"))
    late = {cell.attack: damage(cell, True).delay for cell in cells if damage(cell, True).delay}
    assert list(late) == ["censorship"]
    assert 12 <= late["censorship"] / 3_600 <= 24  # what is sent through L1 must be taken within twelve hours
    worst = max(cells, key=lambda cell: -WORST_FIRST.index(damage(cell, True).verdict))
    assert damage(worst, True).verdict is MatrixVerdict.DELAYED


def test_withheld_data_freezes_a_validium_and_nothing_else_where_roots_are_proven() -> None:
    verdicts = {(cell.system, cell.attack): damage(cell, True).verdict for cell in CELLS if cell.system in PROVEN}
    bad = {key: verdict for key, verdict in verdicts.items() if verdict is not MatrixVerdict.SAFE}
    assert bad == {
        ("validium", "withheld data"): MatrixVerdict.FROZEN,
        ("validium", "2/3 collusion"): MatrixVerdict.STOLEN,  # a signature is in no proof
    }


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.attack}, {cell.system}")
def test_an_attack_comes_out_alike_each_time(cell: MatrixCell) -> None:
    assert cell.run(True) == damage(cell, True)


def test_each_pair_is_there_once_and_is_of_a_known_attack() -> None:
    pairs = [(cell.attack, cell.system) for cell in CELLS]
    assert len(pairs) == len(set(pairs))
    assert {cell.attack for cell in CELLS} <= set(ATTACKS)


@pytest.mark.parametrize(
    ("eve", "ann", "delay", "verdict"),
    [
        (1, 0, 0, MatrixVerdict.STOLEN),
        (1, -1, 9, MatrixVerdict.STOLEN),
        (0, -1, 9, MatrixVerdict.FROZEN),
        (-1, -1, 0, MatrixVerdict.FROZEN),
        (0, 0, 1, MatrixVerdict.DELAYED),
        (-1, 0, 0, MatrixVerdict.SAFE),
        (0, 3, 0, MatrixVerdict.SAFE),
    ],
)
def test_a_verdict_is_the_worst_that_is_true(eve: int, ann: int, delay: int, verdict: MatrixVerdict) -> None:
    assert Damage({"Eve": 10, "Ann": 10}, {"Eve": 10 + eve, "Ann": 10 + ann}, ("Eve",), delay).verdict is verdict


def test_cells_are_chosen_by_row_and_column() -> None:
    assert {cell.attack for cell in chosen_cells(attack="censorship")} == {"censorship"}
    assert {cell.system for cell in chosen_cells(system=SYSTEMS[0])} == {SYSTEMS[0]}
    assert len(list(chosen_cells())) == len(CELLS)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"attack": "earthquake"}, "--attack: unknown: 'earthquake'"),
        ({"system": "moon"}, "--system: unknown: 'moon'"),
        ({"attack": "2/3 collusion", "system": "data on L1"}, "'2/3 collusion' is no attack on 'data on L1'"),
    ],
)
def test_what_there_is_not_is_refused(choice: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(chosen_cells(**choice))
