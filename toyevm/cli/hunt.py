"""`toyevm hunt` and `toyevm plant`: contracts with a planted fault, and scripts that show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toyevm.cli.screen import progress, show, table
from toyevm.teaching.hunt import HuntRow, PlayedScript, hunt, read_planted, read_scripts
from toyevm.teaching.hunt.plant import plant

if TYPE_CHECKING:
    from rich.console import Console

Report = Mapping[str, Any]


def run(file: Path, contracts: Sequence[Path], as_json: bool) -> int:
    """Hunt and print; without contracts, print what the moves do on the standing rollup.

    Returns 1 if a contract kept its fault to itself, or a script is void.

    Raises:
        InputError: a file cannot be read, or has in it what is not what it should be.
    """
    scripts, planted = read_scripts(file), [read_planted(path) for path in contracts]
    with progress("contracts", len(planted)) as begin:
        played, rows = hunt(scripts, planted, begin)
    report = {
        "scripts": [_script(each, not planted) for each in played],
        "found": sum(bool(row.findings) for row in rows),
        "contracts": [_row(row, played) for row in rows],
    }
    show(report, as_json, print_hunt)
    return 0 if report["found"] == len(rows) and not any(each.void for each in played) else 1


def run_plant(file: Path, folder: Path, by_number: bool) -> int:
    """Plant the faults of a file, and print what was written; raise InputError as `plant` does."""
    for written, fault in plant(file, folder, by_number):
        print(f"{written}: {fault.name}: {fault.harm}")
    return 0


def _script(played: PlayedScript, with_moves: bool) -> dict[str, Any]:
    moves = [
        {"move": str(move), "accepted": seen.done.accepted, "words": seen.done.words}
        for move, seen in zip(played.script.moves, played.seen, strict=False)  # a void one may end before its last move
    ]
    about = {"name": played.script.name, "moves": len(played.script.moves), "void": played.void}
    return about | ({"played": moves} if with_moves else {})


def _row(row: HuntRow, played: Sequence[PlayedScript]) -> dict[str, Any]:
    findings = [
        {"script": played[number].script.name, "move": found.move, "what": found.what}
        for number, found in row.findings.items()
    ]
    about = {"contract": row.planted.name, "insteadOf": row.planted.place, "void": row.void}
    return about | {"found": bool(findings), "findings": findings}


def print_hunt(console: Console, report: Report) -> None:
    """Print a row for each contract and how it was found first; or each move, where there are no contracts."""
    scripts: Sequence[Report] = report["scripts"]
    rows: Sequence[Report] = report["contracts"]
    for script in scripts:
        for at, move in enumerate(script.get("played", ())):
            said = "accepted" if move["accepted"] else f"refused: {move['words']}"
            console.print(f"{script['name']}, move {at}, {move['move']}: {said}")
    if rows:
        title = f"{len(scripts)} scripts, {sum(script['moves'] for script in scripts)} moves"
        console.print(
            table(title, ("contract", "in place of", "", "by scripts"), list(map(_cells, rows)), words=(0, 1, 2))
        )
    for row in rows:
        for first in row["findings"][:1]:
            console.print(f"{row['contract']}: {first['script']}, move {first['move']}: {first['what']}")
        if row["void"]:
            console.print(f"{row['contract']} is void: {row['void']}")
    for script in scripts:
        if script["void"]:
            console.print(f"{script['name']} is void: {script['void']}")
    if rows:
        console.print(f"Found: {report['found']} of {len(rows)}")


def _cells(row: Report) -> tuple[object, ...]:
    verdict = "void" if row["void"] else "found" if row["found"] else "not found"
    return row["contract"], row["insteadOf"], verdict, len(row["findings"])
