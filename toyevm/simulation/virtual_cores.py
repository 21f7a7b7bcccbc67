"""Virtual cores: real executions at simulated times.

A core runs a transaction's machine to its next access to the state, sleeps what that has cost in virtual time, and then
reads the version that is visible *then*. Nobody sees what it wrote before it has finished. So what a transaction
reads depends on when it ran, as on a real machine, and yet everything is repeatable: the clock is SimPy's, and chance,
if there is any, comes from the run's seed.

A backend is a SimPy process. `speculate_on_all` and `on_every_core` share out its work; `news` lets a core wait, and
`announce` wakes it; a core can `execute`, `validate` and `commit`. What takes time stands behind `yield from`. A
backend whose threads are cut into steps lets each core `follow` a thread, and `commit_all` makes final what came of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from toyevm.blocks import Block
from toyevm.chain import ChainConfig
from toyevm.results import BlockResult
from toyevm.simulation.conversation import Conclusion, Conversation, conversation
from toyevm.simulation.costs import DEFAULT_COSTS, CostModel, check_cores
from toyevm.simulation.ledger import Ledger
from toyevm.simulation.run import Run, TaskSpan
from toyevm.simulation.transcripts import Transcripts
from toyevm.state import StateView, WorldState
from toyevm.types import Location, Version

if TYPE_CHECKING:
    from simpy import Event

T = TypeVar("T")
Process: TypeAlias = "Generator[Event, Any, T]"  # what takes virtual time before it returns a T


@dataclass(frozen=True)
class Incarnation:
    """One execution of a transaction: what it came to, and which of the spans it was."""

    version: Version
    outcome: Conclusion
    span: int

    @property
    def tx_index(self) -> int:
        return self.version.tx_index


_NO_OUTCOME = Conclusion({})


class Simulation:
    """A block on virtual cores: a clock, the cores, the ledger they commit to, and a record of what ran when."""

    def __init__(
        self,
        pre: WorldState,
        block: Block,
        chain: ChainConfig,
        cores: int,
        seed: int = 0,
        costs: CostModel = DEFAULT_COSTS,
        transcripts: Transcripts | None = None,
    ) -> None:
        import simpy

        check_cores(cores)
        self.block, self.costs, self.transcripts = block, costs, transcripts
        self.ledger = Ledger(pre, block, chain)
        self.clock = simpy.Environment()
        self.cores = [Core(self, number) for number in range(cores)]
        self.spans: list[TaskSpan] = []
        self.incarnations: Counter[int] = Counter()
        self.repeats = 0  # executions that were found wrong only when their turn came
        self.arrivals: dict[Location, int] = {}  # when what was sent for came from disk, or will come
        self._news = self.clock.event()
        self._end = self.clock.event()  # before the block is complete: something is wrong with it
        self._error: Exception | None = None
        self._random = Random(seed) if seed else None

    def run(self, process: Process[None]) -> Run:
        """Let the process run to its end, close the block, and return what came of it."""
        self.clock.run(until=self.clock.any_of([self.clock.process(process), self._end]))
        if self._error is not None:
            raise self._error
        requests = self.ledger.close()
        runs = [span for span in self.spans if span.kind in ("execute", "dry run")]
        result = BlockResult(tuple(self.ledger.results), self.ledger.view.diff(), requests)
        return Run(
            result,
            tuple(self.spans),
            attempts=len(runs),
            aborts=sum(span.aborted for span in runs),
            repeats=self.repeats,
        )

    def converse(self, tx_index: int) -> Conversation:
        """Begin the execution of a transaction."""
        tx = self.block.transactions[tx_index]
        return (self.transcripts.conversation if self.transcripts else conversation)(self.ledger.env, tx)

    def on_every_core(self, work: Callable[[Core], Process[None]]) -> Process[None]:
        """Start this work on every core, and wait for all of them."""
        yield self.clock.all_of([self.clock.process(work(core)) for core in self.cores])

    def speculate_on_all(self, kind: str = "execute") -> Process[list[Incarnation]]:
        """Execute every transaction on what is committed now; whichever core is free takes the lowest that is left."""
        attempts: dict[int, Incarnation] = {}
        left = iter(range(len(self.block.transactions)))

        def work(core: Core) -> Process[None]:
            for tx_index in left:
                attempts[tx_index] = yield from core.execute(tx_index, self.ledger.view, kind)

        yield from self.on_every_core(work)
        return [attempts[tx_index] for tx_index in sorted(attempts)]

    def commit_all(
        self,
        attempts: Mapping[int, tuple[Version, Conclusion]],
        causes: Mapping[Version, Location],
        settle: Callable[[int, Conclusion, StateView], Conclusion],
    ) -> Process[None]:
        """Make final, in the order of the block and in no time, what threads have come to; mark what came to nothing.

        An outcome that is not valid is found out here, and its transaction runs again; these are counted.

        Args:
            causes: the versions that came to nothing, each with the location that was to blame.
            settle: completes an outcome from the state that it meets when its turn comes.
        """
        runs = {
            Version(span.tx_index, span.incarnation): number
            for number, span in enumerate(self.spans)
            if span.kind == "execute"
        }
        for version, cause in causes.items():
            self.abort(Incarnation(version, _NO_OUTCOME, runs[version]), cause)
        core = self.cores[0]
        for tx_index in sorted(attempts):
            version, early = attempts[tx_index]
            outcome = settle(tx_index, early, self.ledger.view)
            self.incarnations[tx_index] = version.incarnation + 1
            attempt = Incarnation(version, outcome, runs[version])
            stale = self.ledger.find_stale(outcome)
            if stale is not None:
                self.abort(attempt, stale)
                attempt = yield from core.execute(tx_index, self.ledger.view)
                self.repeats += 1
            yield from core.commit(attempt, is_written=True)

    def news(self) -> Event:
        """Return what a core without work waits for: the next `announce`."""
        return self._news

    def announce(self) -> None:
        """Wake all cores that wait for work: there may be some now."""
        self._news.succeed()
        self._news = self.clock.event()

    def give_up(self, error: Exception) -> Event:
        """End the run with an error; return what the core that found it waits for, in vain.

        An error that a process raises itself is handed on by SimPy as a copy, which may lack its fields.
        """
        self._error = error
        self._end.succeed()
        return self.clock.event()

    def abort(self, attempt: Incarnation, cause: Location) -> None:
        """Throw an attempt away because at `cause` it has met an estimate, or a version that is not the right one."""
        self.spans[attempt.span] = replace(self.spans[attempt.span], aborted=True, cause=cause)

    def stretch(self, time: int) -> int:
        """Return how long a piece of work really takes."""
        costs = self.costs
        if not costs.contention and self._random is None:
            return time
        time += time * costs.contention * (len(self.cores) - 1) // 1000
        return time + (time * self._random.randint(0, costs.jitter) // 100 if self._random else 0)


class Core:
    """One virtual core: it does one thing at a time, and each takes time."""

    def __init__(self, simulation: Simulation, number: int) -> None:
        self.simulation, self.number = simulation, number
        self.costs, self.ledger = simulation.costs, simulation.ledger

    def spend(self, time: int) -> Event:
        """Return what a core waits for that is busy for this time."""
        return self.simulation.clock.timeout(self.simulation.stretch(time))

    def execute(self, tx_index: int, view: StateView, kind: str = "execute") -> Process[Incarnation]:
        """Execute a transaction from the beginning, reading through `view` at the time of each access."""
        simulation, costs = self.simulation, self.costs
        start, incarnation = self.now, simulation.incarnations[tx_index]
        if kind == "execute":
            simulation.incarnations[tx_index] += 1
        yield self.spend(costs.schedule)
        talk, spent, accesses = simulation.converse(tx_index), 0, []
        try:
            access = next(talk)
            while True:
                accesses.append(access)
                yield self.spend(costs.running(max(0, access.gas_used - spent), reads=1))
                if costs.fetch:
                    yield from self.fetch(access.location)
                spent = max(spent, access.gas_used)
                access = talk.send(view.read(access.location))
        except StopIteration as stop:
            outcome: Conclusion = stop.value
        yield self.spend(costs.running(max(0, outcome.gas - spent), reads=0))
        version = Version(tx_index, incarnation)
        return Incarnation(version, outcome, self.note(start, version, kind, tuple(accesses)))

    def validate(self, attempt: Incarnation) -> Process[bool]:
        """Compare every version that an attempt has seen with the final one; throw it away if one differs."""
        start = self.now
        yield self.spend(self.costs.validate * len(attempt.outcome.reads))
        self.note(start, attempt.version, "validate")
        stale = self.ledger.find_stale(attempt.outcome)
        if stale is not None:
            self.simulation.abort(attempt, stale)
        return stale is None

    def commit(self, attempt: Incarnation, *, is_written: bool = False) -> Process[None]:
        """Write the outcome of the head into the ledger; `is_written`: its values are in place, so it takes no time."""
        start, result = self.now, attempt.outcome.result
        if not is_written:
            yield self.spend(self.costs.commit * (len(result.write_set) if result else 0))
        self.note(start, attempt.version, "commit")
        try:
            self.ledger.commit(attempt.version, attempt.outcome)
        except Exception as error:  # the block is invalid, or its execution fails whoever does it
            yield self.simulation.give_up(error)

    @property
    def now(self) -> int:
        return int(self.simulation.clock.now)

    def fetch(self, location: Location) -> Process[None]:
        """Wait until a location has come from disk: the first to ask sends for it, the others wait for the same."""
        arrivals, simulation = self.simulation.arrivals, self.simulation
        if location not in arrivals:
            arrivals[location] = self.now + simulation.stretch(self.costs.fetch)
        yield simulation.clock.timeout(max(0, arrivals[location] - self.now))

    def note(self, start: int, version: Version, kind: str, accesses: tuple[tuple[Location, int], ...] = ()) -> int:
        """Remember a piece of work that began at `start` and ends now; return its number."""
        tx_index, incarnation = version
        span = TaskSpan(self.number, tx_index, incarnation, start, self.now, kind, accesses=accesses)
        self.simulation.spans.append(span)
        return len(self.simulation.spans) - 1
