"""Each check of the verifier is there for something: without it, a forged proof is accepted, or something is raised."""

import ast
from collections.abc import Callable
from importlib import import_module
from inspect import getsource

import numpy as np
import pytest

from tests.backends.mutation import Mutation, functions_of, planted
from tests.rollups.zk import hostile
from tests.rollups.zk.hostile import Target
from toyevm.rollups.zk import fibonacci
from toyevm.rollups.zk.air import Air, BoundaryConstraint
from toyevm.rollups.zk.stark import StarkParameters

ROWS = 64
PARAMETERS = StarkParameters(blowup=4, queries=3, grinding=8, arity=4, final=4)
SQUARES = Target(fibonacci.fibonacci_square(ROWS, 3), fibonacci.fibonacci_trace(ROWS, 3), PARAMETERS)
ZEROS = Target(
    Air("zeros", 1, 1, 1, lambda now, following, _: [following[0] - now[0]], (BoundaryConstraint(0, 0, 0),), (0,)),
    np.zeros((ROWS, 1), dtype=np.uint64),
    PARAMETERS,
)
MODULES = [f"toyevm.rollups.zk.{name}" for name in ("stark", "fri", "encoding", "merkle", "transcript")]


def refusals() -> dict[str, Mutation]:
    """Return each `if ...: raise Rejected(...)` of the verifier, by what it says, as a change that leaves it out."""
    found = {}
    for module in MODULES:
        for name, function in functions_of(ast.parse(getsource(import_module(module)))):
            for place, node in enumerate(walk(function)):
                if isinstance(node, ast.If) and is_refusal(node.body[0]):
                    said = ast.unparse(node.body[0]).partition(": ")[2].rstrip("'\")")
                    found[said] = Mutation(module, name, said, place, left_out)
    return found


def walk(node: ast.AST) -> list[ast.AST]:
    return [node, *(each for child in ast.iter_child_nodes(node) for each in walk(child))]


def is_refusal(node: ast.AST) -> bool:
    return isinstance(node, ast.Raise) and "Rejected(" in ast.unparse(node)


def left_out(node: ast.AST) -> ast.AST:
    """Return the condition's statement with a condition that does all that it did, and never holds."""
    node.test = ast.BoolOp(ast.And(), [node.test, ast.Constant(False)])  # type: ignore[attr-defined]
    return node


# What each check says, and the forger that it stops alone.
FORGERS: dict[str, tuple[Target, Callable[[Target], bytes]]] = {
    "they do not hold outside the domain": (SQUARES, lambda target: target.proven(hostile.false_trace(target))),
    "too little work": (SQUARES, hostile.without_work),
    "they do not lead to the root": (SQUARES, hostile.with_fitting_quotient_rows),
    "the computed values are not the committed ones": (SQUARES, hostile.with_fitting_layer),
    "its values are not the folded ones": (
        SQUARES,
        lambda target: hostile.with_fitting_claims(target, hostile.false_trace(target)),
    ),
    "an element is not below p": (ZEROS, hostile.with_p_for_zero),
    "{len(self._data) - self._place} bytes are left over": (SQUARES, lambda target: target.proof + b"\0"),
}
REFUSALS = refusals()


def test_every_refusal_of_the_verifier_is_here() -> None:
    assert REFUSALS.keys() == FORGERS.keys() | {"the proof ends too early"}
    written = "".join(getsource(import_module(module)) for module in MODULES)
    assert written.count("raise Rejected(") == len(REFUSALS)


@pytest.mark.parametrize("said", FORGERS)
def test_a_forger_is_refused_by_this_check_and_accepted_without_it(said: str) -> None:
    target, forger = FORGERS[said]
    proof = forger(target)
    reason = target.answer(proof).reason or "accepted"
    assert reason.partition(": ")[2] == said.replace("{len(self._data) - self._place}", "1")
    with planted(REFUSALS[said]):
        assert target.answer(target.proof).valid
        assert target.answer(proof).valid


def test_without_the_check_of_lengths_something_is_raised() -> None:
    proof = SQUARES.proof[: SQUARES.sections[1].start + 3]
    assert SQUARES.answer(proof).reason == "values outside the domain: the proof ends too early"
    with planted(REFUSALS["the proof ends too early"]), pytest.raises(ValueError, match="buffer"):
        SQUARES.answer(proof)


@pytest.mark.parametrize("but", range(5))
def test_each_coefficient_of_the_constraints_is_compared(but: int) -> None:
    proof = hostile.with_fitting_claims(SQUARES, hostile.false_trace(SQUARES), but)
    assert SQUARES.answer(proof).reason == "constraints: they do not hold outside the domain"
