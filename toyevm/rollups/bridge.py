"""The bridge: ether locked on L1 is ether on L2, and a message from L2, proven on L1, unlocks it again.

Both ends are contracts (l1_bridge.vy, l2_gateway.vy); this is the door to them, and the books. At any moment

    locked on L1 = supply on L2 + in flight + burnt

In flight are deposits that no L2 block has taken yet, and withdrawals that are not paid yet. Burnt are the base fees of
L2: nobody has them, so nobody can bring them back. (The OP Stack collects them in a vault instead.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from toyevm import rlp
from toyevm.contracts import Contract, load_contract, mapping_slot
from toyevm.contracts.abi import encode_arguments
from toyevm.crypto import keccak256
from toyevm.rollups.l1 import L1
from toyevm.rollups.l1_data import deposits_in
from toyevm.rollups.l2 import L2Block, L2Chain, RollupConfig
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.types import Address, Hash32, to_address
from toyevm.units import GWEI
from toyevm.workloads.wallets import Wallet

GATEWAY: Address = to_address(0x42 << 152 | 0x16)  # there from L2's first block on, as on the OP Stack
WEEK = 7 * 86_400
BRIDGE_GAS = 600_000  # a proof is some kilobytes of calldata
_L1_END, _L2_END = load_contract("l1_bridge"), load_contract("l2_gateway")


class WithdrawalMessage(NamedTuple):
    """What L2 tells L1: pay `amount` wei to `to`. Its nonce makes it the only one of its kind."""

    nonce: int
    sender: Address
    to: Address
    amount: int

    @property
    def hash(self) -> Hash32:
        """What both contracts know it by."""
        return keccak256(encode_arguments(*self))

    @property
    def slot(self) -> int:
        """Where the gateway remembers that it was sent."""
        return mapping_slot(_L2_END.slots["sent"], self.hash)


class Books(NamedTuple):
    """Where the ether of a bridge is, in wei."""

    locked: int
    supply: int
    deposits_in_flight: int
    withdrawals_in_flight: int
    burnt: int

    @property
    def in_flight(self) -> int:
        return self.deposits_in_flight + self.withdrawals_in_flight

    @property
    def is_balanced(self) -> bool:
        """Tell whether every wei that is locked has its place, and there is none on L2 that is not locked."""
        return self.locked == self.supply + self.in_flight + self.burnt


def messages_in(block: L2Block) -> Iterator[WithdrawalMessage]:
    """Yield the messages that an L2 block has sent, in order."""
    topic = _L2_END.event_topic("Sent")
    for receipt in block.sealed.receipts:
        for log in receipt.logs:
            if log.address == GATEWAY and log.topics[0] == topic:
                nonce, amount = (int.from_bytes(log.data[at : at + 32], "big") for at in (0, 32))
                _, _, sender, to = log.topics
                yield WithdrawalMessage(nonce, to_address(sender), to_address(to), amount)


def slot_proof_of(world: WorldState, address: Address, slot: int) -> bytes:
    """Return what the precompile `slot_proof` takes behind its three words: the way to an account, and to its slot."""
    account = world.accounts.get(address, Account())
    return rlp.encode([list(world.prove_account(address)), list(account.prove_slot(slot))])


@dataclass(frozen=True)
class Bridge:
    """The door to a bridge on L1 and its gateway on L2.

    Args:
        address: of its L1 end.
        settlement: the contract that tells it L2's state roots.
        contract: that L1 end; there are others, with faults to learn from.
    """

    l1: L1
    address: Address
    settlement: Address
    contract: Contract = field(default=_L1_END, repr=False)

    @classmethod
    def found(
        cls, l1: L1, owner: Wallet, settlement: Address, delay: int = WEEK, contract: Contract = _L1_END
    ) -> Bridge:
        """Create the L1 end; `delay` is the time from proof to payment, in seconds."""
        arguments = settlement, GATEWAY, _L2_END.slots["sent"], delay
        return cls(l1, l1.deploy(owner, contract, *arguments), settlement, contract)

    def layer(self, **rules: Any) -> RollupConfig:
        """Return the rules of an L2 that begins now: nobody has anything yet; `rules` are those of RollupConfig."""
        genesis = WorldState({GATEWAY: Account(nonce=1, code=_L2_END.code)})
        head = self.l1.head
        return RollupConfig(
            **{"genesis": genesis, "genesis_epoch": head.number, "genesis_timestamp": head.timestamp, **rules}
        )

    # The four things that a user does. All but the second are transactions of L1, and go into its mempool.

    def deposit(self, wallet: Wallet, amount: int, to: Address | None = None, **fields: Any) -> Transaction:
        """Lock `amount` wei, for `to`, by default the same account on L2; whole gwei only."""
        return self.submit(wallet, "deposit", to or wallet.address, value=amount, **fields)

    def withdraw(
        self, wallet: Wallet, chain: L2Chain, amount: int, to: Address | None = None, **fields: Any
    ) -> Transaction:
        """Sign the L2 transaction that burns `amount` wei, for a message to pay them, by default to the same account.

        Give it to a sequencer. Its nonce is the next one of the account, unless `fields` say otherwise.
        """
        head = chain.head.sealed.header
        usual = {
            "nonce": chain.account(wallet.address).nonce,
            "gas_limit": 150_000,
            "max_fee_per_gas": 2 * head.base_fee_per_gas + GWEI,
            "max_priority_fee_per_gas": 0,
        }
        data = _L2_END.call_data("withdraw", to or wallet.address)
        chain_id = chain.config.chain.chain_id
        return wallet.sign(to=GATEWAY, value=amount, data=data, chain_id=chain_id, **{**usual, **fields})

    def prove(
        self, wallet: Wallet, message: WithdrawalMessage, chain: L2Chain, number: int, **fields: Any
    ) -> Transaction:
        """Prove that a message was sent, under the state root of L2 block `number`; anybody may.

        Raises:
            InputError: there is no such block.
        """
        proof = slot_proof_of(chain.entry(number).world, GATEWAY, message.slot)
        return self.submit(wallet, "prove_withdrawal", *message, number, proof, **fields)

    def finalize(self, wallet: Wallet, message: WithdrawalMessage, **fields: Any) -> Transaction:
        """Have a proven message paid; anybody may."""
        return self.submit(wallet, "finalize_withdrawal", *message, **fields)

    def submit(self, wallet: Wallet, function: str, *arguments: int | bytes, **fields: Any) -> Transaction:
        """Call the L1 end: sign, and put it into L1's mempool."""
        data = self.contract.call_data(function, *arguments)
        return self.l1.submit(wallet, self.address, data, **{"gas_limit": BRIDGE_GAS, **fields})

    # What anybody can look up

    def slot(self, name: str, key: bytes | None = None) -> int:
        """Return what is in a variable of the L1 end, or in the entry `key` of a mapping."""
        slot = self.contract.slots[name]
        storage = self.l1.account(self.address).storage
        return storage.get(slot if key is None else mapping_slot(slot, key), 0)

    def is_proven(self, message: WithdrawalMessage) -> bool:
        return self.slot("proven", message.hash) != 0

    def is_finalized(self, message: WithdrawalMessage) -> bool:
        return self.slot("finalized", message.hash) != 0

    def books(self, chain: L2Chain) -> Books:
        """Return where all ether of the bridge is, if this is its L2: of the L1 that there is now."""
        messages = [message for block in chain.blocks for message in messages_in(block)]
        headers = [block.sealed.header for block in chain.blocks]
        balances = sum(account.balance for account in chain.world.accounts.values())
        new_blocks = range(chain.head.epoch + 1, self.l1.head.number + 1)
        deposits = [one for number in new_blocks for one in deposits_in(self.l1.logs(number, self.address))]
        return Books(
            locked=self.slot("locked"),
            supply=balances - sum(message.amount for message in messages),  # the gateway keeps what it has burnt
            deposits_in_flight=GWEI * sum(one.amount for one in deposits),
            withdrawals_in_flight=sum(message.amount for message in messages if not self.is_finalized(message)),
            burnt=sum(header.base_fee_per_gas * header.gas_used for header in headers),
        )
