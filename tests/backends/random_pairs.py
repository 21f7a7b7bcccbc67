"""Random blocks under random schedules: every backend against the sequential one.

    python -m tests.backends.random_pairs --pairs 20000 --jobs 2

A pair is a block and a schedule (cores, costs, seed, hints); every backend runs every pair. Prints a histogram of what
the pairs contained, because pairs without conflicts prove little, and exits with 1 if anything differs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from tests.backends.cases import KEYS, PEOPLE, POOR_KEY, Case, people
from tests.backends.invariants import broken_invariants
from tests.backends.judge import differences, oracle_of, outcome_of
from tests.support.chains import block_of
from tests.support.forks import FORKS_WITH_RULES
from tests.support.worlds import BASE_FEE, COINBASE, CONTRACT, NOBODY, OTHER, THIRD, authorize, call, signed
from toyevm.access_lists import AccountChanges, Change, decode, encode
from toyevm.analysis.dependencies import dependency_graph
from toyevm.assembler import assemble
from toyevm.backends import BACKENDS, CostModel, Hints, RunConfig, hints_for
from toyevm.chain import ChainConfig
from toyevm.errors import InvalidBlock
from toyevm.forks import LONDON, Fork
from toyevm.simulation.run import Run
from toyevm.state import Account
from toyevm.transactions import SET_CODE, Transaction

SCHEDULES = 4  # of each block
CONTRACTS = (CONTRACT, OTHER, THIRD)
PLACES = (*CONTRACTS, NOBODY, COINBASE, *PEOPLE[:2])
INIT_CODES = ("33ff", "600160005560016000f3", "600054600055", "fe", "")
PARALLEL = [backend for backend in BACKENDS if backend.kind != "sequential"]


def snippet(random: Random) -> str:
    """Return a few instructions that read, write, call, create, burn gas or fail."""
    slot, other, place = random.randrange(3), random.randrange(3), random.choice(PLACES)
    target = f"PUSH 0x{place.hex()}"
    init_code = bytes.fromhex(random.choice(INIT_CODES)).ljust(32, b"\1").hex()
    create = f"PUSH 0x{init_code} PUSH 0 MSTORE {{salt}} PUSH 32 PUSH 0 PUSH {random.randrange(2)} {{name}} POP"
    return random.choice(
        (
            *(f"PUSH {slot} SLOAD PUSH 1 ADD PUSH {slot} SSTORE",) * 4,
            *(f"PUSH {slot} SLOAD PUSH {other} SSTORE",) * 2,
            f"PUSH {random.randrange(3)} PUSH {slot} SSTORE",
            f"PUSH {slot} SLOAD DUP1 SSTORE" if random.random() < 0.5 else f"CALLER PUSH {slot} SLOAD SSTORE",
            f"{target} BALANCE PUSH {slot} SSTORE",
            f"{target} EXTCODEHASH PUSH {slot} SSTORE",
            f"SELFBALANCE PUSH {slot} SSTORE",
            f"{call(place)} POP",
            f"{call(place, value=1)} PUSH {slot} SSTORE",
            f"{call(place, gas='PUSH 9000')} POP",
            create.format(salt="", name="CREATE"),
            create.format(salt="PUSH 7", name="CREATE2"),
            f"PUSH 0 PUSH 0 PUSH 0 PUSH 0 {target} GAS DELEGATECALL POP",
            f"PUSH {slot} SLOAD PUSH 1 AND PUSH @on{{n}} JUMPI PUSH 0 PUSH 0 REVERT on{{n}}: JUMPDEST",
            f"PUSH {random.randrange(1, 150)} burn{{n}}: JUMPDEST PUSH 1 SWAP1 SUB DUP1 PUSH @burn{{n}} JUMPI POP",
            f"PUSH {slot} SLOAD PUSH 3 AND PUSH @out{{n}} JUMPI {target} SELFDESTRUCT out{{n}}: JUMPDEST",
            f"{target} SELFDESTRUCT" if random.random() < 0.3 else "GAS PUSH 0 SSTORE",
            "INVALID" if random.random() < 0.3 else f"PUSH {slot} SLOAD PUSH 0 MSTORE PUSH 32 PUSH 0 LOG0",
        )
    )


def contract_of(random: Random) -> Account:
    source = " ".join(snippet(random).replace("{n}", str(i)) for i in range(random.randrange(1, 5)))
    storage = {slot: random.randrange(1, 4) for slot in range(3) if random.random() < 0.4}
    return Account(nonce=1, balance=random.randrange(5), code=assemble(source, LONDON), storage=storage)


def random_case(seed: int) -> Case:
    """Return the block with this number: 2 to 8 transactions of few senders on few contracts."""
    random = Random(seed)
    fork, count = random.choice(FORKS_WITH_RULES), random.randrange(2, 9)
    nonces: Counter[int] = Counter()
    transactions = [_transaction(random, fork, nonces) for _ in range(count)]
    if random.random() < 0.06:
        place = random.randrange(count)
        transactions[place] = signed(random.choice((POOR_KEY, KEYS[6])), nonce=random.randrange(2), to=NOBODY)
    pre = people({address: contract_of(random) for address in CONTRACTS})
    coinbase = random.choice((*(COINBASE,) * 6, PEOPLE[0], CONTRACT, NOBODY))
    gas_limit = random.choice((*(30_000_000,) * 15, 500_000))
    block = block_of(fork, *transactions, coinbase=coinbase, gas_limit=gas_limit)
    return Case(f"random block {seed}", pre, block, ChainConfig(fork=fork))


def _transaction(random: Random, fork: Fork, nonces: Counter[int]) -> Transaction:
    sender = random.randrange(5)
    fields = {
        "nonce": nonces[sender],
        "to": random.choice((*CONTRACTS, *CONTRACTS, *PLACES)),
        "value": random.choice((0, 0, 0, 1, 10**18)),
        "data": bytes(random.randrange(3)),
        "gas_limit": random.choice((26_200, 45_000, 80_000, 150_000, 150_000)),
        "max_fee_per_gas": BASE_FEE + random.randrange(3),
    }
    nonces[sender] += 1
    if fork.set_code and random.random() < 0.15:
        authority = random.randrange(5)
        signer, nonce = KEYS[authority], nonces[authority]
        fields |= {"type": SET_CODE, "to": random.choice(PLACES), "gas_limit": 200_000}
        fields["authorizations"] = (authorize(signer, random.choice(CONTRACTS), nonce),)
        nonces[authority] += 1
    return signed(KEYS[sender], **fields)


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
    is_invalid = isinstance(oracle, InvalidBlock)
    coinbase = case.block.header.coinbase
    edges = () if is_invalid else dependency_graph(oracle.result.results, fee_recipient=coinbase).dependencies
    for _ in range(schedules):
        config = random_schedule(random, case, oracle)
        aborts = {}
        for backend in PARALLEL:
            outcome = outcome_of(backend, case, config)
            aborts[backend.name] = 0 if isinstance(outcome, InvalidBlock) else outcome.aborts
            found = differences(case, outcome, oracle)
            if isinstance(outcome, Run):
                found += broken_invariants(backend.name, case, config, outcome)
            tally.differences += [f"{case} {backend.name} {config}: {one}" for one in found]
        tally.counts["pairs"] += 1
        tally.counts["invalid block"] += is_invalid
        tally.counts["with a conflict"] += bool(edges)
        tally.counts["with an abort"] += any(aborts.values())
        tally.counts.update(f"with an abort in {name}" for name, count in aborts.items() if count)
        tally.counts[f"{min(len({edge[1] for edge in edges}), 6)} transactions wait"] += not is_invalid
    return tally


def random_schedule(random: Random, case: Case, oracle: Run | InvalidBlock) -> RunConfig:
    """Return a number of cores, costs, a seed, and perhaps hints, right or wrong."""
    costs = CostModel(
        gas=1,
        read=random.choice((0, 10, 5_000)),
        validate=random.choice((0, 5, 3_000)),
        commit=random.choice((0, 10, 20_000)),
        schedule=random.choice((0, 100, 50_000)),
        jitter=random.choice((0, 20, 300)),
        contention=random.choice((0, 0, 50)),
    )
    hints = None
    if not isinstance(oracle, InvalidBlock) and random.random() < 0.5:
        honest = hints_for(case.pre, case.block, case.chain, oracle.result.results)
        parts = [list(part or ()) for part in (honest.locks, honest.edges, honest.access_lists)]
        if random.random() < 0.7:
            for part in parts:
                random.shuffle(part)
                del part[random.randrange(len(part) + 1) :]
        hints = Hints(*map(tuple, parts), block_access_list=_told(random, honest.block_access_list or b""))
    return RunConfig(case.chain, random.choice((1, 2, 2, 3, 4, 8, 16)), random.randrange(2**32), costs, hints)


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
    tally = Tally()
    for seed in seeds:
        tally.add(try_block(seed, schedules))
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--first", type=int, default=0, help="number of the first block")
    options = parser.parse_args()
    last = options.first + -(-options.pairs // SCHEDULES)
    chunks = [range(start, min(start + 50, last)) for start in range(options.first, last, 50)]
    tally = Tally()
    with ProcessPoolExecutor(options.jobs) as pool:
        for part in pool.map(partial(try_blocks, schedules=SCHEDULES), chunks):
            tally.add(part)
            if sys.stderr.isatty():
                print(f"\r{tally.counts['pairs']} pairs", end="", file=sys.stderr, flush=True)
    print(json.dumps({"differences": tally.differences[:20], **dict(sorted(tally.counts.items()))}, indent=2))
    return 1 if tally.differences else 0


if __name__ == "__main__":
    sys.exit(main())
