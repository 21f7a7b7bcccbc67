"""The report of `toyevm bench stark` as tables that fit 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from toyevm.cli.screen import table

if TYPE_CHECKING:
    from rich.console import Console

Report = dict[str, Any]


def print_stark(console: Console, report: Report) -> None:
    """Print a report of `run_bench_stark`: what proving takes, where it goes, what checking takes beside executing."""
    environment = report["environment"]
    payments = [row for row in report["rows"] if row["program"] == "payments"]
    console.print(_proofs(payments, environment))
    console.print(_checks(payments))
    console.print(
        "Proving and phases: wall time; the other times: CPU time. The statement check (signatures, and the digest of "
        "the posted data) is no part of the proof. Re-execution: the sequential backend, signatures by "
        f"{environment['signatures']} included; x: how many times as long as the proof check, and as both checks."
    )
    console.print(_phases(payments))
    for row in report["rows"]:
        if row["program"] != "payments":
            _print_fibonacci(console, row)
    console.print(f"{environment['python']}, numpy {environment['numpy']}, {environment['cpu']}")


def _proofs(rows: Sequence[Report], environment: Report) -> Any:
    cells = [
        (
            f"{row['transactions']:,}", f"{row['rows']:,}", f"{row['seconds']['prove']:.2f}",
            f"{row['cpuSeconds']['prove']:.2f}", f"{row['spread']['prove']:.0%}", f"{row['phases']['trace']:.2f}",
            f"{row['microsecondsPerCell']:.2f}", f"{row['proofBytes'] / 1024:.0f}", f"{row['securityBits']:.1f}",
            "" if row["peakMemoryBytes"] is None else f"{row['peakMemoryBytes'] / 1e6:.0f}",
        )
        for row in rows
    ]  # fmt: skip
    title = f"Proving payments, {environment['security']} (measured, median of {environment['repeats']})"
    columns = ("payments", "rows", "prove\ns", "CPU\ns", "spread", "trace\ns", "cell\nµs", "proof\nKiB", "bits", "MB")
    return table(title, columns, cells, words=())


def _checks(rows: Sequence[Report]) -> Any:
    names = ("proofCheck", "statementCheck", "digest", "reexecution")
    cells = [
        (
            f"{row['transactions']:,}",
            *(f"{row['cpuSeconds'][name] * 1e3:.1f}" for name in names),
            *(f"{row['ratios'][name]:.2f}x" for name in ("toProofCheck", "toBothChecks")),
        )
        for row in rows
    ]
    columns = (
        "payments",
        "proof check\nms",
        "statement\nms",
        "digest\nms",
        "re-execution\nms",
        "to proof\ncheck",
        "to both\nchecks",
    )
    return table("Checking, and executing again", columns, cells, words=())


def _phases(rows: Sequence[Report]) -> Any:
    names = list(rows[0]["phases"])
    cells = []
    for row in rows:
        total = sum(row["phases"].values())
        cells.append((f"{row['transactions']:,}", *(f"{row['phases'][name] / total:.0%}" for name in names)))
    short = {"extension": "ext.", "commitments": "commit", "constraints": "constr.", "grinding": "grind"}
    return table(
        "Where the prover's time goes", ("payments", *(short.get(name, name) for name in names)), cells, words=()
    )


def _print_fibonacci(console: Console, row: Report) -> None:
    low, high = row["stark101"]["millisecondsPerRow"]
    least, most = (f"{figure:,.0f}" for figure in row["timesAsFast"])
    console.print(
        f"{row['program']}: {row['rows']:,} rows of {row['columns']} columns in {row['seconds']['prove'] * 1e3:.0f} ms,"
        f" {row['microsecondsPerCell']:.0f} µs a cell; checked in {row['cpuSeconds']['proofCheck'] * 1e3:.0f} ms. "
        f"stark101 took {low} to {high} ms a row ({row['stark101']['source']}): {least} to {most} times as long."
    )
