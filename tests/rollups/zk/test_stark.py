import dataclasses

import numpy as np
import pytest

from toyevm.rollups.zk import fibonacci, field, stark
from toyevm.rollups.zk.air import Air, BoundaryConstraint, Columns, broken_constraints
from toyevm.rollups.zk.transcript import Transcript

ROWS = 32
SMALL = stark.StarkParameters(blowup=4, queries=6, grinding=4, final=4)
STATEMENT, TRACE = fibonacci.fibonacci_square(ROWS, 3), fibonacci.fibonacci_trace(ROWS, 3)
PROOF = stark.prove(STATEMENT, TRACE, SMALL)


def checked(statement: Air, trace: field.Elements, parameters: stark.StarkParameters = SMALL) -> stark.ProofCheck:
    return stark.verify(statement, len(trace), stark.prove(statement, trace, parameters), parameters)


@pytest.mark.parametrize("rows", [4, 8, 64, 128])
@pytest.mark.parametrize("blowup", [2, 4, 8])
def test_the_proof_of_a_right_trace_is_accepted(rows: int, blowup: int) -> None:
    statement, trace = fibonacci.fibonacci_square(rows, 3), fibonacci.fibonacci_trace(rows, 3)
    assert broken_constraints(statement, trace) == []
    parameters = dataclasses.replace(SMALL, blowup=blowup)
    assert checked(statement, trace, parameters) == stark.ProofCheck(True)


def test_the_default_parameters_are_accepted_too() -> None:
    assert stark.verify(STATEMENT, ROWS, stark.prove(STATEMENT, TRACE)).valid


def cubes(rows: int) -> tuple[Air, field.Elements]:
    """x' = x^3 + k, where k repeats 5, 7, 0, 1; only one of the two columns looks ahead, the other is x + 1."""
    repeated, x, trace = (5, 7, 0, 1), 2, []
    for row in range(rows):
        trace.append([x + 1, x])
        x = (pow(x, 3, field.P) + repeated[row % 4]) % field.P

    def transitions(now: Columns, following: Columns, periodic: Columns) -> list[Columns]:
        return [following[0] - now[1] * now[1] * now[1] - periodic[0], now[0] - now[1] - 1]

    cell = BoundaryConstraint(0, 1, 2)
    return Air("cubes", 2, 3, 2, transitions, (cell,), (1,), (repeated,)), field.elements(trace)


def test_periodic_columns_and_cubes_are_proven() -> None:
    statement, trace = cubes(64)
    assert broken_constraints(statement, trace) == []
    assert checked(statement, trace).valid
    other = dataclasses.replace(statement, periodic=((5, 7, 0, 2),))
    assert not stark.verify(other, 64, stark.prove(statement, trace, SMALL), SMALL).valid
    assert not checked(other, trace).valid


@pytest.mark.parametrize("shift", [-field.P, field.P])
def test_a_value_is_what_is_left_of_it_modulo_p(shift: int) -> None:
    statement, trace = cubes(64)
    (cell,), (repeated,) = statement.boundary, statement.periodic
    same = dataclasses.replace(
        statement,
        boundary=(dataclasses.replace(cell, value=cell.value + shift),),
        periodic=(tuple(value + shift for value in repeated),),
    )
    assert broken_constraints(same, trace) == []
    assert stark.prove(same, trace, SMALL) == stark.prove(statement, trace, SMALL)
    assert checked(same, trace).valid


def test_a_degree_that_the_blowup_cannot_hold_is_refused_to_the_prover() -> None:
    statement, trace = cubes(8)
    with pytest.raises(ValueError, match="of degree 4 need a blowup of 4"):
        checked(dataclasses.replace(statement, degree=4), trace, dataclasses.replace(SMALL, blowup=2))


@pytest.mark.parametrize(
    "wrong",
    [{"blowup": 1}, {"blowup": 6}, {"arity": 1}, {"final": 0}, {"queries": 0}, {"grinding": -1}, {"grinding": 99}],
)
def test_parameters_that_prove_nothing_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong)).replace("queries", "query").replace("grinding", "work")):
        stark.StarkParameters(**wrong)


def test_an_air_with_another_number_of_constraints_than_it_says_is_refused() -> None:
    with pytest.raises(ValueError, match="fibonacci square: 2 transition constraints, not 3"):
        checked(dataclasses.replace(STATEMENT, transition_count=3), TRACE)


@pytest.mark.parametrize("degree", [1, 2, 3, 4, 5])
def test_any_degree_that_the_blowup_holds_is_proven(degree: int) -> None:
    """x' = x^degree + 1: the quotient is one polynomial of the trace's length, or degree - 1 of them."""

    def transitions(now: Columns, following: Columns, _: Columns) -> list[Columns]:
        power = now[0]
        for _factor in range(degree - 1):
            power = power * now[0]
        return [following[0] - power - 1]

    numbers = [7]
    for _ in range(15):
        numbers.append((pow(numbers[-1], degree, field.P) + 1) % field.P)
    cell = BoundaryConstraint(15, 0, numbers[-1])
    statement, trace = Air("power", 1, degree, 1, transitions, (cell,), (0,)), field.elements(numbers)[:, None]
    assert checked(statement, trace).valid
    trace[3] += np.uint64(1)
    assert not checked(statement, trace).valid


@pytest.mark.parametrize("coefficient", [1, 2, 3, 4])
def test_the_point_is_outside_every_domain(coefficient: int) -> None:
    class Loaded(Transcript):
        rolled = 0

        def challenges(self, count: int) -> field.Elements:
            self.rolled += 1
            kept = np.zeros(5, dtype=np.uint64)
            kept[[0, coefficient] if self.rolled == 3 else 0] = 1  # in the field, twice
            return super().challenges(count) * kept

    transcript = Loaded(b"test")
    assert stark._point_outside(transcript)[coefficient]
    assert transcript.rolled == 3


def forged(family: int) -> field.Elements:
    """Return a trace that breaks one constraint of Fibonacci-square: three cells, two transitions."""
    if family == 0:  # a(0) is not 1, and the last row is made to fit
        trace = TRACE.copy()
        trace[0, 0] = field.P - 1  # its square is the same
        return trace
    if family in (1, 2):
        trace = fibonacci.fibonacci_trace(ROWS, 4)
        trace[0, 0] = 1
        return trace
    trace = TRACE.copy()
    if family == 3:  # the columns part: the first is the second of another row
        for row in range(1, ROWS):
            trace[row, 0] = 9
            trace[row, 1] = (int(trace[row - 1, 0]) ** 2 + int(trace[row - 1, 1]) ** 2) % field.P
    else:  # the sum is not one of squares
        for row in range(1, ROWS):
            trace[row] = [trace[row - 1, 1], row]
    return trace


def weakened(statement: Air, families: set[int]) -> Air:
    """Return the AIR without some of its constraints."""
    cells = tuple(cell for k, cell in enumerate(statement.boundary) if k not in families)
    kept = [k for k in range(2) if k + 3 not in families]

    def transitions(now: Columns, following: Columns, periodic: Columns) -> list[Columns]:
        found = statement.transitions(now, following, periodic)
        return [found[k] for k in kept]

    return dataclasses.replace(statement, boundary=cells, transitions=transitions, transition_count=len(kept))


@pytest.mark.parametrize("family", [0, 1, 2, 3, 4])
def test_a_forged_trace_is_refused_and_without_its_constraint_accepted(family: int) -> None:
    trace = forged(family)
    statement = STATEMENT
    if family == 1:  # the result that the forged trace has, so that the first row alone is wrong
        statement = fibonacci.fibonacci_square(ROWS, 3, int(trace[-1, 1]))
    if family in (3, 4):
        statement = fibonacci.fibonacci_square(ROWS, 3, int(trace[-1, 1]))
    if family == 2:
        statement = fibonacci.fibonacci_square(ROWS, 4, 12345)
    assert checked(statement, trace) == stark.ProofCheck(False, "constraints: they do not hold outside the domain")
    assert checked(weakened(statement, {family}), trace).valid


@pytest.mark.parametrize(
    "other",
    [
        fibonacci.fibonacci_square(ROWS, 3, 1),
        fibonacci.fibonacci_square(ROWS, 4),
        dataclasses.replace(STATEMENT, name="another"),
        dataclasses.replace(STATEMENT, boundary=STATEMENT.boundary[::-1]),
    ],
)
def test_the_proof_of_another_statement_is_refused(other: Air) -> None:
    assert not stark.verify(other, ROWS, PROOF, SMALL).valid


@pytest.mark.parametrize("name", ["blowup", "queries", "grinding", "arity", "final"])
@pytest.mark.parametrize("factor", [2, 1])
def test_a_proof_by_other_parameters_is_refused(name: str, factor: int) -> None:
    value = getattr(SMALL, name)
    other = dataclasses.replace(SMALL, **{name: value * 2 if factor == 2 else max(value // 2, 2)})
    assert stark.verify(STATEMENT, ROWS, PROOF, SMALL).valid
    assert not stark.verify(STATEMENT, ROWS, PROOF, other).valid


def test_a_proof_for_another_number_of_rows_is_refused() -> None:
    for rows in (ROWS // 2, ROWS * 2):
        statement = dataclasses.replace(STATEMENT, boundary=STATEMENT.boundary[:2])
        assert not stark.verify(statement, rows, PROOF, SMALL).valid


@pytest.mark.parametrize("rows", [8, 32, 256])
def test_no_proof_is_longer_than_the_longest(rows: int) -> None:
    statement = fibonacci.fibonacci_square(rows, 3)
    for queries in (1, 2, 6, 40):
        parameters = dataclasses.replace(SMALL, queries=queries)
        longest = stark.longest_proof(statement, rows, parameters)
        proofs = [
            stark.prove(statement, fibonacci.fibonacci_trace(rows, 3), dataclasses.replace(parameters, grinding=bits))
            for bits in range(6)
        ]
        assert max(map(len, proofs)) <= longest
        if queries == 1:  # one path of hashes has one length
            assert {len(proof) for proof in proofs} == {longest}
