"""A layer with a bridge, and Ann, Bob and Mallory, each with some ether on L2 already."""

from __future__ import annotations

from toyevm.contracts import Contract
from toyevm.contracts.abi import reason_of
from toyevm.rollups.bridge import WithdrawalMessage
from toyevm.rollups.roles import L1_END, Layer
from toyevm.transactions import Transaction
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

ANN, BOB, MALLORY = wallet("Ann"), wallet("Bob"), wallet("Mallory")


def bridged(contract: Contract = L1_END, delay: int = 600) -> Layer:
    """Return a layer in which everybody has deposited 10 ether."""
    layer = Layer([ANN, BOB, MALLORY], delay, contract)
    for user in layer.users:
        user.deposit(10 * ETHER)
    for _ in range(2):
        layer.turn()
    return layer


def withdrawn(layer: Layer, amount: int = ETHER, user: int = 0) -> WithdrawalMessage:
    """Withdraw as a user, and have the state root with it accepted; return the message."""
    layer.users[user].withdraw(amount)
    layer.turn()
    layer.proposer.propose()
    layer.turn()
    return layer.users[user].messages()[-1]


def newest_root(layer: Layer) -> int:
    """Return the newest L2 block whose state root is accepted."""
    accepted = [block.number for block in layer.chain.blocks if any(layer.proposer.accepted_root(block.number))]
    return accepted[-1]


def proven(layer: Layer, amount: int = ETHER, user: int = 0) -> WithdrawalMessage:
    """Withdraw, and prove it."""
    message = withdrawn(layer, amount, user)
    assert outcome(layer, layer.bridge.prove(BOB, message, layer.chain, newest_root(layer))) is None
    return message


def outcome(layer: Layer, tx: Transaction, seconds: int = 12) -> str | None:
    """Have an L1 transaction mined, and return why it failed; None if it did not."""
    layer.turn(seconds)
    return reason_of(layer.l1.result(tx))
