"""A cluster: three layers on one L1 that believe each other's messages, and what its people do with them.

    cluster = Cluster(["Ann", "Bob"])
    tx = cluster.send_tokens("Ann", "rollup", "sidechain", 5)     burned on the rollup
    cluster.tick()
    (sent,) = cluster.sent("rollup")
    cluster.relay("Bob", sent)                                    minted on the sidechain
    cluster.tick()
    cluster.books().is_balanced

A tick lets L1 and the layers make blocks, and then replaces those that are not valid.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from toyevm.contracts import Contract, load_contract, mapping_slot
from toyevm.contracts.abi import reason_of
from toyevm.errors import InputError
from toyevm.results import SealedBlock
from toyevm.rollups.bridge import Bridge
from toyevm.rollups.interop.books import TokenBookkeeper, TokenBooks
from toyevm.rollups.interop.members import FinalL1, Member, RollupMember, SidechainMember, ValidiumMember
from toyevm.rollups.interop.messages import (
    INBOX,
    INBOX_CONTRACT,
    MESSENGER,
    MESSENGER_CONTRACT,
    TOKEN,
    TOKEN_CONTRACT,
    ExecutingMessage,
    InitiatingMessage,
    SentCall,
    relay_data,
    sent_messages,
    transfer_in,
)
from toyevm.rollups.interop.validity import BlockId, BlockRefusal, MessageGraph, Supervisor
from toyevm.rollups.l1 import SAVINGS
from toyevm.rollups.roles import TRUSTED_ROOTS, Batcher, FullNode, Sequencer
from toyevm.rollups.sidechain.sidechain import Sidechain
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.types import Address, to_address
from toyevm.units import ETHER
from toyevm.workloads.wallets import Wallet, wallet
from toyevm.workloads.workload import SLOT_SECONDS

LOCK: Address = to_address(0x42 << 152 | 0x10CC)  # for swaps
LOCK_CONTRACT = load_contract("hash_time_lock")
PURSE = 1_000  # tokens that everybody has on every chain at first
WINDOW = 100  # L1 blocks in which a block of the rollup has to be posted; generous, since blocks are made anew
STAKES = {"Pia": 40 * ETHER, "Quinn": 30 * ETHER, "Ravi": 30 * ETHER}


class SentMessage(NamedTuple):
    """A message of a messenger: as a log, and as the call that it is."""

    log: InitiatingMessage
    call: SentCall


class Cluster:
    """An L1, three layers on it, and who looks after their messages.

    Args:
        people: names; each has ether, and a purse of tokens, on every layer.
        ignoring: rules of validity that are not applied.
        contracts: messenger and token, for who wants to try others.
        extra: what else is on every layer from its first block on.

    Attributes:
        members: the layers, by name.
        outsiders: chains outside the dependency set that can be looked at all the same, by chain id.
        refused: blocks that were replaced, each with the reason, in order.
    """

    def __init__(
        self,
        people: Sequence[str],
        ignoring: Collection[BlockRefusal] = (),
        contracts: tuple[Contract, Contract] = (MESSENGER_CONTRACT, TOKEN_CONTRACT),
        extra: Mapping[Address, Account] | None = None,
    ) -> None:
        self.people = tuple(people)
        self.world = {**_first_world([wallet(name) for name in people], contracts), **(extra or {})}
        side = Sidechain(STAKES, users=(*people, "owner", "batcher", "operator"), others=self.world)
        self.l1, self.side = side.l1, side
        bridge = Bridge.found(self.l1, wallet("owner"), self.l1.deploy(wallet("owner"), TRUSTED_ROOTS))
        roots = self.l1.deploy(wallet("operator"), TRUSTED_ROOTS)
        self.final_l1 = FinalL1(self.l1)  # with all contracts, so that no reorg takes one back
        validium = ValidiumMember(self.final_l1, wallet("operator"), roots, self.world)
        rollup = self._found_rollup(bridge)
        self.members: dict[str, Member] = {each.name: each for each in (rollup, SidechainMember(side), validium)}
        self.names = {each.chain.chain.chain_id: each.name for each in self.members.values()}
        self.supervisor = Supervisor(self.names, ignoring=ignoring)
        self.outsiders: dict[int, list[SealedBlock]] = {}
        self.refused: list[tuple[BlockId, BlockRefusal]] = []
        self._bookkeeper = TokenBookkeeper()
        self.tick()

    def _found_rollup(self, bridge: Bridge) -> RollupMember:
        poster = wallet("batcher")
        rules = {"sequencing_window": WINDOW, "max_reorg": WINDOW, "genesis": WorldState(self.world)}
        node = FullNode(bridge, poster.address, bridge.layer(**rules))
        sequencer = Sequencer(node)
        return RollupMember(sequencer, Batcher(poster, sequencer), self.final_l1)

    # What people do

    def submit(self, name: str, member: str, to: Address, data: bytes) -> Transaction:
        """Call a contract on a layer, in its next block."""
        layer = self.members[member]
        return layer.send(layer.sign(wallet(name), to, data))

    def send_tokens(self, name: str, source: str, destination: str, amount: int, to: str | None = None) -> Transaction:
        """Burn tokens on one layer for a message that mints them on another, by default for the same person."""
        target = self.chain_id(destination)
        data = TOKEN_CONTRACT.call_data("send_tokens", target, wallet(to or name).address, amount)
        return self.submit(name, source, TOKEN, data)

    def relay(self, name: str, sent: SentMessage, member: str | None = None) -> Transaction:
        """Relay a message, by default where it is to go."""
        data = relay_data(sent.log.identifier, sent.log.payload)
        return self.submit(name, member or self.names[sent.call.destination], MESSENGER, data)

    def report_undelivered(self, name: str, call: SentCall) -> Transaction:
        """Have the destination of a message tell its source that it has not been relayed."""
        arguments = call.source, call.nonce, call.sender, call.target, call.message
        data = MESSENGER_CONTRACT.call_data("report_undelivered", *arguments)
        return self.submit(name, self.names[call.destination], MESSENGER, data)

    def refund(self, name: str, call: SentCall) -> Transaction:
        """Have the tokens of an expired message minted again for who burned them.

        Raises:
            InputError: it is not a message of the token.
        """
        transfer = transfer_in(call)
        if transfer is None:
            raise InputError("not a message of the token", "refund")
        data = TOKEN_CONTRACT.call_data("refund_tokens", call.destination, call.nonce, *transfer)
        return self.submit(name, self.names[call.source], TOKEN, data)

    # What time does

    def tick(self, seconds: int = SLOT_SECONDS, builders: Iterable[str] | None = None) -> MessageGraph:
        """Let L1 make a block, and the layers theirs, all of one second; replace what is not valid.

        Args:
            builders: the layers that make a block, in this order; the rollup always does, and first, since L1's time is
                its own.

        Returns: all messages, as they were before blocks were replaced.
        """
        self.l1.mine(seconds)
        self.members["rollup"].build(self.l1.now)
        for name in ("sidechain", "validium") if builders is None else builders:
            self.build(name)
        return self.settle()

    def build(self, name: str, lag: int = 0) -> None:
        """Let sidechain or validium make a block, `lag` seconds behind the others if that is possible."""
        chain = self.members[name].chain
        earliest = chain.entries[-1].sealed.header.timestamp + 1
        self.members[name].build(max(self.now - lag, earliest))

    def reorg(self, name: str, depth: int, keep: bool = False) -> None:
        """Take back the last blocks of L1, of the sidechain or of the validium; what that makes invalid, `settle` sees.

        Args:
            keep: the transactions come again; if not, they are lost.

        Raises:
            InputError: there is no such chain, or one of the blocks is final. (The rollup's blocks are taken back with
                those of L1.)
        """
        if name == "L1":
            self._check_depth(name, depth, self.final_l1.deepest_reorg)
            self.l1.reorg(depth, keep)
            return
        member = self.members.get(name)
        if not isinstance(member, SidechainMember | ValidiumMember):
            raise InputError(f"{name!r:.40}", "reorg", "L1, sidechain or validium")
        head = member.blocks.head.number
        self._check_depth(name, depth, head - member.locally_final)
        member.reorg(head - depth + 1, keep)

    def _check_depth(self, name: str, depth: int, most: int) -> None:
        if not isinstance(depth, int) or not 1 <= depth <= most:
            raise InputError(f"a reorg of {depth!r:.40} blocks", name, f"1 to {most}: the others are final")

    def settle(self) -> MessageGraph:
        """Replace the blocks that are not valid; return the messages as they were found."""
        found = self.graph()
        self.refused += found.refusals.items()
        for id_, name in self.names.items():
            numbers = [block.number for block in found.refusals if block.chain_id == id_]
            if numbers:
                self.members[name].replace(min(numbers))
        return found

    def milestone(self) -> int:
        """Let the sidechain's validators sign what can no longer become invalid; return the last such block."""
        willing = self.final(sidechain=self.side.chain.head.number)["sidechain"]
        if willing > self.side.final:
            self.side.milestone(end=willing)
        return self.side.final

    # What anybody can look up

    @property
    def now(self) -> int:
        """The time of the newest block of the rollup, in seconds."""
        time: int = self.members["rollup"].chain.entries[-1].sealed.header.timestamp
        return time

    def chain_id(self, member: str) -> int:
        """Return the id of a layer's chain.

        Raises:
            InputError: there is no such layer.
        """
        if member not in self.members:
            raise InputError(f"no layer {member!r}", "cluster", ", ".join(self.members))
        id_: int = self.members[member].chain.chain.chain_id
        return id_

    def chains(self) -> dict[int, list[SealedBlock]]:
        """Return the blocks of all chains that can be looked at, by chain id."""
        inside = {id_: [each.sealed for each in self.members[name].chain.entries] for id_, name in self.names.items()}
        return {**inside, **self.outsiders}

    def graph(self) -> MessageGraph:
        """Return all messages between the blocks that there are."""
        return self.supervisor.graph(self.chains())

    def final(self, **willing: int) -> dict[str, int]:
        """Return for each layer the last block that can no longer be lost, nor become invalid.

        A block is final if nothing can take it back, and all that it has executed is final too. (In a circle of blocks,
        all of them may be, or none is.)

        Args:
            willing: what a layer would take for final of itself, by name.
        """
        last = {name: willing.get(name, each.locally_final) for name, each in self.members.items()}
        edges, shrunk = self.graph().edges, True
        while shrunk:
            shrunk = False
            for executing, initiating, _ in edges:
                name, source = self.names[executing.chain_id], self.names.get(initiating.chain_id)
                if executing.number <= last[name] and (source is None or initiating.number > last[source]):
                    last[name], shrunk = executing.number - 1, True
        return last

    def sent(self, member: str) -> list[SentMessage]:
        """Return what was sent from a layer, in order."""
        id_ = self.chain_id(member)
        blocks = self.members[member].chain.entries
        return [SentMessage(*found) for each in blocks for found in sent_messages(id_, each.sealed)]

    def is_relayed(self, call: SentCall) -> bool:
        """Tell whether the destination of a message has delivered it."""
        return self.slot(self.names[call.destination], MESSENGER, "relayed", call.hash) != 0

    def why_not(self, sent: SentMessage) -> BlockRefusal | None:
        """Return why a block made now could not execute a message, or None."""
        message = ExecutingMessage(sent.log.identifier, sent.log.payload_hash, 0)
        return self.supervisor.refusal(self.chains(), message, self.now)

    def slot(self, member: str, contract: Address, name: str, key: bytes | None = None) -> int:
        """Return what is in a variable of messenger or token, or in the entry `key` of a mapping."""
        slots = {MESSENGER: MESSENGER_CONTRACT, TOKEN: TOKEN_CONTRACT}[contract].slots
        storage = self.members[member].chain.account(contract).storage
        return storage.get(slots[name] if key is None else mapping_slot(slots[name], key), 0)

    def balance(self, name: str, member: str) -> int:
        """Return how many tokens somebody has on a layer."""
        return self.slot(member, TOKEN, "balanceOf", wallet(name).address)

    def supply(self, member: str) -> int:
        """Return how many tokens there are on a layer."""
        return self.slot(member, TOKEN, "totalSupply")

    def reason(self, member: str, tx: Transaction) -> str | None:
        """Return why a transaction failed, None if it did not; InputError if it is in no block."""
        for entry in reversed(self.members[member].chain.entries):
            if tx in entry.sealed.transactions:
                return reason_of(entry.results[entry.sealed.transactions.index(tx)])
        raise InputError(f"transaction 0x{tx.hash.hex()} is in no block", member)

    def books(self) -> TokenBooks:
        """Return where all tokens are."""
        return self._bookkeeper.books({id_: self.members[name].chain for id_, name in self.names.items()})


def _first_world(people: Sequence[Wallet], contracts: tuple[Contract, Contract]) -> dict[Address, Account]:
    """Return what a layer begins with: the contracts, at the same addresses everywhere, and everybody's money."""
    messenger, token = contracts
    balance = token.slots["balanceOf"]
    purses = {mapping_slot(balance, each.address): PURSE for each in people}
    return {
        INBOX: Account(nonce=1, code=INBOX_CONTRACT.code),
        MESSENGER: Account(nonce=1, code=messenger.code),
        TOKEN: Account(nonce=1, code=token.code, storage={**purses, token.slots["totalSupply"]: PURSE * len(people)}),
        LOCK: Account(nonce=1, code=LOCK_CONTRACT.code),
        **{each.address: Account(balance=SAVINGS) for each in people},
    }
