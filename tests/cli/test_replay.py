"""`toyevm replay`: a block as nodes hand it out, on blocks of our own."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from tests.support.chains import block_of, real_block_json
from tests.support.command import Command
from tests.support.forks import FORKS_WITH_RULES
from tests.support.full_block import accounts, transactions, withdrawals
from tests.support.statetests import write
from tests.support.worlds import signed, world
from toyevm.assembler import assemble
from toyevm.backends import BACKENDS
from toyevm.forks import CANCUN, LONDON, PRAGUE, Fork

CHECKS = {"gasUsed", "receiptsRoot", "logsBloom", "transactionsRoot"}
REPORT = {"block", "fork", "transactions", "gasUsed", "checks", "backends"}


def made(fork: Fork = CANCUN) -> Any:
    block = block_of(fork, *transactions(fork), withdrawals=withdrawals(fork))
    return real_block_json(fork, world(accounts(fork)), block)


@pytest.mark.parametrize("fork", FORKS_WITH_RULES, ids=str)
def test_a_block_of_every_fork_passes_its_checks(toyevm: Command, tmp_path: Path, fork: Fork) -> None:
    data = made(fork)
    report = toyevm.succeeds("replay", write(tmp_path / "block.json", data))
    assert set(report) == REPORT
    assert (report["block"], report["fork"]) == (1_000, fork.name)
    assert report["transactions"] == len(data["block"]["transactions"])
    assert report["gasUsed"] == int(data["block"]["gasUsed"], 16)
    present = CHECKS | ({"withdrawalsRoot"} if fork.withdrawals else set()) | ({"blobGasUsed"} if fork.blobs else set())
    assert report["checks"] == dict.fromkeys(present, True)
    (sequential,) = report["backends"].values()
    assert list(report["backends"]) == ["sequential"]
    assert {"equal", "makespan", "speedup", "attempts", "aborts"} <= set(sequential)
    assert sequential["equal"] is True
    assert (sequential["attempts"], sequential["aborts"]) == (report["transactions"], 0)


def test_a_compressed_block_is_read(toyevm: Command, tmp_path: Path) -> None:
    path = write(tmp_path / "block.json.xz", lzma.compress(json.dumps(made()).encode()))
    assert toyevm.succeeds("replay", path)["checks"]["receiptsRoot"]


def test_all_backends_are_compared(toyevm: Command, tmp_path: Path) -> None:
    path = write(tmp_path / "block.json", made())
    report = toyevm.succeeds("replay", path, "--backend", "all", "--cores", "4")
    assert list(report["backends"]) == [backend.name for backend in BACKENDS]
    assert report["backends"].pop("zk") | {"signatureSeconds": 0} == {
        "equal": None,
        "refused": "transaction 0: calls a contract",
        "signatureSeconds": 0,
    }
    assert all(one["equal"] for one in report["backends"].values())
    for name, one in report["backends"].items():
        assert one["cores"] == (1 if name == "sequential" else 4)
        assert one["attempts"] == one["executions"] + one["dryRuns"]
        assert one["executions"] == report["transactions"] + one["aborts"]
        assert one["speedup"] == pytest.approx(one["work"] / one["makespan"], abs=1e-4)
    for backend in BACKENDS:
        assert list(toyevm.succeeds("replay", path, "--backend", backend.name)["backends"]) == [backend.name]


def replaced(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(data))
    part = copy
    for key in path[:-1]:
        part = part[key]
    if value is ...:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return copy


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("receiptsRoot", "0x" + "11" * 32),
        ("transactionsRoot", "0x" + "11" * 32),
        ("withdrawalsRoot", "0x" + "11" * 32),
        ("logsBloom", "0x" + "11" * 256),
        ("gasUsed", "0x5"),
        ("blobGasUsed", "0x5"),
    ],
)
def test_a_false_header_field_fails_its_check(toyevm: Command, tmp_path: Path, field: str, value: str) -> None:
    path = write(tmp_path / "block.json", replaced(made(), ("block", field), value))
    answer = toyevm("replay", path)
    assert (answer.code, answer.err) == (1, "")
    assert [name for name, good in answer.json["checks"].items() if not good] == [field]


def test_a_backend_that_differs_fails_the_command(
    toyevm: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from toyevm.backends.sequential import SequentialBackend

    class Wrong(SequentialBackend):
        """Leaves out what the block changed."""

        name = "wrong"

        def execute_block(self, pre: Any, block: Any, config: Any) -> Any:
            run = super().execute_block(pre, block, config)
            diff = run.result.diff
            writes = dict(list(diff.writes.items())[:-1])
            return replace(run, result=replace(run.result, diff=replace(diff, writes=writes)))

    monkeypatch.setitem(BACKENDS._backends, "wrong", Wrong())
    answer = toyevm("replay", write(tmp_path / "block.json", made()), "--backend", "wrong")
    assert answer.code == 1
    assert answer.json["backends"]["wrong"]["equal"] is False
    assert all(answer.json["checks"].values())


def test_a_replay_runs_the_sequential_backend_once_and_hashes_no_state(
    toyevm: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not so behind a settlement: its honest people execute the block again, and vouch for the state that they find."""
    from toyevm.backends.sequential import SequentialBackend
    from toyevm.state import WorldState

    original, runs = SequentialBackend.execute_block, []

    def counted(self: Any, pre: Any, block: Any, config: Any) -> Any:
        runs.append(block)
        return original(self, pre, block, config)

    def hashed(self: WorldState) -> bytes:
        raise AssertionError("the state of a replayed block is partial: its root means nothing")

    path = write(tmp_path / "block.json", made())
    monkeypatch.setattr(SequentialBackend, "execute_block", counted)
    monkeypatch.setattr(WorldState, "root", property(hashed))
    for number, backend in enumerate(BACKENDS.strategies, start=1):
        assert toyevm("replay", path, "--backend", backend.name).code == 0
        assert len(runs) == number


# Bad input

FIRST = ("block", "transactions", 0)
REQUIRED = (
    ["fork", "block", "preState", "blockHashes"],
    "parentHash sha3Uncles miner stateRoot transactionsRoot receiptsRoot logsBloom number gasLimit gasUsed timestamp "
    "extraData mixHash nonce baseFeePerGas transactions".split(),
    "nonce gas value input r s v gasPrice".split(),
)
MISSING = [
    *((name,) for name in REQUIRED[0]),
    *(("block", name) for name in REQUIRED[1]),
    *((*FIRST, name) for name in REQUIRED[2]),
    *(("block", "withdrawals", 0, name) for name in ("index", "validatorIndex", "address", "amount")),
    # what the fork, or the type of a transaction, needs: nothing of it is taken for zero
    *(("block", name) for name in ("withdrawals", "withdrawalsRoot")),
    *(("block", name) for name in ("blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot")),
    (*FIRST, "to"),
    *(("block", "transactions", 2, name) for name in ("chainId", "accessList")),
    ("block", "transactions", 2, "accessList", 0, "storageKeys"),
    *(("block", "transactions", -2, name) for name in ("maxFeePerBlobGas", "blobVersionedHashes")),
    ("block", "transactions", -1, "authorizationList"),
]
MALFORMED: list[tuple[tuple[Any, ...], Any]] = [
    (("fork",), "Berlin"),
    (("fork",), None),
    (("fork",), 5),
    (("block",), None),
    (("block",), []),
    (("preState",), []),
    (("preState",), {"0x12": {}}),
    (("blockHashes",), []),
    (("blockHashes",), {"x": "0x" + "11" * 32}),
    (("blockHashes",), {"5": "0x12"}),
    (("block", "transactions"), None),
    (("block", "transactions"), {}),
    (("block", "transactions"), [5]),
    (("block", "transactions"), ["0x" + "11" * 32]),  # hashes, where full transactions are needed
    (("block", "withdrawals"), 5),
    (("block", "withdrawals"), [5]),
    (("block", "number"), "one"),
    (("block", "number"), -1),
    (("block", "timestamp"), "0x"),
    (("block", "logsBloom"), "0x"),
    (("block", "miner"), "0x12"),
    (("block", "baseFeePerGas"), None),
    (("block", "excessBlobGas"), "x"),
    (("block", "parentBeaconBlockRoot"), "0x12"),
    ((*FIRST, "type"), "x"),
    ((*FIRST, "to"), "0x12"),
    ((*FIRST, "to"), 5),
    ((*FIRST, "input"), "0x1"),
    ((*FIRST, "v"), "0x2"),
    ((*FIRST, "value"), hex(2**256)),
    ((*FIRST, "gas"), hex(2**64)),
    ((*FIRST, "nonce"), hex(2**64)),
    (("block", "timestamp"), hex(2**64)),
    (("block", "number"), hex(2**64)),
    (("block", "gasLimit"), hex(2**64)),
    (("block", "baseFeePerGas"), hex(2**256)),
    (("block", "excessBlobGas"), hex(2**64)),
    (("block", "withdrawals", 0, "amount"), hex(2**64)),
    (("preState", "0x" + "11" * 20), {"balance": hex(2**256)}),
    (("preState", "0x" + "11" * 20), {"balance": hex(2**256 - 1)}),  # and the others have some, too
    (("preState", "0x" + "11" * 20), {"nonce": hex(2**64)}),
    (("preState", "0x" + "11" * 20), {"storage": {"0x0": hex(2**256)}}),
    (("preState", "0x" + "11" * 20), {"storage": {hex(2**256): "0x1"}}),
    ((*FIRST, "accessList"), 5),
    ((*FIRST, "accessList"), [5]),
    ((*FIRST, "accessList"), [{"address": "0x12", "storageKeys": []}]),
    ((*FIRST, "accessList"), [{"address": "0x" + "11" * 20, "storageKeys": [[]]}]),
    (("block", "transactions", -1, "authorizationList"), 5),
    (("block", "transactions", -1, "authorizationList"), [{}]),
]


@pytest.mark.parametrize(("path", "value"), [*((path, ...) for path in MISSING), *MALFORMED])
def test_a_malformed_block_is_refused(toyevm: Command, tmp_path: Path, path: tuple[Any, ...], value: Any) -> None:
    file = write(tmp_path / "block.json", replaced(made(PRAGUE), path, value))
    complaint = toyevm.refuses("replay", file)
    if value is ...:
        assert str(path[-1]) in complaint
    if path != ("fork",):
        assert str(file) in complaint or "accessList" in complaint


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("preState",), {}),
        ((*FIRST, "nonce"), "0x5"),
        ((*FIRST, "r"), "0x0"),
        ((*FIRST, "type"), "0x9"),
        ((*FIRST, "gas"), "0xffffffffff"),
        (("block", "gasLimit"), "0x1"),
        (("block", "baseFeePerGas"), "0xffffffff"),
    ],
)
def test_a_block_with_an_invalid_transaction_is_refused_in_one_line(
    toyevm: Command, tmp_path: Path, path: tuple[Any, ...], value: Any
) -> None:
    """A transaction in it is invalid: one line that names it, and no traceback."""
    file = write(tmp_path / "block.json", replaced(made(LONDON), path, value))
    answer = toyevm("replay", file)
    assert answer.code in (1, 2)
    assert answer.out == ""
    assert answer.err.startswith("toyevm: ")
    assert len(answer.err.splitlines()) == 1
    assert "transaction 0" in answer.err


def test_the_difficulty_of_a_block_before_the_merge_is_needed(toyevm: Command, tmp_path: Path) -> None:
    for fork, code in ((LONDON, 2), (CANCUN, 0)):
        file = write(tmp_path / "block.json", replaced(made(fork), ("block", "difficulty"), ...))
        assert toyevm("replay", file).code == code


@pytest.mark.parametrize("excess", [592_000_001 + 10_000_000, 700_000_000, 2**64 - 1])
def test_a_price_of_blob_gas_beyond_a_word_is_refused(toyevm: Command, tmp_path: Path, excess: int) -> None:
    """It is e to the power of excess / 3,338,477 (EIP-4844): 2**256 at about 592 million."""
    file = write(tmp_path / "block.json", replaced(made(), ("block", "excessBlobGas"), hex(excess)))
    assert f"an excess blob gas of {excess} (expected a price" in toyevm.refuses("replay", file)


@pytest.mark.parametrize("backend", ["sequential", "all"])
def test_a_hash_that_the_file_lacks_is_named(toyevm: Command, tmp_path: Path, backend: str) -> None:
    call = signed(to=None, data=assemble("PUSH 3 NUMBER SUB BLOCKHASH PUSH 0 PUSH 0 LOG1 STOP"))
    data = real_block_json(CANCUN, world(), block_of(CANCUN, call))
    assert toyevm.succeeds("replay", write(tmp_path / "whole.json", data))["checks"]["receiptsRoot"]
    file = write(tmp_path / "block.json", replaced(data, ("blockHashes", "997"), ...))
    assert f"{file} blockHashes: no hash of block 997 (expected" in toyevm.refuses("replay", file, "--backend", backend)
    assert "no hash of block 997" in toyevm.refuses("atlas", file, "--only", "nft", "--count", 2, "--seeds", 1)
    assert "no hash of block 997" in toyevm.refuses("bench", "replay", file)
    file = write(tmp_path / "unasked.json", replaced(data, ("blockHashes", "998"), ...))
    assert toyevm.succeeds("replay", file, "--backend", backend)["checks"]["receiptsRoot"]


def test_a_hash_that_is_out_of_reach_is_zero(toyevm: Command, tmp_path: Path) -> None:
    """Code may ask for the block itself, and for what is older than 256 blocks: no file has those."""
    call = signed(to=None, data=assemble("PUSH 257 NUMBER SUB BLOCKHASH NUMBER BLOCKHASH PUSH 0 PUSH 0 LOG2 STOP"))
    data = real_block_json(CANCUN, world(), block_of(CANCUN, call)) | {"blockHashes": {}}
    assert all(toyevm.succeeds("replay", write(tmp_path / "block.json", data))["checks"].values())


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, [], 5, None, {}])
def test_a_file_that_is_no_block_is_refused(toyevm: Command, tmp_path: Path, content: Any) -> None:
    path = write(tmp_path / "block.json", content)
    assert str(path) in toyevm.refuses("replay", path)


def test_an_unreadable_file_is_refused(toyevm: Command, tmp_path: Path) -> None:
    whole = lzma.compress(json.dumps(made()).encode())
    for name, content in (
        ("cut", whole[:-100]),
        ("empty", b""),
        ("plain", b"{}"),
        ("damaged", whole[:50] + whole[60:]),
    ):
        path = write(tmp_path / f"{name}.json.xz", content)
        assert str(path) in toyevm.refuses("replay", path)
    for path in (tmp_path, tmp_path / "missing.json"):
        assert str(path) in toyevm.refuses("replay", path)


def test_a_bad_option_is_refused(toyevm: Command, tmp_path: Path) -> None:
    path = write(tmp_path / "block.json", made())
    assert "nobody" in toyevm.refuses("replay", path, "--backend", "nobody")
    assert "cores" in toyevm.refuses("replay", path, "--cores", "0")
    assert "cores" in toyevm.refuses("replay", path, "--cores", "two")
    assert "--core" in toyevm.refuses("replay", path, "--corez", "2")
    assert "FILE" in toyevm.refuses("replay")
    assert "more" in toyevm.refuses("replay", path, "more")


def test_a_file_without_end_is_refused(toyevm: Command) -> None:
    assert "/dev/zero" in toyevm.refuses("replay", "/dev/zero")
