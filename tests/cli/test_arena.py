"""`toyevm arena` prints rows of a leaderboard."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.command import Command

STARTERS = Path(__file__).parents[2] / "course" / "capstone" / "scheduler"


def suite(folder: Path) -> str:
    path = folder / "suite.json"
    path.write_text(json.dumps([{"workload": "ether", "transactions": 8, "cores": 2}]))
    return str(path)


def test_rows_and_a_score(toyevm: Command, tmp_path: Path, marker: None) -> None:
    report = toyevm.succeeds("arena", str(STARTERS / "in_order.py"), "--suite", suite(tmp_path))
    (row,) = report["rows"]
    assert (row["workload"], row["verdict"], report["isolation"]) == ("ether", "right", "bubblewrap")
    assert report["score"] == row["score"] < 1


def test_on_a_terminal_a_foul_has_its_reason(toyevm: Command, tmp_path: Path, marker: None) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("class Scheduler:\n    pass\n")
    answer = toyevm.on_terminal("arena", str(bad), "--suite", suite(tmp_path))
    assert "ether: foul: it failed" in " ".join(answer.out.split())
    assert max(map(len, answer.out.splitlines())) <= 80


def test_bad_input_is_one_line(toyevm: Command, tmp_path: Path, marker: None) -> None:
    assert "nothing.py" in toyevm.refuses("arena", str(tmp_path / "nothing.py"))
    assert "no.json" in toyevm.refuses("arena", str(STARTERS / "in_order.py"), "--suite", str(tmp_path / "no.json"))
