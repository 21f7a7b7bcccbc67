"""Bugs that nobody has thought of: each small change that can be made to batches, derivation, the check of a step.

    python -m tests.rollups.mutation --jobs 2                all of them
    python -m tests.rollups.mutation --only derivation       those of one module

The changes are those of `tests.backends.mutation`. One is *found* if a test of this folder fails under it, or does not
come to an end. One that is not is a *survivor*: it changes nothing that anybody could see, or the tests have a gap.
Which, is said for each in survivors.toml; one that is not there is a failure, and so is a row that is not needed.
"""

from __future__ import annotations

import argparse
import inspect
import itertools
import json
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.backends.mutation import Mutation, mutations_of, planted
from tests.support.cpu_time import cpu_limit
from toyevm.deadline import OutOfTime

ENCODINGS = ("test_encodings", "test_span_oracle")
LAYER = ("test_l2", "test_derivation", "test_reorgs")
STEPS = ("one_step.test_trees", "one_step.test_witnesses", "one_step.test_data")
SUITES = {  # module -> what may find a change to it, the likeliest first
    "frames": ("test_frames", *LAYER),
    "batches": LAYER,
    "derivation": LAYER,
    "l2": LAYER,
    "kept_chain": ("test_kept_chain", "test_l1"),
    "compression": ("test_compression",),
    **dict.fromkeys(("encodings.base", "encodings.cursor", "encodings.block_items"), ENCODINGS),
    **dict.fromkeys(("encodings.signed_rlp", "encodings.singular", "encodings.span"), ENCODINGS),
    **dict.fromkeys(("encodings.span_transactions", "encodings.account_index"), ENCODINGS),
    **dict.fromkeys(("encodings.payment_records", "encodings.netted_diff"), ENCODINGS),
    **dict.fromkeys(("one_step.micro_step", "one_step.witness", "one_step.work"), STEPS),
    **dict.fromkeys(("one_step.arrays", "one_step.maps"), STEPS),  # but `nodes`: a change may end the interpreter
}
TABLE = Path(__file__).with_name("survivors.toml")
SECONDS = 10.0  # of a mutation; the tests of a module take about five

# Shrinking is for people.
settings.register_profile(
    "mutation",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=40,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@cache
def all_mutations() -> list[Mutation]:
    return [mutation for name in SUITES for mutation in mutations_of(f"toyevm.rollups.{name}")]


def calls(module: str) -> list[tuple[float, str, Callable[[], Any]]]:
    """Return the tests that may find a change to a module, the quickest first."""
    found = [row for suite in SUITES[module.removeprefix("toyevm.rollups.")] for row in tests_of(suite)]
    return sorted(found, key=lambda row: row[0])


@cache
def tests_of(suite: str) -> list[tuple[float, str, Callable[[], Any]]]:
    """Return every test of a file that needs no fixture, once for each set of its parameters."""
    settings.load_profile("mutation")
    return [
        timed(f"{suite}.{name}", partial(function, **case))
        for name, function in vars(import_module(f"tests.rollups.{suite}")).items()
        if name.startswith("test_")
        for case in cases_of(function)
    ]


def timed(name: str, call: Callable[[], Any]) -> tuple[float, str, Callable[[], Any]]:
    """Return a test after how long it takes; it must pass while nothing is planted."""
    started = time.process_time()
    call()
    return time.process_time() - started, name, call


def cases_of(function: Any) -> Iterator[dict[str, Any]]:
    """Yield the arguments that pytest would call a test with; none, if it needs a fixture."""
    marks = [mark for mark in getattr(function, "pytestmark", ()) if mark.name == "parametrize"]
    tables = []
    for mark in marks:
        names, rows = mark.args
        keys = [each.strip() for each in names.split(",")] if isinstance(names, str) else list(names)
        tables.append([dict(zip(keys, row if len(keys) > 1 else [row], strict=True)) for row in rows])
    for chosen in itertools.product(*tables):
        case = {key: value for row in chosen for key, value in row.items()}
        is_property = hasattr(function, "hypothesis")
        if is_property or set(inspect.signature(function).parameters) == set(case):
            yield case


def verdict_on(mutation: Mutation) -> str:
    """Return how a mutation was found; "" if it was not."""
    tests = calls(mutation.module)
    try:
        with planted(mutation), cpu_limit(SECONDS):
            for _, name, call in tests:
                try:
                    call()
                except (Exception, pytest.fail.Exception) as error:
                    return f"{name}: {type(error).__name__}"
    except OutOfTime:
        return "it does not come to an end"
    return ""


def survivors() -> dict[str, str]:
    """Return those that are explained, each with its reason."""
    found: dict[str, str] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["survivors"]
    return found


def judge(numbers: list[int]) -> list[tuple[int, str]]:
    mutations = all_mutations()
    return [(number, verdict_on(mutations[number])) for number in numbers]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="part of a module's name")
    options = parser.parse_args()
    chosen = [number for number, one in enumerate(all_mutations()) if options.only in one.module]
    chunks = [chosen[start : start + 8] for start in range(0, len(chosen), 8)]
    verdicts: dict[int, str] = {}
    with ProcessPoolExecutor(max_workers=options.jobs) as pool:
        for found in pool.map(judge, chunks):
            verdicts.update(found)
            lines = [f"survives: {all_mutations()[number].name}" for number, how in found if not how]
            print(*lines, f"{len(verdicts)} of {len(chosen)}", sep="\n", file=sys.stderr)
    names = [all_mutations()[number].name for number, how in verdicts.items() if not how]
    explained = {name for name in survivors() if any(all_mutations()[n].name == name for n in chosen)}
    told = {
        "mutations": len(chosen),
        "survivors": len(names),
        "unexplained": [name for name in names if name not in explained],
        "notNeeded": sorted(explained - set(names)),
    }
    print(json.dumps(told, indent=1, ensure_ascii=False))
    return 1 if told["unexplained"] or told["notNeeded"] else 0


if __name__ == "__main__":
    sys.exit(main())
