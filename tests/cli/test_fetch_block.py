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
from tests.support.node import Failure, Kind, node_of, serving
from tests.support.worlds import ALICE, BOB_KEY, CONTRACT, NOBODY, OTHER, authorize, call, contract, signed, world
from toyevm.assembler import assemble
from toyevm.crypto import address_of, keccak256
from toyevm.forks import CANCUN, FORKS, Fork
from toyevm.rlp import encode
from toyevm.state import ABSENT, Account
from toyevm.workloads.json_input import parse_alloc
from toyevm.workloads.mainnet import load_block, parse_real_block
from toyevm.workloads.rpc import merge_prestates

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


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("fork", FORKS_ON_MAINNET, ids=str)
def test_a_fetched_block_replays(toyevm: Command, tmp_path: Path, fork: Fork, kind: Kind) -> None:
    data, out = made(fork), tmp_path / "block.json"
    with serving(node_of(data, kind)) as url:
        report = fetch(toyevm, url, out, HEIGHTS[fork.name][0])
    assert (report["fork"], report["transactions"]) == (fork.name, len(data["block"]["transactions"]))
    assert report["file"] == str(out)
    replayed = toyevm.succeeds("replay", out)
    assert all(replayed["checks"].values())
    assert report["checks"] == replayed["checks"]
    assert load_block(out).block == parse_real_block(data, "original").block  # all 256 hashes included
    assert [path.name for path in tmp_path.iterdir()] == ["block.json"]


@pytest.mark.data
@pytest.mark.parametrize("number", [19_933_122, 15_537_394, 19_426_587])
def test_a_block_of_mainnet_survives_fetching_and_replaying(
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


def test_a_contract_that_the_block_creates_is_absent_before_it(toyevm: Command, tmp_path: Path) -> None:
    address, data = creation()
    node = node_of(data)
    with serving(node) as url:
        fetch(toyevm, url, tmp_path / "block.json")
    assert address not in load_block(tmp_path / "block.json").pre.accounts
    assert all(toyevm.succeeds("replay", tmp_path / "block.json")["checks"].values())
    assert f"0x{address.hex()}" in careless(data, Kind.OLD)["preState"]
    (tmp_path / "careless.json").write_text(json.dumps(careless(data, Kind.OLD)))
    assert toyevm("replay", tmp_path / "careless.json").code == 1


def careless(data: Any, kind: Kind) -> Any:
    """Return a file with what the node shows first, whatever was empty: tests must notice."""
    trace = node_of(data, kind)["debug_traceBlockByNumber"]
    options = {"tracer": "prestateTracer", "tracerConfig": {"diffMode": False}}
    seen = [one["result"] for one in trace(data["block"]["number"], options)]
    return data | {"preState": merge_prestates(seen, [{}] * len(seen))}


def block_json(fork: Fork, accounts: Any, *calls: Any) -> Any:
    number, timestamp = HEIGHTS[fork.name]
    return real_block_json(fork, world(accounts), block_of(fork, *calls, number=number, timestamp=timestamp))


PAYS_NOBODY = {CONTRACT: contract(call(NOBODY, value=1), balance=9)}
FRESH_KEY = b"\xfe" * 32
FRESH = address_of(FRESH_KEY)
EMPTY_CONTRACT = keccak256(encode([ALICE, 0]))[12:]
FILLED = {  # what is empty before a block, filled by its first transaction, and seen by its second
    "an account that is paid": (NOBODY, block_json(CANCUN, PAYS_NOBODY, signed(), signed(BOB_KEY))),
    "an account that is delegated": (
        FRESH,
        block_json(
            FORKS["Prague"],
            {CONTRACT: contract("PUSH 1 PUSH 0 SSTORE")},
            signed(type=4, to=OTHER, authorizations=(authorize(FRESH_KEY),)),
            signed(BOB_KEY, to=FRESH),
        ),
    ),
    "a contract without code": (
        EMPTY_CONTRACT,
        block_json(
            CANCUN,
            {CONTRACT: contract(call(EMPTY_CONTRACT, value=1), balance=9)},
            signed(to=None),
            signed(BOB_KEY),
        ),
    ),
}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("what", FILLED)
def test_what_the_block_fills_is_absent_before_it(toyevm: Command, tmp_path: Path, what: str, kind: Kind) -> None:
    address, data = FILLED[what]
    out, number = tmp_path / "block.json", int(data["block"]["number"], 16)
    with serving(node_of(data, kind)) as url:
        report = fetch(toyevm, url, out, number)
    assert address not in load_block(out).pre.accounts
    assert all(report["checks"].values())
    replayed = toyevm.succeeds("replay", out)
    assert all(replayed["checks"].values())
    assert f"0x{address.hex()}" in careless(data, Kind.TODAY)["preState"]  # the test bites


def test_the_first_payment_costs_what_a_new_account_costs(toyevm: Command, tmp_path: Path) -> None:
    """Forwarding to an account that another transaction pays later: 25,000 more than to one that is there."""
    calls = [signed(nonce=0), signed(nonce=1)]
    data = block_json(CANCUN, PAYS_NOBODY, *calls)
    with serving(node_of(data)) as url:
        fetch(toyevm, url, tmp_path / "block.json")
    forwarding = 21_000 + 6 * 3 + 2 + 2_600 + 9_000 - 2_300  # PUSH, GAS; cold account, value, a stipend that comes back
    assert toyevm.succeeds("replay", tmp_path / "block.json")["gasUsed"] == 2 * forwarding + 25_000
    (tmp_path / "careless.json").write_text(json.dumps(careless(data, Kind.TODAY)))
    answer = toyevm("replay", tmp_path / "careless.json")
    assert (answer.code, answer.json["gasUsed"]) == (1, 2 * forwarding)


def test_a_node_that_leaves_out_too_much_fails_the_checks(toyevm: Command, tmp_path: Path) -> None:
    """It shows what was empty in neither mode: that cannot be mended, but it can be noticed."""
    data = block_json(CANCUN, PAYS_NOBODY, signed(), signed(BOB_KEY))
    node = node_of(data, Kind.BETWEEN)
    trace = node["debug_traceBlockByNumber"]

    def forgetful(height: str, options: Any) -> Any:
        traces = trace(height, options)
        if options["tracerConfig"]["diffMode"]:
            traces[0]["result"]["post"].pop("0x" + NOBODY.hex())
        return traces

    out = tmp_path / "block.json"
    with serving(node | {"debug_traceBlockByNumber": forgetful}) as url:
        answer = toyevm("fetch-block", HEIGHTS["Cancun"][0], "--rpc", url, "--out", out)
    assert (answer.code, answer.err, answer.json["checks"]["gasUsed"]) == (1, "", False)
    assert out.exists()


@pytest.mark.parametrize("before", [True, False], ids=["delegated before", "delegated by the block"])
def test_code_that_is_run_by_delegation_is_fetched(toyevm: Command, tmp_path: Path, before: bool) -> None:
    """Older tracers show the account that is called, and not the one whose code it runs."""
    delegated = Account(nonce=1, code=bytes.fromhex("ef0100") + CONTRACT)
    accounts = {CONTRACT: contract("PUSH 1 PUSH 0 SSTORE")} | ({FRESH: delegated} if before else {})
    set_code = signed(type=4, to=OTHER, authorizations=(authorize(FRESH_KEY, nonce=int(before)),))
    data, out = block_json(FORKS["Prague"], accounts, set_code, signed(BOB_KEY, to=FRESH)), tmp_path / "block.json"
    node, name, asked = node_of(data), "0x" + CONTRACT.hex(), []

    def trace(height: str, options: Any) -> Any:
        traces = node["debug_traceBlockByNumber"](height, options)
        for one in traces:
            one["result"].pop(name, None)
        return traces

    def code(address: str, height: str) -> str:
        asked.append((address, int(height, 16)))
        return "0x" + accounts[CONTRACT].code.hex()

    with serving(node | {"debug_traceBlockByNumber": trace, "eth_getCode": code}) as url:
        report = fetch(toyevm, url, out, HEIGHTS["Prague"][0])
    assert asked == [(name, HEIGHTS["Prague"][0] - 1)]
    assert all(report["checks"].values())
    assert load_block(out).pre.accounts[CONTRACT].code == accounts[CONTRACT].code


AA = "0x" + "aa" * 20
SOME = {"balance": "0x5", "nonce": 1}


@pytest.mark.parametrize(
    ("before", "changes", "slots"),
    [
        # a slot of an account that was there: filled by the first transaction, which does not show that it was zero
        (
            [{AA: SOME}, {AA: SOME | {"storage": {"0x1": "0x7"}}}],
            [({AA: SOME}, {AA: {"storage": {"0x1": "0x7"}}}), ({}, {})],
            {},
        ),
        # changed, not filled
        (
            [{AA: SOME}, {AA: SOME | {"storage": {"0x1": "0x7"}}}],
            [({AA: SOME | {"storage": {"0x1": "0x6"}}}, {AA: {"storage": {"0x1": "0x7"}}}), ({}, {})],
            {1: 7},  # the first trace of the mode that shows everything does not have it: then nobody read it
        ),
        # a node that writes addresses with capitals in one mode
        ([{AA: SOME}, {AA: SOME | {"storage": {"0x2": "0x8"}}}], [({}, {}), ({}, {"0x" + "AA" * 20: SOME})], {2: 8}),
        # emptied by the first transaction, filled by the second: what it holds then is new
        (
            [{AA: SOME | {"storage": {"0x1": "0x7"}}}, {}, {AA: SOME | {"storage": {"0x2": "0x9"}}}],
            [({AA: SOME}, {}), ({}, {AA: SOME}), ({}, {})],
            {1: 7},
        ),
    ],
)  # fmt: skip
def test_a_slot_is_taken_from_where_it_was_seen_first(before: Any, changes: Any, slots: dict[int, int]) -> None:
    merged = merge_prestates(before, [{"pre": old, "post": new} for old, new in changes])
    account = parse_alloc(merged, "merged").accounts[bytes.fromhex(AA[2:])]
    assert (account.balance, account.nonce, account.storage) == (5, 1, slots)


def test_an_account_that_only_looks_destroyed_is_empty_before() -> None:
    """A SELFDESTRUCT that is undone hides a created account from the mode that compares; `includeEmpty` shows it."""
    before = [{AA: {"balance": "0x0", "storage": {"0x1": "0x0"}}}, {AA: SOME | {"code": "0x00"}}]
    assert merge_prestates(before, [{"pre": {}, "post": {}}] * 2) == {}


# Hashes of older blocks

ASKS = assemble("PUSH 3 NUMBER SUB BLOCKHASH PUSH 0 PUSH 0 LOG1 STOP")


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param([signed(to=None, data=ASKS)], id="init code"),
        pytest.param(
            [signed(data=bytes([len(ASKS)]) + ASKS), signed(BOB_KEY, data=bytes([len(ASKS)]) + ASKS)], id="a factory"
        ),
    ],
)
def test_hashes_that_created_code_asks_for_are_fetched(toyevm: Command, tmp_path: Path, calls: Any) -> None:
    factory = "PUSH 0 CALLDATALOAD PUSH 248 SHR DUP1 PUSH 1 PUSH 0 CALLDATACOPY PUSH 0 PUSH 0 CREATE"
    data, out = block_json(CANCUN, {CONTRACT: contract(factory)}, *calls), tmp_path / "block.json"
    with serving(node_of(data)) as url:
        report = fetch(toyevm, url, out)
    assert all(report["checks"].values())
    assert len(load_block(out).block.ancestor_hashes) == 256
    assert all(toyevm.succeeds("replay", out)["checks"].values())


def test_only_hashes_that_the_block_asks_for_are_fetched(toyevm: Command, tmp_path: Path) -> None:
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
def test_a_bad_answer_leaves_one_line_and_no_new_file(
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
def test_an_answer_that_is_not_a_nodes_is_refused(
    toyevm: Command, tmp_path: Path, status: int, body: bytes, complaint: str
) -> None:
    with serving({}, reply=lambda _: (status, body)) as url:
        said = toyevm.refuses("fetch-block", NUMBER, "--rpc", url, "--out", tmp_path / "block.json")
    assert complaint in said
    assert said.startswith("127.0.0.1 eth_chainId")
    assert list(tmp_path.iterdir()) == []


def test_a_connection_that_breaks_is_reported(toyevm: Command, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        hang_up = threading.Thread(target=lambda: server.accept()[0].close())
        hang_up.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert "no answer: " in toyevm.refuses("fetch-block", NUMBER, "--rpc", url, "--out", tmp_path / "block.json")
        hang_up.join()
    assert list(tmp_path.iterdir()) == []


def test_a_node_that_is_not_there_is_reported(toyevm: Command, tmp_path: Path) -> None:
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
def test_a_bad_argument_is_named(
    toyevm: Command, tmp_path: Path, number: str, url: str, name: str, complaint: str
) -> None:
    assert complaint in toyevm.refuses("fetch-block", number, "--rpc", url, "--out", tmp_path / name)


def test_a_block_from_before_the_first_fork_is_refused(toyevm: Command, tmp_path: Path) -> None:
    with serving(broken(eth_getBlockByNumber=lambda *_: {"timestamp": "0x5"})) as url:
        said = toyevm.refuses("fetch-block", 12_964_999, "--rpc", url, "--out", tmp_path / "block.json")
    assert said == "block 12964999 is older than every fork here (expected at least 12965000, London's first)"


def test_a_file_beside_the_output_is_left_alone(toyevm: Command, tmp_path: Path) -> None:
    (tmp_path / "block.json.part").write_text("mine")
    with serving(broken()) as url:
        toyevm("fetch-block", NUMBER, "--rpc", url, "--out", tmp_path / "block.json")
    assert {path.name for path in tmp_path.iterdir()} == {"block.json", "block.json.part"}
    assert (tmp_path / "block.json.part").read_text() == "mine"


def test_a_place_that_cannot_be_written_to_is_named(toyevm: Command, tmp_path: Path) -> None:
    (tmp_path / "taken.json").mkdir()
    with serving(broken()) as url:
        for out in (tmp_path / "taken.json", tmp_path / "missing" / "block.json"):
            assert str(out) in toyevm.refuses("fetch-block", NUMBER, "--rpc", url, "--out", out)
    assert [path.name for path in tmp_path.iterdir()] == ["taken.json"]
