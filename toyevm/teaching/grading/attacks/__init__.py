"""Attacks on the marking, and the marks they must earn: the test suite runs them, and so can an instructor.

sample     two small assignments, one of them full of canaries
answers    objects that equal anything, a patched judge, forged lines and words
reading    the marking, the checkout, the marker, what an accomplice left
machine    time, memory, processes, files
hidden     every road by which a hidden input could be carried out
check      runs them, and says which hold
"""

from __future__ import annotations

from toyevm.teaching.grading.attacks.check import ATTACKS, AttackOutcome, check_isolation

__all__ = ["ATTACKS", "AttackOutcome", "check_isolation"]
