# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Houses owned in eighths, counted by owner
@notice Models fractional ownership, as Pacaso sells houses in eighths and RealT in small shares: a title has eight
    parts, an owner names a price for each of theirs, rent belongs to all parts alike. Omits the company that holds the
    house, its manager and their costs, votes, a buy-out of the last parts, the deeds (see land_registry), and who may
    be an owner (see security_token).
@dev Storage: registrar; isRegistered[title]; partsOf, priceOf[title][owner]; rentOf[title]; rentSeen[title][owner];
    earned[person], deposits[person].
    Hot: earned of a builder who sells many houses: every buyer pays into it. And partsOf of the builder, in one house.
"""

event Sale:
    title: indexed(uint256)
    seller: indexed(address)
    buyer: indexed(address)
    price: uint256

PARTS: constant(uint256) = 8  # of a title

registrar: public(address)
isRegistered: public(HashMap[uint256, bool])
partsOf: public(HashMap[uint256, HashMap[address, uint256]])
priceOf: public(HashMap[uint256, HashMap[address, uint256]])  # of a part; 0: not for sale
rentOf: public(HashMap[uint256, uint256])  # wei for each part, since the beginning
rentSeen: HashMap[uint256, HashMap[address, uint256]]  # up to where an owner's rent is in earned
earned: public(HashMap[address, uint256])
deposits: public(HashMap[address, uint256])


@deploy
def __init__():
    self.registrar = msg.sender


@external
def register(title: uint256, owner: address):
    assert msg.sender == self.registrar, "not the registrar"
    assert not self.isRegistered[title], "registered"
    self.isRegistered[title] = True
    self.partsOf[title][owner] = PARTS


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
def buy(title: uint256, seller: address, most: uint256):
    """
    @param most What the buyer is ready to pay, should the price change before the purchase is in a block.
    """
    assert self.partsOf[title][seller] > 0, "the seller has none"
    price: uint256 = self.priceOf[title][seller]
    assert price > 0, "not for sale"
    assert price <= most, "the price has risen"
    assert seller != msg.sender, "the seller is the buyer"
    assert price <= self.deposits[msg.sender], "more than was deposited"
    self.deposits[msg.sender] -= price
    self._settle(title, seller)
    self._settle(title, msg.sender)
    self.partsOf[title][seller] -= 1
    self.partsOf[title][msg.sender] += 1
    self.earned[seller] += price
    log Sale(title=title, seller=seller, buyer=msg.sender, price=price)


@external
def collect(title: uint256):
    """
    @notice Add the rent of a title, and what parts were sold for, to the caller's deposit.
    """
    self._settle(title, msg.sender)
    self.deposits[msg.sender] += self.earned[msg.sender]
    self.earned[msg.sender] = 0


@external
@view
def owed(title: uint256, person: address) -> uint256:
    return self.earned[person] + self._rent(title, person)


@internal
@view
def _rent(title: uint256, owner: address) -> uint256:
    return self.partsOf[title][owner] * (self.rentOf[title] - self.rentSeen[title][owner])


@internal
def _settle(title: uint256, owner: address):
    self.earned[owner] += self._rent(title, owner)
    self.rentSeen[title][owner] = self.rentOf[title]
