# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A pool of ether that writes down that it pays before it does
@notice Models what ether_pool models, and omits what it omits, in the order checks, effects, interactions: who calls
    again finds that they are owed nothing. There is no guard.
@dev Storage: owed[person]. Hot: the ether of the pool itself.
    The price: none in gas, but the order must be right in each function, and in those that are added later.
"""

owed: public(HashMap[address, uint256])


@external
@payable
def deposit():
    self.owed[msg.sender] += msg.value


@external
def give(receiver: address, amount: uint256):
    self.owed[msg.sender] -= amount
    self.owed[receiver] += amount


@external
def withdraw():
    amount: uint256 = self.owed[msg.sender]
    self.owed[msg.sender] = 0
    raw_call(msg.sender, b"", value=amount)
