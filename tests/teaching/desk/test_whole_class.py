"""A class of 300 with a lesson's assignment: killed in the middle, gone on with, and as many at a time as you like."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from toyevm.teaching.lab.course import ROOT

NAME = "01-the-machine"
COUNT = 300
MOST_SECONDS = 300  # on two cores
MOST_BYTES = 1 << 30


def write_class(folder: Path, count: int) -> None:
    """Write what a class hands in: the author's notebook, with one answer or another taken out of two in three."""
    author = (ROOT / "solutions" / NAME / f"{NAME}.ipynb").read_bytes()
    for number in range(count):
        notebook: dict[str, Any] = json.loads(author)
        answers = [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("solution")]
        if number % 3:
            answers[number % len(answers)]["source"] = f"mine = {number}"
        notebook["metadata"]["of"] = number  # no two are the same
        path = folder / f"s{number:03}" / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook))


def grade(folder: Path, desk: Path, *options: str) -> subprocess.Popen[bytes]:
    start = [sys.executable, "-c", "from toyevm.cli import main; main()"]
    command = [*start, "grade", folder, "--assignment", NAME, "--desk", desk, *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)


def memory_of(pid: int) -> int:
    """Return the bytes that a process and all below it hold, what they share counted once for each."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        tasks = [Path(f"/proc/{pid}/task/{task.name}/children") for task in Path(f"/proc/{pid}/task").iterdir()]
        below = [child for task in tasks for child in task.read_text().split()]
    except OSError:
        return 0
    own = sum(int(line.split()[1]) << 10 for line in lines if line.startswith("VmRSS:"))
    return own + sum(memory_of(int(child)) for child in below)


@pytest.mark.whole
def test_a_class_of_300_that_is_killed_in_the_middle_has_the_marks_of_one_that_is_not(tmp_path: Path) -> None:
    write_class(tmp_path / "in", COUNT)
    begun, most = time.monotonic(), 0
    whole = grade(tmp_path / "in", tmp_path / "whole")
    while whole.poll() is None:
        most = max(most, memory_of(whole.pid))
        time.sleep(0.2)
    seconds = time.monotonic() - begun
    print(f"{COUNT} submissions: {seconds:.0f} s, {most >> 20} MiB")

    killed = grade(tmp_path / "in", tmp_path / "killed", "--jobs", "4")
    time.sleep(seconds / 2)
    killed.kill()
    killed.wait()
    assert 1 < len((tmp_path / "killed" / "journal.jsonl").read_bytes().splitlines()) < 1 + COUNT
    assert grade(tmp_path / "in", tmp_path / "killed", "--jobs", "4").wait() == 0
    for name in ("marks.csv", "intake.csv"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert whole.returncode == 0
    assert most < MOST_BYTES
    assert seconds < MOST_SECONDS
