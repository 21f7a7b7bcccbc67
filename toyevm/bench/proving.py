"""Proving a batch of signed payments, with a look at the clock when each phase begins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from time import perf_counter

from toyevm.bench.payment_batches import PaymentBatch
from toyevm.bench.statement_file import SignedStatement, security_set
from toyevm.rollups.zk.payments.air import payments_air
from toyevm.rollups.zk.payments.proofs import prove_payments
from toyevm.rollups.zk.security import security_level
from toyevm.rollups.zk.stark import PHASES

STEPS = 1 + len(PHASES)  # how often the prover of payments tells that a phase begins


def prove_batch(
    batch: PaymentBatch, security: str, progress: Callable[[str], None] = lambda phase: None
) -> tuple[SignedStatement, bytes]:
    """Return what the payments do to the accounts, and a proof of it by the parameters of this name."""
    parameters = security_set(security).parameters
    proven = [payment.proven for payment in batch.payments]
    statement, proof = prove_payments(batch.tree, proven, parameters, progress=progress)
    chain_id = batch.workload.chain.chain_id
    return SignedStatement(statement, security, chain_id, batch.owners, batch.payments), proof


def level(signed: SignedStatement) -> tuple[float, str]:
    """Return the bits of security, the minimum over all rounds rounded down to a tenth, and the assumption."""
    statement = signed.statement
    bits, assumption = security_level(payments_air(statement), statement.rows, security_set(signed.security))
    return int(bits * 10) / 10, assumption


class PhaseClock:
    """Adds up the seconds of each phase; call it with a name when that phase begins, and `stop` at the end."""

    def __init__(self, progress: Callable[[str], None] = lambda phase: None) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._progress, self._phase, self._begun = progress, "", perf_counter()

    def __call__(self, phase: str) -> None:
        self.stop()
        self._phase = phase
        self._progress(phase)

    def stop(self) -> None:
        """End the phase that is running, if there is one."""
        now = perf_counter()
        if self._phase:
            self.seconds[self._phase] += now - self._begun
        self._phase, self._begun = "", now
