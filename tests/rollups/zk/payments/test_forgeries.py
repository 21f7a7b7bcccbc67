"""Each rule of the payments' AIR is there for something: without it a named theft is proven, with it refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.rollups.zk.payments.forgeries import FORGERS, Forgery, forged
from tests.rollups.zk.payments.forging import BOUNDARY, broken_names
from toyevm.rollups.zk.air import Air
from toyevm.rollups.zk.payments.air import family_sizes, payments_air
from toyevm.rollups.zk.poseidon2 import RATE
from toyevm.rollups.zk.stark import ProofCheck, StarkParameters, prove, verify

FAST = StarkParameters(blowup=4, queries=8, grinding=0, arity=8, final=4)


@pytest.mark.parametrize("name", FORGERS)
def test_a_forgery_is_refused_and_without_the_one_rule_that_it_breaks_accepted(name: str) -> None:
    forgery = forged(name)
    assert {rule for rule, _ in broken_names(forgery.statement, forgery.trace)} == {forgery.rule}
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


def test_every_rule_has_a_forgery_that_breaks_it() -> None:
    assert {rule for rule, _ in FORGERS.values()} == {*family_sizes(), *BOUNDARY}
