"""A trace of payments satisfies the constraints, and its proof convinces; of another statement it does not."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.rollups.zk.payments.batches import random_accounts, random_payments
from toyevm.errors import InputError
from toyevm.rollups.zk.air import broken_constraints
from toyevm.rollups.zk.field import P
from toyevm.rollups.zk.payments.air import PaymentStatement, family_sizes, payments_air
from toyevm.rollups.zk.payments.digest import batch_digest
from toyevm.rollups.zk.payments.layout import COLUMNS, ROLES
from toyevm.rollups.zk.payments.proofs import MAX_COUNT, check_payments, prove_payments
from toyevm.rollups.zk.payments.trace import payments_trace
from toyevm.rollups.zk.payments.values import PADDING


@pytest.mark.parametrize("seed", range(12))
def test_what_payments_do_satisfies_every_constraint(seed: int) -> None:
    random = Random(seed)
    tree = random_accounts(random)
    payments = random_payments(random, tree, random.choice([1, 2, 3, 8, 13]))
    statement = PaymentStatement(tree.root, tree.after(payments).root, batch_digest(payments), len(payments))
    assert broken_constraints(payments_air(statement), payments_trace(tree, payments)) == []


def test_a_proof_convinces_of_its_statement_and_of_no_other() -> None:
    random = Random(20)
    tree = random_accounts(random)
    payments = random_payments(random, tree, 3)
    statement, proof = prove_payments(tree, payments)
    assert statement == PaymentStatement(tree.root, tree.after(payments).root, batch_digest(payments), 3)
    assert check_payments(statement, proof).valid
    others = [replace(statement, count=count) for count in (1, 2, 4, 5)]
    for name in ("old_root", "new_root", "digest"):
        digest = getattr(statement, name)
        others.append(replace(statement, **{name: (digest[0] ^ 1, *digest[1:])}))
    assert not any(check_payments(other, proof).valid for other in others)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"count": 0}, "0 payments, not 1 to"),
        ({"count": -1}, "-1 payments"),
        ({"count": MAX_COUNT + 1}, "4097 payments"),
        ({"old_root": (P, *[0] * 7)}, "not eight elements below p"),
        ({"new_root": (-1, *[0] * 7)}, "not eight elements below p"),
        ({"digest": (0,) * 9}, "not eight elements below p"),
    ],
)
def test_a_statement_out_of_range_is_refused_and_nothing_is_raised(wrong: dict[str, Any], says: str) -> None:
    statement = replace(PaymentStatement((0,) * 8, (0,) * 8, (0,) * 8, 1), **wrong)
    answer = check_payments(statement, b"")
    assert not answer.valid
    assert says in str(answer.reason)


def test_every_column_has_one_role() -> None:
    columns = [column for where in ROLES.values() for column in range(where.start, where.stop)]
    assert columns == list(range(COLUMNS))


def test_an_air_without_a_family_has_its_constraints_less() -> None:
    statement = PaymentStatement((0,) * 8, (0,) * 8, (0,) * 8, 1)
    whole = payments_air(statement)
    for name, size in family_sizes().items():
        less = payments_air(statement, [name])
        assert whole.transition_count - less.transition_count == size
        assert less.name != whole.name


@pytest.mark.parametrize("count", [0, MAX_COUNT + 1])
def test_batches_too_small_and_too_large_are_refused(count: int) -> None:
    with pytest.raises(InputError, match=f"a batch: {count} payments"):
        prove_payments(random_accounts(Random(1)), [PADDING] * count)
