"""What two processes should take by the model that was fitted on the recorded rows, and what one process takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from toyevm.bench.cores import GrainRow, PredictedRow, fit_overheads, predict
from toyevm.bench.cores.overheads import fitted_rows
from toyevm.errors import InputError
from toyevm.teaching.lab.turns import repeat
from toyevm.teaching.lessons.real_cores.records import ROWS, START

CORES = 2
GRAINS = tuple(round(row.grain * 1e6) for row in ROWS)  # microseconds
COUNTS = (1, 2, 3, 4, 10, 50, 150, 500, 2000)
ABOUT = 3  # "about so many" tasks: at most three times as many, at least a third
_FIT = fit_overheads(fitted_rows(ROWS))
FITTED = replace(_FIT, start=round(_FIT.start, 4), per_task=round(_FIT.per_task, 6))  # as printed: anyone can add it up


def predict_record() -> list[PredictedRow]:
    """Return the recorded rows with what the model says of each, with the control of its moment."""
    seen = fitted_rows(ROWS)
    return [
        PredictedRow(
            row, predict(FITTED, row.task_seconds, row.tasks, CORES, 0, row.control_speedup / CORES), row in seen
        )
        for row in ROWS
    ]


@dataclass(frozen=True)
class GrainChoice:
    """So many tasks of one grain, in microseconds, and whether the two processes are running already.

    Raises:
        InputError: a grain, a number of tasks or a way to start that is out of range.
    """

    grain: int
    tasks: int
    start: str = "running"

    def __post_init__(self) -> None:
        if type(self.grain) is not int or not 1 <= self.grain <= 10**7:
            raise InputError(f"a grain of {repeat(self.grain)}", expected="a whole number of µs from 1 to 10,000,000")
        if type(self.tasks) is not int or not 1 <= self.tasks <= 10**6:
            raise InputError(f"tasks: {repeat(self.tasks)}", expected="a whole number from 1 to 1,000,000")
        if not isinstance(self.start, str) or self.start not in START:
            raise InputError(f"a start {repeat(self.start)}", expected=" | ".join(START))

    @property
    def one(self) -> float:
        """Seconds in one process."""
        return self.grain * self.tasks / 1e6

    @property
    def two(self) -> float:
        """Seconds on two processes, by the model."""
        return START[self.start] + predict(FITTED, self.grain / 1e6, self.tasks, CORES)

    @property
    def speedup(self) -> float:
        return self.one / self.two

    @property
    def recorded(self) -> GrainRow | None:
        """The recorded row of this grain, if there is one."""
        return next((row for row in ROWS if round(row.grain * 1e6) == self.grain), None)

    @property
    def setting(self) -> list[str]:
        """What is chosen, and all that the model adds up; not what comes out."""
        rounds = -(-self.tasks // CORES)
        each = f"{in_time(self.grain / 1e6 / FITTED.efficiency)} + {FITTED.per_task * 1e6:.0f} µs"
        starting = f"{in_time(START[self.start])} to start them, {FITTED.start * 1e3:.1f} ms once"
        return [
            f"{self.tasks:,} task{'s' * (self.tasks > 1)} of {in_time(self.grain / 1e6)}, processes {self.start}",
            f"one process: {in_time(self.one)}",
            f"two processes: {starting}, {rounds:,} round{'s' * (rounds > 1)} of {each}",
        ]

    @property
    def outcome(self) -> list[str]:
        """What comes out: the model's time, the record beside it, and which is faster by the model."""
        speedup = f"{self.speedup:.2f}" if self.speedup >= 0.01 else "below 0.01"
        said = [f"two processes: {in_time(self.two)} in all, speedup {speedup} (simulated)"]
        if self.recorded is not None:
            row = self.recorded
            said.append(f"recorded of this grain, {row.tasks:,} tasks, processes running: {row.speedup:.2f}")
        return [*said, f"the model says: two processes are {self.verdict} than one"]

    @property
    def verdict(self) -> str:
        """What the model says of two processes: "faster" or "slower"."""
        return _verdict(self.speedup)

    @property
    def record_says(self) -> str:
        """What was recorded of about so many tasks of this grain: "faster" or "slower"; "" where nothing was."""
        row = self.recorded
        if row is None or self.start != "running" or not row.tasks <= ABOUT * self.tasks <= ABOUT**2 * row.tasks:
            return ""
        return _verdict(row.speedup)


def _verdict(speedup: float) -> str:
    return "slower" if speedup < 1 else "faster"


def read_grain(words: str) -> int | None:
    """Return a time with its unit in whole microseconds, or None where this says none.

    >>> read_grain("10 ms"), read_grain("0.3 ms"), read_grain("1 s"), read_grain("10")
    (10000, 300, 1000000, None)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(s|ms|µs|μs|us)\s*", words)
    if found is None:
        return None
    return round(float(found[1]) * {"s": 1e6, "ms": 1e3}.get(found[2], 1))


def in_time(seconds: float) -> str:
    """Return a time with three digits and its unit.

    >>> in_time(0.0801), in_time(0.00003), in_time(2)
    ('80.1 ms', '30 µs', '2 s')
    """
    if seconds == 0:
        return "0 ms"
    if seconds >= 1_000:
        return f"{seconds:,.0f} s"
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.2g} µs"


def grain_table(rows: Sequence[GrainRow]) -> str:
    """Return rows as a table: grain, tasks, the times of one process, of several and of the control, both speedups."""
    lines = ["  grain    tasks   one process   processes    control   speedup   control's speedup"]
    lines += [
        f"{in_time(row.grain):>7} {row.tasks:>8,} {in_time(row.one):>13} {in_time(row.many):>11}"
        f" {in_time(row.control):>10} {row.speedup:>9.2f} {row.control_speedup:>19.2f}"
        for row in rows
    ]
    return "\n".join(lines)
