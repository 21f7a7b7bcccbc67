"""What a zk-rollup has on L1: its contract, and what L1 answers when somebody calls it.

Anybody may bring a batch, and ask for what is anybody's. Here the *keeper* does, and pays for the gas, so that other
people's balances tell what they have won or lost, to the wei.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from toyevm.blocks import Log
from toyevm.contracts import Contract, load_contract, mapping_slot
from toyevm.contracts.abi import encode_arguments
from toyevm.crypto import keccak256, sign
from toyevm.errors import InputError
from toyevm.rollups.bridge import WEEK
from toyevm.rollups.l1 import L1, L1Answer
from toyevm.rollups.zk.payments.values import UNIT, ProvenPayment
from toyevm.rollups.zk_rollup.proven_batch import ProvenBatch
from toyevm.rollups.zk_rollup.statements import queued_payment
from toyevm.types import Address, Hash32, to_address
from toyevm.workloads.wallets import Wallet, wallet

ZK_ROLLUP = load_contract("zk_rollup")
KEEPER = wallet("keeper")
BRIDGE_ADDRESS: Address = to_address(0x42 << 152 | 0x17)  # on L2: whom one pays to leave; nobody has its key
ZK_CHAIN_ID = 43  # no other chain of the course's has it
SUBMIT_GAS, REGISTER_GAS = 16_000_000, 15_000_000
AT_ONCE = 256  # owners in one call


@dataclass(frozen=True)
class RollupTerms:
    """What is agreed on when the contract is made.

    Attributes:
        root: of the accounts that are there from the beginning, 32 bytes.
        room: what the bridge's leaf has then, in units.
        l2_chain: the id that is in each signature: a chain with the same one could replay the payments.
        parameters: of the proof, by number.
        delay: in seconds; if somebody waits longer in the queue, people leave without a batch.
        operator: who alone may bring batches; None: anybody.
        committee: who vouches for payments that are not on L1, and how many of them it takes; nobody for a rollup.
    """

    root: Hash32
    room: int
    l2_chain: int = ZK_CHAIN_ID
    parameters: int = 1
    delay: int = WEEK
    operator: Address | None = None
    committee: tuple[Wallet, ...] = ()
    quorum: int = 0


class RootContract:
    """The contract of one zk-rollup, on its L1.

    Raises:
        InputError: the contract refuses what it is made with.
    """

    def __init__(self, l1: L1, terms: RollupTerms, contract: Contract = ZK_ROLLUP) -> None:
        self.l1, self.terms, self._contract, self.slots = l1, terms, contract, contract.slots
        members = b"".join(member.address for member in terms.committee)
        self.address = l1.deploy(
            *(KEEPER, contract, terms.l2_chain, terms.root, terms.room, terms.parameters, terms.delay),
            *(terms.operator or b"", terms.quorum, members),
        )

    # What anybody may bring

    def register(self, owners: Sequence[Address]) -> None:
        """Give each of these addresses the next number, for a unit each.

        Raises:
            InputError: L1 refuses one of them.
        """
        for at in range(0, len(owners), AT_ONCE):
            some = owners[at : at + AT_ONCE]
            data = self._contract.call_data("register", b"".join(some))
            answer = self._ask(data, gas_limit=REGISTER_GAS, value=UNIT * len(some))
            if not answer.accepted:
                raise InputError(f"L1 refuses: {answer.reason}", "register")

    def deposit(self, sender: Wallet, amount: int, to: Address | None = None) -> L1Answer:
        """Lock `amount` wei for an account, by default the sender's; who has no number gets one.

        Raises:
            InputError: L1 gives them none.
        """
        owner = to or sender.address
        if not self.number(owner):
            self.register([owner])
        return self._ask(self._contract.call_data("deposit", owner), sender, value=amount)

    def ask_to_leave(self, sender: Wallet, amount: int) -> L1Answer:
        """Put a payment of `amount` units from the sender's account to the bridge into the queue."""
        return self._ask(self._contract.call_data("ask_to_leave", amount), sender)

    def dismiss(self, balance: int, nonce: int, path: bytes) -> L1Answer:
        """Strike out the first request of the queue: its account has too little, as its leaf under the root shows."""
        return self._ask(self._contract.call_data("dismiss", balance, nonce, path))

    def submit(self, batch: ProvenBatch, sender: Wallet = KEEPER) -> L1Answer:
        """Bring a batch with its payments."""
        arguments = (batch.new_root, batch.data, batch.taken, batch.proof)
        return self._ask(self._contract.call_data("submit", *arguments), sender, SUBMIT_GAS)

    def submit_attested(self, batch: ProvenBatch, members: Iterable[Wallet]) -> L1Answer:
        """Bring a batch without its payments, for which these members of the committee vouch."""
        signatures = [self.vouch(batch, member) for member in sorted(members, key=lambda one: one.address)]
        arguments = (batch.new_root, batch.digest, batch.count, batch.proof, b"".join(signatures))
        return self._ask(self._contract.call_data("submit_attested", *arguments), gas_limit=SUBMIT_GAS)

    def vouch(self, batch: ProvenBatch, member: Wallet) -> bytes:
        """Return a member's signature on a batch that comes next, after the root that L1 has now."""
        here = (self.l1.chain.chain_id, self.address, self._slot("registry").to_bytes(32, "big"), self.root)
        claim = (*here, batch.new_root, batch.digest, batch.count)
        y_parity, r, s = sign(keccak256(encode_arguments(*claim)), member.private_key)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([y_parity])

    def leave(self, number: int, balance: int, nonce: int, path: bytes) -> L1Answer:
        """Leave with a leaf under the last root; `balance` is in units."""
        return self._ask(self._contract.call_data("leave", number, balance, nonce, path))

    def take_back(self, place: int) -> L1Answer:
        """Take back a deposit that no batch will take."""
        return self._ask(self._contract.call_data("take_back", place))

    def collect(self, owner: Address) -> L1Answer:
        """Have what is owed to somebody paid out."""
        return self._ask(self._contract.call_data("collect", owner))

    def _ask(self, data: bytes, sender: Wallet = KEEPER, gas_limit: int = 5_000_000, value: int = 0) -> L1Answer:
        return self.l1.ask(sender, self.address, data, gas_limit=gas_limit, value=value)

    # What anybody can look up

    @property
    def root(self) -> Hash32:
        """The root that L1 believes."""
        return self._slot("root").to_bytes(32, "big")

    @property
    def count(self) -> int:
        """How many accounts have a number, the bridge among them."""
        return self._slot("count")

    @property
    def locked(self) -> int:
        """What the contract holds, in wei."""
        return self.l1.account(self.address).balance

    @property
    def waiting(self) -> list[ProvenPayment]:
        """What of the queue no batch has taken, in its order: deposits, and requests to leave."""
        places = range(self._slot("taken"), self._slot("queued"))
        return [queued_payment(self._slot("queue", place)) for place in places]

    @property
    def owners(self) -> list[Address]:
        """The owner of each account, by number."""
        return [to_address(self._slot("owners", number)) for number in range(self.count)]

    def number(self, owner: Address) -> int:
        """Return somebody's number; 0 if they have none."""
        return self._slot("numbers", owner)

    def owed(self, owner: Address) -> int:
        """Return what somebody can collect, in wei."""
        return self._slot("owed", owner)

    def logs(self, event: str) -> list[Log]:
        """Return all logs of one event, in order."""
        topic = self._contract.event_topic(event)
        every = (log for entry in range(len(self.l1.entries)) for log in self.l1.logs(entry, self.address))
        return [log for log in every if log.topics[0] == topic]

    def _slot(self, name: str, key: int | bytes | None = None) -> int:
        slot = self.slots[name]
        storage = self.l1.account(self.address).storage
        return storage.get(slot if key is None else mapping_slot(slot, key), 0)
