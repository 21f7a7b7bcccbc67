"""What the fast tier does for real blocks: each is executed by tier 0, by tier 1 from nothing, and by tier 1 warm.

A benchmark program runs one piece of code until it is warm. A real block runs a hundred contracts, most of them once:
here it is seen what compiling costs and brings at once (cold), and what it would bring to a node that has seen the same
contracts for ever (warm). Senders are recovered in advance, and reported apart: that work is the same for all three.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from toyevm.backends import BACKENDS, RunConfig
from toyevm.bench.machine import Report, cpu_time, describe_computer
from toyevm.bench.replay import check_result, recover_senders
from toyevm.bench.tiers import NEVER, CompileCache
from toyevm.errors import InputError, InvalidBlock
from toyevm.vm import compiler
from toyevm.workloads.mainnet import RealBlock, load_block

WAYS = ("tier 0", "tier 1, cold", "tier 1, warm")


def run_bench_replay(
    paths: Sequence[Path], repeats: int = 3, progress: Callable[[str], None] = lambda name: None
) -> Report:
    """Time every block; a row each.

    Args:
        progress: is told the name of each block before its turn.

    Raises:
        InputError: for no file, an unreadable one, or an invalid block.
    """
    if not paths:
        raise InputError("no block to replay", "bench replay", "FILE...")
    blocks, rows = [load_block(path) for path in paths], []
    for path, real in zip(paths, blocks, strict=True):
        progress(path.name)
        try:
            rows.append(measure_block(real, repeats))
        except InvalidBlock as error:
            raise InputError(str(error), str(path), "a valid block") from error
    return {"environment": describe_computer() | {"repeats": repeats, "hotAfter": compiler.HOT_AFTER}, "rows": rows}


def measure_block(real: RealBlock, repeats: int) -> Report:
    """Return the row of one block: CPU seconds, and whether all ways agree with each other and with the header."""
    signature_seconds, _ = cpu_time([partial(recover_senders, real.block.transactions)])
    execute = partial(BACKENDS.named("sequential").execute_block, real.pre, real.block, RunConfig(real.chain))
    settled = CompileCache()
    with settled.in_use(hot_after=0):
        oracle = execute().result
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    is_equal = True
    for _ in range(repeats):
        cold = CompileCache()
        for way, cache, visits in zip(WAYS, (CompileCache(), cold, settled), (NEVER, None, NEVER), strict=True):
            gc.collect()
            with cache.in_use(visits):
                seconds, run = cpu_time([execute])
            times[way].append(seconds)
            is_equal = is_equal and run.result == oracle
    medians = {way: median(seconds) for way, seconds in times.items()}
    return {
        "block": real.expected.number,
        "fork": real.chain.fork.name,
        "transactions": len(real.block.transactions),
        "gasUsed": oracle.gas_used,
        "equal": is_equal,
        "checks": check_result(real, oracle),
        "signatureSeconds": signature_seconds,
        "seconds": medians,
        "kgasPerSecond": {way: round(oracle.gas_used / 1000 / seconds) for way, seconds in medians.items()},
        "functions": dict(zip(WAYS, (0, len(cold.functions), len(settled.functions)), strict=True)),
    }


def is_right(row: Report) -> bool:
    """Tell whether the block came out as its header says, and the same each time."""
    return bool(row["equal"]) and all(row["checks"].values())
