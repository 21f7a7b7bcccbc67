"""Further blocks and figures of lesson 07: the evening block, access lists of transactions, the whole block's time."""

from __future__ import annotations

from functools import cache

from toyevm.access_lists import BlockAccessList
from toyevm.simulation.metrics import measure
from toyevm.teaching.lessons.block_access_lists.checking import check_all
from toyevm.teaching.lessons.block_access_lists.village import (
    BOX,
    add,
    block_of_calls,
    build_list,
    look,
    run,
    store,
)
from toyevm.transactions import AccessList
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.wallets import wallet
from toyevm.workloads.workload import Workload

EVENING_TITLES = ("Ann: box[1] += 1", "Bob: look at box[3]", "Cleo: box[3] = 9", "Dan: box[1] = 7", "Eve: box[5] += 0")
EVM_PART, ROOT_PART, ROOT_SPEEDUP = 0.545, 0.455, 0.63  # Erigon issue 19589, 2026-03-03: one thread; parallel


@cache
def evening() -> Workload:
    """Return the block whose list students write by hand; `box` begins with 7 in slot 1 and 9 in slot 3."""
    return block_of_calls(add("Ann", 1, 1), look("Bob", 3), store("Cleo", 3, 9), store("Dan", 1, 7), add("Eve", 5, 0))


def no_ops() -> Workload:
    """Return the block of the bet: Ann stores what is there already."""
    return block_of_calls(store("Ann", 1, 7))


def gas_with(access_list: AccessList) -> tuple[bool, int]:
    """Return whether a call that reads slot 3 of the box succeeds with an access list of its own, and its gas."""
    workload = block_of_calls(look("Ann", 3))
    (plain,) = workload.block.transactions
    fields = {"nonce": 0, "to": BOX, "data": plain.data, "gas_limit": 100_000, "max_fee_per_gas": 0}
    signed = wallet("Ann").sign(**fields, access_list=access_list)
    block = type(workload.block)(workload.block.header, (signed,))
    (result,) = run(Workload(workload.chain, workload.pre, block, workload.names), 1, "sequential").result.results
    return result.succeeded, result.gas_used


def table_of_checks(workload: Workload, accesses: BlockAccessList) -> str:
    """Return which transactions pass when each runs alone on what the list says."""
    rows = [f"tx {each.tx_index}: {'passes' if each.passes else 'FAILS'}" for each in check_all(workload, accesses)]
    return "\n".join(rows)


@cache
def race(cores: int = 8) -> dict[str, float]:
    """Return the speedup of each machine on the block that runs through all lessons (simulated)."""
    workload = APPLICATIONS["mixed"](40)
    accesses = build_list(workload)
    names = ("sequential", "optimistic", "block_stm", "block_access_list")
    runs = {name: run(workload, 1 if name == "sequential" else cores, name,
                      accesses if name == "block_access_list" else None) for name in names}  # fmt: skip
    return {name: measure(each, cores).speedup for name, each in runs.items()}


def whole(evm: float, root: float = 1.0, root_part: float = ROOT_PART) -> float:
    """Return the speedup of a whole block: the EVM's part and the state root's part, each with its own speedup.

    >>> whole(1.0), round(whole(1e9), 2)
    (1.0, 2.2)
    """
    return 1 / ((1 - root_part) / evm + root_part / root)
