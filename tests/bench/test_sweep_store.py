"""The file of a sweep takes up what is its own and refuses everything else, without changing it."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.executors import Here
from toyevm.bench.sweep import Grid, Store, read_store, run_sweep
from toyevm.bench.sweep import store as stores
from toyevm.errors import InputError

GRID = Grid(("ether",), (0.0,), (0,), ("sequential", "two_phase"), (1, 2), transactions=2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with all rows."""
    path = tmp_path / "sweep.jsonl"
    with Store(path, GRID) as store:
        run_sweep(GRID, Here(), store)
    return path


def refusal(path: Path, grid: Grid = GRID) -> str:
    """Return why a file is refused; it is as it was."""
    before = path.read_bytes()
    with pytest.raises(InputError) as caught, Store(path, grid):
        pass
    assert path.read_bytes() == before
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_row_is_in_the_file_before_the_next_is_computed(tmp_path: Path) -> None:
    path = tmp_path / "sweep.jsonl"
    seen: list[int] = []
    with Store(path, GRID) as store:
        run_sweep(GRID, Here(), store, lambda name: seen.append(len(read_store(path).rows)))
    assert seen == [1, 2, 3, 4]


def test_a_file_of_another_grid_is_refused(path: Path) -> None:
    words = refusal(path, replace(GRID, cores=(1, 2, 4), transactions=3))
    assert "differs in: cores, transactions" in words


def test_a_file_of_another_version_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = stores.version_of("toyevm")
    monkeypatch.setattr(stores, "version_of", lambda package: "99.0")
    assert f"comes from toyevm {here}, this is 99.0" in refusal(path)


@pytest.mark.parametrize(
    "foreign",
    [
        b"hello\n",
        b"hello",
        b"{}\n",
        b"[1]\n",
        b"\xff\xfe\n",
        b"\0" * 40,
        b'{"format":"toyevm sweep 1"',
        b"1\n2\n",
        b"\n",
    ],
)
def test_a_foreign_file_is_refused(tmp_path: Path, foreign: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(foreign)
    if foreign.startswith(b'{"format'):
        return taken_for_half_a_first_line(path)
    assert "not the results of a sweep" in refusal(path)
    with pytest.raises(InputError, match="not the results of a sweep"):
        read_store(path)


def taken_for_half_a_first_line(path: Path) -> None:
    with Store(path, GRID) as store:
        assert store.rows == {}
    assert read_store(path).grid == GRID


Change = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    "change",
    [
        lambda line: b"nonsense",
        lambda line: line.replace(b'"ether"', b'"amm"'),
        lambda line: line.replace(b'"cores":1', b'"cores":"1"'),
        lambda line: line.replace(b'"equal"', b'"same"'),
        lambda line: line[:-9],
        lambda line: b"",
    ],
    ids=["no JSON", "another grid's", "wrong type", "unknown column", "cut", "empty"],
)
def test_a_damaged_line_is_named_but_at_the_end_dropped(path: Path, change: Change) -> None:
    lines = path.read_bytes().split(b"\n")[:-1]
    damaged = change(lines[1])
    path.write_bytes(b"\n".join([lines[0], damaged, *lines[2:], b""]))
    assert "line 2 is damaged" in refusal(path)
    path.write_bytes(b"\n".join([*lines, damaged, b""]))
    assert len(read_store(path).rows) == 4
    with Store(path, GRID) as store:
        assert len(store.rows) == 4
    assert path.read_bytes() == b"\n".join([*lines, b""])


@pytest.mark.parametrize(
    "grid",
    [None, {}, {"workloads": []}, GRID.to_json() | {"cores": ["two"]}, GRID.to_json() | {"backends": ["gone"]}],
)
def test_a_grid_that_cannot_be_read_is_refused(path: Path, grid: object) -> None:
    first = json.loads(path.read_bytes().split(b"\n")[0]) | {"grid": grid}
    path.write_bytes(json.dumps(first).encode() + b"\n")
    assert "its grid cannot be read" in refusal(path)


def test_a_second_sweep_into_the_same_file_is_refused(path: Path) -> None:
    pytest.importorskip("fcntl", reason="no such locks on this system")
    with Store(path, GRID):
        assert "another sweep is writing" in refusal(path)
    with Store(path, GRID):
        pass  # the lock went with the file


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot write it: No such file"):
        Store(tmp_path / "no folder" / "sweep.jsonl", GRID)
    with pytest.raises(InputError, match="cannot read it"):
        read_store(tmp_path / "no file")


def test_a_folder_and_a_device_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, Path(os.devnull)):
        with pytest.raises(InputError, match="it is no file"):
            Store(path, GRID)
        with pytest.raises(InputError, match="it is no file"):
            read_store(path)


def test_a_full_disk_is_said_in_one_line_and_loses_no_row(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = path.read_bytes()
    path.write_bytes(right[: right.index(b"\n", right.index(b"\n") + 1) + 1])  # the grid and one row

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch, Store(path, GRID) as store:
        patch.setattr(os, "fsync", full)
        with pytest.raises(InputError, match="No space left"):
            run_sweep(GRID, Here(), store)
    with Store(path, GRID) as store:
        run_sweep(GRID, Here(), store)
    assert path.read_bytes() == right


@pytest.mark.parametrize(
    ("axis", "value"),
    [
        ("seeds", [0.5]), ("cores", [1.5]), ("cores", [True]), ("hints", "yes"), ("transactions", 2.5),
        ("contentions", [10**400]), ("contentions", [True]), ("workloads", "ether"), ("seeds", 5), ("backends", [None]),
    ],
)  # fmt: skip
def test_a_grid_of_other_types_is_no_grid_of_a_sweep(path: Path, axis: str, value: object) -> None:
    first, *rest = path.read_bytes().split(b"\n")
    head = json.loads(first)
    head["grid"][axis] = value
    path.write_bytes(b"\n".join([json.dumps(head).encode(), *rest]))
    assert "its grid cannot be read" in refusal(path)
