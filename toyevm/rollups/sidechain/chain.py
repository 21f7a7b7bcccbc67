"""The sidechain itself: a chain of its own, whose money comes from the bridge and leaves through a gateway.

It has its own chain id, its own blocks and fees; any backend executes them. What was deposited on L1 appears as a
credit of one of its blocks, in the form of a withdrawal (EIP-4895): nobody has to sign for it. (Polygon PoS makes it a
call of a system contract, the state receiver; the numbers are its own, chain 137 with the coin's contract at 0x1010.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from toyevm.backends import BACKENDS
from toyevm.blocks import Log, Withdrawal
from toyevm.chain import ChainConfig
from toyevm.contracts import load_contract
from toyevm.errors import InputError
from toyevm.results import SealedBlock
from toyevm.rollups.mempool_chain import MempoolChain
from toyevm.rollups.values import Deposit
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.types import Address, to_address

SIDE_CHAIN = ChainConfig(chain_id=137)
GATEWAY = to_address(0x1010)
GATEWAY_CONTRACT = load_contract("child_gateway")
BURNED = GATEWAY_CONTRACT.event_topic("Burned")
BLOCK_SECONDS = 2


class ChildChain(MempoolChain):
    """A chain on which nobody has anything at first, and which carries no blobs.

    Args:
        backend: the name of the backend that executes its blocks.
        others: what else is there from the first block on.
    """

    def __init__(
        self,
        backend: str = "sequential",
        chain: ChainConfig = SIDE_CHAIN,
        others: Mapping[Address, Account] = MappingProxyType({}),
    ) -> None:
        super().__init__(chain, WorldState({GATEWAY: Account(code=GATEWAY_CONTRACT.code), **others}))
        self.backend = BACKENDS.named(backend)

    def send(self, tx: Transaction) -> Transaction:
        """Put a transaction into the mempool, as `MempoolChain.send` does; one with blobs is an InputError."""
        if tx.blob_hashes:
            raise InputError("a transaction with blobs", "send", "none: the sidechain has nobody who keeps them")
        return super().send(tx)

    def produce(self, deposits: Iterable[Deposit] = (), seconds: int = BLOCK_SECONDS) -> SealedBlock:
        """Seal the next block, with these deposits and what fits of the mempool."""
        return self.mine(seconds, [Withdrawal(each.nonce, 0, each.to, each.amount) for each in deposits])

    @property
    def burned(self) -> int:
        """What has left through the gateway, in wei: it lies there for good."""
        return self.account(GATEWAY).balance

    @property
    def fees_burned(self) -> int:
        """What the base fee has destroyed, in wei: no claim to the escrow is left of it."""
        headers = (entry.sealed.header for entry in self.entries)
        return sum(header.base_fee_per_gas * header.gas_used for header in headers)

    @property
    def supply(self) -> int:
        """What circulates, in wei."""
        return sum(account.balance for account in self.world.accounts.values()) - self.burned


def burns_in(sealed: SealedBlock) -> Iterator[tuple[Address, int]]:
    """Yield for each burn in a block who is to be paid on L1, and how much, in wei."""
    for receipt in sealed.receipts:
        for log in receipt.logs:
            if log.address == GATEWAY and log.topics[0] == BURNED:
                yield to_address(log.topics[1]), int.from_bytes(log.data, "big")


def burn_log(receiver: Address, amount: int) -> Log:
    """Return the log with which the gateway takes `amount` wei out of circulation."""
    topics = (BURNED, int.from_bytes(receiver, "big"))
    return Log(GATEWAY, topics, amount.to_bytes(32, "big"))
