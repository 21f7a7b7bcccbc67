"""Lesson 02 with a student in it: answers right and wrong, and none at all."""

from __future__ import annotations

import json
import re

import pytest

from tests.teaching.notebooks.test_notebooks import COURSE, cells_of, execute, printed, read, revealed, source
from toyevm.teaching.lab.items import read_items
from toyevm.teaching.lessons.state_transactions_blocks import run_order, token_shuffle
from toyevm.units import GWEI
from toyevm.workloads.mempool import run_market

LESSON = COURSE / "02-state-transactions-blocks/02-state-transactions-blocks.ipynb"
PAYMENT = 'my_payment = people["Cleo"].sign(nonce={}, to=token, data=transfer_data(people["Dan"].address, 4), **terms)'
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
        (PAYMENT.format(1), "nonce 1 is too high"),
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
        ("my_max, my_tip = 19, 3", "no lower whole number is enough"),
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
    assert "played [0, 2, 1, 3] 2" in printed(done, "tamper-turn")


# What must not stand above a bet, nor in the source of the cells below it that may be on its screen.
GIVEAWAYS = {
    "bet": r"gets nothing|another root[^\"]|refused|reverted",
    "failed-bet": r"burn|vanish|nobody gets|less than before",
    "fee-bet": r"eighth|half full.*falls|block 2[01]",
}
SCREEN = 4


@pytest.mark.parametrize("bet", GIVEAWAYS)
def test_no_bet_of_lesson_02_is_given_away_above_it_or_on_its_screen(bet: str) -> None:
    cells = read(LESSON)["cells"]
    at = next(index for index, cell in enumerate(cells) if cell["id"] == bet)
    near = cells[at + 1 : at + 1 + SCREEN] if bet != "fee-bet" else []  # the rule itself follows the run
    text = "\n".join(map(source, [*cells[: at + 1], *near]))
    assert re.findall(GIVEAWAYS[bet], text) == []


def test_options_of_a_bet_are_of_like_length() -> None:
    for prediction in read_items(LESSON.parent / "items.toml").predictions.values():
        lengths = [len(option.text) for option in prediction.options]
        assert max(lengths) <= 1.35 * min(lengths), prediction.id


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
        "**tip**": "block producer",
        "`wallet`": "signs",
        "`LocalChain`": "a chain on one computer",
        "symbol": "a short name",
        "**base fee**": "the same for all",
    }
    paragraphs = {word: next(part for part in text.split("\n\n") if word in part) for word in explained}
    assert [word for word, meaning in explained.items() if meaning not in paragraphs[word]] == []
    assert not re.search("chain_id|y_parity|intrinsic", text)


def test_what_lesson_02_says_of_the_rush_is_so() -> None:
    market = run_market([0.9] * 6 + [4.0] * 12 + [0.9] * 22, seed=2)
    assert max(market, key=lambda block: block.base_fee).number == 21
    assert [block.waiting == block.priced_out for block in market[18:]] == [False, False, *[True] * 20]


def test_what_a_reverted_transaction_pays_is_burned_but_for_the_tip() -> None:
    outcome = run_order(token_shuffle({"Ann": 100}, ["Bob pays Cleo 5"]), [0])
    assert outcome.header is not None
    assert outcome.ether == {"Bob": -263_813, "producer": 23_983}
    assert -sum(outcome.ether.values()) * GWEI == outcome.header.base_fee_per_gas * outcome.rows[0][1]


def test_lesson_02_imports_a_name_in_the_cell_that_first_needs_it() -> None:
    for cell in cells_of(read(LESSON), "code"):
        names = re.findall(r"^from \S+ import (.*)$", source(cell), re.MULTILINE)
        for name in [name.strip() for line in names for name in line.split(",")]:
            assert len(re.findall(rf"\b{name}\b", source(cell))) > 1, (cell["id"], name)


def test_the_surprise_comes_within_five_cells() -> None:
    first = read(LESSON)["cells"][:5]
    assert any("revert" in "".join(output.get("data", {}).get("text/plain", "")) for cell in first
               for output in cell.get("outputs", []))  # fmt: skip
