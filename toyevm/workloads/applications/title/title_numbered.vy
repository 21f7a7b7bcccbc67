# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Houses owned in eighths, each part with a number
@notice Models what title models, and omits what it omits; but a part is a thing of its own, which somebody owns, and
    what it earned waits beside it, under the name of its owner then, until they collect.
@dev Storage: registrar; isRegistered[title]; ownerOf[title][part]; priceOf[title][owner]; rentOf[title];
    rentSeen[title][part]; earnedBy[title][person], each 8 slots in a row; deposits[person].
    Hot: nothing. Two purchases conflict when they share a buyer or a part. The price: parts are not sold together,
    and to collect, or to ask how many somebody has, reads eight places for each house.
"""

event Sale:
    title: indexed(uint256)
    seller: indexed(address)
    buyer: indexed(address)
    price: uint256

PARTS: constant(uint256) = 8  # of a title

registrar: public(address)
isRegistered: public(HashMap[uint256, bool])
ownerOf: public(HashMap[uint256, address[PARTS]])
priceOf: public(HashMap[uint256, HashMap[address, uint256]])  # of a part; 0: not for sale
rentOf: public(HashMap[uint256, uint256])  # wei for each part, since the beginning
rentSeen: HashMap[uint256, uint256[PARTS]]  # up to where a part's rent is in earnedBy
earnedBy: HashMap[uint256, HashMap[address, uint256[PARTS]]]
deposits: public(HashMap[address, uint256])


@deploy
def __init__():
    self.registrar = msg.sender


@external
def register(title: uint256, owner: address):
    assert msg.sender == self.registrar, "not the registrar"
    assert not self.isRegistered[title], "registered"
    self.isRegistered[title] = True
    for part: uint256 in range(PARTS):
        self.ownerOf[title][part] = owner


@external
@payable
def deposit():
    self.deposits[msg.sender] += msg.value


@external
def withdraw():
    amount: uint256 = self.deposits[msg.sender]
    self.deposits[msg.sender] = 0
    send(msg.sender, amount)


@external
def offer(title: uint256, price: uint256):
    """
    @notice Name a price for each part that the caller has, or will have.
    """
    self.priceOf[title][msg.sender] = price


@external
def payRent(title: uint256, forPart: uint256):
    """
    @notice Pay so much for each part: a whole number of wei, so nothing is rounded.
    """
    assert self.isRegistered[title], "no such title"
    assert forPart * PARTS <= self.deposits[msg.sender], "more than was deposited"
    self.deposits[msg.sender] -= forPart * PARTS
    self.rentOf[title] += forPart


@external
def buy(title: uint256, part: uint256, most: uint256):
    """
    @param most What the buyer is ready to pay, should the price change before the purchase is in a block.
    """
    seller: address = self.ownerOf[title][part]
    price: uint256 = self.priceOf[title][seller]
    assert price > 0, "not for sale"
    assert price <= most, "the price has risen"
    assert seller != msg.sender, "the seller is the buyer"
    assert price <= self.deposits[msg.sender], "more than was deposited"
    self.deposits[msg.sender] -= price
    self._settle(title, part)
    self.ownerOf[title][part] = msg.sender
    self.earnedBy[title][seller][part] += price
    log Sale(title=title, seller=seller, buyer=msg.sender, price=price)


@external
def collect(title: uint256):
    """
    @notice Add the rent of a title, and what its parts were sold for, to the caller's deposit.
    """
    for part: uint256 in range(PARTS):
        if self.ownerOf[title][part] == msg.sender:
            self._settle(title, part)
        self.deposits[msg.sender] += self.earnedBy[title][msg.sender][part]
        self.earnedBy[title][msg.sender][part] = 0


@external
@view
def owed(title: uint256, person: address) -> uint256:
    total: uint256 = 0
    for part: uint256 in range(PARTS):
        total += self.earnedBy[title][person][part]
        if self.ownerOf[title][part] == person:
            total += self.rentOf[title] - self.rentSeen[title][part]
    return total


@external
@view
def partsOf(title: uint256, person: address) -> uint256:
    found: uint256 = 0
    for part: uint256 in range(PARTS):
        if self.ownerOf[title][part] == person:
            found += 1
    return found


@internal
def _settle(title: uint256, part: uint256):
    self.earnedBy[title][self.ownerOf[title][part]][part] += self.rentOf[title] - self.rentSeen[title][part]
    self.rentSeen[title][part] = self.rentOf[title]
