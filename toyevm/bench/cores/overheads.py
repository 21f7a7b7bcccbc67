"""What an executor costs: three numbers fitted on measured rows, and the time that they predict for others.

    time = start + ceil(tasks / cores) · (grain / efficiency + per_task + send · bytes)

where `efficiency` is the control's speedup over the number of cores: what the computer itself takes away. The three
numbers are those with the least sum of squared *relative* errors, so that a row of a millisecond counts as much as one
of a second. Whether the model is any good is for rows to say that were not fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from toyevm.bench.cores.grains import GrainRow
from toyevm.errors import InputError

SINGULAR = 1e-12  # of a pivot, where all factors are at most 1


@dataclass(frozen=True)
class Overheads:
    """What an executor costs, in seconds.

    Attributes:
        start: of a run, however many tasks it has.
        per_task: for handing over a task and taking its answer.
        send: for each byte that goes with a task.
        efficiency: the control's speedup, over the number of cores.
    """

    start: float
    per_task: float
    send: float = 0.0
    efficiency: float = 1.0

    def __str__(self) -> str:
        return (
            f"start {self.start * 1e6:.0f} µs, {self.per_task * 1e6:.0f} µs a task, {self.send * 1e9:.2f} ns a byte, "
            f"{self.efficiency:.2f} of each core"
        )


@dataclass(frozen=True)
class PredictedRow:
    """A measured row beside what the model says; `error` is signed, a share of what was measured."""

    row: GrainRow
    predicted: float
    fitted: bool  # the row had a part in the fit

    @property
    def error(self) -> float:
        return self.predicted / self.row.many - 1


def fit_overheads(rows: Sequence[GrainRow]) -> Overheads:
    """Return the overheads that fit the rows best; what would be negative is nothing.

    Raises:
        InputError: fewer rows than numbers to be fitted.
    """
    with_loads = len({row.sent for row in rows}) > 1
    names = ["start", "per_task", "send"] if with_loads else ["start", "per_task"]
    if len(rows) < len(names):
        raise InputError(f"{len(rows)} rows", "fit_overheads", f"at least {len(names)}")
    efficiency = median(row.control_speedup / row.cores for row in rows)
    left = dict.fromkeys(names, 0.0)
    while names:
        found = _least_squares([_equation(row, names) for row in rows])
        if min(found) >= 0:
            left |= zip(names, found, strict=True)
            break
        names.remove(names[found.index(min(found))])
    return Overheads(**left, efficiency=efficiency)


def predict(
    overheads: Overheads, grain: float, tasks: int, cores: int, sent: int = 0, efficiency: float | None = None
) -> float:
    """Return the seconds that `tasks` tasks of `grain` seconds take on `cores` cores by the model.

    Args:
        sent: bytes that go with each task.
        efficiency: the control's, if it is another one by now.
    """
    rounds = -(-tasks // cores)
    each = grain / (efficiency or overheads.efficiency) + overheads.per_task + overheads.send * sent
    return overheads.start + rounds * each


def hold_out(rows: Sequence[GrainRow]) -> list[PredictedRow]:
    """Fit every second row of those without a load, and all with one but the last; predict all."""
    return predict_rows(fitted_rows(rows), rows)


def fitted_rows(rows: Sequence[GrainRow]) -> list[GrainRow]:
    """Return the rows that a fit may see."""
    return [*[row for row in rows if not row.sent][::2], *[row for row in rows if row.sent][::2]]


def predict_rows(seen: Sequence[GrainRow], rows: Sequence[GrainRow]) -> list[PredictedRow]:
    """Return all `rows` with what a model says that was fitted on those `seen`, each with the control of its moment."""
    overheads = fit_overheads(seen)
    return [
        PredictedRow(
            row,
            predict(overheads, row.task_seconds, row.tasks, row.cores, row.sent, row.control_speedup / row.cores),
            row in seen,
        )
        for row in rows
    ]


def break_even(overheads: Overheads, tasks: int, cores: int) -> float:
    """Return the grain, in seconds, above which `tasks` tasks are faster on `cores` cores than in one process.

    Infinite if they never are.
    """
    rounds = -(-tasks // cores)
    gained = tasks - rounds / overheads.efficiency
    return (overheads.start + rounds * overheads.per_task) / gained if gained > 0 else float("inf")


def _equation(row: GrainRow, names: Sequence[str]) -> tuple[list[float], float]:
    """Return the factors of the unknowns and what they must add up to, both over the measured time."""
    rounds = -(-row.tasks // row.cores)
    work = rounds * row.task_seconds * row.cores / row.control_speedup
    factors = {"start": 1.0, "per_task": rounds, "send": rounds * row.sent}
    return [factors[name] / row.many for name in names], (row.many - work) / row.many


def _least_squares(equations: Sequence[tuple[list[float], float]]) -> list[float]:
    """Solve the normal equations by elimination; each unknown is scaled first, as seconds and bytes lie far apart."""
    size = len(equations[0][0])
    scales = [max(abs(factors[i]) for factors, _ in equations) or 1.0 for i in range(size)]
    scaled = [([f / s for f, s in zip(factors, scales, strict=True)], right) for factors, right in equations]
    matrix = [
        [sum(f[i] * f[j] for f, _ in scaled) for j in range(size)] + [sum(f[i] * right for f, right in scaled)]
        for i in range(size)
    ]
    for i in range(size):
        pivot = max(range(i, size), key=lambda k: abs(matrix[k][i]))
        matrix[i], matrix[pivot] = matrix[pivot], matrix[i]
        if abs(matrix[i][i]) < SINGULAR:
            raise InputError("rows that cannot tell the overheads apart", "fit_overheads", "several numbers of tasks")
        for k in range(size):
            if k != i:
                factor = matrix[k][i] / matrix[i][i]
                matrix[k] = [a - factor * b for a, b in zip(matrix[k], matrix[i], strict=True)]
    return [matrix[i][size] / matrix[i][i] / scales[i] for i in range(size)]
