# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A pool of ether that pays before it writes down that it paid
@notice Models contracts such as The DAO, from which 3.6 million ether were taken in 2016: who is paid by a call can do
    what they like with its gas, so they call again, while the books still say that they are owed. Omits all else.
@dev Storage: owed[person]. Hot: the ether of the pool itself. The fault is in withdraw: interaction before effect.
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
    raw_call(msg.sender, b"", value=amount)  # with nearly all of the gas
    self.owed[msg.sender] = 0
