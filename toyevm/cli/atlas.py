"""`toyevm atlas`: every application, and real blocks if there are any, by what their conflicts allow.

Each application is measured on several seeds, and the median counts. Two definitions stand side by side: *storage*
(reads of earlier writes to storage, as in the design's ideal figures) and *all* (balances and nonces too, which is what
a backend must respect). Every figure is read off the results of one sequential run; nothing is scheduled for real.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from toyevm.analysis.conflicts import Lens, conflict_matrix, cost_in, every_definition, hot_spots
from toyevm.analysis.dependencies import dependency_graph, span
from toyevm.analysis.schedule import list_schedule, speedup
from toyevm.backends import BACKENDS, RunConfig
from toyevm.errors import InputError, InvalidBlock
from toyevm.teaching.kit.atlas_view import hottest, show_atlas
from toyevm.workloads.applications import APPLICATIONS, Application
from toyevm.workloads.mainnet import load_block
from toyevm.workloads.places import PlaceNames
from toyevm.workloads.transfers import Workload

CORES = 16
TOLERANCE = 0.2  # a figure further away from the design's needs a reason
LAST_DIGIT = 0.001  # of the design's shares

Row = dict[str, Any]


def print_atlas(
    paths: Sequence[Path], as_json: bool, only: Sequence[str], count: int, seeds: int, plot: Path | None
) -> bool:
    """Print the atlas; return whether every deviation from the design is explained.

    Raises:
        InputError: an unknown application, an unreadable block, or a figure that cannot be written.
    """
    if plot is not None and (plot.suffix != ".svg" or not plot.parent.is_dir()):
        raise InputError(f"cannot draw {str(plot)!r}", "--plot", "a file name that ends in .svg, in a folder there is")
    report = make_atlas(paths, only, count, seeds)
    if as_json:
        print(json.dumps(report))
    else:
        _print_table(report["rows"])
    if plot is not None:
        plot.write_text(show_atlas(report["rows"]).svg, encoding="utf-8")
    return not any(row["unexplained"] for row in report["rows"])


def make_atlas(paths: Sequence[Path] = (), only: Sequence[str] = (), count: int = 200, seeds: int = 5) -> Row:
    """Return the atlas: a row for each application, then one for each real block."""
    if strange := sorted(set(only) - set(APPLICATIONS)):
        raise InputError(f"unknown application {strange[0]!r}", "atlas", " | ".join(APPLICATIONS))
    rows = [_application(APPLICATIONS[name], count, seeds) for name in only or APPLICATIONS]
    return {"count": count, "seeds": seeds, "cores": CORES, "rows": [*rows, *map(_real_block, paths)]}


def _application(application: Application, count: int, seeds: int) -> Row:
    _say(application.name)
    runs = [measure_block(application(count, seed=seed)) for seed in range(seeds)]
    row = {"name": application.name, "kind": "application", "summary": application.summary, **_median(runs)}
    ideal = application.ideal
    if ideal is None or count != 200:  # the design speaks of 200 transactions
        return row | {"ideal": None, "unexplained": False}
    gaps = {"speedup": row["storage"]["count"] / ideal.speedup - 1}
    if ideal.conflicting_pairs is not None:
        gap = row["storage"]["pairs"] - ideal.conflicting_pairs
        gaps["pairs"] = gap / (ideal.conflicting_pairs or 1) if abs(gap) > LAST_DIGIT else 0.0
    far = {name: round(gap, 3) for name, gap in gaps.items() if abs(gap) > TOLERANCE}
    figures = {"pairs": ideal.conflicting_pairs, "speedup": ideal.speedup, "source": ideal.source}
    why = ideal.deviation if far else ""
    return row | {"ideal": figures, "deviation": far, "why": why, "unexplained": bool(far and not why)}


def _real_block(path: Path) -> Row:
    _say(path.name)
    real = load_block(path)
    row = measure_block(Workload(real.chain, real.pre, real.block, {}))
    return {"name": path.name.split(".")[0], "kind": "real block", **row, "ideal": None, "unexplained": False}


def measure_block(workload: Workload) -> Row:
    """Return the figures of one block.

    Raises:
        InputError: it is no valid block.
    """
    config, coinbase = RunConfig(workload.chain), workload.block.header.coinbase
    try:
        outcome = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, config)
    except InvalidBlock as error:
        raise InputError(str(error), "atlas", "a valid block") from error
    row: Row = {"transactions": len(outcome.results)}
    gas = cost_in("gas", outcome)
    for name, lens in (("storage", Lens(balances=False)), ("all", Lens())):
        seen = lens.apply(outcome.results, coinbase)
        graph = dependency_graph(seen, coinbase)
        row[name] = {
            "pairs": round(conflict_matrix(seen, coinbase).share, 4),
            "count": round(graph.size / max(1, span(graph, lambda tx_index: 1)), 2),
            "gas": round(sum(map(gas, range(graph.size))) / max(1, span(graph, gas)), 2),
            "cores": round(speedup(list_schedule(graph, gas, CORES)), 2),
        }
        hot = hot_spots(graph, gas, limit=1)
        row[name]["hot"] = PlaceNames(workload)(hot[0].location) if hot else None
    row["definitions"] = [
        {"lens": str(each.lens), "unit": each.unit, "pairs": round(each.conflicting_pairs, 4),
         "speedup": round(each.speedup, 2)}
        for each in every_definition(outcome, coinbase)
    ]  # fmt: skip
    return row


def _median(runs: Sequence[Row]) -> Row:
    """Return the first run with each number replaced by the median over all."""

    def middle(values: Sequence[Any]) -> Any:
        first = values[0]
        if isinstance(first, dict):
            return {key: middle([value[key] for value in values]) for key in first}
        if isinstance(first, list):
            return [middle(each) for each in zip(*values, strict=True)]
        return round(median(values), 4) if isinstance(first, (int, float)) else first

    return dict(middle(runs))


def _print_table(rows: Sequence[Row]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 150)
    table = Table(title="How far can it be sped up? (work over span)", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    for heading in ("tx", "pairs", "storage", "design", "all: tx", "gas", f"{CORES} cores"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("hottest", overflow="fold")
    for row in rows:
        table.add_row(row["name"], f"{row['transactions']:g}", *_cells(row), escape(hottest(row)))
    console.print(table)
    console.print(
        "pairs, storage: reads of earlier writes to storage, as in the design; all: balances and nonces too.\n"
        "Medians over seeds; counted by transactions, or in gas; cores: a list schedule that knows the gas."
    )
    for row in rows:
        if row.get("deviation"):
            gaps = ", ".join(f"{name} {gap:+.0%}" for name, gap in row["deviation"].items())
            console.print(f"{row['name']}: {gaps} from the design: {row['why'] or 'NOT EXPLAINED'}", markup=False)


def _cells(row: Row) -> Iterator[str]:
    storage, every, ideal = row["storage"], row["all"], row["ideal"]
    yield f"{storage['pairs']:.1%}"
    yield f"{storage['count']:.1f}x"
    yield f"{ideal['speedup']:.1f}x" if ideal else ""
    yield from (f"{every[name]:.1f}x" for name in ("count", "gas", "cores"))


def _say(name: str) -> None:
    if sys.stderr.isatty():
        print(f"measuring {name} ...", file=sys.stderr)
