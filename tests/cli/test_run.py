"""`toyevm run`: one message call from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Command
from tests.support.oracles import specification, state_trie
from tests.support.statetests import write
from tests.support.worlds import BOB, CONTRACT, OTHER, THIRD, call, contract, environment, signed, world
from toyevm.assembler import assemble
from toyevm.forks import CANCUN, FORKS
from toyevm.state import Account
from toyevm.tracer import trace_rows
from toyevm.transactions import encode_transaction
from toyevm.transition import begin_transaction, check_transaction
from toyevm.types import to_address

KEYS = {"gasUsed", "refund", "output", "error", "logs", "seconds"}
FIVE = "60026003015f5260205ff3"  # 2 + 3, returned as a word
SHA256 = to_address(2)


def hexed(source: str, fork: Any = CANCUN) -> str:
    return "0x" + assemble(source, fork).hex()


def returns(expression: str) -> str:
    """Return the bytecode that returns what the assembly leaves on the stack."""
    return hexed(f"{expression} PUSH 0 MSTORE PUSH 32 PUSH 0 RETURN")


def word(answer: Any) -> int:
    return int(answer["output"], 16)


def test_the_answer_has_the_agreed_shape(toyevm: Command) -> None:
    answer = toyevm.succeeds("run", "--code", FIVE)
    assert set(answer) == KEYS
    (seconds,) = answer.pop("seconds")
    assert isinstance(seconds, float)
    expected = {"gasUsed": 3 + 3 + 3 + 2 + 3 + 3 + 3 + 2, "refund": 0, "error": None, "logs": []}
    assert answer == expected | {"output": "0x" + (5).to_bytes(32, "big").hex()}


@pytest.mark.parametrize(
    ("code", "error", "output"),
    [
        (hexed("PUSH 0x1234 PUSH 0 MSTORE PUSH 2 PUSH 30 REVERT"), "revert", "0x1234"),
        ("fe", "invalid opcode", "0x"),
        ("0x01", "stack underflow", "0x"),
        ("600056", "invalid jump", "0x"),
        ("", None, "0x"),
        ("0x", None, "0x"),
    ],
)
def test_the_command_succeeds_when_the_program_fails(
    toyevm: Command, code: str, error: str | None, output: str
) -> None:
    answer = toyevm.succeeds("run", "--code", code)
    assert (answer["error"], answer["output"]) == (error, output)
    if error not in (None, "revert"):
        assert answer["gasUsed"] == 10**9


def test_the_defaults_are_the_agreed_ones(toyevm: Command) -> None:
    for expression, value in (
        ("CALLER", int("aa" * 20, 16)),
        ("ORIGIN", int("aa" * 20, 16)),
        ("ADDRESS", int("cc" * 20, 16)),
        ("GAS", 10**9 - 2),
        ("CALLVALUE", 0),
        ("CALLDATASIZE", 0),
        ("PUSH 1 CLZ", 255),  # the newest fork
    ):
        code = hexed(f"{expression} PUSH 0 MSTORE PUSH 32 PUSH 0 RETURN", FORKS["Osaka"])
        assert word(toyevm.succeeds("run", "--code", code)) == value


def test_the_options_are_obeyed(toyevm: Command, tmp_path: Path) -> None:
    storage = write(tmp_path / "storage.json", {"0x5": "0x2a", "6": "7", "0x7": "0x0"})
    address = "0x" + "12" * 20
    for options, expression, value in (
        (["--sender", address], "CALLER", int(address, 16)),
        (["--address", address], "ADDRESS", int(address, 16)),
        (["--value", "5"], "CALLVALUE", 5),
        (["--value", "0x10"], "SELFBALANCE", 16),
        (["--gas", "5000"], "GAS", 4_998),
        (["--gas", "0x5000"], "GAS", 0x5000 - 2),
        (["--input", "0x" + "00" * 31 + "09"], "PUSH 0 CALLDATALOAD", 9),
        (["--input", "ff"], "CALLDATASIZE", 1),
        (["--storage", storage], "PUSH 5 SLOAD", 42),
        (["--storage", storage, "--address", address], "PUSH 6 SLOAD", 7),
    ):
        assert word(toyevm.succeeds("run", "--code", returns(expression), *options)) == value


@pytest.mark.parametrize(("fork", "error"), [("London", "invalid opcode"), ("shanghai", None), ("Osaka", None)])
def test_the_fork_decides_which_opcodes_exist(toyevm: Command, fork: str, error: str | None) -> None:
    assert toyevm.succeeds("run", "--code", "5f", "--fork", fork)["error"] == error


def test_the_refund_is_reported_and_not_taken_off(toyevm: Command, tmp_path: Path) -> None:
    storage = write(tmp_path / "storage.json", {"0x1": "0x1"})
    answer = toyevm.succeeds("run", "--code", hexed("PUSH 0 PUSH 1 SSTORE"), "--storage", storage)
    assert (answer["gasUsed"], answer["refund"]) == (2 + 3 + 2_100 + 2_900, 4_800)


def test_a_log_is_written_with_its_address_topics_and_data(toyevm: Command) -> None:
    code = hexed("PUSH 0xabcd PUSH 0 MSTORE PUSH 7 PUSH 8 PUSH 2 PUSH 30 LOG2")
    logs = toyevm.succeeds("run", "--code", code)["logs"]
    topics = [f"0x{topic:064x}" for topic in (8, 7)]
    assert logs == [{"address": "0x" + "cc" * 20, "topics": topics, "data": "0xabcd"}]


def test_every_repeat_is_timed_and_starts_from_the_same_state(toyevm: Command) -> None:
    code = hexed("PUSH 1 PUSH 0 SLOAD ADD PUSH 0 SSTORE PUSH 0 SLOAD PUSH 0 MSTORE PUSH 32 PUSH 0 RETURN")
    answer = toyevm.succeeds("run", "--code", code, "--repeat", "3", "--warmup", "2")
    assert len(answer["seconds"]) == 3
    assert min(answer["seconds"]) >= 0
    assert word(answer) == 1  # the state is as it was before each of them


def alloc(tmp_path: Path) -> Path:
    accounts = {
        "0x" + "11" * 20: {
            "balance": "0x10",
            "code": returns("PUSH 1 SLOAD SELFBALANCE ADD"),
            "storage": {"0x1": "0x2"},
        },
        "22" * 20: {"balance": "7", "nonce": "0x1"},
    }
    return write(tmp_path / "alloc.json", accounts)


def test_an_account_of_an_alloc_is_called(toyevm: Command, tmp_path: Path) -> None:
    path = alloc(tmp_path)
    assert word(toyevm.succeeds("run", "--alloc", path, "--to", "0x" + "11" * 20)) == 18
    assert word(toyevm.succeeds("run", "--alloc", path, "--to", "11" * 20, "--value", "3")) == 21
    storage = write(tmp_path / "storage.json", {"1": "100"})
    assert word(toyevm.succeeds("run", "--alloc", path, "--to", "11" * 20, "--storage", storage)) == 116
    assert toyevm.succeeds("run", "--alloc", path, "--to", "22" * 20)["output"] == "0x"
    assert toyevm.succeeds("run", "--alloc", path, "--to", "33" * 20)["gasUsed"] == 0
    identity = toyevm.succeeds("run", "--alloc", path, "--to", "00" * 19 + "04", "--input", "0xabcd")
    assert (identity["output"], identity["gasUsed"]) == ("0xabcd", 18)


def test_a_delegated_account_runs_the_code_of_its_delegate(toyevm: Command, tmp_path: Path) -> None:
    delegated = {"code": "0xef0100" + "22" * 20, "balance": "0x0", "nonce": "0x1"}
    code = {"code": "0x" + FIVE, "balance": "0x0", "nonce": "0x1"}
    path = write(tmp_path / "alloc.json", {"0x" + "11" * 20: delegated, "0x" + "22" * 20: code})
    call = ["run", "--alloc", path, "--to", "0x" + "11" * 20]
    assert word(toyevm.succeeds(*call)) == 5
    assert toyevm(*call, "--fork", "Cancun").json["error"] == "invalid opcode"


# Bad input

GOOD = ["--code", "0x00"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], ["--code"]),
        (["--to", "0x" + "11" * 20], ["--code"]),
        ([*GOOD, "--to", "0x" + "11" * 20], ["--alloc"]),
        (["--code", "zz"], ["--code", "hex"]),
        (["--code", "0x123"], ["--code", "even"]),
        ([*GOOD, "--input", "0x1"], ["--input", "even"]),
        ([*GOOD, "--input", "é"], ["--input"]),
        ([*GOOD, "--sender", "0x12"], ["--sender", "20 bytes"]),
        ([*GOOD, "--sender", "0x" + "11" * 21], ["--sender", "21 bytes"]),
        ([*GOOD, "--address", ""], ["--address", "20 bytes"]),
        ([*GOOD, "--value", "-1"], ["--value", "range"]),
        ([*GOOD, "--value", str(2**256)], ["--value", "range"]),
        ([*GOOD, "--value", "0x1" + "0" * 64], ["--value", "range"]),
        ([*GOOD, "--value", "9" * 5_000], ["--value"]),
        ([*GOOD, "--value", "one"], ["--value", "one"]),
        ([*GOOD, "--gas", "-1"], ["--gas", "range"]),
        ([*GOOD, "--gas", "1e9"], ["--gas", "1e9"]),
        ([*GOOD, "--gas", "0x"], ["--gas"]),
        ([*GOOD, "--gas", ""], ["--gas"]),
        ([*GOOD, "--gas", str(2**63)], ["--gas", "range"]),
        ([*GOOD, "--fork", "Berlin"], ["Berlin", "Cancun"]),
        ([*GOOD, "--repeat", "0"], ["repeat"]),
        ([*GOOD, "--repeat", "many"], ["repeat"]),
        ([*GOOD, "--warmup", "-1"], ["warmup"]),
        ([*GOOD, "--colour"], ["--colour"]),
        (["--code"], ["--code"]),
        ([*GOOD, "more"], ["more"]),
    ],
)
def test_a_bad_option_is_refused_and_named(toyevm: Command, options: list[str], words: list[str]) -> None:
    complaint = toyevm.refuses("run", *options)
    assert [word for word in words if word not in complaint] == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        [],
        5,
        None,
        "text",
        {"0x0": {}},
        {"0x0": None},
        {"0x0": 1.5},
        {"0x0": True},
        {"0x0": -1},
        {"0x0": "0xzz"},
        {"slot": "0x0"},
        {"-1": "0x0"},
        {hex(2**256): "0x0"},
        {"0x0": hex(2**256)},
    ],
)
def test_a_bad_storage_file_is_refused(toyevm: Command, tmp_path: Path, content: Any) -> None:
    path = write(tmp_path / "storage.json", content)
    assert str(path) in toyevm.refuses("run", *GOOD, "--storage", path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        [],
        "text",
        {"0x12": {}},
        {"0x" + "11" * 20: []},
        {"0x" + "11" * 20: None},
        {"0x" + "11" * 20: {"balance": -1}},
        {"0x" + "11" * 20: {"balance": []}},
        {"0x" + "11" * 20: {"nonce": hex(2**64)}},
        {"0x" + "11" * 20: {"code": 5}},
        {"0x" + "11" * 20: {"code": "0x1"}},
        {"0x" + "11" * 20: {"storage": []}},
        {"0x" + "11" * 20: {"storage": {"0x0": []}}},
    ],
)
def test_a_bad_alloc_is_refused(toyevm: Command, tmp_path: Path, content: Any) -> None:
    path = write(tmp_path / "alloc.json", content)
    assert str(path) in toyevm.refuses("run", "--alloc", path, "--to", "0x" + "11" * 20)


def test_a_bad_target_of_an_alloc_is_refused(toyevm: Command, tmp_path: Path) -> None:
    path = alloc(tmp_path)
    assert "--to" in toyevm.refuses("run", "--alloc", path)
    assert "--to" in toyevm.refuses("run", "--alloc", path, "--to", "0x1")
    assert "--code" in toyevm.refuses("run", "--alloc", path, "--to", "0x" + "11" * 20, *GOOD)


@pytest.mark.parametrize("option", ["--storage", "--alloc"])
def test_an_unreadable_file_is_refused(toyevm: Command, tmp_path: Path, option: str) -> None:
    rest = ["--to", "0x" + "11" * 20] if option == "--alloc" else GOOD
    for path in (tmp_path / "missing.json", tmp_path, tmp_path / "missing" / "x.json", tmp_path / ("x" * 5_000)):
        assert str(path)[:50] in toyevm.refuses("run", *rest, option, path)


def test_a_trace_that_cannot_be_written_is_refused(toyevm: Command, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing" / "trace"):
        assert str(path) in toyevm.refuses("run", *GOOD, "--trace", path)


# Traces


def root_after(code: str, **fields: Any) -> str:
    """Return the root of the state in which there is only the called account."""
    return "0x" + state_trie({CONTRACT: Account(nonce=1, code=bytes.fromhex(code), **fields)}).root_hash.hex()


def rows_of(text: str) -> tuple[list[Any], Any]:
    *rows, summary = [json.loads(line) for line in text.splitlines()]
    return rows, summary


def test_a_trace_has_the_agreed_shape(toyevm: Command, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    answer = toyevm.succeeds("run", "--code", FIVE, "--trace", path, "--gas", "100000")
    rows, summary = rows_of(path.read_text())
    assert rows[2] == {
        "pc": 4,
        "op": 1,
        "gas": hex(100_000 - 6),
        "gasCost": "0x3",
        "memSize": 0,
        "stack": ["0x2", "0x3"],
        "depth": 1,
        "returnData": "0x",
        "refund": "0x0",
        "opName": "ADD",
    }
    assert [row["opName"] for row in rows] == "PUSH1 PUSH1 ADD PUSH0 MSTORE PUSH1 PUSH0 RETURN".split()
    assert summary == {
        "stateRoot": root_after(FIVE),
        "output": answer["output"],
        "gasUsed": hex(answer["gasUsed"]),
        "pass": True,
    }


def test_a_trace_on_stdout_comes_before_the_answer(toyevm: Command, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    toyevm.succeeds("run", "--code", FIVE, "--trace", path)
    answer = toyevm("run", "--code", FIVE, "--trace", "-")
    assert (answer.code, answer.err) == (0, "")
    *trace, last = answer.out.splitlines()
    assert trace == path.read_text().splitlines()
    assert set(json.loads(last)) == KEYS


def test_a_failing_step_is_traced_with_its_error(toyevm: Command, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    toyevm.succeeds("run", "--code", "600001", "--trace", path, "--gas", "100")
    rows, summary = rows_of(path.read_text())
    assert rows[-1]["error"] == "stack underflow"
    assert (rows[-1]["gas"], rows[-1]["gasCost"]) == (hex(97), hex(97))
    assert summary == {"stateRoot": root_after("600001"), "output": "0x", "gasUsed": hex(100), "pass": False}


@pytest.mark.parametrize(
    ("code", "options", "fields"),
    [
        ("6005600155", [], {"storage": {1: 5}}),
        ("6005600155", ["--value", "3"], {"storage": {1: 5}, "balance": 3}),
        ("6005600155fe", ["--value", "3"], {}),
        ("33ff", ["--fork", "Cancun"], {}),
    ],
)
def test_a_trace_ends_with_the_root_of_the_state(
    toyevm: Command, tmp_path: Path, code: str, options: list[str], fields: Any
) -> None:
    path = tmp_path / "trace.jsonl"
    toyevm.succeeds("run", "--code", code, "--trace", path, *options)
    assert rows_of(path.read_text())[1]["stateRoot"] == root_after(code, **fields)


@pytest.mark.parametrize(("code", "count"), [("0x5f5f5f5f5f60aa61fffff1", 9), ("0x", 0), ("0x5f5f5ff0", 5)])
def test_a_frame_without_code_has_no_row(toyevm: Command, tmp_path: Path, code: str, count: int) -> None:
    """The last row of the others is the STOP behind their own code."""
    path = tmp_path / "trace.jsonl"
    toyevm.succeeds("run", "--code", code, "--trace", path)
    rows, _ = rows_of(path.read_text())
    assert [row["depth"] for row in rows] == [1] * count


def test_a_call_to_a_precompile_costs_what_is_sent_along(toyevm: Command, tmp_path: Path) -> None:
    """The program and the gas of EIP-3155's own example; the prices are today's."""
    path = tmp_path / "trace.jsonl"
    code = "604080536040604055604060006040600060025afa6040f3"
    toyevm.succeeds("run", "--code", code, "--trace", path, "--gas", str(10**10))
    (row,) = [row for row in rows_of(path.read_text())[0] if row["opName"] == "STATICCALL"]
    left = int(row["gas"], 16) - 100
    assert (row["pc"], int(row["gasCost"], 16)) == (20, 100 + left - left // 64)


@pytest.mark.parametrize(
    "source",
    [
        "PUSH 2 PUSH 3 ADD PUSH 0 MSTORE PUSH 32 PUSH 0 KECCAK256 PUSH 1 SSTORE PUSH 1 SLOAD",
        f"{call(OTHER)} POP {call(OTHER, value=1, gas='PUSH 50000')} RETURNDATASIZE GAS",
        "PUSH 3 loop: JUMPDEST PUSH 1 SWAP1 SUB DUP1 PUSH @loop JUMPI",
        "PUSH 0 PUSH 1 SSTORE PUSH 5 PUSH 1 SSTORE PUSH 0 PUSH 1 SSTORE",
        "PUSH 0x6001600155 PUSH 0 MSTORE PUSH 5 PUSH 27 PUSH 0 CREATE POP PUSH 1 BALANCE",
        "PUSH 1 PUSH 1000 MSTORE PUSH 0 PUSH 0 REVERT",
        f"{call(SHA256)} {call(SHA256, gas='PUSH 5')} {call(SHA256, value=1)} {call(SHA256, value=9)}",
        f"{call(BOB)} {call(BOB, value=1)} {call(BOB, value=9)} {call(THIRD)} {call(THIRD, gas='PUSH 5')}",
        "PUSH 0 PUSH 0 PUSH 0 CREATE PUSH 0 PUSH 0 PUSH 9 CREATE PUSH 32 PUSH 0 PUSH 1 CREATE POP",
        "PUSH 5 PUSH 0 PUSH 0 PUSH 0 CREATE2 PUSH 5 PUSH 0 PUSH 0 PUSH 0 CREATE2",  # the second finds the first
    ],
)
def test_a_trace_equals_that_of_the_specification(source: str) -> None:
    """Row by row: where, what, how much gas before it and for it, and the stack, as EELS sees the same transaction."""
    oracle = specification()
    accounts = {CONTRACT: contract(source, balance=5), OTHER: contract("PUSH 7 SLOAD PUSH 32 PUSH 0 RETURN")}
    pre = world(accounts | {THIRD: contract(call(SHA256))})
    tx, env = signed(), environment(CANCUN)
    theirs = traced_by(oracle, pre, encode_transaction(tx))
    machine = begin_transaction(pre, env, check_transaction(pre, env, tx)).machine
    ours = []
    for row in trace_rows(machine):
        stack = [int(word, 16) for word in row["stack"]]
        is_halted = row.get("error", "revert") != "revert"
        gas, cost = int(row["gas"], 16), None if is_halted else int(row["gasCost"], 16)
        ours.append((row["depth"], row["pc"], row["opName"], gas, cost, stack, row["memSize"]))
    assert ours == theirs


def traced_by(oracle: Any, pre: Any, raw: bytes) -> list[Any]:
    """Return what EELS reports of every instruction; the STOP behind the code's end is not one to it."""
    from ethereum.trace import EvmStop, GasAndRefund, OpException, OpStart, PrecompileStart, set_evm_trace
    from ethereum_types.numeric import Uint

    rows: list[Any] = []
    is_priced = True  # the first charge after an instruction began is its price; a precompile's is not

    def watch(evm: Any, event: Any) -> None:
        nonlocal is_priced
        if isinstance(event, OpStart) or (isinstance(event, EvmStop) and evm.running and evm.code):
            stack = [int(word) for word in evm.stack]
            depth, name = int(evm.message.depth) + 1, event.op.name.replace("KECCAK", "KECCAK256")
            rows.append([depth, int(evm.pc), name, int(evm.gas_left), 0, stack, len(evm.memory)])
            is_priced = False
        elif isinstance(event, GasAndRefund) and not is_priced:
            rows[-1][4], is_priced = event.gas_cost, True
        elif isinstance(event, PrecompileStart):
            is_priced = True
        elif isinstance(event, OpException) and rows[-1][0] == int(evm.message.depth) + 1 and rows[-1][2] != "REVERT":
            rows[-1][4] = None

    state = oracle.make_state("Cancun", pre.accounts)
    env = {
        "currentNumber": 1,
        "currentGasLimit": 30_000_000,
        "currentCoinbase": b"\xc0" * 20,
        "currentBaseFee": 7,
        "currentTimestamp": 1_000,
        "currentRandom": bytes(32),
        "currentExcessBlobGas": 0,
    }
    block_env = oracle.make_block_env("Cancun", env, state, 1)
    output = oracle.fork_module("Cancun", ".vm").BlockOutput()
    previous = set_evm_trace(watch)
    try:
        tx = oracle.decode("Cancun", raw)
        oracle.fork_module("Cancun", ".fork").process_transaction(block_env, output, tx, Uint(0))
    finally:
        set_evm_trace(previous)
    return [tuple(row) for row in rows]


# As another process


def test_the_installed_command_behaves_the_same() -> None:
    def toyevm(*arguments: str) -> Any:
        command = [sys.executable, "-c", "from toyevm.cli import main; main()", *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": "."}
        )

    good = toyevm("run", "--code", FIVE)
    assert (good.returncode, good.stderr) == (0, "")
    assert set(json.loads(good.stdout)) == KEYS
    bad = toyevm("run", "--code", "xyz")
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.startswith("toyevm: --code: ")
    assert len(bad.stderr.splitlines()) == 1


def test_a_reader_that_stops_early_gets_no_traceback() -> None:
    code = hexed("PUSH 0xffff loop: JUMPDEST PUSH 1 SWAP1 SUB DUP1 PUSH @loop JUMPI")
    script = f"from toyevm.cli import main; main(['run', '--code', '{code}', '--trace', '-'])"
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == 0
