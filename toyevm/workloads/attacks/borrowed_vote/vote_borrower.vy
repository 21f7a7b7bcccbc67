# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A contract that votes with shares it has borrowed
@notice Models what took the treasury of Beanstalk: borrow, vote and pay back, in one transaction. Omits how the loan
    was exchanged for shares, for here the shares themselves are lent.
@dev Storage: lender, dao; proposal, while a loan lasts. Hot: the tally, and the lender's balance in the DAO.
"""

interface Lender:
    def lend(amount: uint256): nonpayable

interface DAO:
    def transfer(receiver: address, amount: uint256) -> bool: nonpayable
    def vote(proposal: uint256, support: bool): nonpayable

lender: public(address)
dao: public(address)
proposal: uint256


@deploy
def __init__(lender: address, dao: address):
    self.lender = lender
    self.dao = dao


@external
def voteWith(amount: uint256, proposal: uint256):
    """
    @notice Vote for a proposal with so many shares that belong to somebody else.
    """
    self.proposal = proposal
    extcall Lender(self.lender).lend(amount)


@external
def onLoan(amount: uint256):
    assert msg.sender == self.lender, "not the lender"
    extcall DAO(self.dao).vote(self.proposal, True)
    assert extcall DAO(self.dao).transfer(self.lender, amount)
