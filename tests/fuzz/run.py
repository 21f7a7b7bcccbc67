"""Try random programs for some minutes: tier 0 against tier 1, and both against EELS.

    python tests/fuzz/run.py [--minutes 5] [--jobs 2] [--only tiers|eels] [--programs N] [--seed S]

A run goes on where the last one stopped: the seeds that were tried are recorded in .fuzz/state.json. A program on which
two machines disagree is made small and kept in tests/fuzz/failures/, where `make test` tries it again until it agrees.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.fuzz import eels, tiers  # noqa: E402
from tests.fuzz.minimise import listing, minimise  # noqa: E402
from tests.fuzz.programs import Program, program  # noqa: E402
from tests.fuzz.tiers import Difference, Verdict  # noqa: E402
from tests.support.forks import FORKS_WITH_RULES, FORKS_WITH_RULES_IN_EELS  # noqa: E402
from toyevm.crypto import keccak256  # noqa: E402

FAILURES = Path(__file__).parent / "failures"
STATE = ROOT / ".fuzz"
BATCH = 25
THOROUGH = 16  # one program of so many is repeated until the default of the compiler is reached
PATIENCE = 120  # seconds for one program, all runs of it together
SHARE = {"tiers": 2, "eels": 1}  # of the batches


FORKS_OF = {"tiers": FORKS_WITH_RULES, "eels": FORKS_WITH_RULES_IN_EELS}


def check(family: str, subject: Program, seed: int = 0) -> Verdict:
    """Try one program the way a family does."""
    return eels.check(subject) if family == "eels" else tiers.check(subject, thorough=seed % THOROUGH == 0)


class Batch(NamedTuple):
    """What came of the seeds from `start` to `end`."""

    family: str
    start: int
    end: int
    outcomes: Counter[str]
    runs: int
    failures: list[str]


def run_batch(family: str, start: int, end: int) -> Batch:
    """Try the programs of some seeds; keep what fails."""
    outcomes: Counter[str] = Counter()
    failures, runs = [], 0
    signal.signal(signal.SIGALRM, _give_up)
    for seed in range(start, end):
        signal.alarm(PATIENCE)
        subject = program(seed, forks=FORKS_OF[family])
        verdict = check(family, subject, seed)
        signal.alarm(0)
        outcomes[verdict.outcome] += 1
        runs += verdict.runs
        if verdict.difference:
            failures.append(f"{family} seed {seed}: {keep(family, seed, subject, verdict.difference)}")
    return Batch(family, start, end, outcomes, runs, failures)


def _give_up(*_: Any) -> None:
    raise TimeoutError(f"not done in {PATIENCE} s")


def keep(family: str, seed: int, subject: Program, found: Difference, folder: Path = FAILURES) -> Path:
    """Make a failing program small and write it down with what is wrong about it."""

    def fails(candidate: Program) -> bool:
        try:
            return check(family, candidate, seed).difference is not None
        except Exception:  # a program that the other machine cannot take is no example
            return False

    small = minimise(subject, fails)
    difference = check(family, small, seed).difference or found
    codes = {
        "0x" + who.hex(): listing(account.code, small.fork) for who, account in small.accounts.items() if account.code
    }
    where = {"family": family, "seed": seed, "setting": difference.setting, "differs": difference.fields}
    folder.mkdir(exist_ok=True)
    path = folder / f"{family}-{seed}.json"
    path.write_text(json.dumps({**where, "listing": codes, **small.to_json()}, indent=1) + "\n")
    return path


def replay(path: Path) -> Difference | None:
    """Try a program that was kept."""
    fields = json.loads(path.read_text())
    return check(fields["family"], Program.from_json(fields), fields["seed"]).difference


class State:
    """The seeds tried so far, whatever the machine was then, and the results of the machine as it is now."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "state.json"
        self.data: dict[str, Any] = {"seeds": {}, "results": {}}
        if self.path.exists():
            self.data = json.loads(self.path.read_text())
        self.version = fingerprint()

    def unused(self, family: str, first: int) -> Iterator[tuple[int, int]]:
        """Yield batches of seeds from `first` on that nobody has tried."""
        while True:
            ranges = self.data["seeds"].get(family, [])
            covering = [end for start, end in ranges if start < first + BATCH and first < end]
            if covering:
                first = max(covering)
            else:
                yield first, first + BATCH
                first += BATCH

    def add(self, batch: Batch) -> None:
        """Record a batch, at once: the run may be stopped at any time."""
        ranges = self.data["seeds"].setdefault(batch.family, [])
        self.data["seeds"][batch.family] = merged([*ranges, [batch.start, batch.end]])
        results = self.data["results"].setdefault(self.version, {}).setdefault(batch.family, {"outcomes": {}})
        results["outcomes"] = dict(Counter(results["outcomes"]) + batch.outcomes)
        results["runs"] = results.get("runs", 0) + batch.runs
        results["differences"] = results.get("differences", 0) + len(batch.failures)
        self.path.parent.mkdir(exist_ok=True)
        temporary = self.path.with_suffix(".new")
        temporary.write_text(json.dumps(self.data, indent=1))
        temporary.replace(self.path)


def merged(ranges: list[list[int]]) -> list[list[int]]:
    """Join ranges that touch.

    >>> merged([[50, 75], [0, 25], [25, 50], [100, 125]])
    [[0, 75], [100, 125]]
    """
    joined: list[list[int]] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(end, joined[-1][1])
        else:
            joined.append([start, end])
    return joined


def fingerprint() -> str:
    """Return a name for the machine as it is: results of another one prove nothing about it."""
    package = ROOT / "toyevm"
    sources = sorted([*package.glob("*.py"), *(package / "vm").rglob("*.py")])
    return keccak256(b"".join(path.read_bytes() for path in sources)).hex()[:16]


def fuzz(options: argparse.Namespace, state: State, report: Callable[[str], None]) -> dict[str, Batch]:
    """Try programs until the time or the number is used up; return the sum for each family."""
    families = [options.only] if options.only else [name for name, share in SHARE.items() for _ in range(share)]
    seeds = {family: state.unused(family, options.seed) for family in families}
    sums = {family: Batch(family, 0, 0, Counter(), 0, []) for family in seeds}
    deadline, submitted = time.monotonic() + 60 * options.minutes, 0
    waiting: set[Future[Batch]] = set()
    with ProcessPoolExecutor(options.jobs) as pool:
        while True:
            while len(waiting) < 2 * options.jobs and time.monotonic() < deadline and submitted < options.programs:
                family = families[submitted // BATCH % len(families)]
                waiting.add(pool.submit(run_batch, family, *next(seeds[family])))
                submitted += BATCH
            if not waiting:
                return sums
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for batch in (future.result() for future in done):
                state.add(batch)
                total = sums[batch.family]
                joined = (total.outcomes + batch.outcomes, total.runs + batch.runs, total.failures + batch.failures)
                sums[batch.family] = total._replace(outcomes=joined[0], runs=joined[1], failures=joined[2])
                for failure in batch.failures:
                    report(f"a difference: {failure}")


def histogram(outcomes: Counter[str]) -> list[str]:
    """Return a line for each outcome, the most frequent first."""
    total = max(outcomes.total(), 1)
    return [f"  {count:8,}  {100 * count / total:5.1f} %  {name}" for name, count in outcomes.most_common()]


def main(arguments: list[str] | None = None) -> int:
    """Run, and print what came of it; return 1 if there was a difference."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=5, help="how long to go on (default: 5)")
    parser.add_argument("--programs", type=int, default=10**9, help="stop after so many programs")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="processes (default: 2)")
    parser.add_argument("--seed", type=int, default=0, help="first seed; those tried before are left out (default: 0)")
    parser.add_argument("--only", choices=list(SHARE), help="one of the two comparisons")
    options = parser.parse_args(arguments)
    has_eels = importlib.util.find_spec("ethereum") is not None
    if not has_eels and options.only != "tiers":
        print("EELS is not installed (pip install 'toyevm[bench]'): only tier 0 against tier 1", file=sys.stderr)
        if options.only == "eels":
            return 2
        options.only = "tiers"

    state = State(STATE)
    sums = fuzz(options, state, lambda line: print(line, file=sys.stderr, flush=True))
    for family, total in sums.items():
        print(
            f"{family}: {total.outcomes.total():,} programs in {total.runs:,} runs, {len(total.failures)} differences"
        )
        print("\n".join(histogram(total.outcomes)))
        so_far = state.data["results"].get(state.version, {}).get(family, {"outcomes": {}})
        count, differences = sum(so_far["outcomes"].values()), so_far.get("differences", 0)
        print(f"  with this version of the machine, in all runs: {count:,} programs, {differences} differences")
    programs = sum(total.outcomes.total() for total in sums.values())
    differences = sum(len(total.failures) for total in sums.values())
    print(f"{programs:,} programs, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
