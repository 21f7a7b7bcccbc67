"""Hidden means hidden: whatever a submission does with what it was given, no output says it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.teaching.grading.folder import grade_folder, to_csv
from tests.teaching.grading.sample import place
from toyevm.errors import InputError
from toyevm.teaching.desk.intake import HandedIn, Intake
from toyevm.teaching.desk.run import grade_class
from toyevm.teaching.grading import ruling
from toyevm.teaching.grading.attacks import sample as course
from toyevm.teaching.grading.attacks.check import ATTACKS, SHORT, leaked, notebook_of
from toyevm.teaching.grading.attacks.hidden import HIDDEN_ATTACKS
from toyevm.teaching.grading.mark import Assignment, ItemMark, mark_notebook, read_assignment
from toyevm.teaching.grading.ruling import NOT_SEEN, fault_of
from toyevm.teaching.grading.sandbox import Sandbox, SandboxReport, open_sandbox
from toyevm.teaching.lab.items import Case, Exercise

pytestmark = pytest.mark.usefixtures("marker")

OTHERS = (31415926535897932384, 27182818284590452353, 16180339887498948482, 14142135623730950488)


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return open_sandbox([], SHORT)


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return read_assignment(course.HIDDEN, course.write_course(tmp_path_factory.mktemp("canaries")))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """The same assignment, but what is hidden in it is something else."""
    return read_assignment(course.HIDDEN, course.write_course(tmp_path_factory.mktemp("others"), OTHERS))


def words(marks: Sequence[ItemMark]) -> str:
    return " ".join(f"{mark.misconception} {mark.message} {mark.fault}" for mark in marks)


def honest(**cells: str) -> bytes:
    return course.fill(course.released(course.HIDDEN), course.HONEST | cells)


def test_canaries_have_twenty_digits_and_are_found_in_every_spelling() -> None:
    for canary in course.CANARIES:
        assert len(str(canary)) == 20
        for text in (f"{canary}", f"{canary:,}", f"{canary:x}", f"{canary:#X}", str(canary)[::-1], f"{canary + 2:_}"):
            assert leaked(f"a {text} b") == [canary]
    assert leaked("17592186044416 and 18446744073709551615") == []


@pytest.mark.parametrize("name", HIDDEN_ATTACKS)
def test_what_is_said_does_not_depend_on_what_is_hidden(
    sandbox: Sandbox, hidden: Assignment, other: Assignment, name: str
) -> None:
    notebook = notebook_of(ATTACKS[name], "/")
    assert mark_notebook(hidden, sandbox, notebook) == mark_notebook(other, sandbox, notebook)


def test_what_is_right_earns_all_points_in_silence(sandbox: Sandbox, hidden: Assignment) -> None:
    marks = mark_notebook(hidden, sandbox, honest())
    assert tuple(mark.points for mark in marks) == course.FULL_HIDDEN
    assert words(marks).strip() == ""


def test_the_open_run_is_given_nothing_hidden_and_the_closed_one_ends_early(
    sandbox: Sandbox, hidden: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs: list[str] = []
    run = Sandbox.run

    def listening(self: Sandbox, steps: Sequence[object], files: dict[str, bytes]) -> SandboxReport:
        jobs.append(json.dumps(steps) + repr(files))
        return run(self, steps, files)  # type: ignore[arg-type]

    monkeypatch.setattr(Sandbox, "run", listening)
    mark_notebook(hidden, sandbox, honest(word="my_word = 1"))
    opened, closed = jobs
    assert leaked(opened) == []
    assert leaked(closed) == [course.CANARIES[0], course.CANARIES[1]]  # inputs of functions, and no expected value
    assert '"cell": "store"' in opened
    assert '"cell": "store"' not in closed
    jobs.clear()
    mark_notebook(hidden, sandbox, json.dumps(course.released(course.HIDDEN)).encode())
    assert len(jobs) == 1  # nobody needs to ask a function that is not there


def test_no_row_and_no_table_says_what_is_hidden(tmp_path: Path) -> None:
    root = course.write_course(tmp_path / "root")
    for name, attack in HIDDEN_ATTACKS.items():
        path = place(tmp_path / "in", name, notebook_of(attack, str(root)))
        folder = path.parents[1] / course.HIDDEN
        path.parent.rename(folder)
        (folder / path.name).rename(folder / f"{course.HIDDEN}.ipynb")
    rows = grade_folder(tmp_path / "in", course.HIDDEN, 2, tmp_path / "marks.csv", root=root, limits=SHORT)
    assert leaked(json.dumps(rows)) == leaked((tmp_path / "marks.csv").read_text()) == leaked(repr(rows)) == []
    assert {row["fault"] for row in rows} == {""}


def test_no_file_on_the_desk_says_what_is_hidden(sandbox: Sandbox, tmp_path: Path) -> None:
    root = course.write_course(tmp_path / "root")
    what = read_assignment(course.HIDDEN, root)
    handed = [
        HandedIn(f"student-{number}", 1, None, name, notebook_of(attack, str(root)))
        for number, (name, attack) in enumerate(HIDDEN_ATTACKS.items())
    ]
    with ThreadPoolExecutor(2) as pool:
        graded = grade_class(Intake(tuple(handed), (), ()), what, tmp_path / "desk", sandbox, pool, root=root)
    written = {path: path.read_bytes() for path in (tmp_path / "desk").rglob("*") if path.is_file()}
    assert len(written) > len(handed)
    assert [path for path, data in written.items() if leaked(data.decode(errors="replace"))] == []
    assert leaked(repr(graded)) == []
    assert graded.faults == []


# --- the guard bites: with one run for all, nearly every road leads out ---------------------------------------------

WITHOUT_A_TRACE = {  # these leave their words where the other guards are, or only try
    "says it as the process ends", "accomplice who leaves it in files", "finds it in files", "looks for it in memory",
    "renames cases", "says it in a type", "says it in a large answer",
}  # fmt: skip


def test_with_one_run_for_all_what_is_hidden_is_said(
    sandbox: Sandbox, hidden: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def all_cases(self: Assignment, item: str, *, hidden: bool) -> tuple[Case, ...]:
        return self.marking.cases(item)

    def judged_with(exercise: Exercise) -> tuple[Case, ...]:
        return tuple(replace(case, hidden=False) for case in hidden.marking.cases(exercise.id))

    monkeypatch.setattr(Assignment, "cases", all_cases)
    monkeypatch.setattr(ruling, "public_cases", judged_with)
    silent = {
        name
        for name, attack in HIDDEN_ATTACKS.items()
        if not leaked(words(mark_notebook(hidden, sandbox, notebook_of(attack, "/"))))
    }
    assert silent <= WITHOUT_A_TRACE


# --- faults ---------------------------------------------------------------------------------------------------------


def test_a_fault_of_ours_has_its_column_and_no_word_of_a_submission(
    sandbox: Sandbox, hidden: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*rest: object) -> None:
        raise KeyError("a student's own words")

    monkeypatch.setattr("toyevm.teaching.grading.mark.assemble_notebook", failing)
    marks = mark_notebook(hidden, sandbox, honest())
    assert {mark.message for mark in marks} == {""}
    assert all(mark.fault.startswith("the marker failed: KeyError at teaching/grading/mark.py:") for mark in marks)


def test_a_judge_that_fails_costs_one_item_and_is_a_fault(
    sandbox: Sandbox, hidden: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*rest: object) -> None:
        raise ZeroDivisionError(f"{course.CANARIES[0]}")

    monkeypatch.setattr(ruling, "_words", failing)
    marks = mark_notebook(hidden, sandbox, honest(probe="def probe(number): return 0"))
    assert [bool(mark.fault) for mark in marks] == [True, False, False, False]
    assert leaked(words(marks)) == []


def test_a_fault_names_the_innermost_line_of_ours() -> None:
    with pytest.raises(InputError) as caught:
        read_assignment("nothing", Path("/"))
    assert fault_of(caught.value).startswith("the marker failed: InputError at teaching/grading/mark.py:")


@pytest.mark.parametrize("name", ["poses as a fault of the marker", "a formula between semicolons",
                                  "a formula in the name of an exception", "escape codes in an error"])  # fmt: skip
def test_words_of_a_submission_are_no_fault_and_no_formula(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    root = course.write_course(tmp_path / "root")
    place(tmp_path / "in", ";=1+1;", notebook_of(ATTACKS[name], str(root)))
    rows = grade_folder(tmp_path / "in", course.NAME, root=root, limits=SHORT)
    assert {row["fault"] for row in rows} == {""}
    for separator in (",", ";"):
        cells = [cell for line in csv.reader(io.StringIO(to_csv(rows).decode()), delimiter=separator) for cell in line]
        assert [cell for cell in cells if cell.strip().startswith(tuple("=+-@"))] == []


# --- the words ------------------------------------------------------------------------------------------------------


def test_who_is_right_on_what_they_see_is_told_that_and_no_more(sandbox: Sandbox, hidden: Assignment) -> None:
    marks = mark_notebook(hidden, sandbox, honest(probe="def probe(number): return number + 1 + (number > 9)"))
    assert (marks[0].points, marks[0].misconception, marks[0].message) == (0, "adds-two", NOT_SEEN)


def test_who_is_wrong_on_what_they_see_reads_what_their_notebook_says(sandbox: Sandbox, hidden: Assignment) -> None:
    marks = mark_notebook(hidden, sandbox, honest(probe="def probe(number): return number - 1"))
    assert "Given 7: yours returns 6; expected: returns 8." in marks[0].message
    assert marks[0].message.rstrip().count("?") >= 1


def test_a_wrong_number_is_shown_and_the_right_one_is_not(sandbox: Sandbox, hidden: Assignment) -> None:
    marks = mark_notebook(hidden, sandbox, honest(word="my_word = 12345"))
    assert marks[2].message == "Yours is 12,345, which is not right."


# --- the sample -----------------------------------------------------------------------------------------------------


def test_the_sample_is_released_as_nbgrader_would(release: Path) -> None:
    made = {cell["id"]: cell for cell in course.released(course.NAME)["cells"]}
    theirs = {cell["id"]: cell for cell in json.loads(release.read_bytes())["cells"] if cell["cell_type"] == "code"}
    assert list(made) == list(theirs)
    for name, cell in theirs.items():
        assert "".join(cell["source"]) == made[name]["source"]
        grades = {key: cell["metadata"]["nbgrader"].get(key) for key in ("grade", "solution", "locked", "points")}
        assert grades == {key: made[name]["metadata"]["nbgrader"].get(key) for key in grades}
