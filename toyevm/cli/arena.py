"""`toyevm arena`: play a team's scheduler in the marking sandbox, and print the rows of a leaderboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toyevm.cli.screen import progress, show, table
from toyevm.errors import InputError
from toyevm.teaching.arena import SUITE, ArenaRow, play, read_suite
from toyevm.teaching.arena.talk import LIMITS
from toyevm.teaching.grading.sandbox import open_sandbox

if TYPE_CHECKING:
    from rich.console import Console

MOST_BYTES = 1 << 20  # of a scheduler
Report = Mapping[str, Any]


def run(file: Path, suite: Path | None, weak: bool, as_json: bool) -> int:
    """Play and print; return 1 if a bout was lost to a foul or a wrong result.

    Raises:
        InputError: the file or the suite cannot be read, or nothing here can run it safely.
    """
    source = _read(file)
    bouts = SUITE if suite is None else read_suite(suite)
    secrets = () if suite is None else (suite,)
    sandbox = open_sandbox(secrets, LIMITS, weak=weak)
    with progress("bouts", len(bouts)) as begin:
        rows = play(source, bouts, sandbox, begin)
    report = {
        "scheduler": file.name,
        "isolation": sandbox.isolation,
        "score": round(prod(row.score for row in rows) ** (1 / len(rows)), 4),
        "rows": list(map(_row, rows)),
    }
    show(report, as_json, print_arena)
    return 0 if all(row.is_right for row in rows) else 1


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            source = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"cannot read it: {error.strerror}", str(file), "a Python file with class Scheduler"
        ) from error
    if len(source) > MOST_BYTES:
        raise InputError(f"more than {MOST_BYTES:,} bytes", str(file), "a scheduler")
    return source


def _row(row: ArenaRow) -> dict[str, Any]:
    bout = row.bout
    return {
        "workload": bout.workload, "transactions": bout.transactions, "cores": bout.cores, "seed": bout.seed,
        "speedup": round(row.speedup, 4), "blockStm": round(row.baseline, 4), "score": round(row.score, 4),
        "executionsPerTransaction": round(row.executions, 4), "moves": row.moves, "helped": row.helped,
        "verdict": row.verdict,
    }  # fmt: skip


def print_arena(console: Console, report: Report) -> None:
    """Print the rows, and below them why a bout was lost."""
    rows: Sequence[Report] = report["rows"]
    shown = [
        (row["workload"], row["cores"], f"{row['speedup']:.2f}x", f"{row['blockStm']:.2f}x", f"{row['score']:.2f}",
         f"{row['executionsPerTransaction']:.2f}", f"{row['moves']:,}", row["verdict"].partition(":")[0])
        for row in rows
    ]  # fmt: skip
    title = f"{report['scheduler']} (simulated; isolation: {report['isolation']})"
    columns = ("", "cores", "speedup", "Block-STM", "score", "runs/tx", "moves", "verdict")
    console.print(table(title, columns, shown, words=(0, -1)))
    for row in rows:
        if row["verdict"] != "right":
            console.print(f"{row['workload']}: {row['verdict']}")
    console.print(f"Score, the geometric mean of speedup by Block-STM's: {report['score']:.3f}")
