"""Run everything under TOYEVM_DATA: all public state tests, then the mainnet blocks. This is `make conformance`.

    python tests/conformance/run.py [--jobs N] [--timeout S] [--slow-timeout S] [--failures FILE]

The families that are slow by nature run after the others, with a time limit of their own, and are reported apart. The
exit code is 1 if anything failed, except a time-out of vmPerformance/loopMul, which only asks for a very long loop.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.conformance.sampling import MAY_TIME_OUT, SLOW_FAMILIES, family_of, state_test_files
from toyevm.bench.replay import named_backends, replay_block
from toyevm.forks import FORKS
from toyevm.workloads.statetests import run_file

Rows = list[dict[str, Any]]


def main() -> int:
    options = read_options()
    files = state_test_files(options.data)
    quick = [source for source in files if family_of(source[0]) is None]
    slow = [source for source in files if family_of(source[0]) is not None]
    print(
        f"{len(quick)} files of state tests, {options.jobs} processes, {options.timeout:g} s for a sub-case", flush=True
    )
    rows, left_out = run_all(quick, options.jobs, options.timeout)
    print_table("fork", FORKS, rows, key=lambda row: row["fork"])
    print(f"\n{len(slow)} files that are slow by nature, {options.slow_timeout:g} s for a sub-case", flush=True)
    slow_rows, more = run_all(slow, options.jobs, options.slow_timeout)
    print_table("family", SLOW_FAMILIES, slow_rows, key=lambda row: family_of(row["file"]))
    print(f"\n{left_out + more} sub-cases of older forks were left out\n", flush=True)
    bad_blocks = replay_all(options.data / "mainnet")
    bad_rows = [row for row in rows + slow_rows if not is_fine(row)]
    for row in bad_rows:
        print("FAILED", row["file"], row["name"], row["fork"], row["index"], row["error"] or "")
    if options.failures:
        options.failures.write_text(json.dumps(bad_rows, indent=1))
    print(
        "all as it should be"
        if not bad_rows and not bad_blocks
        else f"{len(bad_rows)} sub-cases and {bad_blocks} blocks failed"
    )
    return 1 if bad_rows or bad_blocks else 0


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run the public state tests and mainnet blocks under TOYEVM_DATA.")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--timeout", type=float, default=60, help="seconds for a sub-case")
    parser.add_argument("--slow-timeout", type=float, default=60, help="seconds for a sub-case of a slow family")
    parser.add_argument("--failures", type=Path, help="write the rows that failed to this file, as JSON")
    options = parser.parse_args()
    folder = os.environ.get("TOYEVM_DATA")
    if not folder or not Path(folder).is_dir():
        parser.error("TOYEVM_DATA names no folder: see README.md, public test data")
    options.data = Path(folder)
    return options


def is_fine(row: dict[str, Any]) -> bool:
    return row["pass"] or (row["error"] == "timeout" and MAY_TIME_OUT in row["file"])


def run_all(files: list[tuple[str, bytes]], jobs: int, timeout: float) -> tuple[Rows, int]:
    """Return the rows of these files, and how many sub-cases of unknown forks are in them."""
    rows: Rows = []
    left_out = 0
    start = time.monotonic()
    with Pool(jobs) as pool:
        for outcomes in pool.imap_unordered(partial(run_file, timeout=timeout), files):
            if outcomes.problems:
                raise outcomes.problems[0]
            rows += outcomes.rows
            left_out += outcomes.unsupported + outcomes.others
            if sys.stderr.isatty():
                print(f"\r{len(rows)} sub-cases", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    print(f"{len(rows)} sub-cases in {time.monotonic() - start:.0f} s")
    return sorted(rows, key=lambda row: (row["file"], row["name"], row["fork"], row["index"])), left_out


def print_table(heading: str, order: Any, rows: Rows, key: Any) -> None:
    run, passed, late = Counter(map(key, rows)), Counter[str](), Counter[str]()
    for row in rows:
        passed[key(row)] += row["pass"]
        late[key(row)] += row["error"] == "timeout"
    lines = [(name, run[name], passed[name], late[name]) for name in order]
    lines.append(("together", len(rows), passed.total(), late.total()))
    print(f"{heading:<26} {'run':>7} {'passed':>7} {'time-outs':>10} {'failed':>7}")
    for name, total, good, slow in lines:
        print(f"{name:<26} {total:>7} {good:>7} {slow:>10} {total - good - slow:>7}")


def replay_all(folder: Path) -> int:
    """Replay every block in the folder and return how many fail a check."""
    print(f"{'block':<10} {'fork':<9} {'transactions':>12} {'gas':>11} {'CPU s':>7} {'kgas/s':>7}  checks")
    bad = 0
    for path in blocks(folder):
        report = replay_block(path, named_backends("sequential"), 1)
        measured = report["backends"]["sequential"]
        wrong = [name for name, good in report["checks"].items() if not good]
        verdict = "all true" if not wrong else "FAILED: " + ", ".join(wrong)
        bad += bool(wrong)
        print(
            f"{report['block']:<10} {report['fork']:<9} {report['transactions']:>12} {report['gasUsed']:>11,} "
            f"{measured['cpuSeconds']:>7.2f} {measured['kgasPerSecond']:>7}  {verdict}",
            flush=True,
        )
    return bad


def blocks(folder: Path) -> Iterator[Path]:
    found = sorted(folder.glob("*.json.xz"))
    if not found:
        raise SystemExit(f"no blocks in {folder}")
    yield from found


if __name__ == "__main__":
    sys.exit(main())
