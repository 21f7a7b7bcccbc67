"""Hold a run to the sequential one, and to what every run must keep to."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import fields
from itertools import pairwise
from typing import Any

from tests.backends.cases import Case
from toyevm.backends import BACKENDS, Backend, RunConfig
from toyevm.errors import InvalidBlock
from toyevm.results import BlockResult, TxResult
from toyevm.sealing import seal_block
from toyevm.types import BEFORE_BLOCK

Outcome = BlockResult | InvalidBlock


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
    found = [name for name in ("diff", "requests") if getattr(outcome, name) != getattr(oracle, name)]
    if len(outcome.results) != len(oracle.results):
        return [*found, "number of results"]
    for tx_index, (result, right_one) in enumerate(zip(outcome.results, oracle.results)):
        found += [f"{name} of {tx_index}" for name in _differing(result, right_one)]
    if seal and _header(case, outcome) != _header(case, oracle):
        found.append("header")
    return found + broken_promises(case, outcome)


def _complaint(outcome: Outcome) -> Any:
    return (outcome.tx_index, outcome.reason) if isinstance(outcome, InvalidBlock) else "a result"


def _differing(result: TxResult, right: TxResult) -> list[str]:
    names = [field.name for field in fields(TxResult) if field.name != "read_set"]
    found = [name for name in names if getattr(result, name) != getattr(right, name)]
    # An incarnation may differ: it says how often the writer was tried. Who wrote the value last may not.
    seen = {location: (read.version.tx_index, read.value) for location, read in result.read_set.items()}
    if seen != {location: (read.version.tx_index, read.value) for location, read in right.read_set.items()}:
        found.append("read_set")
    return found


def _header(case: Case, result: BlockResult) -> Any:
    return seal_block(case.chain, case.block, result, case.pre.apply(result.diff)).header


def broken_promises(case: Case, result: BlockResult) -> list[str]:
    """Return what is wrong with a run's record: counts, cores that do two things at once, versions of no one."""
    found = []
    runs = [span for span in result.spans if span.kind in ("execute", "dry run")]
    final = {span.tx_index: span.incarnation for span in runs if not span.aborted and span.kind == "execute"}
    if not result.spans:
        return [] if result.attempts == len(result.results) and not result.aborts else ["counts without spans"]
    if sorted(final) != list(range(len(result.results))):
        found.append("not one final attempt for each transaction")
    if (result.attempts, result.aborts) != (len(runs), sum(span.aborted for span in runs)):
        found.append("attempts and aborts are not those of the spans")
    aborts = Counter(span.tx_index for span in runs if span.aborted)
    if any(incarnation != aborts[tx_index] for tx_index, incarnation in final.items()):
        found.append("a final incarnation is not the number of aborts before it")
    for span in runs:
        result_of = result.results[span.tx_index]
        if not span.aborted and span.kind == "execute" and span.end - span.start < result_of.gas_used:
            found.append("an execution takes less time than its gas")
    by_core = defaultdict(list)
    for span in result.spans:
        by_core[span.core].append((span.start, span.end))
    if any(end > start for spans in by_core.values() for (_, end), (start, _) in pairwise(spans)):
        found.append("a core does two things at once")
    commits = [span.tx_index for span in sorted(result.spans, key=lambda span: span.end) if span.kind == "commit"]
    if commits != sorted(commits):
        found.append("commits are out of order")
    for tx_index, one in enumerate(result.results):
        for location, read in one.read_set.items():
            writer, incarnation = read.version
            if read.version != BEFORE_BLOCK and writer >= 0 and final.get(writer) != incarnation:
                found.append(f"{tx_index} read {location} from an attempt that was thrown away")
    return found
