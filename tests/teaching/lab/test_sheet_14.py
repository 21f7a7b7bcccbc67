"""What is right in sheet 14, found in another way: blocks one by one, real layers, single tokens, played rings."""

import random
import re
from collections import Counter
from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest

from tests.teaching.lab.bank import REPOSITORY, Lesson, read_lesson, rows_of
from toyevm.rollups.interop.cluster import Cluster
from toyevm.rollups.interop.validity import BlockId
from toyevm.teaching.lab.judge_values import record
from toyevm.teaching.lessons.bridges.story import before_the_reorg
from toyevm.teaching.lessons.bridges.studies import swap_of

SHEET = REPOSITORY / "solutions" / "14-bridges"


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return read_lesson(SHEET)


def worked(lesson: Lesson, name: str) -> list[tuple[Any, Any]]:
    """Return the calls in the table of a prompt, with the results that it promises."""
    prompt, names = lesson.exercises[name].prompt, dict(lesson.names)
    rows = re.findall(rf"^\| `({name}\(.+\))` \| `([^`]+)`", prompt, flags=re.MULTILINE)
    assert rows
    return [(eval(call, names), eval(result)) for call, result in rows]


# 1: a block stands, or it does not


def table_of(prompt: str) -> list[tuple[str, str, str]]:
    """Return the messages of the prompt: source, executed in, deposit in."""
    return rows_of(prompt, r"([A-E]\d) \| ([A-E]\d) \| ([A-E]\d|–)")


def test_the_first_fallen_blocks_follow_from_the_table_in_the_prompt(lesson: Lesson) -> None:
    item = lesson.exercises["first_fallen"]
    rows = table_of(item.prompt)
    assert len(rows) == item.prompt.count("\n| ") - 1  # all but the head of the table

    def stands(block: str) -> bool:
        chain, number = block[0], int(block[1])
        if chain == "A" or number == 0:
            return number < 2
        backed = all(
            stands(source) or (deposit != "–" and stands(deposit)) for source, at, deposit in rows if at == block
        )
        return backed and stands(f"{chain}{number - 1}")

    first = [next((k for k in range(1, 7) if not stands(f"{chain}{k}")), 0) for chain in "BCDE"]
    assert first == lesson.solution(item)
    assert all(int(deposit[1]) < int(at[1]) for _, at, deposit in rows if deposit != "–")  # made in an earlier block
    assert all(int(source[1]) < int(at[1]) for source, at, _ in rows)


def test_many_wrong_lists_are_told_no_more_than_the_right_one(lesson: Lesson) -> None:
    """Of the lists that the table leaves open: only a block that executes a message can be the first to fall."""
    item = lesson.exercises["first_fallen"]
    executed = {at for _, at, _ in table_of(item.prompt)}
    choices = [[0, *(k for k in range(1, 7) if f"{chain}{k}" in executed)] for chain in "BCDE"]
    silent = [numbers for numbers in product(*choices) if not record(item, list(numbers)).misconception]
    right = tuple(lesson.solution(item))
    assert right in silent
    assert len(silent) > 20
    for at in range(4):  # also where only one chain is left to decide
        assert len([each for each in silent if (*each[:at], *each[at + 1 :]) == (*right[:at], *right[at + 1 :])]) >= 2


def test_each_message_about_a_block_ends_in_a_question(lesson: Lesson) -> None:
    for misconception in lesson.marking.exercise("first_fallen").misconceptions:
        assert misconception.message.endswith("?"), misconception.id


# 2: what falls if a block that can be replaced is replaced


def falls_with(gone: str, parents: dict[str, str], sources: dict[str, list[str]]) -> set[str]:
    """Return a block and all that fall with it, from there forwards."""
    down, more = {gone}, True
    while more:
        built = {name for name, parent in parents.items() if parent in down}
        told = {name for name, list_ in sources.items() if down & set(list_)}
        more = not built | told <= down
        down |= built | told
    return down


def test_a_block_is_final_if_no_replacement_of_any_other_takes_it_along(lesson: Lesson) -> None:
    is_final, chance = lesson.solution(lesson.exercises["is_final"]), random.Random(14)
    parents = {f"{chain}{k}": f"{chain}{k - 1}" for chain in "RSV" for k in range(2, 5)}
    blocks = [f"{chain}{k}" for chain in "RSV" for k in range(1, 5)]
    results: Counter[bool] = Counter()
    for _ in range(600):
        sources: dict[str, list[str]] = {}
        for _ in range(chance.randrange(6)):
            sources.setdefault(chance.choice(blocks), []).append(chance.choice(blocks))
        heights = {chain: chance.randrange(1, 5) for chain in "RSV"}
        settled = [block for block in blocks if int(block[1]) <= heights[block[0]]]
        lost: set[str] = set()
        for block in set(blocks) - set(settled):
            lost |= falls_with(block, parents, sources)
        for block in blocks:
            assert is_final(block, settled, parents, sources) is (block not in lost), (block, settled, sources)
            results[block in lost] += 1
    assert min(results.values()) > 1_000


@pytest.fixture(scope="module")
def real_layers() -> Cluster:
    """The three layers after four messages, the third of which hangs on the first."""
    cluster = Cluster(("Ann", "Bob"))
    cluster.tick()
    for source, destination in (("sidechain", "rollup"), ("rollup", "validium"), ("validium", "sidechain")):
        cluster.send_tokens("Ann", source, destination, 5)
        cluster.tick()
        cluster.relay("Bob", cluster.sent(source)[-1])
        cluster.tick()
    return cluster


def test_finality_is_that_of_the_real_layers(lesson: Lesson, real_layers: Cluster) -> None:
    is_final, graph = lesson.solution(lesson.exercises["is_final"]), real_layers.graph()
    heads = {name: len(member.chain.entries) - 1 for name, member in real_layers.members.items()}

    def name_of(block: BlockId) -> str:
        return f"{real_layers.names[block.chain_id]} {block.number}"

    parents = {f"{name} {k}": f"{name} {k - 1}" for name, head in heads.items() for k in range(1, head + 1)}
    sources: dict[str, list[str]] = {}
    for edge in graph.edges:
        sources.setdefault(name_of(edge.executing), []).append(name_of(edge.initiating))
    assert len(sources) == 3
    for heights in product(*(range(head + 1) for head in heads.values())):
        willing = dict(zip(heads, heights, strict=True))
        settled = [f"{name} {k}" for name, head in willing.items() for k in range(head + 1)]
        last = real_layers.final(**willing)
        for name, head in heads.items():
            ours = [k for k in range(head + 1) if is_final(f"{name} {k}", settled, parents, sources)]
            assert ours == list(range(last[name] + 1)), (name, willing)


def test_the_case_of_the_lessons_story_is_the_lessons_story(lesson: Lesson) -> None:
    (case,) = [case for case in lesson.exercises["is_final"].cases if case.name == "the lesson's story"]
    _, _, parents, sources = case.given["args"]
    assert {(arrow.executing, arrow.initiating) for arrow in before_the_reorg().arrows} == {
        (at, source) for at, list_ in sources.items() for source in list_
    }
    assert set(parents) | {"R1", "S1", "V1"} == set(before_the_reorg().blocks)


# 3: tokens one by one


class Ledger:
    """Every token that was burned is minted once on the destination, or can be had back on the source."""

    def __init__(self, burns: Sequence[Sequence[Any]]) -> None:
        self.tokens = [
            (number, to, day, one) for number, (to, amount, day) in enumerate(burns) for one in range(amount)
        ]
        self.minted: list[tuple[int, str, int, int]] = []
        self.numbers = range(len(burns))

    def claim(self, first: int, last: int, to: str, amount: int, day: int) -> bool:
        wanted = [token for token in self.tokens if first <= token[0] <= last]
        named = last - first + 1 == len([number for number in self.numbers if first <= number <= last]) > 0
        given_back = any(token[2] + 8 <= day for token in wanted)
        fits = named and [token[1] for token in wanted] == [to] * amount
        if not fits or given_back or any(token in self.minted for token in wanted):
            return False
        self.minted += wanted
        return True


def test_the_bridges_answers_are_those_of_a_ledger_of_single_tokens(lesson: Lesson) -> None:
    answers, chance = lesson.solution(lesson.exercises["answers"]), random.Random(14)
    results: Counter[bool] = Counter()
    for _ in range(600):
        days = sorted(chance.choices(range(1, 12), k=chance.randrange(1, 6)))
        burns: list[list[Any]] = [[chance.choice(["Ann"] * 4 + ["Bob"]), chance.randrange(1, 4), day] for day in days]
        claims = []
        for _ in range(8):
            first = chance.randrange(-2, len(burns))
            last = min(first + chance.choice([-1, 0, 0, 1, 2]), len(burns))
            inside = burns[max(first, 0) : last + 1] or burns[-1:]
            amount = sum(burn[1] for burn in inside) + chance.choice([0] * 6 + [1, -1])
            claims.append([first, last, inside[0][0], amount, inside[-1][2] + chance.choice([0, 1, 2, 6, 7, 8])])
        ledger = Ledger(burns)
        expected = [ledger.claim(*claim) for claim in claims]
        assert answers(claims, burns) == expected, (claims, burns)
        assert len(set(ledger.minted)) == len(ledger.minted)
        results.update(expected)
    assert min(results.values()) > 500


def test_every_case_of_the_bridge_is_what_the_ledger_says(lesson: Lesson) -> None:
    for case in lesson.marking.cases("answers"):
        claims, burns = case.given["args"]
        ledger = Ledger(burns)
        assert case.expect["value"] == [ledger.claim(*claim) for claim in claims], case.name
        assert [burn[2] for burn in burns] == sorted(burn[2] for burn in burns), case.name


def test_the_table_of_the_bridge_says_what_happens(lesson: Lesson) -> None:
    item, burns = lesson.exercises["answers"], lesson.names["burns"]
    rows = re.findall(r"^\| `(\[\[.+\]\])` \| `(\[.+\])` \|", item.prompt, flags=re.MULTILINE)
    assert len(rows) == 4
    for claims, result in rows:
        assert lesson.solution(item)(eval(claims), burns) == eval(result)


# 4: rings, played block by block


def who_is_paid(ends: Sequence[int], reactions: Sequence[int], sent: int, late: bool) -> list[bool]:
    """Play a ring: the first person sends their claim after block `sent`; return for each lock whether it is claimed.

    Args:
        late: whether everybody else waits as long as they still can.
    """
    claimed = [False] * len(ends)
    after = sent
    for lock in reversed(range(len(ends))):
        if after + 1 >= ends[lock]:
            return claimed
        claimed[lock] = True
        block = ends[lock] - 1 if late and lock < len(ends) - 1 else after + 1
        after = block + reactions[lock]
    return claimed


def is_safe(ends: Sequence[int], reactions: Sequence[int], first: int) -> bool:
    """Tell whether the first person can claim in time, and then everybody is paid, whenever anybody claims."""
    in_time = [sent for sent in range(first, max(ends)) if sent + 1 < ends[-1]]
    played = (who_is_paid(ends, reactions, sent, late) for sent in in_time for late in (True, False))
    return bool(in_time) and all(all(paid) for paid in played)


def test_the_locks_of_a_ring_are_safe_and_none_of_them_could_end_earlier(lesson: Lesson) -> None:
    ends = lesson.solution(lesson.exercises["ends"])
    for people in (2, 3, 4):
        for first, *reactions in product(range(3), *[range(4)] * people):
            found = ends(first, reactions)
            assert is_safe(found, reactions, first), (first, reactions)
            for at in range(people):
                earlier = [end - (k == at) for k, end in enumerate(found)]
                assert not is_safe(earlier, reactions, first), (first, reactions, at)


def test_the_cases_of_a_ring_are_the_earliest_ends_there_are(lesson: Lesson) -> None:
    for case in lesson.marking.cases("ends"):
        first, reactions = case.given["args"]
        found: list[int] = []
        for reaction in [*reversed(reactions[1:]), 0]:  # lock after lock, from the one that is claimed first
            behind = [reaction, *reactions[len(reactions) - len(found) :]][: len(found) + 1]
            found = next([end, *found] for end in range(999) if is_safe([end, *found], behind, first))
        assert case.expect["value"] == found, case.name


@pytest.mark.parametrize(("first", "reaction"), [(3, 0), (4, 3), (5, 2)])
def test_the_swap_of_two_is_the_one_of_real_contracts(lesson: Lesson, first: int, reaction: int) -> None:
    ann, bob = lesson.solution(lesson.exercises["ends"])(first, [9, reaction])
    assert swap_of(ann, bob, first, reaction).words == "swapped"
    assert swap_of(ann - 1, bob, first, reaction).words == "Bob has lost"
    assert swap_of(ann, bob - 1, first, reaction).words == "Ann has lost"


@pytest.mark.parametrize("name", ["is_final", "ends"])
def test_the_calls_in_a_prompt_return_what_it_says(lesson: Lesson, name: str) -> None:
    for value, promised in worked(lesson, name):
        assert value == promised
