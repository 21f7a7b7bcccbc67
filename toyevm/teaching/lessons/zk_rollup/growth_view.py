"""What proofs of payments cost as batches grow: measured once, and kept, so that a notebook shows the same everywhere.

`toyevm bench stark --json` on a quiet machine with two cores (CPython 3.11.7, numpy 2.4.6, coincurve), 2026-11-30. CPU
seconds, medians of three proofs, and of nine checks each.
"""

from __future__ import annotations

from typing import Any

from toyevm.bench.stark_chart import stark_chart
from toyevm.charts import Chart

MEASURED = (  # payments, bytes of the proof, CPU seconds: proof check, statement check, re-execution, prover
    (16, 170_424, 0.0134, 0.0039, 0.0022, 0.087),
    (64, 194_524, 0.0145, 0.0148, 0.0076, 0.263),
    (256, 227_924, 0.0170, 0.0607, 0.0299, 1.100),
    (1_024, 255_676, 0.0180, 0.2422, 0.1168, 4.186),
)  # of the 0.2422 seconds, the digest takes 0.1679, the signatures the rest


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
