"""`toyevm marks`: what stands on a desk, into gradebooks and tables, pages for students, the instructor's report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toyevm.cli.output import complain
from toyevm.cli.screen import show
from toyevm.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from toyevm.teaching.desk.marks import MarkRow
    from toyevm.teaching.desk.register import Register
    from toyevm.teaching.desk.roster import Student

KINDS = ("long", "wide", "parquet", "canvas", "moodle", "nbgrader")
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What the command line asks for."""

    desk: Path
    to: str | None
    out: Path | None
    gradebook: Path | None
    column: str | None
    scale: bool
    zeros: bool
    roster: Sequence[Path]
    anonymous: bool
    feedback: Path | None
    report: Path | None

    def check(self) -> None:
        """Refuse what does not go together, before anything is written."""
        if self.to is None and self.feedback is None and self.report is None:
            raise InputError("nothing to do", "marks", "--to, --feedback or --report")
        if self.to not in (None, *KINDS):
            raise InputError(f"no kind {self.to!r}", "--to", " | ".join(KINDS))
        if (self.to is None) != (self.out is None):
            raise InputError("--to and --out go together", "marks", f"--to {self.to or KINDS[0]} --out FILE")
        into = self.to in ("canvas", "moodle")
        if into and self.gradebook is None:
            raise InputError(f"which gradebook {self.to} exported is not said", "--gradebook", "its file")
        platforms = {
            "--gradebook": self.gradebook,
            "--column": self.column,
            "--scale": self.scale,
            "--zeros": self.zeros,
        }
        for option, value in platforms.items():
            if value and not into:
                raise InputError("is for a platform's gradebook", option, "--to canvas or --to moodle")
        if self.out and self.gradebook and self.out.resolve() == self.gradebook.resolve():
            raise InputError("would write over what was exported", "--out", "another file")
        if self.anonymous and (into or self.to == "nbgrader" or self.feedback):
            raise InputError(
                "a gradebook, and a student, want names", "--anonymous", "--to long, wide, parquet; --report"
            )


def run(wish: Outgoing, as_json: bool) -> int:
    """Write all that is asked for; say what was written, and on stderr who is left out."""
    from toyevm.teaching.desk.anonymous import codes_for
    from toyevm.teaching.desk.directory import read_rosters
    from toyevm.teaching.desk.gradebooks import NOT_WANTED
    from toyevm.teaching.desk.marks import marks_of, under_codes
    from toyevm.teaching.desk.register import ABSENT, read_register

    wish.check()
    register, rows = read_register(wish.desk), marks_of(wish.desk)
    codes = codes_for(wish.desk, register.students) if wish.anonymous else {}
    shown = under_codes(rows, codes) if codes else rows
    roster = read_rosters(*wish.roster) if wish.roster else None
    report: dict[str, Any] = {
        "assignment": register.assignment,
        "desk": str(wish.desk),
        "students": len(register.students),
    }
    if wish.to is not None:
        report |= _write_marks(wish, register, shown, roster)
    if wish.feedback is not None:
        report |= _write_feedback(wish.feedback, wish.desk, register, rows, roster or ())
    if wish.report is not None:
        report |= _write_report(wish.report, wish.desk, register, rows, codes)
    show(report, as_json, _print)
    left = report.get("left", {})
    for student, why in list(left.items())[:MOST_NAMED]:
        complain(f"{student}: {why}")
    for row in report.get("strangers", ())[:MOST_NAMED]:
        complain(f"{wish.gradebook} {row}: nobody on the desk")
    return 1 if any(why not in (ABSENT, *NOT_WANTED) for why in left.values()) else 0


def _write_marks(
    wish: Outgoing, register: Register, rows: Sequence[MarkRow], roster: Sequence[Student] | None
) -> dict[str, Any]:
    """Write marks in the form asked for; return what there is to say about it."""
    from toyevm.teaching.desk.marks import to_csv
    from toyevm.teaching.desk.register import write_file
    from toyevm.teaching.desk.tables import to_parquet, to_wide

    assert wish.out is not None
    said: dict[str, Any] = {"out": str(wish.out)}
    match wish.to:
        case "long":
            data = to_csv(rows)
        case "wide":
            data = to_wide(rows, list(register.items))
        case "parquet":
            data = to_parquet(rows)
        case "nbgrader":
            return said | {"filled": _to_nbgrader(wish.out, register, rows, roster)}
        case _:
            filled = _fill(wish, register, rows, roster)
            data = filled.pop("data")
            said |= filled
    write_file(wish.out, data)
    return said


def _to_nbgrader(out: Path, register: Register, rows: Sequence[MarkRow], roster: Sequence[Student] | None) -> int:
    from toyevm.teaching.desk.nbgrader_gradebook import write_gradebook
    from toyevm.teaching.grading.mark import read_assignment
    from toyevm.teaching.lab.course import ROOT

    return write_gradebook(out, read_assignment(register.assignment, ROOT), rows, roster or ())


def _fill(
    wish: Outgoing, register: Register, rows: Sequence[MarkRow], roster: Sequence[Student] | None
) -> dict[str, Any]:
    from toyevm.teaching.desk.gradebooks import CANVAS, MOODLE, Wanted, fill

    assert wish.gradebook is not None
    wanted = Wanted(register.assignment, wish.column, wish.scale, wish.zeros)
    filled = fill(CANVAS if wish.to == "canvas" else MOODLE, wish.gradebook, rows, wanted, roster)
    return {
        "data": filled.data,
        "column": filled.column,
        "by": filled.by,
        "filled": filled.filled,
        "left": filled.left,
        "strangers": filled.strangers,
        "kept_comments": filled.kept_comments,
    }


def _write_feedback(
    folder: Path, desk: Path, register: Register, rows: Sequence[MarkRow], roster: Sequence[Student]
) -> dict[str, Any]:
    from toyevm.teaching.desk.feedback import write_feedback
    from toyevm.teaching.grading.mark import read_assignment
    from toyevm.teaching.lab.course import ROOT

    names = {each.id: each.name for each in roster}
    written = write_feedback(folder, read_assignment(register.assignment, ROOT), desk, register, rows, names)
    return {"feedback": str(folder), "pages": len(written)}


def _write_report(
    path: Path, desk: Path, register: Register, rows: Sequence[MarkRow], codes: Mapping[str, str]
) -> dict[str, Any]:
    from toyevm.teaching.desk.register import write_file
    from toyevm.teaching.desk.report import ClassReport, report_page, similarity_of
    from toyevm.teaching.grading.mark import read_assignment
    from toyevm.teaching.lab.course import ROOT

    similar = similarity_of(read_assignment(register.assignment, ROOT), ROOT, desk, register, rows)
    write_file(path, report_page(ClassReport(register, rows, codes, similar, not codes)))
    return {"report": str(path), "similar": len(similar.pairs)}


def _print(console: Console, report: dict[str, Any]) -> None:
    """Print a sentence for each thing that was written."""
    if "filled" in report and "column" in report:
        console.print(
            f"{report['filled']} of {report['students']} students have a mark in {report['column']!r} now, "
            + (f"found by {report['by']}." if report["by"] else "since nobody in it could be found.")
        )
        if report["kept_comments"]:
            console.print(f"{report['kept_comments']} comments were there, and stay.")
    elif "filled" in report:
        console.print(f"{report['filled']} of {report['students']} students have a submission in the gradebook.")
    for name in ("out", "feedback", "report"):
        if name in report:
            console.print(f"Written: {report[name]}")
