"""What things cost on a virtual core: the one place that knows how time follows from gas and reads."""

from __future__ import annotations

from dataclasses import dataclass, fields

from toyevm.errors import InputError

MOST_CORES = 4_096  # each is a process of the simulation


def check_cores(cores: int) -> None:
    """Refuse what is no number of virtual cores.

    Raises:
        InputError: with what was expected.
    """
    if type(cores) is not int or not 1 <= cores <= MOST_CORES:
        raise InputError(f"{cores!r} cores", expected=f"a whole number, 1 to {MOST_CORES:,}")


@dataclass(frozen=True)
class CostModel:
    """What things cost on a virtual core. The unit of time is that of one unit of gas, a few nanoseconds.

    The defaults are guesses at what a lookup, a comparison or a hand-over between threads takes beside that: about one
    per cent of a transfer. Set them to 0 to see the algorithm alone, or much higher to see what it pays for.

    Raises:
        InputError: a cost that is negative, or no whole number.
    """

    gas: int = 1  # for each unit of gas, refunds not deducted: they undo no work; the floor of calldata counts
    read: int = 10  # to look a location up, the first time a transaction asks for it
    fetch: int = 0  # to get a location from disk, once in a block; who asks while it is on its way waits for the rest
    validate: int = 5  # to compare the version of one read
    commit: int = 10  # to write one location
    schedule: int = 100  # to hand a task to a core
    contention: int = 0  # by how many thousandths each further core slows all of them down, even one that is idle
    jitter: int = 20  # by how many per cent a piece of work may take longer than it should; none with seed 0

    def __post_init__(self) -> None:
        for name, cost in ((field.name, getattr(self, field.name)) for field in fields(self)):
            if type(cost) is not int or cost < 0:
                raise InputError(f"{name}={cost!r}", "costs", "a whole number from 0")

    def running(self, gas: int, reads: int) -> int:
        """Return the time in which a transaction uses so much gas and looks up so many locations."""
        return self.gas * gas + self.read * reads


DEFAULT_COSTS = CostModel()
GAS_ALONE = CostModel(read=0, validate=0, commit=0, schedule=0)  # a machine that has everything at hand
