"""Lesson 05 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, cells_of, execute, printed, read

LESSON = COURSE / "05-speculation/05-speculation.ipynb"
RELAY = 'after_a = {"B.0": "abort", "C.0": None, "D.0": None, "E.0": None}'
NOBODY = 'my_block = "Ann>Bob, Cleo>Dan, Eve>Fay"'
TRUTH = "    return locks  # Your turn"
TORN = "Ar Ar Aw Br Br Bw Aw Bw"  # B sees half of what A writes, and is forgotten by the other half
RIGHT = {
    'lab.predict("chain-of-five")': 'lab.predict("chain-of-five", choose="B")',
    RELAY: RELAY.replace("None", '"valid"'),
    "my_thrown_away = None": "my_thrown_away = 4",
    'my_moves = ""': f'my_moves = "{TORN}"',
    'my_attack = ""': 'my_attack = "Ar Br Ar Br Aw Aw Bw Br Br Bw Bw"',
    NOBODY: 'my_block = "A>S, B>S, C>S, D>S, E>S"',
    TRUTH: "    return Locks(writes=frozenset([my_lock]))  # Your turn",
}
WRONG = {
    RELAY: RELAY.replace("None", '"abort"'),
    "my_thrown_away = None": "my_thrown_away = 10",
    'my_moves = ""': 'my_moves = "A1 B1 A2 B2 B1 B2"',
    'my_attack = ""': f'my_attack = "{TORN}"',
    NOBODY: 'my_block = "A>S, B>S, C>S, D>S"',
    TRUTH: "    return Locks()  # Your turn",
}
CLUMSY = {
    RELAY: RELAY.replace("None", '"valid"'),
    "my_thrown_away = None": "my_thrown_away = 10",
    'my_moves = ""': 'my_moves = "B2 hello"',
    'my_attack = ""': 'my_attack = "A1 B1 B2"',
    NOBODY: 'my_block = "Ann to Bob"',
    TRUTH: "    return None if tx_index == 7 else locks  # Your turn",
}


def words_of(output: Any) -> str:
    return "".join(output.get("text", "")) + "".join(output.get("data", {}).get("text/plain", ""))


def revealed(notebook: Any, name: str) -> str:
    (cell,) = (cell for cell in notebook["cells"] if cell["id"] == name)
    return "".join(output.get("data", {}).get("text/plain", "") for output in cell["outputs"])


@pytest.mark.slow
def test_a_student_who_answers_lesson_05_rightly_is_told_so() -> None:
    done = execute(LESSON, RIGHT)
    assert "*second time lucky*" in revealed(done, "bet-reveal")
    assert "4 thrown away, against 10 of the mints" in printed(done, "relay-turn")
    assert "E.1 85,020-106,170 ✓" in revealed(done, "relay-turn"), "who is done must see when each one fell"
    assert "Broken. Which write came too late" in printed(done, "break-turn")
    assert "Right in the end, with 1 aborted" in printed(done, "both-turn")
    assert "Slower than one core." in printed(done, "sabotage-turn")
    assert "As slow as one core." in printed(done, "lies-turn-code")


@pytest.mark.slow
def test_a_student_who_answers_lesson_05_wrongly_gets_the_next_question() -> None:
    done = execute(LESSON, WRONG)
    assert "C.0: you say 'abort'. Which balances did it read" in printed(done, "relay-turn")
    assert "Right in the end: validation has caught it" in printed(done, "break-turn")
    assert "It cannot be played: schedule: Bw must wait for Aw (" in printed(done, "both-turn")
    assert "Aw    A writes Ann 95" in printed(done, "both-turn"), "what could be played must be shown"
    assert "0.99×: no such loss." in printed(done, "sabotage-turn")
    assert "Could you make them wait for each other?" in printed(done, "lies-turn-code")


@pytest.mark.slow
def test_nonsense_does_not_stop_lesson_05() -> None:
    done = execute(LESSON, CLUMSY)
    assert "You say 10, the run 4." in printed(done, "relay-turn")
    assert "'HELLO' is no half or step" in printed(done, "break-turn")
    assert "B2 must wait for A2" in printed(done, "both-turn")
    assert "It cannot be read: payment 1" in printed(done, "sabotage-turn")
    assert "for transaction 7, my_lie returns None" in printed(done, "lies-turn-code")


@pytest.mark.slow
def test_a_lie_about_later_transactions_is_not_called_the_truth() -> None:
    late = "    return Locks(writes=frozenset([my_lock])) if tx_index > 1 else locks  # Your turn"
    assert "As slow as one core." in printed(execute(LESSON, {TRUTH: late}), "lies-turn-code")


def with_answers(**answers: str) -> Any:
    """Return the lesson, executed, with these lines in the place of its own."""
    names = {"relay": RELAY, "thrown_away": "my_thrown_away = None", "block": NOBODY, "lie": TRUTH}
    return execute(LESSON, {names[name]: line for name, line in answers.items()})


@pytest.mark.slow
def test_answers_in_another_form_are_told_what_is_wanted() -> None:
    done = with_answers(
        relay=RELAY.replace("None", '"Valid "'),
        thrown_away='my_thrown_away = "4"',
        block='my_block = "Ann>Ann"',
        lie="    return Locks(writes=[my_lock])  # Your turn",
    )
    assert "'4' is no whole number." in printed(done, "relay-turn")
    assert "Missing: a slow block, nothing is thrown away here." in printed(done, "sabotage-turn")
    assert "Wanted is Locks(...) of two sets." in printed(done, "lies-turn-code")


@pytest.mark.slow
def test_words_that_are_no_answer_are_named_as_such() -> None:
    done = with_answers(
        relay=RELAY.replace("None", '"stays"'),
        thrown_away="my_thrown_away = 4",
        block='my_block = "A>S, B>S, C>S, D>S, E>S, F>S"',
        lie="    return Locks(reads=frozenset([my_lock]))  # Your turn",
    )
    assert 'C.0: \'stays\' is neither "abort" nor "valid".' in printed(done, "relay-turn")
    assert "Slower than one core." in printed(done, "sabotage-turn"), "six to a shop are as good as five"
    assert "Still faster than one core." in printed(done, "lies-turn-code")


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
    lies = {tuple(line.split()[:2]): line.split()[2:4] for line in shown["lies"].splitlines()}
    assert {name: tuple(row) for name, row in lies.items()} == {
        ("erc20-zipf", "honest"): ("4.6×", "0"), ("erc20-zipf", "(optimistic)"): ("4.6×", "31"),
        ("erc20-zipf", "silent"): ("2.4×", "17"), ("erc20-zipf", "backwards"): ("1.8×", "20"),
        ("nft-counter", "honest"): ("1.0×", "0"), ("nft-counter", "(optimistic)"): ("1.3×", "302"),
    }  # fmt: skip
    assert shown["lies"].count("state right") == len(lies)
    with_slot, without = re.findall(r"^A2 .* (\d+)\n.*B2 .* (\d+)$", shown["fee-demo"], flags=re.MULTILINE)
    assert (with_slot, without) == (("21", "21"), ("21", "42"))
    assert re.findall(r"(\d\.\d)×", shown["fee-lanes"]) == ["1.0", "4.0"]
    assert "longest chain: " + " then ".join(map(str, range(12))) in shown["fee-lanes"]
    late = [line.split() for line in shown["extension-code"].splitlines()]
    for phases, optimistic in zip(late[::2], late[1::2], strict=True):
        assert float(phases[2].rstrip("×")) < float(optimistic[2].rstrip("×"))
    one, other = re.findall(r"[0-9a-f]{64}", shown["same-root"])
    assert one == other


def test_the_surprise_comes_within_five_cells() -> None:
    assert [cell["id"] for cell in read(LESSON)["cells"][:4]] == ["title", "bet", "imports", "bet-reveal"]
