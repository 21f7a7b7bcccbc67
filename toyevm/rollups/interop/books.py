"""The books of a token that is on many chains: nothing is minted that was not burned before.

    supply on all chains + in flight = what there was at first

In flight is what was burned for a message that is neither relayed nor refunded. All of it is looked up where it
happened, in logs and storage; no rule of validity is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from toyevm.contracts import mapping_slot
from toyevm.results import SealedBlock
from toyevm.rollups.interop.messages import (
    MESSENGER,
    MESSENGER_CONTRACT,
    TOKEN,
    TOKEN_CONTRACT,
    logs_in,
    sent_messages,
    transfer_in,
)
from toyevm.rollups.kept_chain import KeptChain
from toyevm.state import WorldState
from toyevm.types import Hash32

RELAYED = MESSENGER_CONTRACT.event_topic("RelayedMessage")


class TokenBooks(NamedTuple):
    """Where all tokens are.

    Attributes:
        supplies: on each chain, by its id.
        in_flight: burned, and not yet minted anywhere.
        at_first: on all chains together, in their first blocks.
        early: minted in a block that is older than the one in which they were burned.
    """

    supplies: Mapping[int, int]
    in_flight: int
    at_first: int
    early: int

    @property
    def missing(self) -> int:
        """How many tokens there should be besides; if there are too many, it is negative."""
        return self.at_first - sum(self.supplies.values()) - self.in_flight

    @property
    def is_balanced(self) -> bool:
        """Tell whether each token is in one place, at any time."""
        return self.missing == 0 and self.early == 0


class _Moves(NamedTuple):
    """What one block has sent and delivered."""

    sent: dict[Hash32, int]  # amounts
    delivered: list[Hash32]


class TokenBookkeeper:
    """Reads each block once."""

    def __init__(self) -> None:
        self._read: dict[Hash32, _Moves] = {}

    def books(self, chains: Mapping[int, KeptChain[Any]]) -> TokenBooks:
        """Return the books of the token on these chains, by chain id."""
        sent: dict[Hash32, tuple[int, int, int]] = {}  # source, amount, time
        delivered: dict[Hash32, int] = {}
        for id_, chain in chains.items():
            for entry in chain.entries:
                moves, time = self._moves(id_, entry.sealed), entry.sealed.header.timestamp
                sent |= {hash_: (id_, amount, time) for hash_, amount in moves.sent.items()}
                delivered |= dict.fromkeys(moves.delivered, time)
        refunded = {hash_ for hash_, (source, _, _) in sent.items() if _is_refunded(chains[source].world, hash_)}
        return TokenBooks(
            supplies={id_: _supply(chain.world) for id_, chain in chains.items()},
            in_flight=sum(sent[hash_][1] for hash_ in sent.keys() - delivered.keys() - refunded),
            at_first=sum(_supply(chain.entries[0].world) for chain in chains.values()),
            early=sum(sent[each][1] for each in sent.keys() & delivered.keys() if delivered[each] < sent[each][2]),
        )

    def _moves(self, id_: int, sealed: SealedBlock) -> _Moves:
        if sealed.hash not in self._read:
            calls = [call for _, call in sent_messages(id_, sealed)]
            sent = {call.hash: transfer.amount for call in calls if (transfer := transfer_in(call))}
            logs = [log for log in logs_in(sealed) if log.address == MESSENGER and log.topics[0] == RELAYED]
            self._read[sealed.hash] = _Moves(sent, [log.topics[3].to_bytes(32, "big") for log in logs])
        return self._read[sealed.hash]


def _supply(world: WorldState) -> int:
    return world.accounts[TOKEN].storage.get(TOKEN_CONTRACT.slots["totalSupply"], 0)


def _is_refunded(world: WorldState, message_hash: Hash32) -> bool:
    slot = mapping_slot(TOKEN_CONTRACT.slots["refunded"], message_hash)
    return world.accounts[TOKEN].storage.get(slot, 0) != 0
