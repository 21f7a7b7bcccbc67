# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A pool of ether that nobody enters twice
@notice Models what ether_pool models, and omits what it omits, with the ReentrancyGuard of OpenZeppelin, in Vyper
    `nonreentrant`: while a guarded function is at work, no call gets into one.
@dev Storage: owed[person]; the guard is in transient storage, which is gone after the transaction.
    Hot: the ether of the pool itself. All that touches owed is guarded: where one function is left open,
    the books can be used in it while they are wrong.
"""

owed: public(HashMap[address, uint256])


@external
@payable
@nonreentrant
def deposit():
    self.owed[msg.sender] += msg.value


@external
@nonreentrant
def give(receiver: address, amount: uint256):
    self.owed[msg.sender] -= amount
    self.owed[receiver] += amount


@external
@nonreentrant
def withdraw():
    amount: uint256 = self.owed[msg.sender]
    raw_call(msg.sender, b"", value=amount)
    self.owed[msg.sender] = 0
