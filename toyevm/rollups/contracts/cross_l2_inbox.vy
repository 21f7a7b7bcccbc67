# pragma version 0.4.3
# pragma evm-version cancun
"""
@title The inbox: where a chain says which log of another chain it takes for true
@notice Models the OP Stack's CrossL2Inbox. A contract cannot look at another chain. So this one only logs what is
    claimed; a block in which a claim is false is not valid, and whoever checks blocks sees to that. Omits the access
    list in which a transaction has to declare its messages, so that they can be checked before it is executed.
@dev Storage: none. Hot: nothing. No guard is here: not even that a message is executed once.
"""

event ExecutingMessage:
    payload_hash: indexed(bytes32)
    origin: address
    block_number: uint256
    log_index: uint256
    timestamp: uint256
    chain_id: uint256


@external
def validate_message(
    origin: address,
    block_number: uint256,
    log_index: uint256,
    timestamp: uint256,
    chain_id: uint256,
    payload_hash: bytes32,
):
    """
    @notice Claim that this log is there; the first five arguments are its identifier.
    @param payload_hash Hash of the log's topics and data, one behind the other.
    """
    log ExecutingMessage(
        payload_hash=payload_hash,
        origin=origin,
        block_number=block_number,
        log_index=log_index,
        timestamp=timestamp,
        chain_id=chain_id,
    )
