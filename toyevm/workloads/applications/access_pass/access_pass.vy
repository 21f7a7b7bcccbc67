# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Passes that let their owners in
@notice Models tickets and memberships as Unlock Protocol issues them, in the form of ERC-721 with ERC-5192: a pass is
    bound to its holder for ever, or can be handed on. It opens until a time, and no more may be inside than there is
    room for. Omits approvals, transfers that ask the receiver, balances, metadata, ERC-165, and the price of a pass.
@dev Storage: issuer; capacity; inside; ownerOf, isBound, isInside, untilOf[token].
    Hot: inside, which everybody who enters or leaves changes; all else belongs to one pass.
"""

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    token: indexed(uint256)

event Locked:
    token: uint256

event Unlocked:
    token: uint256

issuer: public(address)
capacity: public(uint256)
inside: public(uint256)
ownerOf: public(HashMap[uint256, address])
isBound: HashMap[uint256, bool]
isInside: public(HashMap[uint256, bool])
untilOf: public(HashMap[uint256, uint256])  # the last second in which it opens


@deploy
def __init__(capacity: uint256):
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
    assert self.inside < self.capacity, "full"
    self.isInside[token] = True
    self.inside += 1


@external
def leave(token: uint256):
    assert self.ownerOf[token] == msg.sender, "not the owner"
    assert self.isInside[token], "is not inside"
    self.isInside[token] = False
    self.inside -= 1
