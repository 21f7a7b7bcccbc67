"""The column of a layer that posts its data on L1: what that alone protects from, before anything is settled.

Ann locks ether in the bridge on L1; a sequencer makes blocks of L2, a batcher posts them, and nodes derive L2. Nothing
leaves L2 here, since that takes a settlement: a balance counts where a node that reads L1 finds it.
"""

from __future__ import annotations

from toyevm.crypto import keccak256
from toyevm.rollups.l1 import SAVINGS
from toyevm.rollups.l1_data import INBOX
from toyevm.rollups.matrix.values import Damage, MatrixCell
from toyevm.rollups.roles import Layer
from toyevm.units import ETHER
from toyevm.workloads.wallets import Wallet, wallet
from toyevm.workloads.workload import SLOT_SECONDS

SYSTEM = "data on L1"
ANN, BOB, EVE = (wallet(name) for name in ("Ann", "Bob", "Eve"))
DEPOSIT, PAYMENT = 10 * ETHER, 3 * ETHER
WINDOW, NEVER = 20, 10**9  # L1 blocks


def deposited(*people: Wallet, window: int = WINDOW) -> Layer:
    """Return a layer after the first of these people has locked ether on L1."""
    layer = Layer(people, sequencing_window=window)
    layer.users[0].deposit(DEPOSIT)
    layer.l1.mine()
    return layer


def derived_balance(layer: Layer, person: Wallet) -> int:
    """Return what a node finds that somebody has on L2, in wei."""
    return layer.chain.account(person.address).balance


def withhold_data(defended: bool) -> Damage:
    """Let the operator's machines burn: with the batches on L1, or with nothing there but their hash."""
    layer = deposited(ANN, BOB)
    ann, bob = layer.users
    layer.sequencer.sequence()
    ann.pay(BOB.address, PAYMENT)
    layer.sequencer.sequence()
    before = {"Ann": ann.balance, "Bob": bob.balance}
    for data in layer.batcher.submissions():
        layer.l1.submit(layer.batcher.wallet, INBOX, data if defended else keccak256(data))
    for _ in range(WINDOW + 2):
        layer.l1.mine()
    layer.node.follow()
    return Damage(before, {"Ann": derived_balance(layer, ANN), "Bob": derived_balance(layer, BOB)}, thieves=())


def censor(defended: bool) -> Damage:
    """Let the sequencer say nothing, so that a deposit is never taken in."""
    layer = deposited(ANN, window=WINDOW if defended else NEVER)
    locked = layer.l1.head
    while not derived_balance(layer, ANN) and layer.l1.head.number < locked.number + 50:
        layer.l1.mine()
        layer.node.follow()
    delay = layer.l1.now - locked.timestamp - SLOT_SECONDS
    return Damage({"Ann": DEPOSIT}, {"Ann": derived_balance(layer, ANN)}, (), delay)


def reorganise(defended: bool) -> Damage:
    """Let L1 lose Eve's deposit after L2 has credited it."""
    layer = deposited(EVE)
    layer.turn()
    assert derived_balance(layer, EVE) == DEPOSIT
    layer.l1.reorg(2, keep=False)
    for _ in range(2):
        layer.l1.mine()
    if defended:
        layer.node.follow()
    after = layer.l1.account(EVE.address).balance + derived_balance(layer, EVE)
    return Damage({"Eve": SAVINGS}, {"Eve": after}, thieves=("Eve",))


CELLS = (
    MatrixCell(
        "withheld data",
        SYSTEM,
        "the operator's machines burn after Ann has paid Bob",
        "the batches stand on L1, not their hash alone",
        withhold_data,
    ),
    MatrixCell(
        "censorship",
        SYSTEM,
        "the sequencer never takes Ann's deposit in",
        "after the sequencing window, its epoch is derived without the sequencer",
        censor,
    ),
    MatrixCell(
        "L1 reorg",
        SYSTEM,
        "L1 loses Eve's deposit after L2 has credited it",
        "nodes of L2 go back with L1",
        reorganise,
    ),
)
