"""`toyevm redesign` prints rows of a leaderboard; `python -m toyevm.contracts.compile` makes what it reads."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.support.command import Command
from toyevm.contracts.compile import main

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "course" / "capstone" / "redesign" / "tickets.json"
GOOD = ROOT / "solutions" / "capstone" / "redesign" / "boards.json"


def suite(folder: Path, **fields: int) -> str:
    path = folder / "suite.json"
    path.write_text(json.dumps([{"calls": 40, "capacity": 50, "users": 60} | fields]))
    return str(path)


def test_rows_and_a_score(toyevm: Command, tmp_path: Path) -> None:
    report = toyevm.succeeds("redesign", str(GOOD), "--suite", suite(tmp_path))
    (row,) = report["rows"]
    assert (row["calls"], row["verdict"], report["contract"]) == (40, "right", "boards.json")
    assert report["score"] == row["score"] == round(row["baselineTime"] / row["time"], 4) > 5
    assert row["blockStmScore"] == round(row["baselineBlockStmTime"] / row["blockStmTime"], 4)
    assert row["grantGas"] < row["baselineGrantGas"]
    assert row["hot"].startswith("free[")


def test_against_another_redesign(toyevm: Command, tmp_path: Path) -> None:
    blocks = suite(tmp_path)
    plain = toyevm.succeeds("redesign", str(GOOD), "--suite", blocks)
    report = toyevm.succeeds("redesign", str(STARTER), "--suite", blocks, "--against", str(GOOD))
    assert (plain["against"], report["against"]) == ("the starter", "boards.json")
    assert report["score"] == pytest.approx(1 / plain["score"], abs=1e-4)
    wrong = json.loads(STARTER.read_text()) | {"bytecode": "0x"}
    (tmp_path / "wrong.json").write_text(json.dumps(wrong))
    line = toyevm.refuses("redesign", str(GOOD), "--suite", blocks, "--against", str(tmp_path / "wrong.json"))
    assert "a redesign that is right, to compare with" in line


def test_on_a_terminal_a_lost_bout_has_its_reason(toyevm: Command, tmp_path: Path) -> None:
    artefact = json.loads(STARTER.read_text())
    code = artefact["bytecode"]
    assert code.count("600a81018181") >= 1  # adds PRICE, and looks whether that overflows
    (tmp_path / "bad.json").write_text(
        json.dumps(artefact | {"bytecode": code.replace("600a81018181", "600b81018181")})
    )
    answer = toyevm.on_terminal("redesign", str(tmp_path / "bad.json"), "--suite", suite(tmp_path))
    assert answer.code == 1
    assert "0: calls 40, capacity 50, users 60 wrong: after call" in " ".join(answer.out.split())
    assert "; the specification says 10" in " ".join(answer.out.split())
    assert max(map(len, answer.out.splitlines())) <= 80


def test_bad_input_is_one_line(toyevm: Command, tmp_path: Path) -> None:
    assert "nothing.json" in toyevm.refuses("redesign", str(tmp_path / "nothing.json"))
    assert "no.json" in toyevm.refuses("redesign", str(STARTER), "--suite", str(tmp_path / "no.json"))
    assert "calls 0" in toyevm.refuses("redesign", str(STARTER), "--suite", suite(tmp_path, calls=0))


def test_a_source_is_compiled_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("vyper")
    source = tmp_path / "tickets.vy"
    source.write_text(STARTER.with_suffix(".vy").read_text())
    assert main([str(source)]) == 0
    assert source.with_suffix(".json").read_text() == STARTER.read_text()
    assert capsys.readouterr().out == f"{source.with_suffix('.json')}\n"


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("a.vy", "x: uint256 = 1", "a.vy line 1"), ("a.txt", "", "not a Vyper source"),
        ("gone.vy", None, "cannot read it: No such file"), ("", None, "no source"),
    ],
)  # fmt: skip
def test_what_cannot_be_compiled_is_one_line(
    name: str, text: str | None, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text:
        pytest.importorskip("vyper")
    if text is not None:
        (tmp_path / name).write_text(text)
    assert main([str(tmp_path / name)] if name else []) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert what in line


def test_without_vyper_it_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vyper", None)
    (tmp_path / "a.vy").write_text("")
    assert main([str(tmp_path / "a.vy")]) == 2
    assert "Vyper is not installed (expected pip install 'toyevm[contracts]')" in capsys.readouterr().err
