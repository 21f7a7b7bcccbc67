"""How much stake has to collude: nothing below a third, a halt from a third, theft above two thirds.

Each point is run on an L1 of its own. The colluders try to steal by a forged checkpoint; where that fails, they sign
nothing at all, and the others try to let Ann leave.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import NamedTuple

from toyevm.errors import InputError
from toyevm.rollups.sidechain.attacks import SideOutcome, forge_checkpoint, run_attack, set_scene, withhold
from toyevm.rollups.sidechain.validators import Conduct


class CollusionPoint(NamedTuple):
    """What validators with so much stake (in wei) can do at most, and what was in the escrow before and after."""

    colluding: int
    total: int
    outcome: SideOutcome
    escrow: tuple[int, int]


def run_collusion(stakes: Mapping[str, int], colluders: Collection[str]) -> CollusionPoint:
    """Let these validators do their worst, the others are honest."""
    conducts: dict[str, Conduct] = dict.fromkeys(colluders, "colluding")
    report = run_attack("forged", set_scene(stakes, conducts), partial(forge_checkpoint, signers=list(colluders)))
    if report.outcome != "stolen":
        report = run_attack("withheld", set_scene(stakes, conducts), withhold)
    colluding = sum(stakes[name] for name in colluders)
    return CollusionPoint(colluding, sum(stakes.values()), report.outcome, report.escrow)


def collusion_sweep(stakes: Mapping[str, int]) -> list[CollusionPoint]:
    """Return a point for each number of colluders: nobody, the first validator, the first two, and so on to all."""
    names = list(stakes)
    return [run_collusion(stakes, names[:count]) for count in range(len(names) + 1)]


def share_sweep(total: int = 100, step: int = 1) -> list[CollusionPoint]:
    """Return a point for each colluding stake from 0 to `total` wei: one colluder has it, somebody honest the rest.

    Raises:
        InputError: `total` or `step` is not at least one wei.

    >>> [(point.colluding, point.outcome) for point in share_sweep(6, 2)]
    [(0, 'safe'), (2, 'halted'), (4, 'halted'), (6, 'stolen')]
    """
    for name, value in (("total", total), ("step", step)):
        if not isinstance(value, int) or value < 1:
            raise InputError(f"{value!r:.80} wei", name, "a whole number, at least 1")
    points = []
    for colluding in range(0, total + 1, step):
        both = {"colluder": colluding, "honest": total - colluding}
        stakes = {name: stake for name, stake in both.items() if stake}
        points.append(run_collusion(stakes, [name for name in stakes if name == "colluder"]))
    return points
