"""Codes stay the same, tell nothing, and can be used where an instructor names a student."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.teaching.desk.klass import Marker, a_class, marked
from toyevm.errors import InputError
from toyevm.teaching.desk.anonymous import NAME, codes_for, known_codes
from toyevm.teaching.desk.marks import marks_of, under_codes

CLASS = [f"student-{number}" for number in range(1_000)]


def test_a_code_stays_the_same_and_is_nobody_elses(tmp_path: Path) -> None:
    codes = codes_for(tmp_path, CLASS)
    assert len(set(codes.values())) == len(CLASS)
    assert all(re.fullmatch(r"[a-z2-9]{3}-[a-z2-9]{3}-[a-z2-9]{3}", code) for code in codes.values())
    assert codes_for(tmp_path, ["student-7", "new"])["student-7"] == codes["student-7"]


def test_another_desk_has_other_codes(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    assert not set(codes_for(tmp_path, CLASS).values()) & set(codes_for(tmp_path / "b", CLASS).values())


def test_only_the_owner_may_read_the_secret(tmp_path: Path) -> None:
    assert known_codes(tmp_path, CLASS) == {}
    codes_for(tmp_path, CLASS)
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    assert known_codes(tmp_path, ["a"]).keys() == {"a"}


@pytest.mark.parametrize("text", ["", "00", "no secret"])
def test_a_damaged_secret_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    with pytest.raises(InputError, match=NAME):
        codes_for(tmp_path, CLASS)


def test_neither_names_nor_their_order_are_in_the_rows(sample: Path, release: Path, tmp_path: Path) -> None:
    graded = marked(sample, a_class(release, 12), tmp_path, Marker())
    codes = codes_for(tmp_path, graded.register.students)
    rows = under_codes(graded.rows, codes)
    assert [row.student for row in rows] == sorted(row.student for row in rows)
    assert not any(name in str(row) for row in rows for name in codes)
    assert len(rows) == len(graded.rows)
    assert [row.item for row in rows[:3]] == [row.item for row in graded.rows[:3]]


def test_an_override_may_name_a_code(sample: Path, release: Path, tmp_path: Path) -> None:
    marked(sample, a_class(release, 3), tmp_path, Marker())
    code = codes_for(tmp_path, ["s01"])["s01"]
    (tmp_path / "overrides.toml").write_text(f'[[override]]\nstudent = "{code}"\nitem = "merge"\npoints = 1\n')
    assert [row.points for row in marks_of(tmp_path) if (row.student, row.item) == ("s01", "merge")] == [1]
