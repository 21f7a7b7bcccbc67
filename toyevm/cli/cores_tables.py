"""The report of `toyevm bench cores` as tables that fit 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from toyevm.cli.screen import table

if TYPE_CHECKING:
    from rich.console import Console

Report = dict[str, Any]


def print_cores(console: Console, report: Report) -> None:
    """Print a report of `CoresBench.measure`: grains beside the control and the model, ways, blocks."""
    environment = report["environment"]
    of_kind = {kind: [row for row in report["rows"] if row["kind"] == kind] for kind in ("grain", "way", "block")}
    console.print(_grains(of_kind["grain"], environment))
    console.print(
        "Control: the same work in a few large tasks. Share: speedup over that of the control. Error of the predicted "
        "time; * had a part in the fit."
    )
    _print_model(console, report)
    for row in of_kind["way"]:
        said = row["whyNot"] or f"{row['speedup']:.2f}x (measured)"
        console.print(f"{row['name']}: {said}")
    console.print(_blocks(of_kind["block"]))
    console.print(
        "again: transactions whose plan was wrong, run again in the merge. tail: the state root. Each result is that "
        "of the sequential backend: " + ("yes." if all(row["equal"] for row in of_kind["block"]) else "NO.")
    )
    _print_shipping(console, of_kind["block"], environment)
    console.print(f"{environment['python']}, {environment['cpu']}, load before {_number(environment['loadBefore'])}")


def _grains(rows: Sequence[Report], environment: Report) -> Any:
    cells = [
        (
            f"{row['grain'] * 1e3:g}", f"{row['tasks']:,}", f"{row['sent'] / 1024:,.0f}" if row["sent"] else "",
            f"{row['one'] * 1e3:.1f}", f"{row['many'] * 1e3:.1f}", f"{row['speedup']:.2f}x",
            f"{row['controlSpeedup']:.2f}x", f"{row['shareOfControl']:.2f}",
            f"{row['error']:+.0%}{'*' if row['fitted'] else ' '}",
        )
        for row in rows
    ]  # fmt: skip
    title = f"{environment['executor']}, {environment['tasksAtOnce']} at once (measured, medians)"
    columns = ("grain\nms", "tasks", "sent\nKiB", "one\nms", "many\nms", "speedup", "control", "share", "error")
    return table(title, columns, cells, words=())


def _print_model(console: Console, report: Report) -> None:
    fitted, judged = report["overheads"], report["prediction"]
    grain = fitted["breakEvenGrain"]
    console.print(
        f"Fitted: {fitted['start'] * 1e6:.0f} µs a run, {fitted['per_task'] * 1e6:.0f} µs a task, "
        f"{fitted['send'] * 1e9:.2f} ns a byte, {fitted['efficiency']:.2f} of each core. "
        f"On {judged['heldOut']} rows held out: error {judged['medianError']:.0%} (median), "
        f"{judged['largestError']:.0%} at most; on the fitted ones {judged['largestFittedError']:.0%} at most. "
        + (f"Many tasks pay above {grain * 1e6:.0f} µs each." if grain is not None else "Many tasks never pay.")
    )
    console.print(f"Share of the control at 1 ms and more: {report['shareOfControl']:.2f} (median)")


def _blocks(rows: Sequence[Report]) -> Any:
    cells = [
        (
            f"{row['block']}\n{row['plan']}", f"{row['transactions']:,}", row["tasks"], f"{row['ranAgain']:,}",
            f"{row['one'] * 1e3:.1f}", f"{row['execute'] * 1e3:.1f}", f"{row['merge'] * 1e3:.1f}",
            f"{row['tail'] * 1e3:.1f}", f"{row['speedup']:.2f}x", f"{row['controlSpeedup']:.2f}x",
        )
        for row in rows
    ]  # fmt: skip
    columns = (
        "block\nplan",
        "txs",
        "tasks",
        "again",
        "one\nms",
        "tasks\nms",
        "merge\nms",
        "tail\nms",
        "speedup",
        "control",
    )
    return table("Blocks (measured, medians)", columns, cells)


def _print_shipping(console: Console, rows: Sequence[Report], environment: Report) -> None:
    starts = environment["startSeconds"]
    if starts:
        forked = f"{starts['forked'] * 1e3:.0f} ms forked" if starts["forked"] is not None else "no fork is safe here"
        console.print(f"New processes answer after {starts['spawned'] * 1e3:.0f} ms spawned, {forked}.")
    for row in {row["block"]: row for row in rows}.values():
        console.print(
            f"{row['block']}: its state takes {row['sendSeconds'] * 1e3:.1f} ms to be sent "
            f"({row['stateBytes'] / 1024:,.0f} KiB to each process); "
            f"{row['returned'] / 1024:,.0f} KiB come back"
        )


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.1f}"
