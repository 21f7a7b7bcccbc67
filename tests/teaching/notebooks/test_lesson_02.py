"""Lesson 02 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import json
import re

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, cells_of, execute, printed, prose, read, revealed, source

LESSON = COURSE / "02-state-transactions-blocks/02-state-transactions-blocks.ipynb"
PAYMENT = (
    'my_payment = people["Cleo"].sign(nonce={}, to=token, data=transfer_data(people["Dan"].address, 4), **token_terms)'
)
REDONE = "my_block_4 = replace(chain.blocks[4], header=replace(chain.blocks[4].header, parent_hash=repaired.hash))"
# what stands in the cell; what a student puts, rightly and wrongly; and what the cell then says
TURNS = {
    "merkle-turn-code": (
        "bobs_path = [None, levels[1][1]]",
        ("bobs_path = [levels[0][0], levels[1][1]]", "You proved Bob's entry"),
        ("bobs_path = [levels[0][2], levels[1][1]]", "Cleo's leaf"),
    ),
    "dans-path-code": (
        "dans_path = None",
        ("dans_path = [levels[0][2], levels[1][0]]", "You proved Dan's entry"),
        ("dans_path = [levels[1][0], levels[0][2]]", "in the wrong order"),
    ),
    "chain-turn-code": (
        "my_payment = None",
        (PAYMENT.format(0), "Ann 970   Bob 5   Cleo 6   Dan 19"),
        (PAYMENT.format(1), "nonce-too-high"),
    ),
    "player-turn": (
        "my_orders = None",
        ("my_orders = ([0, 1, 2, 3], [0, 2, 1, 3])", "Found: equal tokens"),
        ("my_orders = [1, 2, 3, 4]", "two orders, each a list of the numbers 0 to 3"),
    ),
    "commitment": (
        "bobs_number = None",
        ("bobs_number = 417", "That is Bob's number"),
        ("bobs_number = 418", "of 256 bits"),
    ),
    "fee-turn": (
        "my_max, my_tip = None, None",
        ("my_max, my_tip = 19, 3", "no lower whole number does it"),
        ("my_max, my_tip = 60, 0.5", "in block 20: base fee 42.03 + tip 0.50 = 42.53"),
    ),
    "tamper-turn": (
        "my_block_4 = None",
        (REDONE, "Every check passes"),
        ("my_block_4 = chain.blocks[4]", "block 4: parent hash does not fit"),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("rightly", [True, False])
def test_a_student_who_answers_lesson_02_is_told_what_they_did(rightly: bool) -> None:
    answers = {name: (before, good if rightly else bad) for name, (before, good, bad) in TURNS.items()}
    done = execute(LESSON, {before: answer for before, (answer, _) in answers.values()})
    silent = [name for name, (_, (_, said)) in answers.items() if said not in revealed(done, name)]
    assert silent == []


@pytest.mark.slow
def test_what_a_student_played_in_lesson_02_survives_the_next_cells() -> None:
    last = source(cells_of(read(LESSON), "code")[-1])
    played = {"player = OrderPlayer(four)\nplayer": "player = OrderPlayer(four)\nplayer.put([0, 2, 1, 3])\nplayer"}
    done = execute(LESSON, {**played, last: f"{last}\nprint('played', list(player.order), len(player.seen))"})
    assert "played [0, 2, 1, 3] 2" in printed(done, "extension-code")


def test_no_bet_of_lesson_02_is_given_away_above_it() -> None:
    cells = read(LESSON)["cells"]
    at = {cell["id"]: index for index, cell in enumerate(cells)}
    above = {name: "\n".join(map(source, cells[: at[name] + 2])).lower() for name in ("bet", "failed-bet", "fee-bet")}
    assert not re.search(r"all the same|pays for its gas|raises the nonce", above["failed-bet"])
    assert not re.search(r"eighth|1559|half full|12\.5", above["fee-bet"])
    assert not re.search(r"gets nothing|another root|refused", above["bet"])


def test_no_cell_of_lesson_02_says_what_a_turn_asks() -> None:
    notebook = read(LESSON)
    text = "\n".join(map(source, notebook["cells"]))
    text += json.dumps([cell["outputs"] for cell in cells_of(notebook, "code")])
    secrets = ["417", "[0, 2, 1, 3]", "levels[0][0], levels[1][1]", "18.4", "parent_hash=", "Cleo 6   Dan 19"]
    assert [secret for secret in secrets if re.search(rf"(?<![0-9a-f]){re.escape(secret)}(?![0-9a-f])", text)] == []


def test_words_that_lesson_02_needs_are_explained_where_they_first_stand() -> None:
    text = "\n".join(source(cell) for cell in read(LESSON)["cells"])
    explained = {
        "**reverted**": "gave up",
        "*receipts*": "header",
        "**target**": "half full",
        "`rlp`": "writes a list as bytes",
        "**tip**": "block producer",
    }
    paragraphs = {word: next(part for part in text.split("\n\n") if word in part) for word in explained}
    assert [word for word, meaning in explained.items() if meaning not in paragraphs[word]] == []
    assert not re.search("chain_id|y_parity|intrinsic", text)


def test_the_minutes_of_lesson_02_add_up() -> None:
    whole, parts = re.findall(r"Core path: (\d+) minutes\W+\((.*?)\)", prose(read(LESSON)))[0]
    assert sum(map(int, re.findall(r"\d+", parts))) == int(whole) == 60


def test_lesson_02_imports_a_name_in_the_cell_that_first_needs_it() -> None:
    for cell in cells_of(read(LESSON), "code"):
        names = re.findall(r"^from \S+ import (.*)$", source(cell), re.MULTILINE)
        for name in [name.strip() for line in names for name in line.split(",")]:
            assert len(re.findall(rf"\b{name}\b", source(cell))) > 1, (cell["id"], name)


def test_the_surprise_comes_within_five_cells() -> None:
    first = read(LESSON)["cells"][:5]
    assert any("revert" in "".join(output.get("data", {}).get("text/plain", "")) for cell in first
               for output in cell.get("outputs", []))  # fmt: skip
