"""What the fast tier does for real blocks: each is executed by tier 0, by tier 1 from nothing, and by tier 1 warm.

A benchmark program runs one piece of code until it is warm. A real block runs a hundred contracts, most of them once:
here it is seen what compiling costs and brings at once (cold), and what it would bring to a node that has seen the same
contracts for ever (warm). Senders are recovered in advance, and reported apart: that work is the same for all three.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median

from toyevm.backends import BACKENDS, RunConfig
from toyevm.bench.machine import Report, cpu_time, describe_computer
from toyevm.bench.replay import compare_headers, recover_senders
from toyevm.bench.tiers import NEVER, CompileCache
from toyevm.errors import InputError, InvalidBlock
from toyevm.sealing import seal_block
from toyevm.vm import compiler
from toyevm.workloads.mainnet import RealBlock, load_block

WAYS = ("tier 0", "tier 1, cold", "tier 1, warm")


def bench_replay(paths: Sequence[Path], as_json: bool = False, repeats: int = 3) -> bool:
    """Run `toyevm bench replay`: print the report; return whether every block came out as its header says.

    Raises:
        InputError: for no file, an unreadable one, or an invalid block.
    """
    if not paths:
        raise InputError("no block to replay", "bench replay", "FILE...")
    blocks, rows = [load_block(path) for path in paths], []
    for path, real in zip(paths, blocks, strict=True):
        if sys.stderr.isatty():
            print(f"measuring {path} ...", file=sys.stderr)
        try:
            rows.append(measure_block(real, repeats))
        except InvalidBlock as error:
            raise InputError(str(error), str(path), "a valid block") from error
    report = {"environment": describe_computer() | {"repeats": repeats, "hotAfter": compiler.HOT_AFTER}, "rows": rows}
    if as_json:
        print(json.dumps(report, indent=2))
    else:
        print_bench_replay(report)
    return all(map(is_right, rows))


def measure_block(real: RealBlock, repeats: int) -> Report:
    """Return the row of one block: CPU seconds, and whether all ways agree with each other and with the header."""
    signature_seconds, _ = cpu_time([partial(recover_senders, real.block.transactions)])
    execute = partial(BACKENDS.named("sequential").execute_block, real.pre, real.block, RunConfig(real.chain))
    settled = CompileCache()
    with settled.in_use(hot_after=0):
        oracle = execute()
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    is_equal = True
    for _ in range(repeats):
        cold = CompileCache()
        for way, cache, visits in zip(WAYS, (CompileCache(), cold, settled), (NEVER, None, NEVER), strict=True):
            gc.collect()
            with cache.in_use(visits):
                seconds, result = cpu_time([execute])
            times[way].append(seconds)
            is_equal = is_equal and result == oracle
    medians = {way: median(seconds) for way, seconds in times.items()}
    header = seal_block(real.chain, real.block, oracle, real.pre.apply(oracle.diff)).header
    return {
        "block": real.expected.number,
        "fork": real.chain.fork.name,
        "transactions": len(real.block.transactions),
        "gasUsed": oracle.gas_used,
        "equal": is_equal,
        "checks": compare_headers(real.expected, header),
        "signatureSeconds": signature_seconds,
        "seconds": medians,
        "kgasPerSecond": {way: round(oracle.gas_used / 1000 / seconds) for way, seconds in medians.items()},
        "functions": dict(zip(WAYS, (0, len(cold.functions), len(settled.functions)), strict=True)),
    }


def is_right(row: Report) -> bool:
    """Tell whether the block came out as its header says, and the same each time."""
    return bool(row["equal"]) and all(row["checks"].values())


def print_bench_replay(report: Report) -> None:
    """Print a report of `bench_replay` as a table."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    title = f"Real blocks (measured: CPU time without signatures, median of {report['environment']['repeats']})"
    table = Table(title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    headings = [f"{way.removeprefix('tier 1, ')}\n{unit}" for unit in ("ms", "kgas/s") for way in WAYS]
    for heading in ("block", "txs", "sign.\nms", *headings):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in report["rows"]:
        milliseconds = [f"{seconds * 1e3:.1f}" for seconds in (row["signatureSeconds"], *row["seconds"].values())]
        speeds = map(str, row["kgasPerSecond"].values())
        table.add_row(str(row["block"]), str(row["transactions"]), *milliseconds, *speeds)
    console = Console(highlight=False)
    console.print(table)
    console.print("cold: tier 1, nothing compiled before the block; warm: all compiled that the block ever visits.")
    for row in report["rows"]:
        if not is_right(row):
            console.print(f"block {row['block']} does not come out as its header says, or not each time")
