"""Lesson 04: plans of jobs on cores, moved by hand or by a rule, and one run on real processes."""

from __future__ import annotations

from toyevm.teaching.lessons.schedulers.gantt_player import GanttPlayer
from toyevm.teaching.lessons.schedulers.gantt_view import show_batches, show_plan
from toyevm.teaching.lessons.schedulers.plans import holding_up, lengths_of, plan, read_job
from toyevm.teaching.lessons.schedulers.real_run_view import RealPlans
from toyevm.teaching.lessons.schedulers.speedup_view import show_speedups
from toyevm.workloads.hashing_blocks import hashing_block

__all__ = [
    "GanttPlayer",
    "RealPlans",
    "hashing_block",
    "holding_up",
    "lengths_of",
    "plan",
    "read_job",
    "show_batches",
    "show_plan",
    "show_speedups",
]
