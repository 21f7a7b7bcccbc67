# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A lender of shares for the length of one transaction (a flash loan)
@notice Models ERC-3156 and the pools of Aave: whoever borrows is called, and has paid back when that call ends, or it
    has all never happened. Omits the fee, and more than one token.
@dev Storage: token. Hot: the lender's balance in the token.
"""

interface Token:
    def balanceOf(account: address) -> uint256: view
    def transfer(receiver: address, amount: uint256) -> bool: nonpayable

interface Borrower:
    def onLoan(amount: uint256): nonpayable

token: public(address)


@deploy
def __init__(token: address):
    self.token = token


@external
def lend(amount: uint256):
    """
    @notice Lend to the caller, a contract that has a function `onLoan`.
    """
    before: uint256 = staticcall Token(self.token).balanceOf(self)
    assert extcall Token(self.token).transfer(msg.sender, amount)
    extcall Borrower(msg.sender).onLoan(amount)
    assert staticcall Token(self.token).balanceOf(self) >= before, "not paid back"
