"""The instructor's report: its numbers by other means, faults apart, pictures with words, codes if asked for."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.teaching.desk.desks import a_desk, marks
from tests.teaching.desk.honest import honest_class
from tests.teaching.desk.reading import Page, faults
from tests.teaching.desk.test_similarity import LONG, disguised
from tests.teaching.grading.sample import FULL, ITEMS, NAME
from toyevm.teaching.desk.item_statistics import correlation, item_statistics
from toyevm.teaching.desk.marks import MarkRow, marks_of
from toyevm.teaching.desk.register import read_register
from toyevm.teaching.desk.report import ClassReport, report_page, similarity_of
from toyevm.teaching.grading.mark import read_assignment

POINTS = [(2, 0, 3), (2, 1, 3), (0, 1, 0), (1, 0, 1), (2, 0, 3), (0, 1, 0), (1, 1, 2), (2, 0, 0)]


def rows_of(points: list[tuple[int, ...]], most: tuple[int, ...] = FULL) -> list[MarkRow]:
    return [
        MarkRow(f"s{number}", NAME, f"i{place}", earned, most[place])
        for number, own in enumerate(points)
        for place, earned in enumerate(own)
    ]


# --- the statistics ---------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(*(st.integers(0, most) for most in (2, 1, 3, 5))), min_size=3, max_size=30))
def test_difficulty_and_discrimination_are_those_of_numpy(points: list[tuple[int, ...]]) -> None:
    most = (2, 1, 3, 5)
    table = np.array(points, dtype=float)
    for place, found in enumerate(item_statistics(rows_of(points, most))):
        rest = table.sum(axis=1) - table[:, place]
        assert found.difficulty == pytest.approx(table[:, place].mean() / most[place])
        assert found.all_points == pytest.approx((table[:, place] == most[place]).mean())
        if table[:, place].std() and rest.std():
            assert found.discrimination == pytest.approx(np.corrcoef(table[:, place], rest)[0, 1], abs=1e-9)
        else:
            assert found.discrimination is None


def test_the_item_itself_is_not_in_what_it_is_compared_with() -> None:
    """Of two items that have nothing to do with each other, neither tells; with itself in the sum, each would."""
    found = item_statistics(rows_of([(0, 0), (0, 1), (1, 0), (1, 1)], (1, 1)))
    assert [each.discrimination for each in found] == [0, 0]
    assert correlation([0, 0, 1, 1], [0, 1, 1, 2]) == pytest.approx(0.7071, abs=1e-4)


def test_of_two_students_nothing_is_said() -> None:
    assert [each.discrimination for each in item_statistics(rows_of([(0, 0), (1, 1)], (1, 1)))] == [None, None]


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(release: Path, tmp_path: Path) -> Path:
    found = {f"s{number:02}": marks(points, "confused" if number < 3 else "") for number, points in enumerate(POINTS)}
    answers = {name: {"merge": text} for name, text in zip(found, honest_class(len(found)), strict=True)}
    answers |= {"s00": {"merge": LONG}, "s01": {"merge": disguised(LONG)}, "s02": {"number": "<script>1</script>"}}
    found["s03"] = marks(POINTS[3], message="yours: “<b>;=1+1”")
    found |= {"eve": marks((0, 0, 0), fault="the marker failed: OSError"), "gone": None, "later": ()}
    by_hand = '[[override]]\nstudent = "s07"\nitem = "merge"\npoints = 3\n'
    return a_desk(tmp_path / "desk", release, found, answers=answers, late={"s04": 2000.0}, overrides=by_hand)


def report(desk: Path, sample: Path, names: dict[str, str] | None = None) -> bytes:
    register, rows = read_register(desk), marks_of(desk)
    similar = similarity_of(read_assignment(NAME, sample), sample, desk, register, rows)
    return report_page(ClassReport(register, rows, names or {}, similar, not names))


def test_the_page_is_read_by_everybody_and_needs_and_runs_nothing(desk: Path, sample: Path) -> None:
    assert faults(report(desk, sample)) == []


def test_pictures_have_words_and_their_numbers_are_in_tables(desk: Path, sample: Path) -> None:
    page = Page(report(desk, sample))
    words = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label")]
    assert words[0].startswith("Bars: how many students")
    assert words[1].startswith("Bars: the difficulty of each item; diamonds: its discrimination. Hardest: number, 0.50")
    tables = dict(page.tables)
    assert [row[0] for row in tables["Items"][1:]] == list(ITEMS)
    assert sum(int(row[1]) for row in tables["Students by points"][1:]) == len(POINTS)


def test_the_items_are_those_of_who_is_marked_on_all_and_by_hand_counts(desk: Path, sample: Path) -> None:
    points = np.array([*POINTS[:7], (2, 0, 3)], dtype=float)
    rows = dict(Page(report(desk, sample)).tables)["Items"][1:]
    for place, row in enumerate(rows):
        rest = points.sum(axis=1) - points[:, place]
        assert (int(row[2]), float(row[3])) == (8, round(points[:, place].mean() / FULL[place], 2))
        assert float(row[4]) == pytest.approx(np.corrcoef(points[:, place], rest)[0, 1], abs=0.006)
    assert [row[6] for row in rows] == ["", "does not tell", ""]


def test_notebooks_that_are_one_file_are_listed_unless_nothing_was_earned(desk: Path, sample: Path) -> None:
    register, rows = read_register(desk), marks_of(desk)
    similar = similarity_of(read_assignment(NAME, sample), sample, desk, register, rows)
    caption = "The same file, byte for byte"
    assert caption not in dict(Page(report(desk, sample)).tables)
    of = {each.student: each.notebook for each in register.attempts}
    copied = {"s04": of["s00"], "eve": of["s01"]}  # eve has no points
    attempts = tuple(replace(each, notebook=copied.get(each.student, each.notebook)) for each in register.attempts)
    page = Page(report_page(ClassReport(replace(register, attempts=attempts), rows, {}, similar, True)))
    assert [list(row) for row in dict(page.tables)[caption][1:]] == [["s00, s04"]]


def test_wrong_answers_by_misconception_and_other_reasons_with_who(desk: Path, sample: Path) -> None:
    tables = dict(Page(report(desk, sample)).tables)
    named = next(rows for caption, rows in tables.items() if caption.startswith("Misconceptions"))
    assert named[1:] == [
        ["double", "confused", "1", "s02"], ["merge", "confused", "1", "s02"], ["number", "confused", "1", "s00"],
    ]  # fmt: skip
    others = next(rows for caption, rows in tables.items() if caption.startswith("As the student"))
    assert ["double", "yours: “<b>;=1+1”", "1", "s03"] in others


def test_faults_of_the_marker_stand_apart(desk: Path, sample: Path) -> None:
    page = Page(report(desk, sample))
    assert dict(page.tables)["What failed"][1:] == [
        ["not marked yet", "1", "later"], ["the marker failed: OSError", "1", "eve"],
    ]  # fmt: skip
    before, _, after = page.text.partition("Faults of the marker")
    assert "eve" not in before
    assert "Nothing came from: gone." in after
    assert "11 students: 10 handed in, 1 did not; 8 are marked on all of it" in page.text


def test_a_class_is_too_small_to_tell_who_copied_and_the_page_says_so(desk: Path, sample: Path) -> None:
    page = Page(report(desk, sample))
    assert "No pair is listed." in page.text
    told = next(rows for caption, rows in page.tables if caption.startswith("Where an answer can tell"))
    assert told[1:] == [["double", "0%"], ["number", "0%"], ["merge", "0%"]]


def test_in_a_class_that_can_tell_who_copied_is_listed(release: Path, sample: Path, tmp_path: Path) -> None:
    texts = [LONG, disguised(LONG), *honest_class(58)]
    names = [f"s{number:02}" for number in range(60)]
    answers = {name: {"merge": text} for name, text in zip(names, texts, strict=True)}
    desk = a_desk(tmp_path / "desk", release, dict.fromkeys(names, marks(FULL)), answers=answers)
    page = Page(report(desk, sample))
    assert dict(page.tables)["Pairs, the strongest first"][1][:2] == ["s00", "s01"]
    assert faults(report(desk, sample)) == []


def test_codes_stand_in_place_of_students(desk: Path, sample: Path) -> None:
    register = read_register(desk)
    codes = {name: f"code-{number}" for number, name in enumerate(register.students)}
    text = Page(report(desk, sample, codes)).text
    assert not re.search(r"\bs0\d\b|eve|gone|later", text)
    assert "code-2" in text


def test_without_matplotlib_the_tables_stand_alone(desk: Path, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    data = report(desk, sample)
    assert faults(data) == []
    assert "toyevm[course]" in data.decode()
    assert len(dict(Page(data).tables)["Items"]) == 4


def test_a_desk_on_which_nobody_is_marked_has_a_report(release: Path, sample: Path, tmp_path: Path) -> None:
    data = report(a_desk(tmp_path / "desk", release, {"ada": (), "gone": None}), sample)
    assert faults(data) == []
    assert "Nobody is marked yet." in Page(data).text
