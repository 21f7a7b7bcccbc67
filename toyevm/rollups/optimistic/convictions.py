"""What a dispute has shown, in one sentence: transaction, opcode, location, value read, value that is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.one_step.describe import NextStep, next_step
from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.posted_trace import PostedTrace
from toyevm.transition import CheckedTransaction
from toyevm.types import Location, Value


@dataclass(frozen=True)
class Conviction:
    """The first step at which a producer's states are not the true ones.

    Attributes:
        item: of the block; `tx_index` is None if it is no transaction.
        step: that was to be done.
        location: that was read with another value than is there; None if all was read right.
    """

    item: int
    tx_index: int | None
    at: int
    step: NextStep
    location: Location | None
    was_read: Value | None
    is_there: Value | None

    def sentence(self, name: Callable[[Location], str] = str) -> str:
        """Say it; `name` puts a location into words."""
        who = f"item {self.item}" if self.tx_index is None else f"transaction {self.tx_index}"
        return f"{who}: {self.fault(name)}"

    def fault(self, name: Callable[[Location], str] = str) -> str:
        """Say what went wrong, but not where in the block."""
        what = SURROUNDINGS.get(self.step.name.split()[0], self.step.name)
        where = f"micro-step {self.at}"
        if self.step.address:
            where += f", pc {self.step.pc}"
        if self.location is None:
            return f"{where}: after {what}, the state is not the posted one"
        read, there = _show(self.was_read), _show(self.is_there)
        return f"{where}: {what} read {read} at {name(self.location)}, not {there}"


SURROUNDINGS = {
    "done": "the beginning",
    "before": "what comes before the code",
    "run": "the payment for gas",
    "clean": "the removal of empty accounts",
}


def convict(truth: BlockTrace, posted: PostedTrace) -> Conviction | None:
    """Return the step at which what is posted goes wrong, as a bisection finds it; None if it does not."""
    item = next((i for i in range(len(truth.items)) if truth.states[i + 1].hash != posted.states[i + 1].hash), None)
    if item is None:
        return None
    own, other = BlockStates(truth), StepsOf(posted, item)
    at = first_difference(lambda at: own.state(item, at) == other.hash(at), 2 ** own.height(item)) - 1
    step = next_step(own.node(item, at), own.steps(item).context)
    tx_index = None
    if isinstance(truth.items[item], CheckedTransaction):
        tx_index = sum(isinstance(one, CheckedTransaction) for one in truth.items[:item])
    return Conviction(item, tx_index, at, step, *_misread(truth, posted, item, step.location))


class StepsOf:
    """The posted states within an item; where the producer's machine leads elsewhere, the posted end counts."""

    def __init__(self, posted: PostedTrace, item: int) -> None:
        self.steps, self.end = posted.steps(item), posted.states[item + 1]

    def hash(self, at: int) -> bytes:
        return self.end.hash if at >= self.steps.count else self.steps.state(at).hash


def first_difference(is_equal: Callable[[int], bool], last: int) -> int:
    """Return, by halving, a number that is not equal behind one that is; 0 is, and `last` is taken not to be."""
    lo, hi = 0, last
    while hi - lo > 1:
        middle = (lo + hi) // 2
        lo, hi = (middle, hi) if is_equal(middle) else (lo, middle)
    return hi


def _misread(
    truth: BlockTrace, posted: PostedTrace, item: int, place: Location | None
) -> tuple[Location | None, Value | None, Value | None]:
    """Return what was read and is not there: where the step looks, or else the first there is."""
    result = posted.results[item]
    reads = {} if result is None else {at: read.value for at, read in result.read_set.items()}
    stale = [at for at, value in reads.items() if value != truth.worlds[item].read(at).value]
    if not stale:
        return None, None, None
    found = place if place is not None and place in stale else stale[0]
    return found, reads[found], truth.worlds[item].read(found).value


def _show(value: Value | None) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else f"{value:,}"
