"""Run the public GeneralStateTests: one transaction on a small world, judged by the root of the world after it."""

from __future__ import annotations

import json
import lzma
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import Pool
from pathlib import Path, PurePath, PurePosixPath
from typing import IO, Any

from toyevm import rlp
from toyevm.blocks import Log
from toyevm.chain import blob_base_fee
from toyevm.crypto import keccak256
from toyevm.deadline import OutOfTime, time_limit
from toyevm.errors import InputError, InvalidTransaction
from toyevm.forks import FORKS, BlobSchedule, Fork
from toyevm.results import TxResult
from toyevm.state import BlockView, WorldState
from toyevm.transactions import decode_transaction
from toyevm.transition import check_transaction, execute_transaction
from toyevm.types import Version
from toyevm.vm.frame import BlockEnv
from toyevm.vm.precompiles import precompiles_of
from toyevm.workloads.json_input import (
    MAX_JSON,
    check_blob_price,
    parse_alloc,
    parse_bytes,
    parse_int,
    parse_list,
    parse_object,
)

Row = dict[str, Any]
SourceFile = tuple[str, bytes]
NEEDED = {"env", "pre", "post", "transaction"}


class _OldHashes(dict[int, bytes]):
    """State tests have no ancestors: by convention the hash of block n is keccak of n in decimal."""

    def get(self, number: int, default: Any = None) -> bytes:
        return keccak256(str(number).encode())


@dataclass
class Outcomes:
    """What came of test files: a row for each sub-case, what was left out, and what could not be run."""

    rows: list[Row] = field(default_factory=list)
    unsupported: int = 0  # sub-cases of forks that are not there
    others: int = 0  # tests that say they are of another kind, such as blockchain tests
    problems: list[InputError] = field(default_factory=list)

    def add(self, more: Outcomes) -> None:
        """Take in what came of another file."""
        self.rows += more.rows
        self.unsupported += more.unsupported
        self.others += more.others
        self.problems += more.problems

    @property
    def exit_code(self) -> int:
        """2 if something could not be run, 1 if a case failed."""
        return 2 if self.problems else 0 if all(row["pass"] for row in self.rows) else 1


def find_files(paths: Sequence[Path]) -> Iterator[SourceFile | InputError]:
    """Yield the name and content of every test file below the paths, archives included, in order of name.

    What cannot be read is yielded as an error, in its place. Hidden files and folders below a path are passed over: a
    release of tests keeps its index in `.meta`.

    Raises:
        InputError: before anything is read, for a path that does not exist.
    """
    for path in paths:
        if not os.path.exists(path):  # unlike path.exists(), it answers for names that are too long as well
            raise InputError("no such file or folder", str(path), "a file, folder or .tar.xz")
    return (source for path in paths for source in _sources(path))


def count_files(paths: Sequence[Path]) -> int:
    """Return how many test files there are below the paths; an archive is read through for it.

    Raises:
        InputError: as find_files.
    """
    return sum(1 for _ in find_files(paths))


def _sources(path: Path) -> Iterator[SourceFile | InputError]:
    if path.is_dir():
        files = (file for file in path.rglob("*.json") if not _is_hidden(file.relative_to(path)))
        for file in sorted(file for file in files if not file.is_dir()):
            yield _content(file)
    elif path.name.endswith((".tar.xz", ".tar.gz", ".tar")):
        yield from _archive_members(path)
    else:
        yield _content(path)


def _is_hidden(path: PurePath) -> bool:
    return any(part.startswith(".") and part not in (".", "..") for part in path.parts)


def _content(path: Path) -> SourceFile | InputError:
    try:
        with path.open("rb") as file:
            return _limited(str(path), file)
    except OSError as error:
        return InputError(error.strerror or "cannot be read", str(path), "a file, folder or .tar.xz")


def _limited(name: str, file: IO[bytes]) -> SourceFile | InputError:
    """Return what is in a file; too much is bad input: a device has no end, and an archive may hold gigabytes."""
    data = file.read(MAX_JSON + 1)
    return (
        (name, data) if len(data) <= MAX_JSON else InputError("too long", name, f"at most {MAX_JSON:,} bytes of JSON")
    )


def _archive_members(path: Path) -> Iterator[SourceFile | InputError]:
    try:
        with tarfile.open(path) as archive:
            files = (m for m in archive if m.isfile() and m.name.endswith(".json"))
            members = [m for m in files if not _is_hidden(PurePosixPath(m.name))]
            for member in sorted(members, key=lambda m: m.name):
                file = archive.extractfile(member)
                yield _limited(member.name, file) if file else (member.name, b"")
    except (OSError, EOFError, ValueError, tarfile.TarError, lzma.LZMAError, zlib.error) as error:
        yield InputError(f"not an archive: {error}", str(path), "a .tar.xz of state tests")


def run_files(
    files: Iterator[SourceFile | InputError],
    fork: str | None,
    jobs: int,
    timeout: float,
    progress: Callable[[str], None],
) -> Outcomes:
    """Run all sub-cases of all files; what cannot be run does not keep the others from it."""
    total = Outcomes()
    work = partial(run_file, fork=fork, timeout=timeout)
    with Pool(jobs) if jobs > 1 else nullcontext() as pool:
        for outcomes in pool.imap(work, files, chunksize=4) if pool else map(work, files):
            total.add(outcomes)
            progress(f"{len(total.rows):,} sub-cases")
    return total


def run_file(source: SourceFile | InputError, fork: str | None = None, timeout: float = 60.0) -> Outcomes:
    """Run the sub-cases of one file."""
    outcomes = Outcomes()
    try:
        name, tests = _read_tests(source)
    except InputError as error:
        outcomes.problems.append(error)
        return outcomes
    bad: list[str] = []
    for test_name, test in tests.items():
        try:
            _run_test(outcomes, {"file": name, "name": test_name}, test, fork, timeout)
        except InputError as error:
            bad.append(str(InputError(str(error), f"{name} {test_name}")))
    if bad:  # one line a file: a file that is something else altogether may have thousands of keys
        outcomes.problems.append(InputError(bad[0] + (f", and {len(bad) - 1} more like it" if bad[1:] else "")))
    return outcomes


def _read_tests(source: SourceFile | InputError) -> tuple[str, Mapping[str, Any]]:
    if isinstance(source, InputError):
        raise source
    name, content = source
    try:
        return name, parse_object(json.loads(content), name)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}", name, "a GeneralStateTests file") from error


def _run_test(outcomes: Outcomes, key: Row, test: Any, fork: str | None, timeout: float) -> None:
    if _is_of_another_kind(test):
        outcomes.others += 1
        return
    if not isinstance(test, dict) or not test.keys() >= NEEDED:
        raise InputError("not a state test", expected="env, pre, post and transaction")
    for fork_name, value in parse_object(test["post"], "post").items():
        posts = parse_list(value, f"post {fork_name}")
        if fork_name not in FORKS or (fork is not None and fork_name != fork):
            outcomes.unsupported += len(posts) if fork is None else 0  # with --fork, leaving out was asked for
            continue
        for index, post in enumerate(posts):
            verdict = _judge(test, fork_name, post, timeout)
            outcomes.rows.append(key | {"fork": fork_name, "index": index} | verdict)


def _is_of_another_kind(test: Any) -> bool:
    """Return whether a test says so itself, as all in the releases of execution-spec-tests do."""
    info = test.get("_info") if isinstance(test, dict) else None
    kind = info.get("fixture-format", info.get("fixture_format")) if isinstance(info, dict) else None
    return isinstance(kind, str) and kind != "state_test"


def _judge(test: Row, fork_name: str, post: Row, timeout: float) -> Row:
    """Run one sub-case and compare: root, logs, and whether the transaction was rejected.

    Raises:
        InputError: when the test itself is malformed.
    """
    try:
        world, env = parse_alloc(test["pre"], "pre"), _env(test, fork_name)
        raw = parse_bytes(post["txbytes"], "txbytes")
        root, logs_hash = parse_bytes(post["hash"], "hash"), parse_bytes(post["logs"], "logs")
        rejection = bool(post.get("expectException"))
    except (KeyError, TypeError, AttributeError) as problem:
        raise InputError(f"malformed state test: {problem!r}", expected="the fields of a GeneralStateTest") from problem
    error: str | None = None
    logs: tuple[Log, ...] = ()
    rejected = False
    try:
        with time_limit(timeout):
            world, result = _execute(world, env, raw)
        error, logs = result.error, result.logs
    except OutOfTime:
        return {"pass": False, "stateRoot": None, "logsHash": None, "error": "timeout"}
    except InvalidTransaction as problem:
        rejected, error = True, f"rejected: {problem}"
    except Exception as problem:  # a fault of ours: this row must say so, and the others must still be run
        return {"pass": False, "stateRoot": None, "logsHash": None, "error": f"internal: {problem!r}"}
    found = (world.root, keccak256(rlp.encode([log.as_rlp() for log in logs])), rejected)
    return {
        "pass": found == (root, logs_hash, rejection),
        "stateRoot": "0x" + found[0].hex(),
        "logsHash": "0x" + found[1].hex(),
        "error": error,
    }


def _execute(world: WorldState, env: BlockEnv, raw: bytes) -> tuple[WorldState, TxResult]:
    view = BlockView(world)
    try:
        checked = check_transaction(view, env, decode_transaction(raw))
    except InputError as error:
        raise InvalidTransaction(str(error)) from error
    result = execute_transaction(view, env, checked)
    view.commit(Version(0), result.diff)
    view.pay(Version(0), env.coinbase, result.fee)
    return world.apply(view.diff()), result


def _env(test: Row, fork_name: str) -> BlockEnv:
    env, config = test["env"], test.get("config", {})

    def number(key: str, bits: int = 256) -> int:
        return parse_int(env.get(key, 0), f"env {key}", bits)

    fork = _configured(FORKS[fork_name], config)
    excess = number("currentExcessBlobGas", 64)
    check_blob_price(fork.blobs, excess, "env")
    return BlockEnv(
        fork=fork,
        precompiles=precompiles_of(fork),
        chain_id=parse_int(config.get("chainid", 1), "config chainid"),
        coinbase=parse_bytes(env["currentCoinbase"], "env currentCoinbase", 20),
        number=number("currentNumber"),
        timestamp=number("currentTimestamp"),
        gas_limit=number("currentGasLimit"),
        base_fee_per_gas=number("currentBaseFee"),
        randao_or_difficulty=number("currentRandom" if fork.proof_of_stake else "currentDifficulty"),
        blob_base_fee=blob_base_fee(fork.blobs, excess),
        ancestor_hashes=_OldHashes(),
    )


def _configured(fork: Fork, config: Mapping[str, Any]) -> Fork:
    """Honour a blob schedule that a test file brings along."""
    schedule = config.get("blobSchedule", {}).get(fork.name)
    if schedule is None:
        return fork
    keys = ("target", "max", "baseFeeUpdateFraction")
    target, maximum, fraction = (parse_int(schedule[key], f"config {key}") for key in keys)
    if fraction == 0:
        raise InputError("0", "config baseFeeUpdateFraction", "a positive number")
    return replace(fork, blobs=BlobSchedule(target, maximum, fraction))
