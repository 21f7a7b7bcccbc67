"""A class that answers the sample assignment in a few ways, and a run over it that can be killed."""

from __future__ import annotations

import json
import sys
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.teaching.grading.sample import HONEST, NAME, fill
from toyevm.teaching.desk.computers import markers
from toyevm.teaching.desk.run import ClassMarks, grade_class
from toyevm.teaching.desk.standin import HandedIn, Intake, Student, read_assignment
from toyevm.teaching.grading.sandbox import Limits, Sandbox, open_sandbox

WRONG = ({}, {"number": "my_number = 3"}, {"merge": "def merge(left, right):\n    return left"}, {"double": "1 / 0"})
LIMITS = Limits()


def notebook(release: Path, number: int) -> bytes:
    """Return the notebook of student `number`: no two are the same, every fourth earns the same."""
    document = fill(release, HONEST | WRONG[number % len(WRONG)])
    document["metadata"]["of"] = number
    return json.dumps(document).encode()


def handed(student: str, data: bytes | None, attempt: int = 1, **more: Any) -> HandedIn:
    return HandedIn(student, attempt, more.get("late"), f"{student}.ipynb", data, "" if data else "there is no notebook")


def a_class(release: Path, count: int) -> Intake:
    students = [handed(f"s{number:02}", notebook(release, number)) for number in range(count)]
    return Intake((*students, handed("zoe", None)), (Student("abe"),), ())


def sandbox_of(root: Path) -> Sandbox:
    return open_sandbox([root / "solutions", root / "course"], LIMITS)


def marked(
    root: Path, intake: Intake, desk: Path, executor: Executor | None = None, sandbox: Sandbox | None = None, **more: Any
) -> ClassMarks:
    """Mark a class of the sample, in threads of this process unless told otherwise."""
    what = read_assignment(NAME, root)
    with ThreadPoolExecutor(2) as pool:
        return grade_class(intake, what, desk, sandbox or sandbox_of(root), executor or pool, root=root, **more)


def main(root: str, desk: str, count: str, jobs: str) -> None:
    """Mark as the command does; say on stdout whose marks are there."""
    place = Path(root)
    intake = a_class(place / "exercises" / NAME / f"{NAME}.ipynb", int(count))
    with markers(int(jobs)) as executor:
        marked(place, intake, Path(desk), executor, progress=lambda name, left: print(name, left, flush=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
