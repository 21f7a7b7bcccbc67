"""What the commands answer, in sentences and tables that fit 80 columns; the bench has a module of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from toyevm.cli.bench_tables import duration
from toyevm.cli.screen import table

if TYPE_CHECKING:
    from rich.console import Console

Report = dict[str, Any]

MOST_FAILURES = 20  # of state tests; the JSON has all
SPEEDUPS_NOTE = (
    "Simulated time, in that of a unit of gas. Waste: work thrown away. CPU: measured, of the simulation, without "
    "signatures. equal: receipts, logs and final values as sequential's."
)


def print_call(console: Console, report: Report) -> None:
    """Print the result of `toyevm run`."""
    outcome = "success" if report["error"] is None else f"failed: {report['error']}"
    refund = f", refund {report['refund']:,} (not applied)" if report["refund"] else ""
    console.print(f"{outcome}; {report['gasUsed']:,} gas used{refund}")
    console.print(f"output  {describe_bytes(report['output'])}")
    for i, log in enumerate(report["logs"]):
        console.print(f"log {i}   from {log['address']}, data {describe_bytes(log['data'])}")
        for topic in log["topics"]:
            console.print(f"        topic {describe_bytes(topic)}")
    seconds = report["seconds"]
    console.print(f"time    {duration(median(seconds))} (measured: CPU, after the warm-up, median of {len(seconds)})")


def describe_bytes(data: str) -> str:
    """Return hex for people: a single small word is a number too.

    >>> describe_bytes("0x"), describe_bytes("0x" + "00" * 31 + "05"), describe_bytes("0xab12")
    ('nothing', '5 (a word)', '0xab12')
    """
    if data == "0x":
        return "nothing"
    is_small = len(data) == 66 and int(data, 16) < 2**64
    return f"{int(data, 16):,} (a word)" if is_small else data


def print_state_tests(console: Console, rows: Sequence[Report]) -> None:
    """Print how many sub-cases pass, by fork, and the first that do not."""
    forks = list(dict.fromkeys(row["fork"] for row in rows))
    found = Counter((row["fork"], _kind(row)) for row in rows)
    cells = [(fork, *(f"{found[fork, kind]:,}" for kind in ("pass", "fail", "timeout"))) for fork in forks]
    console.print(table("Sub-cases", ("fork", "pass", "fail", "time-out"), cells))
    bad = [row for row in rows if not row["pass"]]
    if bad:
        shown = [(row["name"], row["fork"], row["index"], row["error"] or "other root or logs") for row in bad]
        columns = ("does not pass", "fork", "index", "why")
        console.print(table("", columns, shown[:MOST_FAILURES], words=(0, -1)))
    if len(bad) > MOST_FAILURES:
        console.print(f"and {len(bad) - MOST_FAILURES:,} more: --json lists all")


def _kind(row: Report) -> str:
    return "pass" if row["pass"] else "timeout" if row["error"] == "timeout" else "fail"


def print_replay(console: Console, report: Report) -> None:
    """Print whether a real block came out as its header says, and a row for each backend."""
    console.print(
        f"Block {report['block']:,}, {report['fork']}: {report['transactions']} transactions, "
        f"{report['gasUsed']:,} gas used."
    )
    good = [name for name, holds in report["checks"].items() if holds]
    bad = [name for name, holds in report["checks"].items() if not holds]
    console.print("As its header says: " + (", ".join(good) or "nothing"))
    if bad:
        console.print("NOT as its header says: " + ", ".join(bad))
    columns = ("", "equal", "cores", "speedup", "runs", "aborts", "waste", "CPU")
    console.print(table("", columns, list(_backend_rows(report["backends"]))))
    console.print(SPEEDUPS_NOTE)
    for name, run in report["backends"].items():
        if "refused" in run:
            console.print(f"{name} refuses this block: {run['refused']}")


def _backend_rows(backends: dict[str, Report]) -> Iterator[Sequence[object]]:
    for name, run in backends.items():
        if "refused" in run:
            yield (name, "refused", *[""] * 6)
            continue
        yield (
            name, "yes" if run["equal"] else "NO", run["cores"], f"{run['speedup']:.2f}x", run["executions"],
            run["aborts"], f"{run['wasted']:.0%}", duration(run["cpuSeconds"]),
        )  # fmt: skip


def print_fetched(console: Console, report: Report) -> None:
    """Print what was fetched."""
    console.print(
        f"Block {report['block']:,}, {report['fork']}: {report['transactions']} transactions and the "
        f"{report['accounts']} accounts they touch are in {report['file']}. Next: toyevm replay {report['file']}"
    )
    bad = [name for name, holds in report["checks"].items() if not holds]
    if bad:
        console.print("It does NOT come out as its header says, so the node told too little: " + ", ".join(bad))


def print_backends(console: Console, rows: Sequence[Report]) -> None:
    """Print the ways to execute a block."""
    cells = [(row["name"], row["kind"], row["summary"]) for row in rows]
    console.print(table("", ("backend", "kind", "how"), cells, words=(0, 1, 2)))
