"""What is right in sheet 10, found in another way: other code, whole trees, all numbers."""

import re
from fractions import Fraction
from itertools import combinations
from typing import Any

from tests.teaching.lab.bank import REPOSITORY, Lesson, read_lesson, rows_of
from toyevm.teaching.lab.judge_values import record

SHEET = REPOSITORY / "solutions" / "10-sidechain"
SHARE = Fraction(3, 4)


def has_enough(stakes: dict[str, int], names: set[str]) -> bool:
    total = sum(stakes.values())
    return Fraction(sum(stakes.get(name, 0) for name in names), total) >= SHARE


def words_of(rows: list[tuple[str, str]], stakes: dict[str, int]) -> list[str]:
    """Return what the group of each day can do; the other group is all others."""
    words = []
    for happens, who in rows:
        group, overnight = set(who.split(", ")), dict(stakes)
        if lock := re.fullmatch(r"(\w+) locks (\d+) ether", happens):
            overnight[lock[1]] = int(lock[2])
        elif slash := re.fullmatch(r"(\w+) is slashed", happens):
            del stakes[slash[1]], overnight[slash[1]]
        elif leave := re.fullmatch(r"(\w+) takes all her ether out", happens):
            del overnight[leave[1]]
        others = set(stakes) - group
        words.append("steal" if has_enough(stakes, group) else "nothing" if has_enough(stakes, others) else "halt")
        stakes = overnight
    return words


def test_the_nine_words_follow_from_the_table_in_the_prompt() -> None:
    lesson = read_lesson(SHEET)
    item = lesson.exercises["nine_days"]
    first = re.search(r"^At first, (.*)\.$", item.prompt, flags=re.MULTILINE)
    assert first
    stakes = {name: int(ether) for name, ether in re.findall(r"(\w+)(?: has)? (\d+)", first[1])}
    assert sum(stakes.values()) == 100
    rows = rows_of(item.prompt, r"\d \| (.*) \| (.*)")
    assert len(rows) == 9
    assert words_of(rows, stakes) == lesson.solution(item)


def test_each_wrong_word_of_the_nine_has_a_message_of_its_day() -> None:
    """At home or at the marker's: at home there must not be one for each (`test_leaks`)."""
    lesson = read_lesson(SHEET)
    item = lesson.marking.exercise("nine_days")
    solution = lesson.solution(item)
    for at, right in enumerate(solution):
        for word in {"steal", "halt", "nothing"} - {right}:
            told = record(item, [*solution[:at], word, *solution[at + 1 :]]).misconception
            assert told, (at + 1, word)
            assert f"On day {at + 1} " in told.message


def tree_of(leaves: list[str]) -> str:
    """Return the root: the left half is the largest power of two that leaves something to the right."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return f"({tree_of(leaves[:half])} {tree_of(leaves[half:])})"


def beside(leaves: list[str], index: int) -> list[str]:
    """Return the path of a leaf, from the leaf up."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:half], leaves[half:]
    if index < half:
        return [*beside(left, index), tree_of(right)]
    return [*beside(right, index - half), tree_of(left)]


def test_every_leaf_of_every_tree_climbs_to_its_root_and_no_shorter_or_longer_path_does() -> None:
    climb = read_lesson(SHEET).names["climb"]
    for count in range(1, 20):
        leaves = [chr(ord("a") + number) for number in range(count)]
        for index, leaf in enumerate(leaves):
            path = beside(leaves, index)
            assert climb(count, index, leaf, path) == tree_of(leaves)
            assert climb(count, index, leaf, [*path, "z"]) == "refused"
            assert not path or climb(count, index, leaf, path[:-1]) == "refused"


def test_the_guilty_are_those_who_signed_a_block_twice() -> None:
    for case in read_lesson(SHEET).marking.cases("burned"):
        stakes, votes = case.given["args"]
        blocks = [(name, set(range(start, end + 1)), (start, end, root)) for name, start, end, root in votes]
        guilty = {
            name
            for (name, one, this), (other, two, that) in combinations(blocks, 2)
            if name == other and name in stakes and one & two and this != that
        }
        share = Fraction(3 * sum(stakes[name] for name in guilty), sum(stakes.values()))
        assert case.expect["value"] == {name: int(stakes[name] * min(share, Fraction(1))) for name in guilty}, case.name


def bridge_of(lesson: Lesson, burns: list[str], escrow: int, noted: list[int]) -> Any:
    """Return the sheet's own bridge, with the root of these burns."""
    row = burns
    while len(row) > 1:
        row = [lesson.names["hash_of"](*row[at : at + 2]) for at in range(0, len(row), 2)]
    return lesson.names["Bridge"](row[0], escrow, noted)


def test_the_bridge_pays_each_number_and_no_smaller_one_that_is_left_out() -> None:
    lesson = read_lesson(SHEET)
    for case in lesson.marking.cases("rob"):
        burns, mine, escrow, noted = case.given["args"]
        call = burns[mine], lesson.names["path_to"](burns, mine)
        bridge = bridge_of(lesson, burns, escrow, noted)
        paid = [number for number in range(1000) if bridge.exit(number, *call).startswith("pays")]
        assert paid == case.expect["value"], case.name
        assert bridge.escrow < int(burns[mine].split()[1]), case.name


def repaired_exit(bridge: Any, number: int, burn: str, path: list[str]) -> str:
    """Exit with the missing check: nothing of a number may be left over above the path."""
    return "refused: no such number" if number >> len(path) else str(bridge.exit(number, burn, path))


def test_a_bridge_with_the_missing_check_pays_each_true_burn_once() -> None:
    lesson = read_lesson(SHEET)
    path_to = lesson.names["path_to"]
    for case in lesson.marking.cases("rob"):
        burns, mine, escrow, _ = case.given["args"]
        numbers = case.expect["value"]
        bridge = bridge_of(lesson, burns, escrow, [])
        said = [repaired_exit(bridge, number, burns[mine], path_to(burns, mine)) for number in numbers]
        assert [words.startswith("pays") for words in said] == [number == mine for number in numbers]
        rich = bridge_of(lesson, burns, 1000, [])
        for number, burn in enumerate(burns):
            assert repaired_exit(rich, number, burn, path_to(burns, number)) == f"pays {burn}"
