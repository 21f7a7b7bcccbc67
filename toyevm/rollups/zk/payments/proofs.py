"""Proving a batch of payments, and checking the proof without the payments."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from toyevm.errors import InputError
from toyevm.rollups.zk.field import P
from toyevm.rollups.zk.parallel import one_blas_thread, team_for
from toyevm.rollups.zk.payments.air import PaymentStatement, payments_air
from toyevm.rollups.zk.payments.layout import COLUMNS, DIGEST, PAYMENT_ROWS, ROOT
from toyevm.rollups.zk.payments.trace import payments_trace
from toyevm.rollups.zk.payments.tree import AccountTree
from toyevm.rollups.zk.payments.values import ProvenPayment, padded_count
from toyevm.rollups.zk.poseidon2 import RATE
from toyevm.rollups.zk.stark import ProofCheck, StarkParameters, prove, verify

MAX_COUNT = 1 << 12  # payments of one batch: 2^17 rows, some gigabytes of memory


def prove_payments(
    tree: AccountTree,
    payments: Sequence[ProvenPayment],
    parameters: StarkParameters | None = None,
    processes: int | None = None,
    progress: Callable[[str], None] = lambda phase: None,
) -> tuple[PaymentStatement, bytes]:
    """Return what the payments do to the accounts, and a proof of it; see `stark.prove` for the last two arguments.

    Raises:
        InputError: there are none or too many, or one of them cannot be made.
    """
    if not 1 <= len(payments) <= MAX_COUNT:
        raise InputError(f"{len(payments)} payments", "a batch", f"1 to {MAX_COUNT}")
    progress("trace")
    cells = PAYMENT_ROWS * padded_count(len(payments)) * COLUMNS
    with one_blas_thread():
        trace = payments_trace(tree, payments, team_for(cells, processes))
    statement = PaymentStatement(
        old_root=tree.root,
        new_root=tuple(trace[-1, ROOT].tolist()),
        digest=tuple(trace[-1, DIGEST].tolist()),
        count=len(payments),
    )
    return statement, prove(payments_air(statement), trace, parameters, processes, progress)


def check_payments(statement: PaymentStatement, proof: bytes, parameters: StarkParameters | None = None) -> ProofCheck:
    """Check the proof of a statement. No bytes make it raise, and no numbers in the statement."""
    if not 1 <= statement.count <= MAX_COUNT:
        return ProofCheck(False, f"statement: {statement.count} payments, not 1 to {MAX_COUNT}")
    for digest in (statement.old_root, statement.new_root, statement.digest):
        if len(digest) != RATE or not all(0 <= element < P for element in digest):
            return ProofCheck(False, "statement: a root or digest is not eight elements below p")
    return verify(payments_air(statement), statement.rows, proof, parameters)
