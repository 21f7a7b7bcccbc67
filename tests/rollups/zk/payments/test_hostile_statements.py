"""A proof of payments proves its own statement, by the agreed parameters and constraints, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.rollups.zk.payments.batches import random_accounts, random_payments
from toyevm.rollups.zk.field import P
from toyevm.rollups.zk.payments.air import PaymentStatement, family_sizes, payments_air
from toyevm.rollups.zk.payments.proofs import check_payments, prove_payments
from toyevm.rollups.zk.payments.trace import payments_trace
from toyevm.rollups.zk.poseidon2 import RATE
from toyevm.rollups.zk.stark import StarkParameters, prove, verify

AGREED = StarkParameters(blowup=4, queries=6, grinding=8, arity=4, final=8)
TREE = random_accounts(Random(9))
PAYMENTS = random_payments(Random(9), TREE, 3)
STATEMENT, PROOF = prove_payments(TREE, PAYMENTS, AGREED)
AFTER = TREE.after(PAYMENTS)
MORE = random_payments(Random(10), AFTER, 4)
OTHER, OTHER_PROOF = prove_payments(AFTER, MORE, AGREED)
OUTSIDE = "constraints: they do not hold outside the domain"


def accepted(statement: PaymentStatement, proof: bytes = PROOF, parameters: StarkParameters = AGREED) -> bool:
    answer = check_payments(statement, proof, parameters)
    assert answer.valid == (answer.reason is None)
    return answer.valid


def test_both_proofs_convince_of_their_own_statement() -> None:
    assert accepted(STATEMENT)
    assert accepted(OTHER, OTHER_PROOF)


@pytest.mark.parametrize("name", ["old_root", "new_root", "digest"])
@pytest.mark.parametrize("place", range(RATE))
def test_each_number_of_the_statement_is_bound(name: str, place: int) -> None:
    numbers = getattr(STATEMENT, name)
    for other in ((numbers[place] + 1) % P, 0, P - 1, numbers[place] + P):
        assert not accepted(replace(STATEMENT, **{name: (*numbers[:place], other, *numbers[place + 1 :])}))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(STATEMENT, old_root=STATEMENT.new_root, new_root=STATEMENT.old_root),
        replace(STATEMENT, old_root=STATEMENT.new_root),
        replace(STATEMENT, new_root=STATEMENT.old_root),
        replace(STATEMENT, digest=STATEMENT.new_root),
        replace(STATEMENT, digest=OTHER.digest),
        replace(OTHER, old_root=STATEMENT.old_root),
        OTHER,
        *(replace(STATEMENT, count=count) for count in (0, 1, 2, 4, 5, 8)),
    ],
)
def test_a_statement_that_was_not_proven_is_refused(wrong: PaymentStatement) -> None:
    assert not accepted(wrong)
    assert not accepted(STATEMENT, OTHER_PROOF)


@pytest.mark.parametrize("weaker", [{"queries": 5}, {"grinding": 0}, {"blowup": 2}, {"final": 16}, {"arity": 2}])
def test_the_proof_by_other_parameters_is_refused(weaker: dict[str, int]) -> None:
    """The prover's are weaker than the verifier's; then the verifier's than the prover's."""
    parameters = replace(AGREED, **weaker)
    statement, proof = prove_payments(TREE, PAYMENTS, parameters)
    assert accepted(statement, proof, parameters)
    assert not accepted(statement, proof)
    assert not accepted(statement, PROOF, parameters)


@pytest.mark.parametrize("name", family_sizes())
def test_the_proof_by_constraints_without_a_family_is_refused(name: str) -> None:
    """The trace is right: only what was promised to be checked differs."""
    air, weakened = payments_air(STATEMENT), payments_air(STATEMENT, [name])
    proof = prove(weakened, payments_trace(TREE, PAYMENTS), AGREED)
    assert verify(weakened, STATEMENT.rows, proof, AGREED).valid
    assert verify(air, STATEMENT.rows, proof, AGREED).reason
    assert verify(weakened, STATEMENT.rows, PROOF, AGREED).reason


def test_the_proof_by_constraints_of_another_name_is_refused() -> None:
    air = replace(payments_air(STATEMENT), name="toyevm payment")
    assert verify(air, STATEMENT.rows, PROOF, AGREED).reason == OUTSIDE


@pytest.mark.parametrize("cut", [0, 1, 31, 32, 64, 65, len(PROOF) // 2, len(PROOF) - 32, len(PROOF) - 1])
def test_a_part_of_a_proof_is_refused(cut: int) -> None:
    assert not accepted(STATEMENT, PROOF[:cut])
    assert not accepted(STATEMENT, PROOF[:cut] + bytes(len(PROOF) - cut))
    assert not accepted(STATEMENT, PROOF[:cut] + OTHER_PROOF[cut:])


@pytest.mark.parametrize("more", [b"\0", bytes(32), PROOF])
def test_more_than_a_proof_is_refused(more: bytes) -> None:
    assert not accepted(STATEMENT, PROOF + more)
    assert not accepted(STATEMENT, more + PROOF)


def test_nothing_changes_when_python_drops_assertions() -> None:
    program = (
        "from tests.rollups.zk.payments import test_hostile_statements as t\n"
        "proofs = [t.PROOF, b'', t.PROOF[:-1], t.PROOF + b'0', t.OTHER_PROOF]\n"
        "proofs += [t.PROOF[:k] + bytes([t.PROOF[k] ^ 1]) + t.PROOF[k + 1:] for k in range(0, len(t.PROOF), 4000)]\n"
        "statements = [t.STATEMENT, t.replace(t.STATEMENT, count=0), t.replace(t.STATEMENT, digest=())]\n"
        "print([t.check_payments(s, p, t.AGREED) for s in statements for p in proofs])"
    )
    said = [
        subprocess.run(
            [sys.executable, *flags, "-c", program],
            cwd=Path(__file__).parents[4],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for flags in ([], ["-O"])
    ]
    assert said[0] == said[1]
    assert said[0].count("valid=True") == 1
