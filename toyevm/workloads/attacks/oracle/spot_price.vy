# pragma version 0.4.3
# pragma evm-version cancun
"""
@title An oracle that believes a pool of this moment
@notice Models the price sources that were manipulated at bZx, Harvest and Cheese Bank (2020): the contents of one
    pool, as they are when somebody asks. Omits the age of a price, and a second source to compare it with.
@dev Storage: pool. Hot: nothing of its own, but both reserves of the pool are read. Whoever trades there before they
    ask sets the price.
"""


interface Pool:
    def reserve0() -> uint256: view
    def reserve1() -> uint256: view

ONE: constant(uint256) = 10**18

pool: public(address)


@deploy
def __init__(pool: address):
    self.pool = pool


@external
@view
def price() -> uint256:
    """
    @notice What 10**18 of token 1 cost of token 0.
    """
    return staticcall Pool(self.pool).reserve0() * ONE // staticcall Pool(self.pool).reserve1()
