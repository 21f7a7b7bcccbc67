"""The judge of a hunt: plays each script on the standing rollup and on one with another contract, and compares.

After each move: whether it was accepted, what everybody has on L2 and, before fees, on L1, and which states L1 takes
for final. A difference is a fault. The words of a refusal, and gas, may differ.

A script that sees gas or code would find something in any contract. So each is played on twins first, which do the same
by other code that is not known beforehand; what differs there is void, and so is what the standing rollup cannot play.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from toyevm.crypto import keccak256
from toyevm.deadline import OutOfTime, depth_limit, time_limit
from toyevm.errors import InputError, InvalidTransaction, ToyevmError
from toyevm.teaching.grading.quoting import LONGEST_QUOTE, one_line, quoted
from toyevm.teaching.hunt.planted import PlantedContract, twin
from toyevm.teaching.hunt.scripts import HuntMove, Script
from toyevm.teaching.hunt.stage import MOVES, Done, RollupStage

SECONDS = 20.0  # for one script on the standing rollup; most take less than one
PATIENCE = 3  # how many times as long it may take with another contract: that, no busy computer explains


class SeenMove(NamedTuple):
    """What there is to see after a move."""

    done: Done
    books: Mapping[str, int]


class FoundDifference(NamedTuple):
    """Where a script shows a fault: the number of its move, from 0, and a sentence."""

    move: int
    what: str


@dataclass(frozen=True)
class HuntRow:
    """What scripts have come to with one contract.

    Attributes:
        findings: by the number of the script: the first difference that it makes.
        void: why the contract cannot be hunted; "" if it can.
    """

    planted: PlantedContract
    findings: Mapping[int, FoundDifference]
    void: str = ""


@dataclass(frozen=True)
class PlayedScript:
    """A script on the standing rollup: what came of each move, and why the script is void; "" if it is not."""

    script: Script
    seen: Sequence[SeenMove]
    void: str = ""


def hunt(
    scripts: Sequence[Script],
    contracts: Sequence[PlantedContract],
    progress: Callable[[str], None] = lambda name: None,
) -> tuple[list[PlayedScript], list[HuntRow]]:
    """Play all scripts on the standing rollup, and those that are not void on all contracts."""
    tail = keccak256(b"".join(planted.contract.creation_code for planted in contracts))
    played = [_play_alone(script, tail) for script in scripts]
    rows = []
    for planted in contracts:
        progress(planted.name)
        rows.append(_row(planted, played))
    return played, rows


def _play_alone(script: Script, tail: bytes) -> PlayedScript:
    """Play a script on the standing rollup, and then on twins."""
    stage, seen = RollupStage(), list[SeenMove]()
    try:
        with time_limit(SECONDS), depth_limit():
            for move in script.moves:
                seen.append(_play(stage, move))
    except (OutOfTime, ToyevmError, ValueError) as error:
        why = f"no end in {SECONDS:.0f} seconds" if isinstance(error, OutOfTime) else str(error)
        return PlayedScript(script, seen, f"move {len(seen)}, {script.moves[len(seen)]}: {why}")
    found = _compare(script, seen, RollupStage(twin("game"), twin("portal"), tail))
    void = f"it looks at code, gas or time: move {found.move}, {found.what}" if found else ""
    return PlayedScript(script, seen, void)


def _play(stage: RollupStage, move: HuntMove) -> SeenMove:
    done = MOVES[move.do](stage, **move.fields)
    stage.read_l1()
    return SeenMove(done, stage.books())


def _stage_with(planted: PlantedContract) -> RollupStage:
    if planted.place == "game":
        return RollupStage(game=planted.contract)
    return RollupStage(portal=planted.contract)


def _row(planted: PlantedContract, played: Sequence[PlayedScript]) -> HuntRow:
    findings = {}
    for number, each in enumerate(played):
        try:
            stage = _stage_with(planted)
        except (InputError, InvalidTransaction) as error:
            return HuntRow(planted, {}, f"it cannot be created: {one_line(str(error))}")
        if not each.void and (found := _compare(each.script, each.seen, stage)):
            findings[number] = found
    return HuntRow(planted, findings)


def _compare(script: Script, right: Sequence[SeenMove], stage: RollupStage) -> FoundDifference | None:
    """Return the first difference that a script makes, if there is one."""
    at = 0
    try:
        with time_limit(PATIENCE * SECONDS), depth_limit():
            for at, (move, expected) in enumerate(zip(script.moves, right, strict=True)):
                if what := _difference(_play(stage, move), expected):
                    return FoundDifference(at, f"{move}: {what}")
    except OutOfTime:
        return FoundDifference(at, f"{script.moves[at]}: no end in {PATIENCE * SECONDS:.0f} seconds")
    except Exception as error:  # a contract that answers anything can break whatever is around it
        why = one_line(f"{type(error).__name__}: {error}", LONGEST_QUOTE)
        return FoundDifference(at, f"{script.moves[at]}: the rollup cannot go on ({why})")
    return None


def _difference(seen: SeenMove, expected: SeenMove) -> str:
    """Return what is not as it should be after a move, in a sentence; nothing if all is."""
    if seen.done.accepted != expected.done.accepted:
        said = f"accepted; the standing contract refuses ({expected.done.words})"
        return said if seen.done.accepted else f"refused, {quoted(seen.done.words)}; the standing contract accepts"
    for name, value in expected.books.items():
        if (found := seen.books.get(name)) != value:
            return f"{name}: {_shown(found)}, and {_shown(value)} with the standing contract"
    return ""


def _shown(value: int | None) -> str:
    return "nothing" if value is None else f"{value:,}" if value < 1 << 128 else f"{value:#x}"[:18] + "…"
