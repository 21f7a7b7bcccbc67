"""One question across the class: equal answers together, with what they earned."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.teaching.desk.klass import Marker, a_class, handed, marked, these
from tests.teaching.grading.sample import HONEST, NAME, fill
from toyevm.errors import InputError
from toyevm.teaching.desk.questions import answer_cells, answers_to
from toyevm.teaching.grading.mark import read_assignment


def test_equal_answers_stand_together(sample: Path, release: Path, tmp_path: Path) -> None:
    graded = marked(sample, a_class(release, 8), tmp_path, Marker())
    found = answers_to("number", read_assignment(NAME, sample), tmp_path, graded.register, graded.rows)
    assert [(each.text, each.points, each.students) for each in found] == [
        (HONEST["number"], 1, ("s00", "s02", "s03", "s04", "s06", "s07")),
        ("my_number = 3", 0, ("s01", "s05")),
        ("", 0, ("abe",)),
        ("", 0, ("zoe",)),
    ]


def test_an_answer_cannot_reach_for_the_terminal(sample: Path, release: Path, tmp_path: Path) -> None:
    document = fill(release, HONEST | {"number": "my_number = 1  # \x1b[2J\u202e\r\n\tx"})
    document["metadata"]["of"] = 0
    graded = marked(sample, these((handed("ada", json.dumps(document).encode()),)), tmp_path, Marker())
    (found,) = answers_to("number", read_assignment(NAME, sample), tmp_path, graded.register, graded.rows)
    assert found.text == "my_number = 1  # ?[2J???\n    x".replace("???", "??")


def test_each_item_has_its_cells(sample: Path) -> None:
    assert answer_cells(read_assignment(NAME, sample)) == {
        "double": ["double"],
        "number": ["number"],
        "merge": ["merge"],
    }


@pytest.mark.parametrize(
    "data", [b"", b"[", b"\xff", json.dumps({"nbformat": 4, "cells": [{"cell_type": "code"}]}).encode()]
)
def test_a_file_that_is_no_notebook_has_no_answers(sample: Path, release: Path, tmp_path: Path, data: bytes) -> None:
    class Any(Marker):
        def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
            return super().submit(fn, *args[:2], b'{"metadata": {"of": 1}}')

    intake = these((handed("ada", data or b" "), handed("bob", json.dumps(fill(release, HONEST)).encode())))
    graded = marked(sample, intake, tmp_path, Any())
    found = answers_to("double", read_assignment(NAME, sample), tmp_path, graded.register, graded.rows)
    assert {each.students: each.text for each in found} == {("ada",): "", ("bob",): HONEST["double"]}


def test_an_item_there_is_not_is_refused(sample: Path, release: Path, tmp_path: Path) -> None:
    graded = marked(sample, a_class(release, 1), tmp_path, Marker())
    with pytest.raises(InputError, match=r"no item 'x' \(expected double \| number \| merge\)"):
        answers_to("x", read_assignment(NAME, sample), tmp_path, graded.register, graded.rows)
