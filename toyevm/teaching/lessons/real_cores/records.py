"""What was recorded once, on one computer with two cores: the same for everybody, so exercises can rest on it.

Recorded on 1 December 2026: CPython 3.11.7, AMD EPYC, two virtual cores that other programs used, too. ROWS,
BLOCKS and START are of `toyevm bench cores --repeats 11` (load 2.2 before): medians, on processes that ran already.
LOOKS were taken a quarter of an hour later, in a busier minute (load 3.8), with the functions of
`toyevm.bench.cores.grains`: 150 tasks of 1 ms in this process, on two running processes, and as the control, in turn.
THREADS are of the first minute after that in which the control was above 1.7: with one core, threads lose nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from toyevm.bench.cores import GrainRow

WHERE = "recorded on 1 December 2026: CPython 3.11.7, two cores of an AMD EPYC"
ROWS = (
    GrainRow(1e-05, 2000, 2, 0, 0.019680, 0.080209, 0.011589),
    GrainRow(3e-05, 2000, 2, 0, 0.061142, 0.126120, 0.034954),
    GrainRow(0.0001, 1500, 2, 0, 0.151973, 0.176598, 0.087987),
    GrainRow(0.0003, 500, 2, 0, 0.151700, 0.111171, 0.085411),
    GrainRow(0.001, 150, 2, 0, 0.152540, 0.089895, 0.087787),
    GrainRow(0.003, 50, 2, 0, 0.156304, 0.086292, 0.085118),
    GrainRow(0.01, 14, 2, 0, 0.142541, 0.082850, 0.079840),
    GrainRow(0.03, 4, 2, 0, 0.121651, 0.068570, 0.066769),
    GrainRow(0.1, 4, 2, 0, 0.403370, 0.226530, 0.224567),
)
START = {"running": 0.0, "forked": 0.0132, "spawned": 0.358}  # seconds until two processes are there
THREADS = {"four threads": 1.03, "two processes": 1.81}  # speedups for arithmetic on two cores (medians of 7)
LOOKS = {  # milliseconds
    "one": (157.0, 141.7, 141.2, 141.2, 144.6, 155.5, 154.5, 155.0, 138.7, 188.9, 205.4),
    "two": (144.0, 148.1, 143.6, 152.1, 141.5, 142.0, 143.7, 143.2, 158.3, 98.4, 146.3),
    "control": (138.4, 138.8, 139.2, 137.8, 136.7, 136.7, 135.6, 135.2, 72.6, 68.4, 134.6),
}
FIRST = 595.9  # milliseconds of the first look at two processes, in which they were started


class BlockRow(NamedTuple):
    """A block by a plan on two processes: times in milliseconds, the state root not among them."""

    block: str
    plan: str
    tasks: int
    transactions: int
    one: float
    two: float
    merge: float  # the part of `two` in which one process puts the results together
    ran_again: int
    tail: float  # the state root, in one process
    control: float  # its speedup in these minutes


BLOCKS = (
    BlockRow("course block", "by conflicts", 2, 40, 4.1, 6.0, 1.0, 0, 1.0, 0.99),
    BlockRow("course block", "batches", 8, 40, 3.7, 6.6, 1.6, 6, 1.0, 1.00),
    BlockRow("token payments", "by conflicts", 2, 800, 43.8, 100.2, 27.5, 0, 21.4, 0.96),
    BlockRow("token payments", "batches", 8, 800, 43.7, 68.1, 18.7, 0, 19.3, 0.96),
    BlockRow("hashing", "by conflicts", 2, 40, 161.6, 165.8, 1.0, 0, 0.5, 0.99),
    BlockRow("hashing", "batches", 8, 40, 161.5, 167.1, 1.1, 0, 0.5, 0.98),
    BlockRow("mainnet 17666333", "by conflicts", 2, 961, 704.8, 755.2, 82.1, 3, 14.7, 1.02),
    BlockRow("mainnet 17666333", "batches", 8, 961, 728.2, 788.2, 61.2, 717, 14.5, 1.15),
)
