"""The column of a layer that posts its data on L1: what that alone protects from, before anything is settled.

Ann locks ether in the bridge on L1; a sequencer makes blocks of L2, a batcher posts them, and nodes derive L2. Nothing
leaves L2 here, since that takes a settlement: a balance counts where a node that reads L1 finds it.
"""

from __future__ import annotations

from toyevm.contracts import load_contract
from toyevm.crypto import keccak256
from toyevm.rollups.batches import make_batch, post
from toyevm.rollups.derivation import Pipeline
from toyevm.rollups.encodings.span import Span
from toyevm.rollups.l1 import L1, SLOT_SECONDS
from toyevm.rollups.l1_data import INBOX
from toyevm.rollups.l2 import L2Chain, RollupConfig
from toyevm.rollups.matrix.values import Damage, MatrixCell
from toyevm.rollups.values import L1Block
from toyevm.transactions import Transaction, encode_transaction
from toyevm.types import Address
from toyevm.units import ETHER, GWEI
from toyevm.workloads.wallets import Wallet, wallet

SYSTEM = "data on L1"
ANN, BOB, EVE, BATCHER = (wallet(name) for name in ("Ann", "Bob", "Eve", "batcher"))
DEPOSIT, PRICE = 10 * ETHER, 3 * ETHER
NEVER = 10**9  # L1 blocks
BRIDGE = load_contract("l1_bridge")


class DataLayer:
    """An L1 with a bridge, and the sequencer of a layer.

    Args:
        window: the sequencing window, in L1 blocks.
    """

    def __init__(self, window: int = 20) -> None:
        self.l1 = L1([ANN, BOB, EVE, BATCHER])
        nowhere = bytes(20)  # nothing is withdrawn here
        self.bridge = self.l1.deploy(BATCHER, BRIDGE, nowhere, nowhere, 0, 0)
        self.config = RollupConfig(
            genesis_epoch=self.l1.head.number, genesis_timestamp=self.l1.now, sequencing_window=window
        )
        self.chain = L2Chain(self.config)  # the sequencer's own

    def deposit(self, person: Wallet) -> Transaction:
        """Lock ether on L1; it is in the mempool then."""
        return self.l1.submit(person, self.bridge, BRIDGE.call_data("deposit", person.address), value=DEPOSIT)

    def pay(self, payer: Wallet, payee: Address, nonce: int = 0) -> bytes:
        """Return a payment on L2."""
        fees = {"gas_limit": 21_000, "max_fee_per_gas": 100 * GWEI, "chain_id": self.config.chain.chain_id}
        return encode_transaction(payer.sign(nonce=nonce, to=payee, value=PRICE, **fees))

    def sequence(self, *transactions: bytes) -> None:
        """Make the next block of L2, in the epoch of the newest L1 block."""
        epoch = self.block(self.l1.head.number)
        self.chain.append(self.chain.next_input(epoch, transactions), epoch)

    def submissions(self, first: int = 1) -> list[bytes]:
        """Return what the batcher posts of L2's blocks from `first` on."""
        span = Span(self.config.chain.chain_id, self.config.genesis_timestamp)
        return post(make_batch(self.chain, first), span)

    def block(self, number: int) -> L1Block:
        """Return what an L1 block holds for the layer."""
        return self.l1.data(number, INBOX, self.bridge, BATCHER.address)

    def blocks(self, first: int | None = None) -> list[L1Block]:
        """Return what L1 holds for the layer."""
        start = self.config.genesis_epoch if first is None else first
        return [self.block(number) for number in range(start, self.l1.head.number + 1)]

    def node(self) -> Pipeline:
        """Return a new node, which has read all of L1."""
        pipeline = Pipeline(self.config)
        pipeline.follow(self.blocks())
        return pipeline


def balance(chain: L2Chain, person: Wallet) -> int:
    """Return what somebody has on L2, in wei."""
    account = chain.world.accounts.get(person.address)
    return account.balance if account else 0


def withhold_data(defended: bool) -> Damage:
    """Let the operator's machines burn: with the batches on L1, or with nothing there but their hash."""
    layer = DataLayer()
    layer.deposit(ANN)
    layer.l1.mine()
    layer.sequence()
    layer.sequence(layer.pay(ANN, BOB.address))
    for data in layer.submissions():
        layer.l1.submit(BATCHER, INBOX, data if defended else keccak256(data))
    for _ in range(layer.config.sequencing_window + 2):
        layer.l1.mine()
    left = layer.node().chain
    before = {"Ann": balance(layer.chain, ANN), "Bob": balance(layer.chain, BOB)}
    return Damage(before, {"Ann": balance(left, ANN), "Bob": balance(left, BOB)}, thieves=())


def censor(defended: bool) -> Damage:
    """Let the sequencer say nothing, so that a deposit is never taken in."""
    layer = DataLayer(window=20 if defended else NEVER)
    layer.deposit(ANN)
    deposited = layer.l1.mine().header
    node = layer.node()
    while not balance(node.chain, ANN) and layer.l1.head.number < deposited.number + 50:
        layer.l1.mine()
        node.advance(layer.block(layer.l1.head.number))
    delay = layer.l1.now - deposited.timestamp - SLOT_SECONDS
    return Damage({"Ann": DEPOSIT}, {"Ann": balance(node.chain, ANN)}, (), delay)


def reorganise(defended: bool) -> Damage:
    """Let L1 lose Eve's deposit after L2 has credited it."""
    layer = DataLayer()
    before = layer.l1.account(EVE.address).balance
    layer.deposit(EVE)
    layer.l1.mine()
    layer.sequence()
    for data in layer.submissions():
        layer.l1.submit(BATCHER, INBOX, data)
    layer.l1.mine()
    node = layer.node()
    assert balance(node.chain, EVE) == DEPOSIT
    layer.l1.reorg(2, keep=False)
    for _ in range(2):
        layer.l1.mine()
    if defended:
        node.follow(layer.blocks())
    return Damage(
        {"Eve": before}, {"Eve": layer.l1.account(EVE.address).balance + balance(node.chain, EVE)}, thieves=("Eve",)
    )


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
