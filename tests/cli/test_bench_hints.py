"""`toyevm bench hints` trains on some blocks and judges on others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import Command

pytest.importorskip("numpy")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toyevm.bench.learned.report.SEEDS", range(1, 3))
    monkeypatch.setattr("toyevm.bench.learned.report.JUDGED_SEEDS", range(101, 102))
    monkeypatch.setattr("toyevm.bench.learned.report.TRANSACTIONS", 20)


def test_each_split_has_each_predictor_beside_the_oracle(toyevm: Command) -> None:
    report = toyevm.succeeds("bench", "hints")
    names = ["no hints", "dry run", "Block-STM", "table", "model", "rules", "oracle"]
    for split in {row["split"] for row in report["means"]}:
        assert [row["predictor"] for row in report["means"] if row["split"] == split] == names
    assert all(row["equal"] for row in report["rows"])
    assert list(report["environment"]["trainSeconds"]) == ["table", "model", "rules"]
    assert all(micro >= 0 for micro in report["predictMicroseconds"].values())
    assert 0 < report["locations"]["recall"] <= 1


def test_on_a_terminal_it_is_a_table_a_split(toyevm: Command) -> None:
    answer = toyevm.on_terminal("bench", "hints", "--cores", "4")
    assert "the same application, later" in answer.out
    assert "4 virtual cores" in " ".join(answer.out.split())
    assert max(map(len, answer.out.splitlines())) <= 80


def test_bad_input_is_one_line(toyevm: Command, tmp_path: Path) -> None:
    assert "no other option" in toyevm.refuses("bench", "hints", "--only", "mixed")
    assert "hints" in toyevm.refuses("bench", "hints", "--cores", "2", "--cores", "4")
    assert "nothing.json" in toyevm.refuses("bench", "hints", str(tmp_path / "nothing.json"))
