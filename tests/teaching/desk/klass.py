"""A class that answers the sample assignment in a few ways, a marker without a sandbox, a run that can be killed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from tests.teaching.grading.sample import FULL, HONEST, ITEMS, NAME, fill
from toyevm.teaching.desk.computers import markers
from toyevm.teaching.desk.intake import HandedIn, Intake
from toyevm.teaching.desk.roster import Student
from toyevm.teaching.desk.run import ClassMarks, grade_class
from toyevm.teaching.desk.worker import Marked
from toyevm.teaching.grading.mark import ItemMark, read_assignment
from toyevm.teaching.grading.sandbox import Limits, Sandbox, open_sandbox

WRONG = ({}, {"number": "my_number = 3"}, {"merge": "def merge(left, right):\n    return left"}, {"double": "1 / 0"})
EARNED = (FULL, (2, 0, 3), (2, 1, 0), (0, 1, 3))


def notebook(release: Path, number: int) -> bytes:
    """Return the notebook of student `number`: no two are the same, every fourth earns the same."""
    document = fill(release, HONEST | WRONG[number % len(WRONG)])
    document["metadata"]["of"] = number
    return json.dumps(document).encode()


def handed(student: str, data: bytes | None, attempt: int = 1, **more: Any) -> HandedIn:
    return HandedIn(
        student, attempt, more.get("late"), f"{student}.ipynb", data, "" if data else "there is no notebook"
    )


def these(handed: Iterable[HandedIn]) -> Intake:
    """Return a class of nobody else."""
    return Intake(tuple(handed), (), ())


def a_class(release: Path, count: int) -> Intake:
    """Return `count` students with notebooks, one with another file, and one who handed in nothing."""
    students = [handed(f"s{number:02}", notebook(release, number)) for number in range(count)]
    return Intake((*students, handed("zoe", None)), (Student("abe"),), ())


class Marker(Executor):
    """Gives the points that a notebook's metadata claim, and notes whose notebooks it was given."""

    def __init__(self, points: Callable[[int], tuple[int, ...]] = lambda number: EARNED[number % len(EARNED)]) -> None:
        self.points, self.seen, self.assignments = points, list[int](), list[Any]()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        what, _, data = args
        number = json.loads(data)["metadata"]["of"]
        self.seen.append(number)
        self.assignments.append(what)
        future: Future[Any] = Future()
        try:
            marks = zip(ITEMS, self.points(number), FULL, strict=True)
            future.set_result(Marked(tuple(ItemMark(*each, "", "why") for each in marks), "bubblewrap"))
        except Exception as error:
            future.set_exception(error)
        return future


def marked(root: Path, intake: Intake, desk: Path, executor: Executor, **more: Any) -> ClassMarks:
    """Mark a class of the sample; without a sandbox, in one that nobody has tried."""
    place = more.pop("place", None) or Sandbox("bubblewrap")
    return grade_class(intake, read_assignment(NAME, root), desk, place, executor, root=root, **more)


def points(graded: ClassMarks) -> dict[str, tuple[float, ...]]:
    """Return everybody's points."""
    found: dict[str, tuple[float, ...]] = {}
    for row in graded.rows:
        found[row.student] = (*found.get(row.student, ()), row.points)
    return found


def main(root: str, desk: str, count: str, jobs: str) -> None:
    """Mark as the command does; say on stdout whose marks are there."""
    place = Path(root)
    intake = a_class(place / "exercises" / NAME / f"{NAME}.ipynb", int(count))
    sandbox = open_sandbox([place / "solutions", place / "course"], Limits())
    with markers(int(jobs)) as executor:
        tell = lambda name, left: print(name, left, flush=True)  # noqa: E731
        marked(place, intake, Path(desk), executor, place=sandbox, progress=tell)


if __name__ == "__main__":
    main(*sys.argv[1:])
