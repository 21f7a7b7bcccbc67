"""Hold a run to the sequential one, and to what every run must keep to."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import accumulate, pairwise
from typing import Any

from tests.backends.cases import Case
from toyevm.backends import BACKENDS, Backend, RunConfig
from toyevm.backends.base import compare_results
from toyevm.errors import InvalidBlock
from toyevm.sealing import seal_block
from toyevm.simulation.ledger import FEE
from toyevm.simulation.run import Run, TaskSpan
from toyevm.types import BEFORE_BLOCK, Location

Outcome = Run | InvalidBlock


def outcome_of(backend: Backend, case: Case, config: RunConfig) -> Outcome:
    """Execute a block; an invalid one is an outcome too."""
    try:
        return backend.execute_block(case.pre, case.block, config)
    except InvalidBlock as error:
        return error


def oracle_of(case: Case) -> Outcome:
    return outcome_of(BACKENDS.named("sequential"), case, RunConfig(case.chain))


def differences(case: Case, outcome: Outcome, oracle: Outcome, seal: bool = False) -> list[str]:
    """Return in words what an outcome has that the sequential one has not; with `seal`, compare the headers too."""
    if isinstance(outcome, InvalidBlock) or isinstance(oracle, InvalidBlock):
        got, right = _complaint(outcome), _complaint(oracle)
        return [] if got == right else [f"{got} instead of {right}"]
    found = compare_results(outcome.result, oracle.result)
    if len(outcome.result.results) != len(oracle.result.results):
        return found
    if seal and _header(case, outcome) != _header(case, oracle):
        found.append("header")
    return found + broken_promises(case, outcome)


def _complaint(outcome: Outcome) -> Any:
    return (outcome.tx_index, outcome.reason) if isinstance(outcome, InvalidBlock) else "a result"


def _header(case: Case, run: Run) -> Any:
    return seal_block(case.chain, case.block, run.result, case.pre.apply(run.result.diff)).header


def broken_promises(case: Case, run: Run) -> list[str]:
    """Return what is wrong with a run's record: counts, times, cores that do two things at once, versions of no one.

    It is taken for granted that a unit of gas takes a unit of time, or longer.
    """
    found, results = [], run.result.results
    runs = [span for span in run.spans if span.kind in ("execute", "dry run")]
    last = {span.tx_index: span for span in runs if not span.aborted and span.kind == "execute"}
    final = {tx_index: span.incarnation for tx_index, span in last.items()}
    if not run.spans:
        return [] if run.attempts == len(results) and not run.aborts else ["counts without spans"]
    if sorted(final) != list(range(len(results))):
        found.append("not one final attempt for each transaction")
    if (run.attempts, run.aborts) != (len(runs), sum(span.aborted for span in runs)):
        found.append("attempts and aborts are not those of the spans")
    aborts = Counter(span.tx_index for span in runs if span.aborted)
    if any(incarnation != aborts[tx_index] for tx_index, incarnation in final.items()):
        found.append("a final incarnation is not the number of aborts before it")
    gas = [one.gas_used + one.gas_refunded for one in results]
    for span in runs:
        used = [used for _, used in span.accesses]
        least = gas[span.tx_index] if span is last.get(span.tx_index) else max(used, default=0)
        if span.end - span.start < least:
            found.append(f"the {span.kind} of {span.tx_index} takes less time than its gas")
    by_core = defaultdict(list)
    for span in run.spans:
        by_core[span.core].append((span.start, span.end))
    if any(end > start for spans in by_core.values() for (_, end), (start, _) in pairwise(spans)):
        found.append("a core does two things at once")
    commits = [span.tx_index for span in sorted(run.spans, key=lambda span: span.end) if span.kind == "commit"]
    if commits != sorted(commits):
        found.append("commits are out of order")
    for tx_index, one in enumerate(results):
        for location, read in one.read_set.items():
            writer, incarnation = read.version
            if read.version == BEFORE_BLOCK:
                continue
            if writer not in last or incarnation not in (final[writer], FEE):
                found.append(f"{tx_index} read {location} from an attempt that was thrown away")
            elif (tx_index, location) in run.foreseen:
                continue  # it was told what the writer would leave there
            elif tx_index in last and location not in dict(last[tx_index].accesses):
                continue  # something stood in for it, until its turn came (block_stm/accounting.py)
            elif tx_index in last and latest_read(last[tx_index], gas[tx_index], location) < min(
                span.start + (gas[writer] if span is last[writer] else results[writer].gas_used)
                for span in origins(run, last[writer], incarnation)
            ):
                found.append(f"{tx_index} read {location} before {writer} can have known it")
    return found


def origins(run: Run, final: TaskSpan, incarnation: int) -> list[TaskSpan]:
    """Return the attempts that may have left a value: the final one; for a fee, each that took as long as it is worth.

    A fee has the same version whichever attempt has left it. Where fees are increments that others see at once, one may
    be read that is thrown away, and it is right if the next attempt leaves the same.
    """
    if incarnation != FEE:
        return [final]
    used = run.result.results[final.tx_index].gas_used
    attempts = [span for span in run.spans if (span.tx_index, span.kind) == (final.tx_index, "execute")]
    return [span for span in attempts if span is final or span.duration >= used]


def latest_read(run: TaskSpan, gas: int, location: Location) -> int:
    """Return when a run can have read a location at the latest: what came afterwards took at least its gas.

    What is asked for after all instructions counts no gas of its own, and comes after what was asked for before it.
    """
    used = accumulate((used for _, used in run.accesses), max)
    so_far = dict(zip((asked for asked, _ in run.accesses), used, strict=True))
    return run.end - (gas - so_far.get(location, gas))
