"""Who does what in a layer: small objects, each with what it knows and nothing more.

    user         deposits, pays, withdraws
    sequencer    puts transactions into L2 blocks: so far a promise
    batcher      posts the blocks on L1: from now on they count
    full node    computes L2 from L1, and asks nobody
    proposer     tells L1 a state root of L2
    watcher      compares the roots that L1 was told with its own

A validator, who has a stake and signs, belongs to the sidechain. One company may be sequencer, batcher and proposer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from toyevm.contracts import Contract, load_contract
from toyevm.errors import InvalidBlock
from toyevm.rollups.batches import make_batch, post
from toyevm.rollups.bridge import WEEK, Books, Bridge, WithdrawalMessage, messages_in
from toyevm.rollups.derivation import Pipeline
from toyevm.rollups.encodings.singular import Singular
from toyevm.rollups.kzg import TrustedSetup, make_sidecar
from toyevm.rollups.l1 import L1
from toyevm.rollups.l1_data import INBOX
from toyevm.rollups.l2 import L2Block, L2Chain, RollupConfig
from toyevm.rollups.mempool_chain import first_free_nonce
from toyevm.rollups.values import L1Block
from toyevm.state import Account
from toyevm.transactions import BLOB, Transaction, encode_transaction
from toyevm.types import Address, Hash32
from toyevm.units import GWEI
from toyevm.workloads.block_building import tried
from toyevm.workloads.wallets import Wallet, wallet
from toyevm.workloads.workload import SLOT_SECONDS

PROPOSAL_GAS, TRANSFER_GAS = 200_000, 21_000
MAX_BLOB_FEE = 100 * GWEI
TRUSTED_ROOTS, L1_END = load_contract("trusted_roots"), load_contract("l1_bridge")


class FullNode:
    """Reads L1 and computes L2 from it, back and forth over reorgs."""

    def __init__(self, bridge: Bridge, batcher: Address, config: RollupConfig) -> None:
        self.l1, self.bridge, self.batcher, self.config = bridge.l1, bridge, batcher, config
        self.pipeline = Pipeline(config)
        self.follow()

    @property
    def chain(self) -> L2Chain:
        """L2, as far as L1 says."""
        return self.pipeline.chain

    def read(self, number: int) -> L1Block:
        """Return what L1 block `number` holds for the layer."""
        return self.l1.data(number, INBOX, self.bridge.address, self.batcher)

    def follow(self) -> int:
        """Read what is new on L1; return how many of its blocks had to be given up.

        Raises:
            InputError: L1 has lost more blocks than the layer's longest reorg, or that with which L2 begins.
        """
        known = self.pipeline.l1_blocks
        first = self.config.genesis_epoch
        number = known[-1].number if known else first
        while known and number >= first and not self.l1.has(number, known[number - first].hash):
            number -= 1
        return self.pipeline.follow([self.read(each) for each in range(number, self.l1.head.number + 1)])

    def overrule(self, block: L2Block) -> None:
        """Take no transactions from this block: it executes a message of another layer that was never sent.

        Raises:
            InputError: it was derived longer ago than the layer's longest reorg.
        """
        self.pipeline.overruled.add(block.hash)
        if self.chain.has(block.number, block.hash):
            l1_numbers = (each.number for each in self.pipeline.l1_blocks)
            derived_at = next(number for number in l1_numbers if self.pipeline.height_at(number) >= block.number)
            self.pipeline.rewind(derived_at - 1)
            self.follow()


class Sequencer:
    """Takes transactions, and says at once in which order they will be on L2; it is believed until L1 says otherwise.

    Attributes:
        chain: L2, as it promises it.
        pool: what it has been sent and has not put into a block.
        refused: what may not be in a block, each with the reason.
    """

    def __init__(self, node: FullNode) -> None:
        self.node, self.chain = node, L2Chain(node.config)
        self.pool: list[Transaction] = []
        self.refused: list[tuple[Transaction, str]] = []

    def send(self, tx: Transaction) -> Transaction:
        self.pool.append(tx)
        return tx

    def sequence(self) -> list[L2Block]:
        """Make the next blocks, and return them: one for each new block of L1, then one of all transactions.

        Deposits are credited at the end of a block, so who has just got one can pay in the next.
        """
        self.node.follow()
        self._keep_to_l1()
        first, newest = self.chain.head.number + 1, self.node.l1.head.number
        for number in range(self.chain.head.epoch + 1, newest + 1):
            self._append((), number)
        waiting, self.pool = tuple(self.pool), []
        if waiting:
            self._append(waiting, newest)
        return self.chain.blocks[first:]

    def _append(self, transactions: tuple[Transaction, ...], epoch: int) -> None:
        """Make a block of those that may be in it, in this order."""
        l1_block = self.node.read(epoch)
        try:  # mostly all of them may
            self._append_all(transactions, l1_block)
        except InvalidBlock:
            self._append_all(self._choose(transactions, l1_block), l1_block)

    def _append_all(self, transactions: Iterable[Transaction], l1_block: L1Block) -> None:
        raw = tuple(map(encode_transaction, transactions))
        self.chain.append(self.chain.next_input(l1_block, raw), l1_block)

    def _choose(self, transactions: tuple[Transaction, ...], l1_block: L1Block) -> Iterator[Transaction]:
        """Yield the transactions that can be in the next block; who comes when it is full waits, others are refused."""
        chain = self.chain
        self.refused += [(tx, "L2 has no blobs") for tx in transactions if tx.type == BLOB]
        fine = tuple(tx for tx in transactions if tx.type != BLOB)
        block = replace(chain.open_block(chain.next_input(l1_block), l1_block), transactions=fine)
        for tx, error in tried(chain.config.chain, chain.world, block):
            if error is None:
                yield tx
            elif error.reason == "gas-limit-above-block" and tx.gas_limit <= block.header.gas_limit:
                self.pool.append(tx)
            else:
                self.refused.append((tx, str(error)))

    def _keep_to_l1(self) -> None:
        """Give up what L1 has decided otherwise: begin anew behind the node's L2, with the same transactions."""
        derived, mine = self.node.chain, self.chain.blocks
        if self._is_promised(derived) and self.node.l1.has(mine[-1].epoch, mine[-1].input.epoch_hash):
            return
        common = sum(1 for one, other in zip(mine, derived.blocks, strict=False) if one.hash == other.hash)
        self.pool = [tx for block in mine[common:] for tx in block.sealed.transactions] + self.pool
        self.chain.entries = list(derived.entries)

    def _is_promised(self, derived: L2Chain) -> bool:
        return derived.head.hash in (block.hash for block in self.chain.blocks[derived.head.number :][:1])


class Batcher:
    """Posts on L1 what the sequencer has promised and L1 does not have yet; what was lost in a reorg, once more.

    Attributes:
        setup: with it, a submission goes into a blob of its own, under a commitment; without, it is calldata.
    """

    def __init__(self, wallet: Wallet, sequencer: Sequencer, setup: TrustedSetup | None = None) -> None:
        self.wallet, self.sequencer, self.setup = wallet, sequencer, setup

    def submissions(self) -> list[bytes]:
        """Return what L1 still needs: every block that is not derived yet; one on its way already counts once."""
        derived = self.sequencer.node.chain.head.number
        return post(make_batch(self.sequencer.chain, derived + 1), Singular())

    def post(self) -> list[Transaction]:
        """Send the submissions to the inbox."""
        return [self._send(data) for data in self.submissions()]

    def _send(self, data: bytes) -> Transaction:
        l1 = self.sequencer.node.l1
        if self.setup is None:
            return l1.submit(self.wallet, INBOX, data)
        sidecar = make_sidecar(data, self.setup)
        hash_ = sidecar.versioned_hash
        fees = {"gas_limit": TRANSFER_GAS, "max_fee_per_blob_gas": MAX_BLOB_FEE}
        return l1.send(l1.sign(self.wallet, INBOX, b"", type=BLOB, blob_hashes=(hash_,), **fees), {hash_: sidecar.blob})


class Proposer:
    """Tells a settlement's contract the state roots of L2; here one that believes its owner."""

    def __init__(self, wallet: Wallet, node: FullNode) -> None:
        self.wallet, self.node = wallet, node
        self.address = node.bridge.settlement

    def propose(self, number: int | None = None, root: Hash32 | None = None) -> Transaction:
        """Send a state root: by default the right one, and of the newest block that is derived.

        Raises:
            InputError: there is no such block.
        """
        self.node.follow()
        block = self.node.chain.head if number is None else self.node.chain.entry(number)
        upto = self.node.pipeline.l1_blocks[-1]
        said = block.sealed.header.state_root if root is None else root
        data = TRUSTED_ROOTS.call_data("accept", block.number, said, upto.number, upto.hash)
        return self.node.l1.submit(self.wallet, self.address, data, gas_limit=PROPOSAL_GAS)

    def accepted_root(self, number: int) -> Hash32:
        """Return what L1 takes for the state root of an L2 block; 32 zeros if nothing."""
        return self.node.l1.call(self.address, TRUSTED_ROOTS.call_data("accepted_root", number)).output


class Watcher:
    """Looks whether L1 was told the truth; what can be done about a lie depends on the settlement."""

    def __init__(self, node: FullNode, proposer: Proposer) -> None:
        self.node, self.proposer = node, proposer

    def wrong_roots(self) -> list[int]:
        """Return the L2 blocks of which L1 has another state root than the chain that follows from it."""
        self.node.follow()
        found = {block.number: self.proposer.accepted_root(block.number) for block in self.node.chain.blocks}
        blocks = self.node.chain.blocks
        return [
            number for number, root in found.items() if any(root) and root != blocks[number].sealed.header.state_root
        ]


class User:
    """Somebody with an account on both chains."""

    def __init__(self, wallet: Wallet, sequencer: Sequencer) -> None:
        self.wallet, self.sequencer = wallet, sequencer
        self.bridge = sequencer.node.bridge

    @property
    def balance(self) -> int:
        """What they have on L2, as far as the sequencer says, in wei."""
        return self._account.balance

    def deposit(self, amount: int, to: Address | None = None) -> Transaction:
        """Send ether to L2, by default to their own account there."""
        return self.bridge.deposit(self.wallet, amount, to)

    def pay(self, to: Address, amount: int) -> Transaction:
        """Pay somebody on L2."""
        chain = self.sequencer.chain
        fees = {"max_fee_per_gas": 2 * chain.head.sealed.header.base_fee_per_gas + GWEI, "max_priority_fee_per_gas": 0}
        chain_id = chain.config.chain.chain_id
        tx = self.wallet.sign(to=to, value=amount, nonce=self._nonce, gas_limit=TRANSFER_GAS, chain_id=chain_id, **fees)
        return self.sequencer.send(tx)

    def withdraw(self, amount: int, to: Address | None = None) -> Transaction:
        """Burn ether on L2; once the block is derived, the message is among `messages`."""
        tx = self.bridge.withdraw(self.wallet, self.sequencer.chain, amount, to, nonce=self._nonce)
        return self.sequencer.send(tx)

    def messages(self) -> list[WithdrawalMessage]:
        """Return what they have withdrawn, as L1 says, in order."""
        blocks = self.sequencer.node.chain.blocks
        sent = [message for block in blocks for message in messages_in(block)]
        return [message for message in sent if message.sender == self.wallet.address]

    @property
    def _account(self) -> Account:
        return self.sequencer.chain.account(self.wallet.address)

    @property
    def _nonce(self) -> int:
        return first_free_nonce(self._account, self.wallet.address, self.sequencer.pool)


class Layer:
    """An L1 with a bridge, an L2 behind it, and one person in each role.

    Args:
        people: who has savings on L1.
        delay: of the bridge, in seconds.
        contract: the L1 end of the bridge.
        rules: those of `RollupConfig`.
    """

    def __init__(self, people: Iterable[Wallet], delay: int = WEEK, contract: Contract = L1_END, **rules: Any) -> None:
        owner, poster, speaker = wallet("bridge owner"), wallet("batcher"), wallet("proposer")
        everybody = list(people)
        self.l1 = L1([*everybody, owner, poster, speaker])
        settlement = self.l1.deploy(speaker, TRUSTED_ROOTS)
        self.bridge = Bridge.found(self.l1, owner, settlement, delay, contract)
        self.node = FullNode(self.bridge, poster.address, self.bridge.layer(**rules))
        self.sequencer = Sequencer(self.node)
        self.batcher = Batcher(poster, self.sequencer)
        self.proposer = Proposer(speaker, self.node)
        self.watcher = Watcher(self.node, self.proposer)
        self.users = [User(person, self.sequencer) for person in everybody]

    @property
    def chain(self) -> L2Chain:
        """L2, as L1 says."""
        return self.node.chain

    def turn(self, seconds: int = SLOT_SECONDS) -> None:
        """Let a block of L1 pass: what was sent to the sequencer is in a block of L2, and that on L1."""
        self.sequencer.sequence()
        self.batcher.post()
        self.l1.mine(seconds)
        self.node.follow()

    def books(self) -> Books:
        """Return where all ether of the bridge is."""
        return self.bridge.books(self.chain)
