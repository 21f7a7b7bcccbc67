"""Measure the STARK on this machine: `python -m tests.rollups.zk.measure [rows]`, the best of five, one process.

1,023 squares of the sequence of stark101 are 1,024 rows.
"""

import sys
import time

from toyevm.rollups.zk.fibonacci import fibonacci_square, fibonacci_trace
from toyevm.rollups.zk.security import proven_bits
from toyevm.rollups.zk.stark import StarkParameters, prove, verify


def measure(rows: int, runs: int = 5) -> dict[str, object]:
    """Return seconds (the least of some runs), bytes and bits."""
    statement, trace = fibonacci_square(rows, 3), fibonacci_trace(rows, 3)
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        proof = prove(statement, trace)
        middle = time.perf_counter()
        valid = verify(statement, rows, proof).valid
        seconds.append((middle - start, time.perf_counter() - middle))
    prove_seconds, verify_seconds = (min(column) for column in zip(*seconds))
    return {
        "rows": rows,
        "valid": valid,
        "proveSeconds": round(prove_seconds, 4),
        "verifySeconds": round(verify_seconds, 4),
        "microsecondsPerCell": round(prove_seconds / trace.size * 1e6, 1),
        "proofBytes": len(proof),
        "provenBits": proven_bits(statement, rows, StarkParameters()),
    }


if __name__ == "__main__":
    print(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1024))
