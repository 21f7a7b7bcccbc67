# pragma version 0.4.3
# pragma evm-version cancun
"""
@title The second version of a bank for ether: a guardian can pause it
@notice Models what bank models, and omits what it omits; in addition somebody watches, as the guardian of Compound,
    and can stop all that moves deposits, but take nothing.
@dev Storage: owner; depositOf[account]; then, behind what the first version had, guardian, paused.
    Hot: nothing. Every payment reads `paused`, which is seldom written.
"""

event Payment:
    payer: indexed(address)
    payee: indexed(address)
    amount: uint256

owner: public(address)
depositOf: public(HashMap[address, uint256])
guardian: public(address)
paused: public(bool)


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
    assert not self.paused, "paused"
    self.depositOf[msg.sender] -= amount
    self.depositOf[payee] += amount
    log Payment(payer=msg.sender, payee=payee, amount=amount)


@external
def withdraw(amount: uint256):
    assert not self.paused, "paused"
    self.depositOf[msg.sender] -= amount
    assert self.balance >= amount, "the bank is empty"  # rescued by its owner
    send(msg.sender, amount)


@external
def rescue(successor: address):
    assert msg.sender == self.owner, "not the owner"
    send(successor, self.balance)


@external
def appoint(guardian: address):
    assert msg.sender == self.owner, "not the owner"
    self.guardian = guardian


@external
def setPaused(paused: bool):
    assert msg.sender == self.guardian, "not the guardian"
    self.paused = paused
