"""Messages between chains, as logs: one chain sends by logging, another executes by logging which log it believes.

Any log is an *initiating message*. Its identifier says where it stands; its payload is its topics and its data. An
*executing message* is a log of the inbox (cross_l2_inbox.vy) with an identifier and the hash of a payload. Nothing in
it proves anything: whether the two fit together is a rule about blocks (see `validity`).

Source: the OP Stack's specification, interop, "Messaging" and "Predeploys" (specs.optimism.io).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from toyevm.blocks import Log
from toyevm.contracts import load_contract
from toyevm.contracts.abi import encode_arguments, encode_as
from toyevm.crypto import keccak256
from toyevm.results import SealedBlock
from toyevm.types import Address, Hash32, to_address

INBOX: Address = to_address(0x42 << 152 | 0x22)
MESSENGER: Address = to_address(0x42 << 152 | 0x23)
TOKEN: Address = to_address(0x42 << 152 | 0x7802)  # ERC-7802 is the standard that it models
INBOX_CONTRACT, MESSENGER_CONTRACT = load_contract("cross_l2_inbox"), load_contract("cross_domain_messenger")
TOKEN_CONTRACT = load_contract("cross_chain_token")
EXECUTING, SENT = INBOX_CONTRACT.event_topic("ExecutingMessage"), MESSENGER_CONTRACT.event_topic("SentMessage")
WORD = 32


class MessageIdentifier(NamedTuple):
    """Where a log stands.

    Attributes:
        origin: the contract that has logged it.
        log_index: counted from the first log of the block.
        timestamp: of its block, in seconds.
    """

    origin: Address
    block_number: int
    log_index: int
    timestamp: int
    chain_id: int


class InitiatingMessage(NamedTuple):
    """A log, with its identifier."""

    identifier: MessageIdentifier
    payload: bytes

    @property
    def payload_hash(self) -> Hash32:
        return keccak256(self.payload)


class ExecutingMessage(NamedTuple):
    """What the inbox of a chain has logged: that it believes there to be a log with this identifier and this payload.

    Attributes:
        log_index: of the inbox's own log, in its block.
    """

    identifier: MessageIdentifier
    payload_hash: Hash32
    log_index: int


class SentCall(NamedTuple):
    """The call that a messenger (cross_domain_messenger.vy) has sent: what its log says, read."""

    destination: int
    source: int
    nonce: int
    sender: Address
    target: Address
    message: bytes

    @property
    def hash(self) -> Hash32:
        """What both messengers know it by."""
        return keccak256(encode_as(["word"] * 5 + ["bytes"], self))


class TokenTransfer(NamedTuple):
    """What a token (cross_chain_token.vy) tells itself on another chain: mint `amount` for `to`."""

    owner: Address
    to: Address
    amount: int

    @property
    def message(self) -> bytes:
        return TOKEN_CONTRACT.call_data("relay_tokens", *self)


def payload_of(log: Log) -> bytes:
    """Return what a log says: its topics, then its data."""
    return b"".join(topic.to_bytes(WORD, "big") for topic in log.topics) + log.data


def logs_in(sealed: SealedBlock) -> list[Log]:
    """Return all logs of a block; the place of each is its log index."""
    return [log for receipt in sealed.receipts for log in receipt.logs]


def initiating_message(chain_id: int, sealed: SealedBlock, log_index: int) -> InitiatingMessage:
    """Return a log of a block as a message."""
    log = logs_in(sealed)[log_index]
    header = sealed.header
    return InitiatingMessage(
        MessageIdentifier(log.address, header.number, log_index, header.timestamp, chain_id), payload_of(log)
    )


def executing_messages(logs: Iterable[Log]) -> Iterator[ExecutingMessage]:
    """Yield the messages that a block executes, if these are all of its logs."""
    for log_index, log in enumerate(logs):
        if log.address == INBOX and log.topics[:1] == (EXECUTING,):
            origin, *numbers = (int.from_bytes(log.data[at : at + WORD], "big") for at in range(0, 5 * WORD, WORD))
            identifier = MessageIdentifier(to_address(origin), *numbers)
            yield ExecutingMessage(identifier, log.topics[1].to_bytes(WORD, "big"), log_index)


def sent_messages(chain_id: int, sealed: SealedBlock) -> Iterator[tuple[InitiatingMessage, SentCall]]:
    """Yield what the messenger of a chain has sent in a block, as a log and as a call."""
    for log_index, log in enumerate(logs_in(sealed)):
        if log.address == MESSENGER and log.topics[:1] == (SENT,):
            yield initiating_message(chain_id, sealed, log_index), _read_call(log, chain_id)


def _read_call(log: Log, source: int) -> SentCall:
    _, destination, target, nonce = log.topics
    sender, _, size = (int.from_bytes(log.data[at : at + WORD], "big") for at in range(0, 3 * WORD, WORD))
    message = log.data[3 * WORD : 3 * WORD + size]
    return SentCall(destination, source, nonce, to_address(sender), to_address(target), message)


def transfer_in(call: SentCall) -> TokenTransfer | None:
    """Return the transfer that a token has sent, or None for any other call."""
    if call.sender != TOKEN or call.target != TOKEN:
        return None
    owner, to, amount = (int.from_bytes(call.message[at : at + WORD], "big") for at in range(4, 100, WORD))
    return TokenTransfer(to_address(owner), to_address(to), amount)


def sent_payload(call: SentCall) -> bytes:
    """Return the payload that a messenger's log would have for this call, whether it was sent or not."""
    data = encode_as(["word", "bytes"], [call.sender, call.message])
    return encode_arguments(SENT, call.destination, call.target, call.nonce) + data


def relay_data(identifier: MessageIdentifier, payload: bytes) -> bytes:
    """Return the input with which a messenger makes the call that was sent."""
    return MESSENGER_CONTRACT.call_data("relay_message", *identifier, payload)
