# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Passes that let their owners in, by one of 16 gates
@notice Models what access_pass models, and omits what it omits; only who is inside is counted otherwise: a pass belongs
    to the gate that its number gives when it is divided by 16, and each gate has a sixteenth of the room.
@dev Storage: issuer; capacity; insideAt, 16 slots in a row; ownerOf, isBound, isInside, untilOf[token].
    Hot: the count of a gate, among those who enter or leave by it. All read capacity and none writes it: an access
    list, which does not tell the two apart, takes that for a conflict.
    The price: a gate may be full while there is room behind another; to count everybody reads 16 slots.
"""

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    token: indexed(uint256)

event Locked:
    token: uint256

event Unlocked:
    token: uint256

GATES: constant(uint256) = 16

issuer: public(address)
capacity: public(uint256)
insideAt: public(uint256[GATES])
ownerOf: public(HashMap[uint256, address])
isBound: HashMap[uint256, bool]
isInside: public(HashMap[uint256, bool])
untilOf: public(HashMap[uint256, uint256])  # the last second in which it opens


@deploy
def __init__(capacity: uint256):
    assert capacity % GATES == 0, "a sixteenth for each gate"
    self.issuer = msg.sender
    self.capacity = capacity


@external
def issue(holder: address, token: uint256, bound: bool, until: uint256):
    assert msg.sender == self.issuer, "not the issuer"
    assert self.ownerOf[token] == empty(address), "taken"
    assert holder != empty(address), "to nobody"
    self.ownerOf[token] = holder
    self.isBound[token] = bound
    self.untilOf[token] = until
    log Transfer(sender=empty(address), receiver=holder, token=token)
    if bound:
        log Locked(token=token)
    else:
        log Unlocked(token=token)


@external
def revoke(token: uint256):
    """
    @notice Make a pass open no more; who is inside may still leave.
    """
    assert msg.sender == self.issuer, "not the issuer"
    self.untilOf[token] = 0


@external
@view
def locked(token: uint256) -> bool:
    """
    @notice Return whether a pass is bound to its holder.
    """
    assert self.ownerOf[token] != empty(address), "no such pass"
    return self.isBound[token]


@external
def transferFrom(sender: address, receiver: address, token: uint256):
    assert self.ownerOf[token] == sender and msg.sender == sender, "not the owner"
    assert receiver != empty(address), "to nobody"
    assert not self.isBound[token], "bound to its holder"
    assert not self.isInside[token], "somebody is inside with it"
    self.ownerOf[token] = receiver
    log Transfer(sender=sender, receiver=receiver, token=token)


@external
def enter(token: uint256):
    assert self.ownerOf[token] == msg.sender, "not the owner"
    assert block.timestamp <= self.untilOf[token], "expired or revoked"
    assert not self.isInside[token], "is inside"
    assert self.insideAt[token % GATES] < self.capacity // GATES, "full"
    self.isInside[token] = True
    self.insideAt[token % GATES] += 1


@external
def leave(token: uint256):
    assert self.ownerOf[token] == msg.sender, "not the owner"
    assert self.isInside[token], "is not inside"
    self.isInside[token] = False
    self.insideAt[token % GATES] -= 1


@external
@view
def inside() -> uint256:
    total: uint256 = 0
    for part: uint256 in self.insideAt:
        total += part
    return total
