"""What lies beside an answer while it is marked: a lesson that works, and nothing that says what is right."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import REPOSITORY
from toyevm.teaching.grading.handout import lesson_files, to_toml
from toyevm.teaching.lab.items import DERIVATION_SETTINGS, read_items
from toyevm.teaching.lab.judges import public_cases

COURSE = REPOSITORY / "course"
LESSONS = sorted(path.parent.name for path in COURSE.glob("*/items.toml"))
LEAVES = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(st.dictionaries(st.text(), VALUES))
def test_a_document_is_read_as_it_was_written(document: dict[str, Any]) -> None:
    assert tomllib.loads(to_toml(document)) == document


@pytest.mark.parametrize("lesson", LESSONS)
def test_items_are_whole_but_for_what_derives_a_value(lesson: str, tmp_path: Path) -> None:
    for name, data in lesson_files(COURSE, lesson).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    shorn, whole = (read_items(root / "course" / lesson / "items.toml") for root in (tmp_path, REPOSITORY))
    assert (shorn.predictions, shorn.retrievals, shorn.reflections) == (
        whole.predictions, whole.retrievals, whole.reflections,
    )  # fmt: skip
    assert list(shorn.exercises) == list(whole.exercises)
    for name, exercise in shorn.exercises.items():
        assert exercise.prompt == whole.exercises[name].prompt
        assert exercise.misconceptions == ()
        derived = "derive" in whole.exercises[name].settings
        assert not (derived and DERIVATION_SETTINGS & set(exercise.settings))
        assert public_cases(exercise) == (() if derived else whole.exercises[name].cases)


def test_no_notebook_lies_beside_an_answer() -> None:
    names = set(lesson_files(COURSE, "01-the-machine"))
    folder = "course/01-the-machine"
    assert {"course/concepts.toml", f"{folder}/items.toml", f"{folder}/block.json"} == names
