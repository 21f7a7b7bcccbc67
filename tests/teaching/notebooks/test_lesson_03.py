"""Lesson 03 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, execute, printed
from toyevm.analysis.conflicts import Lens
from toyevm.teaching.lab import lesson
from toyevm.teaching.lessons.conflicts.studies import study
from toyevm.workloads.applications import APPLICATIONS

LESSON = COURSE / "03-conflicts/03-conflicts.ipynb"
CHAIN = "Ann>Bob, Bob>Cleo, Cleo>Dan, Dan>Eve, Eve>Fay, Fay>Gus"
RIGHT = {
    "[(0, 1), (0, None), (None, 3), (2, 3)]": "[(0, 1), (0, 2), (1, 3), (2, 3)]",
    "my_path = None": "my_path = [0, 2, 4, 6]",
    "my_lens = Lens()": "my_lens = Lens(balances=False)",
    "my_chain = None": "my_chain = 10",
    CHAIN: "Ann>Bob, Cleo>Dan, Eve>Fay, Bob>Cleo, Dan>Eve, Fay>Gus",
    "B1>B2, B2>B3, B3>B4": "Mallory>A4, Mallory>B1\nB1>B2, B2>B3, B3>B4\nMallory>B4",
    "my_file = None": 'my_file = None or ""',
}
WRONG = {
    "[(0, 1), (0, None), (None, 3), (2, 3)]": "[(0, 1), (0, 3), (1, 3), (2, 3)]",
    "my_path = None": "my_path = [0, 2, 6]",
    "my_lens = Lens()": "my_lens = Lens(fees=True)",
    "my_chain = None": "my_chain = 160",
    CHAIN: "Fay>Gus, Eve>Fay, Dan>Eve, Cleo>Dan, Bob>Cleo, Ann>Bob",
    "B1>B2, B2>B3, B3>B4": "Mallory>A1, Mallory>A2\nB1>B2, B2>B3, B3>B4\nMallory>A3",
}
CARELESS = {
    "[(0, 1), (0, None), (None, 3), (2, 3)]": "[(0, 1), 2, (0, 1), (2, 3)]",
    "my_path = None": "my_path = [2, 4]",
    CHAIN: "Ann>Bob, Bob=Cleo",
    "A1>A2, A2>A3, A3>A4": "Mallory owes A1",
}
CLUMSY = {
    "my_path = None": "my_path = [99]",
    "my_lens = Lens()": "my_lens = None",
    CHAIN: "Ann>Bob 5, Cleo>Dan, Eve>Fay, Bob>Cleo, Dan>Eve, Fay>Gus",
    "A1>A2, A2>A3, A3>A4": "A1>A2, A2>A3, A3>A4, A4>B1",
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_03_rightly_is_told_so() -> None:
    done = execute(LESSON, {old: new for old, new in RIGHT.items() if "file" not in old})
    assert "All four arrows" in printed(done, "holes")
    assert "A critical path: 4 units for 8, so at best 2.0×" in printed(done, "alone-code")
    assert "There it is" in printed(done, "lens-turn")
    assert "10. Measured at the fullest, minted token: supplyShards[0]: 19." in printed(done, "shards-turn")
    assert "The longest path is 20" in printed(done, "shards-turn")
    assert "Two units" in printed(done, "rewrite-turn")
    assert "15 payments, path 9, at best 1.7×" in printed(done, "attack-turn")
    assert "Three payments out of fifteen did that" in printed(done, "attack-turn")


@pytest.mark.slow
def test_a_student_who_answers_lesson_03_wrongly_is_told_so() -> None:
    done = execute(LESSON, WRONG)
    assert "Not in the block: [(0, 3)]" in printed(done, "holes")
    assert "No arrow (2, 6)" in printed(done, "alone-code")
    assert "Which of these rows" in printed(done, "lens-turn")
    assert "160?" in printed(done, "shards-turn")
    assert "Which three of the six" in printed(done, "rewrite-turn")
    assert "Not yet below 2" in printed(done, "attack-turn")


@pytest.mark.slow
def test_a_slip_of_the_pen_does_not_stop_lesson_03() -> None:
    done = execute(LESSON, CARELESS)
    assert "2 different arrows of 4" in printed(done, "holes")
    assert "A path, 2 long" in printed(done, "alone-code")
    assert "cannot be read" in printed(done, "rewrite-turn")
    assert "cannot be read" in printed(done, "attack-turn")


@pytest.mark.slow
def test_a_student_is_told_of_the_mistake_that_was_made() -> None:
    done = execute(LESSON, CLUMSY)
    assert "There is no payment 99" in printed(done, "alone-code")
    assert "Missing: a lens" in printed(done, "lens-turn")
    assert "Ann>Bob 5: another amount than before" in printed(done, "rewrite-turn")
    assert "must be paid by Mallory" in printed(done, "attack-turn")


@pytest.mark.slow
def test_what_is_said_about_the_shards_is_so() -> None:
    """The fullest shard by counting who mints where, and a longest path that keeps to no single shard."""
    sharded, storage = study(APPLICATIONS["erc20-sharded"](160)), Lens(balances=False)
    touched = Counter(place for one in sharded.outcome.results for place in one.write_set if place.is_slot)
    fullest = sharded.hot_spots(storage)[0]
    shards = {place: count for place, count in touched.items() if "supplyShards" in sharded.name(place)}
    assert (fullest.chain, sum(shards.values())) == (max(shards.values()), 160) == (19, 160)
    steps = {(each.before, each.after): each.location for each in sharded.graph(storage).dependencies}
    path = sharded.path(storage).tx_indexes
    names = [sharded.name(steps[pair]) for pair in pairwise(path)]
    assert len(path) == 20
    assert len({name for name in names if "supplyShards" in name}) > 1
    assert any("balanceOf" in name for name in names)


@pytest.mark.parametrize("word", ["foo", "read after write", ""])
def test_a_word_that_is_no_hazard_is_told_from_a_wrong_one(word: str) -> None:
    said = lesson("03-conflicts").check("hazards", ["WAW", "none", word, "war", "RAW", "none"])
    assert f"{word!r} is none of the choices" in str(said)
