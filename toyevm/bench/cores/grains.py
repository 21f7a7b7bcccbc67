"""The same arithmetic in tasks of one grain after another, in this process and through an executor, by the clock.

A *grain* is how long one task runs. Three times are taken next to each other, several times over, of the same work:
here, task after task; through the executor, task by task; and through the executor in a few large tasks, which is the
*control*: as fast as these cores are now, when hardly anything is sent. Other programs slow down all three.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from toyevm.backends.processes import burn, usable_cores

GRAINS = (10e-6, 30e-6, 100e-6, 300e-6, 1e-3, 3e-3, 10e-3, 30e-3, 100e-3)  # seconds
MOST_TASKS = 2000  # of a row: those of 10 µs would be ten thousands
CALIBRATION = 20_000  # rounds of `burn`: some milliseconds
CONTROL_SECONDS = 0.1  # of work in a control, at least: for less, starting it would count
CONTROL_TASKS = 8  # for each core: so a core that is slower than the others for a while does fewer


@dataclass(frozen=True)
class GrainRow:
    """What was measured of one grain: medians, in seconds.

    Attributes:
        grain: what was aimed at; `task_seconds` is what a task took in this process.
        sent: bytes that went to the executor with each task, beside the call.
        one: the time in this process, `many` through the executor.
        control: the same work through the executor, in a few large tasks.
    """

    grain: float
    tasks: int
    cores: int
    sent: int
    one: float
    many: float
    control: float

    @property
    def task_seconds(self) -> float:
        return self.one / self.tasks

    @property
    def speedup(self) -> float:
        return self.one / self.many

    @property
    def control_speedup(self) -> float:
        return self.one / self.control

    @property
    def share_of_control(self) -> float:
        return self.control / self.many


@dataclass(frozen=True)
class Control:
    """The speedup of work that shares nothing and sends next to nothing: what these cores give at best, now."""

    cores: int
    seconds: float  # of one task, alone, in this process
    speedup: float


def burn_control(executor: Executor, cores: int | None = None, seconds: float = 0.2, repeats: int = 5) -> Control:
    """Measure what `cores` cores give for work of `seconds` on each; medians of `repeats`."""
    cores = cores or usable_cores()
    rounds = round(seconds * cores * rounds_per_second())
    warm_up(executor, cores)
    pairs = [(timed(lambda: burn(rounds)), run_control(executor, rounds, cores)) for _ in range(repeats)]
    one, many = (median(column) for column in zip(*pairs, strict=True))
    return Control(cores, one / cores, one / many)


def run_grains(
    executor: Executor,
    grains: Sequence[float] = GRAINS,
    cores: int | None = None,
    seconds: float = 0.3,
    repeats: int = 5,
    sent: int = 0,
    progress: Callable[[str], None] = lambda name: None,
) -> list[GrainRow]:
    """Measure one row for each grain.

    Args:
        grains: seconds that a task is to run.
        cores: how many tasks the executor runs at once; all that this computer offers unless told otherwise.
        seconds: of work in a row, about; small grains have less, since a row has at most 2,000 tasks.
        sent: bytes that go with each task.
        progress: is told the name of a row before each look at it.
    """
    return measure_points(
        executor, [(grain, sent) for grain in grains], cores or usable_cores(), seconds, repeats, progress
    )


def measure_points(
    executor: Executor,
    points: Sequence[tuple[float, int]],
    cores: int,
    seconds: float,
    repeats: int,
    progress: Callable[[str], None] = lambda name: None,
) -> list[GrainRow]:
    """Measure a row for each pair of a grain and bytes sent: all of them in turn, again and again.

    So a minute in which something else ran takes a few looks of every row, and not all looks of one.
    """
    warm_up(executor, cores)
    speed = rounds_per_second()
    shapes = [_Shape.of(grain, sent, cores, seconds, speed) for grain, sent in points]
    looks: list[list[tuple[float, float, float]]] = [[] for _ in points]
    for _ in range(repeats):
        for shape, seen in zip(shapes, looks, strict=True):
            progress(f"{shape.grain * 1e6:g} µs" + (f", {shape.sent:,} bytes" if shape.sent else ""))
            seen.append(shape.look(executor, cores))
    return [
        GrainRow(shape.grain, shape.tasks, cores, shape.sent, *(median(times) for times in zip(*seen, strict=True)))
        for shape, seen in zip(shapes, looks, strict=True)
    ]


@dataclass(frozen=True)
class _Shape:
    """What a row does in one look: so many tasks of so many rounds, and a control of so many in all."""

    grain: float
    sent: int
    tasks: int
    rounds: int
    control_rounds: int

    @classmethod
    def of(cls, grain: float, sent: int, cores: int, seconds: float, speed: float) -> _Shape:
        rounds = max(1, round(grain * speed))
        tasks = cores * max(2, min(MOST_TASKS, round(seconds / grain)) // cores)
        return cls(grain, sent, tasks, rounds, max(rounds * tasks, round(CONTROL_SECONDS * speed)))

    def look(self, executor: Executor, cores: int) -> tuple[float, float, float]:
        """Return the seconds in this process, through the executor, and of the control for as much work."""
        load = bytes(self.sent)
        one = timed(lambda: [carry(self.rounds, b"") for _ in range(self.tasks)])
        many = timed(lambda: run_all(executor, carry, [(self.rounds, load)] * self.tasks))
        control = run_control(executor, self.control_rounds, cores)
        return one, many, control * self.rounds * self.tasks / self.control_rounds


def run_control(executor: Executor, rounds: int, cores: int) -> float:
    """Return how many seconds the executor takes for so many rounds of `burn`, in a few tasks for each core."""
    tasks = CONTROL_TASKS * cores
    return timed(lambda: run_all(executor, burn, [(rounds // tasks,)] * tasks))


def carry(rounds: int, load: bytes) -> int:
    """Do the work of one task, which came with `load`."""
    return burn(rounds) + len(load)


def rounds_per_second() -> float:
    """Return how many rounds of `burn` this process does in a second: the median of a few short looks."""
    return CALIBRATION / median(timed(lambda: burn(CALIBRATION)) for _ in range(15))


def warm_up(executor: Executor, cores: int) -> None:
    """Have every process of the executor started, and this module loaded there, before a clock is."""
    for _ in range(3):
        run_all(executor, carry, [(CALIBRATION, b"")] * (2 * cores))


def run_all(executor: Executor, function: Callable[..., object], calls: Sequence[tuple[object, ...]]) -> list[object]:
    """Hand in all calls at once, and return their results in order."""
    futures = [executor.submit(function, *call) for call in calls]
    return [future.result() for future in futures]


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds `work` took, by the clock on the wall."""
    begun = perf_counter()
    work()
    return perf_counter() - begun
