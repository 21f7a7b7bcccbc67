"""What is asked of the backends, as one list of faults: empty for those we have, not for any with a seeded bug."""

from __future__ import annotations

from collections.abc import Iterator

from tests.backends.cases import BURN, CASES, INCREMENT, Case, case, sent
from tests.backends.edges import EDGES, ROOM
from tests.backends.golden import abort_faults, fetch_faults, golden_faults
from tests.backends.invariants import broken_invariants
from tests.backends.judge import Outcome, differences, oracle_of, outcome_of
from tests.backends.random_blocks import random_case
from tests.backends.specified import specified_faults
from tests.support.worlds import CONTRACT, NOBODY, OTHER, contract
from toyevm.backends import BACKENDS, Backend, CostModel, Hints, RunConfig, hints_for
from toyevm.backends.block_access_list import ListedRun
from toyevm.errors import InvalidBlock
from toyevm.simulation.costs import GAS_ALONE
from toyevm.simulation.run import Run
from toyevm.simulation.virtual_cores import Incarnation, Process, Simulation
from toyevm.types import BEFORE_BLOCK, Field, Location, Version

PARALLEL = [backend for backend in BACKENDS if backend.kind == "parallel"]
NO_HINTS = Hints((), (), (), b"\xc0")
SHARP = ("more than a word", "out of gas after a write", "one that does not fit and has a wrong nonce")
WILD = CostModel(jitter=300, commit=5_000, contention=20)
THOROUGH = CostModel(validate=2_000)  # while one core checks what was read, there is time for another to come along


def faults(random_blocks: int = 10) -> Iterator[str]:
    """Yield what is wrong, cheap checks first."""
    first = CASES[0]
    yield from straddling_faults()
    yield from outcome_faults(first)
    yield from golden_faults()
    yield from abort_faults()
    yield from fetch_faults()
    yield from time_faults()
    yield from attempt_faults()
    for each, _ in ROOM:
        yield from specified_faults(each)
    for each in sorted((*EDGES, *CASES[1:]), key=_dullness):
        yield from outcome_faults(each)
    for each in map(random_case, range(random_blocks)):
        yield from outcome_faults(each)


def _dullness(case: Case) -> int:
    """Return a place in the order: what alone finds some bug comes first, so that each is found soon."""
    is_full = any(case is each for each, _ in ROOM)
    return SHARP.index(case.name) if case.name in SHARP else len(SHARP) + is_full


def outcome_faults(case: Case) -> Iterator[str]:
    """Run a block on every backend, without hints, with useless ones, and with the truth.

    With the truth, those that wait for what they need have nothing to repeat, unless somebody asks for the fees
    (guided.py); those that are told every value have nothing to repeat at all.
    """
    oracle = oracle_of(case)
    results = () if isinstance(oracle, InvalidBlock) else oracle.result.results
    honest = NO_HINTS if isinstance(oracle, InvalidBlock) else hints_for(case.pre, case.block, case.chain, results)
    fees = Location(case.block.header.coinbase, Field.BALANCE)
    somebody_asks = any(fees in result.read_set for result in results)
    clears = any(key == Field.STORAGE for result in results for _, key in result.write_set)  # no list can say so
    for backend in PARALLEL:
        for cores, seed, hints in ((2, 1, None), (4, 0, NO_HINTS), (16, 3, NO_HINTS), (4, 1, honest)):
            config = RunConfig(case.chain, cores, seed, THOROUGH if cores == 2 else WILD, hints)
            outcome, found = _try(backend, case, config, oracle)
            yield from found
            is_told = hints is honest and backend.hint_kind in ("locks", "edges")
            has_list = hints is honest and backend.hint_kind == "block_access_list"
            must_hold = (is_told and not somebody_asks) or (has_list and not clears)
            if must_hold and isinstance(outcome, Run) and outcome.aborts:
                yield f"{case}, {backend.name}: {outcome.aborts} aborts with honest hints"
            if has_list and isinstance(outcome, ListedRun) and outcome.lies:
                yield f"{case}, {backend.name}: an honest list is said to lie: {outcome.lies[0]}"
            promises = backend.repeats == "none" or (backend.repeats != "any" and not somebody_asks)
            if promises and isinstance(outcome, Run) and outcome.repeats:
                yield f"{case}, {backend.name}: {outcome.repeats} found wrong only when their turn came"


def _try(backend: Backend, block: Case, config: RunConfig, oracle: Outcome) -> tuple[Outcome | None, list[str]]:
    try:
        outcome = outcome_of(backend, block, config)
    except Exception as error:
        return None, [f"{block}, {backend.name}: {error!r}"]
    found = differences(block, outcome, oracle)
    if isinstance(outcome, Run):
        found += broken_invariants(backend.name, block, config, outcome)
    return outcome, [f"{block}, {backend.name}: {one}" for one in found]


def straddling_faults() -> Iterator[str]:
    """Let one transaction read two slots that another writes, one before it has finished and one after."""
    reader = f"PUSH 0 SLOAD {BURN.format(n=4_000)} PUSH 1 SLOAD ADD PUSH 2 SSTORE"
    writer = "PUSH 7 PUSH 0 SSTORE PUSH 8 PUSH 1 SSTORE"
    source = f"CALLDATASIZE PUSH @read JUMPI {writer} STOP read: JUMPDEST {reader}"
    block = case("two reads", {CONTRACT: contract(source)}, sent(0), sent(1, data=b"x", gas_limit=500_000))
    simulation = Simulation(block.pre, block.block, block.chain, cores=2)
    seen: list[Incarnation] = []

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


def time_faults() -> Iterator[str]:
    """Run blocks of which it is plain how fast each backend can be, overhead left out, and is if it uses its cores."""
    transfers = [sent(i, to=bytes([0x70 + i]) * 20, value=1, gas_limit=21_000) for i in range(8)]
    apart = case("nobody meets", {}, *transfers)
    for backend in PARALLEL:
        yield from _slower(backend, apart, 4, 2 * 21_000)
    chain = [sent(7, nonce, to=NOBODY, gas_limit=21_000) for nonce in range(4)]
    fillers = case("a chain at the end", {}, *transfers[:4], *chain)
    yield from _slower(BACKENDS.named("access_list_dag"), fillers, 2, 4 * 21_000)
    code = {CONTRACT: contract(f"CALLDATASIZE PUSH @look JUMPI {BURN.format(n=1_000)} PUSH 7 PUSH 0 SSTORE STOP "
                               f"look: JUMPDEST PUSH 0 SLOAD"), OTHER: contract(BURN.format(n=5_000))}  # fmt: skip
    long = sent(1, to=OTHER, gas_limit=200_000)
    warned = case("a value that changes long before one's turn", code, sent(0), long, sent(2, data=b"x"))
    oracle = oracle_of(warned)
    assert isinstance(oracle, Run)
    yield from _slower(BACKENDS.named("optimistic"), warned, 3, oracle.result.results[1].gas_used)


def attempt_faults() -> Iterator[str]:
    """Run blocks of which it is plain how few attempts they take if nobody runs who is known to be doomed."""
    nonces = case("one sender", {}, *[sent(0, nonce, to=NOBODY, gas_limit=21_000) for nonce in range(8)])
    hot = case("one slot", {CONTRACT: contract(INCREMENT)}, *[sent(i) for i in range(8)])
    long = case("one slot for long", {CONTRACT: contract(INCREMENT)}, *[sent(i % 8, i // 8) for i in range(24)])
    apart = [sent(i % 8, i // 8, to=bytes([0x70 + i]) * 20, value=1, gas_limit=21_000) for i in range(12)]
    chain = [sent(i, gas_limit=300_000) for i in range(4)]
    later = [sent(i % 8, i // 8 + (i % 8 < 4), to=bytes([0x70 + i]) * 20, value=1, gas_limit=21_000) for i in range(24)]
    opens = case("a chain, and then none", {CONTRACT: contract(INCREMENT)}, *chain, *later)
    known = (
        ("adaptive", case("two stretches", {}, *apart), 2, 12),
        ("adaptive", opens, 2, 4 + 3 + 24),  # 3 runs come to nothing; the last 16, after 8 on one core, are not
        *(("optimistic_waiting", nonces, 8, 8), ("optimistic_waiting", hot, 8, 8 + 7)),
        *(("adaptive", nonces, 8, 8), ("adaptive", long, 2, 24 + 4)),  # tried in a stretch of 4
    )
    for name, block, cores, most in known:
        outcome, found = _try(BACKENDS.named(name), block, RunConfig(block.chain, cores), oracle_of(block))
        yield from found
        if isinstance(outcome, Run) and outcome.attempts > most:
            yield f"{block}, {name}: {outcome.attempts} attempts instead of {most}"


def _slower(backend: Backend, block: Case, cores: int, time: int) -> Iterator[str]:
    oracle = oracle_of(block)
    assert isinstance(oracle, Run)
    config = RunConfig(
        block.chain, cores, costs=GAS_ALONE, hints=hints_for(block.pre, block.block, block.chain, oracle.result.results)
    )
    outcome, found = _try(backend, block, config, oracle)
    yield from found
    if isinstance(outcome, Run) and (took := max(span.end for span in outcome.spans)) > time:
        yield f"{block}, {backend.name}: takes {took} instead of {time}"
