"""No term is used before it is taught, and the graph that says so is true."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.teaching.lab.bank import FIXTURE, REPOSITORY
from toyevm.errors import InputError
from toyevm.teaching.lab.concepts import ConceptGraph, markdown_of, prose_of, read_concepts
from toyevm.teaching.lab.items import LessonItems, read_items

COURSE = REPOSITORY / "course"
LESSONS = sorted(path for path in COURSE.glob("[0-9][0-9]-*/*.ipynb") if path.stem == path.parent.name)
EXERCISES = sorted((REPOSITORY / "solutions").glob("[0-9][0-9]-*/*.ipynb"))
ITEMS = sorted(COURSE.glob("[0-9][0-9]-*/items.toml"))


@pytest.fixture(scope="module")
def graph() -> ConceptGraph:
    return read_concepts(COURSE / "concepts.toml")


def asked(items: LessonItems) -> str:
    """All words of the items that students read before they answer."""
    texts = [item.prompt for item in items.predictions.values()] + [item.prompt for item in items.exercises.values()]
    texts += [hint for item in items.exercises.values() for hint in item.hints]
    return prose_of([*texts, *(item.question for item in items.retrievals.values())])


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_lesson_uses_a_term_before_it_is_taught(path: Path, graph: ConceptGraph) -> None:
    prose = prose_of(markdown_of(path))
    assert graph.early_uses(path.stem, prose) == []
    assert graph.untaught(path.stem, prose) == []
    assert graph.unused(path.stem, prose) == []


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_no_exercise_uses_a_term_before_it_is_taught(path: Path, graph: ConceptGraph) -> None:
    assert graph.early_uses(path.stem, prose_of(markdown_of(path))) == []


@pytest.mark.parametrize("path", ITEMS, ids=lambda path: path.parent.name)
def test_every_item_is_about_concepts_already_taught(path: Path, graph: ConceptGraph) -> None:
    items, number = read_items(path), path.parent.name[:2]
    about = [item.concept for item in items.predictions.values()]
    about += [term for item in items.exercises.values() for term in item.concepts]
    assert [term for term in about if graph.concept(term).taught_in > number] == []
    fetched = [item.concept for item in items.retrievals.values()]
    assert [term for term in fetched if graph.concept(term).taught_in > number] == []
    assert graph.early_uses(path.parent.name, asked(items)) == []


# --- and it bites


@pytest.fixture
def small() -> ConceptGraph:
    return read_concepts(FIXTURE / "course" / "concepts.toml")


@pytest.mark.parametrize("path", ITEMS, ids=lambda path: path.parent.name)
def test_a_question_on_earlier_lessons_is_true_in_whichever_lesson_asks_it(path: Path) -> None:
    for item in read_items(path).retrievals.values():
        said = [item.question, *(option.reveal for option in item.options)]
        assert not [words for words in said if "this lesson" in words.casefold()], item.id


@pytest.mark.parametrize(
    "prose", ["Here is a conflict.", "**Conflicts** are bad.", "No (conflict) here", "A Conflict: two of them"]
)
def test_an_early_term_is_found(prose: str, small: ConceptGraph) -> None:
    assert small.early_uses("00-before", prose) == ["00-before uses 'conflict', which lesson 03 teaches"]
    assert small.early_uses("03-shop", prose) == []


@pytest.mark.parametrize(
    "prose", ["conflicting", "```\nconflict\n```", "`conflict`", "    conflict", "[x](conflict.md)"]
)
def test_what_is_no_use_of_a_term_is_not_reported(prose: str, small: ConceptGraph) -> None:
    assert small.early_uses("00-before", prose_of([prose])) == []


def test_an_indented_block_does_not_swallow_what_follows() -> None:
    assert "conflict" in prose_of(["    code\n\nA conflict.", "more"])


def test_a_lesson_that_teaches_and_uses_nothing_is_found(small: ConceptGraph) -> None:
    assert small.untaught("03-shop", "") == ["03-shop does not teach 'conflict'"]
    assert small.unused("03-shop", "") == ["03-shop does not use 'queue'"]


def test_an_early_term_in_the_real_course_is_found(graph: ConceptGraph) -> None:
    prose = prose_of(markdown_of(LESSONS[0])) + " It goes by the state root."
    assert graph.early_uses(LESSONS[0].stem, prose) == [f"{LESSONS[0].stem} uses 'state root', which lesson 02 teaches"]


MISTAKES = {
    "taught after its use": ('used_in = ["03"]', 'used_in = ["00"]', "lesson 00 teaches it"),
    "no number": ('taught_in = "03"', 'taught_in = "three"', "two digits"),
    "a term twice": ('term = "till"', 'term = "queue"', "two items"),
    "no meaning": ('meaning = "where money is taken"\n', "", "'meaning' is missing"),
    "an excuse that is none": (
        'taught_in = "03"',
        'taught_in = "03"\nmentioned_in = { 03 = "why not" }',
        "before the one that teaches it",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_graph_is_refused(mistake: str, tmp_path: Path) -> None:
    old, new, words = MISTAKES[mistake]
    text = (FIXTURE / "course" / "concepts.toml").read_text()
    assert old in text
    path = tmp_path / "concepts.toml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError, match=words):
        read_concepts(path)


def test_an_excused_mention_is_not_reported(tmp_path: Path) -> None:
    text = (FIXTURE / "course" / "concepts.toml").read_text()
    path = tmp_path / "concepts.toml"
    path.write_text(text + 'mentioned_in = { 00 = "as a word of the title" }\n')
    assert read_concepts(path).early_uses("00-before", "a conflict") == []
