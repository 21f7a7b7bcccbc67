"""`toyevm fetch-block`, from a node on this computer: a file that replays, or one line and no file."""

from __future__ import annotations

import json
import lzma
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support.chains import block_of, real_block_json
from tests.support.command import Command
from tests.support.forks import FORKS_ON_MAINNET
from tests.support.full_block import accounts, transactions, withdrawals
from tests.support.node import Failure, node_of, serving
from tests.support.worlds import ALICE, BOB_KEY, signed, world
from toyevm.assembler import assemble
from toyevm.crypto import keccak256
from toyevm.forks import CANCUN, Fork
from toyevm.rlp import encode
from toyevm.state import ABSENT
from toyevm.workloads.mainnet import load_block, parse_real_block
from toyevm.workloads.rpc import created_accounts, merge_prestates

HEIGHTS = {  # a block of each fork, and a second at which there was one
    "London": (13_000_000, 1_628_166_822),
    "Paris": (15_600_000, 1_664_000_000),
    "Shanghai": (17_100_000, 1_681_338_455),
    "Cancun": (19_426_587, 1_710_338_135),
    "Prague": (22_431_084, 1_746_612_311),
    "Osaka": (23_935_694, 1_764_798_551),
    "BPO1": (23_975_778, 1_765_290_071),
    "BPO2": (24_179_383, 1_767_747_671),
}


def made(fork: Fork = CANCUN) -> Any:
    number, timestamp = HEIGHTS[fork.name]
    block = block_of(fork, *transactions(fork), withdrawals=withdrawals(fork), number=number, timestamp=timestamp)
    return real_block_json(fork, world(accounts(fork)), block)


def fetch(command: Command, url: str, out: Path, number: Any = HEIGHTS["Cancun"][0]) -> Any:
    return command.succeeds("fetch-block", number, "--rpc", url, "--out", out)


@pytest.mark.parametrize("fork", FORKS_ON_MAINNET, ids=str)
def test_what_was_fetched_must_replay(toyevm: Command, tmp_path: Path, fork: Fork) -> None:
    data, out = made(fork), tmp_path / "block.json"
    with serving(node_of(data)) as url:
        report = fetch(toyevm, url, out, HEIGHTS[fork.name][0])
    assert (report["fork"], report["transactions"]) == (fork.name, len(data["block"]["transactions"]))
    assert report["file"] == str(out)
    replayed = toyevm.succeeds("replay", out)
    assert all(replayed["checks"].values())
    assert load_block(out).block == parse_real_block(data, "original").block  # all 256 hashes included
    assert [path.name for path in tmp_path.iterdir()] == ["block.json"]


@pytest.mark.data
@pytest.mark.parametrize("number", [19_933_122, 15_537_394, 19_426_587])
def test_a_block_of_mainnet_must_survive_the_way(
    toyevm: Command, tmp_path: Path, toyevm_data: Path, number: int
) -> None:
    data = json.loads(lzma.decompress((toyevm_data / "mainnet" / f"{number}.json.xz").read_bytes()))
    hashes = {str(n): "0x" + n.to_bytes(32, "big").hex() for n in range(number - 256, number)}
    out = tmp_path / "block.json.xz"
    with serving(node_of(data | {"blockHashes": hashes | data["blockHashes"]})) as url:
        report = fetch(toyevm, url, out, number)
    replayed = toyevm.succeeds("replay", out)
    assert all(replayed["checks"].values())
    assert len(replayed["checks"]) >= 4
    assert report["accounts"] > 50
    fetched, original = load_block(out), parse_real_block(data, "original")
    assert (fetched.block.transactions, fetched.expected) == (original.block.transactions, original.expected)
    for address, account in fetched.pre.accounts.items():  # nothing of what the block did is in it
        known = original.pre.accounts.get(address, ABSENT)
        assert (account.nonce, account.code) == (known.nonce, known.code)
        assert account.storage.items() <= known.storage.items()


def creation() -> Any:
    """Return a block that creates a contract, stores in it, and calls it again."""
    number, timestamp = HEIGHTS["Cancun"]
    code = assemble("PUSH 1 PUSH 0 SLOAD ADD PUSH 0 SSTORE")
    init = assemble(
        f"PUSH 7 PUSH 0 SSTORE PUSH 0x{code.hex()} PUSH 0 MSTORE PUSH {len(code)} PUSH {32 - len(code)} RETURN"
    )
    address = keccak256(encode([ALICE, 0]))[12:]
    calls = [signed(to=None, data=init), signed(nonce=1, to=address), signed(BOB_KEY, to=address)]
    block = block_of(CANCUN, *calls, number=number, timestamp=timestamp)
    return address, real_block_json(CANCUN, world(), block)


def test_a_contract_that_the_block_creates_must_not_be_there_before(toyevm: Command, tmp_path: Path) -> None:
    address, data = creation()
    node = node_of(data)
    with serving(node) as url:
        fetch(toyevm, url, tmp_path / "block.json")
    assert address not in load_block(tmp_path / "block.json").pre.accounts
    assert all(toyevm.succeeds("replay", tmp_path / "block.json")["checks"].values())

    plain, diff = ([one["result"] for one in node["debug_traceBlockByNumber"](hex(HEIGHTS["Cancun"][0]), {
        "tracer": "prestateTracer", "tracerConfig": {"diffMode": mode}})] for mode in (False, True))  # fmt: skip
    assert [len(created_accounts(one)) for one in diff] == [1, 0, 0]
    careless = merge_prestates(plain, [set()] * 3)  # the check bites: without the second mode the contract is there
    assert f"0x{address.hex()}" in careless
    (tmp_path / "careless.json").write_text(json.dumps(data | {"preState": careless}))
    assert toyevm("replay", tmp_path / "careless.json").code == 1


def test_hashes_that_nobody_asks_for_must_not_be_fetched(toyevm: Command, tmp_path: Path) -> None:
    _, data = creation()
    with serving(node_of(data)) as url:
        fetch(toyevm, url, tmp_path / "block.json")
    assert list(json.loads((tmp_path / "block.json").read_text())["blockHashes"]) == [str(HEIGHTS["Cancun"][0] - 1)]


# What can go wrong

NUMBER = HEIGHTS["Cancun"][0]
GOOD = made()


def broken(**methods: Any) -> Any:
    """Return a good node with other answers; None: the method is not there."""
    node = node_of(GOOD) | methods
    return {name: method for name, method in node.items() if method}


def fail(*_: Any) -> Any:
    raise Failure("required historical state\nunavailable")


@pytest.mark.parametrize(
    ("methods", "complaint"),
    [
        ({"debug_traceBlockByNumber": None}, "does not exist (expected a node that has this method switched on)"),
        ({"debug_traceBlockByNumber": fail}, "the node says: required historical state unavailable"),
        ({"debug_traceBlockByNumber": lambda *_: []}, "0 traces of 6 transactions"),
        ({"debug_traceBlockByNumber": lambda *_: [{"error": "timeout"}] * 6}, "debug_traceBlockByNumber"),
        ({"debug_traceBlockByNumber": lambda *_: [{"result": {"0xaa": 5}}] * 6}, "0xaa"),
        ({"debug_traceBlockByNumber": lambda *_: [{"result": {}}] * 5}, "5 traces of 6"),
        ({"debug_traceBlockByNumber": lambda *_: None}, "not a list"),
        ({"debug_traceBlockByNumber": lambda *_: [{"result": {"0xaa": {"code": 5}}}] * 6}, "0xaa"),
        (
            {"eth_getBlockByNumber": lambda *_: None},
            f"no block {NUMBER} (expected a number that the chain has reached)",
        ),
        ({"eth_getBlockByNumber": lambda *_: {}}, "timestamp"),
        ({"eth_getBlockByNumber": lambda *_: "0x5"}, "not an object"),
        ({"eth_getBlockByNumber": lambda *_: {"timestamp": "0x0"}}, "transactions: not a list"),
        ({"eth_getBlockByNumber": lambda *_: GOOD["block"] | {"stateRoot": "0x12"}}, "stateRoot"),
        ({"eth_chainId": lambda: "0xa"}, "another chain (expected a node of Ethereum's mainnet)"),
        ({"eth_chainId": None}, "eth_chainId"),
    ],
)
def test_a_bad_answer_must_leave_one_line_and_no_file(
    toyevm: Command, tmp_path: Path, methods: Any, complaint: str
) -> None:
    out = tmp_path / "block.json"
    for before in (None, "old"):  # a file that was there stays as it was
        if before:
            out.write_text(before)
        with serving(broken(**methods)) as url:
            said = toyevm.refuses("fetch-block", NUMBER, "--rpc", url, "--out", out)
        assert complaint in said
        assert "secret" not in said
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == ({"block.json": "old"} if before else {})


@pytest.mark.parametrize(
    ("status", "body", "complaint"),
    [
        (200, b"<html>", "not JSON"),
        (200, b"\xff\xfe", "not JSON"),
        (200, b"[]", "not an object"),
        (200, b"[" * 100_000, "not JSON"),
        (200, b"{}", "neither a result nor an error"),
        (200, b'{"error": "no"}', "the node says: no"),
        (401, b'{"error": "key"}', "HTTP status 401"),
        (500, b"", "HTTP status 500"),
    ],
)
def test_something_else_than_a_node_must_be_noticed(
    toyevm: Command, tmp_path: Path, status: int, body: bytes, complaint: str
) -> None:
    with serving({}, reply=lambda _: (status, body)) as url:
        said = toyevm.refuses("fetch-block", NUMBER, "--rpc", url, "--out", tmp_path / "block.json")
    assert complaint in said
    assert said.startswith("127.0.0.1 eth_chainId")
    assert list(tmp_path.iterdir()) == []


def test_a_connection_that_breaks_must_be_said_so(toyevm: Command, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        hang_up = threading.Thread(target=lambda: server.accept()[0].close())
        hang_up.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert "no answer: " in toyevm.refuses("fetch-block", NUMBER, "--rpc", url, "--out", tmp_path / "block.json")
        hang_up.join()
    assert list(tmp_path.iterdir()) == []


def test_a_node_that_is_not_there_must_be_said_so(toyevm: Command, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    assert "no answer: " in toyevm.refuses("fetch-block", NUMBER, "--rpc", url, "--out", tmp_path / "block.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "url", "name", "complaint"),
    [
        ("five", "http://localhost", "b.json", "NUMBER"),
        ("-1", "http://localhost", "b.json", "-1"),
        ("5", "file:///etc/hostname", "b.json", "--rpc"),
        ("5", "localhost:8545", "b.json", "--rpc"),
        ("5", "http://", "b.json", "--rpc"),
        ("5", "http://[", "b.json", "--rpc"),
        ("5", "http://localhost:x", "b.json", "--rpc"),
        ("5", "http://localhost", "b.txt", "--out"),
    ],
)
def test_a_bad_argument_must_be_named(
    toyevm: Command, tmp_path: Path, number: str, url: str, name: str, complaint: str
) -> None:
    assert complaint in toyevm.refuses("fetch-block", number, "--rpc", url, "--out", tmp_path / name)


def test_a_block_from_before_the_forks_must_be_refused(toyevm: Command, tmp_path: Path) -> None:
    with serving(broken(eth_getBlockByNumber=lambda *_: {"timestamp": "0x5"})) as url:
        said = toyevm.refuses("fetch-block", 12_964_999, "--rpc", url, "--out", tmp_path / "block.json")
    assert said == "block 12964999 is older than every fork here (expected at least 12965000, London's first)"


def test_a_place_that_cannot_be_written_to_must_be_named(toyevm: Command, tmp_path: Path) -> None:
    (tmp_path / "taken.json").mkdir()
    with serving(broken()) as url:
        for out in (tmp_path / "taken.json", tmp_path / "missing" / "block.json"):
            assert str(out) in toyevm.refuses("fetch-block", NUMBER, "--rpc", url, "--out", out)
    assert [path.name for path in tmp_path.iterdir()] == ["taken.json"]
