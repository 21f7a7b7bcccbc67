"""What the turns of lesson 02 say: it comes from the run of the student's own answer."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from toyevm.teaching.lessons.state_transactions_blocks.answers import (
    FOUR,
    PEOPLE,
    TERMS,
    TOKEN,
    cleo_pays,
    same_tokens,
    smallest_maximum,
)
from toyevm.teaching.lessons.state_transactions_blocks.order import run_order
from toyevm.workloads.tokens import transfer_data


def test_the_headers_that_block_4_is_compared_by_are_shown() -> None:
    data = transfer_data(PEOPLE["Dan"].address, 4)
    shown = cleo_pays(PEOPLE["Cleo"].sign(nonce=0, to=TOKEN, data=data, **TERMS)).shown
    rows = [line for line in str(shown).split("\n") if "parent hash" in line]
    assert [row.split("   ")[0] for row in rows] == ["block 3", "block 4"]
    for name in ("state root", "transactions root", "receipts root"):
        assert all(name in row for row in rows)


def test_orders_in_which_one_payment_reverts_are_told_which() -> None:
    reply = same_tokens(([1, 0, 2, 3], [1, 2, 0, 3]))
    assert reply.belief == "reverts-in-both"
    assert reply.text == "In both orders tx 1 reverts, so only Dan pays Cleo. What must come before tx 1?"
    assert "Which two transactions write Cleo's slot?" in same_tokens(([0, 1, 2, 3], [0, 1, 3, 2])).text


def test_a_revert_is_named_for_every_two_orders_that_share_it() -> None:
    blocks = [one for one in (run_order(FOUR, order) for order in permutations(range(4))) if one.header]
    for first, second in product(blocks, repeat=2):
        if first.order != second.order and first.state_root == second.state_root:
            both = first.ended("revert") == second.ended("revert") == [1]
            assert (same_tokens((first.order, second.order)).belief == "reverts-in-both") is both


@pytest.mark.parametrize("tip", [0.5, 2])
def test_a_low_tip_is_told_until_which_block_it_waited(tip: float) -> None:
    reply = smallest_maximum((60, tip))
    block = str(reply.shown).split(":")[0].removeprefix("in block ")
    assert reply.text == (
        f"You waited until block {block}. How did the base fee change between block 12 and block {block}?"
    )
