from collections.abc import Callable

import numpy as np
import pytest

from toyevm.rollups.zk import air, extension, fibonacci, field


def base(rows: list[list[int]]) -> air.Columns:
    return air.Columns(field.elements(rows))


def extended(rows: list[list[int]]) -> air.Columns:
    return air.Columns(extension.embed(field.elements(rows)))


@pytest.mark.parametrize("make", [base, extended])
def test_columns_of_either_field_calculate_alike(make: Callable[[list[list[int]]], air.Columns]) -> None:
    a, b = make([[1, 2], [3, field.P - 1]]), make([[5, 6], [7, 8]])
    matrix = field.elements([[1, 1], [0, 2]])
    found = [a + b, a - b, a * b, 2 - a, 3 * a + 1, a[1] * b[0], b[0:1], b.mixed(matrix)]
    exact = [
        [[6, 8], [10, 7]],
        [[-4, -4], [-4, -9]],
        [[5, 12], [21, -8]],
        [[1, 0], [-1, 3]],
        [[4, 7], [10, -2]],
        [[15, -6]],
        [[5, 6]],
        [[12, 14], [14, 16]],
    ]
    for one, values in zip(found, exact):
        assert one.values.tolist() == make(values).values.tolist()


def test_a_right_trace_breaks_nothing_and_each_wrong_cell_breaks_what_it_touches() -> None:
    statement, trace = fibonacci.fibonacci_square(8, 3), fibonacci.fibonacci_trace(8, 3)
    assert air.broken_constraints(statement, trace) == []
    trace[0, 1] = 4
    assert air.broken_constraints(statement, trace) == [("boundary", 0, 1), ("transition", 0, 0), ("transition", 0, 1)]
    assert trace.dtype == np.uint64
