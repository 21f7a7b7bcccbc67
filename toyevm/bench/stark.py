"""`toyevm bench stark`: what it takes to prove payments, to check the proof, and to execute the payments again instead.

Three times stand apart. *The proof check* hardly grows with the payments. *The statement check*, that the posted data
is what was proven and each payment is signed, is no part of the proof and grows with them. *Re-execution* is what a
proof saves: the sequential backend on the same transactions, from their bytes on, signatures included. A payment is
little more than its signature, and the digest's hash is made for proofs, not for Python: so both checks together take
longer than the payments, and only the proof check less. Where one transaction is much work, a proof saves more.

Wall time and CPU time are given, since the prover has a second process; CPU time counts it too.

The sequence of stark101, the best-known teaching STARK, is proven beside them. Its time was measured when this prover
was designed: 19 to 27 ms for each of 1,023 rows of one column, no verifier. Ours has two columns: rows are compared.
"""

from __future__ import annotations

import gc
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import median
from time import perf_counter, process_time
from typing import Any

from toyevm.backends import BACKENDS, RunConfig
from toyevm.bench.machine import describe_computer, garbage_collector_off
from toyevm.bench.memory import peak_memory
from toyevm.bench.payment_batches import PaymentBatch, check_count, payment_batch
from toyevm.bench.peers import version_of
from toyevm.bench.proving import PhaseClock, level, prove_batch
from toyevm.bench.statement_file import SignedStatement, security_set
from toyevm.blocks import Block
from toyevm.rollups.zk.fibonacci import fibonacci_square, fibonacci_trace
from toyevm.rollups.zk.payments.digest import batch_digest
from toyevm.rollups.zk.payments.layout import COLUMNS
from toyevm.rollups.zk.payments.tree import AccountTree
from toyevm.rollups.zk.payments.values import UNIT, AccountLeaf
from toyevm.rollups.zk.stark import prove, verify
from toyevm.simulation.run import Run
from toyevm.transactions import decode_transaction, encode_transaction

Report = dict[str, Any]

SIZES = (16, 64, 256, 1_024)
CHECKS = 3  # timed in a turn, for each proof: they are short
FIBONACCI_ROWS = 1_024
STARK101: Report = {
    "millisecondsPerRow": [19, 27],
    "source": "measured for the design of this prover: 1,023 rows, one column, no verifier",
}


class Stopwatch:
    """Keeps the times of pieces of work by name: wall seconds, and CPU seconds of this process and ended helpers."""

    def __init__(self) -> None:
        self._wall: defaultdict[str, list[float]] = defaultdict(list)
        self._cpu: defaultdict[str, list[float]] = defaultdict(list)

    def time(self, name: str, work: Callable[[], Any]) -> Any:
        """Do the work and return what it returns."""
        with garbage_collector_off():
            wall, cpu = perf_counter(), _cpu_seconds()
            answer = work()
            self._wall[name].append(perf_counter() - wall)
            self._cpu[name].append(_cpu_seconds() - cpu)
        return answer

    def medians(self) -> Report:
        """Return the medians, and how far the wall times of each lie apart."""
        return {
            "seconds": _medians(self._wall),
            "cpuSeconds": _medians(self._cpu),
            "spread": {name: (max(all_) - min(all_)) / median(all_) for name, all_ in self._wall.items()},
        }


def run_bench_stark(
    sizes: Sequence[int] = SIZES,
    repeats: int = 3,
    security: str = "proven",
    progress: Callable[[str], None] = lambda name: None,
) -> Report:
    """Measure batches of these sizes, a row each, and the Fibonacci-square sequence.

    Args:
        repeats: how many proofs of each are timed.
        security: the name of the parameters.
        progress: is told the name of each row before its turn.

    Raises:
        InputError: a size that cannot be proven, or parameters that there are not.
    """
    for size in sizes:
        check_count(size, "bench stark")
    parameters = security_set(security).parameters
    prove_batch(payment_batch(1), security)  # what is made once and kept must be nobody's time
    rows = []
    for size in sorted(set(sizes)):
        progress(f"{size:,} payments")
        rows.append(measure_payments(size, repeats, security))
    progress("Fibonacci-square")
    rows.append(measure_fibonacci(FIBONACCI_ROWS, repeats))
    used = {"numpy": version_of("numpy"), "signatures": "coincurve" if version_of("coincurve") else "py-ecc"}
    named = {"security": security, "blowup": parameters.blowup, "queries": parameters.queries}
    return {"environment": describe_computer() | used | named | {"repeats": repeats}, "rows": rows}


def count_rows(sizes: Sequence[int]) -> int:
    """Return how often `progress` is told something."""
    return len(set(sizes)) + 1


def measure_payments(count: int, repeats: int, security: str = "proven") -> Report:
    """Return the row of a batch: seconds (wall and CPU) and where they went, bytes, bits, ratios of CPU seconds.

    The digest is a part of the statement check.
    """
    batch, watch, phases = payment_batch(count), Stopwatch(), defaultdict[str, list[float]](list)
    block, valid = [encode_transaction(tx) for tx in batch.workload.block.transactions], True
    proven = [payment.proven for payment in batch.payments]
    for _ in range(repeats):
        gc.collect()
        clock = PhaseClock()
        with peak_memory() as memory:
            signed, proof = watch.time("prove", partial(_prove, batch, security, clock))
        for phase, seconds in clock.seconds.items():
            phases[phase].append(seconds)
        for _ in range(CHECKS):
            valid = watch.time("proofCheck", partial(signed.check_proof, proof)).valid and valid
            valid = watch.time("statementCheck", signed.check_data).valid and valid
            watch.time("digest", partial(batch_digest, proven))
            run = watch.time("reexecution", partial(_execute, batch, block))
    rows, bits = signed.statement.rows, level(signed)
    medians = watch.medians()
    return {
        "program": "payments",
        "transactions": count,
        "rows": rows,
        "columns": COLUMNS,
        "valid": valid,
        "equal": _same_accounts(batch, run, signed),
        "proofBytes": len(proof),
        "securityBits": bits[0],
        "assumption": bits[1],
        **medians,
        "phases": _medians(phases),
        "microsecondsPerCell": medians["seconds"]["prove"] / (rows * COLUMNS) * 1e6,
        "ratios": _ratios(medians["cpuSeconds"]),
        "peakMemoryBytes": memory.bytes,
    }


def _prove(batch: PaymentBatch, security: str, clock: PhaseClock) -> tuple[SignedStatement, bytes]:
    proven = prove_batch(batch, security, clock)
    clock.stop()
    return proven


def _execute(batch: PaymentBatch, block: Sequence[bytes]) -> Run:
    """Execute the payments from their bytes: their senders have to be recovered."""
    workload = batch.workload
    transactions = tuple(map(decode_transaction, block))
    config = RunConfig(workload.chain)
    return BACKENDS.named("sequential").execute_block(workload.pre, Block(workload.block.header, transactions), config)


def _same_accounts(batch: PaymentBatch, run: Run, signed: SignedStatement) -> bool:
    """Tell whether the accounts after the execution have the root that was proven."""
    after = batch.workload.pre.apply(run.result.diff).accounts
    leaves = {
        number: AccountLeaf(after[owner].balance // UNIT, after[owner].nonce) for number, owner in batch.owners.items()
    }
    return AccountTree(leaves).root == signed.statement.new_root


def _ratios(seconds: Mapping[str, float]) -> dict[str, float]:
    """Return how many times as long re-execution takes as the check of the proof, alone and with the statement's."""
    proof, again = seconds["proofCheck"], seconds["reexecution"]
    return {"toProofCheck": again / proof, "toBothChecks": again / (proof + seconds["statementCheck"])}


def measure_fibonacci(rows: int, repeats: int) -> Report:
    """Return the row of the Fibonacci-square sequence."""
    air, trace, watch, phases = fibonacci_square(rows, 3), fibonacci_trace(rows, 3), Stopwatch(), PhaseClock()
    prove(air, trace)
    for _ in range(repeats):
        proof = watch.time("prove", partial(prove, air, trace, progress=phases))
        phases.stop()
        valid = watch.time("proofCheck", partial(verify, air, rows, proof)).valid
    medians = watch.medians()
    seconds = medians["seconds"]["prove"]
    return {
        "program": "Fibonacci-square",
        "rows": rows,
        "columns": air.width,
        "valid": valid,
        "proofBytes": len(proof),
        **medians,
        "phases": {phase: total / repeats for phase, total in phases.seconds.items()},
        "microsecondsPerCell": seconds / trace.size * 1e6,
        "stark101": STARK101,
        "timesAsFast": [figure * rows / 1e3 / seconds for figure in STARK101["millisecondsPerRow"]],
    }


def is_right(row: Mapping[str, Any]) -> bool:
    """Tell whether each check said yes, and executing the payments led to the root that was proven."""
    return bool(row["valid"]) and bool(row.get("equal", True))


def _medians(times: Mapping[str, Sequence[float]]) -> dict[str, float]:
    return {name: median(seconds) for name, seconds in times.items()}


def _cpu_seconds() -> float:
    """Return the CPU time of this process, exactly, and of helpers that have ended, to a hundredth of a second."""
    return process_time() + sum(os.times()[2:4])
