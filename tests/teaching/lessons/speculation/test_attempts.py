"""A picture of a speculative run must say what happened: who ran when, what it saw, and what became of it."""

from __future__ import annotations

import re

import pytest

from toyevm.backends import BACKENDS, Locks, RunConfig
from toyevm.contracts import load_contract
from toyevm.simulation.metrics import measure
from toyevm.simulation.notation import version_name
from toyevm.simulation.run import Run
from toyevm.teaching.lessons.speculation.attempts import attempts_of, reads_of
from toyevm.teaching.lessons.speculation.attempts_view import show_attempts, show_reads
from toyevm.teaching.lessons.speculation.studies import run_locked
from toyevm.types import BEFORE_BLOCK, Location
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.transfers import block_of, read_payments
from toyevm.workloads.workload import Workload

MINTS = APPLICATIONS["erc20-mint"](5)
SUPPLY = Location(MINTS.block.transactions[0].to or b"", load_contract("erc20_mint").slots["totalSupply"])
BLOCKS = {name: APPLICATIONS[name](30) for name in ("erc20-zipf", "nft-counter", "amm-arbitrage", "payments")} | {
    "relay": block_of(read_payments("Ann>Bob, Bob>Cleo, Cleo>Dan, Dan>Eve"))
}


def run(workload: Workload, cores: int) -> Run:
    return BACKENDS.named("optimistic").execute_block(workload.pre, workload.block, RunConfig(workload.chain, cores))


@pytest.fixture(scope="module")
def five() -> Run:
    return run(MINTS, 5)


@pytest.mark.parametrize("cores", [2, 4, 7])
@pytest.mark.parametrize("name", BLOCKS)
def test_the_table_agrees_with_the_verdict_of_the_machine(name: str, cores: int) -> None:
    """Oracle: the machine compared real versions. The table works them out from times, and must come to the same."""
    result = run(BLOCKS[name], cores)
    written = {location for each in result.result.results for location in each.write_set}
    rows = [(location, seen) for location in written for seen in reads_of(result, location)]
    assert len(rows) > len(result.result.results)
    for location, seen in rows:
        if not seen.attempt.span.aborted:
            assert seen.version == seen.now
            assert seen.version == result.result.results[seen.attempt.span.tx_index].read_set[location].version
        elif seen.attempt.span.cause == location:
            assert seen.version != seen.now


def test_five_through_one_counter_spoil_ten_attempts(five: Run) -> None:
    seen = list(reads_of(five, SUPPLY))
    assert len(seen) == five.attempts == 15
    assert [version_name(each.version) for each in seen[:6]] == ["before"] * 5 + ["A.0"]
    assert [each.attempt.name for each in seen if not each.attempt.span.aborted] == ["A.0", "B.1", "C.2", "D.3", "E.4"]
    assert seen[0].now == BEFORE_BLOCK


def test_words_and_picture_hold_every_attempt(five: Run) -> None:
    picture = show_attempts(five, 5, "mints")
    named = re.findall(r"[A-E]\.\d", picture.text)
    assert sorted(named) == sorted(attempt.name for attempt in attempts_of(five))
    assert sorted(re.findall(r">([A-E]\.\d)<", picture.svg)) == sorted(named)
    assert picture.svg.count("<path ") == five.aborts == picture.text.count("✗")
    assert 'aria-label="mints; 5 cores: 15 executions, 10 thrown away' in picture.svg


def test_a_hatch_stays_in_its_box(five: Run) -> None:
    picture = show_attempts(five, 5)
    boxes = re.findall(
        r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"[^>]*fill="#f9dcd6"', picture.svg
    )
    paths = re.findall(r'<path d="([^"]+)"', picture.svg)
    assert len(boxes) == len(paths) == five.aborts
    for box, path in zip(boxes, paths):
        x, y, width, height = map(float, box)
        for at, level in re.findall(r"[ML]([\d.]+) ([\d.]+)", path):
            assert x - 0.1 <= float(at) <= x + width + 0.1
            assert y - 0.1 <= float(level) <= y + height + 0.1


def test_a_long_run_is_summed_up() -> None:
    workload = APPLICATIONS["erc20-mint"](20)
    result = run(workload, 16)
    picture = show_attempts(result, 16)
    assert len(picture.text.splitlines()) == 1
    assert f"{measure(result, 16).executions} executions" in picture.text
    assert picture.svg.count("<path ") == result.aborts


def test_the_table_shows_both_versions_and_marks_the_aborted(five: Run) -> None:
    picture = show_reads(five, SUPPLY, "totalSupply")
    assert re.search(r"B\.0 +27,064 +before +39,204 +A\.0 +aborted", picture.text)
    assert picture.svg.count("stroke-dasharray") == five.aborts


def test_a_hidden_row_tells_neither_the_version_now_nor_the_verdict(five: Run) -> None:
    picture = show_reads(five, SUPPLY, "totalSupply", hidden=["C.1"])
    assert re.search(r"C\.1 +66,373 +A\.0 +78,513 +\? +\?", picture.text)
    assert "C.1, 66,373, A.0, 78,513, ?, ?" in picture.svg
    assert picture.svg.count("stroke-dasharray") == five.aborts - 1


def test_rows_of_the_table_are_in_the_order_of_the_checks(five: Run) -> None:
    checked = re.findall(r"[A-E]\.\d +[\d,]+ +\S+ +([\d,]+)", show_reads(five, SUPPLY, "totalSupply").text)
    times = [int(each.replace(",", "")) for each in checked]
    assert len(times) == 15
    assert times == sorted(times)


def test_a_single_execution_is_not_called_executions() -> None:
    assert "1 execution, 0 thrown away" in show_attempts(run(block_of(read_payments("Ann>Bob")), 1), 1).text


def test_optimistic_tries_again_before_its_turn_and_locks_do_not() -> None:
    """Lesson 05 says so: why a silent access hint is slower than none."""
    workload = APPLICATIONS["erc20-zipf"](60)
    silent = run_locked(workload, 8, [Locks()] * 60)
    (early, beside), (early_locked, beside_locked) = (repeats(each) for each in (run(workload, 8), silent))
    assert early > beside > 1
    assert early > run(workload, 8).aborts / 2
    assert (early_locked, beside_locked) == (0, 1)


def repeats(result: Run) -> tuple[int, int]:
    """Return how many re-executions began before the commit below them, and how many ran at once at most."""
    turn = {span.tx_index + 1: span.end for span in result.spans if span.kind == "commit"}
    again = [span for span in result.spans if span.kind == "execute" and span.incarnation]
    early = sum(span.start < turn.get(span.tx_index, 0) for span in again)
    return early, max(sum(other.start <= span.start < other.end for other in again) for span in again)
