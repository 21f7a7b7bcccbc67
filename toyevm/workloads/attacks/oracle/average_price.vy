# pragma version 0.4.3
# pragma evm-version cancun
"""
@title An oracle that takes the average of a pool's price over time
@notice Models the oracle over a fixed window that is built on Uniswap v2. There the pool itself keeps the sum of price
    and time; here somebody records the price. Omits windows that overlap.
@dev Storage: pool; spot, recordedAt; sum, beganAt; price. Hot: nothing; one record a block is enough, and others read.
    The price: it is late by a period or two, so loans can be bad before the oracle says so; and who holds a false price
    for a part of a period moves the average by that part. What was recorded counts until the next record: somebody must
    record often.
"""


interface Pool:
    def reserve0() -> uint256: view
    def reserve1() -> uint256: view

ONE: constant(uint256) = 10**18
PERIOD: constant(uint256) = 1800  # in seconds

pool: public(address)
spot: public(uint256)  # as it was last recorded
recordedAt: public(uint256)  # in seconds
sum: public(uint256)  # of price times seconds, in this period
beganAt: public(uint256)  # in seconds
price: public(uint256)  # what 10**18 of token 1 cost of token 0, on average over the last period that ended


@deploy
def __init__(pool: address):
    self.pool = pool
    self.spot = self._spot()
    self.price = self.spot
    self.recordedAt = block.timestamp
    self.beganAt = block.timestamp


@external
def record():
    """
    @notice Count the price that was recorded last for the time it stood, then note that of now, which has no time yet.
    """
    self.sum += self.spot * (block.timestamp - self.recordedAt)
    self.spot = self._spot()
    self.recordedAt = block.timestamp
    passed: uint256 = block.timestamp - self.beganAt
    if passed >= PERIOD:
        self.price = self.sum // passed
        self.sum = 0
        self.beganAt = block.timestamp


@internal
@view
def _spot() -> uint256:
    return staticcall Pool(self.pool).reserve0() * ONE // staticcall Pool(self.pool).reserve1()
