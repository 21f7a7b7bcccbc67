"""`toyevm hunt` and `toyevm plant`: contracts with a planted fault, and scripts that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toyevm.cli.screen import progress, show, table
from toyevm.teaching.hunt import FoundDifference, HuntRow, Script, hunt, read_planted, read_scripts
from toyevm.teaching.hunt.plant import plant

if TYPE_CHECKING:
    from rich.console import Console

Report = Mapping[str, Any]


def run(file: Path, contracts: Sequence[Path], as_json: bool) -> int:
    """Hunt and print; return 1 if a contract kept its fault to itself.

    Raises:
        InputError: a file cannot be read, or has in it what is not what it should be.
    """
    scripts, planted = read_scripts(file), [read_planted(path) for path in contracts]
    with progress("contracts", len(planted)) as begin:
        rows = hunt(scripts, planted, begin)
    found = sum(row.is_found for row in rows)
    report = {
        "scripts": len(scripts),
        "moves": sum(len(script.moves) for script in scripts),
        "found": found,
        "contracts": len(rows),
        "rows": [_row(row, scripts) for row in rows],
    }
    show(report, as_json, print_hunt)
    return 0 if found == len(rows) else 1


def run_plant(file: Path, folder: Path) -> int:
    """Plant the faults of a file, and print what was written; raise InputError as `plant` does."""
    for written, fault in plant(file, folder):
        print(f"{written}: {fault.harm}")
    return 0


def _row(row: HuntRow, scripts: Sequence[Script]) -> dict[str, Any]:
    findings = [_finding(each, scripts) for each in row.findings]
    return {"contract": row.planted.name, "insteadOf": row.planted.place, "found": row.is_found, "findings": findings}


def _finding(finding: FoundDifference, scripts: Sequence[Script]) -> dict[str, Any]:
    return {"script": scripts[finding.script].name, "move": finding.move, "what": finding.what}


def print_hunt(console: Console, report: Report) -> None:
    """Print a row for each contract, and below them how each was found first."""
    rows: Sequence[Report] = report["rows"]
    shown = [
        (row["contract"], row["insteadOf"], "found" if row["found"] else "not found", len(row["findings"]))
        for row in rows
    ]
    title = f"{report['scripts']} scripts, {report['moves']} moves"
    console.print(table(title, ("contract", "in place of", "", "by scripts"), shown, words=(0, 1, 2)))
    for row in rows:
        for first in row["findings"][:1]:
            console.print(f"{row['contract']}: {first['script']}, move {first['move']}: {first['what']}")
    console.print(f"Found: {report['found']} of {report['contracts']}")
