"""Public state tests, step by step: the micro-steps of a transaction end where the plain machine does.

    TOYEVM_DATA=... python -m tests.rollups.one_step.public_tests --count 2000 [--seed S]

Of each sub-case, all micro-steps are made over whole states, and some of them by a witness. The cases are drawn from
all that are not slow by nature; one with more than MOST micro-steps is counted and left.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from tests.conformance.sampling import SubCase, family_of, rank, state_test_files, sub_cases
from tests.rollups.one_step.samples import name_of
from toyevm.errors import InputError
from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.one_step.items import InvalidItem, Item, item_of
from toyevm.rollups.one_step.micro_step import micro_step
from toyevm.rollups.one_step.witness import check_step, make_witness
from toyevm.transactions import decode_transaction
from toyevm.workloads import statetests
from toyevm.workloads.json_input import parse_alloc, parse_bytes

MOST = 6_000  # micro-steps of a case
EVERY = 97  # one micro-step of so many is shown by a witness, besides the first of each name


def drawn(data: Path, count: int, seed: int = 0) -> list[SubCase]:
    """Return so many sub-cases, always the same for a seed."""
    files = [(name, content) for name, content in state_test_files(data) if family_of(name) is None]
    files.sort(key=lambda source: rank(source[0], seed))
    cases: list[SubCase] = []
    for name, content in files:
        of_file = sorted(sub_cases(name, content), key=lambda case: rank(case.name, case.fork, case.post_index, seed))
        cases += of_file[:2]
        if len(cases) >= count:
            break
    return cases[:count]


def follow(case: SubCase) -> tuple[str, list[tuple[int, str]]]:
    """Follow a case; return what became of it, and how long the witnesses of which steps were."""
    ((_, test),) = json.loads(case.content).items()
    (post,) = test["post"][case.fork]
    world, env = parse_alloc(test["pre"], "pre"), statetests._env(test, case.fork)
    trace = BlockTrace(world, env, [_item(env, parse_bytes(post["txbytes"], "txbytes"))])
    steps, sizes, names = trace.steps(0), list[tuple[int, str]](), set[str]()
    if steps.count > MOST:
        return "too long", []
    state = steps.before
    for number in range(steps.count):
        after, name = micro_step(state, steps.context), name_of(state, steps.context)
        if number % EVERY == 0 or name not in names:
            names.add(name)
            witness = make_witness(state, steps.context)
            assert check_step(state.hash, witness, steps.context) == after.hash, f"{name} at {number}"
            sizes.append((len(witness), name))
        state = after
    assert state.hash == trace.states[1].hash, "the end is elsewhere"
    middle = Random(case.name).randrange(steps.count)
    assert micro_step(steps.state(middle), steps.context).hash == steps.state(middle + 1).hash
    return "followed", sizes


def _item(env: Any, raw: bytes) -> Item:
    try:
        return item_of(env, decode_transaction(raw))
    except InputError as error:
        return InvalidItem(str(error))


def follow_all(cases: list[SubCase]) -> tuple[Counter[str], list[str], tuple[int, str]]:
    """Follow cases; return what became of them, the faults, and the longest witness."""
    counts, faults, longest = Counter[str](), list[str](), (0, "")
    for case in cases:
        try:
            outcome, sizes = follow(case)
        except Exception as error:
            outcome, sizes = "fault", []
            faults.append(f"{case.file} {case.name} {case.fork} {case.post_index}: {error!r}")
        counts[outcome] += 1
        longest = max([longest, *sizes])
    return counts, faults, longest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    counts, faults, longest = follow_all(drawn(Path(os.environ["TOYEVM_DATA"]), options.count, options.seed))
    print(json.dumps({"counts": counts, "longest": longest, "faults": faults}, indent=2))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
