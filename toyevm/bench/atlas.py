"""The atlas: every application, and real blocks if there are any, by what their conflicts allow.

Each application is measured on several seeds, and the median counts. Two definitions stand side by side: *storage*
(reads of earlier writes to storage, as in the design's ideal figures) and *all* (balances and nonces too, which is what
a backend must respect). Every figure is read off the results of one sequential run; nothing is scheduled for real.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from toyevm.analysis.conflicts import Lens, conflict_matrix, cost_in, every_definition, hot_spots
from toyevm.analysis.dependencies import dependency_graph, span
from toyevm.backends import BACKENDS, RunConfig
from toyevm.errors import InputError, InvalidBlock
from toyevm.simulation.schedule import list_schedule, speedup
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.applications.base import Application
from toyevm.workloads.location_names import LocationNames
from toyevm.workloads.mainnet import load_block
from toyevm.workloads.workload import Workload

CORES = 16
TOLERANCE = 0.2  # a figure further away from the design's needs a reason
LAST_DIGIT = 0.001  # of the design's shares

Row = dict[str, Any]


def make_atlas(
    paths: Sequence[Path] = (),
    only: Sequence[str] = (),
    count: int = 200,
    seeds: int = 5,
    progress: Callable[[str], None] = lambda name: None,
) -> Row:
    """Return the atlas: a row for each application, then one for each real block.

    Args:
        paths: real blocks.
        only: names of applications; none means all.
        count, seeds: transactions in a block of an application, and how many blocks of each.
        progress: is told the name of each row before its turn.

    Raises:
        InputError: an unknown application, or an unreadable or invalid block.
    """
    if strange := sorted(set(only) - set(APPLICATIONS)):
        raise InputError(f"unknown application {strange[0]!r}", "atlas", " | ".join(APPLICATIONS))
    rows = []
    for name in only or APPLICATIONS:
        progress(name)
        rows.append(_application(APPLICATIONS[name], count, seeds))
    for path in paths:
        progress(path.name)
        rows.append(_real_block(path))
    return {"count": count, "seeds": seeds, "cores": CORES, "rows": rows}


def _application(application: Application, count: int, seeds: int) -> Row:
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
        outcome = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, config).result
    except InvalidBlock as error:
        raise InputError(str(error), "atlas", "a valid block") from error
    row: Row = {"transactions": len(outcome.results)}
    gas, names = cost_in("gas", outcome), LocationNames(workload)
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
        row[name]["hot"] = names(hot[0].location) if hot else None
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


def hottest(row: Mapping[str, Any]) -> str:
    """Return where the longest chain is: of an application among storage, of a real block among everything."""
    place = row["storage" if row["kind"] == "application" else "all"]["hot"] or "nothing"
    return str(re.sub(r"(0x[0-9a-f]{8})[0-9a-f]{32}", r"\1…", place))
