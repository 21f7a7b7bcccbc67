# pragma version 0.4.3
# pragma evm-version cancun
"""
@title The second version of a bank for ether, with its variables in another order
@notice Models upgrades such as that of Audius, whose proxy and implementation disagreed about a slot (July 2022), until
    somebody initialised the contract once more: bank_guarded, with the new variables in front. Omits what it omits.
@dev Storage: guardian, paused; then owner; depositOf[account]. So `guardian` is where the first version has its owner,
    `owner` where nothing was written yet, and every deposit is looked for where there is none. Hot: nothing.
"""

event Payment:
    payer: indexed(address)
    payee: indexed(address)
    amount: uint256

guardian: public(address)
paused: public(bool)
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
