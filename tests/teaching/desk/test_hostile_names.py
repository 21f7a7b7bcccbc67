"""Names that students choose reach tables and terminals short, and take no more memory than they are long."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from toyevm.errors import InputError
from toyevm.teaching.desk.archive import read_inner_zip
from toyevm.teaching.desk.intake import collect
from toyevm.teaching.desk.policy import NAME, read_policy
from toyevm.teaching.desk.register import Register, intake_csv


def test_a_very_deep_name_in_a_zip_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("a/" * 30_000 + "x.ipynb", b"{}")  # 4 GB, if each folder above it were a tuple
    (entry,) = read_inner_zip(buffer.getvalue(), "a.zip")
    assert (entry.refused, len(entry.path) < 30) == ("too deep", True)


def test_a_lesson_of_a_very_long_name_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "01-sample.ipynb").write_bytes(b'lesson("02-' + b"a" * (1 << 20) + b'")')
    (handed,) = collect(tmp_path, "01-sample").handed
    assert len(handed.problem) < 200


def test_why_a_file_is_nobody_s_is_no_formula() -> None:
    why = "nobody in the roster is ';=1+1;'"
    table = intake_csv(Register("01-sample", {}, "bubblewrap", None, (), (), (("x", why),), ())).decode()
    assert ";'=1+1" in table


def test_a_policy_beyond_all_dates_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("[late]\ngrace_minutes = 1e300\n")
    with pytest.raises(InputError, match="grace_minutes"):
        read_policy(tmp_path, ["ada"], {})
    (tmp_path / NAME).write_text("[late]\ngrace_minutes = 1000000\n")
    assert read_policy(tmp_path, ["ada"], {}).late.percent(timedelta(days=1)) == 0
