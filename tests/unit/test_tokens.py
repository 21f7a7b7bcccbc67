"""Wallets, tokens and the chain of one's own: the small world in which lesson 02 plays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.errors import InputError, InvalidBlock
from toyevm.sealing import check_link
from toyevm.state import Account, WorldState
from toyevm.teaching.lessons.state_transactions_blocks.local_chain import LocalChain
from toyevm.types import Field, Location
from toyevm.vm.message import execute_message
from toyevm.workloads.short_tree import honest_path, leaf_hash, levels_of, pair_hash, weak_verify
from toyevm.workloads.tokens import (
    ERC20,
    ETHER,
    TOKEN,
    creation_data,
    encode_arguments,
    read_payment,
    sign_payments,
    token_balance,
    token_world,
    transfer_data,
)
from toyevm.workloads.wallets import wallet

ANN, BOB = wallet("Ann"), wallet("Bob")
TERMS = {"gas_limit": 600_000, "max_fee_per_gas": 20 * 10**9, "max_priority_fee_per_gas": 10**9}


def chain_with_token() -> tuple[LocalChain, bytes]:
    chain = LocalChain(WorldState({ANN.address: Account(balance=ETHER)}))
    chain.add(ANN.sign(nonce=0, to=None, data=creation_data("A token with a long name", "TOY", 1_000), **TERMS))
    token = chain.results[0].results[0].created_address
    assert token is not None
    return chain, token


def test_two_people_with_one_key_would_be_one_account() -> None:
    assert len({wallet(name).address for name in ("Ann", "Bob", "ann", "Anna")}) == 4
    assert wallet("Ann") == wallet("Ann")


def test_a_wallet_that_shows_its_key_gives_it_away() -> None:
    assert ANN.private_key.hex() not in repr(ANN)
    assert str(ANN.private_key) not in repr(ANN)


def test_the_constructor_must_find_its_arguments() -> None:
    chain, token = chain_with_token()
    assert chain.world.accounts[token].code == ERC20.code
    assert token_balance(chain.world, token, ANN.address) == 1_000
    for function, words in (("name", b"A token with a long name"), ("symbol", b"TOY")):
        output = execute_message(chain.world, address=token, input=ERC20.call_data(function)).output
        assert output == encode_arguments(words.decode())


@given(st.text(max_size=70), st.integers(0, 2**256 - 1), st.binary(min_size=20, max_size=20))
def test_arguments_must_be_where_the_abi_says(words: str, number: int, address: bytes) -> None:
    data = encode_arguments(number, words, address)
    heads = [int.from_bytes(data[i : i + 32], "big") for i in (0, 32, 64)]
    assert heads[0] == number
    assert heads[2] == int.from_bytes(address, "big")
    length = int.from_bytes(data[heads[1] : heads[1] + 32], "big")
    assert data[heads[1] + 32 :][:length].decode() == words
    assert len(data) % 32 == 0


def test_a_payment_must_move_what_it_says_in_the_real_contract() -> None:
    chain, token = chain_with_token()
    chain.add(ANN.sign(nonce=1, to=token, data=transfer_data(BOB.address, 30), **TERMS))
    assert [token_balance(chain.world, token, one.address) for one in (ANN, BOB)] == [970, 30]
    assert chain.report()["statuses"] == ["success", "success"]


def test_a_world_made_up_must_behave_like_one_that_was_deployed() -> None:
    chain = LocalChain(token_world({"Ann": 100}, ["Bob"]))
    chain.add(*sign_payments(["Ann pays Bob 5", "Bob pays Ann 2", "Ann pays Bob 1"]))
    assert [token_balance(chain.world, TOKEN, one.address) for one in (ANN, BOB)] == [96, 4]
    assert chain.world.read(Location(ANN.address, Field.NONCE)).value == 2


def test_blocks_must_follow_each_other_as_the_protocol_wants() -> None:
    chain, _ = chain_with_token()
    chain.add()
    for parent, block in zip(chain.blocks, chain.blocks[1:], strict=False):
        check_link(chain.chain, parent.header, block.header)
    assert chain.head.state_root == chain.world.root


def test_a_refused_block_must_leave_the_chain_as_it_was() -> None:
    chain, token = chain_with_token()
    before = chain.head, chain.world.root, len(chain.results)
    with pytest.raises(InvalidBlock, match="nonce-too-low"):
        chain.add(ANN.sign(nonce=0, to=token, **TERMS))
    assert (chain.head, chain.world.root, len(chain.results)) == before


@pytest.mark.parametrize("words", ["", "Ann pays Bob", "Ann owes Bob 5", "Ann pays Bob -5", "Ann pays Bob 5 tokens"])
def test_words_that_are_no_payment_must_be_named(words: str) -> None:
    with pytest.raises(InputError, match="not a payment"):
        read_payment(words)


@pytest.mark.parametrize("count", [0, 3, 6])
def test_a_short_tree_of_another_size_has_no_paths(count: int) -> None:
    with pytest.raises(InputError, match="1, 2, 4, 8"):
        levels_of([1] * count)


@given(st.integers(0, 4).flatmap(lambda n: st.lists(st.integers(0, 99), min_size=2**n, max_size=2**n)), st.data())
def test_an_honest_path_must_be_accepted(balances: list[int], data: st.DataObject) -> None:
    account = data.draw(st.integers(0, len(balances) - 1))
    root = levels_of(balances)[-1][0]
    path = honest_path(balances, account)
    assert weak_verify(root, account, balances[account], path)
    assert not weak_verify(root, account, balances[account] + 1, path)


def test_the_weak_verifier_must_stay_weak_or_there_is_nothing_to_mend() -> None:
    balances = [4, 9, 2, 60]
    root = levels_of(balances)[-1][0]
    assert weak_verify(root, 0, 60, honest_path(balances, 3))


def test_a_pair_must_not_pass_for_a_leaf() -> None:
    assert pair_hash("a", "b") != pair_hash("b", "a")
    assert leaf_hash(1) not in {pair_hash("1", ""), pair_hash("", "1")}
