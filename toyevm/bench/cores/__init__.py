"""Real cores: a block on processes, threads or a cluster by the clock on the wall, a control, a model held to both."""

from toyevm.bench.cores.block import RealBlockRun, run_block_on
from toyevm.bench.cores.executors import kept_processes
from toyevm.bench.cores.grains import GRAINS, Control, GrainRow, burn_control, run_grains
from toyevm.bench.cores.kept import SharedBlock, keep
from toyevm.bench.cores.overheads import Overheads, PredictedRow, break_even, fit_overheads, hold_out, predict
from toyevm.bench.cores.plans import Plan, plan_batches, plan_by_conflicts
from toyevm.bench.cores.tail import serial_tail

__all__ = [
    "GRAINS",
    "Control",
    "GrainRow",
    "Overheads",
    "Plan",
    "PredictedRow",
    "RealBlockRun",
    "SharedBlock",
    "break_even",
    "burn_control",
    "fit_overheads",
    "hold_out",
    "keep",
    "kept_processes",
    "plan_batches",
    "plan_by_conflicts",
    "predict",
    "run_block_on",
    "run_grains",
    "serial_tail",
]  # fmt: skip
