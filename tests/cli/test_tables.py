"""At a terminal the command answers in sentences and tables of 80 columns; elsewhere, or with --json, in JSON."""

from __future__ import annotations

import io
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.chains import block_of, real_block_json
from tests.support.command import Command
from tests.support.full_block import accounts, transactions, withdrawals
from tests.support.statetests import write
from tests.support.vectors import FOLDER
from tests.support.worlds import world
from toyevm.backends import BACKENDS
from toyevm.bench.machine import run_bench_vm
from toyevm.bench.peers import ToyEvm
from toyevm.cli import tables
from toyevm.cli.bench_tables import print_machines
from toyevm.cli.screen import console_on, progress, table
from toyevm.forks import CANCUN
from toyevm.workloads.programs import keccak_loop, whole_transactions

FIVE = "0x600360020160005260206000f3"  # 2 + 3, returned


@pytest.fixture
def block(tmp_path: Path) -> Path:
    made = block_of(CANCUN, *transactions(CANCUN), withdrawals=withdrawals(CANCUN))
    return Path(write(tmp_path / "block.json", real_block_json(CANCUN, world(accounts(CANCUN)), made)))


def printed(report: Any, print_report: Any) -> str:
    screen = io.StringIO()
    print_report(console_on(screen, width=80), report)
    assert max(map(len, screen.getvalue().splitlines())) <= 80
    return screen.getvalue()


def test_json_is_printed_to_a_pipe_and_on_request(toyevm: Command) -> None:
    rows = toyevm("backends").json
    assert json.loads(toyevm("backends", "--json").out) == rows
    with pytest.raises(json.JSONDecodeError):
        json.loads(toyevm.on_terminal("backends").out)


def test_every_backend_has_a_row(toyevm: Command) -> None:
    words = toyevm.on_terminal("backends").out
    assert [backend.name for backend in BACKENDS if backend.name not in words] == []


def test_a_call_is_told_in_sentences(toyevm: Command) -> None:
    words = toyevm.on_terminal("run", "--code", FIVE).out
    assert "success; 24 gas used" in words
    assert "5 (a word)" in words
    assert "failed: stack underflow" in toyevm.on_terminal("run", "--code", "0x01").out
    assert "(not applied)" in toyevm.on_terminal("run", "--code", "0x5f5f55600160015560005f555f600155").out


def test_a_replay_has_a_row_for_each_backend(toyevm: Command, block: Path) -> None:
    words = toyevm.on_terminal("replay", block, "--backend", "all", "--cores", 2).out
    assert [backend.name for backend in BACKENDS if backend.name not in words] == []
    assert "As its header says: gasUsed, receiptsRoot" in words
    assert "NOT" not in words


def test_a_wrong_header_is_told(toyevm: Command, block: Path) -> None:
    data = json.loads(block.read_text())
    data["block"]["receiptsRoot"] = "0x" + "11" * 32
    block.write_text(json.dumps(data))
    answer = toyevm.on_terminal("replay", block)
    assert answer.code == 1
    assert "NOT as its header says: receiptsRoot" in answer.out


def test_state_tests_are_counted_by_fork(toyevm: Command) -> None:
    words = toyevm.on_terminal("statetest", FOLDER / "keccak.json").out
    assert "Osaka" in words
    assert "does not pass" not in words


def test_the_first_failures_are_listed_with_their_reasons() -> None:
    row = {"file": "f", "name": "case", "fork": "Osaka", "index": 3, "pass": False, "error": None}
    rows = [row | {"name": f"case_{i}"} for i in range(30)] + [row | {"error": "timeout"}, row | {"pass": True}]
    words = printed(rows, tables.print_state_tests)
    assert "other root or logs" in words
    assert "case_19" in words
    assert "case_20" not in words
    assert "and 11 more" in words
    assert words.splitlines()[4].split() == ["Osaka", "1", "30", "1"]


def test_progress_shows_the_rest_at_a_terminal_and_nothing_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for is_terminal in (False, True):
        screen = io.StringIO()
        monkeypatch.setattr(screen, "isatty", lambda answer=is_terminal: answer)
        monkeypatch.setattr(sys, "stderr", screen)
        with progress("files", 3) as begin:
            begin("one.json")
        assert ("rest" in screen.getvalue()) is is_terminal


def test_a_long_word_folds_and_a_number_stays_whole() -> None:
    def show(console: Any, rows: Any) -> None:
        console.print(table("", ("name", "n"), rows))

    words = printed([("x" * 200, 123_456)], show)
    assert "123456" in words
    assert words.count("x") == 200


class Other(ToyEvm):
    """Stands in for py-evm, so that there is something to compare with."""

    name = "py-evm"


def missing() -> ToyEvm:
    raise ImportError("it is nowhere")


def test_the_table_of_machines_says_what_the_mean_is_of() -> None:
    report = run_bench_vm(1, 0, [partial(keccak_loop, 2), partial(whole_transactions, 2)], [ToyEvm, Other])
    assert report["geometricMean"]["toyevm"] == pytest.approx(report["rows"][0]["speedup"]["toyevm"])
    words = " ".join(printed(report, print_machines).split())
    assert words.index("keccak loop") < words.index("geometric mean") < words.index("whole transactions")
    assert "Not in the mean, which is of message calls." in words
    assert "block of 2 signed ERC-20 transfers" in words
    assert "senders recovered by coincurve in toyevm" in words


def test_a_table_of_whole_transactions_alone_has_no_mean() -> None:
    report = run_bench_vm(1, 0, [partial(whole_transactions, 2)], [ToyEvm, Other])
    assert "geometric mean" not in printed(report, print_machines)


def test_a_missing_machine_is_named_below_the_table() -> None:
    words = printed(run_bench_vm(1, 0, [partial(keccak_loop, 2)], [ToyEvm, missing]), print_machines)
    assert "nowhere" in words
    assert "keccak loop" in words
