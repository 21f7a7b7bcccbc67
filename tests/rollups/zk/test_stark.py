import dataclasses

import pytest

from toyevm.rollups.zk import air, fibonacci, stark

SMALL = stark.StarkParameters(blowup=4, queries=6, grinding=4, final=4)


@pytest.mark.parametrize("rows", [4, 8, 64, 128])
@pytest.mark.parametrize("blowup", [2, 4, 8])
def test_the_proof_of_a_right_trace_is_accepted(rows: int, blowup: int) -> None:
    parameters = dataclasses.replace(SMALL, blowup=blowup)
    statement, trace = fibonacci.fibonacci_square(rows, 3), fibonacci.fibonacci_trace(rows, 3)
    assert air.broken_constraints(statement, trace) == []
    assert stark.verify(statement, rows, stark.prove(statement, trace, parameters), parameters) == stark.ProofCheck(
        True
    )
