"""The judge of a hunt: plays each script on the standing rollup and on one with another contract, and compares.

After each move: whether it was accepted, what everybody has on L2 and, before fees, on L1, and which states L1 takes
for final. A difference is a fault. The words of a refusal, and gas, may differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from toyevm.deadline import OutOfTime, depth_limit, time_limit
from toyevm.errors import InputError, ToyevmError
from toyevm.teaching.hunt.planted import PlantedContract
from toyevm.teaching.hunt.scripts import HuntMove, Script
from toyevm.teaching.hunt.stage import MOVES, Done, RollupStage

SECONDS = 60.0  # for one move: on the standing rollup, the longest takes about one


class SeenMove(NamedTuple):
    """What there is to see after a move."""

    done: Done
    books: Mapping[str, int]


@dataclass(frozen=True)
class FoundDifference:
    """Where a script shows a fault.

    Attributes:
        script, move: numbers, from 0.
        what: the difference.
    """

    script: int
    move: int
    what: str


@dataclass(frozen=True)
class HuntRow:
    """What a list of scripts has come to with one contract: the first finding of each script that has one."""

    planted: PlantedContract
    findings: tuple[FoundDifference, ...]

    @property
    def is_found(self) -> bool:
        return bool(self.findings)


def hunt(
    scripts: Sequence[Script],
    contracts: Sequence[PlantedContract],
    progress: Callable[[str], None] = lambda name: None,
) -> list[HuntRow]:
    """Play all scripts on all contracts.

    Raises:
        InputError: a script cannot be played on the standing rollup, or a contract cannot be created.
    """
    right = [_right(script, number) for number, script in enumerate(scripts)]
    rows = []
    for planted in contracts:
        progress(planted.name)
        found = (_compare(number, script, right[number], planted) for number, script in enumerate(scripts))
        rows.append(HuntRow(planted, tuple(each for each in found if each)))
    return rows


def _right(script: Script, number: int) -> list[SeenMove]:
    """Play a script on the standing rollup."""
    stage, seen = RollupStage(), []
    for at, move in enumerate(script.moves):
        try:
            seen.append(_play(stage, move))
        except (ToyevmError, ValueError) as error:
            raise InputError(f"{move}: {error}", f"script {number}, move {at}") from error
    return seen


def _play(stage: RollupStage, move: HuntMove) -> SeenMove:
    done = MOVES[move.do](stage, **move.fields)
    stage.read_l1()
    return SeenMove(done, stage.books())


def _compare(
    number: int, script: Script, right: Sequence[SeenMove], planted: PlantedContract
) -> FoundDifference | None:
    """Return the first difference that a script makes, if there is one."""
    try:
        stage = RollupStage(**{planted.place: planted.contract})
    except InputError as error:
        raise InputError(error.what, planted.name, "a contract that can be created as the standing one is") from error
    at = 0
    try:
        with time_limit(SECONDS), depth_limit():
            for at, (move, expected) in enumerate(zip(script.moves, right, strict=True)):
                if what := _difference(_play(stage, move), expected):
                    return FoundDifference(number, at, f"{move}: {what}")
    except OutOfTime:
        return FoundDifference(number, at, f"{script.moves[at]}: no end in {SECONDS:.0f} seconds")
    except Exception as error:  # a contract that answers anything can break whatever is around it
        return FoundDifference(
            number, at, f"{script.moves[at]}: the rollup cannot go on ({type(error).__name__}: {error})"
        )
    return None


def _difference(seen: SeenMove, expected: SeenMove) -> str:
    """Return what is not as it should be after a move, in a sentence; nothing if all is."""
    if seen.done.accepted != expected.done.accepted:
        said = f"accepted; the standing contract refuses ({expected.done.words})"
        return said if seen.done.accepted else f"refused ({seen.done.words}); the standing contract accepts"
    for name, value in expected.books.items():
        if (found := seen.books.get(name)) != value:
            return f"{name}: {_shown(found)}, and {_shown(value)} with the standing contract"
    return ""


def _shown(value: int | None) -> str:
    return "nothing" if value is None else f"{value:,}" if value < 1 << 128 else f"{value:#x}"[:18] + "…"
