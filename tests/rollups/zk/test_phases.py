"""The prover tells what it is doing, and what it tells changes no byte."""

from __future__ import annotations

from toyevm.rollups.zk.fibonacci import fibonacci_square, fibonacci_trace
from toyevm.rollups.zk.stark import PHASES, StarkParameters, prove


def test_the_prover_tells_its_phases_in_order() -> None:
    statement, trace, told = fibonacci_square(32, 3), fibonacci_trace(32, 3), list[str]()
    parameters = StarkParameters(queries=6, grinding=4, final=4)
    assert prove(statement, trace, parameters, progress=told.append) == prove(statement, trace, parameters)
    assert tuple(told) == PHASES
