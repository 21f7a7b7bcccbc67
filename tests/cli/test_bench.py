"""`toyevm bench`: what is measured is chosen, drawn and complained about."""

from __future__ import annotations

import json
import struct
import sys
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.chains import block_of, real_block_json
from tests.support.command import Command
from tests.support.full_block import accounts, transactions, withdrawals
from tests.support.statetests import write
from tests.support.worlds import world
from toyevm.bench import machine as bench
from toyevm.bench.peers import CallOutcome, ToyEvm
from toyevm.bench.replay_times import WAYS
from toyevm.forks import CANCUN
from toyevm.workloads import programs

TINY = (partial(programs.keccak_loop, 3), partial(programs.insertion_sort, 3), partial(programs.whole_transactions, 2))


class Other(ToyEvm):
    """Stands in for py-evm, which takes its time."""

    name = "py-evm"


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small programs, and two machines."""
    run, select = bench.run_bench_vm, bench.select
    monkeypatch.setattr(bench, "select", lambda names: select(names, TINY))
    monkeypatch.setattr(bench, "run_bench_vm", partial(run, peers=(ToyEvm, Other)))


@pytest.fixture
def block(tmp_path: Path) -> Any:
    return real_block_json(
        CANCUN, world(accounts(CANCUN)), block_of(CANCUN, *transactions(CANCUN), withdrawals=withdrawals(CANCUN))
    )


def description(picture: bytes) -> str:
    """Return the text that a PNG file carries under "Description"."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    at = 8
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        data = picture[at + 8 : at + 8 + length]
        if kind == b"tEXt" and data.startswith(b"Description\0"):
            return data.partition(b"\0")[2].decode("latin-1")
        if kind == b"iTXt" and data.startswith(b"Description\0"):
            return data.split(b"\0", 5)[5].decode()
        if kind == b"zTXt" and data.startswith(b"Description\0"):
            return zlib.decompress(data.partition(b"\0")[2][1:]).decode()
        at += 12 + length
    return ""


@pytest.mark.usefixtures("tiny")
def test_only_the_rows_asked_for_are_measured(toyevm: Command) -> None:
    arguments = ("bench", "vm", "--json", "--repeats", 1)
    report = toyevm.succeeds(*arguments, "--only", "insertion sort", "--only", "keccak loop")
    assert [row["program"] for row in report["rows"]] == ["keccak loop", "insertion sort"]
    assert report["environment"]["repeats"] == 1
    assert set(report) == {"environment", "rows", "geometricMean", "compileCache"}
    assert len(toyevm.succeeds(*arguments)["rows"]) == len(TINY)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["vm", "--only", "nothing"], "arithmetic loop, "),
        (["vm", "--repeats", "0"], "--repeats"),
        (["vm", "--repeats", "x"], "--repeats"),
        (["vm", "--plot", "picture.gif"], ".png or .svg"),
        (["vm", "--plot", "nowhere/picture.png"], "nowhere"),
        (["vm", "block.json"], "block.json"),
        (["walking"], "vm or replay"),
        (["replay"], "FILE..."),
        (["replay", "nowhere.json"], "nowhere.json"),
        (["replay", "nowhere.json", "--only", "keccak loop"], "--only"),
        (["replay", "nowhere.json", "--plot", "picture.png"], "--plot"),
    ],
)
def test_bad_arguments_are_refused(toyevm: Command, arguments: list[str], part: str) -> None:
    assert part in toyevm.refuses("bench", *arguments)


@pytest.mark.usefixtures("tiny")
def test_a_picture_carries_its_description(toyevm: Command, tmp_path: Path) -> None:
    path = tmp_path / "ratios.png"
    answer = toyevm("bench", "vm", "--json", "--repeats", 1, "--plot", path)
    assert answer.code == 0
    text = answer.err.removeprefix(f"{path}: ").rstrip("\n")
    assert description(path.read_bytes()) == text
    for row in answer.json["rows"]:
        assert f"{row['program']}: toyevm " in text
    assert "geometric mean: toyevm " in text
    assert "logarithmic" in text


@pytest.mark.usefixtures("tiny")
def test_a_drawing_carries_its_words(toyevm: Command, tmp_path: Path) -> None:
    path = tmp_path / "ratios.svg"
    assert toyevm("bench", "vm", "--repeats", 1, "--plot", path).code == 0
    assert "keccak loop: toyevm " in path.read_text()


@pytest.mark.usefixtures("tiny")
def test_a_picture_that_cannot_be_written_is_refused(toyevm: Command, tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    assert "folder.png" in toyevm.refuses("bench", "vm", "--repeats", 1, "--plot", tmp_path / "folder.png")


@pytest.mark.parametrize(("module", "part"), [("matplotlib", "toyevm[course]"), (None, "py-evm")])
def test_a_package_that_a_picture_needs_is_missed_before_the_measuring(
    toyevm: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: str | None, part: str
) -> None:
    if module:
        monkeypatch.setitem(sys.modules, module, None)
    else:
        monkeypatch.setattr("toyevm.cli.bench.version_of", lambda package: None)
    monkeypatch.setattr(bench, "run_bench_vm", None)
    assert part in toyevm.refuses("bench", "vm", "--plot", tmp_path / "ratios.png")


def test_a_missing_machine_is_named_and_the_rest_is_measured(toyevm: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in ("eth", "ethereum")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "eth", None)
    monkeypatch.setitem(sys.modules, "ethereum", None)
    monkeypatch.setattr(bench, "select", lambda names: TINY)
    report = toyevm.succeeds("bench", "vm", "--json", "--repeats", 1)
    assert list(report["environment"]["machines"]) == ["toyevm"]
    assert [text.partition(" ")[0] for text in report["environment"]["missing"]] == ["py-evm", "EELS"]
    assert [set(row["seconds"]) for row in report["rows"]] == [{"toyevm"}] * 3
    table = toyevm.on_terminal("bench", "vm", "--repeats", 1)
    assert (table.code, table.err) == (0, "")
    assert "not measured: py-evm" in table.out
    assert "not measured: EELS" in table.out


@pytest.mark.usefixtures("tiny")
def test_machines_that_disagree_fail_the_command_with_a_clear_message(
    toyevm: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Other, "outcome", lambda *_: CallOutcome(True, 0, b""))
    answer = toyevm("bench", "vm", "--repeats", 1)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("toyevm: the machines disagree about 'keccak loop'")


def test_every_tier_is_measured_on_its_own(toyevm: Command, tmp_path: Path, block: Any) -> None:
    report = toyevm.succeeds("bench", "replay", "--json", "--repeats", 2, write(tmp_path / "block.json", block))
    (row,) = report["rows"]
    assert set(row["seconds"]) == set(row["kgasPerSecond"]) == set(row["functions"]) == set(WAYS)
    assert (row["equal"], set(row["checks"].values())) == (True, {True})
    assert row["functions"]["tier 0"] == 0 < row["functions"]["tier 1, warm"]
    assert row["gasUsed"] == int(block["block"]["gasUsed"], 16)
    for way in WAYS:
        assert row["kgasPerSecond"][way] == round(row["gasUsed"] / 1000 / row["seconds"][way])


def test_a_wrong_block_fails_the_measurement(toyevm: Command, tmp_path: Path, block: Any) -> None:
    right = write(tmp_path / "right.json", block)
    wrong = json.loads(json.dumps(block))
    wrong["block"]["receiptsRoot"] = "0x" + "11" * 32
    wrong_file = write(tmp_path / "wrong.json", wrong)
    answer = toyevm("bench", "replay", "--repeats", 1, right, wrong_file)
    assert answer.code == 1
    assert [all(row["checks"].values()) for row in answer.json["rows"]] == [True, False]
    assert toyevm.on_terminal("bench", "replay", "--repeats", 1, right, wrong_file).out.count("does not come out") == 1


def test_tiers_that_differ_fail_the_measurement(
    toyevm: Command, tmp_path: Path, block: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from toyevm.backends.sequential import SequentialBackend

    honest, turns = SequentialBackend.execute_block, iter(range(100))

    def fickle(*arguments: Any) -> Any:
        run = honest(*arguments)
        odd = [b"\0"] * (next(turns) // 3)
        return replace(run, result=replace(run.result, requests=(*run.result.requests, *odd)))

    monkeypatch.setattr(SequentialBackend, "execute_block", fickle)
    answer = toyevm("bench", "replay", "--json", "--repeats", 1, write(tmp_path / "block.json", block))
    assert answer.code == 1
    assert answer.json["rows"][0]["equal"] is False


def test_an_invalid_block_is_refused(toyevm: Command, tmp_path: Path, block: Any) -> None:
    block["block"]["transactions"][0]["nonce"] = "0x77"
    assert "bad" in toyevm.refuses("bench", "replay", write(tmp_path / "bad.json", block))
