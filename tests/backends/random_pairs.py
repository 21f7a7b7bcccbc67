"""Random blocks under random schedules: every backend against the sequential one.

    python -m tests.backends.random_pairs --pairs 100000 --jobs 2     `make equivalence`
    python -m tests.backends.random_pairs --seed 7000                 go on from block 7000
    python -m tests.backends.random_pairs --seed 7013 --pairs 1       one block again

A pair is a block and a schedule (cores, costs, seed, hints); every backend runs every pair. Blocks have numbers, from
`--seed` on, and each has four schedules; the number decides everything. Every other schedule has transcripts
(simulation/transcripts.py), which saves time, and tries them. Prints how far it is, and in the end what the pairs
contained, because pairs without conflicts prove little. Ends with 1 at the first difference, and says how to see it
again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from random import Random

import toyevm.rollups.settlements  # noqa: F401  they are backends too, once they are imported
from tests.backends.cases import Case
from tests.backends.invariants import broken_invariants
from tests.backends.judge import Outcome, differences, oracle_of, outcome_of
from tests.backends.random_blocks import OWN_CHAIN, random_case
from tests.support.whole_backends import WHOLE_BACKENDS
from toyevm.access_lists import AccountChanges, Change, decode, encode
from toyevm.analysis.dependencies import dependency_graph
from toyevm.backends import BACKENDS, CostModel, Hints, RunConfig, hints_for
from toyevm.errors import InvalidBlock
from toyevm.simulation.run import Run
from toyevm.simulation.transcripts import Transcripts
from toyevm.types import Field, Location

SCHEDULES = 4  # of each block
BLOCKS_A_CHUNK = 50
PARALLEL = [backend for backend in BACKENDS if backend.kind == "parallel"]
SETTLEMENTS = [
    backend for backend in WHOLE_BACKENDS if backend.kind == "settlement"
]  # whose time is their inner backend's
NO_HINTS_AT_ALL, NO_LIST, HONEST_LIST, LYING_LIST = "no hints", "no list", "an honest list", "a list with lies"


@dataclass
class Tally:
    """What the pairs contained, and what was different."""

    counts: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.counts += other.counts
        self.differences += other.differences


def try_block(seed: int, schedules: int = SCHEDULES) -> Tally:
    """Run one random block under some random schedules on every backend."""
    case, random, tally = random_case(seed), Random(-1 - seed), Tally()
    oracle = oracle_of(case)
    honest = None
    if isinstance(oracle, Run):
        honest = hints_for(case.pre, case.block, case.chain, oracle.result.results)
    content, transcripts = list(contents(case, oracle)), Transcripts()
    for number in range(schedules):
        config, told = random_schedule(random, case, honest)
        if number % 2:
            config = replace(config, transcripts=transcripts)
        aborts = {}
        if number == 0:
            tally.differences += _settled_otherwise(case, config, oracle)
            tally.counts["settled"] += len(SETTLEMENTS)
        for backend in PARALLEL:
            outcome = outcome_of(backend, case, config)
            aborts[backend.name] = 0 if isinstance(outcome, InvalidBlock) else outcome.aborts
            found = differences(case, outcome, oracle)
            if isinstance(outcome, Run):
                found += broken_invariants(backend.name, case, config, outcome)
            tally.differences += [
                f"{case}, schedule {number}, {backend.name} on {config.cores} cores: {one}" for one in found
            ]
        tally.counts.update(("pairs", f"with {told}", *content))
        tally.counts["runs"] += len(PARALLEL)
        tally.counts["with an abort"] += any(aborts.values())
        tally.counts.update(f"with an abort in {name}" for name, count in aborts.items() if count)
    return tally


def _settled_otherwise(case: Case, config: RunConfig, oracle: Outcome) -> Iterator[str]:
    """Yield what a settlement makes of a block that is not its result."""
    for settlement in SETTLEMENTS:
        for one in differences(case, outcome_of(settlement, case, config), oracle):
            yield f"{case}, {settlement.name}: {one}"


def contents(case: Case, oracle: Outcome) -> Iterator[str]:
    """Yield what is in a block that a backend may stumble over."""
    if isinstance(oracle, InvalidBlock):
        yield "invalid block"
        return
    results, block, fees = oracle.result.results, case.block, Location(case.block.header.coinbase, Field.BALANCE)
    edges = dependency_graph(results, fee_recipient=block.header.coinbase).dependencies
    written = [location for result in results for location in result.write_set]
    yield f"{min(len({edge[1] for edge in edges}), 6)} transactions wait"
    found = {
        "with a conflict": edges,
        "with the fees read": any(fees in result.read_set for result in results),
        "with a storage cleared": any(location.key == Field.STORAGE for location in written),
        "with a slot under a long key": any(location.is_slot and location.key >= 2**64 for location in written),
        "with a delegation": any(tx.authorizations for tx in block.transactions),
        "with an access list": any(tx.access_list for tx in block.transactions),
        "with blobs": any(tx.blob_hashes for tx in block.transactions),
        "with a creation": any(tx.to is None for tx in block.transactions),
        "with a failure": not all(result.succeeded for result in results),
        "with a refund": any(result.gas_refunded for result in results),
        "with 40 reads": any(len(result.read_set) >= 40 for result in results),
        "with requests": any(len(request) > 1 for request in oracle.result.requests),
        "with withdrawals": block.withdrawals,
        "with a chain of its own": case.chain.chain_id == OWN_CHAIN,
    }
    yield from (name for name, is_there in found.items() if is_there)


def random_schedule(random: Random, case: Case, honest: Hints | None) -> tuple[RunConfig, str]:
    """Return a number of cores, costs, a seed, and perhaps hints, right or wrong; and what is told by a list."""
    costs = CostModel(
        gas=1,
        read=random.choice((0, 10, 5_000)),
        validate=random.choice((0, 5, 3_000)),
        commit=random.choice((0, 10, 20_000)),
        schedule=random.choice((0, 100, 50_000)),
        jitter=random.choice((0, 20, 300)),
        contention=random.choice((0, 0, 50)),
    )
    hints, told = None, NO_HINTS_AT_ALL
    if honest and random.random() < 0.6:
        parts = [list(part or ()) for part in (honest.locks, honest.edges, honest.access_lists)]
        if random.random() < 0.7:
            for part in parts:
                random.shuffle(part)
                del part[random.randrange(len(part) + 1) :]
        right = honest.block_access_list or b""
        encoded = _told(random, right)
        told = NO_LIST if encoded is None else HONEST_LIST if encoded == right else LYING_LIST
        hints = Hints(*map(tuple, parts), block_access_list=encoded)
    return RunConfig(case.chain, random.choice((1, 2, 2, 3, 4, 8, 16)), random.randrange(2**32), costs, hints), told


def _told(random: Random, encoded: bytes) -> bytes | None:
    """Return the list as it is, with lies in it, or not at all."""
    accesses = decode(encoded)
    lie = random.choice(("none", "none", "half", "shift", "bytes", "absent"))
    if lie == "half":
        return encode(tuple(each for each in accesses if random.random() < 0.5))
    if lie == "shift":
        return encode(tuple(_shifted(each) if random.random() < 0.5 else each for each in accesses))
    if lie == "bytes":
        place = random.randrange(len(encoded))
        return encoded[:place] + bytes([random.randrange(256)]) + encoded[place + 1 :]
    return None if lie == "absent" else encoded


def _shifted(account: AccountChanges) -> AccountChanges:
    return replace(account, balance_changes=tuple(Change(at + 1, value) for at, value in account.balance_changes))


def try_blocks(seeds: range, schedules: int = SCHEDULES) -> Tally:
    """Run blocks by their numbers, up to the first that comes out otherwise."""
    tally = Tally()
    for seed in seeds:
        try:
            found = try_block(seed, schedules)
        except Exception as error:
            found = Tally(differences=[f"random block {seed}: {error!r}"])
        tally.add(found)
        if found.differences:
            tally.differences.insert(0, f"see it again: python -m tests.backends.random_pairs --seed {seed} --pairs 1")
            break
    return tally


def run(seeds: range, jobs: int) -> Tally:
    """Run blocks in several processes, up to the first difference, and say how far it is."""
    chunks = [seeds[start : start + BLOCKS_A_CHUNK] for start in range(0, len(seeds), BLOCKS_A_CHUNK)]
    tally = Tally()
    with ProcessPoolExecutor(jobs) as pool:
        parts = pool.map(try_blocks, chunks) if jobs > 1 else map(try_blocks, chunks)
        for chunk, part in zip(chunks, parts, strict=True):
            tally.add(part)
            if tally.differences:
                pool.shutdown(cancel_futures=True)
                break
            show_progress(tally.counts["pairs"], chunk.stop)
    return tally


def show_progress(pairs: int, following: int) -> None:
    line = f"{pairs} pairs, 0 differences; goes on with --seed {following}"
    if sys.stderr.isatty():
        print(f"\r{line}", end="", file=sys.stderr, flush=True)
    elif following % (20 * BLOCKS_A_CHUNK) == 0:
        print(line, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0, help="number of the first block")
    options = parser.parse_args()
    if options.pairs < 1 or options.jobs < 1:
        parser.error("--pairs and --jobs: expected 1 or more")
    tally = run(range(options.seed, options.seed + -(-options.pairs // SCHEDULES)), options.jobs)
    print(json.dumps({"differences": tally.differences[:20], **dict(sorted(tally.counts.items()))}, indent=2))
    return 1 if tally.differences else 0


if __name__ == "__main__":
    sys.exit(main())
