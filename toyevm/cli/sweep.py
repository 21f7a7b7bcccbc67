"""`toyevm sweep`: run a grid of points into a file, go on where an earlier run stopped, and draw what is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from toyevm.cli.output import complain
from toyevm.cli.screen import progress, show, table
from toyevm.errors import InputError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from rich.console import Console

    from toyevm.bench.sweep import Grid, Sweep

T = TypeVar("T")
MOST_NAMED = 10  # points that failed

app = typer.Typer(rich_markup_mode=None, help="Simulate grids of workload, contention, cores and backend; resumable.")
Values = list[str] | None
AsJson = Annotated[bool, typer.Option("--json", help="JSON, also on a terminal.")]
SEVERAL = "; several with commas."


@app.command()
def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where every finished point is kept, as JSON lines.")],
    workload: Annotated[Values, typer.Option(metavar="NAMES", help="See `toyevm sweep workloads`" + SEVERAL)] = None,
    contention: Annotated[Values, typer.Option(metavar="NUMBERS", help="From 0 to 1" + SEVERAL)] = None,
    cores: Annotated[Values, typer.Option(metavar="NUMBERS", help="Virtual cores" + SEVERAL)] = None,
    backend: Annotated[Values, typer.Option(metavar="NAMES", help="See `toyevm backends`" + SEVERAL)] = None,
    seed: Annotated[Values, typer.Option(metavar="NUMBERS", help="Which blocks are drawn" + SEVERAL)] = None,
    transactions: Annotated[int | None, typer.Option(min=1, help="In each block: 100.")] = None,
    hints: Annotated[
        bool | None, typer.Option(help="Whether blocks come with the hints of an honest producer.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes on this computer: one a core.")] = None,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Use this Dask cluster (extra `cluster`).")
    ] = None,
    out: Annotated[list[Path] | None, typer.Option(help="Write a table, too: .csv or .parquet. Repeatable.")] = None,
    as_json: AsJson = False,
) -> int:
    """Compute all points of a grid that FILE has not; axes that are not given are those of FILE."""
    from toyevm.bench.sweep.tables import check_table, write_table

    if dask is not None and jobs is not None:
        raise InputError("--jobs is for this computer", "--dask", "one of the two")
    for path in out or ():
        check_table(path)
    axes = {
        "workloads": _each(workload, "--workload", str),
        "contentions": _each(contention, "--contention", float),
        "seeds": _each(seed, "--seed", int),
        "backends": _each(backend, "--backend", str),
        "cores": _each(cores, "--cores", int),
        "transactions": transactions,
        "hints": hints,
    }
    grid = _grid(file, {name: values for name, values in axes.items() if values is not None})
    sweep = _run(file, grid, _executor(jobs, dask))
    for path in out or ():
        write_table(path, sweep.rows)
    show(_report(file, grid, sweep), as_json, print_sweep)
    return 1 if sweep.failures or not all(row["equal"] for row in sweep.rows) else 0


@app.command()
def plot(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `toyevm sweep run` keeps.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="CHART", help="Draw it to this file, .png or .svg.")],
    over: Annotated[str, typer.Option(metavar="cores|contention", help="What the horizontal axis shows.")] = "cores",
    as_json: AsJson = False,
) -> None:
    """Draw the speedups in FILE, of a sweep that is complete or not; print the same in words."""
    from toyevm.bench.sweep import read_store
    from toyevm.bench.sweep.chart import sweep_chart
    from toyevm.bench.sweep.panels import AXES
    from toyevm.charts import check_plot

    if over not in AXES:
        raise InputError(f"unknown axis {over!r}", "--over", " or ".join(AXES))
    check_plot(out, "--out")
    stored = read_store(file)
    if not stored.rows:
        raise InputError("no point is finished yet", str(file))
    chart = sweep_chart(stored.in_order(), over)
    chart.save(out, "--out")
    counts = {"points": len(stored.grid), "finished": len(stored.rows)}
    show(
        {"chart": str(out), "title": chart.title, **counts, "text": chart.text},
        as_json,
        lambda console, report: console.print(report["text"]),
    )


@app.command()
def workloads(as_json: AsJson = False) -> None:
    """List the workloads, and what contention from 0 to 1 means for each."""
    from toyevm.workloads.contention import DIALS

    rows = [{"name": dial.name, "contention": dial.meaning} for dial in DIALS.values()]
    show(rows, as_json, _print_workloads)


def _each(given: Values, option: str, kind: Callable[[str], T]) -> tuple[T, ...] | None:
    """Return the values of an option that may be repeated and may hold several; None if it was not given."""
    if given is None:
        return None
    texts = [text.strip() for part in given for text in part.split(",") if text.strip()]
    try:
        return tuple(map(kind, texts))
    except ValueError:
        raise InputError(f"cannot read {','.join(given)!r}", option, "numbers, with commas between them") from None


def _grid(file: Path, axes: dict[str, Any]) -> Grid:
    """Return the grid of the file, or else the default, with the axes that were given."""
    from toyevm.bench.sweep import Grid, read_store

    try:
        known = read_store(file).grid
    except InputError:  # no file yet; if there is something else, the store refuses it
        known = Grid()
    return replace(known, **axes)


def _executor(jobs: int | None, dask: str | None) -> AbstractContextManager[Executor]:
    from toyevm.bench.sweep import LocalProcesses
    from toyevm.bench.sweep.cluster import dask_executor

    return LocalProcesses(jobs) if dask is None else dask_executor(dask)


def _run(file: Path, grid: Grid, executor: AbstractContextManager[Executor]) -> Sweep:
    """Run the sweep; if it stops before its end, say what is there and how to go on."""
    from toyevm.bench.sweep import Store, read_store, run_sweep

    try:
        with executor as made, Store(file, grid) as store, progress("points", len(grid) - len(store.rows)) as done:
            done("")
            sweep = run_sweep(grid, made, store, done)
    except KeyboardInterrupt:
        if file.is_file():
            _say_how_to_go_on(file, len(read_store(file).rows), len(grid))
        raise SystemExit(130) from None
    for point, reason in list(sweep.failures.items())[:MOST_NAMED]:
        complain(f"{point}: {reason}")
    if sweep.failures:
        complain(f"{len(sweep.failures)} points failed")
        _say_how_to_go_on(file, len(sweep.rows), len(grid))
    return sweep


def _say_how_to_go_on(file: Path, finished: int, total: int) -> None:
    from shlex import quote

    complain(f"{finished} of {total} points are in {file}; go on with: toyevm sweep run {quote(str(file))}")


def _report(file: Path, grid: Grid, sweep: Sweep) -> dict[str, Any]:
    failed = [{"point": str(point), "reason": reason} for point, reason in sweep.failures.items()]
    return {"file": str(file), "grid": grid.to_json(), "points": len(grid), "failed": failed, "rows": list(sweep.rows)}


def print_sweep(console: Console, report: dict[str, Any]) -> None:
    """Print the speedups of a sweep, a table for each workload and contention."""
    from toyevm.bench.sweep.panels import make_panels

    for panel in make_panels(report["rows"]):
        columns = ("", *(f"{place:g}\ncores" for place in panel.places))
        cells = [(name, *("" if x is None else f"{x:.2f}" for x in xs)) for name, xs in panel.lines.items()]
        console.print(table(f"{panel.title}: speedup", columns, cells))
    finished, wrong = len(report["rows"]), sum(not row["equal"] for row in report["rows"])
    console.print(
        f"Simulated time; median over seeds. {finished} of {report['points']} points are in {report['file']}."
    )
    if wrong:
        console.print(f"{wrong} point{'s have' if wrong > 1 else ' has'} other results than the sequential backend.")


def _print_workloads(console: Console, rows: Sequence[dict[str, str]]) -> None:
    cells = [(row["name"], row["contention"]) for row in rows]
    console.print(table("Workloads with a dial", ("", "what contention is, from 0 to 1"), cells, words=(0, 1)))
