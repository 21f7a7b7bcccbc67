# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A sale of tokens, with a cap and vesting
@notice Models a sale to the public such as those of CoinList: a price, a cap on the whole and on each buyer, a least
    amount below which everybody gets their ether back, and tokens that vest as in OpenZeppelin's VestingWallet: none
    before the cliff, then in proportion to the time since the sale ended. Omits the list of identified buyers (see
    security_token), a price that moves, signed allocations, and the token contract: tokens are counted in here.
@dev Storage: treasury; cap, capOfEach, least; end, cliff, duration; raised; isCollected; deposits[buyer],
    paid[buyer], released[buyer], balanceOf[holder].
    Hot: raised. Every purchase adds to it, for the cap's sake. Ether moves when it is deposited, before: paid along
    with each purchase, it would make this contract's own balance as hot.
"""

event Purchase:
    buyer: indexed(address)
    payment: uint256

event Release:
    buyer: indexed(address)
    tokens: uint256

TOKENS: constant(uint256) = 1000  # for a wei

treasury: public(address)
cap: public(uint256)  # wei, as all amounts but those called tokens
capOfEach: public(uint256)
least: public(uint256)  # with less at the end, there is no sale
end: public(uint256)  # the first second in which nobody can buy
cliff: public(uint256)  # seconds after the end in which nothing is released
duration: public(uint256)  # seconds after the end until all is
raised: public(uint256)
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


@internal
@view
def _raised() -> uint256:
    return self.raised


@internal
def _count(payment: uint256):
    self.raised += payment
    assert self.raised <= self.cap, "over the cap"
