"""Each rule of the payments' AIR is there for something: without it a named theft is proven, with it refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.rollups.zk.payments import false_paths, false_payments
from tests.rollups.zk.payments.forgeries import FORGERS, PAY, Forgery, forged
from tests.rollups.zk.payments.forging import BOUNDARY, broken_names, filled, statement_of
from toyevm.rollups.zk.air import Air, Columns
from toyevm.rollups.zk.field import Elements, subtract
from toyevm.rollups.zk.payments.air import family_sizes, payments_air
from toyevm.rollups.zk.payments.layout import DIGEST_ROW, HALF, NEW, OLD
from toyevm.rollups.zk.poseidon2 import RATE, WIDTH
from toyevm.rollups.zk.poseidon2_trace import CUBES, permutation_constraints
from toyevm.rollups.zk.stark import ProofCheck, StarkParameters, prove, verify

LAST_ROW = 2 * HALF - 1
FAST = StarkParameters(blowup=4, queries=8, grinding=0, arity=8, final=4)


@pytest.mark.parametrize("name", FORGERS)
def test_a_forgery_breaks_one_rule(name: str) -> None:
    forgery = forged(name)
    assert {rule for rule, _ in broken_names(forgery.statement, forgery.trace)} == {forgery.rule}


@pytest.mark.parametrize("name", [name for name in FORGERS if not name[-1].isdigit()])
def test_the_proof_of_a_forgery_is_refused_and_without_the_rule_accepted(name: str) -> None:
    forgery = forged(name)
    assert checked(payments_air(forgery.statement), forgery) == ProofCheck(
        False, "constraints: they do not hold outside the domain"
    )
    assert checked(weakened(forgery), forgery).valid


def checked(air: Air, forgery: Forgery) -> ProofCheck:
    return verify(air, len(forgery.trace), prove(air, forgery.trace, FAST), FAST)


def weakened(forgery: Forgery) -> Air:
    """Return the AIR without the rule that a forgery breaks."""
    if forgery.rule not in BOUNDARY:
        return payments_air(forgery.statement, [forgery.rule])
    whole, first = payments_air(forgery.statement), RATE * BOUNDARY.index(forgery.rule)
    return replace(whole, boundary=whole.boundary[:first] + whole.boundary[first + RATE :])


def test_every_constraint_but_the_cubes_is_broken_by_a_forgery() -> None:
    assert {forger.__module__ for _, forger in FORGERS.values()} == {false_paths.__name__, false_payments.__name__}
    broken = {one for forgery in map(forged, FORGERS) for one in broken_names(forgery.statement, forgery.trace)}
    start = {("digest start", place) for place in range(1, RATE)}  # only the count can be another one
    sizes = {name: size for name, size in family_sizes().items() if not name.startswith("hash")}
    every = {(name, place) for name, size in (sizes | dict.fromkeys(BOUNDARY, RATE)).items() for place in range(size)}
    assert every - broken == start
    assert {rule for rule, _ in FORGERS.values()} == {*family_sizes(), *BOUNDARY}


@pytest.mark.parametrize(("side", "row", "name"), [(OLD, LAST_ROW, "hash before"), (NEW, DIGEST_ROW, "hash after")])
def test_each_cube_of_a_hash_is_bound_by_a_constraint_of_its_own(side: slice, row: int, name: str) -> None:
    trace = filled([PAY, PAY._replace(nonce=2)])
    for which, columns in enumerate(with_one_false_cube(trace[row, side]).T):
        trace[row, side] = columns
        assert broken_names(statement_of(trace), trace) == {(name, which)}


def with_one_false_cube(columns: Elements) -> Elements:
    """Return a permutation as often as it has cubes: in each another is false, and all that follow are right again."""
    false = np.repeat(columns[:, None], CUBES, axis=1)
    which = np.arange(CUBES)
    false[WIDTH + which, which] += np.uint64(1)
    follow = which[:, None] > which[None, :]
    while (wrong := residues(false) * follow).any():
        false[WIDTH:] = subtract(false[WIDTH:], wrong)
    return false


def residues(permutations: Elements) -> Elements:
    found, _ = permutation_constraints(Columns(permutations))
    return np.concatenate([part.values for part in found])
