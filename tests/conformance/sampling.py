"""Which sub-cases the public state tests have, which of them are slow by nature, and a fixed sample of the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from toyevm.errors import InputError
from toyevm.forks import FORKS
from toyevm.workloads.statetests import find_files

SLOW_FAMILIES = ("stTimeConsuming", "stQuadraticComplexityTest", "CreateOOGafterMaxCodesize", "vmPerformance")
MAY_TIME_OUT = "vmPerformance/loopMul"
ARCHIVE = "ethereum-tests.tar.xz"
MAINNET = (
    "13217637", "15537394", "15752489", "17666333", "19426587", "19923400", "19929064", "19933122",
)  # fmt: skip


class SubCase(NamedTuple):
    """One sub-case: what names it, and a file that holds nothing else."""

    file: str
    name: str
    fork: str
    post_index: int
    content: bytes


def family_of(file: str) -> str | None:
    """Return the slow family that a file belongs to, or None."""
    return next((family for family in SLOW_FAMILIES if family in file), None)


def rank(*key: Any) -> str:
    """Return where a key stands in the order in which a sample is taken: at random, and always the same."""
    return sha256(json.dumps(key).encode()).hexdigest()


def state_test_files(data: Path) -> list[tuple[str, bytes]]:
    """Return the name and content of every file in the archive; raise InputError if one cannot be read."""
    files = []
    for source in find_files([data / ARCHIVE]):
        if isinstance(source, InputError):
            raise source
        files.append(source)
    return files


def sub_cases(file: str, content: bytes) -> Iterator[SubCase]:
    """Yield the sub-cases of a file on the forks we know."""
    for name, test in json.loads(content).items():
        for fork, posts in test["post"].items():
            for index, post in enumerate(posts) if fork in FORKS else ():
                alone = {name: {**test, "post": {fork: [post]}}}
                yield SubCase(file, name, fork, index, json.dumps(alone).encode())


def sample(data: Path, size: int) -> list[SubCase]:
    """Return `size` sub-cases: files by the hash of their name, of each the first few by the hash of the key.

    One in three is not of Cancun, which would otherwise crowd out the other forks.
    """
    files = sorted(state_test_files(data), key=lambda source: rank(source[0]))
    chosen: dict[bool, list[SubCase]] = {True: [], False: []}
    wanted = {True: size - size // 3, False: size // 3}
    for file, content in files:
        if family_of(file) is not None or all(len(chosen[kind]) >= wanted[kind] for kind in wanted):
            continue
        cases = sorted(sub_cases(file, content), key=lambda case: rank(*case[:4]))
        for kind in wanted:
            few = [case for case in cases if (case.fork == "Cancun") is kind][:3]
            chosen[kind] += few[: wanted[kind] - len(chosen[kind])]
    return chosen[True] + chosen[False]
