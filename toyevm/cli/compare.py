"""`toyevm compare`: one block on every backend and every settlement, as four tables, as JSON, as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toyevm.bench.compare import compare, count_pieces, is_right, plain
from toyevm.bench.compare.figures import short
from toyevm.charts import check_plot
from toyevm.cli.screen import progress, show, table
from toyevm.units import ETHER

if TYPE_CHECKING:
    from rich.console import Console

Report = Mapping[str, Any]


def run(workload: str, transactions: int, cores: int, seed: int, as_json: bool, plot: Path | None) -> int:
    """Print the table; return 1 if a result differs from the sequential backend's.

    Raises:
        InputError: an unknown workload, a block that there cannot be, or a file that cannot be written.
    """
    from toyevm.bench.compare.chart import compare_chart

    if plot is not None:
        check_plot(plot)
    with progress("pieces", count_pieces()) as begin:
        report = compare(workload, transactions, cores, seed, begin)
    show(plain(report), as_json, print_compare)
    if plot is not None:
        compare_chart(report).save(plot)
    return 0 if is_right(report) else 1


def print_compare(console: Console, report: Report) -> None:
    """Print the report as JSON has it: speed, data and cost, finality, attacks."""
    block, environment = report["block"], report["environment"]
    console.print(
        f"{block['transactions']} transactions of {environment['workload']!r}, {block['gas']:,} gas, "
        f"{environment['virtualCores']} virtual cores where they can be used"
    )
    console.print(_speed(report["executing"]))
    console.print(_cost(report))
    console.print(_finality(report))
    console.print(_attacks(report["settling"]))
    for row in report["settling"]:
        if row["instead"]:
            console.print(f"{row['system']}: settles {row['instead']}")
    for row in (report["executing"][0], *report["settling"]):
        console.print(f"{_name(row)} trusts {row['trust']}.")
    for name, price in report["scenarios"].items():
        console.print(f"{name}: gas at {short(price['value'])} gwei, assumed ({price['source']})")
    for row in (*report["executing"], *report["settling"]):
        if not row["equal"]:
            console.print(f"{row['system']}: the result is NOT that of the sequential backend")


def _speed(rows: Sequence[Report]) -> Any:
    measured = next(row["measuredRate"] for row in rows if row["measuredRate"])
    title = (
        "Speed (simulated, in seconds of one core of this computer, which was measured:\n"
        f"{_told(measured)}, {measured['source']})"
    )
    shown = [
        (row["system"], *(_told(row[name]) for name in ("rate", "speedup", "executions", "hintBytes"))) for row in rows
    ]
    return table(title, ("", "tx/s", "speedup", "runs/tx", "hint\nbytes"), shown)


def _cost(report: Report) -> Any:
    names = list(report["scenarios"])
    shown = [(_name(report["executing"][0]), "", "", *_gwei(report["executing"][0]["costs"], names))]
    for row in report["settling"]:
        shown.append((row["system"], _told(row["bytes"]), _told(row["gas"]), *_gwei(row["costs"], names)))
        shown.append(("  data in full blobs", "", "", *_gwei(row["costsInFullBlobs"], names)))
    title = "Data on L1 (simulated), and gwei a transaction (at assumed prices)"
    return table(title, ("", "bytes/tx", "gas/tx", *names), shown)


def _finality(report: Report) -> Any:
    shown = []
    for row in (report["executing"][0], *report["settling"]):
        proof = f"{row['cpu']['value']:.2f}" if "cpu" in row else ""
        shown.append((_name(row), *(f"{_told(row[name])}" for name in ("soft", "hard")), proof, _dispute(row)))
    title = "Seconds until soft and until hard finality; CPU seconds of all roles (measured); a dispute (simulated)"
    return table(title, ("", "soft", "hard", "CPU s", "a dispute"), shown, words=(0, -1))


def _dispute(row: Report) -> str:
    found = row.get("dispute")
    if not found:
        return ""
    bonds = found["bonds"]["value"] / ETHER
    return (
        f"{found['rounds']['value']} rounds, {found['seconds']['value']:,} s in all, {found['gas']['value']:,} gas, "
        f"{bonds:,.2f} ether of bonds"
    )


def _attacks(rows: Sequence[Report]) -> Any:
    columns = ("stolen", "frozen", "delayed", "safe")
    shown = [
        (
            row["system"],
            *(", ".join(one["attack"] for one in row["attacks"] if one["outcome"] == name) for name in columns),
        )
        for row in rows
    ]
    return table("Attacks, with the defences that there are (simulated)", ("", *columns), shown, words=range(5))


def _name(row: Report) -> str:
    return "L1 itself" if row["system"] == "sequential" else str(row["system"])


def _told(figure: Report) -> str:
    return short(figure["value"])


def _gwei(costs: Report, names: Sequence[str]) -> list[str]:
    return [_told(costs[name]) for name in names]
