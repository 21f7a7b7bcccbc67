"""What a thief has: a contract that logs whatever it is told, and a chain of their own, where it lies anywhere.

A log is only worth something together with the contract and the chain that it comes from. So a forged one is right in
every byte, and in the wrong place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from toyevm.chain import ChainConfig
from toyevm.rollups.interop.cluster import Cluster, SentMessage
from toyevm.rollups.interop.messages import (
    MESSENGER,
    TOKEN,
    InitiatingMessage,
    MessageIdentifier,
    SentCall,
    TokenTransfer,
    initiating_message,
    sent_payload,
)
from toyevm.rollups.l1 import SAVINGS
from toyevm.rollups.mempool_chain import MempoolChain
from toyevm.state import Account, WorldState
from toyevm.types import Address, to_address
from toyevm.workloads.wallets import Wallet, wallet

FORGER: Address = to_address(0xF0)
# Copies its input to memory, and logs it: the first 128 bytes are the four topics, the rest is the data.
FORGER_CODE = bytes.fromhex("365f5f376060516040516020515f51608036036080a400")
ROGUE_ID = 666


def forged_call(source: int, destination: int, to: Address, amount: int, nonce: int = 10**6) -> SentCall:
    """Return the call with which the token of one chain would have another mint, if it had burned as much."""
    return SentCall(destination, source, nonce, TOKEN, TOKEN, TokenTransfer(to, to, amount).message)


class RogueChain(MempoolChain):
    """A chain outside the dependency set: where the messenger should be, lies a contract that logs what it is told."""

    def __init__(self, people: Iterable[Wallet], seconds: int) -> None:
        world = {each.address: Account(balance=SAVINGS) for each in people}
        world[MESSENGER] = Account(nonce=1, code=FORGER_CODE)
        super().__init__(ChainConfig(chain_id=ROGUE_ID), WorldState(world))
        self.mine(seconds)

    def forge(self, thief: Wallet, call: SentCall) -> InitiatingMessage:
        """Log a call that was never sent, in a block one second after the last."""
        self.submit(thief, MESSENGER, sent_payload(call), gas_limit=1_000_000)
        return initiating_message(ROGUE_ID, self.mine(1), 0)


def exchange(cluster: Cluster, name: str, amount: int, relay_first: Collection[str] = ()) -> None:
    """Have sidechain and validium execute messages of each other in blocks of one second: tokens both ways.

    A relayer who sees both blocks before they are made knows where each log will stand.

    Args:
        amount: what somebody burns on each of the two, for the other.
        relay_first: these execute the other's message before they send their own, so that they can burn what it has
            minted; the others send first. If both are among these, it is a circle.
    """
    cluster.tick(builders=[])
    layers = ("sidechain", "validium")
    for layer, other in (layers, layers[::-1]):
        # in front of the log of a burn: that of its own transfer, and three of a relay
        sent = _to_be_sent(cluster, other, layer, name, amount, log_index=4 if other in relay_first else 1)
        if layer in relay_first:
            cluster.relay(name, sent)
        cluster.send_tokens(name, layer, other, amount)
        if layer not in relay_first:
            cluster.relay(name, sent)
    for layer in layers:
        cluster.build(layer)


def _to_be_sent(cluster: Cluster, source: str, destination: str, name: str, amount: int, log_index: int) -> SentMessage:
    """Return the message of the next block of a layer, if there are so many logs in front of it."""
    id_, nonce, address = cluster.chain_id(source), cluster.slot(source, MESSENGER, "nonce"), wallet(name).address
    call = forged_call(id_, cluster.chain_id(destination), address, amount, nonce)
    place = MessageIdentifier(MESSENGER, len(cluster.members[source].chain.entries), log_index, cluster.now, id_)
    return SentMessage(InitiatingMessage(place, sent_payload(call)), call)
