"""Who copied is listed, under new names and with new comments; who answers honestly, and shortly, is not."""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Mapping, Sequence
from itertools import combinations

import pytest

from tests.teaching.desk.honest import honest_class
from toyevm.teaching.desk.similarity import GRAM, HONEST, MARGIN, grams, similar_pairs, tokens

STUB = "def merge(left, right):\n    pass"
SOLUTION = "def merge(left, right):\n    return sorted(left + right)"
LONG = """def simulate(blocks, cores):
    free, finished, waiting = [0] * cores, {}, list(blocks)
    while waiting:
        ready = [b for b in waiting if all(d in finished for d in b.needs)]
        first = min(ready, key=lambda b: (max([finished[d] for d in b.needs] or [0]), b.index))
        core = free.index(min(free))
        start = max(free[core], max([finished[d] for d in first.needs] or [0]))
        free[core] = finished[first.index] = start + first.cost * 3 // 2
        waiting.remove(first)
    return max(free), sum(free) - cores
"""


def disguised(text: str) -> str:
    """Return it with other names, other spaces and comments, as who copies might."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        for field in ("id", "arg"):
            name = getattr(node, field, None)
            if isinstance(name, str) and name not in ("max", "min", "sum", "all", "list", "sorted", "len"):
                setattr(node, field, name[::-1] + "_")
    return "# all my own work\n" + ast.unparse(tree).replace("\n", "   # so\n")


def of_merge(answers: Sequence[str], more: Mapping[str, str] = {}) -> dict[str, dict[str, str]]:
    return {f"s{number:03}": {"merge": text} for number, text in enumerate(answers)} | {
        name: {"merge": text} for name, text in more.items()
    }


OURS = {"merge": [STUB, SOLUTION]}


def test_of_honest_short_answers_as_many_pairs_are_listed_as_the_report_says() -> None:
    found = [similar_pairs(of_merge(honest_class(120, seed)), OURS) for seed in range(20)]
    assert (sum(each.compared for each in found), sum(len(each.pairs) for each in found)) == HONEST


def test_without_the_weights_honest_answers_would_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toyevm.teaching.desk.similarity.COMMON", 1)
    assert len(similar_pairs(of_merge(honest_class(300)), OURS).pairs) > 100


def test_a_ring_is_listed_each_with_each() -> None:
    ring = {f"x{number}": disguised(LONG) if number % 2 else LONG for number in range(5)}
    found = similar_pairs(of_merge(honest_class(300), ring), OURS)
    assert {pair.students for pair in found.pairs} == set(combinations(sorted(ring), 2))


@pytest.mark.parametrize("change", [str, disguised])
def test_who_copied_a_long_answer_is_listed_and_first(change: object) -> None:
    copied = {"thief": change(LONG), "owner": LONG}  # type: ignore[operator]
    found = similar_pairs(of_merge(honest_class(300), copied), OURS)
    assert found.pairs[0].students == ("owner", "thief")
    assert found.pairs[0].items["merge"] > 0.7
    assert len(found.pairs) == 1


def test_a_copy_with_more_around_it_is_listed() -> None:
    other = honest_class(1, 99)[0]
    found = similar_pairs(of_merge(honest_class(300), {"owner": LONG, "thief": other + "\n" + disguised(LONG)}), OURS)
    assert [pair.students for pair in found.pairs] == [("owner", "thief")]


def test_the_text_of_the_release_and_of_our_solution_weighs_nothing() -> None:
    answers = of_merge(honest_class(300), {"a": LONG, "b": LONG})
    assert similar_pairs(answers, {"merge": [LONG]}).pairs == []
    assert len(similar_pairs(answers, OURS).pairs) == 1


def test_what_most_write_weighs_nothing() -> None:
    assert similar_pairs(of_merge([LONG] * 30)).pairs == []


def test_in_a_class_of_two_nothing_can_be_told() -> None:
    found = similar_pairs({"a": {"x": LONG}, "b": {"x": LONG}})
    assert (found.pairs, found.can_tell) == ([], {"x": 0})


def test_bits_are_those_of_the_grams_that_two_share() -> None:
    """Counted by hand: two of sixteen share all, so each gram weighs log2(16 / (4 * 2)) = 1 bit, an eighth of it."""
    rest = [" + ".join(random.Random(seed).choices("0123456789", k=40)) for seed in range(14)]
    answers = {name: {"x": text} for name, text in zip("abcdefghijklmnop", [LONG, LONG, *rest], strict=True)}
    found = similar_pairs(answers)
    assert found.threshold == pytest.approx(math.log2(16 * 15 / 2) + MARGIN)
    (pair,) = found.pairs
    assert pair.bits == pytest.approx(len(grams(LONG)) / GRAM)


def test_programs_in_quotes_have_tokens_of_their_own() -> None:
    assert tokens('p = """\n  PUSH1 0x0f # no comment\n  ADD\n"""')[-4:] != ["name"] * 4
    assert "PUSH1" in tokens("p = 'PUSH1 3'")


@pytest.mark.parametrize("text", ["", "(" * 4000, '\x00\'"""' * 99, "'" * 3999 + "#", "𝔘" * 100])
def test_odd_texts_are_read_in_no_time(text: str) -> None:
    similar_pairs({"a": {"x": text}, "b": {"x": text}})
