"""Lesson 05 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, cells_of, execute, printed, read, source, words_of
from toyevm.backends import Locks
from toyevm.simulation.metrics import measure
from toyevm.teaching.lab.turns import take_turn
from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lessons.speculation.attacks import honest_block
from toyevm.teaching.lessons.speculation.studies import run_locked

LESSON = COURSE / "05-speculation/05-speculation.ipynb"
RELAY = 'aborted_by = {"A": None, "B": None, "C": None, "D": None}'
NOBODY = 'my_block = "Ann>Bob, Cleo>Dan, Eve>Fay"'
TRUTH = "    return locks  # Your turn"
TORN = "Ar Ar Aw Br Br Bw Aw Bw"  # B sees half of what A writes, and the other half is lost
RIGHT = {
    'lab.predict("five-mints")': 'lab.predict("five-mints", choose="B")',
    'lab.predict("silent-hint")': 'lab.predict("silent-hint", choose="B")',
    "my_row = None": 'my_row = ("B.1", "aborted")',
    RELAY: 'aborted_by = {"A": ["B.0"], "B": ["C.0"], "C": ["D.0"], "D": ["E.0"]}',
    'my_moves = ""': f'my_moves = "{TORN}"',
    "my_executions = None": "my_executions = 3",
    "my_average = None": "my_average = 15",
    NOBODY: 'my_block = "A>S, B>S, C>S, D>S, E>S"',
    TRUTH: "    return Locks(writes=frozenset([my_lock]))  # Your turn",
}
CLUMSY = {
    RELAY: 'aborted_by = {"A": ["B"], "B": None, "C": None, "D": None}',
    'my_moves = ""': 'my_moves = "B2 hello"',
    "my_executions = None": 'my_executions = "3"',
    "my_average = None": 'my_average = "14 times"',
    NOBODY: 'my_block = "Ann to Bob"',
    TRUTH: "    locks.writes.add(my_lock)  # Your turn",
}
GIVEAWAYS = {
    "five-mints": ("not a bit faster", "re-execution", "0.99", "1.0×", "chain", "waste"),
    "which-rules": (
        "cannot go wrong",
        "nobody can",
        "cannot be broken",
        "never wrong",
        "two rules make",
        "both rules make",
    ),
    "silent-hint": (
        "1.8×",
        "still validates",
        "validates before it commits",
        "2.4×",
        "17 thrown",
        "twice as fast",
        "a lie costs",
        "Versions decide",
    ),
}  # words that answer a bet, if they stand above it or in a cell on its screen
ASKED = {
    "fee-turn": ("B is aborted", "B1 B2.", "three runs", "lost"),
    "costs-turn": ("14.0", "(14", "times more", "3.9"),
}


def revealed(notebook: Any, name: str) -> str:
    (cell,) = (cell for cell in notebook["cells"] if cell["id"] == name)
    return "".join(output.get("data", {}).get("text/plain", "") for output in cell["outputs"])


@pytest.mark.slow
def test_a_student_who_answers_lesson_05_rightly_is_told_so() -> None:
    done = execute(LESSON, RIGHT)
    assert "*second time lucky*" in revealed(done, "bet-reveal")
    assert "*silence is no hint*" in revealed(done, "lies")
    assert re.search(r"C\.1 .* B\.1 +aborted", revealed(done, "row-turn")), "who is done must see the whole table"
    assert "Each commit aborts one attempt, 4 in all." in revealed(done, "relay-turn")
    assert "E.1 85,020-106,170 ✓" in revealed(done, "relay-turn"), "who is done must see when each one fell"
    assert "Broken. Which write came too late" in revealed(done, "break-turn")
    assert "One attempt is thrown away" in revealed(done, "fee-turn")
    assert "14.0 in the simulation" in revealed(done, "costs-turn")
    assert "Slower than one core." in revealed(done, "sabotage-turn")
    assert "As slow as one core." in revealed(done, "lies-turn-code")


@pytest.mark.slow
def test_nonsense_does_not_stop_lesson_05() -> None:
    done = execute(LESSON, CLUMSY)
    assert "'B' in row A (expected attempts such as 'B.0'" in revealed(done, "relay-turn")
    assert "'HELLO' is no half or step" in revealed(done, "break-turn")
    assert "'3' (expected a number of executions" in revealed(done, "fee-turn")
    assert "'14 times' (expected a number" in revealed(done, "costs-turn")
    assert "cannot read 'Ann to Bob'" in revealed(done, "sabotage-turn")
    assert "The sets in `locks` are frozen" in revealed(done, "lies-turn-code")


@pytest.mark.slow
def test_what_was_played_in_the_player_survives_the_next_cell_and_is_judged() -> None:
    played = f'lab.turn("break-one-rule", my_moves or checked)\nchecked.play("{TORN}")'
    bet = 'lab.predict("which-rules")'
    again = "print(checked.schedule)\nlab.turn('break-one-rule', my_moves or checked)"
    done = execute(LESSON, {'lab.turn("break-one-rule", my_moves or checked)': played, bet: again})
    assert printed(done, "rules-bet").strip() == TORN
    assert "Broken. Which write came too late" in revealed(done, "rules-bet")


def test_a_move_that_waits_for_a_check_is_told_when_the_check_comes() -> None:
    """B has run, and is checked when it wants to write: who plays B1 once more must be told that."""
    for moves in ("A1 B1 A2 B1", "Ar Br Ar Br Aw Br"):
        reply = take_turn("05-speculation", "break-one-rule", moves)
        assert "only when B wants to write is it checked" in reply.text, moves


def test_moves_that_rule_1_has_caught_are_not_called_missing() -> None:
    reply = take_turn("05-speculation", "break-one-rule", "A1 B1 A2 B2")
    assert reply.status is Status.WRONG
    assert "Rule 1 caught this at B2" in reply.text
    assert take_turn("05-speculation", "break-one-rule", "A1 B1").text.startswith("Missing: Aw Aw Bw Bw.")


def test_a_lie_that_changes_no_wait_is_not_said_to_start_anything_early() -> None:
    reply = take_turn("05-speculation", "worst-lie", lambda tx_index, locks: Locks(writes=locks.writes))
    assert "everyone waits for the same transactions" in reply.text
    assert "a function" in take_turn("05-speculation", "worst-lie", Locks()).text


@pytest.mark.parametrize("moves", ["Ar Br Ar Br Aw Aw Bw Bw", "A1 B1 A2 B2 A1", "B1 A1 B2 A2"])
def test_an_abort_in_the_middle_is_asked_what_can_happen_after_the_check(moves: str) -> None:
    reply = take_turn("05-speculation", "break-one-rule", moves)
    assert reply.belief == "the-old-attack"
    assert "What can happen after that check?" in reply.text


@pytest.mark.parametrize("moves", ["Ar Ar Aw Br Br Aw Bw Bw", "Ar Ar Aw Br Br Aw Bw", "Ar Br Ar Aw Br Aw Bw Bw"])
def test_moves_between_the_two_writes_are_told_which_move_came_too_late(moves: str) -> None:
    reply = take_turn("05-speculation", "break-one-rule", moves)
    assert "B's check came after A's second write. What if B writes once before it?" in reply.text
    mirrored = take_turn("05-speculation", "break-one-rule", "Br Br Bw Ar Ar Bw Aw Aw")
    assert "A's check came after B's second write. What if A writes once before it?" in mirrored.text


def test_each_estimate_that_is_too_low_is_asked_about_its_own_number() -> None:
    texts = {runs: take_turn("05-speculation", "hot-slot", runs).text for runs in (4, 5, 8)}
    assert all(texts[runs].endswith(f"What do the other {16 - runs} do in that time?") for runs in texts)


def test_a_block_that_meets_in_part_is_told_how_many_meet() -> None:
    reply = take_turn("05-speculation", "slow-block", "A>S, B>S, C>S, D>S, E>T, F>T")
    assert "4 of your 6 payments meet at one balance (S)." in reply.text
    assert reply.text.endswith("What if one of the other 2 met them there?")


def test_a_block_of_one_payer_is_told_how_short_its_stale_attempts_are() -> None:
    """Nonces stop them at once: they run beside nothing, and one more payment would change nothing."""
    reply = take_turn(
        "05-speculation", "slow-block", "Ann>Bob 5, Ann>Cleo 5, Ann>Dan 5, Ann>Eve 5, Ann>Fay 5, Ann>Gus 5"
    )
    assert "15 of them lasted only 120 gas of time each" in reply.text
    assert "one more" not in reply.text
    assert "0-120 ✗" in reply.shown


def test_the_table_leaves_open_what_the_student_is_to_fill_in() -> None:
    (cell,) = (cell for cell in read(LESSON)["cells"] if cell["id"] == "versions-table")
    table = "".join(map(words_of, cell["outputs"]))
    assert len(re.findall(r"^ *[CDE]\.1 .* \? +\?$", table, re.MULTILINE)) == 3


def test_an_amount_of_three_digits_is_told_the_limit() -> None:
    assert "1 to 99 ether" in take_turn("05-speculation", "slow-block", "Ann>Bob 500").text


@pytest.mark.parametrize("name", ASKED)
def test_no_cell_above_or_beside_a_turn_tells_its_number(name: str) -> None:
    cells = read(LESSON)["cells"]
    (at,) = (i for i, cell in enumerate(cells) if cell["id"] == name)
    above = [source(cell) + "".join(map(words_of, cell.get("outputs", []))) for cell in cells[at - 1 : at]]
    text = "\n".join([*above, *map(source, cells[at : at + 2])]).casefold()
    assert [words for words in ASKED[name] if words.casefold() in text] == []


@pytest.mark.parametrize("name", GIVEAWAYS)
def test_no_cell_above_or_on_the_screen_of_a_bet_gives_it_away(name: str) -> None:
    cells = read(LESSON)["cells"]
    (at,) = (i for i, cell in enumerate(cells) if f'lab.predict("{name}")' in source(cell))
    above = [source(cell) + "".join(map(words_of, cell.get("outputs", []))) for cell in cells[:at]]
    text = "\n".join([*above, *map(source, cells[at : at + 3])]).casefold()
    assert [words for words in GIVEAWAYS[name] if words.casefold() in text] == []


def test_what_the_lesson_says_in_words_is_what_its_cells_show() -> None:
    notebook = read(LESSON)
    shown = {cell["id"]: "".join(map(words_of, cell["outputs"])) for cell in cells_of(notebook, "code")}
    costs = {line.split()[0]: re.findall(r"[\d.]+×?", line[12:]) for line in shown["costs"].splitlines()[2:]}
    assert costs["nft"][-2:] == ["14.6×", "1.1"]
    assert costs["erc20-mint"][-2:] == ["1.0×", "14.0"]
    assert float(costs["nft-counter"][0]) < float(costs["nft-counter"][5].rstrip("×"))
    assert re.search(r"B\.0 +27,064 +before", shown["versions-table"])
    assert [line.split()[2:] for line in shown["all-moves-code"].splitlines()[1:5]] == [
        ["70", "60"], ["70", "40"], ["15", "10"], ["15", "0"],
    ]  # fmt: skip
    lies = re.findall(r"(\d\.\d)×, +(\d+) thrown away, state right", shown["lies-honest"] + shown["lies-swapped"])
    assert lies == [("4.6", "0"), ("4.6", "31"), ("1.8", "20")]
    transfers, honest, _ = honest_block()
    silent = run_locked(transfers, 8, [Locks() for _ in honest])  # its cell says nothing before the bet
    assert (f"{measure(silent, 8).speedup:.1f}", silent.aborts) == ("2.4", 17)
    assert re.findall(r"(\d\.\d)×, +(\d+)", shown["counter-locks"]) == [("1.0", "0"), ("1.3", "302")]
    ends = re.findall(r"^B2 +B (is aborted|writes).* (\d+)$", shown["fee-demo"], flags=re.MULTILINE)
    assert ends == [("is aborted", "21"), ("writes", "42"), ("writes", "42")], "with the fee slot twice, and without"
    assert "Still to come" not in shown["fee-demo"]
    assert re.findall(r"(\d\.\d)×", shown["fee-lanes"]) == ["1.0", "4.0"]
    assert "longest chain: " + " then ".join(map(str, range(12))) in shown["fee-lanes"]
    one, other = re.findall(r"[0-9a-f]{64}", shown["same-root"])
    assert one == other


def test_the_surprise_comes_within_five_cells() -> None:
    assert [cell["id"] for cell in read(LESSON)["cells"][:4]] == ["title", "bet", "imports", "bet-reveal"]


def test_a_hint_of_the_block_producer_is_called_an_access_hint() -> None:
    """The laboratory gives hints, too: what the producer sends has a name of its own."""
    prose = "\n".join(source(cell) for cell in cells_of(read(LESSON), "markdown"))
    assert re.findall(r"(?<!access )\bhints?\b", prose, flags=re.IGNORECASE) == []
