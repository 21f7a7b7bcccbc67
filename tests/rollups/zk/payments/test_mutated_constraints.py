"""Each small change to the payments' constraints is found: a right trace is refused, or a forgery accepted."""

from __future__ import annotations

from functools import cache

import pytest

from tests.backends.mutation import Mutation, mutations_of, planted
from tests.rollups.zk.payments import false_paths, false_payments, test_idle_cells
from tests.rollups.zk.payments.forgeries import FORGERS, Forgery, forged
from toyevm.rollups.zk.air import broken_constraints
from toyevm.rollups.zk.payments import constraints
from toyevm.rollups.zk.payments.air import payments_air

CHANGES = [
    *mutations_of(constraints.__name__),
    *(one for one in mutations_of("toyevm.rollups.zk.poseidon2_trace") if "constraints" in one.function),
    *(one for one in mutations_of("toyevm.rollups.zk.poseidon2_trace") if one.function in ("compression", "_cubed")),
]
AT_IMPORT = ("_rows", "_both")  # their results stand in PERIODIC before anything is changed

# Of two terms one is always zero, as they count in different rows: so the sign of the other does not matter.
SAME = {
    "PaymentRow.where: sign total + self.periodic[place] -> total - self.periodic[place]",
    'balances: sign (change + amount) * row.where("payer\'s leaf") + (change - amount) * row.where("payee\'s leaf")',
    'path_is_the_accounts: sign payer * row.where("payer\'s leaf") + payee * row.where("payee\'s leaf")',
    "path_is_the_accounts: sign (now - bit - row.ahead(NUMBER_REST) * 2) * row.where('inner')",
    "_countdown: sign (now - ahead * 4) * row.where('inner') + now * row.where('top')",
}


@cache
def forgeries() -> list[Forgery]:
    assert {false_paths.__name__, false_payments.__name__} == {one.__module__ for _, one in FORGERS.values()}
    return [forged(name) for name in FORGERS]


def is_found(change: Mutation) -> bool:
    """Say whether anything is other than it should be, or does not even run."""
    right = test_idle_cells.STATEMENT, test_idle_cells.TRACE
    with planted(change):
        try:
            if broken_constraints(payments_air(right[0]), right[1]):
                return True
            return not all(broken_constraints(payments_air(one.statement), one.trace) for one in forgeries())
        except (ValueError, IndexError, TypeError, AttributeError, KeyError, NameError):
            return True


def test_each_small_change_to_the_constraints_is_found_but_signs_that_do_not_matter() -> None:
    changes = [change for change in CHANGES if change.function not in AT_IMPORT]
    assert len(changes) > 80
    missed = {change.name for change in changes if not is_found(change)}
    assert {next((same for same in SAME if same in name), name) for name in missed} == SAME


@pytest.mark.parametrize("name", ["nonces: sign new - old", "_countdown: constant 4 -> 5"])
def test_a_change_is_a_change(name: str) -> None:
    assert is_found(next(change for change in CHANGES if name in change.name))
    assert not broken_constraints(payments_air(test_idle_cells.STATEMENT), test_idle_cells.TRACE)
