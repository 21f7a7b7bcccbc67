"""The ERC-20 token: created by a transaction, or written down as if it had been, it behaves the same."""

from __future__ import annotations

from toyevm.contracts.abi import encode_arguments
from toyevm.state import Account, WorldState
from toyevm.teaching.lessons.state_transactions_blocks.local_chain import LocalChain
from toyevm.types import Field, Location
from toyevm.units import ETHER, GWEI
from toyevm.vm.message import execute_message
from toyevm.workloads.tokens import ERC20, TOKEN, creation_data, token_balance, token_world, transfer_data
from toyevm.workloads.transfers import read_payments, sign_payments
from toyevm.workloads.wallets import wallet

ANN, BOB = wallet("Ann"), wallet("Bob")
TERMS = {"gas_limit": 600_000, "max_fee_per_gas": 20 * GWEI, "max_priority_fee_per_gas": GWEI}


def chain_with_token() -> tuple[LocalChain, bytes]:
    chain = LocalChain(WorldState({ANN.address: Account(balance=ETHER)}))
    chain.add(ANN.sign(nonce=0, to=None, data=creation_data("A token with a long name", "TOY", 1_000), **TERMS))
    token = chain.results[0].results[0].created_address
    assert token is not None
    return chain, token


def test_the_constructor_finds_its_arguments() -> None:
    chain, token = chain_with_token()
    assert chain.world.accounts[token].code == ERC20.code
    assert token_balance(chain.world, token, ANN.address) == 1_000
    for function, words in (("name", b"A token with a long name"), ("symbol", b"TOY")):
        output = execute_message(chain.world, address=token, input=ERC20.call_data(function)).output
        assert output == encode_arguments(words.decode())


def test_a_transfer_moves_what_it_says_in_the_real_contract() -> None:
    chain, token = chain_with_token()
    chain.add(ANN.sign(nonce=1, to=token, data=transfer_data(BOB.address, 30), **TERMS))
    assert [token_balance(chain.world, token, one.address) for one in (ANN, BOB)] == [970, 30]
    assert chain.report()["statuses"] == ["success", "success"]


def test_a_token_written_down_behaves_like_one_that_was_deployed() -> None:
    chain = LocalChain(token_world({"Ann": 100}, ["Bob"]))
    chain.add(*sign_payments(read_payments("Ann pays Bob 5, Bob pays Ann 2, Ann>Bob"), unit=1, token=True))
    assert [token_balance(chain.world, TOKEN, one.address) for one in (ANN, BOB)] == [96, 4]
    assert chain.world.read(Location(ANN.address, Field.NONCE)).value == 2
