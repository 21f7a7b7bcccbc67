"""The matrix of lesson 14 is what `toyevm matrix` finds."""

from __future__ import annotations

import pytest

from toyevm.errors import InputError
from toyevm.rollups.matrix import CELLS
from toyevm.rollups.matrix.values import MatrixCell
from toyevm.teaching.lessons.bridges.answers_trust import ATTACKS, FREEZE, SYSTEM
from toyevm.teaching.lessons.bridges.matrix_view import show_matrix
from toyevm.teaching.lessons.bridges.trust_matrix import NONE, VERDICTS, attack_on, verdict_of


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.attack} on {cell.system}")
def test_each_word_is_what_the_attack_comes_to(cell: MatrixCell) -> None:
    assert verdict_of(cell.attack, cell.system) == cell.run(True).verdict


def test_no_other_cell_has_a_word() -> None:
    assert sum(word != NONE for words in VERDICTS.values() for word in words) == len(CELLS)


def test_two_attacks_freeze_a_zk_rollup_without_its_defences_and_all_others_rob_it() -> None:
    cells = [cell for cell in CELLS if cell.system == SYSTEM]
    assert {cell.attack for cell in cells} == set(ATTACKS)
    verdicts = {cell.attack: cell.run(False).verdict for cell in cells}
    assert tuple(attack for attack, verdict in verdicts.items() if verdict == "frozen") == FREEZE
    assert set(verdicts.values()) == {"frozen", "stolen"}


def test_an_attack_is_run_with_its_defence_and_without() -> None:
    assert attack_on("replay", "sidechain").endswith("as it is: safe\nwithout the defence: stolen")
    assert attack_on("2/3 collusion", "sidechain").endswith("defence: none\nas it is: stolen")


@pytest.mark.parametrize("cell", [("replay", "moon"), ("flood", "zk"), ("replay", "data on L1")])
def test_a_cell_that_is_not_there_is_refused(cell: tuple[str, str]) -> None:
    with pytest.raises(InputError):
        attack_on(*cell)


def test_every_word_stands_in_picture_and_text() -> None:
    picture = show_matrix()
    for attack in VERDICTS:
        assert attack in picture.svg
        assert attack in picture.text
