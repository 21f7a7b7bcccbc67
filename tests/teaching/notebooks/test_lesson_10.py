"""Lesson 10 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import re

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, cells_above, execute, given_away, read, shown_in, source

LESSON = COURSE / "10-sidechain/10-sidechain.ipynb"
RIGHT = {
    'lab.predict("three-of-five")': 'lab.predict("three-of-five", choose="B")',
    'lab.predict("million-validators")': 'lab.predict("million-validators", choose="A")',
    "my_path = None": 'my_path = ["h7", "h45"]',
    "def checkpoint_root(leaves):\n    return None  # Your turn": (
        "def checkpoint_root(leaves):\n"
        "    while len(leaves) > 1:\n"
        "        leaves = [pair(leaves[i], leaves[i + 1]) for i in range(0, len(leaves), 2)]\n"
        "    return leaves[0]"
    ),
    "my_exit = None": "my_exit = (6, 3, 1)",
    'return None  # Your turn: "nothing", "halt" or "steal"': (
        "needed = 2 * total // 3 + 1\n"
        '    return "steal" if stake >= needed else "halt" if total - stake < needed else "nothing"'
    ),
    "return None  # Your turn: three calls": (
        'block = town.invent({"Mallory": 100})\n'
        '    town.checkpoint([block], ["Pia", "Quinn"])\n'
        "    town.exit(block, tx=0, log=0)"
    ),
    'my_guess = {"wait": None, "slash": None, "post": None, "stake": None}': (
        'my_guess = {"wait": "stolen", "slash": "stolen", "post": "stolen", "stake": "halted"}'
    ),
    "my_pair = None": "my_pair = (70, 0)",
    "def key(block, tx, log, proof):\n    return None": "def key(block, tx, log, proof):\n    return block, tx, log",
}
PLAYED = {  # what is moved in a widget counts in the cell below it
    "switches = SignerSwitches()": 'switches = SignerSwitches()\nswitches.set(Pia="colludes", Quinn="colludes")',
    "wait=2)\nchains": 'wait=2)\nchains.play("deposit block block credit reorg3")\nchains',
}
GIVEAWAYS = {
    "three-of-five": ("halt", "40 are too little", "not enough stake"),
    "million-validators": ("pays Mallory", "escrow 100 -> 0", "at once", "who signed, never"),
}


@pytest.mark.slow
def test_a_student_who_answers_lesson_10_rightly_is_told_so() -> None:
    shown = shown_in(execute(LESSON, RIGHT | PLAYED))
    assert "*not stolen is safe*" in shown["imports"]
    assert shown["imports"].count("not enough stake") == 2
    assert "escrow: 100 ether before, 100 after" in shown["imports"]
    assert "*inherits l1 security*" in shown["theft-reveal"]
    assert "escrow 100 -> 0" in shown["theft-reveal"]
    assert "with h45    h4567" in shown["path-turn"]
    assert "1, 2, 4 and 8 leaves" in shown["root-turn"]
    assert "L1 pays Bob 5 ether" in shown["withdraw-turn"]
    assert "forged checkpoint: 69 of 100 ✓" in shown["thieves-turn"]
    assert "16 cases of 16" in shown["can-turn"]
    assert "escrow 100 -> 0 ether, Mallory 0 -> 100 ether" in shown["steal-turn"]
    assert shown["measures-turn"].count("stolen: escrow 100 -> 0") == 3
    assert re.search(r"exit, 7 days later +L1 pays Mallory", shown["measures-turn"])
    assert re.search(r"true checkpoint +L1 refuses: not enough stake", shown["measures-turn"])
    assert "take 70, and lose 69: +1 ether" in shown["slash-turn"]
    assert "escrow on L1: 0 ether, on the sidechain: 5 ether" in shown["reorg-turn"]
    assert "8 cases of 8" in shown["key-turn"]


def test_what_the_lesson_says_in_words_is_what_its_cells_show() -> None:
    shown = shown_in(read(LESSON))
    assert re.findall(r" ([\d,]+)$", shown["l1-gets"], re.MULTILINE)[2:] == ["32", "325"]
    assert [line.partition(" ")[2] for line in shown["exit-run"].split("\n")[:3]] == [
        "accepts the checkpoint of blocks 4 to 7",
        "pays Cleo 7 ether",
        "refuses: exited already",
    ]
    assert "block not in the checkpoint" in shown["hidden"].split("\n")[1]
    assert "pays Ann 3 ether" in shown["hidden"].split("\n")[2]


@pytest.mark.parametrize("name", GIVEAWAYS)
def test_no_cell_above_or_on_the_screen_of_a_bet_gives_it_away(name: str) -> None:
    assert given_away(read(LESSON), name, GIVEAWAYS[name]) == []


def test_the_second_bet_stands_above_all_that_says_who_can_steal() -> None:
    ids = [cell["id"] for cell in read(LESSON)["cells"]]
    assert ids.index("theft-bet") < min(map(ids.index, ("stake-head", "thieves-turn", "polygon", "steal-turn")))


def test_no_title_and_no_text_above_the_second_bet_says_that_the_attack_is_a_theft() -> None:
    cells = read(LESSON)["cells"]
    above = map(source, cells_above(read(LESSON), "theft-bet"))
    titles = re.findall(r"^#+ .*", "\n".join(map(source, cells)), re.MULTILINE)
    assert re.findall(r"(?i)\b(?:thief|thieves|theft|steal)\b", "\n".join([*above, *titles])) == []
