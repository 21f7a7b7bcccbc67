"""The sweep: what a share of the stake can do, to the wei, against the fractions of the specification."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from toyevm.errors import InputError
from toyevm.rollups.sidechain.sweep import collusion_sweep, run_collusion, share_sweep
from toyevm.units import ETHER


def expected(colluding: int, total: int) -> str:
    """Return what the specification says, without the formula of the contract: more than 2/3 signs a checkpoint."""
    if Fraction(colluding, total) > Fraction(2, 3):
        return "stolen"
    return "safe" if Fraction(total - colluding, total) > Fraction(2, 3) else "halted"


@pytest.mark.parametrize("total", [1, 2, 3, 9, 10, 11])
def test_every_share_does_what_the_fractions_say(total: int) -> None:
    points = share_sweep(total)
    assert [point.colluding for point in points] == list(range(total + 1))
    assert [point.outcome for point in points] == [expected(point.colluding, total) for point in points]


@pytest.mark.parametrize("total", [99, 100, 101, 3 * ETHER, 3 * ETHER + 1, 3 * ETHER + 2])
def test_the_boundaries_are_exact_to_the_wei(total: int) -> None:
    halts, steals = -(-total // 3), 2 * total // 3 + 1
    for colluding, outcome in ((halts - 1, "safe"), (halts, "halted"), (steals - 1, "halted"), (steals, "stolen")):
        stakes = {"colluder": colluding, "honest": total - colluding}
        assert run_collusion(stakes, ["colluder"]).outcome == outcome == expected(colluding, total)


def test_a_sweep_over_validators_adds_one_after_the_other() -> None:
    points = collusion_sweep({"Pia": 45, "Quinn": 24, "Ravi": 15, "Sam": 10, "Tess": 6})
    assert [point.colluding for point in points] == [0, 45, 69, 84, 94, 100]
    assert [point.outcome for point in points] == ["safe", "halted", "stolen", "stolen", "stolen", "stolen"]
    assert {point.escrow[1] for point in points if point.outcome == "stolen"} == {0}
    assert {point.escrow for point in points[:2]} == {(100 * ETHER, 100 * ETHER)}


def test_three_of_five_can_do_nothing_if_their_stake_is_small() -> None:
    stakes = {"Pia": 45, "Quinn": 24, "Ravi": 15, "Sam": 10, "Tess": 6}
    assert run_collusion(stakes, ["Ravi", "Sam", "Tess"]).outcome == "safe"  # 31 of 100


def test_every_percent_does_what_the_fractions_say() -> None:
    assert [point.outcome for point in share_sweep(100)] == [expected(at, 100) for at in range(101)]


@pytest.mark.parametrize(
    ("total", "step", "name"), [(0, 1, "total"), (100, 0, "step"), (100, -1, "step"), (9.5, 1, "total")]
)
def test_a_sweep_goes_up_in_whole_wei(total: Any, step: Any, name: str) -> None:
    with pytest.raises(InputError, match=f"{name}: .* at least 1"):
        share_sweep(total, step)
