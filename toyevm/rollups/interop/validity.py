"""Which blocks stand: the rule that makes a message between chains more than a claim.

A block is valid if each message that it executes was sent: the log is there, on a chain that belongs to the cluster,
not later than the block, and not so long ago that it has expired. If it was not, the block is not valid, and neither
is what builds on it: the blocks after it, and those that execute a message of it, on whatever chain, and so on.

Two blocks of one second may execute messages of each other, if each message was sent before it was executed. A circle
of messages that presuppose each other is refused.

Source: the OP Stack's specification, interop, "Messaging" (invariants, graph) and "Derivation" (replacing blocks). It
leaves open what becomes of circles inside one second; its implementation (op-supervisor) refuses them, as here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from toyevm.crypto import keccak256
from toyevm.results import SealedBlock
from toyevm.rollups.interop.messages import ExecutingMessage, executing_messages, logs_in, payload_of
from toyevm.types import Address, Hash32

EXPIRY_WINDOW = 7 * 86_400  # seconds


class BlockRefusal(StrEnum):
    """Why a block is not valid: for a message in it, or, in the last two cases, for a block that it builds on."""

    UNKNOWN_CHAIN = "chain outside the dependency set"
    FROM_THE_FUTURE = "log later than the block"
    EXPIRED = "log too old"
    NO_SUCH_BLOCK = "no such block"
    WRONG_TIMESTAMP = "block with another timestamp"
    NO_SUCH_LOG = "no such log"
    FAKE_ORIGIN = "log of another contract"
    FAKE_PAYLOAD = "log with other content"
    CIRCLE = "messages that presuppose each other"
    INVALID_PARENT = "block before it is not valid"
    INVALID_SOURCE = "block with the message is not valid"


class BlockId(NamedTuple):
    """A place for a block: a chain and a height."""

    chain_id: int
    number: int


class MessageEdge(NamedTuple):
    """A block executes a message of another."""

    executing: BlockId
    initiating: BlockId
    message: ExecutingMessage


class MessageGraph(NamedTuple):
    """Blocks, and which of them executes a message of which.

    Attributes:
        blocks: timestamp of each block.
        edges: from executing to initiating; the initiating block may be one that there is not.
        refusals: why blocks are not valid.
    """

    blocks: Mapping[BlockId, int]
    edges: tuple[MessageEdge, ...]
    refusals: Mapping[BlockId, BlockRefusal]


class _ReadBlock(NamedTuple):
    timestamp: int
    logs: list[tuple[Address, Hash32]]  # origin, and hash of the payload
    executes: list[ExecutingMessage]


class Supervisor:
    """Looks at all chains of a cluster, and says which blocks are not valid.

    Args:
        dependency_set: the ids of the chains whose messages count, on each of them.
        expiry: how old a log may be when it is executed, in seconds.
        ignoring: rules that are not applied, to see what they are for.
    """

    def __init__(
        self,
        dependency_set: Collection[int],
        expiry: int = EXPIRY_WINDOW,
        ignoring: Collection[BlockRefusal] = (),
    ) -> None:
        self.dependency_set, self.expiry, self.ignoring = frozenset(dependency_set), expiry, frozenset(ignoring)
        self._read: dict[Hash32, _ReadBlock] = {}

    def graph(self, chains: Mapping[int, Sequence[SealedBlock]]) -> MessageGraph:
        """Return all messages between the blocks of these chains, and which blocks are not valid.

        Args:
            chains: the blocks of each, from block 0 on, by chain id; those outside the dependency set may be there.
        """
        view = {id_: [self._block(sealed) for sealed in blocks] for id_, blocks in chains.items()}
        edges = tuple(_edges({id_: blocks for id_, blocks in view.items() if id_ in self.dependency_set}))
        first = {edge.executing: refusal for edge in edges if (refusal := self._refusal(view, edge))}
        if BlockRefusal.CIRCLE not in self.ignoring:
            first |= {edge.executing: BlockRefusal.CIRCLE for edge in _circles(view, edges, first)}
        times = {BlockId(id_, at): one.timestamp for id_, blocks in view.items() for at, one in enumerate(blocks)}
        return MessageGraph(times, edges, self._spread(first, times, edges))

    def refusal(
        self, chains: Mapping[int, Sequence[SealedBlock]], message: ExecutingMessage, timestamp: int
    ) -> BlockRefusal | None:
        """Return why no block of this timestamp can execute a message, as far as the message is to blame, or None."""
        view = {id_: [self._block(sealed) for sealed in blocks] for id_, blocks in chains.items()}
        return self._first_broken(view, message, timestamp)

    def _block(self, sealed: SealedBlock) -> _ReadBlock:
        if sealed.hash not in self._read:
            logs = logs_in(sealed)
            hashed = [(log.address, keccak256(payload_of(log))) for log in logs]
            self._read[sealed.hash] = _ReadBlock(sealed.header.timestamp, hashed, list(executing_messages(logs)))
        return self._read[sealed.hash]

    def _refusal(self, view: Mapping[int, Sequence[_ReadBlock]], edge: MessageEdge) -> BlockRefusal | None:
        executing = view[edge.executing.chain_id][edge.executing.number]
        return self._first_broken(view, edge.message, executing.timestamp)

    def _first_broken(
        self, view: Mapping[int, Sequence[_ReadBlock]], message: ExecutingMessage, timestamp: int
    ) -> BlockRefusal | None:
        broken = self._broken(view, message, timestamp)
        return next((refusal for refusal in broken if refusal not in self.ignoring), None)

    def _broken(
        self, view: Mapping[int, Sequence[_ReadBlock]], message: ExecutingMessage, timestamp: int
    ) -> Iterator[BlockRefusal]:
        """Yield each rule that a message breaks."""
        said = message.identifier
        if said.chain_id not in self.dependency_set:
            yield BlockRefusal.UNKNOWN_CHAIN
        if said.timestamp > timestamp:
            yield BlockRefusal.FROM_THE_FUTURE
        if said.timestamp + self.expiry < timestamp:
            yield BlockRefusal.EXPIRED
        blocks = view.get(said.chain_id, ())
        if said.block_number >= len(blocks):
            yield BlockRefusal.NO_SUCH_BLOCK
            return
        block = blocks[said.block_number]
        if said.timestamp != block.timestamp:
            yield BlockRefusal.WRONG_TIMESTAMP
        if said.log_index >= len(block.logs):
            yield BlockRefusal.NO_SUCH_LOG
            return
        origin, payload_hash = block.logs[said.log_index]
        if said.origin != origin:
            yield BlockRefusal.FAKE_ORIGIN
        if message.payload_hash != payload_hash:
            yield BlockRefusal.FAKE_PAYLOAD

    def _spread(
        self, first: Mapping[BlockId, BlockRefusal], times: Mapping[BlockId, int], edges: Iterable[MessageEdge]
    ) -> dict[BlockId, BlockRefusal]:
        """Return all blocks that are not valid, if these are not: each because of itself, or of what it builds on."""
        used: dict[BlockId, list[BlockId]] = {}
        if BlockRefusal.INVALID_SOURCE not in self.ignoring:
            for edge in edges:
                used.setdefault(edge.initiating, []).append(edge.executing)
        found, waiting = dict(first), deque(first)
        while waiting:
            block = waiting.popleft()
            after = BlockId(block.chain_id, block.number + 1)
            reached = [(each, BlockRefusal.INVALID_SOURCE) for each in used.get(block, ())]
            for other, refusal in [*reached, (after, BlockRefusal.INVALID_PARENT)]:
                if other in times and other not in found:
                    found[other] = refusal
                    waiting.append(other)
        return found


def _edges(view: Mapping[int, Sequence[_ReadBlock]]) -> Iterator[MessageEdge]:
    for id_, blocks in view.items():
        for number, block in enumerate(blocks):
            for message in block.executes:
                said = message.identifier
                yield MessageEdge(BlockId(id_, number), BlockId(said.chain_id, said.block_number), message)


def _circles(
    view: Mapping[int, Sequence[_ReadBlock]], edges: Sequence[MessageEdge], refused: Collection[BlockId]
) -> list[MessageEdge]:
    """Return the messages that cannot be put into an order in which each was sent before it is executed.

    Only messages inside one second can fail to: elsewhere, time is that order. A log comes after all that was executed
    before it in its block.
    """
    times = {edge: view[edge.executing.chain_id][edge.executing.number].timestamp for edge in edges}
    waiting = [
        edge for edge in edges if edge.message.identifier.timestamp == times[edge] and edge.executing not in refused
    ]
    while True:
        ready = [edge for edge in waiting if not any(_comes_before(other, edge) for other in waiting)]
        if not ready:
            return waiting
        waiting = [edge for edge in waiting if edge not in ready]


def _comes_before(one: MessageEdge, other: MessageEdge) -> bool:
    """Tell whether a message has to be executed before the log can be there that the other executes."""
    sent_at, place = other.initiating, other.message.identifier.log_index
    return one.executing == sent_at and one.message.log_index < place
