"""Real cores: a block on processes, threads or a cluster by the clock on the wall, a control, a model held to both."""

from toyevm.bench.cores.executors import kept_processes
from toyevm.bench.cores.grains import GRAINS, Control, GrainRow, burn_control, run_grains
from toyevm.bench.cores.overheads import Overheads, PredictedRow, break_even, fit_overheads, hold_out, predict

__all__ = [
    "GRAINS", "Control", "GrainRow", "Overheads", "PredictedRow", "break_even", "burn_control", "fit_overheads",
    "hold_out", "kept_processes", "predict", "run_grains",
]  # fmt: skip
