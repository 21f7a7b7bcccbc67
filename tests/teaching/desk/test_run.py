"""Who is marked, who is not, what counts: on a marker that does as it is told."""

from __future__ import annotations

import csv
import shutil
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.teaching.desk.klass import EARNED, Marker, a_class, handed, marked, notebook, points, these
from tests.teaching.grading.sample import FULL, NAME
from toyevm.errors import InputError
from toyevm.teaching.desk.intake import Ignored, Unmatched
from toyevm.teaching.desk.marks import COLUMNS, NOT_YET, WHOLE, marks_of
from toyevm.teaching.desk.roster import Student
from toyevm.teaching.desk.run import Selection
from toyevm.teaching.desk.worker import Marked
from toyevm.teaching.grading.sandbox import Limits, Sandbox

NONE = (0, 0, 0)


def override(desk: Path, text: str) -> None:
    (desk / "overrides.toml").write_text(text)


def test_everybody_has_a_row_for_each_item(sample: Path, release: Path, tmp_path: Path) -> None:
    graded = marked(sample, a_class(release, 5), tmp_path, Marker())
    earned = {f"s{number:02}": EARNED[number % 4] for number in range(5)}
    assert points(graded) == {"abe": NONE, "zoe": NONE} | earned
    assert {row.student: row.message for row in graded.rows if row.student in ("abe", "zoe")} == {
        "abe": "nothing was handed in", "zoe": "not marked: there is no notebook",
    }  # fmt: skip
    assert (graded.marked, graded.notebooks, graded.faults) == (5, 5, [])
    assert list(graded.rows) == marks_of(tmp_path)


def test_a_rerun_marks_nothing_that_is_marked(sample: Path, release: Path, tmp_path: Path) -> None:
    first, second = Marker(), Marker()
    rows = marked(sample, a_class(release, 3), tmp_path, first).rows
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert marked(sample, a_class(release, 3), tmp_path, second).rows == rows
    assert (first.seen, second.seen) == ([0, 1, 2], [])
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_only_what_is_new_or_changed_is_marked(sample: Path, release: Path, tmp_path: Path) -> None:
    marked(sample, a_class(release, 3), tmp_path, Marker())
    changed = these(
        (handed("s00", notebook(release, 0)), handed("s01", notebook(release, 7)), handed("new", notebook(release, 9)))
    )
    marker = Marker()
    assert points(marked(sample, changed, tmp_path, marker)) == {"new": EARNED[1], "s00": EARNED[0], "s01": EARNED[3]}
    assert sorted(marker.seen) == [7, 9]


@pytest.mark.parametrize(
    "file", [f"solutions/{NAME}/marking.toml", f"course/{NAME}/items.toml", f"exercises/{NAME}/data.txt"]
)
def test_all_are_marked_again_when_the_assignment_changes(
    sample: Path, release: Path, tmp_path: Path, file: str
) -> None:
    root = Path(shutil.copytree(sample, tmp_path / "root"))
    marked(root, a_class(release, 3), tmp_path / "desk", Marker())
    with (root / file).open("a") as opened:
        opened.write("\n# another word\n")
    marker = Marker()
    marked(root, a_class(release, 3), tmp_path / "desk", marker)
    assert marker.seen == [0, 1, 2]


@pytest.mark.parametrize("place", [Sandbox("bubblewrap", Limits(seconds=31)), Sandbox("container")])
def test_all_are_marked_again_in_another_sandbox(sample: Path, release: Path, tmp_path: Path, place: Sandbox) -> None:
    marked(sample, a_class(release, 2), tmp_path, Marker())
    marker = Marker()
    marked(sample, a_class(release, 2), tmp_path, marker, place=place)
    assert marker.seen == [0, 1]


def test_an_update_of_the_marker_changes_nobodys_marks_unasked_and_is_said(
    sample: Path, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert marked(sample, a_class(release, 2), tmp_path, Marker()).by_another == 0
    monkeypatch.setattr("toyevm.teaching.desk.run.marker", lambda: "another")
    executor = Marker()
    assert marked(sample, a_class(release, 3), tmp_path, executor).by_another == 2
    assert executor.seen == [2]
    assert marked(sample, a_class(release, 3), tmp_path, executor, only=Selection(again=True)).by_another == 0


def test_two_who_hand_in_the_same_are_marked_once(sample: Path, release: Path, tmp_path: Path) -> None:
    same, marker = notebook(release, 2), Marker()
    assert points(marked(sample, these((handed("ada", same), handed("bob", same))), tmp_path, marker)) == {
        "ada": EARNED[2], "bob": EARNED[2],
    }  # fmt: skip
    assert marker.seen == [2]


def test_with_numbers_of_their_own_each_is_marked_by_their_own(sample: Path, release: Path, tmp_path: Path) -> None:
    same, marker = notebook(release, 2), Marker()
    intake = these((handed("ada", same), handed("bob", same)))
    marked(sample, intake, tmp_path, marker, release="2027-spring")
    variants = [what.sources.variant for what in marker.assignments]
    assert [(each.student, each.release) for each in variants] == [("ada", "2027-spring"), ("bob", "2027-spring")]
    marked(sample, intake, tmp_path, marker, release="2027-spring")
    marked(sample, intake, tmp_path, marker, release="2028-spring")
    assert marker.seen == [2] * 4


def test_numbers_that_do_not_work_out_are_a_fault_of_ours_and_cost_nobody_else(
    sample: Path, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from toyevm.teaching.desk import run

    real = run.read_assignment

    def numbers_of(name, root, variant):  # type: ignore[no-untyped-def]
        if variant.student == "s01":
            raise InputError("5 and 5 are the same number", "items.toml number")
        return real(name, root, variant)

    monkeypatch.setattr(run, "read_assignment", numbers_of)
    graded = marked(sample, a_class(release, 3), tmp_path, Marker(), release="2027-spring")
    assert {row.student for row in graded.faults} == {"s01"}
    assert "5 and 5 are the same number" in graded.faults[0].fault
    assert points(graded)["s02"] == EARNED[2]


def test_what_the_marker_failed_at_stands_in_a_column_of_its_own_and_is_tried_again(
    sample: Path, release: Path, tmp_path: Path
) -> None:
    def fails_at_one(number: int) -> tuple[int, ...]:
        if number == 1:
            raise OSError("no space\nleft")
        return FULL

    graded = marked(sample, a_class(release, 3), tmp_path, Marker(fails_at_one))
    assert {(row.student, row.message, row.fault.rpartition(":")[0]) for row in graded.faults} == {
        ("s01", "", "the marker failed: OSError at teaching/desk/run.py")
    }
    marker = Marker()
    assert marked(sample, a_class(release, 3), tmp_path, marker).faults == []
    assert marker.seen == [1]


def test_a_run_that_ends_early_keeps_what_was_finished(sample: Path, release: Path, tmp_path: Path) -> None:
    def stop(name: str, left: int) -> None:
        if left == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        marked(sample, a_class(release, 8), tmp_path, Marker(), progress=stop)
    rows = marks_of(tmp_path)
    finished = {row.student for row in rows if row.student.startswith("s") and not row.fault}
    assert len(finished) == 5
    assert {row.fault for row in rows if row.student.startswith("s") and row.student not in finished} == {NOT_YET}
    marker = Marker()
    graded = marked(sample, a_class(release, 8), tmp_path, marker)
    assert sorted(marker.seen) == sorted(n for n in range(8) if f"s{n:02}" not in finished)
    assert points(graded) == points(marked(sample, a_class(release, 8), tmp_path / "another", Marker()))


def test_progress_tells_whose_marks_are_there_and_how_many_are_not(sample: Path, release: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    marked(sample, a_class(release, 3), tmp_path, Marker(), progress=lambda name, left: told.append((name, left)))
    assert told[0] == ("", 3)
    assert [left for _, left in told] == [3, 2, 1, 0]
    assert {name for name, _ in told[1:]} == {"s00", "s01", "s02"}


def test_every_row_says_what_a_weak_isolation_does_not_stop(sample: Path, release: Path, tmp_path: Path) -> None:
    class Weak(Marker):
        def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
            future: Future[Marked] = Future()
            future.set_result(replace(super().submit(fn, *args).result(), isolation="weak"))
            return future

    rows = marked(sample, a_class(release, 2), tmp_path, Weak(), place=Sandbox("weak")).rows
    assert all("can read all that you can" in row.isolation for row in rows if row.student.startswith("s"))


# --- one student, one item ------------------------------------------------------------------------------------------


def test_one_student_is_marked_again_and_the_others_keep_theirs(sample: Path, release: Path, tmp_path: Path) -> None:
    marked(sample, a_class(release, 3), tmp_path, Marker())
    marker = Marker(lambda number: NONE)
    graded = marked(sample, a_class(release, 3), tmp_path, marker, only=Selection(frozenset({"s02"}), again=True))
    assert marker.seen == [2]
    assert [points(graded)[name] for name in ("s00", "s01", "s02")] == [EARNED[0], EARNED[1], NONE]


def test_one_student_of_a_new_class_leaves_the_others_for_later(sample: Path, release: Path, tmp_path: Path) -> None:
    graded = marked(sample, a_class(release, 3), tmp_path, Marker(), only=Selection(frozenset({"s02"})))
    assert {row.student for row in graded.rows if row.fault == NOT_YET} == {"s00", "s01"}
    assert graded.faults == []
    assert points(graded)["s02"] == EARNED[2]


def test_one_student_under_new_rules_leaves_the_others_under_the_old(
    sample: Path, release: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(sample, tmp_path / "root"))
    marked(root, a_class(release, 3), tmp_path / "desk", Marker())
    with (root / "solutions" / NAME / "marking.toml").open("a") as opened:
        opened.write("# mended\n")
    marker = Marker(lambda number: NONE)
    graded = marked(root, a_class(release, 3), tmp_path / "desk", marker, only=Selection(frozenset({"s02"})))
    assert marker.seen == [2]
    assert graded.faults == []
    assert [points(graded)[name] for name in ("s00", "s01", "s02")] == [EARNED[0], EARNED[1], NONE]
    assert points(marked(root, a_class(release, 3), tmp_path / "desk", Marker(lambda n: FULL)))["s00"] == FULL


def test_one_item_is_renewed_for_all_and_the_other_items_stay(sample: Path, release: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(sample, tmp_path / "root"))
    marked(root, a_class(release, 4), tmp_path / "desk", Marker())
    with (root / "solutions" / NAME / "marking.toml").open("a") as opened:
        opened.write("# number mended\n")
    one = Selection(items=frozenset({"number"}))
    graded = marked(root, a_class(release, 4), tmp_path / "desk", Marker(lambda number: (0, 1, 0)), only=one)
    assert [points(graded)[f"s{n:02}"] for n in range(4)] == [(2, 1, 3), (2, 1, 3), (2, 1, 0), (0, 1, 3)]
    marker = Marker()
    assert marked(root, a_class(release, 4), tmp_path / "desk", marker, only=one).rows == graded.rows
    assert marker.seen == []  # such a run goes on where it stopped, too


def test_an_item_of_somebody_new_brings_their_other_items(sample: Path, release: Path, tmp_path: Path) -> None:
    graded = marked(sample, a_class(release, 1), tmp_path, Marker(), only=Selection(items=frozenset({"number"})))
    assert points(graded)["s00"] == FULL


@pytest.mark.parametrize("only", [Selection(frozenset({"nobody"})), Selection(items=frozenset({"nothing"}))])
def test_whom_or_what_there_is_not_is_refused_before_anything_changes(
    sample: Path, release: Path, tmp_path: Path, only: Selection
) -> None:
    marked(sample, a_class(release, 1), tmp_path, Marker())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(InputError, match=r"no (student|item) 'no"):
        marked(sample, a_class(release, 2), tmp_path, Marker(), only=only)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


# --- what the instructor decides ------------------------------------------------------------------------------------


def test_points_and_comments_by_hand_survive_reruns(sample: Path, release: Path, tmp_path: Path) -> None:
    marked(sample, a_class(release, 2), tmp_path, Marker())
    override(tmp_path, '[[override]]\nstudent = "s01"\nitem = "number"\npoints = 0.5\ncomment = "nearly"\n')
    for _ in range(2):
        graded = marked(sample, a_class(release, 2), tmp_path, Marker(), only=Selection(again=True))
        (row,) = (row for row in graded.rows if row.student == "s01" and row.item == "number")
        assert (row.points, row.override, row.comment, row.message) == (0.5, 0, "nearly", "why")
    override(tmp_path, "")
    assert points(marked(sample, a_class(release, 2), tmp_path, Marker()))["s01"] == EARNED[1]


def test_an_absent_student_can_be_given_points(sample: Path, release: Path, tmp_path: Path) -> None:
    marked(sample, a_class(release, 1), tmp_path, Marker())
    override(tmp_path, '[[override]]\nstudent = "abe"\nitem = "merge"\npoints = 3\ncomment = "by mail"\n')
    assert points(marked(sample, a_class(release, 1), tmp_path, Marker()))["abe"] == (0, 0, 3)


def test_a_mistake_in_the_overrides_is_said_before_anything_is_marked(
    sample: Path, release: Path, tmp_path: Path
) -> None:
    override(tmp_path, '[[override]]\nstudent = "s1"\ncomment = "who?"\n')
    marker = Marker()
    with pytest.raises(InputError, match="no student 's1'"):
        marked(sample, a_class(release, 2), tmp_path, marker)
    assert marker.seen == []


LATE = "[late]\npercent_per_day = 10\nmost_percent = 30\n"


def test_what_being_late_costs_is_a_row_of_its_own(sample: Path, release: Path, tmp_path: Path) -> None:
    override(tmp_path, LATE + '[[override]]\nstudent = "ill"\nextension_hours = 72\ncomment = "get well"\n')
    of = {
        "prompt": None,
        "barely": timedelta.resolution,
        "late": timedelta(hours=30),
        "ill": timedelta(hours=30),
        "who": None,
    }
    intake = these(tuple(handed(name, notebook(release, 0), late=late) for name, late in of.items()))
    graded = marked(sample, intake, tmp_path, Marker())
    assert points(graded) == dict.fromkeys(of, FULL) | {
        "late": (*FULL, -1.2),
        "ill": (*FULL, 0),
        "barely": (*FULL, -0.6),
    }
    rows = {row.student: row for row in graded.rows if row.item == WHOLE}
    assert (rows["late"].message, rows["late"].max, rows["late"].late) == ("late: 20 % taken off", 0, 1800)
    assert (rows["ill"].message, rows["ill"].comment) == ("", "get well")


@pytest.mark.parametrize(("which", "expected"), [("latest", 2), ("first", 0), ("best", 1)])
def test_the_attempt_that_counts_is_the_instructors_choice(
    sample: Path, release: Path, tmp_path: Path, which: str, expected: int
) -> None:
    override(tmp_path, f'attempts = "{which}"\n')
    earned = [(2, 0, 0), (2, 1, 0), (0, 1, 1)]
    tries = [handed("ada", notebook(release, number), number + 1) for number in (2, 0, 1)]
    graded = marked(sample, these(tuple(tries)), tmp_path, Marker(lambda number: earned[number]))
    assert points(graded) == {"ada": earned[expected]}
    assert {row.attempt for row in graded.rows} == {expected + 1}


@pytest.mark.parametrize(("which", "seen"), [("latest", [2]), ("first", [0]), ("best", [1, 2])])
def test_only_attempts_that_may_count_are_marked(
    sample: Path, release: Path, tmp_path: Path, which: str, seen: list[int]
) -> None:
    tries = these(handed("ada", notebook(release, number), number + 1) for number in range(3))
    if which == "best":
        marked(sample, tries, tmp_path, Marker())
        override(tmp_path, 'attempts = "first"\n')
        marked(sample, tries, tmp_path, Marker())
        seen = [1]
    override(tmp_path, f'attempts = "{which}"\n')
    marker = Marker()
    assert marked(sample, tries, tmp_path, marker).notebooks == (3 if which == "best" else 1)
    assert marker.seen == seen


def test_being_late_counts_in_which_attempt_is_the_best(sample: Path, release: Path, tmp_path: Path) -> None:
    override(tmp_path, 'attempts = "best"\n' + LATE)
    tries = (handed("ada", notebook(release, 0), 1), handed("ada", notebook(release, 4), 2, late=timedelta(days=2)))
    assert points(marked(sample, these(tries), tmp_path, Marker())) == {"ada": FULL}


def test_of_attempts_that_earn_the_same_the_latest_counts(sample: Path, release: Path, tmp_path: Path) -> None:
    override(tmp_path, 'attempts = "best"\n')
    tries = tuple(handed("ada", notebook(release, 4 * number), number + 1) for number in range(3))
    assert {row.attempt for row in marked(sample, these(tries), tmp_path, Marker()).rows} == {3}


# --- the files ------------------------------------------------------------------------------------------------------


def test_the_tables_say_what_the_rows_say(sample: Path, release: Path, tmp_path: Path) -> None:
    intake = replace(
        a_class(release, 2),
        absent=(Student("=1+1"),),
        unmatched=(Unmatched("@x/notes.txt", "no notebook"),),
        ignored=(Ignored(".x/y", "hidden"),),
    )
    marked(sample, intake, tmp_path, Marker())
    with (tmp_path / "marks.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == list(COLUMNS)
    assert [(row["student"], row["points"]) for row in table if row["item"] == "total"] == [
        ("'=1+1", "0"), ("s00", "6"), ("s01", "5"), ("zoe", "0"),
    ]  # fmt: skip
    with (tmp_path / "intake.csv").open(newline="") as file:
        found = [(row["student"], row["source"], row["problem"]) for row in csv.DictReader(file)]
    assert found == [
        ("s00", "s00.ipynb", ""),
        ("s01", "s01.ipynb", ""),
        ("zoe", "zoe.ipynb", "there is no notebook"),
        ("'=1+1", "", "nothing was handed in"),
        ("", "'@x/notes.txt", "unmatched: no notebook"),
        ("", ".x/y", "ignored: hidden"),
    ]


def test_what_was_marked_is_kept(sample: Path, release: Path, tmp_path: Path) -> None:
    marked(sample, a_class(release, 3), tmp_path, Marker())
    kept = sorted(path.read_bytes() for path in (tmp_path / "notebooks").iterdir())
    assert kept == sorted(notebook(release, number) for number in range(3))
