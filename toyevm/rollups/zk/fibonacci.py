"""The square Fibonacci sequence, as a trace and its AIR: the smallest thing that the engine can prove."""

from __future__ import annotations

from toyevm.rollups.zk.air import Air, BoundaryConstraint
from toyevm.rollups.zk.field import Elements, P, elements


def fibonacci_trace(rows: int, second: int) -> Elements:
    """Return the trace whose row k has a(k) and a(k + 1).

    >>> fibonacci_trace(4, 3).tolist()
    [[1, 3], [3, 10], [10, 109], [109, 11981]]
    """
    a, b, trace = 1, second, []
    for _ in range(rows):
        trace.append((a, b))
        a, b = b, (a * a + b * b) % P
    return elements(trace)


def fibonacci_square(rows: int, second: int, result: int | None = None) -> Air:
    """Return the AIR of a(k + 2) = a(k)^2 + a(k + 1)^2 from 1 and `second`, its k-th row being a(k) and a(k + 1).

    The sequence of stark101. The value of the last row is public; by default it is computed.
    """
    if result is None:
        result = int(fibonacci_trace(rows, second)[-1, 1])
    return Air(
        name="fibonacci square",
        width=2,
        degree=2,
        transition_count=2,
        transitions=lambda now, following, _: [
            following[0] - now[1],
            following[1] - now[0] * now[0] - now[1] * now[1],
        ],
        boundary=(
            BoundaryConstraint(0, 0, 1),
            BoundaryConstraint(0, 1, second),
            BoundaryConstraint(rows - 1, 1, result),
        ),
        looks_ahead=(0, 1),
    )
