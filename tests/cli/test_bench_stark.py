"""`toyevm bench stark`: what the rows have, what the tables and the chart say; no time is judged here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_bench import description
from tests.support.command import Command
from toyevm.bench import stark
from toyevm.bench.stark_chart import describe_growth
from toyevm.rollups.zk.stark import PHASES

TIMES = ("prove", "proofCheck", "statementCheck", "digest", "reexecution")
CHECKED = ("proofCheck", "statementCheck", "reexecution")


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sequence of a length that a test has time for."""
    monkeypatch.setattr(stark, "FIBONACCI_ROWS", 64)
    monkeypatch.setattr(stark, "SIZES", (1, 2))


def test_a_row_has_times_phases_bytes_bits_and_memory(toyevm: Command) -> None:
    report = toyevm.succeeds("bench", "stark", "--repeats", "1", "--only", "3", "--only", "2", "--only", "2")
    two, three, fibonacci = report["rows"]
    assert [row["program"] for row in report["rows"]] == ["payments", "payments", "Fibonacci-square"]
    assert (two["transactions"], three["transactions"]) == (2, 3)
    assert (two["rows"], three["rows"], two["columns"]) == (64, 128, 357)
    for row in (two, three):
        assert row["valid"]
        assert row["equal"]
        for kind in ("seconds", "cpuSeconds"):
            assert set(row[kind]) == set(TIMES)
            assert min(row[kind].values()) > 0
        assert set(row["phases"]) == {"trace", *PHASES}
        assert sum(row["phases"].values()) <= row["seconds"]["prove"]
        cpu = row["cpuSeconds"]
        assert row["ratios"]["toProofCheck"] == cpu["reexecution"] / cpu["proofCheck"]
        assert row["ratios"]["toBothChecks"] == cpu["reexecution"] / (cpu["proofCheck"] + cpu["statementCheck"])
        assert row["microsecondsPerCell"] == pytest.approx(row["seconds"]["prove"] / row["rows"] / 357 * 1e6)
        assert row["securityBits"] >= 100
        assert row["peakMemoryBytes"] > 10**7
    assert (fibonacci["rows"], fibonacci["columns"], fibonacci["valid"]) == (64, 2, True)
    assert set(fibonacci["phases"]) == set(PHASES)
    assert fibonacci["timesAsFast"][0] == pytest.approx(0.019 * 64 / fibonacci["seconds"]["prove"])
    environment = report["environment"]
    assert (environment["repeats"], environment["security"], environment["queries"]) == (1, "proven", 87)
    assert {"python", "cpu", "numpy", "signatures"} <= set(environment)


def test_the_tables_fit_and_keep_the_times_apart(toyevm: Command) -> None:
    answer = toyevm.on_terminal("bench", "stark", "--repeats", "1")
    assert answer.code == 0
    said = " ".join(answer.out.split())
    for words in (
        "is no part of the proof",
        "Where the prover's time goes",
        "re-execution",
        "stark101 took 19 to 27 ms",
    ):
        assert words in said


def test_the_chart_carries_its_words(toyevm: Command, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    answer = toyevm("bench", "stark", "--repeats", "1", "--plot", tmp_path / "growth.png", "--json")
    assert answer.code == 0
    said = describe_growth([row for row in answer.json["rows"] if row["program"] == "payments"])
    assert said in answer.err
    assert description((tmp_path / "growth.png").read_bytes()) == "; ".join(said.split("\n"))
    assert toyevm("bench", "stark", "--repeats", "1", "--only", "1", "--plot", tmp_path / "one.svg").code == 0


def test_growth_is_said_in_words() -> None:
    def row(count: int, size: int, *milliseconds: float) -> dict[str, Any]:
        cpu = dict(zip(CHECKED, (figure / 1e3 for figure in milliseconds), strict=True))
        return {"transactions": count, "proofBytes": size, "cpuSeconds": cpu}

    assert describe_growth([row(16, 10 * 1024, 40, 5, 2), row(1_024, 15 * 1024, 50, 320, 128)]).split("\n")[1:] == [
        "16 payments: proof 10 KiB, proof check 40.0 ms, statement check 5.0 ms, re-execution 2.0 ms",
        "1,024 payments: proof 15 KiB, proof check 50.0 ms, statement check 320.0 ms, re-execution 128.0 ms",
        "64 times the payments: proof 1.5 times as large, proof check 1.2, statement check 64.0, re-execution 64.0",
    ]


def test_a_row_that_is_not_right_is_a_failed_check(toyevm: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stark, "_same_accounts", lambda *arguments: False)
    assert toyevm("bench", "stark", "--repeats", "1", "--only", "1").code == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--only", "x"], "--only: not a number"),
        (["--only", "0"], "0 payments (expected 1 to 4096)"),
        (["--only", "5000"], "5000 payments"),
        (["--cores", "2"], "are for stark"),
        (["block.json"], "are for stark"),
        (["--plot", "picture.gif"], ".png or .svg"),
    ],
)
def test_what_cannot_be_measured_is_refused(toyevm: Command, arguments: list[str], says: str) -> None:
    assert says in toyevm.refuses("bench", "stark", *arguments)


def test_progress_is_told_as_often_as_it_was_said() -> None:
    told: list[str] = []
    stark.run_bench_stark([1, 2, 2], repeats=1, progress=told.append)
    assert len(told) == stark.count_rows([1, 2, 2])
