"""`toyevm grade`: mark a class on a desk, go on where an earlier run stopped, and show the marks."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toyevm.cli.output import complain
from toyevm.cli.screen import progress, show, table
from toyevm.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from toyevm.teaching.desk.run import ClassMarks

MOST_NAMED = 10  # files that are nobody's
DESKS = Path("grading", "desk")
_OUTCOME = ("attack", "isolation", "expected", "got", "holds")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for."""

    place: Path
    assignment: str
    roster: Sequence[Path]
    desk: Path | None
    jobs: int | None
    dask: str | None
    weak: bool
    students: Sequence[str]
    items: Sequence[str]
    again: bool
    release: str | None
    anonymous: bool
    question: str | None

    @property
    def folder(self) -> Path:
        """The desk: what is asked for, or one in the folder that git ignores."""
        return self.desk or DESKS / self.assignment


def run(wish: Wish, as_json: bool) -> int:
    """Mark, say what needs a look, and show the marks, or the answers to one question."""
    from toyevm.teaching.desk.anonymous import codes_for
    from toyevm.teaching.desk.marks import to_csv, under_codes, with_totals
    from toyevm.teaching.desk.register import write_file

    if wish.dask is not None and wish.jobs is not None:
        raise InputError("--jobs is for this computer", "--dask", "one of the two")
    if wish.release == "":
        raise InputError("it is empty", "--release", "the word with which the bundles were made")
    graded = _grade(wish)
    names: dict[str, str] = {name: name for name in graded.register.students}
    if wish.anonymous:
        names = codes_for(wish.folder, graded.register.students)
    rows = with_totals(under_codes(graded.rows, names))
    if wish.anonymous:
        write_file(wish.folder / "marks-anonymous.csv", to_csv(rows))
    _say_what_needs_a_look(graded, wish, names)
    if wish.question is not None:
        show(_answers(wish, graded, names), as_json, _print_answers)
    else:
        show(_report(wish, graded, names) | {"rows": [asdict(row) for row in rows]}, as_json, print_marks)
    return 1 if graded.faults else 0


def check(jobs: int | None, weak: bool, as_json: bool) -> int:
    """Run the attacks that the tests run on the sandbox that there is here, and say which hold."""
    from toyevm.teaching.desk.computers import default_jobs
    from toyevm.teaching.grading.attacks import ATTACKS, check_isolation
    from toyevm.teaching.grading.sandbox import Limits, open_sandbox

    sandbox = open_sandbox((), weak=weak)
    with progress("attacks", len(ATTACKS)) as begin:
        begin("")
        outcomes = check_isolation(sandbox, ATTACKS, jobs or default_jobs(Limits()), begin)
    rows = [{name: getattr(each, name) for name in _OUTCOME} for each in outcomes]
    show(rows, as_json, _print_outcomes)
    return 0 if all(each.holds for each in outcomes) else 1


def _print_outcomes(console: Console, rows: Sequence[dict[str, Any]]) -> None:
    from toyevm.teaching.grading.cgroup import describe_cgroup

    bad = [(row["attack"], row["expected"], row["got"]) for row in rows if not row["holds"]]
    if bad:
        console.print(table("These win something", ("attack", "expected", "got"), bad, words=(0, 1, 2)))
    isolation = rows[0]["isolation"]
    where = f"{isolation}, {describe_cgroup()}" if isolation == "bubblewrap" else isolation
    console.print(f"{len(rows) - len(bad)} of {len(rows)} attacks win nothing; isolation: {where}.")


def _grade(wish: Wish) -> ClassMarks:
    """Mark the class; if that stops before its end, say how to go on."""
    from toyevm.teaching.desk.anonymous import known_codes
    from toyevm.teaching.desk.computers import default_jobs, markers
    from toyevm.teaching.desk.directory import read_rosters
    from toyevm.teaching.desk.intake import collect
    from toyevm.teaching.desk.policy import read_late
    from toyevm.teaching.desk.run import Selection, grade_class
    from toyevm.teaching.desk.worker import Elsewhere
    from toyevm.teaching.grading.mark import read_assignment
    from toyevm.teaching.grading.sandbox import Limits, open_sandbox
    from toyevm.teaching.lab.course import ROOT

    what = read_assignment(wish.assignment, ROOT)
    if wish.question not in (None, *what.items):
        raise InputError(f"no item {wish.question!r}", "--question", " | ".join(what.items))
    if wish.folder.resolve().is_relative_to(wish.place.resolve()):
        raise InputError(f"it lies in {wish.place}", "--desk", "a folder in which nobody hands in")
    roster = read_rosters(*wish.roster) if wish.roster else None
    due = read_late(wish.folder).due
    intake = collect(wish.place, wish.assignment, roster, due)
    times = [each.late or each.at for each in intake.handed] + [each.late for each in roster or ()]
    if due is not None and all(time is None for time in times):
        complain("there is a due date, and nothing says when anything was handed in: nobody is late")
    secrets = (*(ROOT / name for name in ("solutions", "tests", "course", ".git")), wish.place, wish.folder)
    place = Elsewhere(secrets, Limits(), wish.weak)
    students = {each.student for each in intake.handed} | {each.id for each in intake.absent}
    owners = {code: name for name, code in known_codes(wish.folder, students).items()}
    only = Selection(frozenset(owners.get(name, name) for name in wish.students), frozenset(wish.items), wish.again)
    here = place if wish.dask is not None else open_sandbox(secrets, place.limits, weak=wish.weak)
    try:
        with markers(wish.jobs or default_jobs(place.limits), wish.dask) as executor, _rest_time(wish) as tell:
            return grade_class(
                intake, what, wish.folder, here, executor, root=ROOT, release=wish.release, only=only, progress=tell
            )
    except KeyboardInterrupt:
        complain("stopped; what was finished is on the desk, and the same command goes on from there")
        sys.stdout.flush()
        os._exit(130)  # what runs in sandboxes ends with us; to wait for it could take minutes


@contextmanager
def _rest_time(wish: Wish) -> Iterator[Callable[[str, int], None]]:
    """Yield what to tell about progress: the first time, how much there is to do."""
    with ExitStack() as stack:
        begun: list[Callable[[str], None]] = []

        def tell(name: str, left: int) -> None:
            if not begun:
                begun.append(stack.enter_context(progress("submissions", left)))
            begun[0]("" if wish.anonymous else name)

        yield tell


def _say_what_needs_a_look(graded: ClassMarks, wish: Wish, names: Mapping[str, str]) -> None:
    """Say on stderr what the marks alone would hide."""
    from toyevm.teaching.grading.sandbox import WARNINGS

    unmatched, faulty = graded.register.unmatched, sorted({names[row.student] for row in graded.faults})
    for path, why in [] if wish.anonymous else unmatched[:MOST_NAMED]:
        complain(f"{path}: {why}")
    if wish.release is not None and not wish.roster:
        complain(f"without --roster, students have the numbers of what {wish.place} calls them, which may be no id")
    if warning := WARNINGS.get(graded.register.isolation):
        complain(warning)
    if unmatched:
        complain(f"matched to nobody: {len(unmatched)} in all; they are in {wish.folder / 'intake.csv'}")
    if graded.by_another:
        complain(f"{graded.by_another} notebooks were marked before toyevm's marker changed; --again marks them anew")
    if faulty:
        complain(f"not marked as they should be: {', '.join(faulty[:MOST_NAMED])}; the column fault says why")


def _report(wish: Wish, graded: ClassMarks, names: Mapping[str, str]) -> dict[str, Any]:
    register = graded.register
    return {
        "assignment": register.assignment,
        "desk": str(wish.folder),
        "isolation": register.isolation,
        "notebooks": graded.notebooks,
        "marked": graded.marked,
        "absent": sorted(names[name] for name in register.absent),
        "unmatched": len(register.unmatched),
    }


def print_marks(console: Console, report: dict[str, Any]) -> None:
    """Print a line for each student: the sum, and where points are missing, with the reason."""
    by_student: dict[str, list[dict[str, Any]]] = {}
    for row in report["rows"]:
        by_student.setdefault(row["student"], []).append(row)
    lines = []
    for student, (*items, total) in by_student.items():
        lines.append((student, f"{total['points']:g}/{total['max']:g}", _reasons(items) or "all points"))
    console.print(table("", ("student", "points", "where points are missing"), lines, words=(0, -1)))
    known = report["notebooks"] - report["marked"]
    console.print(f"{report['marked']} notebooks marked now, {known} known; isolation: {report['isolation']}.")
    console.print(f"{len(report['absent'])} handed in nothing. All of it is in {report['desk']}.")


def _reasons(items: Sequence[dict[str, Any]]) -> str:
    """Return a line for each item that misses points, or that somebody changed; one for all, if it says the same."""
    if len({_words(row) for row in items}) == 1 and not any(row["points"] or row["override"] for row in items):
        return _words(items[0])
    return "\n".join(_missing(row) for row in items if row["points"] < row["max"] or row["override"] is not None)


def _missing(row: dict[str, Any]) -> str:
    by_hand = f" (by hand, not {row['override']:g})" if row["override"] is not None else ""
    return f"{row['item']} {row['points']:g}/{row['max']:g}{by_hand}: {_words(row)}"


def _words(row: dict[str, Any]) -> str:
    return "; ".join(filter(None, (row["fault"] or row["message"], row["comment"])))


def _answers(wish: Wish, graded: ClassMarks, names: Mapping[str, str]) -> list[dict[str, Any]]:
    from toyevm.teaching.desk.questions import answers_to
    from toyevm.teaching.grading.mark import read_assignment
    from toyevm.teaching.lab.course import ROOT

    assert wish.question is not None
    found = answers_to(wish.question, read_assignment(wish.assignment, ROOT), wish.folder, graded.register, graded.rows)
    return [asdict(answer) | {"students": sorted(names[name] for name in answer.students)} for answer in found]


def _print_answers(console: Console, answers: Sequence[dict[str, Any]]) -> None:
    cells = [
        (f"{each['points']:g}", ", ".join(each["students"]), each["text"], each["misconception"] or each["message"])
        for each in answers
    ]
    console.print(table("", ("points", "who", "answer", "why"), cells, words=(1, 2, 3)))
    console.print(f"{len(answers)} different answers of {sum(len(each['students']) for each in answers)} students.")
