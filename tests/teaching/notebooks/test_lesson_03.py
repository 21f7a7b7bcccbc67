"""Lesson 03 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.teaching.notebooks.test_notebooks import COURSE, execute, read, revealed
from toyevm.analysis.conflicts import Lens
from toyevm.analysis.dependencies import DependencyGraph, Hazard
from toyevm.teaching.lab import lesson
from toyevm.teaching.lab.turns import take_turn
from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lessons.conflicts.answers import ANNS, EIGHT, FOUR, SIX, TWELVE
from toyevm.teaching.lessons.conflicts.contract_blocks import study_market
from toyevm.teaching.lessons.conflicts.studies import Study, study, study_board, study_payments
from toyevm.types import Field
from toyevm.workloads.applications import APPLICATIONS

LESSON = COURSE / "03-conflicts/03-conflicts.ipynb"
CHAIN = "Ann>Bob, Bob>Cleo, Cleo>Dan, Dan>Eve, Eve>Fay, Fay>Gus"
RIGHT = {
    "[(0, 1), (0, None), (None, 3), (2, 3)]": "[(0, 1), (0, 2), (1, 3), (2, 3)]",
    "my_path = None": "my_path = [0, 2, 4, 6]",
    "my_speedup = None": "my_speedup = 25",
    "my_switch = None": "my_switch = Lens(fees=True)",
    "my_lens = None": "my_lens = Lens(balances=False)",
    "my_chain = None": "my_chain = 10",
    CHAIN: "Ann>Bob, Cleo>Dan, Eve>Fay, Bob>Cleo, Dan>Eve, Fay>Gus",
    "B1>B2, B2>B3, B3>B4": "Mallory>A4, Mallory>B1\nB1>B2, B2>B3, B3>B4\nMallory>B4",
}
ODD = {
    "[(0, 1), (0, None), (None, 3), (2, 3)]": "[(0, 1), 2, (0, 1), (2, 3)]",
    "my_path = None": "my_path = [99]",
    "my_speedup = None": 'my_speedup = "25x"',
    "my_switch = None": 'my_switch = "fees"',
    "my_lens = None": 'my_lens = Lens(hazards="all three")',
    "my_chain = None": 'my_chain = "ten"',
    CHAIN: "Ann>Bob, Bob=Cleo",
    "A1>A2, A2>A3, A3>A4": "Mallory owes A1",
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_03_rightly_is_told_so() -> None:
    done = execute(LESSON, RIGHT)
    assert "These are all the arrows" in revealed(done, "holes")
    assert "A critical path: 4 units for 8, so at best 2.0 times" in revealed(done, "alone-code")
    assert "25 times: 100 units of work" in revealed(done, "slot-turn")
    assert "A chain of twelve" in revealed(done, "chain-turn")
    assert "nonce out of turn" in revealed(done, "lens-turn")
    assert "minted token: supplyShards[0]: a chain of 19\nthe longest path: 20" in revealed(done, "shards-turn")
    assert "Two units" in revealed(done, "rewrite-turn")
    assert "A path of 9 for 15" in revealed(done, "attack-turn")


@pytest.mark.slow
def test_odd_answers_do_not_stop_lesson_03() -> None:
    done = execute(LESSON, ODD)
    assert "each a pair such as (0, 1)" in revealed(done, "holes")
    assert "99 (expected a list of transactions" in revealed(done, "alone-code")
    assert "'25x' (expected a number from 0 to 1,000)" in revealed(done, "slot-turn")
    assert "'fees' is no lens" in revealed(done, "chain-turn")
    assert "RAW alone makes them wait" in revealed(done, "lens-turn")
    assert "'ten' (expected a whole number of transactions" in revealed(done, "shards-turn")
    assert "cannot be read" in revealed(done, "rewrite-turn")
    assert "cannot be read" in revealed(done, "attack-turn")


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


def test_gates_without_a_swap_fail_in_both_cases_that_students_see() -> None:
    head = "PUSH0 CALLDATALOAD PUSH @count JUMPI PUSH0 SLOAD PUSH1 1 SLOAD ADD PUSH1 2 SLOAD ADD PUSH1 3 SLOAD ADD"
    answer = "PUSH0 MSTORE PUSH1 32 PUSH0 RETURN"
    for gates in range(2, 17):
        program = f"{head} {answer}\ncount: JUMPDEST PUSH1 {gates} CALLER MOD DUP1 SLOAD PUSH1 1 ADD SSTORE"
        assert "0 of 2 cases agree" in str(lesson("03-conflicts").check("counter", program)), gates


def test_no_two_mistakes_about_the_critical_path_give_one_number() -> None:
    for swap in (5, 7, 8):
        spans = [
            2 * swap + 1,
            2 * swap,
            2 * swap + 3,
            3 * swap,
            3 * swap + 1,
            swap,
            swap + 1,
            swap + 3,
            swap + 2,
            2 * swap + 2,
            2 * swap + 4,
            3,
            4,
            6 + 3 * swap,
        ]
        works = [6 + 3 * swap, 6 + 2 * swap, 3 * swap, 6 * swap + 3, 9 + 3 * swap, 9]
        assert len(set(spans)) == len(spans)
        assert len(set(works)) == len(works)
    said = lesson("03-conflicts").check("critical", [21, 10])
    assert "wait for the second swap" in str(said)


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ("hazards", ["waw", "WAR", "none", "WAR", "WAW", "RAW"]),
        ("hazards", ["WAR", "WAR", "none", "WAR", "WAW", "WAW"]),
        ("critical", [21, 11]),
        ("critical", [20, 11]),
        ("auction", 4),
        ("auction", 8),
    ],
)
def test_what_is_only_recorded_says_so_to_right_and_to_unasked_answers(item: str, answer: Any) -> None:
    assert "It is marked after you hand it in." in str(lesson("03-conflicts").check(item, answer))


@pytest.mark.parametrize(
    ("turn", "answer", "words"),
    [
        ("holes", [0, 1, 0, 2, 1, 3, 2, 3], "where does your first arrow begin"),
        ("holes", ["Kim>Lea", "Noa>Kim"], "Which number from 0 to 3 stands above it"),
        ("path", 4, "4 is one number"),
        ("path", {0, 2, 4, 6}, "Which brackets keep the order?"),
        ("path", [(0, 2), (2, 4), (4, 6)], "You wrote arrows, such as (0, 2)"),
        ("path", ["Ann>Bob", "Bob>Dan"], "'Ann>Bob' is a text"),
        ("order", [0, 2, 4, 1, 3, 5], "Which payments do they stand for"),
        ("shards", [10] * 16, "You gave 16 entries"),
        ("lens", 4, "4 is no lens"),
        ("chain", "fees", "'fees' is no lens"),
    ],
)
def test_an_answer_of_another_form_is_told_what_it_is(turn: str, answer: Any, words: str) -> None:
    reply = take_turn("03-conflicts", turn, answer)
    assert reply.status is Status.MALFORMED
    assert words in reply.text


@pytest.mark.parametrize(
    ("turn", "answer", "words"),
    [
        ("holes", [(0, 1), (0, 3), (1, 3), (2, 3)], "0→1, 1→3, 2→3: right."),
        ("holes", [(0, 1), (0, 2), (2, 3), (2, 3)], "You drew 2→3 twice. Who else wrote a balance that 3 reads?"),
        ("holes", [(0, 1), (0, 1), (1, 3), (2, 3)], "You drew 0→1 twice. Which other payment reads a balance that 0"),
        ("path", [1, 3, 5, 7], "Your list begins with 1, which is Cleo>Dan."),
        ("path", [0, 2, 4, 6, 3], "Up to 6 your list is a path."),
        ("path", [2, 4, 6], "it begins with 2, and Bob>Dan waits for an earlier payment"),
        ("path", [0, 5], "0 waits for no payment, and none waits for 5"),
        ("shards", 11, "Chains of 11 at 16 slots are 176 calls in all."),
        (
            "order",
            "Ann>Bob, Cleo>Dan, Bob>Cleo, Dan>Eve, Eve>Fay, Fay>Gus",
            "Cleo>Dan, Dan>Eve, Eve>Fay, Fay>Gus waits",
        ),
    ],
)
def test_a_message_replays_the_answer_and_says_what_is_right_in_it(turn: str, answer: Any, words: str) -> None:
    reply = take_turn("03-conflicts", turn, answer)
    assert reply.status is Status.WRONG
    assert words in reply.text


HAZARDS = {"RAW": Hazard.READ_AFTER_WRITE, "WAR": Hazard.WRITE_AFTER_READ, "WAW": Hazard.WRITE_AFTER_WRITE}
COUNTS = {2: "both {} and {}", 3: "all three"}


def bank() -> dict[str, dict[str, Any]]:
    """Return the bets and exercises of the lesson, by their names."""
    rows = tomllib.loads((LESSON.parent / "items.toml").read_text(encoding="utf-8"))
    return {row["id"]: row for row in rows["prediction"] + rows["exercise"]}


def in_words(kinds: list[str]) -> str:
    """Return hazards as a bet writes them."""
    return COUNTS[len(kinds)].format(*kinds) if len(kinds) > 1 else (kinds or ["none"])[0]


def test_the_right_option_of_the_board_is_what_the_library_finds() -> None:
    """Every hazard of each pair that the bet asks about, by a lens that counts this hazard and no other."""
    bet = bank()["board-hazards"]
    board = study_board("; ".join(re.findall(r"\d: `([^`]*)`", bet["prompt"])))
    pairs = [(int(a), int(b)) for a, b in re.findall(r"(\d) and (\d)", bet["prompt"])]
    found = {name: set(board.matrix(Lens(hazards=(hazard,))).pairs()) for name, hazard in HAZARDS.items()}
    key = ", ".join(in_words([name for name, met in found.items() if pair in met]) for pair in pairs)
    assert [option["text"] for option in bet["options"] if option.get("right")] == [key] == ["RAW, WAR, RAW, all three"]


@settings(deadline=None)
@given(st.text("xyz", min_size=2, max_size=8))
def test_each_waw_at_a_slot_comes_with_a_raw_and_a_war(letters: str) -> None:
    board = study_board("; ".join(f"{letter} = {at}" for at, letter in enumerate(letters, start=1)))
    raw, war, waw = (set(board.matrix(Lens(hazards=(hazard,))).pairs()) for hazard in HAZARDS.values())
    assert raw == war == waw == {(a, b) for b in range(len(letters)) for a in range(b) if letters[a] == letters[b]}


def test_the_key_of_the_exercise_on_hazards_follows_from_its_block() -> None:
    """On a machine whose writes do not read: each pair of the table has at most one hazard."""
    prompt = bank()["hazards"]["prompt"]
    lines = re.findall(r"^    \d  (?:(\w) = )?(\w)", prompt, re.MULTILINE)
    sets = [({right} if right.isalpha() else set(), {left} - {""}) for left, right in lines]
    key = []
    for earlier, later in re.findall(r"(\d) and (\d)", prompt):
        (reads, writes), (then_reads, then_writes) = sets[int(earlier)], sets[int(later)]
        met = {"RAW": writes & then_reads, "WAR": reads & then_writes, "WAW": writes & then_writes}
        key.append(in_words([name for name, locations in met.items() if locations]))
    marking = tomllib.loads((COURSE.parent / "solutions/03-conflicts/marking.toml").read_text(encoding="utf-8"))
    assert key == next(item["expected"] for item in marking["item"] if item["id"] == "hazards")


def without_nonces(block: Study) -> DependencyGraph:
    graph = block.graph()
    kept = tuple(each for each in graph.dependencies if each.location.key != Field.NONCE)
    return DependencyGraph(graph.size, kept)


people = st.sampled_from(["Ann", "Bob", "Cleo", "Dan"])


@settings(deadline=None)
@given(st.lists(st.tuples(people, people), min_size=1, max_size=8))
@example([("Ann", "Bob"), ("Cleo", "Ann"), ("Ann", "Dan")])  # here the nonce adds an arrow, 0→2
def test_the_nonce_never_makes_a_path_longer(payments: list[tuple[str, str]]) -> None:
    block = study_payments(", ".join(f"{payer}>{payee}" for payer, payee in payments))
    assert len(without_nonces(block).layers) == len(block.graph().layers)


WORKED = "Ann>Bob, Cleo>Dan, Bob>Eve, Ann>Fay, Gus>Hal, Eve>Cleo"


@pytest.mark.parametrize("payments", [WORKED, FOUR, EIGHT, ANNS, SIX, ", ".join(TWELVE)])
def test_the_nonce_adds_no_arrow_in_the_payments_of_the_lesson(payments: str) -> None:
    assert WORKED in sources()["worked"]
    block = study_payments(payments)
    assert without_nonces(block).predecessors == block.graph().predecessors


def test_the_turn_of_the_slot_describes_a_block_that_exists() -> None:
    """Forty buyers at one shop, sixty other payments of which the longest path is 4."""
    titles = [f"B{i}>Shop" for i in range(40)] + [f"P{i}>P{i + 1}" for i in range(4)]
    block = study_payments(", ".join(titles + [f"X{i}>Y{i}" for i in range(56)]))
    spot = block.hot_spots()[0]
    assert (block.size, spot.chain, spot.span_without) == (100, 40, 4)
    assert block.size / spot.span_without == 25


def sources() -> dict[str, str]:
    return {cell["id"]: "".join(cell["source"]) for cell in read(LESSON)["cells"]}


def test_no_cell_gives_a_bet_away_before_it_is_revealed() -> None:
    """Neither above it nor below, as far as a screen reaches: students see the cells that they have not run yet."""
    telling = {
        "bet": r"26×|13×|26 times|13 times|wait for|RAW|WAR|already there",
        "hazard-bet": r"all three|RAW and a WAR|shows RW|reads\*\* first|\ba RAW, 1 and 2|comes with a RAW|WAW for 0"
        r"|also \*\*reads|shown: RW",
        "nft-bet": r"33|about 30|100×|thrice|three tokens|three times|some people|deposits\[|longest path is 3",
    }
    order = list(sources())
    for name, words in telling.items():
        at = order.index(name)
        for near in order[max(0, at - 4) : at + 4]:
            assert re.search(words, sources()[near]) is None, (name, near)


def test_what_was_played_in_the_explorer_survives_the_next_cells() -> None:
    later = [text for name, text in sources().items() if name != "explorer"]
    assert [text for text in later if re.search(r"\bexplorer\.", text)] == []


def test_what_the_reveal_says_of_the_market_is_so() -> None:
    """Before the change one slot makes the chain; after it the longest is three purchases by one person."""
    before, after = study_market(100)
    spots = [block.hot_spots()[0] for block in (before, after)]
    assert [(spot.chain, block.name(spot.location)) for spot, block in zip(spots, (before, after), strict=True)] == [
        (100, "market: fees"),
        (3, "market: deposits[user 103]"),
    ]
    assert len(after.path().tx_indexes) == 3
    assert (before.speedup(), round(after.speedup(), 1)) == (1, 33.3)
