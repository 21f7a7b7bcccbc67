# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A bank for ether, made to stand behind a proxy
@notice Models contracts that can be upgraded, such as the pools of Aave: `initialize` does what a constructor would, for
    a constructor runs with the storage of the implementation, not of the proxy. Omits interest and everything else
    that a bank lives on. The owner can move all ether to a successor, so who deposits trusts the owner.
@dev Storage: owner; depositOf[account]. Hot: nothing. Two payments conflict when they share a payer or a payee.
"""

event Payment:
    payer: indexed(address)
    payee: indexed(address)
    amount: uint256

owner: public(address)
depositOf: public(HashMap[address, uint256])


@deploy
def __init__():
    self.owner = msg.sender  # so that nobody initialises the implementation itself


@external
def initialize(owner: address):
    assert self.owner == empty(address), "has an owner"
    self.owner = owner


@external
@payable
def deposit():
    self.depositOf[msg.sender] += msg.value


@external
def pay(payee: address, amount: uint256):
    self.depositOf[msg.sender] -= amount
    self.depositOf[payee] += amount
    log Payment(payer=msg.sender, payee=payee, amount=amount)


@external
def withdraw(amount: uint256):
    self.depositOf[msg.sender] -= amount
    assert self.balance >= amount, "the bank is empty"  # rescued by its owner
    send(msg.sender, amount)


@external
def rescue(successor: address):
    assert msg.sender == self.owner, "not the owner"
    send(successor, self.balance)
