# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A regulated share, with an audit trail for each holder
@notice Models what security_token_one_trail models, and omits what it omits; only the trail is kept otherwise: every
    holder has one, and a movement extends the trails of both sides.
@dev Storage: agent; lockedUntil, most; countryOf[holder], isBarred[country], isFrozen[holder]; totalSupply;
    balanceOf[holder]; points, pointsSeen[holder], dividendOf[holder]; trailOf[holder].
    Hot: nothing. Two transfers conflict when they share a holder; all read points, which only a dividend writes.
    The price: an auditor follows as many trails as there are holders, a movement stands in two of them, and which of
    two movements between strangers came first is proven by the chain's blocks alone.
"""

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    value: uint256
    order: bytes32  # the hash of the court's order, if it was forced

event Listed:
    holder: indexed(address)
    country: uint256

event Frozen:
    holder: indexed(address)
    frozen: bool

event Dividend:
    value: uint256
    points: uint256

SCALE: constant(uint256) = 10**18  # so many points are one wei for a share

agent: public(address)
lockedUntil: public(uint256)  # the first second in which holders may transfer
most: public(uint256)  # that one may hold
countryOf: public(HashMap[address, uint256])  # 0: not on the list
isBarred: public(HashMap[uint256, bool])  # a country whose people may not receive
isFrozen: public(HashMap[address, bool])
totalSupply: public(uint256)
balanceOf: public(HashMap[address, uint256])
points: public(uint256)  # what one share has earned since the beginning
pointsSeen: public(HashMap[address, uint256])  # up to where dividendOf has it
dividendOf: HashMap[address, uint256]
trailOf: public(HashMap[address, bytes32])  # commits to every movement of a holder, from the first


@deploy
def __init__(most: uint256, lockedUntil: uint256):
    self.agent = msg.sender
    self.most = most
    self.lockedUntil = lockedUntil


@external
def enlist(holder: address, country: uint256):
    """
    @notice Put a holder whom somebody has identified on the list, or, with country 0, take them off.
    """
    assert msg.sender == self.agent, "not the agent"
    self.countryOf[holder] = country
    log Listed(holder=holder, country=country)


@external
def bar(country: uint256, barred: bool):
    assert msg.sender == self.agent, "not the agent"
    self.isBarred[country] = barred


@external
def freeze(holder: address, frozen: bool):
    assert msg.sender == self.agent, "not the agent"
    self.isFrozen[holder] = frozen
    log Frozen(holder=holder, frozen=frozen)


@external
def issue(receiver: address, amount: uint256):
    assert msg.sender == self.agent, "not the agent"
    self._check_receiver(receiver, amount)
    self._settle(receiver)
    self.totalSupply += amount
    self.balanceOf[receiver] += amount
    self._record(empty(address), receiver, amount, empty(bytes32))


@external
def transfer(receiver: address, amount: uint256) -> bool:
    assert self.lockedUntil <= block.timestamp, "locked up"
    assert self.countryOf[msg.sender] != 0, "the sender is not on the list"
    assert not self.isFrozen[msg.sender], "the sender is frozen"
    assert receiver != msg.sender, "the sender is the receiver"
    self._check_receiver(receiver, amount)
    self._move(msg.sender, receiver, amount, empty(bytes32))
    return True


@external
def forceTransfer(holder: address, receiver: address, amount: uint256, order: bytes32):
    """
    @notice Do what a court ordered: the holder is not asked, nor held up by a lock-up or a freeze.
    @param order The hash of the order, for the trail.
    """
    assert msg.sender == self.agent, "not the agent"
    assert order != empty(bytes32), "no order"
    assert receiver != holder, "the holder is the receiver"
    self._check_receiver(receiver, amount)
    self._move(holder, receiver, amount, order)


@external
@payable
def declareDividend():
    """
    @notice Pay the ether that comes along to all shares alike: one write, however many hold them.
    @dev Rounded down, to points and to wei: what is left over stays here, so there is always enough for everybody.
    """
    assert msg.sender == self.agent, "not the agent"
    assert self.totalSupply > 0, "nobody holds a share"
    self.points += msg.value * SCALE // self.totalSupply
    log Dividend(value=msg.value, points=self.points)


@external
def withdraw():
    assert not self.isFrozen[msg.sender], "frozen"
    self._settle(msg.sender)
    amount: uint256 = self.dividendOf[msg.sender]
    self.dividendOf[msg.sender] = 0
    send(msg.sender, amount)


@external
@view
def owed(holder: address) -> uint256:
    return self.dividendOf[holder] + self._earned(holder)


@internal
@view
def _earned(holder: address) -> uint256:
    return self.balanceOf[holder] * (self.points - self.pointsSeen[holder]) // SCALE


@internal
def _settle(holder: address):
    self.dividendOf[holder] += self._earned(holder)
    self.pointsSeen[holder] = self.points


@internal
@view
def _check_receiver(receiver: address, amount: uint256):
    country: uint256 = self.countryOf[receiver]
    assert country != 0, "the receiver is not on the list"
    assert not self.isBarred[country], "the receiver's country is barred"
    assert not self.isFrozen[receiver], "the receiver is frozen"
    assert self.balanceOf[receiver] + amount <= self.most, "more than one may hold"


@internal
def _move(sender: address, receiver: address, amount: uint256, order: bytes32):
    self._settle(sender)
    self._settle(receiver)
    self.balanceOf[sender] -= amount
    self.balanceOf[receiver] += amount
    self._record(sender, receiver, amount, order)


@internal
def _record(sender: address, receiver: address, amount: uint256, order: bytes32):
    movement: bytes32 = keccak256(abi_encode(sender, receiver, amount, order))
    if sender != empty(address):
        self.trailOf[sender] = keccak256(concat(self.trailOf[sender], movement))
    self.trailOf[receiver] = keccak256(concat(self.trailOf[receiver], movement))
    log Transfer(sender=sender, receiver=receiver, value=amount, order=order)
