"""Run the public GeneralStateTests: one transaction on a small world, judged by the root of the world after it."""

from __future__ import annotations

import json
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import Any

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
from toyevm.workloads.formats import parse_alloc, parse_bytes, parse_int, parse_list, parse_object

Row = dict[str, Any]
SourceFile = tuple[str, bytes]
ARCHIVES = (".tar.xz", ".tar.gz", ".tar")


class _OldHashes(dict[int, bytes]):
    """State tests have no ancestors: by convention the hash of block n is keccak of n in decimal."""

    def get(self, number: int, default: Any = None) -> bytes:
        return keccak256(str(number).encode())


def find_files(paths: list[Path]) -> Iterator[SourceFile]:
    """Yield the name and content of every test file below the paths, archives included, in order of name.

    Raises:
        InputError: for a path that does not exist or cannot be read.
    """
    for path in paths:
        if path.is_dir():
            for file in sorted(file for file in path.rglob("*.json") if not file.is_dir()):
                yield str(file), _content(file)
        elif path.name.endswith(ARCHIVES):
            yield from _archive_members(path)
        else:
            yield str(path), _content(path)


def count_files(paths: list[Path]) -> int:
    """Return how many test files there are below the paths; an archive is read through for it.

    Raises:
        InputError: as find_files.
    """
    return sum(1 for _ in find_files(paths))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", str(path), "a file, folder or .tar.xz") from error


def _archive_members(path: Path) -> Iterator[SourceFile]:
    try:
        with tarfile.open(path) as archive:
            members = sorted((m for m in archive if m.isfile() and m.name.endswith(".json")), key=lambda m: m.name)
            for member in members:
                file = archive.extractfile(member)
                yield member.name, file.read() if file else b""
    except (OSError, EOFError, tarfile.TarError, lzma.LZMAError, zlib.error) as error:
        raise InputError(f"not an archive: {error}", str(path), "a .tar.xz of state tests") from error


def run_files(
    files: Iterator[SourceFile], fork: str | None, jobs: int, timeout: float, progress: Callable[[str], None]
) -> tuple[list[Row], int]:
    """Run all sub-cases; return their rows and the number of sub-cases of unsupported forks."""
    rows: list[Row] = []
    skipped = 0
    work = partial(run_file, fork=fork, timeout=timeout)
    if jobs == 1:
        outcomes: Iterator[tuple[list[Row], int]] = map(work, files)
        for done, more in outcomes:
            rows, skipped = rows + done, skipped + more
            progress(f"{len(rows):,} sub-cases")
        return rows, skipped
    with Pool(jobs) as pool:
        for done, more in pool.imap(work, files, chunksize=4):
            rows.extend(done)
            skipped += more
            progress(f"{len(rows):,} sub-cases")
    return rows, skipped


def run_file(source: SourceFile, fork: str | None = None, timeout: float = 60.0) -> tuple[list[Row], int]:
    """Run the sub-cases of one file."""
    name, content = source
    try:
        tests = parse_object(json.loads(content), name)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}", name, "a GeneralStateTests file") from error
    rows, skipped = [], 0
    for test_name, test in tests.items():
        if not isinstance(test, dict) or not {"env", "pre", "post", "transaction"} <= test.keys():
            raise InputError(f"{test_name} is not a state test", name, "env, pre, post and transaction")
        for fork_name, value in parse_object(test["post"], f"{name} {test_name} post").items():
            posts = parse_list(value, f"{name} {test_name} post {fork_name}")
            if fork_name not in FORKS or (fork is not None and fork_name != fork):
                skipped += len(posts) if fork is None else 0  # with --fork, leaving out was asked for
                continue
            for index, post in enumerate(posts):
                key = {"file": name, "name": test_name, "fork": fork_name, "index": index}
                try:
                    rows.append(key | _judge(test, fork_name, post, timeout))
                except InputError as error:
                    raise InputError(str(error), f"{name} {test_name}") from error
    return rows, skipped


def _judge(test: Row, fork_name: str, post: Row, timeout: float) -> Row:
    """Run one sub-case and compare: root, logs, and whether the transaction was rejected.

    Raises:
        InputError: when the test itself is malformed.
    """
    try:
        world, env = parse_alloc(test["pre"], "pre"), _env(test, fork_name)
        raw = parse_bytes(post["txbytes"], "txbytes")
        expected = (post["hash"], post["logs"], bool(post.get("expectException")))
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
    root = "0x" + world.root.hex()
    logs_hash = "0x" + keccak256(rlp.encode([log.as_rlp() for log in logs])).hex()
    return {
        "pass": expected == (root, logs_hash, rejected),
        "stateRoot": root,
        "logsHash": logs_hash,
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
        blob_base_fee=blob_base_fee(fork.blobs, number("currentExcessBlobGas", 32)),
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
