"""What is asked of the backends, as one list of faults: empty for those we have, not for any with a seeded bug."""

from __future__ import annotations

from collections.abc import Iterator

from tests.backends.cases import BURN, CASES, Case, case, sent
from tests.backends.judge import differences, oracle_of, outcome_of
from tests.backends.random_pairs import random_case
from tests.support.worlds import CONTRACT, contract
from toyevm.backends import BACKENDS, CostModel, Hints, RunConfig, hints_of
from toyevm.backends.simulate import Attempt, Process, Simulation
from toyevm.errors import InvalidBlock
from toyevm.results import BlockResult
from toyevm.types import BEFORE_BLOCK, Field, Location, Version

PARALLEL = [backend for backend in BACKENDS if backend.kind != "sequential"]
NO_HINTS = Hints((), (), ())
WILD = CostModel(jitter=300)


def faults(random_blocks: int = 40) -> Iterator[str]:
    """Yield what is wrong, cheap checks first."""
    yield from straddling_faults()
    for each in (*CASES, *map(random_case, range(random_blocks))):
        yield from outcome_faults(each)


def outcome_faults(case: Case) -> Iterator[str]:
    """Run a block on every backend, without hints, with useless ones, and with the truth.

    With the truth, those that wait for what they need have nothing to repeat; except who asks for the fees (guided.py).
    """
    oracle = oracle_of(case)
    results = () if isinstance(oracle, InvalidBlock) else oracle.results
    honest = hints_of(results, case.block.header.coinbase)
    fees = Location(case.block.header.coinbase, Field.BALANCE)
    readers = sum(fees in result.read_set for result in results)
    for backend in PARALLEL:
        for cores, seed, hints in ((2, 1, None), (4, 0, NO_HINTS), (16, 3, NO_HINTS), (4, 1, honest)):
            config = RunConfig(case.chain, cores, seed, WILD, hints)
            try:
                outcome = outcome_of(backend, case, config)
            except Exception as error:
                yield f"{case}, {backend.name}: {error!r}"
                continue
            yield from (f"{case}, {backend.name}: {one}" for one in differences(case, outcome, oracle))
            is_told = hints is honest and backend.name in ("declared_locks", "dependency_dag")
            if is_told and isinstance(outcome, BlockResult) and outcome.aborts > readers:
                yield f"{case}, {backend.name}: {outcome.aborts} aborts with honest hints"


def straddling_faults() -> Iterator[str]:
    """Let one transaction read two slots that another writes, one before it has finished and one after."""
    reader = f"PUSH 0 SLOAD {BURN.format(n=4_000)} PUSH 1 SLOAD ADD PUSH 2 SSTORE"
    writer = "PUSH 7 PUSH 0 SSTORE PUSH 8 PUSH 1 SSTORE"
    source = f"CALLDATASIZE PUSH @read JUMPI {writer} STOP read: JUMPDEST {reader}"
    block = case("two reads", {CONTRACT: contract(source)}, sent(0), sent(1, data=b"x", gas_limit=500_000))
    simulation = Simulation(block.pre, block.block, RunConfig(block.chain, cores=2))
    seen: list[Attempt] = []

    def write() -> Process[None]:
        core = simulation.cores[0]
        yield from core.commit((yield from core.execute(0, simulation.ledger.view)))

    def read() -> Process[None]:
        seen.append((yield from simulation.cores[1].execute(1, simulation.ledger.view)))

    clock = simulation.clock
    clock.run(until=clock.all_of([clock.process(write()), clock.process(read())]))
    versions = [seen[0].outcome.reads[Location(CONTRACT, slot)].version for slot in (0, 1)]
    if versions != [BEFORE_BLOCK, Version(0)]:
        yield f"two reads that straddle a publication saw {versions}"
    if simulation.ledger.find_stale(seen[0].outcome) != Location(CONTRACT, 0):
        yield "an attempt that saw half of a transaction is valid"
