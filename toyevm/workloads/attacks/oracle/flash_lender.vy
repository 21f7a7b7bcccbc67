# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A lender of flash loans: any amount, without collateral, paid back in the same transaction
@notice Models flash loans as ERC-3156 and Aave have them: who does not pay back has never borrowed, for all reverts.
    Omits other tokens, and the data that a borrower sends to itself.
@dev Storage: token. Hot: in the token, the lender's balance, which each loan writes twice.
    A loan within a loan does no harm: each must leave more than it found.
"""

from ethereum.ercs import IERC20


interface Borrower:
    def onLoan(amount: uint256, fee: uint256): nonpayable

FEE: constant(uint256) = 5  # of PARTS
PARTS: constant(uint256) = 10000

token: public(address)


@deploy
def __init__(token: address):
    self.token = token


@external
def lend(amount: uint256):
    before: uint256 = staticcall IERC20(self.token).balanceOf(self)
    fee: uint256 = (amount * FEE + PARTS - 1) // PARTS  # rounded up, in favour of the lender
    assert extcall IERC20(self.token).transfer(msg.sender, amount)
    extcall Borrower(msg.sender).onLoan(amount, fee)
    assert staticcall IERC20(self.token).balanceOf(self) >= before + fee, "not paid back"
