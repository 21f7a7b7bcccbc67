"""Variants: off by default, the same for the same student, and as well marked as the common numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.teaching.lab.bank import FIXTURE, REPOSITORY, lessons
from toyevm.errors import InputError
from toyevm.teaching.lab.items import Exercise, read_items
from toyevm.teaching.lab.judges import public_cases
from toyevm.teaching.lab.lessons import Lesson
from toyevm.teaching.lab.marking import read_marking
from toyevm.teaching.lab.progress import Progress
from toyevm.teaching.lab.variants import VARIANT, Parameter, Variant, fill, read_variant, variant_bytes
from toyevm.teaching.lab.verdicts import Status

ITEMS = FIXTURE / "course" / "03-shop" / "items.toml"
STUDENTS = [Variant(f"student{number}", "autumn") for number in range(12)]
VARYING = [
    folder
    for folder in lessons(REPOSITORY, FIXTURE)
    if any(
        item.parameters and item.judge != "function"
        for item in read_items(folder.parents[1] / "course" / folder.name / "items.toml").exercises.values()
    )
]


def numbers(variant: Variant | None) -> dict[str, int]:
    return dict(read_items(ITEMS, variant).exercise("plus").numbers)


def test_without_a_variant_the_common_numbers_are_used() -> None:
    assert numbers(None) == {"n": 7}


def test_a_student_always_gets_the_same_numbers() -> None:
    assert [numbers(variant) for variant in STUDENTS] == [numbers(variant) for variant in STUDENTS]


def test_students_get_different_numbers() -> None:
    assert {numbers(variant)["n"] for variant in STUDENTS} == {5, 7, 9}


def test_another_release_has_other_numbers() -> None:
    again = [Variant(variant.student, "spring") for variant in STUDENTS]
    assert [numbers(variant) for variant in again] != [numbers(variant) for variant in STUDENTS]


def test_every_text_of_an_item_follows_its_number() -> None:
    """Whatever depends on the number follows it: title, prompt, case, settings, pieces, symptom, message."""
    variant = next(variant for variant in STUDENTS if numbers(variant)["n"] == 9)
    item = read_items(ITEMS, variant).exercise("plus")
    assert (item.title, item.prompt) == ("Plus 9", "Return the input plus 9. From 1 comes 10.")
    assert item.cases[0].expect == {"output": 10}
    assert "PUSH1 9 ADD" in item.parsons
    assert item.misconceptions[0].symptoms[0].facts == {"output": 9}
    assert item.misconceptions[0].message.startswith("You return 9 ")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{a}", 7), (" {a}", " 7"), ("{a - b}", -2), ("{a}{b}", "79"), ("{2 * a + b // 2}", 18), ("{c}", "{c}"),
        ("{a.x}", "{a.x}"), ("{a(b)}", "{a(b)}"), ("{__import__('os')}", "{__import__('os')}"),
        ("{a // 0}", "{a // 0}"),
        ("{a ** b}", "{a ** b}"), ("{}", "{}"), ("{a, b}", "{a, b}"), ("{'a'}", "{'a'}"), ({"k": ["{a}"]}, {"k": [7]}),
        (5, 5),
    ],
)  # fmt: skip
def test_a_hole_is_filled_only_with_simple_arithmetic(text: Any, filled: Any) -> None:
    assert fill(text, {"a": 7, "b": 9}) == filled


def test_two_numbers_of_one_item_differ() -> None:
    either = {"a": Parameter(1, (1, 2)), "b": Parameter(2, (1, 2))}
    drawn = [variant.draw("x", either) for variant in STUDENTS]
    assert all(pair["a"] != pair["b"] for pair in drawn)


@dataclass(frozen=True)
class Drawn:
    """Stands for a student who drew these numbers in one item, and the common ones in all others."""

    item_id: str
    drawn: dict[str, int]

    def draw(self, item_id: str, parameters: Mapping[str, Parameter]) -> dict[str, int]:
        common = {name: parameter.default for name, parameter in parameters.items()}
        return self.drawn if item_id == self.item_id else common


def every_draw(item: Exercise) -> list[Drawn]:
    names = sorted(item.parameters)
    draws = [dict(zip(names, each, strict=True)) for each in product(*(item.parameters[n].choices for n in names))]
    return [Drawn(item.id, draw) for draw in draws if len(set(draw.values())) == len(draw)]


@pytest.mark.parametrize("folder", VARYING, ids=lambda folder: folder.name)
def test_every_variant_is_marked_as_well_as_the_common_numbers(folder: Path) -> None:
    """Whatever numbers are drawn, each wrong answer of the bank gets its own message, and not all the points."""
    path = folder.parents[1] / "course" / folder.name / "items.toml"
    varying = [item for item in read_items(path).exercises.values() if item.parameters and item.judge != "function"]
    assert varying
    for drawn in (each for item in varying for each in every_draw(item)):
        items = read_items(path, drawn)
        marking = read_marking(folder / "marking.toml", items)
        item = items.exercise(drawn.item_id)
        for wrong in marking.entries[item.id].bank:
            verdict = marking.mark(item.id, wrong.answer)
            assert verdict.points < verdict.of, (item.id, wrong, item.numbers)
            assert verdict.misconception is not None, (item.id, wrong, item.numbers)
            assert verdict.misconception.id == wrong.belief, (item.id, item.numbers)
        for case in public_cases(item) if "derive" in item.settings else ():
            assert marking.mark(item.id, case.expect["value"]).status is Status.RIGHT


def test_a_release_says_whose_numbers_it_has(tmp_path: Path) -> None:
    path = tmp_path / VARIANT
    assert read_variant(path) is None
    path.write_bytes(variant_bytes(STUDENTS[3]))
    assert read_variant(path) == STUDENTS[3]
    path.write_text("{}")
    with pytest.raises(InputError, match="whose numbers"):
        read_variant(path)


def test_a_students_notebook_asks_for_its_own_numbers() -> None:
    variant = next(variant for variant in STUDENTS if numbers(variant)["n"] == 5)
    lab = Lesson(ITEMS.parent, Progress("03-shop"), variant=variant)
    assert "Return the input plus 5" in lab.task("plus").text
