"""What the cells of lesson 17 run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from statistics import fmean
from typing import Any

from toyevm.bench.claims import ClaimEvidence, audit, claim_named
from toyevm.bench.compare import compare
from toyevm.bench.compare.figures import rounded, short
from toyevm.bench.energy import MODELS, Measured, estimate, mine
from toyevm.bench.learned import share_won
from toyevm.teaching.lessons.energy_and_claims.predictions import standing
from toyevm.teaching.lessons.energy_and_claims.settings import energy_in

HEADERS = 64
PRICES = "bytes, soft: simulated; gwei: assumed prices of a quiet day; hard: L1 is assumed to take 64 slots of 12 s"
RECORDED = Measured(execute=7.3e-5, prove=4.6e-3, executions=1.075)
"""What `measure_inputs()` gave on 1 December 2026 on a virtual machine with two busy cores."""


def counter_on_cores() -> str:
    """Return what the block of the first bet takes on 16 cores."""
    run = energy_in("one counter", "optimistic", 16)
    return f"{run.speedup:.1f} times as fast, work {run.busy:.1f} times, with waiting {run.total:.1f} times"


def mean_hashes(bits: int) -> str:
    """Return how many hashes it took on average to mine 64 headers."""
    mean = fmean(mine(b"header %d" % number, bits).hashes for number in range(HEADERS))
    return f"{bits:>2} bits: {mean:>7,.1f} hashes on average ({HEADERS} headers, counted)"


def joules_table(measured: Measured = RECORDED) -> str:
    """Return joules a transaction of three systems, for both questions: assumed ranges, seconds of a core measured."""
    lines = [f"{'J a transaction':<30}{'least':>15}{'middle':>15}{'most':>15}"]
    for system, question in MODELS:
        found = estimate(system, question, measured)
        figures = "".join(f"{rounded(value):>15}" for value in (found.low, found.middle, found.high))
        lines.append(f"{system + ', ' + question:<30}{figures}")
    return "\n".join(lines)


def hints_table() -> str:
    """Return what predictions are worth on two later blocks."""
    lines = [f"{'':<10}{'named':>7}{'met':>6}{'recall':>8}{'time saved, of the oracle' + chr(39) + 's':>30}"]
    for name in dict.fromkeys(row.predictor for row in standing()):
        rows = [row for row in standing() if row.predictor == name]
        met, there = sum(row.right for row in rows), sum(row.there for row in rows)
        won = share_won(rows)
        lines.append(f"{name:<10}{sum(row.predicted for row in rows):>7}{met:>6}{met / there:>8.0%}{won or 0:>30.0%}")
    return "\n".join(lines)


def claim_cases(name: str) -> str:
    """Return the cases of a claim and its verdict.

    Raises:
        InputError: there is no such claim.
    """
    return f"{cases_of(name)}\nverdict: {_evidence(name).verdict}"


@cache
def _evidence(name: str) -> ClaimEvidence:
    return audit(claim_named(name))


def cases_of(name: str) -> str:
    """Return the cases of a claim.

    Raises:
        InputError: there is no such claim.
    """
    claim, found = claim_named(name), _evidence(name)
    lines = [f"{claim.sentence} {claim.experiment}"]
    for case in found.cases:
        figures = ", ".join(f"{key} {figure}" for key, figure in case.figures.items())
        lines.append(f"  {'holds' if case.holds else 'fails':<6} if {case.condition}: {figures}")
    return "\n".join(lines)


@cache
def course_table() -> str:
    """Return the block of all lessons, on some backends and on all settlements."""
    report = compare()
    rows = [row for row in report["executing"] if row["system"] in ("sequential", "optimistic", "block_stm")]
    lines = [f"{'executed by':<20}{'speedup':>10}   (simulated, 16 virtual cores)"]
    lines += [f"{row['system']:<20}{row['speedup'].value:>10.1f}" for row in rows]
    lines += ["", f"{'settled by':<20}{'bytes/tx':>10}{'gwei/tx':>12}{'soft, s':>9}{'hard, s':>9}"]
    first = rows[0]
    lines.append(_settled("L1 itself", "", first))
    lines += [_settled(row["system"], short(row["bytes"].value), row) for row in report["settling"]]
    lines += [f"{row['system']} trusts {row['trust']}." for row in report["settling"]]
    lines += [f"{row['system']}: {row['instead']}" for row in report["settling"] if row["instead"]]
    return "\n".join([*lines, PRICES])


def _settled(name: str, sent: str, row: Mapping[str, Any]) -> str:
    costs, soft, hard = row["costs"], row["soft"], row["hard"]
    return f"{name:<20}{sent:>10}{costs['quiet'].value:>12,.0f}{soft.value:>9,.0f}{hard.value:>9,.0f}"
