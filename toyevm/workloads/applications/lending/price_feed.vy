# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A price feed: one reporter says what ether costs
@notice Models a feed of Chainlink, or Maker's medianizer, as contracts see it. Omits the many reporters and their
    median, rounds, and the age at which a price is too old to be used.
@dev Storage: reporter; price. Hot: nothing, unless the reporter writes in the same block: all others only read.
"""

reporter: public(address)
price: public(uint256)  # smallest units of the token for 10**18 wei


@deploy
def __init__(price: uint256):
    self.reporter = msg.sender
    self.price = price


@external
def report(price: uint256):
    assert msg.sender == self.reporter, "not the reporter"
    self.price = price
