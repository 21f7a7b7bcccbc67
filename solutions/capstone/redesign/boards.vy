# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Tickets for a festival, on many boards
@notice Does what `course/capstone/redesign/tickets.vy` does; only what is kept is another thing.
@dev Storage: isClosed; free, a word for each board, with a bit for each ticket of it that nobody holds; people[who], a word: the
    ticket's number in the upper half, credit in the lower. What was sold and earned is counted when somebody asks.
    Ticket n is on board (n - 1) % BOARDS. A buyer begins at the board that their address names, and goes on to the next
    one while there is none left: so nobody is refused while a ticket is left anywhere.
    Hot: a board, among those whose addresses name it; all boards, once the tickets come to an end.
    The price: to be refused because all are sold costs a look at every board, and so does to close.
"""

PRICE: constant(uint256) = 10
MOST_BOARDS: constant(uint256) = 32
TICKETS: constant(uint256) = 6  # on a board at least: fewer boards, if there are few tickets
HALF: constant(uint256) = 2**128

OWNER: immutable(address)
CAPACITY: immutable(uint256)
BOARDS: immutable(uint256)

isClosed: bool
free: uint256[MOST_BOARDS]
people: HashMap[address, uint256]


@deploy
def __init__(capacity: uint256):
    assert capacity <= MOST_BOARDS * 255, "more than fit on the boards"
    OWNER = msg.sender
    CAPACITY = capacity
    BOARDS = max(1, min(MOST_BOARDS, capacity // TICKETS))
    for board: uint256 in range(MOST_BOARDS):
        if board < BOARDS:
            self.free[board] = (1 << ((capacity + BOARDS - 1 - board) // BOARDS)) - 1


@external
def grant(who: address, amount: uint256):
    assert msg.sender == OWNER, "not the owner"
    person: uint256 = self.people[who]
    assert person % HALF + amount < HALF, "too much credit"
    self.people[who] = person + amount


@external
def buy():
    assert not self.isClosed, "closed"
    person: uint256 = self.people[msg.sender]
    assert person < HALF, "has one"
    assert person >= PRICE, "too little credit"
    first: uint256 = convert(msg.sender, uint256)
    for step: uint256 in range(BOARDS, bound=MOST_BOARDS):
        board: uint256 = (first + step) % BOARDS
        tickets: uint256 = self.free[board]
        if tickets != 0:
            rest: uint256 = tickets & (tickets - 1)  # without the lowest bit
            self.free[board] = rest
            number: uint256 = self._log2(tickets - rest) * BOARDS + board + 1
            self.people[msg.sender] = person - PRICE + number * HALF
            return
    raise "sold out"


@external
def give(to: address):
    giver: uint256 = self.people[msg.sender]
    assert giver >= HALF, "has none"
    taker: uint256 = self.people[to]
    assert taker < HALF, "has one"
    self.people[msg.sender] = giver % HALF
    self.people[to] = taker + giver - giver % HALF


@external
def refund():
    assert not self.isClosed, "closed"
    person: uint256 = self.people[msg.sender]
    assert person >= HALF, "has none"
    place: uint256 = person // HALF - 1
    self.free[place % BOARDS] |= 1 << (place // BOARDS)
    self.people[msg.sender] = person % HALF + PRICE


@external
def close():
    assert msg.sender == OWNER, "not the owner"
    assert not self.isClosed, "closed"
    self.isClosed = True
    self.people[OWNER] += self._sold() * PRICE


@external
@view
def credit_of(who: address) -> uint256:
    return self.people[who] % HALF


@external
@view
def ticket_of(who: address) -> uint256:
    return self.people[who] // HALF


@external
@view
def sold() -> uint256:
    return self._sold()


@external
@view
def revenue() -> uint256:
    if self.isClosed:
        return 0
    return self._sold() * PRICE


@internal
@view
def _sold() -> uint256:
    left: uint256 = 0
    for board: uint256 in range(BOARDS, bound=MOST_BOARDS):
        left += self._bits(self.free[board])
    return CAPACITY - left


@internal
@pure
def _bits(word: uint256) -> uint256:
    """
    @notice Count the bits of a word that are set: of pairs, of fours, of bytes; a product adds up all bytes.
    """
    x: uint256 = word
    x -= (x >> 1) & (max_value(uint256) // 3)
    x = (x & (max_value(uint256) // 5)) + ((x >> 2) & (max_value(uint256) // 5))
    x = (x + (x >> 4)) & (max_value(uint256) // 17)
    return unsafe_mul(x, max_value(uint256) // 255) >> 248


@internal
@pure
def _log2(power: uint256) -> uint256:
    return self._bits(power - 1)
