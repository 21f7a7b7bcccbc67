# pragma version 0.4.3
# pragma evm-version cancun
"""
@title The messenger: a call from a contract on one chain to a contract on another, delivered once at most
@notice Models the OP Stack's L2ToL2CrossDomainMessenger. Sending logs the call; relaying it, on the other chain, claims
    that log through the inbox and makes the call. A message that nobody has relayed in time expires: the other chain
    reports that, in a message of its own. (The OP Stack sends this report over L1, where no sequencer can censor it.)
    Omits ether, sending again, versions of nonces.
@dev Storage: nonce; sent_at[message], relayed[message], expired[message]. Hot: nonce, in every message sent.
"""

interface Inbox:
    def validate_message(
        origin: address,
        block_number: uint256,
        log_index: uint256,
        timestamp: uint256,
        chain_id: uint256,
        payload_hash: bytes32,
    ): nonpayable

event SentMessage:
    destination: indexed(uint256)
    target: indexed(address)
    nonce: indexed(uint256)
    sender: address
    message: Bytes[MESSAGE_BYTES]

event RelayedMessage:
    source: indexed(uint256)
    nonce: indexed(uint256)
    message_hash: indexed(bytes32)

event ExpiredMessage:
    message_hash: indexed(bytes32)

INBOX: constant(address) = 0x4200000000000000000000000000000000000022
EXPIRY_PERIOD: constant(uint256) = 8 * 86_400  # a day more than the 7 days in which a block may execute a message
MESSAGE_BYTES: constant(uint256) = 512
TOPICS: constant(uint256) = 128  # bytes of the four topics, in front of the data
PAYLOAD_BYTES: constant(uint256) = 1024
SENT: constant(bytes32) = keccak256("SentMessage(uint256,address,uint256,address,bytes)")

nonce: public(uint256)
sent_at: public(HashMap[bytes32, uint256])  # on the source
relayed: public(HashMap[bytes32, bool])  # on the destination
expired: public(HashMap[bytes32, bool])  # on the source
cross_domain_sender: public(transient(address))  # during a call: who has sent the message
cross_domain_source: public(transient(uint256))  # and on which chain


@external
def send_message(destination: uint256, target: address, message: Bytes[MESSAGE_BYTES]) -> bytes32:
    """
    @notice Send a call to a contract of another chain; anybody may. What the target believes is its own affair.
    """
    assert destination != chain.id, "to its own chain"
    # Else the messenger could be made to send in its own name, and messengers believe each other.
    assert target != self, "to a messenger"
    return self._send(destination, target, msg.sender, message)


@external
@nonreentrant
def relay_message(
    origin: address,
    block_number: uint256,
    log_index: uint256,
    timestamp: uint256,
    chain_id: uint256,
    payload: Bytes[PAYLOAD_BYTES],
):
    """
    @notice Make the call that was sent on another chain; anybody may, for anybody.
    @param payload Topics and data of the log.
    """
    assert origin == self, "fake origin"
    extcall Inbox(INBOX).validate_message(origin, block_number, log_index, timestamp, chain_id, keccak256(payload))
    assert convert(slice(payload, 0, 32), bytes32) == SENT, "not a sent message"
    assert convert(slice(payload, 32, 32), uint256) == chain.id, "for another chain"
    target: address = convert(convert(slice(payload, 64, 32), uint256), address)
    nonce: uint256 = convert(slice(payload, 96, 32), uint256)
    sender: address = empty(address)
    message: Bytes[MESSAGE_BYTES] = b""
    sender, message = abi_decode(slice(payload, TOPICS, len(payload) - TOPICS), (address, Bytes[MESSAGE_BYTES]))

    message_hash: bytes32 = self._hash(chain.id, chain_id, nonce, sender, target, message)
    assert not self.relayed[message_hash], "relayed already"
    self.relayed[message_hash] = True  # before the call, or the target could relay it again
    self.cross_domain_sender = sender
    self.cross_domain_source = chain_id
    raw_call(target, message)
    self.cross_domain_sender = empty(address)
    self.cross_domain_source = 0
    log RelayedMessage(source=chain_id, nonce=nonce, message_hash=message_hash)


@external
def report_undelivered(
    source: uint256, nonce: uint256, sender: address, target: address, message: Bytes[MESSAGE_BYTES]
):
    """
    @notice Tell the source of a message that it has not been relayed so far.
    """
    message_hash: bytes32 = self._hash(chain.id, source, nonce, sender, target, message)
    assert not self.relayed[message_hash], "relayed already"
    report: Bytes[MESSAGE_BYTES] = abi_encode(
        message_hash, block.timestamp, method_id=method_id("expire_message(bytes32,uint256)")
    )
    self._send(source, self, self, report)


@external
def expire_message(message_hash: bytes32, undelivered_at: uint256):
    """
    @notice Note that a message can never be delivered; only the messenger of another chain may say so.
    """
    assert msg.sender == self and self.cross_domain_sender == self, "not from a messenger"
    assert self.sent_at[message_hash] != 0, "never sent"
    assert undelivered_at > self.sent_at[message_hash] + EXPIRY_PERIOD, "not expired yet"
    self.expired[message_hash] = True
    log ExpiredMessage(message_hash=message_hash)


@external
@view
def hash_of(
    destination: uint256,
    source: uint256,
    nonce: uint256,
    sender: address,
    target: address,
    message: Bytes[MESSAGE_BYTES],
) -> bytes32:
    return self._hash(destination, source, nonce, sender, target, message)


@internal
def _send(destination: uint256, target: address, sender: address, message: Bytes[MESSAGE_BYTES]) -> bytes32:
    # The nonce makes two equal calls two messages: each is relayed once.
    message_hash: bytes32 = self._hash(destination, chain.id, self.nonce, sender, target, message)
    self.sent_at[message_hash] = block.timestamp
    log SentMessage(destination=destination, target=target, nonce=self.nonce, sender=sender, message=message)
    self.nonce += 1
    return message_hash


@internal
@pure
def _hash(
    destination: uint256,
    source: uint256,
    nonce: uint256,
    sender: address,
    target: address,
    message: Bytes[MESSAGE_BYTES],
) -> bytes32:
    return keccak256(abi_encode(destination, source, nonce, sender, target, message))
