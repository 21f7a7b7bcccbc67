"""Lesson 05 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, cells_of, execute, printed, read, source

LESSON = COURSE / "05-speculation/05-speculation.ipynb"
RELAY = 'after_a = {"B.0": "abort", "C.0": None, "D.0": None, "E.0": None}'
NOBODY = 'my_block = "Ann>Bob, Cleo>Dan, Eve>Fay"'
TRUTH = "    return locks  # Your turn"
TORN = "Ar Ar Aw Br Br Bw Aw Bw"  # B sees half of what A writes, and the other half is lost
RIGHT = {
    'lab.predict("chain-of-five")': 'lab.predict("chain-of-five", choose="B")',
    RELAY: RELAY.replace("None", '"valid"'),
    "my_thrown_away = None": "my_thrown_away = 4",
    'my_moves = ""': f'my_moves = "{TORN}"',
    'my_attack = ""': 'my_attack = "Ar Br Ar Br Aw Aw Bw Br Br Bw Bw"',
    "producer_has = None": "producer_has = 21",
    NOBODY: 'my_block = "A>S, B>S, C>S, D>S, E>S"',
    TRUTH: "    return Locks(writes=frozenset([my_lock]))  # Your turn",
}
CLUMSY = {
    RELAY: RELAY.replace("None", '"stays"'),
    "my_thrown_away = None": 'my_thrown_away = "4"',
    'my_moves = ""': 'my_moves = "B2 hello"',
    'my_attack = ""': 'my_attack = "A1 B1 B2"',
    "producer_has = None": 'producer_has = "21 ether"',
    NOBODY: 'my_block = "Ann to Bob"',
    TRUTH: "    locks.writes.add(my_lock)  # Your turn",
}
GIVEAWAYS = {
    "chain-of-five": ("not a bit faster", "re-execution", "0.99", "1.0×"),
    "both-rules": ("in none", "cannot go wrong", "nobody can", "cannot be broken", "never wrong", "two rules make"),
    "lying-hints": ("away, state right", "cannot do", "Versions decide", "right state"),
}  # words that answer a bet, if they stand above it or in a cell on its screen


def words_of(output: Any) -> str:
    return "".join(output.get("text", "")) + "".join(output.get("data", {}).get("text/plain", ""))


def revealed(notebook: Any, name: str) -> str:
    (cell,) = (cell for cell in notebook["cells"] if cell["id"] == name)
    return "".join(output.get("data", {}).get("text/plain", "") for output in cell["outputs"])


@pytest.mark.slow
def test_a_student_who_answers_lesson_05_rightly_is_told_so() -> None:
    done = execute(LESSON, RIGHT)
    assert "*second time lucky*" in revealed(done, "bet-reveal")
    assert "B.0 alone must go." in revealed(done, "relay-turn")
    assert "E.1 85,020-106,170 ✓" in revealed(done, "thrown-away-turn"), "who is done must see when each one fell"
    assert "Broken. Which write came too late" in revealed(done, "break-turn")
    assert "aborted: 1." in revealed(done, "both-turn")
    assert "One fee is lost." in revealed(done, "fee-turn")
    assert "Slower than one core." in revealed(done, "sabotage-turn")
    assert "As slow as one core." in revealed(done, "lies-turn-code")


@pytest.mark.slow
def test_nonsense_does_not_stop_lesson_05() -> None:
    done = execute(LESSON, CLUMSY)
    assert "'stays' (expected for B.0 one of" not in revealed(done, "relay-turn")
    assert "'stays' (expected for C.0 one of: abort | valid)" in revealed(done, "relay-turn")
    assert "'4' (expected a number of attempts" in revealed(done, "thrown-away-turn")
    assert "'HELLO' is no half or step" in revealed(done, "break-turn")
    assert "Rule 2 stops it: B2 must wait for A2. What" in revealed(done, "both-turn")
    assert "'21 ether' (expected a number of ether" in revealed(done, "fee-turn")
    assert "cannot read 'Ann to Bob'" in revealed(done, "sabotage-turn")
    assert "The sets in `locks` are frozen" in revealed(done, "lies-turn-code")


@pytest.mark.slow
def test_what_was_played_in_the_player_survives_the_next_cell_and_is_judged() -> None:
    played = f'lab.turn("break-one-rule", my_moves or checked)\nchecked.play("{TORN}")'
    judged = 'lab.turn("attack-both", my_attack or both)'
    again = "print(checked.schedule)\nlab.turn('break-one-rule', my_moves or checked)"
    done = execute(LESSON, {'lab.turn("break-one-rule", my_moves or checked)': played, judged: again})
    assert printed(done, "both-turn").strip() == TORN
    assert "Broken. Which write came too late" in revealed(done, "both-turn")


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
    lies = {line.split()[0]: line.split()[1:3] for line in shown["lies"].splitlines()}
    assert {name: tuple(row) for name, row in lies.items()} == {
        "honest": ("4.6×,", "0"), "optimistic": ("4.6×,", "31"), "silent": ("2.4×,", "17"),
        "backwards": ("1.8×,", "20"),
    }  # fmt: skip
    assert shown["lies"].count("state right") == len(lies)
    assert re.findall(r"(\d\.\d)×, +(\d+)", shown["counter-locks"]) == [("1.0", "0"), ("1.3", "302")]
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
