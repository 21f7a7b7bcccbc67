"""Pictures of lesson 02: an order to choose, trees, bits, a market, a chain. Each says what its text twin says."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.support.pictures import axes_of
from toyevm.blocks import Block
from toyevm.errors import InputError
from toyevm.sealing import seal_block
from toyevm.state import Account, WorldState
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.lessons.state_transactions_blocks.chain_faults import Fault, find_faults
from toyevm.teaching.lessons.state_transactions_blocks.chain_view import show_chain
from toyevm.teaching.lessons.state_transactions_blocks.hash_view import path_roles, show_bits, show_tree
from toyevm.teaching.lessons.state_transactions_blocks.hashes import changed_bits
from toyevm.teaching.lessons.state_transactions_blocks.local_chain import LocalChain
from toyevm.teaching.lessons.state_transactions_blocks.market_view import show_market
from toyevm.teaching.lessons.state_transactions_blocks.order import run_order, token_shuffle
from toyevm.teaching.lessons.state_transactions_blocks.order_player import OrderPlayer
from toyevm.teaching.lessons.state_transactions_blocks.order_view import picture_of, show_order
from toyevm.trie import ordered_trie_root
from toyevm.units import ETHER, GWEI
from toyevm.workloads.mempool import run_market
from toyevm.workloads.wallets import wallet

FOUR = token_shuffle(
    {"Ann": 100, "Dan": 50}, ["Ann pays Bob 5", "Bob pays Cleo 5", "Dan pays Cleo 3", "Ann pays Dan 2"]
)
LEVELS = [[bytes([i]) * 32 for i in range(4)], [b"x" * 32, b"y" * 32], [b"r" * 32]]


def words_of(picture: Picture) -> str:
    root = ElementTree.fromstring(picture.svg)
    return " ".join("".join(element.itertext()) for element in root.iter() if element.tag.endswith("text"))


def label_of(picture: Picture) -> str:
    return str(ElementTree.fromstring(picture.svg).get("aria-label"))


def test_a_swap_of_two_payments_changes_the_state_root() -> None:
    two = token_shuffle({"Ann": 100}, ["Ann pays Bob 5", "Bob pays Cleo 5"])
    straight, swapped = run_order(two, [0, 1]), run_order(two, [1, 0])
    assert [status for status, _ in straight.rows] == ["success", "success"]
    assert [status for status, _ in swapped.rows] == ["revert", "success"]
    assert straight.header is not None
    assert swapped.header is not None
    assert straight.header.state_root != swapped.header.state_root
    assert swapped.balances == {"Ann": 95, "Bob": 5, "Cleo": 0}


def test_the_puzzle_has_a_solution_with_equal_tokens_and_different_roots() -> None:
    outcomes = [one for one in (run_order(FOUR, order) for order in permutations(range(4))) if one.header]
    found = {(tuple(one.balances.items()), one.header.state_root) for one in outcomes if one.header}
    assert len(outcomes) == 12
    assert len({root for _, root in found}) == 3
    assert len({tokens for tokens, _ in found}) == 2


def test_an_order_is_sealed_as_the_chain_seals_it() -> None:
    chain = LocalChain(FOUR.pre)
    block = chain.add(*FOUR.transactions)
    mine = run_order(FOUR, range(4))
    assert mine.header is not None
    assert block.header.transactions_root == mine.header.transactions_root


def test_an_order_with_a_nonce_out_of_turn_is_no_block_and_says_why() -> None:
    refused = run_order(FOUR, [3, 0, 1, 2])
    assert refused.header is None
    assert refused.problem == "Ann pays Dan 2: signed with nonce 1, but the sender's next nonce is 0"
    picture = show_order(FOUR, [3, 0, 1, 2])
    assert "not a block" in words_of(picture)
    assert "not a block: Ann pays Dan 2" in picture.text


@pytest.mark.parametrize(
    "order", [[], [0, 1, 2], [0, 0, 1, 2], [1, 2, 3, 4], 3, "0123", ["a"] * 4, [True, 0, 2, 3], None]
)
def test_what_is_no_order_is_refused(order: Any) -> None:
    with pytest.raises(InputError, match="is not an order"):
        run_order(FOUR, order)
    with pytest.raises(InputError, match="is not an order"):
        OrderPlayer(FOUR).put(order)


def test_a_click_does_what_the_call_does() -> None:
    player, twin = OrderPlayer(FOUR), OrderPlayer(FOUR)
    buttons = {button.description: button for button in player.widget.children[0].children[:4]}
    buttons["swap positions 0 and 1"].click()
    twin.exchange(0)
    assert player.order == twin.order == (1, 0, 2, 3)
    assert player.text == twin.text
    assert player._screen.value == twin.picture.svg
    buttons["as signed"].click()
    assert player.order == (0, 1, 2, 3)
    assert len(player.roots) == 2


def test_a_position_without_a_neighbour_is_refused() -> None:
    player = OrderPlayer(FOUR)
    for place in (-1, 3):
        with pytest.raises(InputError, match="nothing to exchange"):
            player.exchange(place)
    assert player.order == (0, 1, 2, 3)


def test_roots_keep_their_letters() -> None:
    player = OrderPlayer(FOUR)
    assert "state P" in player.text
    player.put([1, 0, 2, 3])
    assert "state Q" in player.text
    assert "2 orders, 2 different state roots" in player.text
    player.put([0, 1, 3, 2])
    assert "state P" in player.text
    player.put([3, 0, 1, 2])
    assert "4 orders, 2 different state roots" in player.text


def test_the_text_form_is_shown_and_a_notebook_stores_it() -> None:
    player = OrderPlayer(FOUR)
    player.widget.children[0].children[-1].value = True
    assert player.text.split("\n")[0] in player._screen.value
    assert player._repr_mimebundle_()["text/plain"] == player.text


def test_transactions_and_positions_are_numbered_from_0() -> None:
    player = OrderPlayer(FOUR)
    lines = player.text.split("\n")[:4]
    assert [line.split("  ")[:2] for line in lines] == [[f"position {i}", f"tx {i}"] for i in range(4)]
    assert "tx 0" in words_of(player.picture)
    assert "tx 4" not in words_of(player.picture)


def test_the_picture_of_an_order_says_what_its_text_says() -> None:
    picture = picture_of(FOUR, run_order(FOUR, [1, 0, 2, 3]), (), 0)
    words = words_of(picture)
    assert all(part in words for part in ("Bob pays Cleo 5", "revert", "23,983 gas", "50,930 gas"))
    assert all(part in words and part in picture.text for part in ("Ann -932,492", "Bob -263,813", "producer +159,685"))
    assert label_of(picture) == picture.text.replace("\n", "; ")
    assert "seen" not in picture.text


def test_a_block_alone_shows_the_ether_of_two_only_when_asked() -> None:
    plain, two = show_order(FOUR, [1, 0, 2, 3]), show_order(FOUR, [1, 0, 2, 3], ether_of_two=("Bob", "producer"))
    assert "Bob -263,813   producer +159,685 gwei (of these two)" in two.text
    assert "ether of these two, gwei: Bob -263,813, producer +159,685" in words_of(two)
    for picture in (plain, two):
        assert "state root" in picture.text
        assert "transactions root" not in words_of(picture) + picture.text
        assert label_of(picture) == picture.text.replace("\n", "; ")
    assert "ether" not in words_of(plain) + plain.text
    assert "Ann -" not in words_of(two) + two.text


@pytest.mark.parametrize("two", [("Bob",), ("Bob", "Eve"), ("Bob", "Ann", "Dan"), ()])
def test_ether_of_anything_but_two_of_the_block_is_refused(two: Any) -> None:
    with pytest.raises(InputError, match="two of Ann, Bob, Cleo, Dan, producer"):
        show_order(FOUR, [0, 1, 2, 3], ether_of_two=two)


def test_ether_in_an_order_is_what_was_paid_for_gas() -> None:
    outcome = run_order(FOUR, [1, 0, 2, 3])
    gas = {number: used for number, (_, used) in zip(outcome.order, outcome.rows, strict=True)}
    paid = {"Ann": gas[0] + gas[3], "Bob": gas[1], "Dan": gas[2]}
    assert outcome.ether == {name: -11 * used for name, used in paid.items()} | {"producer": sum(gas.values())}


@pytest.mark.parametrize(
    ("leaf", "given"), [(0, {(0, 1), (1, 1)}), (1, {(0, 0), (1, 1)}), (2, {(0, 3), (1, 0)}), (3, {(0, 2), (1, 0)})]
)
def test_a_path_names_the_siblings_and_no_others(leaf: int, given: set[tuple[int, int]]) -> None:
    roles = path_roles(LEVELS, leaf)
    found = {(height, i) for height, level in enumerate(roles) for i, role in enumerate(level) if role == "given"}
    assert found == given
    assert roles[0][leaf] == "leaf"
    assert roles[2] == ["made"]


def test_the_tree_shows_every_hash_and_its_part() -> None:
    picture = show_tree(LEVELS, ["a", "b", "c", "d"], leaf=2)
    assert all(f"0x{bytes([i]).hex() * 4}…" in words_of(picture) for i in range(4))
    assert words_of(picture).count("in the path") == picture.text.count("in the path") == 2
    assert "recomputed" not in show_tree(LEVELS, ["a", "b", "c", "d"]).text
    assert picture.text.endswith("entries  [a, b]  [c, d]")  # who is beside whom


def test_the_table_of_a_market_shows_its_peak_whatever_it_skips() -> None:
    market = run_market([0.5, 4, 4, 4, 1, 1], seed=1)
    peak = max(market, key=lambda block: block.base_fee)
    assert f"{peak.base_fee / GWEI:>10.2f}" in show_market(market, every=6).text


def test_bits_are_counted_and_struck_alike() -> None:
    before, after = bytes(32), b"\xff" + bytes(30) + b"\x01"
    picture = show_bits(before, after)
    assert changed_bits(before, after) == [*range(8), 255]
    assert picture.svg.count("<path ") == 9
    assert "changed  9 of 256 bits (4%)" in picture.text


def test_the_market_draws_the_numbers_of_its_table() -> None:
    slots = run_market([0.5, 4, 4, 4, 1, 1], seed=1)
    chart = show_market(slots)
    assert len(chart.text.split("\n")) == 7
    assert f"{len(slots)} blocks" in chart.alt
    gas, fee, waiting = axes_of(chart)
    assert [bar.get_height() for bar in gas.patches] == [slot.gas_used / slot.gas_limit for slot in slots]
    assert list(fee.patches[0].get_data().values) == [slot.base_fee / GWEI for slot in slots]
    assert f"{max(slot.waiting for slot in slots):,}" in [text.get_text() for text in waiting.texts]


def chain_of_three() -> LocalChain:
    ann = wallet("Ann")
    chain = LocalChain(WorldState({ann.address: Account(balance=ETHER)}))
    terms = {"gas_limit": 21_000, "max_fee_per_gas": 20 * 10**9}
    for nonce in range(2):
        chain.add(ann.sign(nonce=nonce, to=b"\xbb" * 20, value=1, **terms))
    chain.add()
    return chain


def test_an_honest_chain_has_no_faults() -> None:
    blocks = chain_of_three().blocks
    assert find_faults(blocks) == []
    assert "every check passes" in show_chain(blocks).text


def test_a_receipt_that_was_changed_breaks_the_receipts_root_and_nothing_else() -> None:
    blocks = chain_of_three().blocks
    lie = replace(blocks[2].receipts[0], succeeded=False)
    blocks[2] = replace(blocks[2], receipts=(lie,))
    assert find_faults(blocks) == [Fault(2, "receipts root")]
    assert words_of(show_chain(blocks)).count("✗") == show_chain(blocks).text.count("does not fit") == 1


def test_a_repaired_header_breaks_the_link_of_its_child() -> None:
    blocks = chain_of_three().blocks
    receipts = (replace(blocks[2].receipts[0], succeeded=False),)
    root = ordered_trie_root([receipt.encode() for receipt in receipts])
    blocks[2] = replace(blocks[2], receipts=receipts, header=replace(blocks[2].header, receipts_root=root))
    assert find_faults(blocks) == [Fault(3, "parent hash")]


def test_dropped_transactions_and_a_wrong_bloom_are_noticed() -> None:
    blocks = chain_of_three().blocks
    assert find_faults([blocks[0], replace(blocks[1], transactions=())]) == [Fault(1, "transactions root")]
    header = replace(blocks[1].header, logs_bloom=b"\xff" * 256)
    wrong = [blocks[0], replace(blocks[1], header=header)]
    assert Fault(1, "logs bloom") in find_faults(wrong)
    assert "✗ logs bloom" in words_of(show_chain(wrong))


def test_the_logs_bloom_is_shown_only_where_it_does_not_fit() -> None:
    picture = show_chain(chain_of_three().blocks)
    assert "logs bloom" not in words_of(picture) + picture.text
    assert "receipts root" in words_of(picture)


def test_a_wrong_state_root_cannot_be_seen_without_running_the_block() -> None:
    chain = chain_of_three()
    lie = replace(chain.head, state_root=bytes(32))
    blocks = [*chain.blocks[:-1], replace(chain.blocks[-1], header=lie)]
    assert find_faults(blocks) == []
    result = chain.results[-1]
    block = chain.blocks[-1]
    honest = seal_block(chain.chain, Block(block.header), result, chain.world, parent=chain.blocks[-2].header)
    assert honest.header.state_root != lie.state_root
