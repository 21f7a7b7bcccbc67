"""Items are written by hand, by many people: a mistake in one must not reach a student."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.teaching.lab.bank import FIXTURE
from toyevm.errors import InputError
from toyevm.teaching.lab.items import read_items
from toyevm.teaching.lab.marking import read_marking

ITEMS = FIXTURE / "course" / "03-shop" / "items.toml"
MARKING = FIXTURE / "solutions" / "03-shop" / "marking.toml"

# What is changed in the file, to what, and the words that the error must have.
MISTAKES = {
    "no TOML": ('id = "shop"', "id = shop", ["items.toml", "not TOML"]),
    "a misspelt field": ('judge = "choice"', 'judge = "choice"\nhint = "x"', ["exercise 'why'", "'hint'"]),
    "a misspelt table": ("[[reflection]]", "[[reflexion]]", ["unknown table 'reflexion'"]),
    "a missing field": ('title = "Why slow?"\n', "", ["exercise 'why'", "'title'", "missing"]),
    "a wrong type": ("points = 1", 'points = "one"', ["exercise 'why'", "'points'", "whole number"]),
    "points of true": ("points = 1", "points = true", ["exercise 'why'", "'points'"]),
    "no points": ("points = 1", "points = 0", ["exercise 'why'", "'points'"]),
    "an unknown judge": ('judge = "choice"', 'judge = "oracle"', ["exercise 'why'", "'judge'", "program | value"]),
    "a setting of another judge": ("forbid", "kind", ["exercise 'plus'", "'settings'", "'kind'"]),
    "two hints": ('hints = ["Draw arrows.", ', "hints = [", ["exercise 'units'", "'hints'", "2 levels"]),
    "parsons in order": (
        'parsons = ["    return bool',
        'parsons = ["z", "    return bool',
        ["exercise 'meet'", "'parsons'", "sorted"],
    ),
    "two items of one id": ('id = "units"', 'id = "why"', ["items.toml", "two items", "'why'"]),
    "a message without a question": (
        "Which resource is missing here, if not cores?",
        "It is 3.",
        ["misconception 'enough-cores'", "'message'", "question"],
    ),
    "a symptom on no case": ('case = "strangers", value = true', 'case = "x", value = true', ["'all-meet'", "'x'"]),
    "an empty symptom": ("symptom = { value = 6 }", "symptom = {}", ["'order-is-serial'", "'symptom'"]),
    "two right options": (
        'text = "ten times", misconception = "cores-divide"',
        'text = "ten times", right = true',
        ["prediction 'shop'", "'options'", "one of them right"],
    ),
    "a wrong option of no belief": (
        'misconception = "cores-divide", ',
        "",
        ["prediction 'shop'", "'ten times'", "misconception"],
    ),
    "a default that is no choice": ("default = 7", "default = 8", ["exercise 'plus'", "'parameters'"]),
    "an answer that is no name": ('answer = "units"', 'answer = "my units"', ["exercise 'units'", "'answer'"]),
}

MARKING_MISTAKES = {
    "an unknown item": ('id = "why"', 'id = "who"', ["item 'who'", "units | meet | why | plus"]),
    "no expected value": ("expected = 3\n", "", ["item 'units'", "'expected'"]),
    "parts that do not add up": ('"pays on" = 1', '"pays on" = 2', ["'meet'", "worth 4", "expected 3"]),
    "a part without a case": ('"pays on" = 1', '"pays back" = 1', ["item 'meet'", "'parts'", "pays on"]),
    "a belief without a message": ('belief = "counts"', 'belief = "counting"', ["'wrong'", "'counting'", "counts"]),
    "a hidden case of a public name": ('name = "one payer"', 'name = "a shop"', ["two items", "'a shop'"]),
    "a symptom on no case": ('case = "passes it on"', 'case = "passes"', ["'same-role-only'", "'passes'"]),
}


def changed(path: Path, source: Path, old: str, new: str) -> Path:
    text = source.read_text()
    assert old in text, "the change changes nothing"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_items_is_refused_in_one_line(mistake: str, tmp_path: Path) -> None:
    old, new, words = MISTAKES[mistake]
    path = changed(tmp_path / "03-shop" / "items.toml", ITEMS, old, new)
    with pytest.raises(InputError) as caught:
        read_items(path)
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("mistake", MARKING_MISTAKES)
def test_a_mistake_in_the_marking_is_refused(mistake: str, tmp_path: Path) -> None:
    old, new, words = MARKING_MISTAKES[mistake]
    path = changed(tmp_path / "marking.toml", MARKING, old, new)
    with pytest.raises(InputError) as caught:
        read_marking(path, read_items(ITEMS))
    for word in words:
        assert word in str(caught.value)


def test_an_exercise_that_nobody_marks_is_refused(tmp_path: Path) -> None:
    text = MARKING.read_text()
    cut = text.index("[[item]]", 10)
    path = tmp_path / "marking.toml"
    path.write_text(text[cut:])
    with pytest.raises(InputError, match="nothing says how 'units' is marked"):
        read_marking(path, read_items(ITEMS))


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_items(FIXTURE / "course" / "04-none" / "items.toml")


def test_the_fixture_itself_has_no_mistake() -> None:
    items = read_items(ITEMS)
    assert items.points == 8
    assert set(read_marking(MARKING, items).entries) == set(items.exercises)


def test_the_id_of_no_exercise_is_refused() -> None:
    with pytest.raises(InputError, match=r"no exercise 'unit'.*units \| meet"):
        read_items(ITEMS).exercise("unit")
