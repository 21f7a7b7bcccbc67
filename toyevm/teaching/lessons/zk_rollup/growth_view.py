"""What proofs of payments cost as batches grow: measured once, and kept, so that a notebook shows the same everywhere.

`toyevm bench stark --json` on two shared cores (CPython 3.11.7, numpy 2.4.6, coincurve), 2026-11-30. CPU seconds,
medians of three proofs, and of nine checks each.
"""

from __future__ import annotations

from typing import Any

from toyevm.bench.stark_chart import stark_chart
from toyevm.charts import Chart

MEASURED = (  # payments, bytes of the proof, CPU seconds: proof check, statement check, re-execution, prover
    (16, 170_424, 0.0606, 0.0042, 0.0029, 0.134),
    (64, 194_524, 0.0664, 0.0158, 0.0093, 0.455),
    (256, 227_924, 0.0792, 0.0610, 0.0349, 1.392),
    (1_024, 255_676, 0.0689, 0.2374, 0.1380, 5.171),
)


def growth() -> Chart:
    """Return proof size and times of who checks, over the size of the batch."""
    names = ("proofCheck", "statementCheck", "reexecution", "prove")
    rows: list[dict[str, Any]] = [
        {
            "program": "payments",
            "transactions": count,
            "proofBytes": size,
            "cpuSeconds": dict(zip(names, seconds, strict=True)),
        }
        for count, size, *seconds in MEASURED
    ]
    return stark_chart(rows)
