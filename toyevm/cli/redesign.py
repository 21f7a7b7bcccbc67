"""`toyevm redesign`: judge a compiled redesign of the tickets, and print the rows of a leaderboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toyevm.cli.screen import progress, show, table
from toyevm.teaching.redesign import SUITE, RedesignRow, contract_of, judge, read_bouts

if TYPE_CHECKING:
    from rich.console import Console

Report = Mapping[str, Any]


def run(file: Path, suite: Path | None, against: Path | None, as_json: bool) -> int:
    """Judge and print; return 1 if the contract was wrong on a block.

    Raises:
        InputError: an artefact or the suite cannot be read, or what is compared with is wrong itself.
    """
    contract, other = contract_of(file), None if against is None else contract_of(against)
    bouts = SUITE if suite is None else read_bouts(suite)
    with progress("bouts", len(bouts)) as begin:
        rows = judge(contract, bouts, begin, other)
    report = {
        "contract": file.name,
        "against": "the starter" if against is None else against.name,
        "score": round(prod(row.score for row in rows) ** (1 / len(rows)), 4),
        "rows": list(map(_row, rows)),
    }
    show(report, as_json, print_redesign)
    return 0 if all(row.times for row in rows) else 1


def _row(row: RedesignRow) -> dict[str, Any]:
    times, baseline = row.times, row.baseline
    return {
        "bout": str(row.bout), **asdict(row.bout),
        "score": round(row.score, 4), "blockStmScore": round(row.block_stm, 4),
        "time": times and times.planned, "baselineTime": baseline.planned,
        "blockStmTime": times and times.block_stm, "baselineBlockStmTime": baseline.block_stm,
        "gas": times and times.gas, "baselineGas": baseline.gas,
        "grantGas": times and times.grants, "baselineGrantGas": baseline.grants,
        "hot": times and times.hot, "verdict": row.verdict,
    }  # fmt: skip


def print_redesign(console: Console, report: Report) -> None:
    """Print the rows, and below them why a bout was lost."""
    rows: Sequence[Report] = report["rows"]
    shown = [
        (number, _millions(row["baselineTime"]), _millions(row["time"]), f"{row['score']:.2f}",
         f"{row['blockStmScore']:.2f}", _millions(row["gas"]), row["hot"] or "")
        for number, row in enumerate(rows)
    ]  # fmt: skip
    columns = ("", "baseline", "yours", "score", "by Block-STM", "all gas", "hottest")
    console.print(table(f"{report['contract']} (16 cores, simulated; in million gas)", columns, shown, words=(-1,)))
    for number, row in enumerate(rows):
        console.print(
            f"{number}: {row['bout']}" + ("" if row["verdict"] == "right" else f"\n   wrong: {row['verdict']}")
        )
    console.print(f"Baseline: {report['against']}.")
    console.print(f"Score, the geometric mean of the baseline's time by yours: {report['score']:.3f}")


def _millions(gas: int | None) -> str:
    return "-" if gas is None else f"{gas / 1e6:.2f}"
