# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Tickets for a festival, the plain way
@notice Everybody holds at most one ticket, bought with credit that the owner granted. The specification is in the
    README beside this file: it is about what functions do, not about how anything is kept.
@dev Storage: owner; capacity; isClosed; sold; revenue; used, freed, freeNumbers; credits[who]; tickets[who].
    Hot: sold, revenue, used. Every sale adds to each of them.
"""

PRICE: constant(uint256) = 10

owner: address
capacity: uint256
isClosed: bool
sold: public(uint256)  # tickets that somebody holds
revenue: public(uint256)  # what they were paid with, until it goes to the owner
used: uint256  # numbers 1 to `used` were given out at least once
freed: uint256  # how many of them came back, and wait in `freeNumbers`
freeNumbers: HashMap[uint256, uint256]
credits: HashMap[address, uint256]
tickets: HashMap[address, uint256]  # 0: none


@deploy
def __init__(capacity: uint256):
    self.owner = msg.sender
    self.capacity = capacity


@external
def grant(who: address, amount: uint256):
    assert msg.sender == self.owner, "not the owner"
    self.credits[who] += amount


@external
def buy():
    assert not self.isClosed, "closed"
    assert self.tickets[msg.sender] == 0, "has one"
    assert self.credits[msg.sender] >= PRICE, "too little credit"
    assert self.sold < self.capacity, "sold out"
    self.credits[msg.sender] -= PRICE
    self.revenue += PRICE
    self.sold += 1
    self.tickets[msg.sender] = self._free_number()


@external
def give(to: address):
    assert self.tickets[msg.sender] != 0, "has none"
    assert self.tickets[to] == 0, "has one"
    self.tickets[to] = self.tickets[msg.sender]
    self.tickets[msg.sender] = 0


@external
def refund():
    assert not self.isClosed, "closed"
    assert self.tickets[msg.sender] != 0, "has none"
    self.freeNumbers[self.freed] = self.tickets[msg.sender]
    self.freed += 1
    self.tickets[msg.sender] = 0
    self.sold -= 1
    self.revenue -= PRICE
    self.credits[msg.sender] += PRICE


@external
def close():
    assert msg.sender == self.owner, "not the owner"
    assert not self.isClosed, "closed"
    self.isClosed = True
    self.credits[self.owner] += self.revenue
    self.revenue = 0


@external
@view
def credit_of(who: address) -> uint256:
    return self.credits[who]


@external
@view
def ticket_of(who: address) -> uint256:
    return self.tickets[who]


@internal
def _free_number() -> uint256:
    if self.freed > 0:
        self.freed -= 1
        return self.freeNumbers[self.freed]
    self.used += 1
    return self.used
