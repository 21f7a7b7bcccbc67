"""Tables of lesson 09: one block inside L1 and beside it, half a blob withheld, the price of full blocks."""

from __future__ import annotations

from functools import cache

from toyevm.forks import BPO2
from toyevm.rollups.compression import compress
from toyevm.rollups.costs import USABLE_BYTES, blob_schedule
from toyevm.rollups.encodings.measure import consecutive
from toyevm.rollups.encodings.span import Span
from toyevm.simulation.metrics import measure
from toyevm.teaching.kit.runs import run_on
from toyevm.teaching.lessons.batches_data_cost.sampling import CLIENTS, Sampling, read_cells, rebuilt_from
from toyevm.transactions import encode_transaction
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.workload import Workload

GAS_LIMIT = 60_000_000  # of a block on mainnet, since November 2025


@cache
def mixed_block() -> Workload:
    """Return the block that runs through all lessons."""
    return APPLICATIONS["mixed"](40)


def batch_of_mixed() -> bytes:
    """Return the mixed block as a sequencer posts it: one batch, in columns, compressed."""
    workload = mixed_block()
    raws = tuple(map(encode_transaction, workload.block.transactions))
    batch = consecutive([raws])
    return compress(Span(workload.chain.chain_id, batch[0].timestamp).encode(batch))


def two_ways(cores: int = 8) -> str:
    """Return what one block costs inside L1 and on a layer, on one core and on many."""
    workload = mixed_block()
    runs = {count: run_on("block_stm", workload, count) for count in (1, cores)}
    gas = sum(result.gas_used for result in runs[1].result.results)
    raw, posted = sum(len(encode_transaction(tx)) for tx in workload.block.transactions), len(batch_of_mixed())
    inside, beside = GAS_LIMIT // gas, blob_schedule(BPO2).target * USABLE_BYTES // posted
    rows = ["executed on        speedup   gas that L1 executes   bytes on L1   such blocks per L1 block"]
    for name, executed, size, fits in (("L1", gas, raw, inside), ("L2", BPO2.gas.transaction, posted, beside)):
        for count, run in runs.items():
            speedup = measure(run, count).speedup if count > 1 else 1.0
            where = f"{name}, {count} core{'s' * (count > 1)}"
            rows.append(f"{where:<16} {speedup:>8.1f}×   {executed:>20,}   {size:>11,}   {fits:>24,}")
    return "\n".join(rows)


def half_withheld() -> str:
    """Return what happens when the original half of a blob is withheld: who notices, and what the rest gives back."""
    sampling = Sampling(read_cells("0..63"))
    data = b"".join(map(encode_transaction, mixed_block().block.transactions))
    same = rebuilt_from(data, sampling.hidden) == data
    rebuilt = f"the mixed block's {len(data):,} bytes, rebuilt from cells 64 to 127, are"
    noticed = f"{CLIENTS - sampling.fooled} of {CLIENTS:,} clients notice (simulated)"
    return f"{noticed}; {rebuilt} {'the same' if same else 'lost'}"
