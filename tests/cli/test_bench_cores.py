"""`toyevm bench cores`: what the rows have, what tables and chart say; no time is judged here."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.cli.test_bench import description
from tests.support.command import Command
from toyevm.bench.cores import report as reports
from toyevm.bench.cores.shipping import start_times


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Grains, loads and blocks that a test has time for; other numbers of tasks, as the fit needs."""
    monkeypatch.setattr(reports, "GRAINS", (1e-3, 1e-2, 3e-2, 5e-2))
    monkeypatch.setattr(reports, "LOADS", (2**10, 2**11))
    monkeypatch.setattr(reports, "LARGE_BLOCK", 20)
    monkeypatch.setattr(reports, "HASHES", 10)
    monkeypatch.setattr(reports, "SECONDS", 0.05)
    monkeypatch.setattr(reports, "WAYS", tuple(partial(way, 2, 0.001, 1) for way in reports.WAYS))
    monkeypatch.setattr(reports, "start_times", partial(start_times, repeats=1))


def test_the_report_has_grains_ways_and_blocks(toyevm: Command) -> None:
    report = toyevm.succeeds("bench", "cores", "--repeats", "1", "--cores", "2")
    grains, ways, blocks = (
        [row for row in report["rows"] if row["kind"] == kind] for kind in ("grain", "way", "block")
    )
    assert [(row["grain"], row["sent"], row["fitted"]) for row in grains] == [
        (1e-3, 0, True), (1e-2, 0, False), (3e-2, 0, True), (5e-2, 0, False), (1e-3, 1024, True), (1e-3, 2048, False),
    ]  # fmt: skip
    for row in grains:
        assert row["error"] == pytest.approx(row["predicted"] / row["many"] - 1)
        assert row["shareOfControl"] > 0
    assert report["prediction"]["heldOut"] == 3
    assert len(ways) == 3
    assert all((row["speedup"] is None) == bool(row["whyNot"]) for row in ways)
    assert [(row["block"], row["plan"]) for row in blocks] == [
        (block, plan) for block in ("course block", "token payments", "hashing") for plan in ("by conflicts", "batches")
    ]
    assert all(row["equal"] for row in blocks)
    assert [row["ranAgain"] for row in blocks if row["plan"] == "by conflicts"] == [0, 0, 0]
    assert {"usableCores", "loadBefore", "executor", "startSeconds"} <= set(report["environment"])


def test_the_tables_fit_and_say_that_a_block_came_out_otherwise(
    toyevm: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, chart = reports._block_row, tmp_path / "chart.png"
    monkeypatch.setattr(reports, "_block_row", lambda *args: real(*args) | {"equal": False})
    answer = toyevm.on_terminal("bench", "cores", "--repeats", "1", "--cores", "2", "--plot", chart)
    assert answer.code == 1
    said = " ".join(answer.out.split())
    for words in ("(measured, medians)", "Control:", "threads under the GIL", "held out", "sequential backend: NO."):
        assert words in said
    assert "30 ms: speedup" in description(chart.read_bytes())


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["cores", "--only", "x"], "no --only"),
        (["cores", "--cores", "2", "--cores", "3"], "--cores once"),
        (["cores", "--dask", "nowhere"], "no Dask scheduler"),
        (["cores", "missing.json"], "missing.json"),
        (["cores", "--plot", "chart.pdf"], "chart.pdf"),
        (["vm", "--dask", "tcp://host:1"], "--dask is for cores"),
    ],
)
def test_words_that_make_no_sense_are_refused(toyevm: Command, words: list[str], complaint: str) -> None:
    assert complaint in toyevm.refuses("bench", *words)
