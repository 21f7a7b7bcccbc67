"""A run that is killed anywhere loses nothing that was finished, leaves nothing behind, and is gone on with."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.teaching.desk.klass import a_class, marked
from tests.teaching.grading.sample import ITEMS
from toyevm.teaching.desk.computers import markers
from toyevm.teaching.desk.journal import NAME
from toyevm.teaching.desk.marks import marks_of
from toyevm.teaching.grading.sandbox import open_sandbox

pytestmark = pytest.mark.usefixtures("marker")

COUNT = 30
KILLS = 3
ROOT = Path(__file__).parents[3]


def start(root: Path, desk: Path, temporary: Path, jobs: int, count: int = COUNT) -> subprocess.Popen[str]:
    """Begin to mark a class in another process, whose temporary folder is watched."""
    temporary.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.teaching.desk.klass", str(root), str(desk), str(count), str(jobs)]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"TMPDIR": str(temporary)}, stdout=subprocess.PIPE, text=True
    )


def read_until(process: subprocess.Popen[str], finished: int) -> list[str]:
    """Return whose marks are there, as soon as so many are, or the run has ended."""
    assert process.stdout is not None
    names: list[str] = []
    for line in process.stdout:
        if not line.startswith(" "):
            names.append(line.split()[0])
        if len(names) >= finished:
            break
    return names


def running_for(temporary: Path) -> list[str]:
    """Return the processes that still run with this temporary folder, or as children of those that did."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if str(temporary).encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_text())
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def expected(sample: Path, release: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A desk of a run that nobody interrupts, one submission at a time, and its table."""
    desk = tmp_path_factory.mktemp("whole")
    sandbox = open_sandbox([sample / "solutions"])
    with markers(1) as executor:
        marked(sample, a_class(release, COUNT), desk, executor, place=sandbox)
    return desk, (desk / "marks.csv").read_bytes()


@pytest.mark.slow
def test_four_at_a_time_give_the_same_table(sample: Path, expected: tuple[Path, bytes], tmp_path: Path) -> None:
    process = start(sample, tmp_path / "desk", tmp_path / "temporary", 4)
    assert len(read_until(process, COUNT)) == COUNT
    assert process.wait(60) == 0
    assert (tmp_path / "desk" / "marks.csv").read_bytes() == expected[1]
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.whole) for seed in range(1, 6))])
def test_a_run_that_is_killed_and_killed_again_ends_with_the_same_table(
    sample: Path, expected: tuple[Path, bytes], tmp_path: Path, seed: int
) -> None:
    chance, desk, temporary = random.Random(seed), tmp_path / "desk", tmp_path / "temporary"
    told: list[str] = []
    for _ in range(KILLS):
        process = start(sample, desk, temporary, jobs=2)
        told += read_until(process, chance.randrange(1, COUNT // KILLS))
        time.sleep(chance.random())  # at any point of the next one, or of its line
        process.kill()
        process.wait()
        assert list(temporary.iterdir()) == []
        known = {row.student for row in marks_of(desk) if not row.fault}
        assert set(told) <= known  # whom it told of, it has
    time.sleep(0.5)
    assert running_for(temporary) == []
    process = start(sample, desk, temporary, jobs=2)
    rest = read_until(process, COUNT)
    assert process.wait(60) == 0
    assert set(told).isdisjoint(rest)  # nobody is marked twice
    assert (desk / "marks.csv").read_bytes() == expected[1]
    lines = (desk / NAME).read_bytes().splitlines()
    assert len(lines) == 1 + COUNT
    assert list(desk.rglob(".*")) == []  # no draft, either
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "kill"])
def test_a_run_that_is_told_to_end_keeps_what_was_finished(sample: Path, tmp_path: Path, end: signal.Signals) -> None:
    desk, temporary = tmp_path / "desk", tmp_path / "temporary"
    process = start(sample, desk, temporary, jobs=2, count=10)
    told = read_until(process, 3)
    process.send_signal(end)
    assert process.wait(60) != 0
    known = {row.student for row in marks_of(desk) if row.item == ITEMS[0] and not row.fault and row.attempt}
    assert set(told) <= known
    assert len(known) < 11  # with zoe
    assert list(temporary.iterdir()) == []


def test_a_second_run_on_the_desk_is_refused(sample: Path, release: Path, tmp_path: Path) -> None:
    process = start(sample, tmp_path / "desk", tmp_path / "temporary", jobs=1, count=10)
    read_until(process, 1)
    second = start(sample, tmp_path / "desk", tmp_path / "temporary", jobs=1, count=10)
    assert second.wait(60) != 0
    process.kill()
    process.wait()
