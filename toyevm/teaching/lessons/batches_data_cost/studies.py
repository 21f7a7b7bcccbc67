"""Tables of lesson 09: one block inside L1 and beside it, half a blob withheld, the price of full blocks."""

from __future__ import annotations

from functools import cache

from toyevm.forks import BPO1, BPO2, CANCUN, PRAGUE
from toyevm.rollups.costs import blob_schedule, price_factor
from toyevm.teaching.lessons.batches_data_cost.sampling import CLIENTS, Sampling, read_cells, rebuilt_from
from toyevm.transactions import encode_transaction
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.workload import Workload

MARKETS = {"Cancun, March 2024": CANCUN, "Prague, May 2025": PRAGUE, "BPO1, December 2025": BPO1,
           "BPO2, January 2026": BPO2}  # fmt: skip


@cache
def mixed_block() -> Workload:
    """Return the block that runs through all lessons."""
    return APPLICATIONS["mixed"](40)


def half_withheld() -> str:
    """Return what happens when the original half of a blob is withheld: who notices, and what the rest gives back."""
    sampling = Sampling(read_cells("0..63"))
    data = b"".join(map(encode_transaction, mixed_block().block.transactions))
    same = rebuilt_from(data, sampling.hidden) == data
    rebuilt = (
        f"the mixed block's {len(data):,} bytes, rebuilt from cells 64 to 127, are {'the same' if same else 'lost'}"
    )
    return f"{CLIENTS - sampling.fooled} of {CLIENTS:,} clients notice (simulated); {rebuilt}"


def blob_market() -> str:
    """Return what full and empty blocks do to the price of blobs, under the rules of four forks."""
    rows = ["rules since            target  most  full block  empty block"]
    for name, fork in MARKETS.items():
        schedule = blob_schedule(fork)
        full, empty = price_factor(fork, schedule.maximum), price_factor(fork, 0)
        rows.append(f"{name:<22} {schedule.target:>6} {schedule.maximum:>5}      ×{full:.4f}      ×{empty:.4f}")
    return "\n".join(rows)
