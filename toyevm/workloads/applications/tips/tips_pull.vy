# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Tips for what people write: an author's in 16 places, the fee when they are withdrawn
@notice Models what tips models, and omits what it omits; only what was earned is kept otherwise.
@dev Storage: site; fees; purses[fan]; earnedShards[author], each 16 slots in a row, the site's fee still in them.
    Hot: a shard, among the fans of one author whose addresses end in the same hexadecimal digit.
    The price: to withdraw reads and clears 16 slots, and the site waits for its fee until the author does.
"""

event Tip:
    fan: indexed(address)
    author: indexed(address)
    post: indexed(bytes32)
    coins: uint256

COIN: constant(uint256) = 10**15
FEE: constant(uint256) = 25  # of PARTS; a coin can be divided by PARTS, so nothing is ever rounded
PARTS: constant(uint256) = 1000
SHARDS: constant(uint256) = 16

site: public(address)
fees: public(uint256)
purses: public(HashMap[address, uint256])
earnedShards: public(HashMap[address, uint256[SHARDS]])


@deploy
def __init__():
    self.site = msg.sender


@external
@payable
def fill():
    self.purses[msg.sender] += msg.value


@external
def tip(author: address, post: bytes32, coins: uint256):
    assert author != empty(address), "nobody's post"
    amount: uint256 = coins * COIN
    assert amount <= self.purses[msg.sender], "more than is in the purse"
    self.purses[msg.sender] -= amount
    self.earnedShards[author][convert(msg.sender, uint256) % SHARDS] += amount
    log Tip(fan=msg.sender, author=author, post=post, coins=coins)


@external
@view
def earned(author: address) -> uint256:
    total: uint256 = self._total(author)
    return total - total * FEE // PARTS


@external
def withdraw():
    """
    @notice Pay out what the caller earned, and what is left in their purse.
    """
    total: uint256 = self._total(msg.sender)
    fee: uint256 = total * FEE // PARTS
    amount: uint256 = total - fee + self.purses[msg.sender]
    self.earnedShards[msg.sender] = empty(uint256[SHARDS])
    self.fees += fee
    self.purses[msg.sender] = 0
    send(msg.sender, amount)  # last, and with no more gas than it takes to log: nobody can come in again


@external
def collectFees():
    amount: uint256 = self.fees
    self.fees = 0
    send(self.site, amount)


@internal
@view
def _total(author: address) -> uint256:
    total: uint256 = 0
    for part: uint256 in self.earnedShards[author]:
        total += part
    return total
