"""`toyevm sweep`: run, interrupt, resume, tables, charts, and what it is told wrongly."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from tests.support.command import Command
from tests.support.executors import die
from toyevm.bench.sweep import COLUMNS, Grid, read_store
from toyevm.bench.sweep import run as sweep_run
from toyevm.cli import sweep as command

SMALL = ("--workload", "ether,amm", "--contention", "0,1", "--backend", "sequential,optimistic", "--transactions", "3")
SMALL = (*SMALL, "--cores", "1,2", "--cores", "4", "--jobs", "1")
POINTS = 24
# 500 points: as cheap as they can be, since the sweep is interrupted and not its points.
LARGE = ("--workload", "ether,erc20", "--contention", "0,0.25,0.5,0.75,1", "--seed", "0,1,2,3,4", "--cores", "1,2")
LARGE = (*LARGE, "--backend", "sequential,two_phase,optimistic,declared_locks,dependency_dag", "--transactions", "3")
PATIENCE = 120  # seconds; a machine may be busy


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sweep.jsonl"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of the small sweep."""
    path = tmp_path_factory.mktemp("sweep") / "sweep.jsonl"
    completed("run", path, *SMALL)
    return path.read_bytes()


def process(*arguments: Any) -> subprocess.Popen[str]:
    program = [sys.executable, "-c", "from toyevm.cli import main; main()", "sweep", *map(str, arguments)]
    return subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def completed(*arguments: Any) -> str:
    """Return what a sweep prints that nothing disturbs."""
    running = process(*arguments)
    out, err = running.communicate(timeout=PATIENCE)
    assert (running.returncode, err) == (0, "")
    return out


def rows_in(path: Path) -> int:
    return max(0, path.read_bytes().count(b"\n") - 1) if path.exists() else 0


def when_there_are(count: int, path: Path, running: subprocess.Popen[str], end: Callable[[], None]) -> None:
    """End a sweep as soon as its file has so many rows."""
    latest = monotonic() + PATIENCE
    while rows_in(path) < count:
        assert running.poll() is None, running.communicate()
        assert monotonic() < latest
        sleep(0.002)
    end()


def test_a_sweep_of_500_points_that_is_killed_goes_on_without_loss(file: Path) -> None:
    right = file.with_name("right.jsonl")
    completed("run", right, *LARGE)
    first = process("run", file, *LARGE)
    when_there_are(200, file, first, lambda: os.killpg(first.pid, signal.SIGKILL))
    first.communicate(timeout=PATIENCE)
    kept = [line for line in file.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    assert 200 < len(kept) < 500
    with file.open("ab") as torn:
        torn.write(b'{"workload":"eth')
    second = process("run", file)  # the grid is in the file
    when_there_are(300, file, second, second.kill)  # only the one that writes: its workers follow it
    second.communicate(timeout=PATIENCE)
    assert file.read_bytes().startswith(b"".join(kept))  # nothing that was there ran again
    assert len(json.loads(completed("run", file))["rows"]) == 500
    lines = file.read_bytes().splitlines()
    assert len(lines) == len(set(lines)) == 501
    assert file.read_bytes() == right.read_bytes()


def test_ctrl_c_leaves_a_valid_file_and_says_how_to_go_on(file: Path) -> None:
    first = process("run", file, *LARGE)
    when_there_are(20, file, first, lambda: os.killpg(first.pid, signal.SIGINT))
    out, err = first.communicate(timeout=PATIENCE)
    assert (first.returncode, out) == (130, "")
    kept = len(read_store(file).rows)
    assert 20 <= kept < 500
    assert err == f"toyevm: {kept} of 500 points are in {file}; go on with: toyevm sweep run {file}\n"


def test_a_report_has_every_row_in_the_order_of_the_grid(toyevm: Command, file: Path, finished: bytes) -> None:
    report = toyevm.succeeds("sweep", "run", file, *SMALL)
    assert set(report) == {"file", "grid", "points", "failed", "rows"}
    assert (report["points"], report["failed"], len(report["rows"])) == (POINTS, [], POINTS)
    assert Grid.from_json(report["grid"]) == read_store(file).grid
    assert report["rows"] == read_store(file).in_order()
    assert file.read_bytes() == finished


def test_axes_that_are_not_given_are_those_of_the_file(toyevm: Command, file: Path, finished: bytes) -> None:
    file.write_bytes(b"".join(finished.splitlines(keepends=True)[:4]))
    assert "it holds another grid, which differs in: cores" in toyevm.refuses("sweep", "run", file, "--cores", "1,2,8")
    toyevm.succeeds("sweep", "run", file, "--transactions", "3", "--jobs", "1")
    assert file.read_bytes() == finished


def test_tables_have_the_rows_with_their_types(toyevm: Command, file: Path, finished: bytes) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="no pyarrow here: pip install 'toyevm[parquet]'")
    file.write_bytes(finished)
    tables = (file.with_suffix(".csv"), file.with_suffix(".parquet"))
    rows = toyevm.succeeds("sweep", "run", file, "--out", tables[0], "--out", tables[1])["rows"]
    with tables[0].open(newline="", encoding="utf-8") as opened:
        assert list(csv.DictReader(opened)) == [{name: str(value) for name, value in row.items()} for row in rows]
    table = parquet.read_table(tables[1])
    assert table.to_pylist() == rows
    assert table.column_names == list(COLUMNS)
    kinds = {str: "string", float: "double", int: "int64", bool: "bool"}
    assert [str(kind) for kind in table.schema.types] == [kinds[kind] for kind in COLUMNS.values()]


def test_a_terminal_shows_a_table_for_each_workload_and_contention(
    toyevm: Command, file: Path, finished: bytes
) -> None:
    file.write_bytes(finished)
    answer = toyevm.on_terminal("sweep", "run", file)
    assert answer.code == 0
    for title in ("ether, contention 0:", "ether, contention 1:", "amm, contention 0:", "amm, contention 1:"):
        assert title in answer.out
    assert "Simulated time" in answer.out


@pytest.mark.parametrize("kind", ["svg", "png"])
@pytest.mark.parametrize("over", ["cores", "contention"])
def test_a_chart_says_in_words_what_it_draws(
    toyevm: Command, file: Path, finished: bytes, kind: str, over: str
) -> None:
    file.write_bytes(finished)
    chart = file.with_name(f"chart.{kind}")
    report = toyevm.succeeds("sweep", "plot", file, "-o", chart, "--over", over)
    for row in read_store(file).rows.values():
        assert f"{row['speedup']:.2f}×" in report["text"]
    assert (report["points"], report["finished"]) == (POINTS, POINTS)
    words = "optimistic"
    assert (words in chart.read_text(encoding="utf-8")) if kind == "svg" else (words.encode() in chart.read_bytes())
    assert words in toyevm.on_terminal("sweep", "plot", file, "-o", chart).out


def test_half_a_sweep_is_drawn_as_far_as_it_is(toyevm: Command, file: Path, finished: bytes) -> None:
    lines = finished.splitlines(keepends=True)
    file.write_bytes(b"".join((lines[0], lines[1], lines[-1])))
    report = toyevm.succeeds("sweep", "plot", file, "-o", file.with_suffix(".svg"))
    assert (report["points"], report["finished"]) == (POINTS, 2)
    file.write_bytes(lines[0])
    assert "no point is finished" in toyevm.refuses("sweep", "plot", file, "-o", file.with_suffix(".svg"))


def test_every_workload_says_what_contention_means(toyevm: Command) -> None:
    rows = toyevm.succeeds("sweep", "workloads")
    assert {"ether", "erc20", "amm"} < {row["name"] for row in rows}
    assert all(row["contention"] for row in rows)
    assert "1 at 1" in " ".join(toyevm.on_terminal("sweep", "workloads").out.split())


def test_a_point_that_fails_is_named_and_fails_the_command(
    toyevm: Command, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep_run, "run_point", die)
    answer = toyevm("sweep", "run", file, *SMALL, "--seed", "3")
    assert answer.code == 1
    *named, count, how = answer.err.splitlines()
    assert named[0].startswith("toyevm: ether at 0, seed 3, sequential on 1 core: WorkerDied: ")
    assert count == f"toyevm: {POINTS} points failed"
    assert how.endswith(f"go on with: toyevm sweep run {file}")
    assert len(answer.json["failed"]) == POINTS


def test_a_row_that_differs_from_sequential_fails_the_command(toyevm: Command, file: Path, finished: bytes) -> None:
    file.write_bytes(finished.replace(b'"equal":true', b'"equal":false', 1))
    assert toyevm("sweep", "run", file).code == 1
    assert "1 point has other results" in " ".join(toyevm.on_terminal("sweep", "run", file).out.split())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--workload", "nothing"), "unknown workload 'nothing'"),
        (("--backend", "nobody"), "unknown backend 'nobody'"),
        (("--cores", "0"), "cores 0"),
        (("--cores", "two"), "cannot read 'two'"),
        (("--cores", "999999999"), "cores 999999999 (expected 1 to 4,096)"),
        (("--transactions", "999999999"), "transactions 999999999"),
        (("--seed", str(2**63)), f"seed {2**63}"),
        (("--dask", "foo"), "no Dask scheduler at 'foo'"),
        (("--dask", ""), "no Dask scheduler at ''"),
        (("--dask", "tcp://"), "no Dask scheduler at 'tcp://'"),
        (("--cores", ""), "an empty grid"),
        (("--contention", "2"), "contention 2"),
        (("--contention", "nan"), "contention nan"),
        (("--seed", "-1"), "seed -1"),
        (("--dask", "tcp://localhost:1", "--jobs", "2"), "--jobs is for this computer"),
        (("--out", "table.xls"), "ends in .csv or .parquet"),
        (("--out", "no folder/table.csv"), "no folder"),
    ],
)
def test_bad_input_is_refused_and_makes_no_file(
    toyevm: Command, file: Path, options: tuple[str, ...], words: str
) -> None:
    assert words in toyevm.refuses("sweep", "run", file, *options)
    assert not file.exists()


def test_a_foreign_or_unwritable_file_is_refused(toyevm: Command, file: Path, tmp_path: Path) -> None:
    file.write_text("name,price\n")
    assert "not the results of a sweep" in toyevm.refuses("sweep", "run", file)
    assert "not the results of a sweep" in toyevm.refuses("sweep", "plot", file, "-o", tmp_path / "x.svg")
    assert file.read_text() == "name,price\n"
    assert "cannot write" in toyevm.refuses("sweep", "run", tmp_path / "nowhere" / "sweep.jsonl")
    assert "no file" in toyevm.refuses("sweep", "run", tmp_path)
    assert "cannot read" in toyevm.refuses("sweep", "plot", tmp_path / "none", "-o", tmp_path / "x.svg")
    assert "unknown axis" in toyevm.refuses("sweep", "plot", file, "-o", tmp_path / "x.svg", "--over", "time")
    assert ".svg" in toyevm.refuses("sweep", "plot", file, "-o", tmp_path / "x.pdf")


@pytest.mark.parametrize(
    ("package", "arguments", "extra"),
    [
        ("pyarrow", ("run", "--out", "table.parquet"), "toyevm[parquet]"),
        ("matplotlib", ("plot", "-o", "chart.svg"), "toyevm[course]"),
    ],
)
def test_a_package_that_is_missing_is_named(
    toyevm: Command, file: Path, monkeypatch: pytest.MonkeyPatch, package: str, arguments: tuple[str, ...], extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.chdir(file.parent)
    words = toyevm.refuses("sweep", arguments[0], file, *arguments[1:])
    assert f"{package} is not installed" in words
    assert extra in words


def test_progress_is_shown_on_a_terminal_only(
    toyevm: Command, file: Path, monkeypatch: pytest.MonkeyPatch, finished: bytes
) -> None:
    file.write_bytes(finished[: len(finished) // 2])
    shown: list[tuple[str, int | None]] = []
    real = command.progress
    monkeypatch.setattr(command, "progress", lambda what, total: shown.append((what, total)) or real(what, total))
    missing = POINTS - rows_in(file)
    assert toyevm("sweep", "run", file, "--jobs", "1").err == ""
    assert shown == [("points", missing)]
