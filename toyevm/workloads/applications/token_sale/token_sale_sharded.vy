# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A sale of tokens, with a cap and vesting, its room counted in 16 places
@notice Models what token_sale models, and omits what it omits; only what was raised is kept otherwise: each shard
    has a sixteenth of the room below the cap, and a purchase for which there is not enough takes the rest from the
    next ones. So everybody can buy who could from a single counter.
@dev Storage: treasury; cap, capOfEach, least; end, cliff, duration; roomShards, 16 slots in a row; isCollected;
    deposits[buyer], paid[buyer], released[buyer], balanceOf[holder].
    Hot: a shard, among the buyers whose addresses end in the same hexadecimal digit: two of them conflict once in
    16 times, until a shard is empty. The price: the last purchases, and whoever asks what was raised, read 16 slots.
"""

event Purchase:
    buyer: indexed(address)
    payment: uint256

event Release:
    buyer: indexed(address)
    tokens: uint256

TOKENS: constant(uint256) = 1000  # for a wei
SHARDS: constant(uint256) = 16

treasury: public(address)
cap: public(uint256)  # wei, as all amounts but those called tokens
capOfEach: public(uint256)
least: public(uint256)  # with less at the end, there is no sale
end: public(uint256)  # the first second in which nobody can buy
cliff: public(uint256)  # seconds after the end in which nothing is released
duration: public(uint256)  # seconds after the end until all is
roomShards: public(uint256[SHARDS])  # what can still be raised
isCollected: public(bool)
deposits: public(HashMap[address, uint256])
paid: public(HashMap[address, uint256])
released: public(HashMap[address, uint256])
balanceOf: public(HashMap[address, uint256])


@deploy
def __init__(cap: uint256, capOfEach: uint256, least: uint256, end: uint256, cliff: uint256, duration: uint256):
    assert least <= cap, "more than can be sold"
    assert cliff <= duration and duration > 0, "no schedule"
    self.treasury = msg.sender
    self.cap = cap
    self.capOfEach = capOfEach
    self.least = least
    self.end = end
    self.cliff = cliff
    self.duration = duration
    for shard: uint256 in range(SHARDS):
        self.roomShards[shard] = cap // SHARDS
    self.roomShards[0] += cap % SHARDS


@external
@payable
def deposit():
    self.deposits[msg.sender] += msg.value


@external
def buy(payment: uint256):
    assert block.timestamp < self.end, "the sale is over"
    assert payment <= self.deposits[msg.sender], "more than was deposited"
    self.deposits[msg.sender] -= payment
    self.paid[msg.sender] += payment
    assert self.paid[msg.sender] <= self.capOfEach, "over the cap of each"
    self._count(payment)
    log Purchase(buyer=msg.sender, payment=payment)


@external
def withdraw():
    """
    @notice Take out what was not spent, and, if too little was raised until the end, what was.
    """
    amount: uint256 = self.deposits[msg.sender]
    self.deposits[msg.sender] = 0
    if self.end <= block.timestamp and self._raised() < self.least:
        amount += self.paid[msg.sender]
        self.paid[msg.sender] = 0
    send(msg.sender, amount)


@external
def collect():
    """
    @notice Send what was raised to the treasury, once; anybody may ask for it.
    """
    assert self.end <= block.timestamp, "the sale is not over"
    assert self._raised() >= self.least, "too little was raised"
    assert not self.isCollected, "collected"
    self.isCollected = True
    send(self.treasury, self._raised())


@external
@view
def vested(buyer: address) -> uint256:
    return self._vested(buyer)


@external
def release():
    tokens: uint256 = self._vested(msg.sender) - self.released[msg.sender]
    self.released[msg.sender] += tokens
    self.balanceOf[msg.sender] += tokens
    log Release(buyer=msg.sender, tokens=tokens)


@external
def transfer(receiver: address, tokens: uint256) -> bool:
    self.balanceOf[msg.sender] -= tokens
    self.balanceOf[receiver] += tokens
    return True


@internal
@view
def _vested(buyer: address) -> uint256:
    if block.timestamp < self.end + self.cliff or self._raised() < self.least:
        return 0
    elapsed: uint256 = min(block.timestamp - self.end, self.duration)
    # Rounded down: nobody has a token too early, and at the end nothing is left over.
    return self.paid[buyer] * TOKENS * elapsed // self.duration


@external
@view
def raised() -> uint256:
    return self._raised()


@internal
@view
def _raised() -> uint256:
    room: uint256 = 0
    for part: uint256 in self.roomShards:
        room += part
    return self.cap - room


@internal
def _count(payment: uint256):
    rest: uint256 = payment
    first: uint256 = convert(msg.sender, uint256) % SHARDS
    for turn: uint256 in range(SHARDS):
        if rest == 0:
            break
        shard: uint256 = (first + turn) % SHARDS
        part: uint256 = min(rest, self.roomShards[shard])
        self.roomShards[shard] -= part
        rest -= part
    assert rest == 0, "over the cap"
