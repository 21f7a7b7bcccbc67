# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Tickets for a festival, in lanes
@notice A first idea that is right: the starter's counters and free numbers, once for each of 16 lanes.
@dev Ticket n is in lane (n - 1) % LANES. A buyer begins at the lane that their address names.
"""

PRICE: constant(uint256) = 10
LANES: constant(uint256) = 16

owner: address
capacity: uint256
isClosed: bool
laneSold: uint256[LANES]
laneUsed: uint256[LANES]
laneFreed: uint256[LANES]
freeNumbers: HashMap[uint256, HashMap[uint256, uint256]]
credits: HashMap[address, uint256]
tickets: HashMap[address, uint256]


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
    home: uint256 = self._home(msg.sender)
    for step: uint256 in range(LANES):
        lane: uint256 = (home + step) % LANES
        if self.laneSold[lane] < (self.capacity + LANES - 1 - lane) // LANES:
            self.laneSold[lane] += 1
            self.credits[msg.sender] -= PRICE
            self.tickets[msg.sender] = self._free_number(lane)
            return
    raise "sold out"


@external
def give(to: address):
    assert self.tickets[msg.sender] != 0, "has none"
    assert self.tickets[to] == 0, "has one"
    self.tickets[to] = self.tickets[msg.sender]
    self.tickets[msg.sender] = 0


@external
def refund():
    assert not self.isClosed, "closed"
    number: uint256 = self.tickets[msg.sender]
    assert number != 0, "has none"
    lane: uint256 = (number - 1) % LANES
    self.freeNumbers[lane][self.laneFreed[lane]] = number
    self.laneFreed[lane] += 1
    self.tickets[msg.sender] = 0
    self.laneSold[lane] -= 1
    self.credits[msg.sender] += PRICE


@external
def close():
    assert msg.sender == self.owner, "not the owner"
    assert not self.isClosed, "closed"
    self.credits[self.owner] += self._sold() * PRICE
    self.isClosed = True


@external
@view
def credit_of(who: address) -> uint256:
    return self.credits[who]


@external
@view
def ticket_of(who: address) -> uint256:
    return self.tickets[who]


@external
@view
def sold() -> uint256:
    return self._sold()


@external
@view
def revenue() -> uint256:
    return 0 if self.isClosed else self._sold() * PRICE


@internal
@view
def _home(who: address) -> uint256:
    return convert(who, uint256) % LANES


@internal
@view
def _sold() -> uint256:
    count: uint256 = 0
    for lane: uint256 in range(LANES):
        count += self.laneSold[lane]
    return count


@internal
def _free_number(lane: uint256) -> uint256:
    if self.laneFreed[lane] > 0:
        self.laneFreed[lane] -= 1
        return self.freeNumbers[lane][self.laneFreed[lane]]
    self.laneUsed[lane] += 1
    return (self.laneUsed[lane] - 1) * LANES + lane + 1
